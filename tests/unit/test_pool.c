// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/pool.c hv/share.c
/* Who gets which processors and how much of the shared pool, and what happens when all is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "hv/dispatch.h"
#include "hv/lpar.h"
#include "hv/pool.h"
#include "hmc/message.h"

#define LPARS  12
#define WINDOW 5120000UL

static struct cpu cpus[MACHINE_MAX_CPUS];
static struct lpar lpars[LPARS];
static struct vp vps[LPARS][LPAR_MAX_VPS];
static u64 now;
static u32 resched;
static char reason[HMC_REASON_SIZE]; /* none is cut off on its way to people */

/* --- what the pool needs of others --- */

void queue_resched(struct cpu *cpu)
{
	assert_int_equal(cpu->queue.lock.held, 0);
	resched++;
}

u64 machine_timebase(void)
{
	return now;
}

u64 dispatch_window(void)
{
	return WINDOW;
}

/* --- the world --- */

/* A machine of @count processors; partitions 1, 2, … that ask for nothing yet. */
static void world(u32 count)
{
	pool_nr_cpus = pool_nr_shared = pool_units = 0;
	pool_min_units_per_vp = 10;
	memset(cpus, 0, sizeof(cpus));
	memset(lpars, 0, sizeof(lpars));
	memset(vps, 0, sizeof(vps));
	resched = 0;
	for (u32 i = 0; i < count; i++) {
		cpus[i].number = i;
		cpus[i].queue.activity = DISPATCH_BUSY;
		pool_add(&cpus[i]);
	}
	for (u32 i = 0; i < LPARS; i++) {
		lpars[i].id = (u16)(i + 1);
		for (u32 j = 0; j < LPAR_MAX_VPS; j++)
			lpars[i].vps[j] = &vps[i][j];
	}
}

static struct lpar *shared(u32 index, u32 desired_procs, u32 min_units, u32 desired_units)
{
	lpars[index].procs = (struct lpar_procs){
		.sharing_mode = SHARING_UNCAP,
		.min_procs = 1,
		.desired_procs = desired_procs,
		.max_procs = desired_procs,
		.min_units = min_units,
		.desired_units = desired_units,
		.max_units = 100 * desired_procs,
		.uncap_weight = 128,
	};
	return &lpars[index];
}

static struct lpar *dedicated(u32 index, enum sharing_mode mode, u32 min, u32 desired)
{
	lpars[index].procs = (struct lpar_procs){
		.sharing_mode = mode,
		.min_procs = min,
		.desired_procs = desired,
		.max_procs = desired,
	};
	return &lpars[index];
}

/* Activates @lpar; returns its number of virtual processors, 0 when it is refused. */
static u32 activate(struct lpar *lpar)
{
	u32 procs;

	memset(reason, 0, sizeof(reason));
	if (!pool_claim(lpar, &procs, reason, sizeof(reason))) {
		assert_string_not_equal(reason, "");
		assert_true(strlen(reason) < sizeof(reason) - 1);
		return 0;
	}
	assert_string_equal(reason, "");
	lpar->nr_vps = procs;
	pool_attach(lpar);
	return procs;
}

static void refused(struct lpar *lpar, const char *expected)
{
	assert_int_equal(activate(lpar), 0);
	assert_string_equal(reason, expected);
	assert_int_equal(lpar->share.units, 0);
}

static void release(struct lpar *lpar)
{
	pool_release(lpar);
	lpar->nr_vps = 0;
}

/* The processors' owners: a for the first partition, A if it is kept idle for it, - if shared. */
static const char *owners(void)
{
	static char text[MACHINE_MAX_CPUS + 1];

	for (u32 i = 0; i < pool_nr_cpus; i++) {
		const struct dispatch_queue *queue = &cpus[i].queue;

		text[i] = '-';
		if (queue->owner)
			text[i] = (char)((queue->dedicated ? 'a' : 'A') + queue->owner->id - 1);
	}
	text[pool_nr_cpus] = '\0';
	return text;
}

/* --- shared processors --- */

static void test_units(void **state)
{
	struct lpar *a, *b;

	(void)state;
	world(2);
	a = shared(0, 2, 20, 150);
	b = shared(1, 1, 20, 50);
	assert_int_equal(activate(a), 2);
	assert_int_equal(activate(b), 1);
	assert_int_equal(pool_units, 200);
	assert_int_equal(a->share.units, 150);
	assert_int_equal(a->share.entitled, WINDOW * 3 / 2);
	assert_int_equal(a->share.weight, 128);
	assert_string_equal(owners(), "--");
	refused(shared(2, 1, 10, 50),
		"0.50 processing units wanted, at least 0.10 needed, 0.00 of 2.00 left in the "
		"shared pool");
	release(b);
	assert_int_equal(pool_units, 150);
	release(b);
	assert_int_equal(pool_units, 150);
	assert_int_equal(b->share.units, 0);
	assert_int_equal(activate(shared(2, 1, 10, 45)), 1);
	refused(b, "0.50 processing units wanted, at least 0.20 needed, 0.05 of 2.00 left in the "
		   "shared pool");
	refused(shared(3, 1, 50, 50),
		"0.50 processing units needed, 0.05 of 2.00 left in the shared pool");
	assert_int_equal(pool_units, 195);
}

static void test_longest_reason(void **state)
{
	(void)state;
	world(16);
	refused(shared(0, 64, 6399, 6400), "64.00 processing units wanted, at least 63.99 needed, "
					   "16.00 of 16.00 left in the shared pool");
	refused(dedicated(0, SHARING_KEEP_IDLE, 63, 64),
		"64 dedicated processors wanted, at least 63 needed, 16 of 16 are free");
}

static void test_less_than_desired(void **state)
{
	struct lpar *b;

	(void)state;
	world(1);
	activate(shared(0, 1, 10, 65));
	b = shared(1, 8, 10, 80);
	assert_int_equal(activate(b), 3); /* 0.35 is enough for three */
	assert_int_equal(b->share.units, 35);
	release(b);
	b->procs.min_procs = 5;
	pool_min_units_per_vp = 7;
	assert_int_equal(activate(b), 5);
	release(b);
	pool_min_units_per_vp = 1;
	assert_int_equal(activate(b), 8);
	assert_int_equal(pool_units, 100);
	release(b);
	pool_min_units_per_vp = 0;
	assert_int_equal(activate(b), 8);
	assert_true(pool_set(b, 0, 128));
	assert_int_equal(b->share.units, 10);
}

static void test_capped(void **state)
{
	struct lpar *a;

	(void)state;
	world(1);
	a = shared(0, 1, 10, 30);
	a->procs.sharing_mode = SHARING_CAP;
	a->procs.uncap_weight = 0;
	assert_int_equal(activate(a), 1);
	assert_int_equal(a->share.weight, 0);
	assert_true(pool_set(a, 30, 1));
	assert_int_equal(a->share.weight, 0);
	assert_false(pool_set(a, 40, 0));
	assert_int_equal(a->share.units, 40);
}

static void test_set(void **state)
{
	struct lpar *a;

	(void)state;
	world(2);
	activate(shared(0, 1, 10, 60));
	a = shared(1, 2, 15, 50);
	a->procs.max_units = 180;
	assert_true(pool_set(a, 50, 128)); /* not activated */
	assert_int_equal(a->share.units, 0);
	assert_int_equal(activate(a), 2);
	assert_false(pool_set(a, 140, 128));
	assert_int_equal(a->share.units, 140);
	assert_int_equal(pool_units, 200);
	assert_true(pool_set(a, 141, 128)); /* the pool's limit */
	assert_int_equal(a->share.units, 140);
	assert_false(pool_set(a, 20, 1));
	assert_int_equal(a->share.units, 20);
	assert_int_equal(a->share.weight, 1);
	assert_true(pool_set(a, 19, 1)); /* 0.10 for each processor */
	assert_int_equal(a->share.units, 20);
	assert_true(pool_set(a, 0, 0));
	assert_int_equal(a->share.units, 20);
	assert_int_equal(a->share.weight, 0);
	assert_true(pool_set(a, 20, 129)); /* the profile's weight */
	assert_int_equal(a->share.weight, 128);
	release(&lpars[0]);
	assert_true(pool_set(a, ~0U, ~0U)); /* the profile's maximum */
	assert_int_equal(a->share.units, 180);
	assert_int_equal(pool_units, 180);
	pool_min_units_per_vp = 1;
	assert_true(pool_set(a, 2, 128)); /* the profile's minimum */
	assert_int_equal(a->share.units, 15);
	dedicated(2, SHARING_SHARE_IDLE, 1, 1);
	assert_int_equal(activate(&lpars[2]), 1);
	assert_true(pool_set(&lpars[2], 100, 0));
	assert_int_equal(pool_units, 15);
}

/* --- dedicated processors --- */

static void test_dedicated(void **state)
{
	struct lpar *a;

	(void)state;
	world(4);
	a = dedicated(0, SHARING_SHARE_IDLE, 1, 2);
	assert_int_equal(activate(a), 2);
	assert_string_equal(owners(), "--aa");
	assert_int_equal(resched, 4);
	assert_int_equal(pool_nr_shared, 2);
	assert_int_equal(pool_units, 0);
	assert_int_equal(a->share.units, 200);
	assert_ptr_equal(cpus[2].queue.dedicated, a->vps[0]);
	assert_ptr_equal(a->vps[0]->cpu, &cpus[2]);
	assert_ptr_equal(a->vps[1]->cpu, &cpus[3]);
	assert_int_equal(activate(shared(1, 2, 10, 150)), 2);
	refused(dedicated(2, SHARING_SHARE_IDLE, 1, 3),
		"3 dedicated processors wanted, at least 1 needed, 0 of 4 are free");
	refused(dedicated(2, SHARING_SHARE_IDLE, 1, 1),
		"1 dedicated processor needed, 0 of 4 are free");
	pool_set(&lpars[1], 100, 128);
	assert_int_equal(activate(dedicated(2, SHARING_SHARE_IDLE, 1, 3)), 1);
	assert_string_equal(owners(), "-caa");
	refused(shared(3, 1, 10, 10),
		"0.10 processing units needed, 0.00 of 1.00 left in the shared pool");
	release(a);
	assert_string_equal(owners(), "-c--");
	assert_int_equal(pool_nr_shared, 3);
	assert_int_equal(activate(&lpars[3]), 1);
	refused(dedicated(4, SHARING_SHARE_IDLE, 2, 4),
		"4 dedicated processors wanted, at least 2 needed, 1 of 4 is free");
}

/* All processors of a machine may be dedicated, and shared partitions are refused then. */
static void test_all_dedicated(void **state)
{
	(void)state;
	world(2);
	assert_int_equal(activate(dedicated(0, SHARING_SHARE_IDLE, 1, 2)), 2);
	assert_string_equal(owners(), "aa");
	assert_int_equal(pool_nr_shared, 0);
	refused(shared(1, 1, 10, 10),
		"0.10 processing units needed, 0.00 of 0.00 left in the shared pool");
	release(&lpars[0]);
	assert_int_equal(activate(&lpars[1]), 1);
	assert_int_equal(activate(&lpars[0]), 1);
	assert_string_equal(owners(), "-a");
}

static void test_kept(void **state)
{
	struct lpar *a, *b, *c;

	(void)state;
	world(4);
	a = dedicated(0, SHARING_KEEP_IDLE, 1, 2);
	b = dedicated(1, SHARING_SHARE_IDLE_ACTIVE, 1, 1);
	c = dedicated(2, SHARING_SHARE_IDLE_ALWAYS, 1, 1);
	activate(a);
	activate(b);
	activate(c);
	assert_string_equal(owners(), "cbaa");
	release(a);
	release(b);
	release(c);
	assert_string_equal(owners(), "-BAA");
	assert_int_equal(pool_nr_shared, 1);
	assert_int_equal(activate(a), 2);
	assert_string_equal(owners(), "-Baa");
	release(a);
	/* one that needs them takes them, the shared pool's first … */
	c = dedicated(2, SHARING_SHARE_IDLE, 1, 2);
	assert_int_equal(activate(c), 2);
	assert_string_equal(owners(), "cBAc");
	release(c);
	/* … and what is left of its own comes back to the one that had kept them */
	assert_int_equal(activate(a), 2);
	assert_string_equal(owners(), "-Baa");
	release(a);
	assert_int_equal(activate(shared(3, 3, 10, 210)), 3);
	assert_string_equal(owners(), "---A");
	assert_int_equal(pool_nr_shared, 3);
	refused(dedicated(4, SHARING_SHARE_IDLE, 2, 2),
		"2 dedicated processors needed, 1 of 4 is free");
	refused(shared(5, 2, 191, 200), "2.00 processing units wanted, at least 1.91 needed, "
					"1.90 of 4.00 left in the shared pool");
	assert_int_equal(pool_nr_shared, 3);
	pool_forget(a);
	pool_forget(b);
	assert_string_equal(owners(), "----");
	assert_int_equal(pool_nr_shared, 4);
}

/* A profile that asks for less than what was kept. */
static void test_kept_too_many(void **state)
{
	struct lpar *a;

	(void)state;
	world(3);
	a = dedicated(0, SHARING_KEEP_IDLE, 1, 3);
	activate(a);
	release(a);
	a->procs.desired_procs = 1;
	assert_int_equal(activate(a), 1);
	assert_string_equal(owners(), "--a");
	assert_int_equal(pool_nr_shared, 2);
	pool_forget(a);
	assert_string_equal(owners(), "---");
}

/* --- time --- */

static void test_idle(void **state)
{
	u64 before;

	(void)state;
	world(3);
	now = 10000;
	before = pool_idle_ticks();
	cpus[0].use.idle = 100;
	cpus[2].use.idle = 50;
	assert_int_equal(pool_idle_ticks() - before, 150);
	cpus[1].queue.activity = DISPATCH_IDLE;
	cpus[1].queue.charged = now - 7;
	assert_int_equal(pool_idle_ticks() - before, 157);
	cpus[1].queue.charged = now; /* accounted for, and not yet in use.idle */
	assert_int_equal(pool_idle_ticks() - before, 157);
	cpus[1].use.idle = 7;
	cpus[1].queue.activity = DISPATCH_BUSY;
	assert_int_equal(pool_idle_ticks() - before, 157);
	/* what a processor does while it is dedicated does not count */
	activate(dedicated(0, SHARING_SHARE_IDLE, 1, 1));
	assert_string_equal(owners(), "--a");
	cpus[2].use.idle += 1000;
	assert_int_equal(pool_idle_ticks() - before, 157);
	release(&lpars[0]);
	assert_int_equal(pool_idle_ticks() - before, 157);
	cpus[2].use.idle += 3;
	assert_int_equal(pool_idle_ticks() - before, 160);
}

static void test_all(void **state)
{
	u64 before;

	(void)state;
	now = 10000;
	world(3);
	before = pool_all_ticks();
	now += 100;
	assert_int_equal(pool_all_ticks() - before, 300);
	activate(dedicated(0, SHARING_SHARE_IDLE, 1, 2));
	now += 10;
	assert_int_equal(pool_all_ticks() - before, 310);
	release(&lpars[0]);
	now += 1;
	assert_int_equal(pool_all_ticks() - before, 313);
}

static void test_entitled(void **state)
{
	struct lpar *a;

	(void)state;
	world(2);
	now = 5000;
	a = shared(0, 1, 10, 33);
	assert_int_equal(pool_entitled_ticks(a), 0);
	activate(a);
	now += 1000;
	assert_int_equal(pool_entitled_ticks(a), 330);
	pool_set(a, 50, 128);
	now += 1000;
	assert_int_equal(pool_entitled_ticks(a), 830);
	release(a);
	now += 1000;
	assert_int_equal(pool_entitled_ticks(a), 830);
	a->procs = dedicated(1, SHARING_KEEP_IDLE, 1, 2)->procs;
	activate(a);
	now += 0x100000000000000;
	assert_int_equal(pool_entitled_ticks(a), 830 + 0x200000000000000);
}

/* --- everything, at random --- */

static u32 below(u32 limit)
{
	return (u32)(random() % limit);
}

static void random_profile(struct lpar *lpar)
{
	struct lpar_procs *procs = &lpar->procs;

	procs->sharing_mode = (enum sharing_mode)below(6);
	procs->desired_procs = 1 + below(lpar_dedicated(lpar) ? 5 : 12);
	procs->min_procs = 1 + below(procs->desired_procs);
	procs->max_procs = procs->desired_procs + below(4);
	procs->min_units = procs->desired_units = procs->max_units = procs->uncap_weight = 0;
	if (lpar_dedicated(lpar))
		return;
	procs->max_units = procs->max_procs * (10 + below(91));
	procs->desired_units = procs->desired_procs * (10 + below(91));
	procs->max_units = MAX(procs->max_units, procs->desired_units);
	procs->min_units = procs->min_procs * (10 + below(91));
	procs->min_units = MIN(procs->min_units, procs->desired_units);
	procs->uncap_weight = procs->sharing_mode == SHARING_UNCAP ? below(256) : 0;
}

static void check_lpar(const struct lpar *lpar, u32 *units)
{
	const struct lpar_procs *procs = &lpar->procs;
	u32 own = 0, used = 0;

	for (u32 i = 0; i < pool_nr_cpus; i++) {
		const struct dispatch_queue *queue = &cpus[i].queue;

		own += queue->owner == lpar;
		if (queue->owner != lpar || !queue->dedicated)
			continue;
		assert_ptr_equal(queue->dedicated, lpar->vps[used]);
		assert_ptr_equal(queue->dedicated->cpu, &cpus[i]);
		used++;
	}
	if (!lpar->share.units) {
		assert_int_equal(used, 0);
		if (own > 0)
			assert_true(procs->sharing_mode == SHARING_KEEP_IDLE ||
				    procs->sharing_mode == SHARING_SHARE_IDLE_ACTIVE);
		return;
	}
	assert_true(lpar->nr_vps >= procs->min_procs && lpar->nr_vps <= procs->desired_procs);
	if (lpar_dedicated(lpar)) {
		assert_int_equal(own, lpar->nr_vps);
		assert_int_equal(used, lpar->nr_vps);
		assert_int_equal(lpar->share.units, 100 * lpar->nr_vps);
	} else {
		assert_int_equal(own, 0);
		assert_true(lpar->share.units >= procs->min_units);
		assert_true(lpar->share.units <= procs->max_units);
		assert_true(lpar->share.units >= pool_min_units_per_vp * lpar->nr_vps);
		assert_true(lpar->share.units <= 100 * lpar->nr_vps);
		assert_true(lpar->share.weight <= procs->uncap_weight);
		*units += lpar->share.units;
	}
}

/* The pool's figures are what the processors and partitions say, and nothing is promised twice. */
static void check(void)
{
	u32 units = 0, nr_shared = 0;

	for (u32 i = 0; i < LPARS; i++)
		check_lpar(&lpars[i], &units);
	for (u32 i = 0; i < pool_nr_cpus; i++) {
		nr_shared += !cpus[i].queue.owner;
		if (!cpus[i].queue.owner)
			assert_null(cpus[i].queue.dedicated);
		assert_int_equal(cpus[i].queue.lock.held, 0);
	}
	assert_int_equal(pool_nr_shared, nr_shared);
	assert_int_equal(pool_units, units);
	assert_true(pool_units <= 100 * pool_nr_shared);
}

/* What an activation could have, with all that is kept for others. */
static u32 available(const struct lpar *lpar)
{
	u32 kept = 0;

	for (u32 i = 0; i < pool_nr_cpus; i++)
		kept += cpus[i].queue.owner && !cpus[i].queue.owner->share.units;
	if (lpar_dedicated(lpar))
		return kept + (100 * pool_nr_shared - pool_units) / 100;
	return 100 * (kept + pool_nr_shared) - pool_units;
}

static void random_activate(struct lpar *lpar)
{
	u32 most = available(lpar);
	u32 min = lpar_dedicated(lpar) ? lpar->procs.min_procs : lpar->procs.min_units;
	u32 desired = lpar_dedicated(lpar) ? lpar->procs.desired_procs : lpar->procs.desired_units;
	char before[MACHINE_MAX_CPUS + 1];
	u32 procs;

	strcpy(before, owners());
	procs = activate(lpar);
	assert_int_equal(procs > 0, most >= min);
	if (procs == 0)
		assert_string_equal(owners(), before);
	else if (lpar_dedicated(lpar))
		assert_int_equal(procs, MIN(desired, most));
	else
		assert_int_equal(lpar->share.units, MIN(desired, most));
}

static void random_step(struct lpar *lpar)
{
	u64 idle = pool_idle_ticks(), all = pool_all_ticks();

	now += below(1000);
	cpus[below(pool_nr_cpus)].use.idle += below(100);
	if (!lpar->share.units) {
		if (below(3) == 0) {
			pool_forget(lpar);
			random_profile(lpar);
			check();
		}
		random_activate(lpar);
	} else if (below(4) == 0) {
		release(lpar);
	} else if (below(20) == 0) {
		pool_forget(lpar);
		lpar->nr_vps = 0;
	} else {
		pool_set(lpar, below(1500), below(300));
	}
	assert_true(pool_idle_ticks() >= idle && pool_all_ticks() >= all);
	check();
}

static void test_random(void **state)
{
	(void)state;
	for (unsigned int seed = 0; seed < 64; seed++) {
		srandom(seed);
		world(1 + seed % MACHINE_MAX_CPUS);
		pool_min_units_per_vp = below(11);
		for (u32 i = 0; i < LPARS; i++)
			random_profile(&lpars[i]);
		for (u32 i = 0; i < 1000; i++)
			random_step(&lpars[below(LPARS)]);
		for (u32 i = 0; i < LPARS; i++)
			pool_forget(&lpars[i]);
		assert_int_equal(pool_nr_shared, pool_nr_cpus);
		assert_int_equal(pool_units, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_longest_reason),
		cmocka_unit_test(test_less_than_desired),
		cmocka_unit_test(test_capped),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_dedicated),
		cmocka_unit_test(test_all_dedicated),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_kept_too_many),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_entitled),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
