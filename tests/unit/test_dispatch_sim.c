// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/vp_state.c hv/share.c
// SOURCES: hv/pqueue.c
// SOURCES: hv/pool.c tests/unit/sim.c tests/unit/sim_cpu.c tests/unit/sim_lpar.c
// SOURCES: tests/unit/sim_program.c
// SOURCES: tests/unit/sim_check.c tests/unit/sim_mix.c
// Random mixes of partitions on random machines: what has to be true of the dispatcher at any time,
// and at the turn of each window (tests/unit/sim_check.c). SIM_MIXES in the environment says how
// many of each kind, SIM_SEED the first one, SIM_CPUS how many processors all of them have.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sim.h"

#define WINDOWS 60    /* of a mix */
#define EVENTS	50000 /* or until it has been through so many dispatches and calls */

static u64 number_in(const char *variable, u64 otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

static u64 windows;

static void run(void)
{
	for (u32 i = 0; i < WINDOWS && sim.dispatches + sim.hcalls < EVENTS; i++, windows++)
		sim_run(1);
	sim_exit();
}

static void run_mixes(void (*mix)(u64 seed, u32 nr_cpus), u32 few, u32 many)
{
	u64 first = number_in("SIM_SEED", 1), n = number_in("SIM_MIXES", 60);

	windows = 0;
	for (u64 seed = first; seed < first + n; seed++) {
		mix(seed, (u32)number_in("SIM_CPUS", few + seed % (many - few + 1)));
		run();
	}
	print_message("%lu mixes, %lu windows\n", (unsigned long)n, (unsigned long)windows);
}

static void test_one_processor(void **state)
{
	(void)state;
	run_mixes(sim_mix, 1, 1);
}

static void test_few_processors(void **state)
{
	(void)state;
	run_mixes(sim_mix, 2, 4);
}

static void test_many_processors(void **state)
{
	(void)state;
	run_mixes(sim_mix, 5, MACHINE_MAX_CPUS);
}

static void test_come_and_go(void **state)
{
	(void)state;
	run_mixes(sim_mix_lives, 1, MACHINE_MAX_CPUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_processor),
		cmocka_unit_test(test_few_processors),
		cmocka_unit_test(test_many_processors),
		cmocka_unit_test(test_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
