// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/set_mode.c
// H_SET_MODE, H_SET_DABR, H_SET_XDABR: every return code, and nothing changed by a refusal.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/msr.h"
#include "hv/vp.h"

#define CIABR  1
#define DAWR   2
#define AIL    3
#define ENDIAN 4

#define OTHER_LPCR 0x4000000008000001 /* bits that none of these calls may touch */

struct machine machine;

static struct vp vps[2];
static struct lpar lpar;
static struct cpu other;
static u32 refreshed, called;
static u64 now;

void cpu_refresh(struct vp *vp)
{
	assert_ptr_equal(vp, &vps[0]);
	assert_int_equal(lpar.lock.held, 0);
	refreshed++;
}

void queue_resched(struct cpu *cpu)
{
	assert_ptr_equal(cpu, &other);
	called++;
}

u64 machine_timebase(void)
{
	return ++now;
}

/* The other one's processor is in its dispatcher. */
static void come(void)
{
	other.queue.charged = ++now;
}

static s64 hcall(u32 number, u64 r4, u64 r5, u64 r6, u64 r7)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		vps[0].gpr[4] = r4;
		vps[0].gpr[5] = r5;
		vps[0].gpr[6] = r6;
		vps[0].gpr[7] = r7;
		return line->handler(&vps[0]);
	}
	fail_msg("no handler for %#x", number);
	return 0;
}

static s64 set_mode(u64 flags, u64 resource, u64 value1, u64 value2)
{
	return hcall(H_SET_MODE, flags, resource, value1, value2);
}

static int setup(void **state)
{
	(void)state;
	lpar = (struct lpar){.lpcr = OTHER_LPCR, .nr_vps = 2, .vps = {&vps[0], &vps[1]}};
	for (u32 i = 0; i < 2; i++)
		vps[i] = (struct vp){.lpar = &lpar, .number = i};
	vps[0].state = VP_RUNNING;
	vps[0].spr.ciabr = vps[0].spr.dawr = vps[0].spr.dawrx = 0x55;
	vps[1].cpu = &other;
	machine.timebase_hz = 1000000;
	come();
	refreshed = called = 0;
	return 0;
}

static void assert_untouched(void)
{
	assert_int_equal(refreshed, 0);
	assert_int_equal(called, 0);
	assert_int_equal(vps[0].spr.ciabr, 0x55);
	assert_int_equal(vps[0].spr.dawr, 0x55);
	assert_int_equal(vps[0].spr.dawrx, 0x55);
	assert_int_equal(lpar.lpcr, OTHER_LPCR);
}

static void unknown_resources(void **state)
{
	static const u64 resource[] = {0, 5, 6, 0x100000001, ~0ul};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(resource); i++)
		assert_int_equal(set_mode(0, resource[i], 0, 0), H_P2);
	assert_untouched();
}

static void ciabr(void **state)
{
	(void)state;
	assert_int_equal(set_mode(0, CIABR, 0xc000000000001003, 0), H_P3);
	assert_int_equal(set_mode(0, CIABR, 0x1001, 1), H_P4);
	assert_int_equal(set_mode(1, CIABR, 0x1001, 1), H_P4);
	assert_int_equal(set_mode(1, CIABR, 0x1003, 0), H_UNSUPPORTED_FLAG - 63);
	assert_int_equal(set_mode(1ul << 63, CIABR, 0x1001, 0), H_UNSUPPORTED_FLAG);
	assert_untouched();
	for (u64 when = 0; when < 3; when++) {
		assert_int_equal(set_mode(0, CIABR, 0xc000000000001000 | when, 0), H_SUCCESS);
		assert_int_equal(vps[0].spr.ciabr, 0xc000000000001000 | when);
		assert_int_equal(refreshed, when + 1);
	}
}

static void dawr(void **state)
{
	static const u64 bad[] = {0x04, 0x64, 0x80, 0x100, 0x200, 0x10000, 1ul << 63, ~0ul};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(set_mode(0, DAWR, 0x2000, bad[i]), H_P4);
	assert_int_equal(set_mode(2, DAWR, 0x2000, 0x63), H_UNSUPPORTED_FLAG - 62);
	assert_int_equal(set_mode(2, DAWR, 0x2000, 0x04), H_UNSUPPORTED_FLAG - 62);
	assert_untouched();
	assert_int_equal(set_mode(0, DAWR, 0x2000, 0xfc7b), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawr, 0x2000);
	assert_int_equal(vps[0].spr.dawrx, 0xfc7b);
	assert_int_equal(refreshed, 1);
	assert_int_equal(set_mode(0, DAWR, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawrx, 0);
	assert_int_equal(vps[1].spr.dawrx, 0);
}

static void translation(void **state)
{
	(void)state;
	assert_int_equal(set_mode(3, AIL, 1, 1), H_P3);
	assert_int_equal(set_mode(3, AIL, 0, 1), H_P4);
	assert_int_equal(set_mode(1, AIL, 0, 0), -318);
	assert_int_equal(set_mode(4, AIL, 0, 0), H_UNSUPPORTED_FLAG - 61);
	assert_int_equal(set_mode(~0ul, AIL, 0, 0), H_UNSUPPORTED_FLAG);
	assert_untouched();
	assert_int_equal(set_mode(3, AIL, 0, 0), H_SUCCESS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR | 0x1800000);
	assert_int_equal(refreshed, 1);
	machine.emulated = true;
	assert_int_equal(set_mode(2, AIL, 0, 0), -318);
	machine.emulated = false;
	assert_int_equal(set_mode(2, AIL, 0, 0), H_SUCCESS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR | 0x1000000);
	assert_int_equal(set_mode(0, AIL, 0, 0), H_SUCCESS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR);
}

static void endian(void **state)
{
	(void)state;
	assert_int_equal(set_mode(1, ENDIAN, 1, 1), H_P3);
	assert_int_equal(set_mode(1, ENDIAN, 0, 1), H_P4);
	assert_int_equal(set_mode(2, ENDIAN, 0, 0), H_UNSUPPORTED_FLAG - 62);
	assert_int_equal(set_mode(3, ENDIAN, 0, 0), H_UNSUPPORTED_FLAG - 62);
	assert_untouched();
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_SUCCESS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR | 0x2000000);
	assert_int_equal(refreshed, 1);
	assert_int_equal(set_mode(3, AIL, 0, 0), H_SUCCESS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR | 0x3800000);
	assert_int_equal(set_mode(0, ENDIAN, 0, 0), H_SUCCESS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR | 0x1800000);
}

/* LoPAR: all processors of the partition need MSR[EE] = 0. */
static void endian_with_interrupts_enabled(void **state)
{
	(void)state;
	vps[0].msr = MSR_EE;
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_BAD_MODE);
	vps[0].msr = 0;
	vps[1].msr = MSR_EE;
	vps[1].state = VP_CEDED;
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_BAD_MODE);
	vps[1].state = VP_RUNNABLE;
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_BAD_MODE);
	assert_untouched();
	assert_int_equal(lpar.lock.held, 0);
	vps[1].state = VP_STOPPED;
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_SUCCESS);
	vps[1].state = VP_RUNNABLE;
	vps[1].msr = 0;
	assert_int_equal(set_mode(0, ENDIAN, 0, 0), H_SUCCESS);
}

/* What counts for all processors is done when those that run have come; the rest finds it. */
static void others_come(void **state)
{
	(void)state;
	vps[1].state = VP_RUNNING;
	assert_int_equal(set_mode(0, DAWR, 0x2000, 0x63), H_SUCCESS);
	assert_int_equal(called, 0);
	assert_int_equal(set_mode(3, AIL, 0, 0), H_LONG_BUSY_10_MS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR | 0x1800000);
	assert_int_equal(called, 1);
	assert_int_equal(set_mode(3, AIL, 0, 0), H_LONG_BUSY_10_MS);
	assert_int_equal(called, 2);
	come();
	assert_int_equal(set_mode(3, AIL, 0, 0), H_SUCCESS);
	assert_int_equal(set_mode(3, AIL, 0, 0), H_SUCCESS);
	assert_int_equal(called, 2);
	vps[1].state = VP_CEDED;
	assert_int_equal(set_mode(0, AIL, 0, 0), H_SUCCESS);
	assert_int_equal(called, 2);
	assert_int_equal(lpar.lpcr, OTHER_LPCR);
}

/* How they run is seen when they come; the new order counts when they came again. */
static void others_are_marshaled(void **state)
{
	(void)state;
	vps[1].state = VP_RUNNING;
	vps[1].msr = MSR_EE;
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_LONG_BUSY_10_MS);
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_LONG_BUSY_10_MS);
	come();
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_BAD_MODE);
	assert_int_equal(lpar.lpcr, OTHER_LPCR);
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_LONG_BUSY_10_MS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR);
	vps[1].msr = 0;
	come();
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_LONG_BUSY_10_MS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR | 0x2000000);
	come();
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_SUCCESS);
	assert_int_equal(lpar.lock.held, 0);
}

/* What was seen for a call that nobody repeated says nothing about a later one. */
static void marshaled_long_ago(void **state)
{
	(void)state;
	vps[1].state = VP_RUNNING;
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_LONG_BUSY_10_MS);
	come();
	now += machine.timebase_hz + 10;
	assert_int_equal(set_mode(1, ENDIAN, 0, 0), H_LONG_BUSY_10_MS);
	assert_int_equal(lpar.lpcr, OTHER_LPCR);
}

static void dabr(void **state)
{
	(void)state;
	assert_int_equal(hcall(H_SET_DABR, 0xc000000000002007, 0, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawr, 0xc000000000002000);
	assert_int_equal(vps[0].spr.dawrx, 0x73);
	assert_int_equal(hcall(H_SET_DABR, 0x2001, 0, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawr, 0x2000);
	assert_int_equal(vps[0].spr.dawrx, 0x23);
	assert_int_equal(hcall(H_SET_DABR, 0, 0, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawr, 0);
	assert_int_equal(vps[0].spr.dawrx, 0x3);
	assert_int_equal(refreshed, 3);
}

static void xdabr(void **state)
{
	static const u64 bad[] = {0, 4, 5, 7, 8, 0xc, 0x10, 0x13, 1ul << 63 | 1, ~0ul};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(hcall(H_SET_XDABR, 0x2007, bad[i], 0, 0), H_PARAMETER);
	assert_untouched();
	assert_int_equal(hcall(H_SET_XDABR, 0x2007, 1, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawrx, 0x71);
	assert_int_equal(hcall(H_SET_XDABR, 0x3002, 2, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawr, 0x3000);
	assert_int_equal(vps[0].spr.dawrx, 0x42);
	assert_int_equal(hcall(H_SET_XDABR, 0x3005, 0xb, 0, 0), H_SUCCESS);
	assert_int_equal(vps[0].spr.dawrx, 0x3b);
	assert_int_equal(refreshed, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(unknown_resources, setup),
		cmocka_unit_test_setup(ciabr, setup),
		cmocka_unit_test_setup(dawr, setup),
		cmocka_unit_test_setup(translation, setup),
		cmocka_unit_test_setup(endian, setup),
		cmocka_unit_test_setup(endian_with_interrupts_enabled, setup),
		cmocka_unit_test_setup(others_come, setup),
		cmocka_unit_test_setup(others_are_marshaled, setup),
		cmocka_unit_test_setup(marshaled_long_ago, setup),
		cmocka_unit_test_setup(dabr, setup),
		cmocka_unit_test_setup(xdabr, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
