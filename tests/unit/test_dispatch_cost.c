// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/vp_state.c hv/share.c
// SOURCES: hv/pool.c tests/unit/sim.c tests/unit/sim_cpu.c tests/unit/sim_lpar.c
// SOURCES: tests/unit/sim_program.c tests/unit/sim_check.c
// What a dispatch costs in operations on queues, however many virtual processors there are. The
// priority queue is the real one, with a counter in front.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define pqueue_insert insert_uncounted
#define pqueue_remove remove_uncounted
#include "hv/pqueue.c"
#undef pqueue_insert
#undef pqueue_remove

#include "hv/pool.h"
#include "tests/unit/sim.h"

void pqueue_insert(struct pqueue *queue, struct pqueue_node *node, u64 key);
void pqueue_remove(struct pqueue *queue, struct pqueue_node *node);

static u64 operations;

void pqueue_insert(struct pqueue *queue, struct pqueue_node *node, u64 key)
{
	operations++;
	insert_uncounted(queue, node, key);
}

void pqueue_remove(struct pqueue *queue, struct pqueue_node *node)
{
	operations++;
	remove_uncounted(queue, node);
}

#define WINDOWS 50

static const struct {
	u32 lpars, vps;
} crowds[] = {{2, 1}, {4, 4}, {16, 4}, {4, 64}};

/*
 * Whoever has a turn is put into queues and taken out a few times; whoever waits all the time for
 * surplus, once in each window.
 */
static void check_cost(u32 lpars, u32 vps, enum sharing_mode mode, sim_program *program)
{
	u64 dispatches;

	sim_init(1, 1);
	pool_min_units_per_vp = 1;
	sim.patience = 100; /* a turn is more than many have in a window */
	for (u32 i = 0; i < lpars; i++) {
		u32 units = MAX(50 / lpars, vps / 3);
		struct sim_lpar *slpar = sim_lpar_add((struct sim_profile){mode, vps, units, 128});

		for (u32 j = 0; j < vps; j++) {
			slpar->svps[j].busy = slpar->svps[j].period = 50 * SIM_US;
			sim_vp_start(slpar, j, program);
		}
	}
	sim_run(5);
	operations = 0;
	dispatches = sim.dispatches;
	sim_run(WINDOWS);
	dispatches = sim.dispatches - dispatches;
	if (operations > 4 * dispatches + 3 * lpars * vps * WINDOWS)
		sim_fail("%lu operations for %lu dispatches", (unsigned long)operations,
			 (unsigned long)dispatches);
	sim_exit();
}

static void check_crowds(sim_program *program)
{
	for (u32 i = 0; i < ARRAY_SIZE(crowds); i++) {
		check_cost(crowds[i].lpars, crowds[i].vps, SHARING_CAP, program);
		check_cost(crowds[i].lpars, crowds[i].vps, SHARING_UNCAP, program);
	}
}

static void test_hogs(void **state)
{
	(void)state;
	check_crowds(sim_hog);
}

static void test_bursts(void **state)
{
	(void)state;
	check_crowds(sim_bursts);
}

static void test_ceding_all_the_time(void **state)
{
	(void)state;
	check_crowds(sim_dec_storm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hogs),
		cmocka_unit_test(test_bursts),
		cmocka_unit_test(test_ceding_all_the_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
