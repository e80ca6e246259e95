// SPDX-License-Identifier: Apache-2.0
/*
 * All processors of the partition, up to 64: started and stopped again and again, sending
 * interrupts from each to each, and working on the same memory, with a lock whose waiters confer
 * to its holder.
 */
#include <stdio.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "smp";

#define ADDS 200 /* that each processor does */

static u64 count[PROCESSOR_MAX];
static u64 start_order;

static void touch(u64 index)
{
	count[index]++;
	__atomic_add_fetch(&start_order, 1, __ATOMIC_SEQ_CST);
}

/* One after the other in some rounds, all at once in the others. */
static void test_start_stop(u64 rounds)
{
	u64 start = mftb();

	for (u64 i = 0; i < rounds; i++) {
		for (u32 p = 1; p < processor_count; p++) {
			processor_start(p, touch, p);
			if (i % 2)
				processor_join(p);
		}
		for (u32 p = 1; p < processor_count && i % 2 == 0; p++)
			processor_join(p);
	}
	for (u32 p = 1; p < processor_count; p++)
		check(count[p] == rounds, "processor %u ran %lu times of %lu", p, count[p], rounds);
	printf("smp: %lu ticks for each start and stop\n",
	       (mftb() - start) / (rounds * (processor_count - 1)));
}

static void all_run(void (*function)(u64 arg))
{
	for (u32 p = 1; p < processor_count; p++)
		processor_start(p, function, p);
	function(0);
	for (u32 p = 1; p < processor_count; p++)
		processor_join(p);
}

/* --- interrupts --- */

static volatile u64 mail[PROCESSOR_MAX][PROCESSOR_MAX]; /* to, from: rounds */
static u64 mail_rounds;

static bool mail_is_there(u64 index, u64 round)
{
	for (u32 p = 0; p < processor_count; p++)
		if (p != index && mail[index][p] < round)
			return false;
	return true;
}

/*
 * In each round a processor sends something to all others, and sleeps until all of theirs is there;
 * what wakes it is their interrupts.
 */
static void correspondent(u64 index)
{
	cppr(PRIORITY_NONE);
	for (u64 round = 1; round <= mail_rounds; round++) {
		for (u32 i = 1; i < processor_count; i++) {
			u32 p = (index + i) % processor_count;

			mail[p][index] = round;
			__asm__ volatile("sync" : : : "memory");
			ipi(processor_table[p].number, PRIORITY_NORMAL);
		}
		while (!mail_is_there(index, round)) {
			dec_set(DEC_FAR);
			cede();
		}
	}
}

static void test_mail(u64 rounds)
{
	u64 start = mftb(), late = 0, letters;

	mail_rounds = rounds;
	all_run(correspondent);
	for (u32 p = 0; p < processor_count; p++)
		late += seen[p].decrementers;
	letters = rounds * processor_count * (processor_count - 1);
	printf("smp: %lu ticks for each of %lu letters\n", (mftb() - start) / letters, letters);
	check(late <= processor_count * ((mftb() - start) / DEC_FAR + 1),
	      "%lu waits were ended by the decrementer", late);
}

/* --- shared memory --- */

static u64 atomic_sum, locked_sum;
static u32 lock; /* 0: free, else the index of its holder + 1 */

/* As Linux does it: whoever waits confers to the holder if that is not dispatched. */
static void lock_take(u64 index)
{
	u32 expected = 0;

	while (!__atomic_compare_exchange_n(&lock, &expected, index + 1, false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED)) {
		u32 holder = expected, dispatches;

		expected = 0;
		if (holder == 0)
			continue;
		dispatches = area_dispatch_count(holder - 1);
		if (dispatches % 2 && __atomic_load_n(&lock, __ATOMIC_RELAXED) == holder)
			hcall(H_CONFER, processor_table[holder - 1].number, dispatches);
	}
}

static void adder(u64 index)
{
	area_register(index);
	for (u32 i = 0; i < ADDS; i++) {
		u64 sum;

		__atomic_add_fetch(&atomic_sum, 1, __ATOMIC_RELAXED);
		lock_take(index);
		sum = locked_sum;
		/* At times the holder is preempted, and at times it waits. */
		if (i % 64 == index)
			hcall(H_CONFER, ~0UL, 0);
		*(volatile u64 *)&locked_sum = sum + 1;
		__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
	}
}

static void test_sums(void)
{
	u64 expected = (u64)ADDS * processor_count, start = mftb();

	all_run(adder);
	check(atomic_sum == expected, "%lu of %lu were added", atomic_sum, expected);
	check(locked_sum == expected, "%lu of %lu were added with the lock", locked_sum, expected);
	printf("smp: %lu ticks for each of %lu turns with the lock\n", (mftb() - start) / expected,
	       expected);
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 4), processors = guest_argument("processors", 0);

	check(processors == 0 || processor_count == processors, "there are %u processors, not %lu",
	      processor_count, processors);
	check(processor_count > 1, "needs two processors");
	interrupt_init();
	test_start_stop(rounds);
	test_mail(rounds);
	test_sums();
	return 0;
}
