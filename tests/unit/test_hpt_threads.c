// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/hpt.c hv/hpt_hcall.c hv/lpar.c hv/lmb.c tests/unit/fake_tlb.c
// SOURCES: tests/unit/pft_world.c
// Several processors of one partition at the same page table entries: every entry is entered and
// removed exactly once, the halves of an entry never mix, nobody waits for ever.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "hv/log.h"
#include "papr/hcall.h"
#include "tests/unit/fake_tlb.h"
#include "tests/unit/pft_world.h"

#define THREADS 3
#define STEPS	100000
#define GROUP	(5 * 8) /* all of them work on its eight entries */

struct worker {
	struct vp vp;
	u64 seed;
	s64 entered, removed;
	u32 mixed; /* entries seen whose halves did not belong together */
};

void panic(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

/* xorshift: random() would make the threads take turns. */
static u64 next_random(struct worker *worker)
{
	worker->seed ^= worker->seed << 13;
	worker->seed ^= worker->seed >> 7;
	worker->seed ^= worker->seed << 17;
	return worker->seed >> 8;
}

/* Page n of the partition is always mapped by AVPN n. */
static u64 v_of(u64 n)
{
	return n << 12;
}

static u64 r_of(u64 n)
{
	return n << 12 | PTEL_M | 2;
}

static void check_pair(struct worker *worker, u64 v, u64 r)
{
	worker->mixed += !(v & PTEH_V) || (v & PTEH_FIRMWARE) ||
			 (r & PTEL_RPN) != (v & PTEH_AVPN) || (r & PTEL_WIMG) != PTEL_M;
}

static s64 call(struct worker *worker, u64 number, u64 r4, u64 r5, u64 r6, u64 r7)
{
	u64 *gpr = worker->vp.gpr;

	gpr[4] = r4;
	gpr[5] = r5;
	gpr[6] = r6;
	gpr[7] = r7;
	return hcall_on(&worker->vp, number);
}

/* Four requests in any order, the same entry twice among them now and then. */
static void step_bulk(struct worker *worker)
{
	u64 *gpr = worker->vp.gpr;

	for (u32 i = 4; i < 12; i += 2)
		gpr[i] = BULK_REQUEST | (GROUP + next_random(worker) % 8);
	hcall_on(&worker->vp, H_BULK_REMOVE);
	for (u32 i = 4; i < 12; i += 2)
		worker->removed += (gpr[i] & ~(BULK_R | BULK_C | BULK_PTEX)) == BULK_RESPONSE;
}

static void step(struct worker *worker)
{
	u64 *gpr = worker->vp.gpr;
	u64 ptex = GROUP + next_random(worker) % 8, n = 1 + next_random(worker) % 1000;

	switch (next_random(worker) % 10) {
	case 0 ... 3:
		worker->entered += call(worker, H_ENTER, next_random(worker) % 2 ? PFT_EXACT : 0,
					ptex, v_of(n), r_of(n)) == H_SUCCESS;
		break;
	case 4:
		if (call(worker, H_REMOVE, 0, ptex, 0, 0) != H_SUCCESS)
			break;
		worker->removed++;
		check_pair(worker, gpr[4], gpr[5]);
		break;
	case 5:
		call(worker, H_PROTECT, next_random(worker) & 7, ptex, 0, 0);
		break;
	case 6:
		if (call(worker, H_READ, PFT_READ_4, ptex, 0, 0) == H_SUCCESS)
			for (u32 i = 4; i < 12; i += 2)
				if (gpr[i])
					check_pair(worker, gpr[i], gpr[i + 1]);
		break;
	case 7:
		world_hardware(ptex, PTEL_R | PTEL_C);
		call(worker, next_random(worker) % 2 ? H_CLEAR_MOD : H_CLEAR_REF, 0, ptex, 0, 0);
		break;
	default:
		step_bulk(worker);
	}
}

static pthread_barrier_t start;

/* Now and then lets the others run while entries are locked and invalid. */
static void give_way(void)
{
	if (__atomic_load_n(&fake_tlb.calls, __ATOMIC_RELAXED) % 256 == 0)
		sched_yield();
}

static void *work(void *arg)
{
	struct worker *worker = arg;

	pthread_barrier_wait(&start);
	for (u32 i = 0; i < STEPS; i++)
		step(worker);
	return NULL;
}

static void test_one_group(void **state)
{
	static struct worker worker[THREADS];
	pthread_t thread[THREADS];
	s64 left = 0;

	(void)state;
	world_reset();
	fake_tlb.on_invalidate = give_way;
	alarm(120); /* a deadlock ends the test */
	assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
	for (u32 i = 0; i < THREADS; i++) {
		worker[i].vp.lpar = &world.lpar;
		worker[i].vp.number = i;
		worker[i].seed = 88172645463325252UL + i;
		assert_int_equal(pthread_create(&thread[i], NULL, work, &worker[i]), 0);
	}
	for (u32 i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	for (u32 i = 0; i < THREADS; i++) {
		assert_int_equal(worker[i].mixed, 0);
		assert_true(worker[i].entered > STEPS / 100);
		assert_true(worker[i].removed > STEPS / 100);
		left += worker[i].entered - worker[i].removed;
	}
	assert_true(world_check());
	for (u64 i = 0; i < WORLD_PTES; i++)
		left -= world.table[i].v != 0;
	assert_int_equal(left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_group),
	};

	return cmocka_run_group_tests_name("hpt_threads", tests, NULL, NULL);
}
