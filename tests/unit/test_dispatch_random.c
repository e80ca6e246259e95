// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/vp_state.c hv/cede_hcall.c
// SOURCES: hv/share.c
// SOURCES: hv/pqueue.c
// SOURCES: hv/pool.c hv/vpa.c hv/vp.c hv/icp.c hv/ics.c hv/xics_hcall.c hv/lpar.c hv/trace.c
// SOURCES: tests/unit/dispatch_world.c tests/unit/fake_cpu.c
// Two partitions whose processors do at random whatever a call can do to a processor. A model that
// keeps nothing but states says who may have a turn, and when somebody has to wake.
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

#define ALL   (2 * WORLD_VPS)
#define TURNS 100000

struct model_vp {
	u32 state;
	bool prodded, pending, reset;
	u64 wakes;   /* when ceded */
	bool leaves; /* it has been stopped, and may be on the processor still */
};

static struct model_vp model[ALL];

static struct vp *vp_at(u32 i)
{
	return &vps[i / WORLD_VPS][i % WORLD_VPS];
}

static u32 index_of(const struct vp *vp)
{
	return (vp->lpar == &lpars[1] ? WORLD_VPS : 0) + vp->number;
}

static void model_wake(u32 who)
{
	model[who].state = VP_RUNNABLE;
}

/* The time of those that wait has come; returns when the next one's does, at most @until. */
static u64 model_expire(u64 until)
{
	for (u32 i = 0; i < ALL; i++) {
		if (model[i].state != VP_CEDED)
			continue;
		/* The dispatcher has looked last when it accounted for the time. */
		if (model[i].wakes <= cpu_self.queue.charged)
			model_wake(i);
		else
			until = MIN(until, model[i].wakes);
	}
	return until;
}

static void check_states(void)
{
	for (u32 i = 0; i < ALL; i++) {
		assert_int_equal(vp_at(i)->state, model[i].state);
		assert_int_equal(vp_at(i)->prodded, model[i].prodded);
		assert_int_equal(vp_at(i)->resets, model[i].reset);
		assert_int_equal(icp_pending(vp_at(i)), model[i].pending);
	}
}

/* --- calls --- */

static void do_stop(u32 who)
{
	model[who].leaves = model[who].leaves || model[who].state != VP_STOPPED;
	model[who].state = VP_STOPPED;
	dispatch_stop(vp_at(who));
}

static void do_start(u32 who)
{
	if (model[who].state != VP_STOPPED)
		return;
	if (!dispatch_start(vp_at(who), 0, 0)) {
		assert_true(model[who].leaves);
		return;
	}
	vp_at(who)->resets = 0;
	icp_open(vp_at(who));
	model[who] = (struct model_vp){.state = VP_RUNNABLE};
}

static bool model_waits(u32 who)
{
	if (model[who].prodded) {
		model[who].prodded = false;
		return false;
	}
	return model[who].state == VP_RUNNING && !model[who].reset;
}

static void do_cede(u32 who)
{
	struct vp *vp = vp_at(who);

	vp->dec_expires = fake_cpu.now + (u64)(rand() % 8 - 1) * (WINDOW / 16);
	hcall(vp, H_CEDE, 0);
	if (!model_waits(who) || model[who].pending || vp->dec_expires < fake_cpu.now)
		return;
	model[who].state = VP_CEDED;
	model[who].wakes = vp->dec_expires;
}

static void do_join(u32 who)
{
	bool waits = dispatch_join(vp_at(who));

	assert_int_equal(waits, model_waits(who));
	if (waits)
		model[who].state = VP_JOINED;
}

static void do_prod(u32 who, u32 target)
{
	hcall(vp_at(who), H_PROD, vp_at(target)->number);
	if (model[target].state == VP_CEDED || model[target].state == VP_JOINED)
		model_wake(target);
	else
		model[target].prodded = vp_at(target)->cpu != NULL;
}

static void do_reset(u32 target)
{
	dispatch_system_reset(vp_at(target));
	if (model[target].state == VP_STOPPED)
		return;
	model[target].reset = true;
	if (model[target].state == VP_CEDED || model[target].state == VP_JOINED)
		model_wake(target);
}

static void do_ipi(u32 target)
{
	ipi(vp_at(target));
	model[target].pending = true;
	if (model[target].state == VP_CEDED)
		model_wake(target);
}

static void do_take(u32 who)
{
	vp_at(who)->resets = 0;
	model[who].reset = false;
	if (!model[who].pending)
		return;
	ipi_take(vp_at(who));
	model[who].pending = false;
}

/* One call of @who, perhaps about @target of its own partition. */
static void do_something(u32 who, u32 target)
{
	switch (rand() % 20) {
	case 0:
		do_stop(target);
		break;
	case 1 ... 2:
		do_start(target);
		break;
	case 3 ... 5:
		do_prod(who, target);
		break;
	case 6 ... 8:
		do_ipi(target);
		break;
	case 9 ... 11:
		do_take(who);
		break;
	case 12:
		do_join(who);
		break;
	case 13:
		do_reset(target);
		break;
	case 14 ... 15:
		dispatch_confer(vp_at(who), rand() % 2 ? vp_at(target) : NULL);
		break;
	default:
		do_cede(who);
	}
}

/* --- turns --- */

static u64 longest_wait[ALL];

/* Who wanted the processor and did not have it, since when; nobody may wait for ever. */
static void check_waits(int running)
{
	for (u32 i = 0; i < ALL; i++) {
		if ((int)i == running || model[i].state != VP_RUNNABLE)
			longest_wait[i] = fake_cpu.now;
		assert_true(fake_cpu.now - longest_wait[i] < 10 * WINDOW);
	}
}

static void turn(struct vp *vp, u64 until)
{
	u32 who = index_of(vp), base = who / WORLD_VPS * WORLD_VPS;
	u64 wakes = model_expire(until);

	for (u32 i = 0; i < ALL; i++) {
		if (i != who && model[i].state == VP_RUNNING)
			model[i].state = VP_RUNNABLE;
		model[i].leaves = false;
	}
	assert_true(model[who].state == VP_RUNNABLE || model[who].state == VP_RUNNING);
	model[who].state = VP_RUNNING;
	/* Who wakes cannot have the processor before the one that runs has had it for that long. */
	assert_true(until > fake_cpu.now);
	assert_true(until <= MAX(wakes, fake_cpu.now + HZ / 1000000 * DISPATCH_LEAST_US));
	check_states();
	check_waits((int)who);
	for (u32 i = rand() % 6; i > 0 && model[who].state == VP_RUNNING; i--) {
		do_something(who, base + (u32)rand() % WORLD_VPS);
		check_states();
	}
	model[who].leaves = true;
	if (rand() % 4 == 0 || (model[who].state == VP_RUNNING && !vp->leave))
		fake_cpu.now = until;
	else
		fake_cpu.now += (u64)rand() % (until - fake_cpu.now);
}

/* What may happen when nothing runs: a device, and the other partition's being started. */
static void nap(u64 until)
{
	u64 wakes = model_expire(until);

	for (u32 i = 0; i < ALL; i++) {
		assert_true(model[i].state != VP_RUNNABLE && model[i].state != VP_RUNNING);
		model[i].leaves = false;
	}
	assert_true(until > fake_cpu.now && until <= wakes);
	check_states();
	check_waits(-1);
	if (rand() % 2)
		do_ipi((u32)rand() % ALL);
	if (rand() % 4 == 0)
		do_start((u32)rand() % ALL);
	if (rand() % 4 == 0)
		do_prod(0, (u32)rand() % WORLD_VPS);
	check_states();
	if (!cpu_self.queue.resched)
		fake_cpu.now = until;
}

/* Saving registers may find the decrementer changed. */
static void disturb(struct vp *vp)
{
	vp->dec_expires += (u64)(rand() % 3 - 1) * POLL;
}

static void test_random(void **state)
{
	(void)state;
	memset(model, 0, sizeof(model));
	for (u32 i = 0; i < ALL; i++) {
		longest_wait[i] = fake_cpu.now;
		icp_open(vp_at(i));
	}
	do_start(0);
	do_start(WORLD_VPS + 1);
	fake_cpu.save = disturb;
	world.idle = nap;
	play(TURNS, turn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_random, world_setup),
	};

	srand(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
