// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/vp_state.c hv/share.c
// SOURCES: hv/pqueue.c
// SOURCES: hv/pool.c tests/unit/sim.c tests/unit/sim_cpu.c tests/unit/sim_lpar.c
// SOURCES: tests/unit/sim_program.c
// SOURCES: tests/unit/sim_check.c tests/unit/sim_share.c
// Who gets how much, in the simulation of tests/unit/sim.h. The entitlement of each window and the
// caps are checked there at every turn of the windows.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hv/pool.h"
#include "tests/unit/sim_share.h"

#define WINDOWS 100 /* a second */

static u64 difference(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

/* Everybody has what it ought to have in a second, to @permille of it and @turns on surplus. */
static void check_shares(u32 permille, u32 turns)
{
	u64 expected[SIM_LPARS];

	sim_share_expect(expected);
	for (u32 i = 0; i < SIM_LPARS; i++) {
		u64 got;

		if (!sim.lpar[i])
			continue;
		got = sim_share_of(sim.lpar[i], WINDOWS);
		if (difference(got, expected[i]) >
		    expected[i] * permille / 1000 + turns * DISPATCH_SURPLUS_US * SIM_US / WINDOWS)
			sim_fail("partition %u got %lu ticks in a window, not %lu", i + 1,
				 (unsigned long)got, (unsigned long)expected[i]);
	}
}

static void run(void)
{
	sim_run(10);
	sim_measure();
	sim_run(WINDOWS);
}

/* --- one processor --- */

/* As in the issue: 2, 3, 10 and 32 hogs. It asks for 1 %. */
static void test_many_on_one_processor(void **state)
{
	static const u32 counts[] = {2, 3, 10, 20, 32};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(counts) * 3; i++) {
		u32 n = counts[i / 3], mode = i % 3;

		sim_init(i, 1);
		pool_min_units_per_vp = 1;
		for (u32 j = 0; j < n && j < SIM_LPARS; j++) {
			struct sim_profile profile = {
				.mode = mode == 2 ? j % 2 : mode,
				.vps = 1,
				.units = 100 / n,
				.weight = 1 + j * 7,
			};

			sim_start_all(sim_lpar_add(profile), sim_hog);
		}
		run();
		check_shares(5, 0);
		sim_exit();
	}
}

static void test_weights(void **state)
{
	static const u32 weights[] = {64, 128, 192};

	(void)state;
	for (u32 cpus = 1; cpus <= 2; cpus++) {
		sim_init(cpus, cpus);
		pool_min_units_per_vp = 10;
		for (u32 i = 0; i < 3; i++)
			sim_start_all(sim_lpar_add((struct sim_profile){SHARING_UNCAP, 2, 20,
									weights[i]}),
				      sim_hog);
		run();
		check_shares(cpus == 1 ? 5 : 20, 0);
		sim_exit();
	}
}

/* Who has no weight gets what nobody else wants, but not a tick of what others want. */
static void test_no_weight(void **state)
{
	struct sim_lpar *without, *with;

	(void)state;
	sim_init(3, 1);
	without = sim_lpar_add((struct sim_profile){SHARING_UNCAP, 1, 30, 0});
	with = sim_lpar_add((struct sim_profile){SHARING_UNCAP, 1, 30, 1});
	sim_start_all(without, sim_hog);
	sim_start_all(with, sim_hog);
	run();
	assert_in_range(sim_share_of(without, WINDOWS), SIM_WINDOW * 299 / 1000,
			SIM_WINDOW * 301 / 1000);
	assert_in_range(sim_share_of(with, WINDOWS), SIM_WINDOW * 699 / 1000,
			SIM_WINDOW * 701 / 1000);
	sim_exit();
}

static void test_random_hogs_on_one_processor(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 40; seed++) {
		sim_share_mix(seed, 1, 2 + seed % 9);
		run();
		check_shares(20, 1);
		sim_exit();
	}
}

/* Ten of one partition on one processor have the same, to 2 %. */
static void test_ten_virtual_processors(void **state)
{
	struct sim_lpar *slpar, *other;
	u64 before[10];

	(void)state;
	sim_init(4, 1);
	slpar = sim_lpar_add((struct sim_profile){SHARING_CAP, 10, 50, 0});
	other = sim_lpar_add((struct sim_profile){SHARING_UNCAP, 1, 50, 128});
	sim_start_all(slpar, sim_hog);
	sim_start_all(other, sim_hog);
	sim_run(10);
	for (u32 i = 0; i < 10; i++)
		before[i] = slpar->svps[i].used;
	sim_run(WINDOWS);
	for (u32 i = 0; i < 10; i++)
		assert_in_range(slpar->svps[i].used - before[i], SIM_WINDOW * 49 / 10,
				SIM_WINDOW * 51 / 10);
	sim_exit();
}

/* --- many processors --- */

/* What it misses in one window it gets in the next: over a second all of its entitlement, to 1 %.
 */
static void check_entitlement(const struct sim_lpar *slpar, u64 before)
{
	u64 got = slpar->lpar.use.capped - before;

	if (got < slpar->wanted - slpar->wanted / 100)
		sim_fail("partition %u got %lu of %lu ticks", slpar->lpar.id, (unsigned long)got,
			 (unsigned long)slpar->wanted);
}

static void test_random_hogs_on_many_processors(void **state)
{
	u64 before[SIM_LPARS];

	(void)state;
	for (u64 seed = 1; seed <= 24; seed++) {
		sim_share_mix(seed, 2 + seed % 7, 4 + seed % 9);
		sim_run(10);
		sim_measure();
		for (u32 i = 0; i < SIM_LPARS; i++)
			before[i] = sim.lpar[i] ? sim.lpar[i]->lpar.use.capped : 0;
		sim_run(WINDOWS);
		for (u32 i = 0; i < SIM_LPARS; i++)
			if (sim.lpar[i])
				check_entitlement(sim.lpar[i], before[i]);
		sim_exit();
	}
}

/* With enough virtual processors for all that is left over. */
static void test_random_weights_on_many_processors(void **state)
{
	(void)state;
	for (u64 seed = 1; seed <= 12; seed++) {
		u32 cpus = 2 + seed % 3;

		sim_init(seed, cpus);
		pool_min_units_per_vp = 5;
		for (u32 i = 0; i < 3 + seed % 3; i++)
			sim_start_all(sim_lpar_add((struct sim_profile){SHARING_UNCAP, cpus,
									5 * cpus + sim_random(10),
									(u32)sim_between(32, 255)}),
				      sim_hog);
		run();
		check_shares(20, 1);
		sim_exit();
	}
}

/* --- storms --- */

/* Whatever one does at its processors, it has no more than its entitlement, nor the other less. */
static void check_storm(sim_program *program, u32 cpus)
{
	struct sim_lpar *storm, *victim;

	sim_init(cpus, cpus);
	pool_min_units_per_vp = 10;
	storm = sim_lpar_add((struct sim_profile){SHARING_CAP, 3 * cpus, 30 * cpus, 0});
	victim = sim_lpar_add((struct sim_profile){SHARING_UNCAP, cpus, 70 * cpus, 128});
	for (u32 i = 0; i < storm->lpar.nr_vps; i++) {
		storm->svps[i].busy = storm->svps[i].period = 10 * SIM_US;
		sim_vp_start(storm, i, program);
	}
	sim_start_all(victim, sim_hog);
	run();
	assert_true(sim_share_of(storm, WINDOWS) <= SIM_WINDOW * cpus * 303 / 1000);
	assert_true(sim_share_of(victim, WINDOWS) >= SIM_WINDOW * cpus * 695 / 1000);
	sim_exit();
}

static void test_storms(void **state)
{
	static sim_program *const storms[] = {
		sim_hog,       sim_deaf,	 sim_dec_storm,	 sim_prod_storm,  sim_ipi_storm,
		sim_ping_pong, sim_confer_storm, sim_join_storm, sim_start_storm, sim_anything,
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(storms); i++)
		for (u32 cpus = 1; cpus <= 2; cpus++)
			check_storm(storms[i], cpus);
}

/* --- dedicated processors --- */

static struct sim_lpar *owner, *guest;

static void make_owner(enum sharing_mode mode, sim_program *program)
{
	sim_init(mode, 2);
	pool_min_units_per_vp = 10;
	owner = sim_lpar_add((struct sim_profile){.mode = mode, .vps = 1});
	guest = sim_lpar_add((struct sim_profile){SHARING_UNCAP, 4, 100, 128});
	owner->svps[0].busy = SIM_WINDOW / 4;
	owner->svps[0].period = SIM_WINDOW;
	sim_vp_start(owner, 0, program);
	sim_start_all(guest, sim_hog);
	run();
}

static bool lends(enum sharing_mode mode)
{
	return mode == SHARING_SHARE_IDLE_ACTIVE || mode == SHARING_SHARE_IDLE_ALWAYS;
}

/* While it is busy it has the whole processor; when it is idle others have it if it is lent. */
static void test_dedicated(void **state)
{
	(void)state;
	for (enum sharing_mode mode = SHARING_KEEP_IDLE; mode <= SHARING_SHARE_IDLE_ALWAYS;
	     mode++) {
		make_owner(mode, sim_hog);
		assert_true(sim_share_of(owner, WINDOWS) == SIM_WINDOW);
		assert_int_equal(owner->lpar.use.donated, 0);
		sim_exit();
		make_owner(mode, sim_periodic);
		assert_in_range(sim_share_of(owner, WINDOWS), SIM_WINDOW * 250 / 1000,
				SIM_WINDOW * 252 / 1000);
		if (lends(mode))
			assert_in_range(sim_share_of(guest, WINDOWS), SIM_WINDOW * 1740 / 1000,
					SIM_WINDOW * 1752 / 1000);
		else
			assert_in_range(sim_share_of(guest, WINDOWS), SIM_WINDOW * 999 / 1000,
					SIM_WINDOW);
		sim_exit();
	}
}

/* Every tick of the owner's processor is its own, idle, or donated. */
static void test_dedicated_ledger(void **state)
{
	(void)state;
	for (enum sharing_mode mode = SHARING_KEEP_IDLE; mode <= SHARING_SHARE_IDLE_ALWAYS;
	     mode++) {
		const struct lpar_use *use;
		u64 ticks;

		make_owner(mode, sim_periodic);
		use = &owner->lpar.use;
		ticks = use->capped + use->idle + use->donated;
		assert_int_equal(use->uncapped, 0);
		assert_in_range(ticks, SIM_WINDOW * (WINDOWS + 9), SIM_WINDOW * (WINDOWS + 10));
		assert_true((use->donated > 0) == lends(mode));
		sim_exit();
	}
}

/* A partition that does not donate keeps what its profile would lend. */
static void test_no_donation(void **state)
{
	(void)state;
	sim_init(9, 2);
	pool_min_units_per_vp = 10;
	owner = sim_lpar_add((struct sim_profile){.mode = SHARING_SHARE_IDLE_ALWAYS, .vps = 1});
	guest = sim_lpar_add((struct sim_profile){SHARING_UNCAP, 4, 100, 128});
	owner->svps[0].donates = false;
	sim_vp_start(owner, 0, sim_interactive);
	sim_start_all(guest, sim_hog);
	run();
	assert_true(sim_share_of(guest, WINDOWS) <= SIM_WINDOW);
	assert_int_equal(owner->lpar.use.donated, 0);
	sim_exit();
}

/* --- latency --- */

/* The longest that one waited after its decrementer, with entitlement to spend. */
static u64 latency(u32 cpus, sim_program *load)
{
	struct sim_lpar *slpar, *other;
	u64 longest;

	sim_init(5, cpus);
	pool_min_units_per_vp = 10;
	slpar = sim_lpar_add((struct sim_profile){SHARING_UNCAP, 1, 10, 128});
	other = sim_lpar_add((struct sim_profile){SHARING_UNCAP, cpus, 90 * cpus, 128});
	slpar->svps[0].busy = 20 * SIM_US;
	slpar->svps[0].period = 777 * SIM_US;
	sim_vp_start(slpar, 0, sim_periodic);
	if (load)
		sim_start_all(other, load);
	sim_run(10);
	slpar->svps[0].longest = 0;
	sim_run(WINDOWS);
	longest = slpar->svps[0].longest;
	sim_exit();
	return longest;
}

static void test_latency(void **state)
{
	(void)state;
	for (u32 cpus = 1; cpus <= 4; cpus++) {
		/* Nobody else: at once. */
		assert_true(latency(cpus, NULL) <= 2 * SIM_US);
		/* Somebody else: as soon as that one has had the least turn. */
		assert_true(latency(cpus, sim_hog) <= (DISPATCH_LEAST_US + 10) * SIM_US);
		assert_true(latency(cpus, sim_deaf) <= (DISPATCH_SURPLUS_US + 10) * SIM_US);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_on_one_processor),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_no_weight),
		cmocka_unit_test(test_random_hogs_on_one_processor),
		cmocka_unit_test(test_ten_virtual_processors),
		cmocka_unit_test(test_random_hogs_on_many_processors),
		cmocka_unit_test(test_random_weights_on_many_processors),
		cmocka_unit_test(test_storms),
		cmocka_unit_test(test_dedicated),
		cmocka_unit_test(test_dedicated_ledger),
		cmocka_unit_test(test_no_donation),
		cmocka_unit_test(test_latency),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
