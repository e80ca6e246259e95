// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/dispatch_queue.c hv/vp_state.c hv/share.c hv/pqueue.c hv/pool.c
// SOURCES: tests/unit/sim.c tests/unit/sim_cpu.c tests/unit/sim_lpar.c tests/unit/sim_program.c
// SOURCES: tests/unit/sim_check.c tests/unit/sim_mix.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sim.h"

/* --- one processor --- */

static void test_one_hog(void **state)
{
	struct sim_lpar *slpar;

	(void)state;
	sim_init(1, 1);
	slpar = sim_lpar_add((struct sim_profile){SHARING_UNCAP, 1, 50, 128});
	sim_start_all(slpar, sim_hog);
	sim_run(100);
	assert_true(slpar->used > 99 * SIM_WINDOW);
	sim_exit();
}

static void test_capped(void **state)
{
	struct sim_lpar *slpar;

	(void)state;
	sim_init(2, 1);
	slpar = sim_lpar_add((struct sim_profile){SHARING_CAP, 1, 30, 0});
	sim_start_all(slpar, sim_hog);
	sim_run(100);
	assert_in_range(slpar->used, 299 * SIM_WINDOW / 10, 301 * SIM_WINDOW / 10);
	sim_exit();
}

static void test_mixes(void **state)
{
	u32 first = getenv("SIM_SEED") ? (u32)atoi(getenv("SIM_SEED")) : 1;
	u32 n = getenv("SIM_MIXES") ? (u32)atoi(getenv("SIM_MIXES")) : 100;
	u32 cpus = getenv("SIM_CPUS") ? (u32)atoi(getenv("SIM_CPUS")) : 1;
	(void)state;
	for (u64 seed = first; seed < first + n; seed++) {
		sim_mix(seed, cpus);
		for (u32 i = 0; i < 50 && sim.dispatches + sim.hcalls < 50000; i++)
			sim_run(1);
		sim_exit();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_hog),
		cmocka_unit_test(test_capped),
		cmocka_unit_test(test_mixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
