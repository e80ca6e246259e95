// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/stats.c
// Pictures of the counters: three processors and what their dispatchers have accounted for.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/link.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "hv/stats.h"
#include "hv/vp.h"

#define CPUS  3
#define START 5000000UL /* timebase at which the processors started */
#define NOW   9000000UL
#define HZ    512000000UL

struct machine machine = {.timebase_hz = HZ};
struct cpu *pool_cpu[MACHINE_MAX_CPUS];
u32 pool_nr_cpus, pool_nr_shared, pool_units;

static struct cpu cpu[CPUS], *self;
static struct lpar lpar[LPAR_MAX_ID];
static struct vp vp[LPAR_MAX_ID];
static u32 lpars;
static u64 now;
static u32 pictures;	      /* looks at the time */
static void (*on_lpar)(void); /* whenever the partitions are gone through */

u64 machine_timebase(void)
{
	pictures++;
	return now;
}

struct cpu *cpu_this(void)
{
	return self;
}

u64 pool_entitled_ticks(struct lpar *of)
{
	return of->use.entitled + 7;
}

static struct lpar *next_lpar(struct lpar *of)
{
	u32 i = of ? (u32)(of - lpar) + 1 : 0;

	if (!of && on_lpar)
		on_lpar();
	return i < lpars ? &lpar[i] : NULL;
}

/* What the last answer said. */
static struct hmc_stats_processor processor[CPUS];
static struct hmc_stats_partition partition[LPAR_MAX_ID];
static struct hmc_stats_reply reply;

static void message(u32 i, u8 type, void *to, size_t size)
{
	union {
		struct hmc_control control;
		u8 bytes[LINK_STREAM_MAX];
	} got;

	memset(&got, 0xa5, sizeof(got));
	assert_int_equal(stats_message(i, &got.control), size);
	assert_int_equal(got.control.type, type);
	memcpy(to, got.bytes, size);
}

static void ask(void)
{
	u32 i = 0;

	for (u32 n = 0; n < CPUS; n++)
		message(i++, HMC_STATS_PROCESSOR, &processor[n], sizeof(processor[n]));
	for (u32 n = 0; n < lpars; n++)
		message(i++, HMC_STATS_PARTITION, &partition[n], sizeof(partition[n]));
	message(i, HMC_STATS | HMC_REPLY, &reply, sizeof(reply));
	assert_int_equal(be16_to_cpu(reply.reply.status), HMC_OK);
	assert_int_equal(be16_to_cpu(reply.processors), CPUS);
	assert_int_equal(be16_to_cpu(reply.partitions), lpars);
	assert_int_equal(be64_to_cpu(reply.timebase), NOW);
	assert_int_equal(be64_to_cpu(reply.timebase_hz), HZ);
}

/* @i accounted for its time @ago ticks before the picture, and has done @activity since. */
static void since(u32 i, u64 ago, enum dispatch_activity activity, struct vp *running, u64 granted)
{
	cpu[i].queue.charged = NOW - ago;
	cpu[i].queue.activity = activity;
	cpu[i].queue.running = running;
	cpu[i].queue.granted = granted;
	cpu[i].use.since = START;
	cpu[i].use.idle =
		cpu[i].queue.charged - START - cpu[i].use.partitions - cpu[i].use.hypervisor;
}

static void assert_processor(u32 i, u16 owner, u64 partitions, u64 hypervisor)
{
	assert_int_equal(be16_to_cpu(processor[i].number), i);
	assert_int_equal(be16_to_cpu(processor[i].owner), owner);
	assert_int_equal(be64_to_cpu(processor[i].timebase), NOW);
	assert_int_equal(be64_to_cpu(processor[i].partitions), partitions);
	assert_int_equal(be64_to_cpu(processor[i].hypervisor), hypervisor);
	/* Every tick is somebody's. */
	assert_int_equal(be64_to_cpu(processor[i].idle), NOW - START - partitions - hypervisor);
}

static void assert_partition(u32 i, u64 capped, u64 uncapped, u64 idle, u64 donated)
{
	assert_int_equal(be16_to_cpu(partition[i].lpar_id), i + 1);
	assert_int_equal(be64_to_cpu(partition[i].timebase), NOW);
	assert_int_equal(be64_to_cpu(partition[i].capped), capped);
	assert_int_equal(be64_to_cpu(partition[i].uncapped), uncapped);
	assert_int_equal(be64_to_cpu(partition[i].idle), idle);
	assert_int_equal(be64_to_cpu(partition[i].donated), donated);
}

static int setup(void **state)
{
	(void)state;
	memset(cpu, 0, sizeof(cpu));
	memset(lpar, 0, sizeof(lpar));
	memset(vp, 0, sizeof(vp));
	memset(partition, 0, sizeof(partition));
	for (u32 i = 0; i < LPAR_MAX_ID; i++) {
		lpar[i].id = (u16)(i + 1);
		lpar[i].procs.sharing_mode = SHARING_UNCAP;
		vp[i].lpar = &lpar[i];
	}
	for (u32 i = 0; i < CPUS; i++) {
		pool_cpu[i] = &cpu[i];
		cpu[i].number = i;
		since(i, 0, DISPATCH_IDLE, NULL, 0);
	}
	pool_nr_cpus = CPUS;
	pool_nr_shared = 2;
	pool_units = 135;
	lpars = 3;
	now = NOW;
	self = NULL;
	stats_next_lpar = next_lpar;
	on_lpar = NULL;
	pictures = 0;
	return 0;
}

static void test_counters(void **state)
{
	(void)state;
	lpar[1].procs.sharing_mode = SHARING_SHARE_IDLE_ACTIVE;
	lpar[1].nr_vps = 4;
	lpar[1].share.units = 400;
	lpar[1].share.weight = 200;
	lpar[1].use = (struct lpar_use){.capped = 1,
					.uncapped = 2,
					.idle = 3,
					.donated = 4,
					.dispatches = 5,
					.dispersions = 6,
					.entitled = 8};
	lpar[2].nr_vps = 9; /* left from before: it is not activated */
	cpu[0].use.partitions = 1000;
	cpu[0].use.hypervisor = 10;
	since(0, 0, DISPATCH_IDLE, NULL, 0);
	ask();
	assert_int_equal(be16_to_cpu(reply.pool_procs), 2);
	assert_int_equal(be16_to_cpu(reply.pool_units), 135);
	assert_processor(0, 0, 1000, 10);
	assert_processor(2, 0, 0, 0);
	assert_partition(1, 1, 2, 3, 4);
	assert_int_equal(partition[1].sharing_mode, HMC_SHARING_SHARE_IDLE_PROCS_ACTIVE);
	assert_int_equal(partition[1].weight, 200);
	assert_int_equal(be16_to_cpu(partition[1].procs), 4);
	assert_int_equal(be16_to_cpu(partition[1].units), 400);
	assert_int_equal(be64_to_cpu(partition[1].dispatches), 5);
	assert_int_equal(be64_to_cpu(partition[1].dispersions), 6);
	assert_int_equal(be64_to_cpu(partition[1].entitled), 15);
	assert_int_equal(be16_to_cpu(partition[2].procs), 0);
	assert_int_equal(pictures, 1);
}

/* What was not accounted for yet is in the picture, where it will be charged. */
static void test_since_the_last_account(void **state)
{
	(void)state;
	since(0, 100, DISPATCH_ENTITLED, &vp[0], 5000);
	since(1, 200, DISPATCH_SURPLUS, &vp[1], 0);
	since(2, 300, DISPATCH_IDLE, NULL, 0);
	ask();
	assert_processor(0, 0, 100, 0);
	assert_processor(1, 0, 200, 0);
	assert_processor(2, 0, 0, 0);
	assert_partition(0, 100, 0, 0, 0);
	assert_partition(1, 0, 200, 0, 0);
	assert_partition(2, 0, 0, 0, 0);
}

static void test_two_processors_of_one(void **state)
{
	(void)state;
	since(0, 100, DISPATCH_ENTITLED, &vp[2], 5000);
	since(1, 200, DISPATCH_SURPLUS, &vp[2], 0);
	ask();
	assert_partition(2, 100, 200, 0, 0);
}

static void test_dedicated(void **state)
{
	(void)state;
	lpar[0].procs.sharing_mode = SHARING_SHARE_IDLE_ALWAYS;
	for (u32 i = 0; i < CPUS; i++)
		cpu[i].queue.owner = &lpar[0];
	since(0, 100, DISPATCH_ENTITLED, &vp[0], 0);
	since(1, 200, DISPATCH_SURPLUS, &vp[1], 0); /* lent */
	since(2, 300, DISPATCH_IDLE, NULL, 0);
	ask();
	assert_processor(0, 1, 100, 0);
	assert_processor(1, 1, 200, 0);
	assert_processor(2, 1, 0, 0);
	assert_partition(0, 100, 0, 300, 200);
	assert_partition(1, 0, 200, 0, 0);
}

/* In the hypervisor, where the picture is taken: nobody is charged for that yet. */
static void test_own_time(void **state)
{
	(void)state;
	self = &cpu[0];
	since(0, 100, DISPATCH_BUSY, &vp[0], 5000);
	since(1, 200, DISPATCH_ENTITLED, &vp[0], 5000);
	ask();
	assert_processor(0, 0, 0, 100);
	assert_processor(1, 0, 200, 0);
	assert_partition(0, 200, 0, 0, 0);
	assert_int_equal(pictures, 1);
}

static void assert_put_off(u32 times)
{
	struct hmc_stats_processor to;

	for (u32 i = 0; i < times; i++)
		assert_int_equal(stats_message(0, &to.control), 0);
}

/* One that has accounted for more than the time that the picture began with is no part of it. */
static void test_account_of_the_future(void **state)
{
	(void)state;
	cpu[0].queue.activity = DISPATCH_ENTITLED;
	cpu[0].queue.running = &vp[0];
	cpu[0].queue.charged = NOW + 50;
	cpu[0].use.partitions = NOW + 50 - START;
	cpu[0].use.idle = 0;
	assert_put_off(3);
	now = NOW + 50;
	message(0, HMC_STATS_PROCESSOR, &processor[0], sizeof(processor[0]));
	assert_int_equal(be64_to_cpu(processor[0].partitions), NOW + 50 - START);
	message(CPUS, HMC_STATS_PARTITION, &partition[0], sizeof(partition[0]));
	assert_int_equal(be64_to_cpu(partition[0].capped), 0);
}

/* The account that the dispatcher makes of processor 0, while the picture is taken. */
static void account(void)
{
	u64 ticks = NOW - cpu[0].queue.charged;

	cpu[0].use.partitions += ticks;
	lpar[0].use.capped += ticks;
	cpu[0].queue.charged += ticks;
}

static void test_account_meanwhile(void **state)
{
	(void)state;
	since(0, 1000, DISPATCH_ENTITLED, &vp[0], 5000);
	on_lpar = account;
	ask();
	assert_int_equal(pictures, 2);
	assert_processor(0, 0, 1000, 0);
	assert_partition(0, 1000, 0, 0, 0);
}

/* Between a picture of the processors and one of the partitions. */
static void account_always(void)
{
	cpu[0].queue.charged--;
	cpu[0].use.idle--;
}

/* One that is in the middle of its account, or about to make one, is waited for. */
static void test_not_now(void **state)
{
	(void)state;
	since(0, 1000, DISPATCH_ENTITLED, &vp[0], 5000);
	cpu[0].use.partitions += 1000;
	assert_put_off(3);
	lpar[0].use.capped += 1000;
	assert_put_off(3);
	cpu[0].queue.charged += 1000;
	ask();
	assert_processor(0, 0, 1000, 0);
	assert_partition(0, 1000, 0, 0, 0);
	cpu[1].queue.activity = DISPATCH_BUSY;
	assert_put_off(3);
	cpu[1].queue.activity = DISPATCH_IDLE;
	on_lpar = account_always;
	assert_put_off(3);
	on_lpar = NULL;
	since(0, 0, DISPATCH_IDLE, NULL, 0);
	ask();
	assert_partition(0, 1000, 0, 0, 0);
}

/* … but not for ever. */
static void test_never(void **state)
{
	(void)state;
	cpu[1].queue.activity = DISPATCH_BUSY;
	assert_put_off(3);
	now = NOW + HZ;
	assert_put_off(3);
	now++;
	cpu[0].queue.charged = cpu[1].queue.charged = cpu[2].queue.charged = now;
	message(0, HMC_STATS_PROCESSOR, &processor[0], sizeof(processor[0]));
	assert_int_equal(be64_to_cpu(processor[0].timebase), now);
	/* The next one is waited for again. */
	assert_put_off(3);
}

/* All messages of an answer are of one picture, whatever happens between them. */
static void test_one_picture(void **state)
{
	(void)state;
	lpars = LPAR_MAX_ID;
	for (u32 i = 0; i < lpars; i++)
		lpar[i].use.capped = i;
	message(0, HMC_STATS_PROCESSOR, &processor[0], sizeof(processor[0]));
	for (u32 i = 0; i < lpars; i++)
		lpar[i].use.capped = 1000000;
	cpu[1].use.hypervisor = 5;
	message(1, HMC_STATS_PROCESSOR, &processor[1], sizeof(processor[1]));
	assert_processor(1, 0, 0, 0);
	for (u32 i = 0; i < lpars; i++) {
		message(CPUS + i, HMC_STATS_PARTITION, &partition[i], sizeof(partition[i]));
		assert_partition(i, i, 0, 0, 0);
	}
	message(CPUS + lpars, HMC_STATS | HMC_REPLY, &reply, sizeof(reply));
	assert_int_equal(pictures, 1);
	cpu[1].use.hypervisor = 0;
	/* Behind the end there is nothing else. */
	message(0xffffffff, HMC_STATS | HMC_REPLY, &reply, sizeof(reply));
	ask();
	assert_partition(0, 1000000, 0, 0, 0);
}

static void test_no_partitions(void **state)
{
	(void)state;
	lpars = 0;
	ask();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_counters, setup),
		cmocka_unit_test_setup(test_since_the_last_account, setup),
		cmocka_unit_test_setup(test_two_processors_of_one, setup),
		cmocka_unit_test_setup(test_dedicated, setup),
		cmocka_unit_test_setup(test_own_time, setup),
		cmocka_unit_test_setup(test_account_of_the_future, setup),
		cmocka_unit_test_setup(test_account_meanwhile, setup),
		cmocka_unit_test_setup(test_not_now, setup),
		cmocka_unit_test_setup(test_never, setup),
		cmocka_unit_test_setup(test_one_picture, setup),
		cmocka_unit_test_setup(test_no_partitions, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
