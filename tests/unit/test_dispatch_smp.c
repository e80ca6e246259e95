// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/vp.c hv/icp.c hv/ics.c hv/xics_hcall.c hv/lpar.c hv/trace.c
// SOURCES: tests/unit/dispatch_world.c tests/unit/fake_cpu.c
// Messages to processors that wait: two threads leave them, then call H_PROD or send an IPI, as
// other processors do; the dispatcher's thread runs the receivers, who wait with H_CEDE when they
// find none. No decrementer helps: a wake-up that is lost is a message that is never seen.
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
#include "tests/unit/dispatch_world.h"
#include "tests/unit/fake_cpu.h"

#define RECEIVERS 3
#define SENDERS	  2
#define MESSAGES  60000 /* of each sender */

static struct vp sender_vp[SENDERS];
static u64 sent[RECEIVERS], seen[RECEIVERS];
static u64 slept;
static u32 senders;

static u64 load(u64 *count)
{
	return __atomic_load_n(count, __ATOMIC_SEQ_CST);
}

static void *send(void *arg)
{
	struct vp *vp = arg;
	u32 seed = vp->number + 1;

	for (u32 i = 0; i < MESSAGES; i++) {
		u32 to;

		seed = seed * 1664525 + 1013904223;
		to = (seed >> 8) % RECEIVERS;
		__atomic_fetch_add(&sent[to], 1, __ATOMIC_SEQ_CST);
		if (seed >> 24 & 1)
			hcall(vp, H_PROD, to);
		else
			icp_set_mfrr(&vp0[to], 4);
		/* Now and then let them fall asleep. */
		if ((seed >> 16) % 8 == 0)
			while (load(&sent[to]) != load(&seen[to]))
				sched_yield();
	}
	__atomic_fetch_sub(&senders, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static bool all_seen(void)
{
	if (__atomic_load_n(&senders, __ATOMIC_SEQ_CST))
		return false;
	for (u32 i = 0; i < RECEIVERS; i++)
		if (load(&sent[i]) != load(&seen[i]))
			return false;
	return true;
}

static void receive(struct vp *vp, u64 until)
{
	u64 *mine = &seen[vp->number];

	(void)until;
	if (all_seen())
		world.turns = UINT32_MAX; /* the play is over */
	vp->dec_expires = fake_cpu.now + INT32_MAX;
	if (icp_pending(vp))
		ipi_take(vp);
	if (load(mine) != load(&sent[vp->number])) {
		__atomic_store_n(mine, load(&sent[vp->number]), __ATOMIC_SEQ_CST);
	} else {
		slept++;
		hcall(vp, H_CEDE, 0);
	}
}

/* Others have time to come between what H_CEDE looks at first and last. */
static void hesitate(void)
{
	if (slept % 4 == 0)
		sched_yield();
}

/* The time stands still: a decrementer never expires. */
static void idle(u64 until)
{
	(void)until;
	if (all_seen())
		world.turns = UINT32_MAX;
	sched_yield();
}

static bool no_work(void)
{
	fake_cpu.idle = idle;
	return false;
}

static void test_no_wake_up_is_lost(void **state)
{
	pthread_t thread[SENDERS];

	(void)state;
	for (u32 i = 0; i < RECEIVERS; i++) {
		dispatch_start(&vp0[i], 0, 0);
		icp_open(&vp0[i]);
	}
	world.work = no_work;
	fake_cpu.on_dec = hesitate;
	alarm(60); /* ends a test in which they wait for one another for ever */
	senders = SENDERS;
	for (u32 i = 0; i < SENDERS; i++) {
		sender_vp[i].lpar = &lpars[0];
		sender_vp[i].number = i;
		pthread_create(&thread[i], NULL, send, &sender_vp[i]);
	}
	play(UINT32_MAX, receive);
	for (u32 i = 0; i < SENDERS; i++)
		pthread_join(thread[i], NULL);
	alarm(0);
	for (u32 i = 0; i < RECEIVERS; i++)
		assert_int_equal(seen[i], sent[i]);
	assert_true(slept > MESSAGES / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_no_wake_up_is_lost, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
