// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/cede_hcall.c hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/frame.c
// SOURCES: hv/hcall.c
// SOURCES: hv/hpt.c
// SOURCES: hv/hpt_hcall.c hv/icp.c hv/ics.c hv/link.c hv/lmb.c hv/log.c hv/lpar.c hv/management.c
// SOURCES: hv/page.c hv/pool.c hv/ppp_hcall.c hv/pqueue.c hv/set_mode.c hv/share.c
// SOURCES: hv/splpar_hcall.c hv/stats.c hv/stream.c hv/trace.c hv/vp.c hv/vp_state.c hv/vpa.c
// SOURCES: hv/vpa_hcall.c hv/vphn_hcall.c hv/work.c hv/xics_hcall.c partition/activation.c
// SOURCES: partition/cas.c partition/console.c partition/image.c partition/nvram.c partition/of.c
// SOURCES: partition/of_claim.c partition/of_instance.c partition/of_path.c partition/of_tree.c
// SOURCES: partition/epow.c partition/image_store.c partition/refcode.c
// SOURCES: partition/partition.c partition/rtas.c partition/rtas_clock.c partition/rtas_cpu.c
// SOURCES: partition/rtas_display.c partition/rtas_event.c partition/rtas_nvram.c
// SOURCES: partition/rtas_power.c partition/rtas_sysparm.c partition/rtas_xics.c partition/tree.c
// SOURCES: partition/tree_cpu.c partition/tree_interrupt.c partition/tree_memory.c
// SOURCES: partition/tree_writer.c vio/bus.c vio/vterm.c tests/unit/fake_cpu.c
// SOURCES: tests/unit/fake_machine.c tests/unit/fake_tlb.c tests/unit/life_world.c
// SOURCES: vio/adapter.c vio/cable.c vio/vterm_server.c vio/bus_tree.c vio/tce.c partition/plan.c
// SOURCES: partition/plan_adapter.c
// SOURCES: partition/plan_property.c partition/model.c
/*
 * Three partitions live on several processors at once: each processor is a thread that runs the
 * dispatcher. Their virtual processors make calls of every kind while others of the same partition
 * end it, several in the same instant; people end and activate them meanwhile. A start must find
 * nothing of before, and at the end all of the machine must be free.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "tests/unit/check.h"
#include "tests/unit/life_world.h"

#define CPUS	   3
#define PARTITIONS 3
#define STARTS	   60 /* of operating systems, in all */

static struct partition *partition[PARTITIONS + 1];
static u32 starts, reboots, calls;
static bool over; /* nobody is to be started any more */
static bool quit; /* the processors stop */
static u32 ready;

static __thread jmp_buf end;
static __thread u32 seed;

static u32 below(u32 n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static u64 now(void)
{
	return __atomic_load_n(&fake_cpu.now, __ATOMIC_RELAXED);
}

/* --- the partitions --- */

static void first_look(struct vp *vp)
{
	const struct partition *of = partition_of(vp->lpar);

	__atomic_fetch_add(&starts, 1, __ATOMIC_RELAXED);
	for (u32 i = 1; i < vp->lpar->nr_vps; i++)
		CHECK(__atomic_load_n(&vp->lpar->vps[i]->state, __ATOMIC_RELAXED) == VP_STOPPED);
	assert_clear(of, 0, WORLD_ENTRY);
	assert_clear(of, WORLD_ENTRY + WORLD_TEXT, of->lpar.rmo_size - 256 * KiB);
	assert_clear(of, of->lpar.rmo_size, lpar_mem_size(&of->lpar));
	vp->gpr[31] = 1;
}

/* Marks that nobody else may find, behind what calls use. */
static void write_about(struct vp *vp)
{
	u64 mark = 0x1111111111111111UL * vp->lpar->id;

	for (u32 i = 0; i < 8; i++)
		CHECK(lpar_copy_out(vp->lpar, 64 * KiB + 8 * below((u32)(16 * MiB / 8)), &mark,
				    sizeof(mark)));
	vp->gpr[20] = mark;
}

static void call(struct vp *vp, u64 number, u64 r4, u64 r5)
{
	vp->gpr[4] = r4;
	vp->gpr[5] = r5;
	world_hcall(vp, number);
}

static void end_somehow(struct vp *vp)
{
	static const u32 no_event[] = {0, 0};

	switch (below(5)) {
	case 0:
		world_rtas(vp, "power-off", 2, no_event, 1, NULL);
		break;
	case 1:
		world_rtas(vp, "stop-self", 0, NULL, 1, NULL);
		break;
	case 2:
		lpar_fail(vp->lpar, "broken by processor %u", (unsigned int)vp->number);
		break;
	default:
		__atomic_fetch_add(&reboots, 1, __ATOMIC_RELAXED);
		world_rtas(vp, "system-reboot", 0, NULL, 1, NULL);
	}
	CHECK(__atomic_load_n(&vp->state, __ATOMIC_RELAXED) == VP_STOPPED);
}

static void do_something(struct vp *vp)
{
	u32 target = below(vp->lpar->nr_vps);

	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
	switch (below(10)) {
	case 0:
	case 1:
		world_rtas(vp, "start-cpu", 3, (u32[]){target, 0x4000, 0}, 1, NULL);
		break;
	case 2:
		call(vp, H_IPI, target, 4);
		break;
	case 3:
		call(vp, H_PROD, target, 0);
		break;
	case 4:
		call(vp, H_CPPR, 0xff, 0);
		break;
	case 5:
		vp->dec_expires = now() + below(20000000);
		call(vp, H_CEDE, 0, 0);
		break;
	case 6:
		call(vp, H_CONFER, below(2) ? target : ~0UL, 0);
		break;
	case 7:
		call(vp, H_PUT_TERM_CHAR, 0, 1);
		break;
	default:
		write_about(vp);
	}
}

static bool runs(const struct vp *vp)
{
	return __atomic_load_n(&vp->state, __ATOMIC_RELAXED) == VP_RUNNING;
}

/* --- the processors --- */

static void pass(u64 ticks)
{
	__atomic_fetch_add(&fake_cpu.now, ticks, __ATOMIC_RELAXED);
	sched_yield();
}

/* People, on any processor. */
static void intervene(void)
{
	struct partition *of = partition[1 + below(PARTITIONS)];

	if (__atomic_load_n(&quit, __ATOMIC_RELAXED))
		longjmp(end, 1);
	if (__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		partition_power_off(of);
		return;
	}
	if (partition_state(of) == PARTITION_NOT_ACTIVATED)
		partition_activate(of);
	else if (partition_state(of) == PARTITION_ERROR || below(200) == 0)
		partition_power_off(of);
	else if (below(200) == 0)
		partition_reboot(of);
}

static void visit(struct vp *vp, u64 until)
{
	intervene();
	if (!runs(vp))
		return;
	if (vp->pc == WORLD_ENTRY && vp->gpr[31] == 0)
		first_look(vp);
	for (u32 i = below(6); i > 0 && runs(vp); i--)
		do_something(vp);
	if (runs(vp) && below(60) == 0)
		end_somehow(vp);
	while (runs(vp) && !fake_cpu_kicked() && (s64)(until - now()) > 0 &&
	       !__atomic_load_n(&vp->leave, __ATOMIC_RELAXED))
		pass(50000);
}

static void nap(u64 until)
{
	intervene();
	while (!fake_cpu_kicked() && (s64)(until - now()) > 0)
		pass(50000);
}

static void run(u32 number)
{
	seed = number + 1;
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < CPUS)
		sched_yield();
	if (!setjmp(end))
		dispatch_run(&cpu_self);
	cpu_forget(&cpu_self);
}

static void *processor(void *arg)
{
	u32 number = (u32)(uintptr_t)arg;

	cpu_self.number = number;
	while (__atomic_load_n(&pool_nr_cpus, __ATOMIC_ACQUIRE) < number)
		sched_yield();
	dispatch_cpu_init(&cpu_self);
	pool_add(&cpu_self);
	run(number);
	return NULL;
}

/* --- the test --- */

static bool all_ended(void)
{
	for (u32 id = 1; id <= PARTITIONS; id++)
		if (partition_state(partition[id]) != PARTITION_NOT_ACTIVATED)
			return false;
	return true;
}

/* Looks at the machine from outside. */
static void *watch(void *arg)
{
	(void)arg;
	while (__atomic_load_n(&starts, __ATOMIC_RELAXED) < STARTS)
		sched_yield();
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	while (!all_ended())
		sched_yield();
	__atomic_store_n(&quit, true, __ATOMIC_RELAXED);
	return NULL;
}

static void test_lives(void **state)
{
	struct holdings before;
	pthread_t thread[CPUS], watcher;

	(void)state;
	for (u16 id = 1; id <= PARTITIONS; id++) {
		partition[id] = world_partition(id);
		partition[id]->profile.mem = 32 * MiB;
		world_procs(partition[id], id + 1);
	}
	before = world_holdings();
	machine.nr_cpus = CPUS;
	fake_cpu.run = visit;
	fake_cpu.idle = nap;
	for (u32 i = 1; i < CPUS; i++)
		pthread_create(&thread[i], NULL, processor, (void *)(uintptr_t)i);
	pthread_create(&watcher, NULL, watch, NULL);
	run(0);
	for (u32 i = 1; i < CPUS; i++)
		pthread_join(thread[i], NULL);
	pthread_join(watcher, NULL);
	assert_int_equal(world_holdings().lmbs, before.lmbs);
	assert_int_equal(world_holdings().pages, before.pages);
	for (u32 id = 1; id <= PARTITIONS; id++)
		assert_nothing_held(partition[id]);
	assert_int_equal(pool_units, 0);
	print_message("%u starts, %u reboots asked for, %u calls\n", starts, reboots, calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lives, world_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
