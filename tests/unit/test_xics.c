// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/icp.c hv/ics.c hv/xics_hcall.c
// Presentation and source controllers, through the hypercalls and the source interface, step by
// step. What many processors at once do to them is in test_xics_smp.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/vp.h"

#define VPS 3

static struct lpar lpar;
static struct vp vps[VPS];
static u32 raised[VPS];
static u64 timebase;

void vp_external_raise(struct vp *vp)
{
	raised[vp->number]++;
}

u64 machine_timebase(void)
{
	return timebase;
}

struct vp *lpar_vp(const struct lpar *of, u64 number)
{
	return number < of->nr_vps ? of->vps[number] : NULL;
}

static s64 hcall(u32 vp, u32 number, u64 r4, u64 r5)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		assert_string_equal(line->set, "hcall-interrupt");
		vps[vp].gpr[4] = r4;
		vps[vp].gpr[5] = r5;
		return line->handler(&vps[vp]);
	}
	fail_msg("no handler for %#x", number);
	return 0;
}

static u32 xirr(u32 vp)
{
	assert_int_equal(hcall(vp, H_XIRR, 0xdead, 0xbeef), H_SUCCESS);
	assert_int_equal(vps[vp].gpr[5], 0xbeef);
	assert_int_equal(vps[vp].gpr[4] >> 32, 0);
	return (u32)vps[vp].gpr[4];
}

static void cppr(u32 vp, u8 value)
{
	assert_int_equal(hcall(vp, H_CPPR, value, 0), H_SUCCESS);
}

static void eoi(u32 vp, u8 priority, u32 xisr)
{
	assert_int_equal(hcall(vp, H_EOI, (u32)priority << 24 | xisr, 0), H_SUCCESS);
}

static void ipi(u32 from, u32 to, u8 mfrr)
{
	assert_int_equal(hcall(from, H_IPI, to, mfrr), H_SUCCESS);
}

static void assert_poll(u32 vp, u32 expected_xirr, u8 expected_mfrr)
{
	assert_int_equal(hcall(0, H_IPOLL, vp, 0), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], expected_xirr);
	assert_int_equal(vps[0].gpr[5], expected_mfrr);
}

static u32 source_on(u32 server, u8 priority)
{
	u32 irq = ics_source_alloc(&lpar);

	assert_int_not_equal(irq, XICS_SPURIOUS);
	assert_true(ics_set_xive(&lpar, irq, server, priority));
	assert_true(ics_set_enabled(&lpar, irq, true));
	return irq;
}

static int setup(void **state)
{
	(void)state;
	memset(&lpar, 0, sizeof(lpar));
	memset(vps, 0, sizeof(vps));
	lpar.nr_vps = VPS;
	for (u32 i = 0; i < VPS; i++) {
		vps[i].lpar = &lpar;
		vps[i].number = i;
		lpar.vps[i] = &vps[i];
	}
	ics_reset(&lpar);
	for (u32 i = 0; i < VPS; i++)
		icp_set_cppr(&vps[i], 0xff);
	memset(raised, 0, sizeof(raised));
	timebase = 1000;
	return 0;
}

static void starts_with_nothing(void **state)
{
	(void)state;
	ics_reset(&lpar);
	for (u32 i = 0; i < VPS; i++) {
		assert_poll(i, 0, 0xff);
		assert_false(icp_pending(&vps[i]));
		assert_int_equal(xirr(i), 0);
	}
	ipi(0, 1, 0);
	assert_false(icp_pending(&vps[1]));
	assert_int_equal(raised[1], 0);
}

static void spurious_accept_changes_nothing(void **state)
{
	(void)state;
	cppr(0, 5);
	assert_int_equal(xirr(0), 0x05000000);
	assert_poll(0, 0x05000000, 0xff);
}

/* As Linux sends and takes one. */
static void ipi_is_taken(void **state)
{
	(void)state;
	ipi(0, 1, 4);
	assert_int_equal(raised[1], 1);
	assert_true(icp_pending(&vps[1]));
	assert_false(icp_pending(&vps[0]));
	assert_poll(1, 0xff000002, 4);
	assert_int_equal(xirr(1), 0xff000002);
	assert_false(icp_pending(&vps[1]));
	assert_poll(1, 0x04000000, 4);
	ipi(1, 1, 0xff);
	eoi(1, 0xff, XICS_IPI);
	assert_poll(1, 0xff000000, 0xff);
	assert_int_equal(raised[1], 1);
}

static void ipi_stands_until_withdrawn(void **state)
{
	(void)state;
	ipi(0, 1, 4);
	assert_int_equal(xirr(1), 0xff000002);
	eoi(1, 0xff, XICS_IPI);
	assert_int_equal(raised[1], 2);
	assert_int_equal(xirr(1), 0xff000002);
	ipi(1, 1, 0xff);
	eoi(1, 0xff, XICS_IPI);
	assert_false(icp_pending(&vps[1]));
	ipi(0, 1, 4);
	ipi(0, 1, 0xff);
	assert_false(icp_pending(&vps[1]));
	assert_int_equal(xirr(1), 0xff000000);
}

static void ipi_waits_for_priority(void **state)
{
	(void)state;
	cppr(1, 4);
	ipi(0, 1, 4);
	assert_false(icp_pending(&vps[1]));
	cppr(1, 5);
	assert_true(icp_pending(&vps[1]));
	assert_int_equal(raised[1], 1);
	cppr(1, 3);
	assert_false(icp_pending(&vps[1]));
	cppr(1, 0xff);
	assert_int_equal(xirr(1), 0xff000002);
}

static void ipi_and_source_by_priority(void **state)
{
	u32 irq = source_on(1, 5);

	(void)state;
	ics_pulse(&lpar, irq);
	assert_poll(1, 0xff000000 | irq, 0xff);
	ipi(0, 1, 5); /* no more favored than what is presented */
	assert_poll(1, 0xff000000 | irq, 5);
	ipi(0, 1, 4); /* displaces it */
	assert_poll(1, 0xff000002, 4);
	assert_int_equal(xirr(1), 0xff000002);
	ipi(1, 1, 0xff);
	eoi(1, 0xff, XICS_IPI);
	assert_int_equal(xirr(1), 0xff000000 | irq);
	eoi(1, 0xff, irq);
	assert_poll(1, 0xff000000, 0xff);
}

static void withdrawn_ipi_gives_room(void **state)
{
	u32 irq = source_on(1, 5);

	(void)state;
	ipi(0, 1, 4);
	ics_pulse(&lpar, irq);
	assert_poll(1, 0xff000002, 4);
	ipi(0, 1, 0xff);
	assert_poll(1, 0xff000000 | irq, 0xff);
	assert_true(raised[1] >= 2);
}

static void less_favored_ipi_gives_way(void **state)
{
	u32 irq = source_on(1, 5);

	(void)state;
	ipi(0, 1, 4);
	ics_pulse(&lpar, irq);
	ipi(0, 1, 6);
	assert_poll(1, 0xff000000 | irq, 6);
	assert_int_equal(xirr(1), 0xff000000 | irq);
	assert_false(icp_pending(&vps[1]));
	eoi(1, 0xff, irq);
	assert_int_equal(xirr(1), 0xff000002);
}

static void more_favored_source_displaces(void **state)
{
	u32 low = source_on(0, 6), mid = source_on(0, 5), high = source_on(0, 4);

	(void)state;
	ics_pulse(&lpar, mid);
	ics_pulse(&lpar, low);
	ics_pulse(&lpar, high);
	assert_int_equal(xirr(0), 0xff000000 | high);
	assert_false(icp_pending(&vps[0]));
	eoi(0, 0xff, high);
	assert_int_equal(xirr(0), 0xff000000 | mid);
	eoi(0, 0xff, mid);
	assert_int_equal(xirr(0), 0xff000000 | low);
	eoi(0, 0xff, low);
	assert_false(icp_pending(&vps[0]));
}

static void source_displaces_ipi(void **state)
{
	u32 irq = source_on(0, 3);

	(void)state;
	ipi(1, 0, 4);
	ics_pulse(&lpar, irq);
	assert_int_equal(xirr(0), 0xff000000 | irq);
	eoi(0, 0xff, irq);
	assert_int_equal(xirr(0), 0xff000002);
}

static void nested_interrupts(void **state)
{
	u32 outer = source_on(0, 6), inner = source_on(0, 5);

	(void)state;
	ics_pulse(&lpar, outer);
	assert_int_equal(xirr(0), 0xff000000 | outer);
	ics_pulse(&lpar, inner);
	assert_int_equal(xirr(0), 0x06000000 | inner);
	eoi(0, 6, inner);
	assert_false(icp_pending(&vps[0]));
	eoi(0, 0xff, outer);
	assert_false(icp_pending(&vps[0]));
}

static void raised_priority_rejects(void **state)
{
	u32 irq = source_on(0, 5);

	(void)state;
	ics_pulse(&lpar, irq);
	cppr(0, 5);
	assert_false(icp_pending(&vps[0]));
	/* It went back to its source, so it follows a new target. */
	assert_true(ics_set_xive(&lpar, irq, 1, 5));
	assert_true(icp_pending(&vps[1]));
	cppr(0, 0xff);
	assert_false(icp_pending(&vps[0]));
	assert_int_equal(xirr(1), 0xff000000 | irq);
}

static void pulses_until_the_end_are_one(void **state)
{
	u32 irq = source_on(0, 5);

	(void)state;
	ics_pulse(&lpar, irq);
	assert_int_equal(xirr(0), 0xff000000 | irq);
	ics_pulse(&lpar, irq);
	ics_pulse(&lpar, irq);
	assert_false(icp_pending(&vps[0]));
	cppr(0, 0xff);
	assert_false(icp_pending(&vps[0])); /* not before the end, whatever the priority */
	eoi(0, 0xff, irq);
	assert_int_equal(xirr(0), 0xff000000 | irq);
	eoi(0, 0xff, irq);
	assert_false(icp_pending(&vps[0]));
}

static void masked_source_waits(void **state)
{
	u32 irq = ics_source_alloc(&lpar);

	(void)state;
	ics_pulse(&lpar, irq);
	assert_true(ics_set_xive(&lpar, irq, 2, 5));
	assert_false(icp_pending(&vps[2])); /* ibm,int-on is still missing */
	assert_true(ics_set_enabled(&lpar, irq, true));
	assert_int_equal(xirr(2), 0xff000000 | irq);
	assert_true(ics_set_enabled(&lpar, irq, false));
	ics_pulse(&lpar, irq);
	eoi(2, 0xff, irq);
	assert_false(icp_pending(&vps[2]));
	assert_true(ics_set_xive(&lpar, irq, 2, XICS_MASKED));
	assert_true(ics_set_enabled(&lpar, irq, true));
	assert_false(icp_pending(&vps[2]));
	assert_true(ics_set_xive(&lpar, irq, 1, 5));
	assert_true(icp_pending(&vps[1]));
}

static void xive_is_kept_while_off(void **state)
{
	u32 irq = source_on(1, 5), server = 77, priority = 77;

	(void)state;
	assert_true(ics_set_enabled(&lpar, irq, false));
	assert_true(ics_get_xive(&lpar, irq, &server, &priority));
	assert_int_equal(server, 1);
	assert_int_equal(priority, 5);
}

static void bad_xives_are_refused(void **state)
{
	static const u32 none[] = {0,
				   1,
				   XICS_IPI,
				   XICS_FIRST_SOURCE - 1,
				   XICS_FIRST_SOURCE + 1,
				   XICS_FIRST_SOURCE + XICS_MAX_SOURCES,
				   ~0u};
	u32 irq = ics_source_alloc(&lpar), server, priority;

	(void)state;
	assert_int_equal(irq, XICS_FIRST_SOURCE);
	for (u32 i = 0; i < ARRAY_SIZE(none); i++) {
		assert_false(ics_get_xive(&lpar, none[i], &server, &priority));
		assert_false(ics_set_xive(&lpar, none[i], 0, 5));
		assert_false(ics_set_enabled(&lpar, none[i], true));
		assert_false(ics_source_valid(&lpar, none[i]));
		ics_pulse(&lpar, none[i]);
		ics_eoi(&lpar, none[i]);
		ics_return(&lpar, none[i]);
		assert_int_equal(ics_timebase(&lpar, none[i]), 0);
	}
	assert_false(ics_set_xive(&lpar, irq, VPS, 5));
	assert_false(ics_set_xive(&lpar, irq, ~0u, 5));
	assert_false(ics_set_xive(&lpar, irq, 0, 0x100));
	assert_true(ics_get_xive(&lpar, irq, &server, &priority));
	assert_int_equal(server, 0);
	assert_int_equal(priority, XICS_MASKED);
}

static void bad_arguments_are_refused(void **state)
{
	static const u64 no_vp[] = {VPS, 0x100000000, ~0ul};
	u32 irq = source_on(0, 5);

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(no_vp); i++) {
		assert_int_equal(hcall(0, H_IPI, no_vp[i], 4), H_PARAMETER);
		assert_int_equal(hcall(0, H_IPOLL, no_vp[i], 0), H_PARAMETER);
		assert_int_equal(vps[0].gpr[4], no_vp[i]);
	}
	cppr(0, 5);
	assert_int_equal(hcall(0, H_EOI, 0xff000000, 0), H_PARAMETER);
	assert_int_equal(hcall(0, H_EOI, 0xff000001, 0), H_PARAMETER);
	assert_int_equal(hcall(0, H_EOI, 0xff000000 | (irq + 1), 0), H_PARAMETER);
	assert_int_equal(hcall(0, H_EOI, 0xffffffff, 0), H_PARAMETER);
	assert_int_equal(hcall(0, H_EOI, 0x04000000 | irq, 0), H_PARAMETER);
	assert_int_equal(hcall(0, H_EOI, 0x04000000 | XICS_IPI, 0), H_PARAMETER);
	assert_poll(0, 0x05000000, 0xff);
	assert_int_equal(hcall(0, H_EOI, 0x05000000 | irq, 0), H_SUCCESS);
}

static void only_the_low_bytes_count(void **state)
{
	(void)state;
	assert_int_equal(hcall(0, H_CPPR, 0x7654321007, 0), H_SUCCESS);
	assert_poll(0, 0x07000000, 0xff);
	assert_int_equal(hcall(0, H_IPI, 1, 0xabcdef04), H_SUCCESS);
	assert_poll(1, 0xff000002, 4);
	assert_int_equal(hcall(0, H_EOI, 0xabcdef0108000002, 0), H_SUCCESS);
	assert_poll(0, 0x08000000, 0xff);
}

static void stale_ends_do_no_harm(void **state)
{
	u32 irq = source_on(0, 5);

	(void)state;
	eoi(0, 0xff, irq);
	eoi(0, 0xff, XICS_IPI);
	assert_false(icp_pending(&vps[0]));
	/* Ended while presented, then displaced: rather once too often than lost. */
	ics_pulse(&lpar, irq);
	eoi(0, 0xff, irq);
	ipi(0, 0, 4);
	assert_int_equal(xirr(0), 0xff000002);
	ipi(0, 0, 0xff);
	eoi(0, 0xff, XICS_IPI);
	assert_int_equal(xirr(0), 0xff000000 | irq);
	eoi(1, 0xff, irq); /* by another processor than the one that took it */
	cppr(0, 0xff);
	ics_pulse(&lpar, irq);
	assert_true(icp_pending(&vps[0]));
}

static void timestamps(void **state)
{
	u32 irq = source_on(0, 5);

	(void)state;
	timebase = 2000;
	ics_pulse(&lpar, irq);
	timebase = 3000;
	ipi(1, 0, 4);
	timebase = 4000;
	ipi(0, 2, 0xff);
	assert_int_equal(hcall(0, H_XIRR_X, 0xff, 0), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], 0xff000002);
	assert_int_equal(vps[0].gpr[5], 3000);
	ipi(0, 0, 0xff);
	eoi(0, 0xff, XICS_IPI);
	assert_int_equal(hcall(0, H_XIRR_X, 0xff, 0), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], 0xff000000 | irq);
	assert_int_equal(vps[0].gpr[5], 2000);
	assert_int_equal(hcall(0, H_XIRR_X, 5, 0), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], 0x05000000);
	assert_int_equal(vps[0].gpr[5], 4000);
}

static void sources_run_out(void **state)
{
	u32 irq;

	(void)state;
	for (u32 i = 0; i < XICS_MAX_SOURCES; i++)
		assert_int_equal(ics_source_alloc(&lpar), XICS_FIRST_SOURCE + i);
	assert_int_equal(ics_source_alloc(&lpar), XICS_SPURIOUS);
	irq = XICS_FIRST_SOURCE + XICS_MAX_SOURCES - 1;
	assert_true(ics_set_xive(&lpar, irq, 0, 5));
	assert_true(ics_set_enabled(&lpar, irq, true));
	ics_pulse(&lpar, irq);
	assert_int_equal(xirr(0), 0xff000000 | irq);
	ics_source_free(&lpar, irq);
	ics_source_free(&lpar, irq);
	assert_false(ics_source_valid(&lpar, irq));
	assert_int_equal(ics_source_alloc(&lpar), irq);
	ics_pulse(&lpar, irq);
	cppr(0, 0xff);
	assert_false(icp_pending(&vps[0])); /* masked again */
}

static void freed_source_is_forgotten(void **state)
{
	u32 irq = source_on(0, 5);

	(void)state;
	ics_pulse(&lpar, irq);
	ics_source_free(&lpar, irq);
	cppr(0, 5);
	cppr(0, 0xff);
	assert_false(icp_pending(&vps[0]));
}

static void reset_vp_returns_its_interrupt(void **state)
{
	u32 irq = source_on(1, 5), other = source_on(1, 6);

	(void)state;
	ics_pulse(&lpar, irq);
	ics_pulse(&lpar, other);
	ipi(0, 1, 7);
	icp_reset(&vps[1]);
	assert_poll(1, 0, 0xff);
	assert_true(ics_set_xive(&lpar, irq, 2, 5));
	assert_int_equal(xirr(2), 0xff000000 | irq);
	cppr(1, 0xff);
	assert_int_equal(xirr(1), 0xff000000 | other);
}

static void reset_partition_forgets(void **state)
{
	u32 irq = source_on(1, 5), server, priority;

	(void)state;
	ics_pulse(&lpar, irq);
	ipi(0, 2, 1);
	ics_reset(&lpar);
	for (u32 i = 0; i < VPS; i++) {
		assert_poll(i, 0, 0xff);
		cppr(i, 0xff);
	}
	assert_true(ics_get_xive(&lpar, irq, &server, &priority));
	assert_int_equal(priority, XICS_MASKED);
	assert_true(ics_set_xive(&lpar, irq, 1, 5));
	ics_pulse(&lpar, irq);
	assert_false(icp_pending(&vps[1]));
	assert_true(ics_set_enabled(&lpar, irq, true));
	assert_int_equal(xirr(1), 0xff000000 | irq);
}

/* A displaced source may meanwhile have another target, where it displaces in turn. */
static void displacement_goes_on_elsewhere(void **state)
{
	u32 a = source_on(0, 5), b = source_on(1, 6), c = source_on(0, 4);

	(void)state;
	ics_pulse(&lpar, a);
	ics_pulse(&lpar, b);
	assert_true(ics_set_xive(&lpar, a, 1, 5)); /* stays presented where it is */
	ics_pulse(&lpar, c);
	assert_int_equal(xirr(0), 0xff000000 | c);
	assert_int_equal(xirr(1), 0xff000000 | a);
	eoi(1, 0xff, a);
	assert_int_equal(xirr(1), 0xff000000 | b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(starts_with_nothing, setup),
		cmocka_unit_test_setup(spurious_accept_changes_nothing, setup),
		cmocka_unit_test_setup(ipi_is_taken, setup),
		cmocka_unit_test_setup(ipi_stands_until_withdrawn, setup),
		cmocka_unit_test_setup(ipi_waits_for_priority, setup),
		cmocka_unit_test_setup(ipi_and_source_by_priority, setup),
		cmocka_unit_test_setup(withdrawn_ipi_gives_room, setup),
		cmocka_unit_test_setup(less_favored_ipi_gives_way, setup),
		cmocka_unit_test_setup(more_favored_source_displaces, setup),
		cmocka_unit_test_setup(source_displaces_ipi, setup),
		cmocka_unit_test_setup(nested_interrupts, setup),
		cmocka_unit_test_setup(raised_priority_rejects, setup),
		cmocka_unit_test_setup(pulses_until_the_end_are_one, setup),
		cmocka_unit_test_setup(masked_source_waits, setup),
		cmocka_unit_test_setup(xive_is_kept_while_off, setup),
		cmocka_unit_test_setup(bad_xives_are_refused, setup),
		cmocka_unit_test_setup(bad_arguments_are_refused, setup),
		cmocka_unit_test_setup(only_the_low_bytes_count, setup),
		cmocka_unit_test_setup(stale_ends_do_no_harm, setup),
		cmocka_unit_test_setup(timestamps, setup),
		cmocka_unit_test_setup(sources_run_out, setup),
		cmocka_unit_test_setup(freed_source_is_forgotten, setup),
		cmocka_unit_test_setup(reset_vp_returns_its_interrupt, setup),
		cmocka_unit_test_setup(reset_partition_forgets, setup),
		cmocka_unit_test_setup(displacement_goes_on_elsewhere, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
