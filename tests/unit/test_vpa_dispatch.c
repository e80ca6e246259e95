// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/vpa.c
// What a dispatch and a preemption leave in a processor's areas, and what the areas ask for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "hv/vpa.h"
#include "papr/vpa.h"

#define ENTRIES 10

static struct lpar lpar;
static struct vp vp;
static struct cpu cpu = {.number = 11};

static struct vpa vpa __aligned(VPA_ALIGN);
static struct dtl_entry dtl[ENTRIES + 1] __aligned(VPA_ALIGN); /* the last is not registered */
static union {
	u8 byte[4096];
	struct slb_shadow area;
} shadow __aligned(VPA_ALIGN);

static struct vp_area area(void *at, u64 entries)
{
	return (struct vp_area){.logical = 4096, .handle = (u64)(uintptr_t)at | entries};
}

static int setup(void **state)
{
	(void)state;
	lpar = (struct lpar){.procs = {.sharing_mode = SHARING_UNCAP}};
	vp = (struct vp){.lpar = &lpar, .leave_reason = VP_LEAVE_SLICE, .dispatch_count = 1};
	memset(&vpa, 0, sizeof(vpa));
	memset(dtl, 0xee, sizeof(dtl));
	memset(&shadow, 0, sizeof(shadow));
	vp.vpa = area(&vpa, 0);
	return 0;
}

/* The processor is left, wanted again, within the partition's capacity, and given. */
static void times(u64 left, u64 ready, u64 capacity, u64 dispatched)
{
	vp.left_at = left;
	vp.ready_at = ready;
	vp.capacity_at = capacity;
	vp.dispatched_at = dispatched;
}

static void assert_waits(u64 ready, u64 capacity, u64 processor)
{
	assert_int_equal(be64_to_cpu(vpa.wait_ready), ready);
	assert_int_equal(be64_to_cpu(vpa.wait_capacity), capacity);
	assert_int_equal(be64_to_cpu(vpa.wait_processor), processor);
}

static void counts_dispatches(void **state)
{
	(void)state;
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 2);
	assert_int_equal(vpa_dispatch_count(&vp), 2);
	vpa_preempt(&vp);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 3);
	assert_int_equal(vpa_dispatch_count(&vp), 3);
	/* Whatever the partition writes, the hypervisor goes on from its own copy. */
	vpa.dispatch_count = cpu_to_be32(0xfffffffe);
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 4);
	vpa.dispatch_count = cpu_to_be32(6);
	vpa_preempt(&vp);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 5);
	/* Whoever is told twice still gets it right. */
	vpa_preempt(&vp);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 5);
	vpa_dispatch(&vp, &cpu);
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 8);
}

static void counts_on_without_an_area(void **state)
{
	struct vpa before = vpa;

	(void)state;
	vp.vpa = (struct vp_area){0};
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(vpa_dispatch_count(&vp), 2);
	vpa_preempt(&vp);
	assert_int_equal(vpa_dispatch_count(&vp), 3);
	assert_memory_equal(&vpa, &before, sizeof(vpa));
}

static void counts_around(void **state)
{
	(void)state;
	vp.dispatch_count = 0xffffffff;
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 0);
	vpa_preempt(&vp);
	assert_int_equal(be32_to_cpu(vpa.dispatch_count), 1);
}

static void tells_dispersions(void **state)
{
	(void)state;
	vp.dispersions = 3;
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be32_to_cpu(vpa.dispersions), 3);
}

static void adds_up_waits(void **state)
{
	(void)state;
	times(1000, 1010, 1200, 4200);
	vpa_dispatch(&vp, &cpu);
	assert_waits(10, 190, 3000);
	times(1UL << 40, (1UL << 40) + 5, (1UL << 40) + 5, 1UL << 41);
	vpa_dispatch(&vp, &cpu);
	assert_waits(15, 190, 3000 + (1UL << 40) - 5);
}

/* Timebases of two processors may differ by a little: no time passes then, least of all 2^64. */
static void time_does_not_run_backwards(void **state)
{
	(void)state;
	times(1000, 998, 997, 996);
	vpa_dispatch(&vp, &cpu);
	assert_waits(0, 0, 0);
	times(-2UL, 3, 4, 5); /* but the timebase may wrap */
	vpa_dispatch(&vp, &cpu);
	assert_waits(5, 1, 1);
}

/* --- dedicated processors --- */

static void assert_cycles(const be64 *counter, u64 idle, u64 busy)
{
	assert_int_equal(be64_to_cpu(counter[0]), idle);
	assert_int_equal(be64_to_cpu(counter[1]), idle);
	assert_int_equal(be64_to_cpu(counter[2]), busy);
	assert_int_equal(be64_to_cpu(counter[3]), busy);
}

static void counts_what_a_dedicated_processor_missed(void **state)
{
	(void)state;
	lpar.procs.sharing_mode = SHARING_SHARE_IDLE_ACTIVE;
	vpa.donate_dedicated = 1;
	vpa.idle = 1;
	vp.leave_reason = VP_LEAVE_CEDE;
	times(100, 1100, 1110, 1113);
	vpa_dispatch(&vp, &cpu);
	assert_cycles(vpa.donated, 1000, 0);
	assert_cycles(vpa.expropriated, 13, 0);
	vpa.idle = 0;
	times(2000, 2007, 2007, 2012);
	vpa_dispatch(&vp, &cpu);
	assert_cycles(vpa.donated, 1000, 7);
	assert_cycles(vpa.expropriated, 13, 5);
	/* It did not give this away. */
	vp.leave_reason = VP_LEAVE_FIRMWARE;
	times(3000, 3030, 3030, 3030);
	vpa_dispatch(&vp, &cpu);
	assert_cycles(vpa.donated, 1000, 7);
	assert_cycles(vpa.expropriated, 13, 5);
}

static void shared_processors_are_no_ones_to_take(void **state)
{
	(void)state;
	vpa.donate_dedicated = 1;
	vp.leave_reason = VP_LEAVE_CEDE;
	times(100, 1100, 1110, 1113);
	vpa_dispatch(&vp, &cpu);
	assert_cycles(vpa.donated, 0, 0);
	assert_cycles(vpa.expropriated, 0, 0);
}

static void donates_if_both_want_it(void **state)
{
	(void)state;
	vpa.donate_dedicated = 0xff;
	for (u32 mode = SHARING_CAP; mode <= SHARING_SHARE_IDLE_ALWAYS; mode++) {
		lpar.procs.sharing_mode = mode;
		assert_int_equal(vpa_donates(&vp), mode >= SHARING_SHARE_IDLE_ACTIVE);
	}
	vpa.donate_dedicated = 0xfe;
	assert_false(vpa_donates(&vp));
	vpa.donate_dedicated = 1;
	assert_true(vpa_donates(&vp));
	vp.vpa = (struct vp_area){0};
	assert_false(vpa_donates(&vp));
}

/* --- trace log --- */

static void log_on(u8 mask)
{
	vp.dtl = area(dtl, ENTRIES);
	vpa.dtl_enable_mask = mask;
}

static void logs_a_dispatch(void **state)
{
	(void)state;
	log_on(1);
	vp.pc = 0xc000000000012345;
	vp.msr = 0x8000000002009033;
	vp.ready_reason = VP_READY_DECREMENTER;
	vp.leave_reason = VP_LEAVE_CEDE;
	times(1000, 3000, 3100, 3700);
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be64_to_cpu(vpa.dtl_index), 1);
	assert_int_equal(dtl[0].dispatch_reason, 3);
	assert_int_equal(dtl[0].preempt_reason, 2);
	assert_int_equal(be16_to_cpu(dtl[0].processor), 11);
	assert_int_equal(be32_to_cpu(dtl[0].wait_ready), 2000);
	assert_int_equal(be32_to_cpu(dtl[0].wait_capacity), 100);
	assert_int_equal(be32_to_cpu(dtl[0].wait_processor), 600);
	assert_int_equal(be64_to_cpu(dtl[0].timebase), 3700);
	assert_int_equal(be64_to_cpu(dtl[0].fault_address), 0);
	assert_int_equal(be64_to_cpu(dtl[0].srr0), 0xc000000000012345);
	assert_int_equal(be64_to_cpu(dtl[0].srr1), 0x8000000002009033);
	assert_int_equal(dtl[1].dispatch_reason, 0xee);
}

static void long_waits_are_cut_off(void **state)
{
	(void)state;
	log_on(3);
	times(0, 0xffffffff, 0x1ffffffff, 0x1000000000);
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be32_to_cpu(dtl[0].wait_ready), 0xffffffff);
	assert_int_equal(be32_to_cpu(dtl[0].wait_capacity), 0xffffffff);
	assert_int_equal(be32_to_cpu(dtl[0].wait_processor), 0xffffffff);
	assert_waits(0xffffffff, 0x100000000, 0xe00000001);
}

static bool is_logged(u8 mask, enum vp_leave_reason reason)
{
	log_on(mask);
	vpa.dtl_index = 0;
	vp.leave_reason = (u8)reason;
	vpa_dispatch(&vp, &cpu);
	return vpa.dtl_index != 0;
}

static void logs_enabled_causes(void **state)
{
	(void)state;
	for (u32 mask = 0; mask < 256; mask++) {
		bool waits = mask & 1, preempts = mask & 2;

		assert_int_equal(is_logged((u8)mask, VP_LEAVE_CEDE), waits);
		assert_int_equal(is_logged((u8)mask, VP_LEAVE_CONFER), waits);
		assert_int_equal(is_logged((u8)mask, VP_LEAVE_SLICE), preempts);
		assert_int_equal(is_logged((u8)mask, VP_LEAVE_FIRMWARE), preempts);
		assert_false(is_logged((u8)mask, 0)); /* it was never dispatched before */
	}
}

static void log_goes_around(void **state)
{
	(void)state;
	log_on(2);
	for (u32 i = 0; i < 3 * ENTRIES + 4; i++) {
		vp.pc = i;
		vpa_dispatch(&vp, &cpu);
		assert_int_equal(be64_to_cpu(vpa.dtl_index), i + 1);
		assert_int_equal(be64_to_cpu(dtl[i % ENTRIES].srr0), i);
	}
	assert_int_equal(be64_to_cpu(dtl[4].srr0), 2 * ENTRIES + 4);
	assert_int_equal(dtl[ENTRIES].dispatch_reason, 0xee);
	/* The partition may start afresh, or write anything. */
	vpa.dtl_index = 0;
	vp.pc = 1000;
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be64_to_cpu(dtl[0].srr0), 1000);
	vpa.dtl_index = ~(be64)0;
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(be64_to_cpu(dtl[~0UL % ENTRIES].srr0), 1000);
	assert_int_equal(vpa.dtl_index, 0);
	assert_int_equal(dtl[ENTRIES].dispatch_reason, 0xee);
}

static void no_log_without_a_vpa(void **state)
{
	(void)state;
	log_on(0xff);
	vp.vpa = (struct vp_area){0};
	vpa_dispatch(&vp, &cpu);
	assert_int_equal(dtl[0].dispatch_reason, 0xee);
}

/* --- registers --- */

static void keeps_what_is_in_use(void **state)
{
	(void)state;
	assert_int_equal(vpa_keep(&vp), 0);
	vpa.maintain_fprs = 1;
	assert_int_equal(vpa_keep(&vp), VPA_KEEP_FP);
	vpa.maintain_fprs = 0;
	vpa.maintain_vmx = 1;
	assert_int_equal(vpa_keep(&vp), VPA_KEEP_VMX);
	vpa.maintain_vmx = 0;
	vpa.maintain_pmcs = 1;
	assert_int_equal(vpa_keep(&vp), VPA_KEEP_PMU);
	vpa.maintain_pmcs = 0;
	vpa.maintain_ebb = 1;
	assert_int_equal(vpa_keep(&vp), VPA_KEEP_EBB);
	vpa.maintain_fprs = vpa.maintain_vmx = vpa.maintain_pmcs = vpa.maintain_ebb = 0x80;
	assert_int_equal(vpa_keep(&vp), VPA_KEEP_ALL);
	memset(&vpa, 0, sizeof(vpa));
	vp.vpa = (struct vp_area){0};
	assert_int_equal(vpa_keep(&vp), VPA_KEEP_ALL);
}

/* --- SLB shadow --- */

#define VALID 0x8000000UL

static void put_entry(u32 i, u64 e, u64 v)
{
	shadow.area.entry[i].e = cpu_to_be64(e);
	shadow.area.entry[i].v = cpu_to_be64(v);
}

/* All bolted entries that @vp's buffer has, into @slb, which has room for as many. */
static u32 bolted(struct vp_slb *slb)
{
	u64 handle = vpa_slb_shadow(&vp);
	u32 n = vpa_slb_bolted(handle);

	for (u32 i = 0; i < n; i++)
		slb[i] = vpa_slb_entry(handle, i);
	return n;
}

static void restores_bolted_entries(void **state)
{
	struct vp_slb slb[VP_SLB_SIZE];

	(void)state;
	assert_int_equal(vpa_slb_shadow(&vp), 0);
	vp.slb_shadow = area(&shadow, 3);
	assert_int_equal(bolted(slb), 0);
	put_entry(0, 0xc000000000000000 | VALID, 0x4000f09b89af5400 | 0x110);
	put_entry(1, 0xd000000000000000 | VALID | 1, 0x0000408f92c94000 | 0x500);
	shadow.area.persistent = cpu_to_be32(2);
	memset(slb, 0xee, sizeof(slb));
	assert_int_equal(bolted(slb), 2);
	assert_int_equal(slb[0].e, 0xc000000000000000 | VALID);
	assert_int_equal(slb[0].v, 0x4000f09b89af5510);
	assert_int_equal(slb[1].e, 0xd000000000000000 | VALID);
	assert_int_equal(slb[1].v, 0x0000408f92c94500);
	assert_int_equal(slb[2].e, 0xeeeeeeeeeeeeeeee);
}

static void restores_no_more_than_there_are(void **state)
{
	struct vp_slb slb[VP_SLB_SIZE + 1];

	(void)state;
	memset(slb, 0xee, sizeof(slb));
	shadow.area.persistent = cpu_to_be32(0xffffffff);
	vp.slb_shadow = area(&shadow, 3);
	assert_int_equal(bolted(slb), 3);
	assert_int_equal(slb[3].e, 0xeeeeeeeeeeeeeeee);
	vp.slb_shadow = area(&shadow, VP_SLB_SIZE);
	assert_int_equal(bolted(slb), VP_SLB_SIZE);
	assert_int_equal(slb[VP_SLB_SIZE].e, 0xeeeeeeeeeeeeeeee);
	vp.slb_shadow = area(&shadow, 0);
	assert_int_equal(bolted(slb), 0);
}

/* Does the emulator's slbmte, by its rules, take this without an interrupt? */
static bool slbmte_takes(struct vp_slb slb)
{
	u64 page = slb.v & 0x130;

	return (slb.e & 0x7ffffff) == 0 && slb.v >> 62 <= 1 &&
	       (page == 0 || page == 0x110 || page == 0x100 || page == 0x120);
}

static void hostile_entries_are_not_valid(void **state)
{
	static const u64 good[] = {0, 0x110, 0x100, 0x120, 1UL << 62, 0xc00 | 0x110, 0x280};
	static const u64 bad[] = {0x10, 0x20, 0x30, 0x130, 2UL << 62, 3UL << 62, 3UL << 62 | 0x110};
	struct vp_slb slb;

	(void)state;
	shadow.area.persistent = cpu_to_be32(1);
	vp.slb_shadow = area(&shadow, 1);
	for (u32 i = 0; i < ARRAY_SIZE(good); i++) {
		put_entry(0, ~0UL, good[i] | 0x4f);
		assert_int_equal(bolted(&slb), 1);
		assert_true(slbmte_takes(slb));
		assert_int_equal(slb.e, 0xfffffffff8000000);
		assert_int_equal(slb.v, good[i]);
	}
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		put_entry(0, ~0UL, bad[i]);
		assert_int_equal(bolted(&slb), 1);
		assert_int_equal(slb.e, 0);
		assert_int_equal(slb.v, 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_dispatches, setup),
		cmocka_unit_test_setup(counts_on_without_an_area, setup),
		cmocka_unit_test_setup(counts_around, setup),
		cmocka_unit_test_setup(tells_dispersions, setup),
		cmocka_unit_test_setup(adds_up_waits, setup),
		cmocka_unit_test_setup(time_does_not_run_backwards, setup),
		cmocka_unit_test_setup(counts_what_a_dedicated_processor_missed, setup),
		cmocka_unit_test_setup(shared_processors_are_no_ones_to_take, setup),
		cmocka_unit_test_setup(donates_if_both_want_it, setup),
		cmocka_unit_test_setup(logs_a_dispatch, setup),
		cmocka_unit_test_setup(long_waits_are_cut_off, setup),
		cmocka_unit_test_setup(logs_enabled_causes, setup),
		cmocka_unit_test_setup(log_goes_around, setup),
		cmocka_unit_test_setup(no_log_without_a_vpa, setup),
		cmocka_unit_test_setup(keeps_what_is_in_use, setup),
		cmocka_unit_test_setup(restores_bolted_entries, setup),
		cmocka_unit_test_setup(restores_no_more_than_there_are, setup),
		cmocka_unit_test_setup(hostile_entries_are_not_valid, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
