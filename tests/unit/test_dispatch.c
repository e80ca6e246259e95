// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/vp_state.c hv/cede_hcall.c
// SOURCES: hv/share.c
// SOURCES: hv/pqueue.c
// SOURCES: hv/pool.c hv/vpa.c hv/vp.c hv/icp.c hv/ics.c hv/xics_hcall.c hv/lpar.c hv/trace.c
// SOURCES: tests/unit/dispatch_world.c tests/unit/fake_cpu.c
// One processor: turns, and what hypercalls and interrupts do to virtual processors. Shares, and
// many processors, are the business of test_dispatch_sim.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/dispatch.h"
#include "hv/dispatch_queue.h"
#include "hv/hcall.h"
#include "hv/msr.h"
#include "tests/unit/dispatch_world.h"
#include "tests/unit/fake_cpu.h"

static const struct trace_record *last_record(void)
{
	return &cpu_self.trace.record[(cpu_self.trace.next - 1) % TRACE_RECORDS];
}

static void assert_turn(u32 n, const struct vp *vp, u64 until)
{
	assert_ptr_equal(world.turn[n].vp, vp);
	assert_int_equal(world.turn[n].until - world.start, until - world.start);
}

/* --- turns --- */

static void test_nothing_to_run(void **state)
{
	(void)state;
	play(25, NULL);
	for (u32 i = 0; i < 25; i++)
		assert_turn(i, NULL, world.start + (i + 1) * POLL);
	assert_in_range(world.polls, 24, 26);
	assert_int_equal(fake_cpu.loads, 0);
}

/* Half of each window is its own, the other half is left over. */
static void test_alone_it_keeps_the_processor(void **state)
{
	(void)state;
	world_ready(1);
	play(6, NULL);
	for (u32 i = 0; i < 6; i++)
		assert_turn(i, &vp0[0], world.start + (i + 1) * WINDOW / 2);
	assert_int_equal(fake_cpu.loads, 1);
	assert_int_equal(lpars[0].use.capped, 3 * WINDOW / 2);
	assert_int_equal(lpars[0].use.uncapped, 2 * WINDOW / 2);
}

/* Those who have just been started do not wait; from the next window on they have turns. */
static void run_first_window(void)
{
	while (fake_cpu.now < world.start + WINDOW)
		play(1, NULL);
}

static void test_partitions_alternate(void **state)
{
	const struct vp *first;

	(void)state;
	dispatch_start(&vps[0][0], 0, 0);
	dispatch_start(&vps[1][3], 0, 0);
	run_first_window();
	play(6, NULL);
	first = world.turn[0].vp;
	for (u32 i = 0; i < 6; i++) {
		assert_int_equal(world.turn[i].until - world.start, (i + 3) * WINDOW / 2);
		assert_true((world.turn[i].vp == first) == (i % 2 == 0));
	}
}

/* Its processors share what the partition has, and what is left over. */
static void test_one_after_the_other(void **state)
{
	(void)state;
	world_ready(4);
	run_first_window();
	play(4, NULL);
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(world.turn[i].until - world.start, WINDOW + (i + 1) * WINDOW / 8);
		for (u32 j = 0; j < i; j++)
			assert_ptr_not_equal(world.turn[i].vp, world.turn[j].vp);
	}
	play(60, NULL);
	for (u32 i = 0; i < 4; i++)
		assert_in_range(vp0[i].spr.purr, cpu_self.use.partitions / 5,
				cpu_self.use.partitions / 3);
	assert_int_equal(fake_cpu.lpar_loads, 1);
}

/* One waits, with its decrementer, until the other partition is in the middle of a turn. */
static void cede_for_a_quarter(struct vp *vp, u64 until)
{
	if (vp == &vp0[0] && world.turns == 1) {
		vp->dec_expires = fake_cpu.now + WINDOW / 4;
		hcall(vp, H_CEDE, 0);
	} else {
		fake_cpu.now = until;
	}
}

static void test_who_wakes_has_the_processor(void **state)
{
	(void)state;
	world_ready(1);
	dispatch_start(&vps[1][0], 0, 0);
	play(3, cede_for_a_quarter);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	assert_turn(1, &vps[1][0], world.start + WINDOW / 4); /* the decrementer of the other */
	assert_ptr_equal(world.turn[2].vp, &vp0[0]);
	assert_int_equal(vp0[0].ready_reason, VP_READY_DECREMENTER);
	assert_int_equal(vps[1][0].leave_reason, VP_LEAVE_SLICE);
}

/* Likewise when its sibling has been granted all that the partition has. */
static void test_who_wakes_shares_with_its_sibling(void **state)
{
	(void)state;
	world_ready(2);
	play(3, cede_for_a_quarter);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	assert_turn(1, &vp0[1], world.start + WINDOW / 4);
	assert_ptr_equal(world.turn[2].vp, &vp0[0]);
	assert_int_equal(lpars[0].use.uncapped, 0);
}

/* @vp has used up what its partition had in this window, after a turn in it or without one. */
static void used_up(struct vp *vp, bool had_turn)
{
	struct dispatch_queue *queue = &cpu_self.queue;

	vp->state = VP_RUNNABLE;
	vp->turn_window = queue->window - !had_turn;
	queue->charged++;
	queue_used_up(queue, vp);
}

static void assert_order(const struct vp *const *order, u32 n)
{
	const struct vp *vp = cpu_self.queue.entitled.first;

	for (u32 i = 0; i < n; i++, vp = vp->next)
		assert_ptr_equal(vp, order[i]);
	assert_null(vp);
}

/* Or one that wakes again and again leaves its siblings nothing, window after window. */
static void test_who_had_no_turn_comes_first(void **state)
{
	const struct vp *order[] = {&vp0[2], &vp0[4], &vp0[0], &vp0[1], &vp0[3]};
	struct dispatch_queue *queue = &cpu_self.queue;

	(void)state;
	queue_entitled(queue, &vp0[0], false);
	for (u32 i = 1; i < 5; i++)
		used_up(&vp0[i], i % 2 == 1);
	queue_turn(queue, queue->window_end);
	assert_order(order, 5);
	for (u32 i = 0; i < 5; i++)
		queue_remove(queue, &vp0[i]);
	for (u32 i = 1; i < 5; i++)
		used_up(&vp0[i], i % 2 == 1);
	queue_turn(queue, queue->window_end);
	assert_order((const struct vp *[]){&vp0[2], &vp0[4], &vp0[1], &vp0[3]}, 4);
}

static void leave_early(struct vp *vp, u64 until)
{
	if (vp == &vp0[0]) {
		fake_cpu.now += WINDOW / 32;
		hcall(vp, H_CEDE, 0);
	} else {
		fake_cpu.now = until;
	}
}

/* What one does not use of its turn is its partition's, and there for the other. */
static void test_turn_ends_early(void **state)
{
	(void)state;
	world_ready(2);
	play(3, leave_early);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	assert_turn(1, &vp0[1], world.start + WINDOW / 2);
	assert_turn(2, &vp0[1], world.start + WINDOW);
}

/* --- H_CEDE --- */

/*
 * Everything that may be pending, in every combination. Prod goes first and is used up; an
 * interrupt that is presented or an expired decrementer end the wait before it begins.
 */
static u32 combination, combinations_done;

static void cede_combination(struct vp *vp, u64 until)
{
	bool prodded = combination & 1, external = combination & 2, expired = combination & 4;
	bool enabled = combination & 8;

	(void)until;
	if (prodded)
		assert_int_equal(hcall(vp, H_PROD, 0), H_SUCCESS);
	if (external)
		ipi(vp);
	vp->leave = 0;
	vp->dec_expires = fake_cpu.now + (expired ? -1UL : WINDOW / 2);
	vp->msr = MSR_SF | MSR_ME | (enabled ? MSR_EE : 0);
	assert_int_equal(hcall(vp, H_CEDE, 0), H_SUCCESS);
	assert_int_equal(vp->msr, MSR_SF | MSR_ME | MSR_EE);
	assert_false(vp->prodded);
	if (prodded || external || expired)
		assert_int_equal(vp->state, VP_RUNNING);
	else
		assert_int_equal(vp->state, VP_CEDED);
	/* It has to leave to wait, and to have an external interrupt delivered. */
	assert_int_equal(vp->leave, external || (!prodded && !expired));
	combinations_done++;
	dispatch_stop(vp);
}

static void test_cede_with_everything_pending(void **state)
{
	for (combination = 0; combination < 16; combination++) {
		world_setup(state);
		world_ready(1);
		icp_open(&vp0[0]);
		play(1, cede_combination);
	}
	assert_int_equal(combinations_done, 16);
}

static void ipi_0(void)
{
	ipi(&vp0[0]);
}

static void cede_interrupted(struct vp *vp, u64 until)
{
	hcall(vp, H_CEDE, 0);
	assert_true(icp_pending(vp));
	assert_int_equal(vp->state, VP_RUNNING);
	assert_int_equal(vp->leave, 1);
	fake_cpu.now = until;
}

/* The interrupt comes when the first look is over and it does not count as waiting yet. */
static void test_interrupt_while_it_goes_to_sleep(void **state)
{
	(void)state;
	world_ready(1);
	icp_open(&vp0[0]);
	fake_cpu.on_dec = ipi_0;
	play(2, cede_interrupted);
	assert_turn(1, &vp0[0], world.start + WINDOW);
}

static void cede_at_zero(struct vp *vp, u64 until)
{
	(void)until;
	vp->dec_expires = fake_cpu.now;
	hcall(vp, H_CEDE, 0);
}

/* A decrementer of 0 has not expired yet; it has one tick later. */
static void test_cede_with_decrementer_zero(void **state)
{
	(void)state;
	world_ready(1);
	play(3, cede_at_zero);
	for (u32 i = 0; i < 3; i++)
		assert_ptr_equal(world.turn[i].vp, &vp0[0]);
	assert_int_equal(fake_cpu.loads, 1);
}

static const u64 delays[] = {5 * POLL, 2 * POLL, 3 * POLL, 7 * POLL, INT32_MAX, 0};

static void cede_once(struct vp *vp, u64 until)
{
	(void)until;
	if (fake_cpu.now == world.start)
		hcall(vp, H_CEDE, 0);
	else
		dispatch_stop(vp);
}

/* Those who wait wake in the order of their decrementers, each at its time. */
static void test_wake_order(void **state)
{
	static const u8 order[] = {5, 1, 2, 0, 3, 4};
	u32 woken = 0;

	(void)state;
	for (u32 i = 0; i < WORLD_VPS; i++) {
		dispatch_start(&vp0[i], 0, 0);
		vp0[i].dec_expires = world.start + delays[i];
	}
	play(WORLD_VPS, cede_once);
	fake_cpu.now++;
	while (woken < WORLD_VPS) {
		play(1, cede_once);
		if (!world.turn[0].vp)
			continue;
		assert_ptr_equal(world.turn[0].vp, &vp0[order[woken]]);
		assert_in_range(fake_cpu.now - world.start, delays[order[woken]],
				delays[order[woken]] + 1);
		woken++;
	}
}

/* Saving the registers reads the decrementer once more, and finds it a little off. */
static void disturb(struct vp *vp)
{
	if (vp == &vp0[2])
		vp->dec_expires += 4 * POLL;
}

static void test_wake_order_survives_saving(void **state)
{
	static const struct {
		u32 vp, wakes;
	} order[] = {{1, 2}, {2, 3}, {0, 5}};
	u32 n = 3;

	(void)state;
	fake_cpu.save = disturb;
	world_ready(3);
	for (u32 i = 0; i < 3; i++)
		vp0[order[i].vp].dec_expires = world.start + order[i].wakes * POLL;
	play(13, cede_once);
	for (u32 i = 0; i < 3; i++) {
		while (n + 1 < world.turns && !world.turn[n].vp)
			n++;
		assert_ptr_equal(world.turn[n].vp, &vp0[order[i].vp]);
		assert_int_equal(world.turn[n].from, world.start + order[i].wakes * POLL);
		n++;
	}
}

/* --- H_PROD --- */

static void prod_others(struct vp *vp, u64 until)
{
	if (vp == &vp0[0] && world.turns == 2) {
		assert_int_equal(vp0[1].state, VP_CEDED);
		assert_int_equal(vp0[2].state, VP_RUNNABLE);
		assert_int_equal(vp0[3].state, VP_STOPPED);
		for (u64 target = 0; target < 4; target++)
			assert_int_equal(hcall(vp, H_PROD, target), H_SUCCESS);
		assert_int_equal(vp->state, VP_RUNNING);
		assert_int_equal(vp0[1].state, VP_RUNNABLE);
		assert_int_equal(vp0[2].state, VP_RUNNABLE);
		assert_int_equal(vp0[3].state, VP_STOPPED);
		fake_cpu.now = until;
	} else {
		hcall(vp, H_CEDE, 0);
	}
}

static void test_prod(void **state)
{
	(void)state;
	dispatch_start(&vp0[1], 0, 0);
	dispatch_start(&vp0[0], 0, 0);
	dispatch_start(&vp0[2], 0, 0);
	/* vp 1 waits; then vp 0 prods everybody. */
	play(2, prod_others);
	/* Only those that were not waiting remember it. */
	assert_true(vp0[0].prodded);
	assert_false(vp0[1].prodded);
	assert_true(vp0[2].prodded);
	/* One that is started has not been prodded. */
	dispatch_start(&vp0[3], 0, 0);
	assert_false(vp0[3].prodded);
}

static void test_prod_of_nobody(void **state)
{
	static const u64 nobody[] = {WORLD_VPS, WORLD_VPS + 1, 64,	   1UL << 31,
				     1UL << 32, ~0UL,	       ~0UL << 32, INT64_MAX};

	(void)state;
	vps[0][1].number = 1;
	for (u32 i = 0; i < ARRAY_SIZE(nobody); i++)
		assert_int_equal(hcall(&vp0[0], H_PROD, nobody[i]), H_PARAMETER);
	for (u32 i = 0; i < WORLD_VPS; i++)
		assert_false(vp0[i].prodded || vps[1][i].prodded);
}

/* LoPAR "H_PROD": of the general registers it changes R3 only. */
static void test_prod_keeps_registers(void **state)
{
	u64 gpr[32];

	(void)state;
	for (u32 i = 0; i < 32; i++)
		vp0[0].gpr[i] = gpr[i] = i << 8;
	gpr[4] = 2;
	hcall(&vp0[0], H_PROD, 2);
	assert_memory_equal(vp0[0].gpr, gpr, sizeof(gpr));
}

/* --- interrupts --- */

static void cede_always(struct vp *vp, u64 until)
{
	(void)until;
	hcall(vp, H_CEDE, 0);
}

static void test_interrupt_in_every_state(void **state)
{
	(void)state;
	for (u32 i = 0; i < WORLD_VPS; i++)
		icp_open(&vp0[i]);
	/* Stopped: it stays so. */
	ipi(&vp0[0]);
	assert_int_equal(vp0[0].state, VP_STOPPED);
	/* A start forgets it. LoPAR "start-cpu" */
	dispatch_start(&vp0[0], 0, 0);
	assert_false(icp_pending(&vp0[0]));
	assert_int_equal(vp0[0].leave, 0);
	/* Runnable. */
	icp_open(&vp0[0]);
	ipi(&vp0[0]);
	assert_int_equal(vp0[0].state, VP_RUNNABLE);
	assert_int_equal(vp0[0].leave, 1);
	ipi_take(&vp0[0]);
	/* Waiting. */
	play(2, cede_always);
	assert_int_equal(vp0[0].state, VP_CEDED);
	ipi(&vp0[0]);
	assert_int_equal(vp0[0].state, VP_RUNNABLE);
	play(1, use_all);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	/* Running. */
	assert_int_equal(vp0[0].state, VP_RUNNING);
	vp0[0].leave = 0;
	ipi_take(&vp0[0]);
	ipi(&vp0[0]);
	assert_int_equal(vp0[0].state, VP_RUNNING);
	assert_int_equal(vp0[0].leave, 1);
}

/* An interrupt that the processor's priority holds back wakes nobody. */
static void test_interrupt_held_back(void **state)
{
	(void)state;
	world_ready(1);
	play(1, cede_always);
	assert_int_equal(vp0[0].state, VP_CEDED);
	ipi(&vp0[0]);
	assert_int_equal(vp0[0].state, VP_CEDED);
	icp_set_cppr(&vp0[0], 0xff);
	assert_int_equal(vp0[0].state, VP_RUNNABLE);
}

/* --- stopping --- */

static void nobody(struct vp *vp, u64 until)
{
	(void)until;
	fail_msg("processor %u runs", (unsigned int)vp->number);
}

static void test_stop_of_a_stopped_one(void **state)
{
	u64 records;

	(void)state;
	records = cpu_self.trace.next;
	dispatch_stop(&vp0[0]);
	dispatch_stop(&vp0[0]);
	assert_int_equal(vp0[0].state, VP_STOPPED);
	assert_int_equal(cpu_self.trace.next, records);
	play(1, nobody);
}

static void test_stop_anywhere_in_the_queue(void **state)
{
	for (u32 stopped = 0; stopped < 8; stopped++) {
		u32 n = 0;

		world_setup(state);
		world_ready(3);
		for (u32 i = 0; i < 3; i++)
			if (stopped >> i & 1)
				dispatch_stop(&vp0[i]);
		dispatch_start(&vp0[3], 0, 0);
		play(4, NULL);
		for (u32 i = 0; i < 4; i++)
			if (i == 3 || !(stopped >> i & 1))
				assert_ptr_equal(world.turn[n++].vp, &vp0[i]);
		/* Then surplus, in whatever order. */
		for (; n < 4; n++)
			assert_int_not_equal(world.turn[n].vp->state, VP_STOPPED);
	}
}

static void test_stop_anywhere_in_the_waiting_list(void **state)
{
	for (u32 stopped = 0; stopped < 8; stopped++) {
		world_setup(state);
		world_ready(3);
		play(3, cede_always);
		for (u32 i = 0; i < 3; i++)
			if (stopped >> i & 1)
				dispatch_stop(&vp0[i]);
		for (u32 i = 0; i < 3; i++) {
			hcall(&vp0[3], H_PROD, i);
			assert_int_equal(vp0[i].state, stopped >> i & 1 ? VP_STOPPED : VP_RUNNABLE);
		}
	}
}

static void stop_self(struct vp *vp, u64 until)
{
	(void)until;
	dispatch_stop(vp);
	assert_int_equal(vp->leave, 1);
	/* It is in its hypercall still, and may ask for more. */
	hcall(vp, H_CEDE, 0);
	assert_int_equal(vp->state, VP_STOPPED);
}

static void test_stop_self_and_start_again(void **state)
{
	(void)state;
	world_ready(2);
	play(3, stop_self);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	assert_ptr_equal(world.turn[1].vp, &vp0[1]);
	assert_null(world.turn[2].vp);
	assert_int_equal(last_record()->type, TRACE_VP_STATE);
	assert_int_equal(last_record()->lpar_id, 1);
	assert_int_equal(last_record()->vp, 1);
	assert_int_equal(last_record()->b, VP_STOPPED);
	hcall(&vp0[1], H_PROD, 0);
	vp0[0].gpr[20] = 7;
	dispatch_start(&vp0[0], 0x4000, 99);
	assert_int_equal(last_record()->vp, 0);
	assert_int_equal(last_record()->b, VP_RUNNABLE);
	assert_int_equal(vp0[0].pc, 0x4000);
	assert_int_equal(vp0[0].gpr[3], 99);
	assert_int_equal(vp0[0].gpr[20], 0);
	assert_false(vp0[0].prodded);
	play(2, NULL);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	assert_ptr_equal(world.turn[1].vp, &vp0[0]);
}

/* One that waits, is stopped and starts again is not woken by its old decrementer. */
static void test_old_decrementer(void **state)
{
	(void)state;
	world_ready(1);
	vp0[0].dec_expires = world.start + 3 * POLL;
	play(2, cede_always);
	dispatch_stop(&vp0[0]);
	assert_true(dispatch_start(&vp0[0], 0, 0));
	assert_int_equal(vp0[0].dec_expires, fake_cpu.now + INT32_MAX);
	play(20, cede_always);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	for (u32 i = 1; i < 20; i++)
		assert_null(world.turn[i].vp);
}

static void stop_others(struct vp *vp, u64 until)
{
	for (u32 i = 0; i < WORLD_VPS; i++)
		if (&vp0[i] != vp)
			dispatch_stop(&vp0[i]);
	fake_cpu.now = until;
}

static void test_one_stops_all_others(void **state)
{
	(void)state;
	world_ready(WORLD_VPS);
	play(2, cede_always);
	play(3, stop_others);
	for (u32 i = 0; i < 3; i++)
		assert_ptr_equal(world.turn[i].vp, &vp0[2]);
	assert_int_equal(vp0[0].state, VP_STOPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_to_run, world_setup),
		cmocka_unit_test_setup(test_who_wakes_has_the_processor, world_setup),
		cmocka_unit_test_setup(test_who_wakes_shares_with_its_sibling, world_setup),
		cmocka_unit_test_setup(test_who_had_no_turn_comes_first, world_setup),
		cmocka_unit_test_setup(test_turn_ends_early, world_setup),
		cmocka_unit_test_setup(test_one_after_the_other, world_setup),
		cmocka_unit_test_setup(test_partitions_alternate, world_setup),
		cmocka_unit_test_setup(test_alone_it_keeps_the_processor, world_setup),
		cmocka_unit_test_setup(test_cede_with_everything_pending, world_setup),
		cmocka_unit_test_setup(test_interrupt_while_it_goes_to_sleep, world_setup),
		cmocka_unit_test_setup(test_cede_with_decrementer_zero, world_setup),
		cmocka_unit_test_setup(test_wake_order, world_setup),
		cmocka_unit_test_setup(test_wake_order_survives_saving, world_setup),
		cmocka_unit_test_setup(test_prod, world_setup),
		cmocka_unit_test_setup(test_prod_of_nobody, world_setup),
		cmocka_unit_test_setup(test_prod_keeps_registers, world_setup),
		cmocka_unit_test_setup(test_interrupt_in_every_state, world_setup),
		cmocka_unit_test_setup(test_interrupt_held_back, world_setup),
		cmocka_unit_test_setup(test_stop_of_a_stopped_one, world_setup),
		cmocka_unit_test_setup(test_stop_anywhere_in_the_queue, world_setup),
		cmocka_unit_test_setup(test_stop_anywhere_in_the_waiting_list, world_setup),
		cmocka_unit_test_setup(test_stop_self_and_start_again, world_setup),
		cmocka_unit_test_setup(test_old_decrementer, world_setup),
		cmocka_unit_test_setup(test_one_stops_all_others, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
