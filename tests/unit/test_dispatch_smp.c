// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/vp_state.c hv/cede_hcall.c
// SOURCES: hv/share.c
// SOURCES: hv/pqueue.c
// SOURCES: hv/pool.c hv/vpa.c hv/vp.c hv/icp.c hv/ics.c hv/xics_hcall.c hv/lpar.c hv/trace.c
// SOURCES: tests/unit/dispatch_world.c tests/unit/fake_cpu.c
// Several processors, each a thread that runs the dispatcher. The virtual processors of one
// partition send messages to one another, with H_PROD and IPIs, and wait with H_CEDE when they find
// none; no decrementer helps: a wake-up that is lost is a message that is never seen. Those of the
// other one do everything that a partition can do to its processors.
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "tests/unit/dispatch_world.h"
#include "tests/unit/fake_cpu.h"

#define CPUS	 3
#define MESSAGES 100000 /* of each virtual processor */
#define TICK	 1000	/* that the time goes on with each look at it */

static u64 sent[WORLD_VPS], seen[WORLD_VPS], to_send[WORLD_VPS];
static u64 slept, chaos;
static u32 on[2][WORLD_VPS]; /* how many processors it is on */
static bool over;
static __thread jmp_buf leave;
static __thread u32 seed;

static u64 load(u64 *count)
{
	return __atomic_load_n(count, __ATOMIC_SEQ_CST);
}

static void count(u64 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
}

static u32 any(u32 below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* --- messages --- */

static void send(struct vp *vp)
{
	u32 to = any(WORLD_VPS);

	if (to == vp->number || to_send[vp->number] == 0)
		return;
	to_send[vp->number]--;
	count(&sent[to]);
	if (any(2))
		hcall(vp, H_PROD, to);
	else
		icp_set_mfrr(&vp0[to], 4);
}

static bool all_seen(void)
{
	for (u32 i = 0; i < WORLD_VPS; i++)
		if (load(&to_send[i]) || load(&sent[i]) != load(&seen[i]))
			return false;
	return true;
}

static void exchange(struct vp *vp)
{
	u64 *mine = &seen[vp->number];

	vp->dec_expires = machine_timebase() + BIT(62);
	if (icp_pending(vp))
		ipi_take(vp);
	for (u32 i = any(4); i > 0; i--)
		send(vp);
	if (load(mine) != load(&sent[vp->number])) {
		__atomic_store_n(mine, load(&sent[vp->number]), __ATOMIC_SEQ_CST);
	} else if (to_send[vp->number] == 0 || any(4)) {
		count(&slept);
		/* Who has to send still must not wait for those who have nothing to say any more.
		 */
		if (to_send[vp->number])
			vp->dec_expires = machine_timebase() + any(100 * TICK);
		hcall(vp, H_CEDE, 0);
	}
	if (all_seen())
		__atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
}

/* --- everything else --- */

static void start(struct vp *vp)
{
	static struct lock lock; /* as the partition's lock is for RTAS */

	lock_take(&lock);
	if (__atomic_load_n(&vp->state, __ATOMIC_SEQ_CST) == VP_STOPPED)
		dispatch_start(vp, 0, 0);
	lock_drop(&lock);
}

static void do_anything(struct vp *vp)
{
	struct vp *target = &vps[1][any(WORLD_VPS)];

	count(&chaos);
	vp->dec_expires = machine_timebase() + any(100 * TICK);
	__atomic_store_n(&vp->resets, 0, __ATOMIC_SEQ_CST);
	switch (any(8)) {
	case 0:
		if (target->number)
			dispatch_stop(target);
		break;
	case 1:
		start(target);
		break;
	case 2:
		dispatch_confer(vp, any(2) ? target : NULL);
		break;
	case 3:
		if (vp->number)
			dispatch_join(vp);
		break;
	case 4:
		dispatch_system_reset(target);
		break;
	case 5:
		icp_set_mfrr(target, 4);
		break;
	case 6:
		hcall(vp, H_PROD, target->number);
		break;
	default:
		hcall(vp, H_CEDE, 0);
	}
}

/* --- processors --- */

static void visit(struct vp *vp, u64 until)
{
	u32 i = vp->lpar == &lpars[1];

	(void)until;
	/* Nobody is on two processors at once. */
	if (__atomic_fetch_add(&on[i][vp->number], 1, __ATOMIC_SEQ_CST) != 0)
		abort();
	if (i)
		do_anything(vp);
	else
		exchange(vp);
	machine_timebase();
	__atomic_fetch_sub(&on[i][vp->number], 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&over, __ATOMIC_SEQ_CST))
		longjmp(leave, 1);
}

static void nap(u64 until)
{
	while (!fake_cpu_kicked() && (s64)(until - machine_timebase()) > 0) {
		if (__atomic_load_n(&over, __ATOMIC_SEQ_CST))
			longjmp(leave, 1);
		sched_yield();
	}
}

static pthread_barrier_t barrier;

static void *processor(void *arg)
{
	u32 number = (u32)(uintptr_t)arg;

	seed = number;
	for (u32 i = 0; i < CPUS; i++) {
		if (i == number)
			world_add_cpu(number);
		pthread_barrier_wait(&barrier);
	}
	if (number == 0)
		for (u32 i = 0; i < WORLD_VPS; i++) {
			dispatch_start(&vps[0][i], 0, 0);
			icp_open(&vps[0][i]);
			dispatch_start(&vps[1][i], 0, 0);
		}
	if (!setjmp(leave))
		dispatch_run(&cpu_self);
	queue_set_activity(&cpu_self, DISPATCH_BUSY);
	/* Others look at it as long as they run. */
	pthread_barrier_wait(&barrier);
	return NULL;
}

/* All of the ledgers agree. Who was on a processor at the end has not been charged that turn. */
static void check_ledger(void)
{
	u64 purr = 0, use = 0;

	for (u32 i = 0; i < 2; i++) {
		use += lpars[i].use.capped + lpars[i].use.uncapped;
		for (u32 j = 0; j < WORLD_VPS; j++)
			purr += vps[i][j].spr.purr;
	}
	assert_int_equal(purr, use);
}

static void test_no_wake_up_is_lost(void **state)
{
	pthread_t thread[CPUS];
	u64 moved = 0;

	(void)state;
	pool_nr_cpus = pool_nr_shared = 0;
	for (u32 i = 0; i < 2; i++)
		share_set(&lpars[i].share, 100, WINDOW, 128);
	for (u32 i = 0; i < WORLD_VPS; i++)
		to_send[i] = MESSAGES;
	fake_cpu.run = visit;
	fake_cpu.idle = nap;
	fake_cpu.tick = TICK;
	alarm(120); /* ends a test in which they wait for one another for ever */
	pthread_barrier_init(&barrier, NULL, CPUS);
	for (u32 i = 0; i < CPUS; i++)
		pthread_create(&thread[i], NULL, processor, (void *)(uintptr_t)i);
	for (u32 i = 0; i < CPUS; i++)
		pthread_join(thread[i], NULL);
	alarm(0);
	for (u32 i = 0; i < WORLD_VPS; i++) {
		assert_int_equal(seen[i], sent[i]);
		moved += vp0[i].dispersions;
	}
	assert_true(slept > MESSAGES / 100);
	assert_true(moved > 10);
	assert_true(chaos > MESSAGES / 100);
	check_ledger();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_no_wake_up_is_lost, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
