// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/vp_state.c hv/cede_hcall.c
// SOURCES: hv/share.c
// SOURCES: hv/pqueue.c
// SOURCES: hv/pool.c hv/vpa.c hv/vp.c hv/icp.c hv/ics.c hv/xics_hcall.c hv/lpar.c hv/trace.c
// SOURCES: tests/unit/dispatch_world.c tests/unit/fake_cpu.c
// One processor: turns that are given away, waits that only H_PROD or a system reset ends, and what
// the hypervisor does for itself in between.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "tests/unit/dispatch_world.h"
#include "tests/unit/fake_cpu.h"

static void cede(struct vp *vp, u64 until)
{
	(void)until;
	hcall(vp, H_CEDE, 0);
}

/* --- to confer --- */

static struct vp *target;

/* vp 0 computes a little and gives its turn away. */
static void confer_from_0(struct vp *vp, u64 until)
{
	if (vp != &vp0[0]) {
		fake_cpu.now = until;
		return;
	}
	fake_cpu.now += WINDOW / 100;
	dispatch_confer(vp, target);
	assert_int_equal(vp->leave, 1);
}

static void test_confer_to_one(void **state)
{
	(void)state;
	world_ready(4);
	play(20, NULL);
	target = &vp0[2];
	play(1, confer_from_0);
	while (world.turn[0].vp != &vp0[0])
		play(1, confer_from_0);
	play(1, NULL);
	assert_ptr_equal(world.turn[0].vp, &vp0[2]);
	assert_int_equal(vp0[0].state, VP_RUNNABLE);
	assert_int_equal(vp0[0].leave_reason, VP_LEAVE_CONFER);
	assert_int_equal(vp0[2].ready_reason, VP_READY_CONFER);
}

static void test_confer_to_all(void **state)
{
	(void)state;
	world_ready(3);
	target = NULL;
	play(2, confer_from_0);
	assert_ptr_equal(world.turn[1].vp, &vp0[1]);
	assert_int_equal(vp0[0].leave_reason, VP_LEAVE_CONFER);
}

/* It may be anywhere: nobody is woken by it. */
static void test_confer_to_one_that_does_not_want(void **state)
{
	(void)state;
	world_ready(4);
	for (u32 i = 0; i < 3; i++) {
		world_setup(state);
		world_ready(3);
		target = &vp0[3]; /* stopped */
		if (i == 1) {
			dispatch_start(&vp0[3], 0, 0);
			dispatch_stop(&vp0[3]);
		} else if (i == 2) {
			target = &vp0[0]; /* runs itself */
		}
		play(2, confer_from_0);
		assert_ptr_equal(world.turn[1].vp, &vp0[1]);
		assert_int_equal(vp0[3].state, VP_STOPPED);
	}
}

static void test_confer_to_one_that_waits(void **state)
{
	(void)state;
	dispatch_start(&vp0[3], 0, 0);
	play(1, cede);
	assert_int_equal(vp0[3].state, VP_CEDED);
	world_ready(2);
	target = &vp0[3];
	play(2, confer_from_0);
	assert_ptr_equal(world.turn[1].vp, &vp0[1]);
	assert_int_equal(vp0[3].state, VP_CEDED);
}

/* Nobody else is there: it goes on. */
static void test_confer_alone(void **state)
{
	(void)state;
	world_ready(1);
	target = NULL;
	play(10, confer_from_0);
	for (u32 i = 0; i < 10; i++)
		assert_ptr_equal(world.turn[i].vp, &vp0[0]);
}

static void confer_always(struct vp *vp, u64 until)
{
	(void)until;
	fake_cpu.now += WINDOW / 1000;
	dispatch_confer(vp, vp == &vp0[0] ? &vp0[1] : &vp0[0]);
}

/* What two of a capped partition hand to one another is its entitlement and no more. */
static void test_confer_makes_no_time(void **state)
{
	(void)state;
	lpars[0].procs.sharing_mode = SHARING_CAP;
	share_set(&lpars[0].share, 30, WINDOW, 0);
	world_ready(2);
	while (fake_cpu.now < world.start + 20 * WINDOW)
		play(1, confer_always);
	assert_in_range(lpars[0].use.capped, 20 * WINDOW * 29 / 100, 20 * WINDOW * 31 / 100);
	assert_int_equal(lpars[0].use.uncapped, 0);
}

/* --- to join --- */

static bool joined;

static void join(struct vp *vp, u64 until)
{
	if (vp->number == 0)
		joined = dispatch_join(vp);
	else
		fake_cpu.now = until;
}

/* Neither interrupts nor its decrementer end that wait. */
static void test_join_until_prod(void **state)
{
	(void)state;
	world_ready(1);
	icp_open(&vp0[0]);
	vp0[0].dec_expires = world.start + 10;
	play(1, join);
	assert_true(joined);
	assert_int_equal(vp0[0].state, VP_JOINED);
	ipi(&vp0[0]);
	play(20, join);
	for (u32 i = 0; i < 20; i++)
		assert_null(world.turn[i].vp);
	assert_int_equal(vp0[0].state, VP_JOINED);
	hcall(&vp0[1], H_PROD, 0);
	assert_int_equal(vp0[0].state, VP_RUNNABLE);
	assert_false(vp0[0].prodded);
	play(1, NULL);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	assert_int_equal(vp0[0].ready_reason, VP_READY_PROD);
}

static void test_join_after_prod(void **state)
{
	(void)state;
	world_ready(1);
	hcall(&vp0[1], H_PROD, 0);
	assert_true(vp0[0].prodded);
	play(1, join);
	assert_false(joined);
	assert_false(vp0[0].prodded);
	assert_int_equal(vp0[0].state, VP_RUNNING);
	play(1, join);
	assert_true(joined);
}

/* --- system resets --- */

static void test_system_reset_ends_every_wait(void **state)
{
	(void)state;
	for (u32 i = 0; i < 2; i++) {
		world_setup(state);
		world_ready(1);
		vp0[0].dec_expires = world.start + INT32_MAX;
		play(1, i ? join : cede);
		assert_int_equal(vp0[0].state, i ? VP_JOINED : VP_CEDED);
		dispatch_system_reset(&vp0[0]);
		assert_int_equal(vp0[0].state, VP_RUNNABLE);
		assert_int_equal(vp0[0].resets, 1);
		play(1, NULL);
		assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	}
}

/* It has to be delivered before the next wait, and reaches one that runs. */
static void test_system_reset_before_a_wait(void **state)
{
	(void)state;
	world_ready(1);
	play(1, NULL);
	vp0[0].leave = 0;
	dispatch_system_reset(&vp0[0]);
	assert_int_equal(vp0[0].leave, 1);
	for (u32 i = 0; i < 2; i++) {
		play(1, i ? join : cede);
		assert_int_equal(vp0[0].state, VP_RUNNING);
		assert_int_equal(vp0[0].resets, 1);
	}
}

static void test_system_reset_of_a_stopped_one(void **state)
{
	(void)state;
	world_ready(1);
	dispatch_stop(&vp0[0]);
	dispatch_system_reset(&vp0[0]);
	dispatch_system_reset(&vp0[1]); /* never started */
	assert_int_equal(vp0[0].state, VP_STOPPED);
	assert_int_equal(vp0[0].resets, 0);
	assert_int_equal(vp0[1].resets, 0);
}

/* --- between the turns --- */

static u32 work_left;

static bool some_work(void)
{
	fake_cpu.now += HZ / 2000;
	return work_left && --work_left;
}

static void test_no_rest_while_there_is_work(void **state)
{
	(void)state;
	work_left = 5;
	world.work = some_work;
	world.work_pending = true;
	while (work_left) {
		play(1, NULL);
		if (work_left)
			assert_true(world.turn[0].until <= world.turn[0].from);
	}
	assert_int_equal(world.turn[0].from, world.start + 5 * HZ / 2000);
	assert_int_equal(cpu_self.use.hypervisor, 5 * HZ / 2000);
}

/* Who is entitled gives the hypervisor a step in each window, and loses nothing by it. */
static void test_work_beside_the_entitled(void **state)
{
	(void)state;
	share_set(&lpars[0].share, 80, WINDOW, 128);
	world_ready(1);
	work_left = 100;
	world.work = some_work;
	world.work_pending = true;
	while (fake_cpu.now < world.start + 10 * WINDOW)
		play(1, NULL);
	assert_in_range(100 - work_left, 10, 60);
	assert_in_range(lpars[0].use.capped, 79 * WINDOW / 10, 81 * WINDOW / 10);
	assert_int_equal(lpars[0].use.capped + lpars[0].use.uncapped + cpu_self.use.hypervisor,
			 cpu_self.queue.charged - world.start);
}

static struct lpar *doomed;

/* The partition's memory is given back as soon as every processor has let go of it. */
static bool release(void)
{
	if (!doomed || doomed->vps[0]->state != VP_STOPPED)
		return true;
	if (!dispatch_left(doomed))
		return true;
	free(doomed->vps[0]);
	doomed->vps[0] = NULL;
	doomed->nr_vps = 0;
	doomed = NULL;
	return false;
}

static void stop_self(struct vp *vp, u64 until)
{
	(void)until;
	dispatch_stop(vp);
}

static void test_work_frees_who_has_stopped(void **state)
{
	struct vp *vp = calloc(1, sizeof(*vp));

	(void)state;
	doomed = &lpars[1];
	doomed->nr_vps = 1;
	doomed->vps[0] = vp;
	vp->lpar = doomed;
	world.work = release;
	dispatch_start(vp, 0, 0);
	assert_false(dispatch_left(doomed));
	play(1, stop_self);
	world.work_pending = true;
	play(20, NULL);
	assert_null(doomed);
	for (u32 i = 0; i < 20; i++)
		assert_null(world.turn[i].vp);
}

/* A partition that runs while another one is waited for loses nothing but its place. */
static void test_let_go_while_another_runs(void **state)
{
	(void)state;
	dispatch_start(&vps[1][0], 0, 0);
	play(1, stop_self);
	world_ready(1);
	play(1, NULL);
	while (!dispatch_left(&lpars[1]))
		play(1, NULL);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
	assert_true(fake_cpu.now < world.start + 3 * WINDOW);
}

/* One whose last life is still on the processor does not begin another. */
static void start_again(struct vp *vp, u64 until)
{
	(void)until;
	dispatch_stop(vp);
	assert_false(dispatch_start(vp, 0x5000, 0));
	assert_int_equal(vp->state, VP_STOPPED);
}

static void test_start_before_it_has_left(void **state)
{
	(void)state;
	world_ready(1);
	play(1, start_again);
	play(1, NULL);
	assert_null(world.turn[0].vp);
	assert_true(dispatch_start(&vp0[0], 0x5000, 0));
	play(1, NULL);
	assert_ptr_equal(world.turn[0].vp, &vp0[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_confer_to_one, world_setup),
		cmocka_unit_test_setup(test_confer_to_all, world_setup),
		cmocka_unit_test_setup(test_confer_to_one_that_does_not_want, world_setup),
		cmocka_unit_test_setup(test_confer_to_one_that_waits, world_setup),
		cmocka_unit_test_setup(test_confer_alone, world_setup),
		cmocka_unit_test_setup(test_confer_makes_no_time, world_setup),
		cmocka_unit_test_setup(test_join_until_prod, world_setup),
		cmocka_unit_test_setup(test_join_after_prod, world_setup),
		cmocka_unit_test_setup(test_system_reset_ends_every_wait, world_setup),
		cmocka_unit_test_setup(test_system_reset_before_a_wait, world_setup),
		cmocka_unit_test_setup(test_system_reset_of_a_stopped_one, world_setup),
		cmocka_unit_test_setup(test_no_rest_while_there_is_work, world_setup),
		cmocka_unit_test_setup(test_work_beside_the_entitled, world_setup),
		cmocka_unit_test_setup(test_work_frees_who_has_stopped, world_setup),
		cmocka_unit_test_setup(test_let_go_while_another_runs, world_setup),
		cmocka_unit_test_setup(test_start_before_it_has_left, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
