// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/vp.c hv/icp.c hv/ics.c tests/unit/fake_cpu.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hv/lpar.h"
#include "hv/msr.h"
#include "hv/vp.h"
#include "tests/unit/fake_cpu.h"

static struct lpar lpar;
static struct vp vp;
static char failure[256];
static struct lpar *failed;

void vp_external_raise(struct vp *of)
{
	(void)of;
	fail_msg("an interrupt is raised");
}

struct vp *lpar_vp(const struct lpar *of, u64 number)
{
	return number < of->nr_vps ? of->vps[number] : NULL;
}

static int setup(void **state)
{
	(void)state;
	fake_cpu_init();
	memset(&lpar, 0, sizeof(lpar));
	memset(&vp, 0, sizeof(vp));
	lpar.id = 5;
	lpar.nr_vps = 1;
	lpar.vps[0] = &vp;
	vp.lpar = &lpar;
	return 0;
}

/* --- reset --- */

/* All that the last program left in it, and what has to be in it after a reset. */
static void dirty(void)
{
	memset(&vp, 0xee, sizeof(vp));
	vp.lpar = &lpar;
	vp.cpu = &cpu_self;
	vp.number = 0;
	vp.state = VP_STOPPED;
	vp.vpa = vp.slb_shadow = vp.dtl = (struct vp_area){.logical = 0x10000, .length = 640};
	vp.next = NULL;
	icp_reset(&vp);
	icp_set_cppr(&vp, 0xff);
	vp.spr.purr = 1;
	vp.spr.vtb = 3;
	vp.spr.ic = 4;
}

static void test_reset(void **state)
{
	struct vp expected;
	u8 mfrr;

	(void)state;
	dirty();
	expected = vp;
	vp_reset(&vp, 0x1234560, 0xabc);
	assert_int_equal(icp_poll(&vp, &mfrr), 0);
	assert_int_equal(mfrr, 0xff);

	memset(expected.gpr, 0, sizeof(expected.gpr));
	expected.gpr[3] = 0xabc;
	expected.lr = expected.ctr = expected.xer = expected.cr = expected.cfar = 0;
	expected.srr0 = expected.srr1 = 0;
	expected.pc = 0x1234560;
	/* LoPAR "start-cpu": 32-bit mode, as RTAS was instantiated; machine checks enabled. */
	expected.msr = MSR_ME;
	expected.leave = 0;
	memset(&expected.fp, 0, sizeof(expected.fp));
	/* What counts time goes on; the counters are frozen; the thread runs at medium priority. */
	memset(&expected.spr, 0, sizeof(expected.spr));
	expected.spr.purr = 1;
	expected.spr.vtb = 3;
	expected.spr.ic = 4;
	expected.spr.mmcr0 = 0x80000000;
	expected.spr.ppr = 0x10000000000000;
	expected.spr.ctrl = 1;
	memset(expected.slb, 0, sizeof(expected.slb));
	expected.slb_kept = true;
	expected.dec_expires = fake_cpu.now + INT32_MAX;
	expected.prodded = false;
	expected.resets = 0;
	expected.icp = vp.icp;
	assert_memory_equal(&vp, &expected, sizeof(vp));
}

/* --- interrupts --- */

#define VIRTUAL (MSR_IR | MSR_DR)

static void put_mode(u64 ail, u64 msr, u64 ile)
{
	lpar.lpcr = ail << LPCR_AIL_SHIFT | ile;
	vp.pc = 0x55550;
	vp.msr = MSR_SF | msr;
}

static void assert_at(u64 pc, u64 msr)
{
	assert_int_equal(vp.pc, pc);
	assert_int_equal(vp.msr, msr | MSR_SF | MSR_ME);
	assert_int_equal(vp.srr0, 0x55550);
}

/* Power ISA 2.07 Book III-S 6.4: where it goes by LPCR[AIL], if translation was wholly on. */
static void test_interrupt_location(void **state)
{
	static const u64 modes[] = {0, MSR_IR, MSR_DR};

	(void)state;
	for (u64 ail = 0; ail < 4; ail++)
		for (u32 i = 0; i < ARRAY_SIZE(modes); i++) {
			put_mode(ail, modes[i], 0);
			vp_interrupt(&vp, 0x500, 0);
			assert_at(0x500, 0);
		}
	for (u64 ail = 0; ail < 2; ail++) {
		put_mode(ail, VIRTUAL, 0);
		vp_interrupt(&vp, 0x700, 0);
		assert_at(0x700, 0);
	}
	put_mode(2, VIRTUAL, 0);
	vp_interrupt(&vp, 0x500, 0);
	assert_at(0x18500, VIRTUAL);
	put_mode(3, VIRTUAL, 0);
	vp_interrupt(&vp, 0xf80, 0);
	assert_at(0xc000000000004f80, VIRTUAL);
}

static void test_reset_and_machine_check_are_never_moved(void **state)
{
	(void)state;
	for (u64 ail = 0; ail < 4; ail++)
		for (u32 vector = 0x100; vector <= 0x200; vector += 0x100) {
			put_mode(ail, VIRTUAL, 0);
			vp_interrupt(&vp, vector, 0);
			assert_at(vector, 0);
		}
}

static void test_interrupt_byte_order(void **state)
{
	(void)state;
	put_mode(0, MSR_LE, 0);
	vp_interrupt(&vp, 0x500, 0);
	assert_at(0x500, 0);
	put_mode(3, VIRTUAL, LPCR_ILE);
	vp_interrupt(&vp, 0x500, 0);
	assert_at(0xc000000000004500, VIRTUAL | MSR_LE);
}

/* SRR1 is the old MSR with what says more about the interrupt in its place. */
static void test_interrupt_srr1(void **state)
{
	const u64 msr = MSR_EE | MSR_PR | MSR_FP | MSR_VEC | MSR_VSX | MSR_RI | MSR_LE;

	(void)state;
	put_mode(0, msr | VIRTUAL, 0);
	vp_interrupt(&vp, 0x700, SRR1_ILLEGAL);
	assert_int_equal(vp.srr1, MSR_SF | msr | VIRTUAL | SRR1_ILLEGAL);
	/* Facilities, interrupts and problem state are off. */
	assert_at(0x700, 0);
	put_mode(0, 0, 0);
	vp.msr = ~0UL;
	vp_interrupt(&vp, 0x500, 0);
	assert_int_equal(vp.srr1, ~0x783f0000UL);
}

/* --- failure --- */

static void fail_hook(struct lpar *of, const char *reason)
{
	failed = of;
	snprintf(failure, sizeof(failure), "%s", reason);
}

static void test_fail(void **state)
{
	char text[300];

	(void)state;
	lpar_fail_hook = fail_hook;
	lpar_fail(&lpar, "%s of %u", "the end", 3);
	assert_ptr_equal(failed, &lpar);
	assert_string_equal(failure, "the end of 3");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	lpar_fail(&lpar, "%s", text);
	assert_int_equal(strlen(failure), LPAR_REASON_SIZE - 1);
	assert_memory_equal(failure, text, LPAR_REASON_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_reset, setup),
		cmocka_unit_test_setup(test_interrupt_location, setup),
		cmocka_unit_test_setup(test_reset_and_machine_check_are_never_moved, setup),
		cmocka_unit_test_setup(test_interrupt_byte_order, setup),
		cmocka_unit_test_setup(test_interrupt_srr1, setup),
		cmocka_unit_test_setup(test_fail, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
