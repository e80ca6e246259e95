// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/vp.c hv/icp.c hv/ics.c hv/xics_hcall.c hv/lpar.c hv/trace.c
// SOURCES: tests/unit/dispatch_world.c tests/unit/fake_cpu.c
// Two partitions whose processors do at random whatever a hypercall can do to a processor. A model
// that keeps nothing but arrays says who has the next turn, and until when.
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
	bool prodded, pending;
	u64 wakes; /* when ceded */
};

static struct model {
	struct model_vp vp[ALL];
	u32 queue[ALL], queued; /* who is runnable, in turn */
	u32 asleep[ALL], ceded; /* in the order they went to sleep */
	int running;		/* -1: nobody */
	u64 slice_end;
} model;

static struct vp *vp_at(u32 i)
{
	return &vps[i / WORLD_VPS][i % WORLD_VPS];
}

static u32 index_of(const struct vp *vp)
{
	return (vp->lpar == &lpars[1] ? WORLD_VPS : 0) + vp->number;
}

static void list_remove(u32 *list, u32 *n, u32 who)
{
	u32 i = 0;

	while (list[i] != who)
		i++;
	memmove(&list[i], &list[i + 1], (*n - i - 1) * sizeof(list[0]));
	(*n)--;
}

static void model_append(u32 who)
{
	model.vp[who].state = VP_RUNNABLE;
	model.queue[model.queued++] = who;
}

static void model_wake(u32 who)
{
	if (model.vp[who].state != VP_CEDED)
		return;
	list_remove(model.asleep, &model.ceded, who);
	model_append(who);
}

/* The one whose time comes first, of equal ones the one that slept first; -1: none sleeps. */
static int model_first(void)
{
	int first = -1;

	for (u32 i = 0; i < model.ceded; i++) {
		u32 who = model.asleep[i];

		if (first < 0 || (s64)(model.vp[who].wakes - model.vp[first].wakes) < 0)
			first = (int)who;
	}
	return first;
}

static u64 earlier(u64 a, u64 b)
{
	return (s64)(a - b) < 0 ? a : b;
}

/* Who has the turn now; returns until when. */
static u64 model_turn(void)
{
	u64 now = fake_cpu.now, next = now + SLICE;
	int first;

	while ((first = model_first()) >= 0 && (s64)(model.vp[first].wakes - now) <= 0)
		model_wake((u32)first);
	if (first >= 0)
		next = earlier(next, model.vp[first].wakes);
	if (model.running >= 0 && model.vp[model.running].state != VP_RUNNING)
		model.running = -1;
	if (model.running >= 0 && (s64)(model.slice_end - now) <= 0) {
		model_append((u32)model.running);
		model.running = -1;
	}
	if (model.running < 0) {
		model.slice_end = now + SLICE;
		if (model.queued == 0)
			return earlier(next, now + IDLE);
		model.running = (int)model.queue[0];
		list_remove(model.queue, &model.queued, model.queue[0]);
		model.vp[model.running].state = VP_RUNNING;
	}
	return earlier(next, model.slice_end);
}

static void check_states(void)
{
	for (u32 i = 0; i < ALL; i++) {
		assert_int_equal(vp_at(i)->state, model.vp[i].state);
		assert_int_equal(vp_at(i)->prodded, model.vp[i].prodded);
		assert_int_equal(icp_pending(vp_at(i)), model.vp[i].pending);
	}
}

static void do_stop(u32 who)
{
	if (model.vp[who].state == VP_CEDED)
		list_remove(model.asleep, &model.ceded, who);
	else if (model.vp[who].state == VP_RUNNABLE)
		list_remove(model.queue, &model.queued, who);
	model.vp[who].state = VP_STOPPED;
	dispatch_stop(vp_at(who));
}

static void do_start(u32 who)
{
	if (model.vp[who].state != VP_STOPPED || (int)who == model.running)
		return;
	dispatch_start(vp_at(who), 0, 0);
	icp_open(vp_at(who));
	model.vp[who] = (struct model_vp){0};
	model_append(who);
}

static void do_cede(u32 who)
{
	struct vp *vp = vp_at(who);
	struct model_vp *m = &model.vp[who];

	vp->dec_expires = fake_cpu.now + (u64)(rand() % 8 - 1) * (SLICE / 4);
	hcall(vp, H_CEDE, 0);
	if (m->prodded) {
		m->prodded = false;
	} else if (m->state == VP_RUNNING && !m->pending &&
		   (s64)(vp->dec_expires - fake_cpu.now) >= 0) {
		m->state = VP_CEDED;
		m->wakes = vp->dec_expires;
		model.asleep[model.ceded++] = who;
	}
}

static void do_prod(u32 who, u32 target)
{
	hcall(vp_at(who), H_PROD, vp_at(target)->number);
	if (model.vp[target].state == VP_CEDED)
		model_wake(target);
	else
		model.vp[target].prodded = true;
}

static void do_ipi(u32 target)
{
	ipi(vp_at(target));
	model.vp[target].pending = true;
	model_wake(target);
}

static void do_take(u32 who)
{
	if (!model.vp[who].pending)
		return;
	ipi_take(vp_at(who));
	model.vp[who].pending = false;
}

/* One hypercall of @who, perhaps about @target of its own partition. */
static void do_something(u32 who, u32 target)
{
	switch (rand() % 16) {
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
	default:
		do_cede(who);
	}
}

static void turn(struct vp *vp, u64 until)
{
	u32 who = index_of(vp), base = who / WORLD_VPS * WORLD_VPS;
	u64 expected = model_turn();

	assert_int_equal(model.running, (int)who);
	assert_int_equal(until, expected);
	for (u32 i = rand() % 6; i > 0 && model.vp[who].state == VP_RUNNING; i--) {
		do_something(who, base + (u32)rand() % WORLD_VPS);
		check_states();
	}
	fake_cpu.now = rand() % 4 && model.vp[who].state != VP_RUNNING
			       ? fake_cpu.now + (u64)rand() % (until - fake_cpu.now)
			       : until;
}

/* What may happen when nothing runs: a device, and the other partition's being started. */
static void idle(u64 until)
{
	u64 expected = model_turn();

	world.turns++;
	assert_int_equal(model.running, -1);
	assert_int_equal(until, expected);
	if (rand() % 2)
		do_ipi((u32)rand() % ALL);
	if (rand() % 4 == 0)
		do_start((u32)rand() % ALL);
	check_states();
	fake_cpu.now = until;
}

/* Saving registers may find the decrementer changed. */
static void disturb(struct vp *vp)
{
	vp->dec_expires += (u64)(rand() % 3 - 1) * IDLE;
}

static bool no_work(void)
{
	fake_cpu.idle = idle;
	return false;
}

static void test_random(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	model.running = -1;
	for (u32 i = 0; i < ALL; i++)
		icp_open(vp_at(i));
	do_start(0);
	do_start(WORLD_VPS + 1);
	/* The timebase goes through 0 in the middle. */
	fake_cpu.now = -(TURNS / 4 * SLICE / 4);
	fake_cpu.save = disturb;
	world.work = no_work;
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
