// SPDX-License-Identifier: Apache-2.0
/*
 * Virtual processor areas: dispatch counts, wait times and trace log of real waits and preemptions.
 * For two processors, beside partitions that want the same physical ones. "capped=1" and
 * "dedicated=1" say what the profile says, "donates=1" that it lends active processors.
 */
#include <string.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "vpa";

#define ALL	    (~0UL)
#define DEC_EARLY   200000 /* ticks, 0.4 ms: what a busy emulator takes between two instructions */
#define DTL_ENTRIES 85

/* LoPAR "Dispatch Trace Log Buffer". */
enum { READY_INTERRUPT = 0, READY_PROD = 2, READY_DECREMENTER = 3, READY_SLICE = 7 };
enum { LEFT_CEDE = 2, LEFT_CONFER = 3, LEFT_SLICE = 4 };

static union {
	u8 byte[4096];
	struct dtl_entry entry[DTL_ENTRIES];
} dtl[2] __aligned(4096);
static u8 shadow[64] __aligned(128);

static bool dedicated;

static s64 call(u64 function, u32 index, const void *area)
{
	return hcall(H_REGISTER_VPA, function << VPA_FUNCTION_SHIFT, processor_table[index].number,
		     (u64)area);
}

static void expect(s64 expected, u64 function, u32 index, const void *area, const char *what)
{
	s64 rc = call(function, index, area);

	check(rc == expected, "%s: %ld, not %ld", what, rc, expected);
}

static void put_size(void *area, u32 size)
{
	((volatile be32 *)area)[1] = cpu_to_be32(size);
}

static volatile struct vpa *vpa_of(u32 index)
{
	return area_of(index);
}

static void cede_for(u32 ticks)
{
	dec_set(ticks);
	cede();
	dec_set(DEC_FAR);
}

/* --- registration --- */

static volatile u64 waits[PROCESSOR_MAX]; /* that its waiter() has begun */
static volatile bool stop;

/* Waits for others; its own decrementer never ends that. */
static void waiter(u64 index)
{
	cppr(PRIORITY_NONE);
	while (!stop) {
		waits[index]++;
		dec_set(DEC_FAR);
		cede();
	}
}

static void waiter_start(void)
{
	stop = false;
	waits[1] = 0;
	processor_start(1, waiter, 1);
	wait_for(&waits[1], 1, "a start");
}

static void waiter_stop(void)
{
	stop = true;
	prod(1);
	processor_join(1);
}

/* Waits until processor 1 is not dispatched, most probably in H_CEDE. */
static u32 waiter_asleep(void)
{
	u64 start = mftb();
	u32 count;

	do {
		count = area_dispatch_count(1);
		wait_ticks(TICKS_PER_MS);
		check(mftb() - start < PATIENCE, "processor 1 does not sleep, count %u", count);
	} while (count % 2 == 0 || area_dispatch_count(1) != count);
	return count;
}

static void test_registration(void)
{
	struct vpa *vpa = area_of(0);

	memset(vpa, 0, sizeof(*vpa));
	vpa->size = cpu_to_be16(639);
	expect(H_PARAMETER, VPA_REGISTER, 0, vpa, "an area too small");
	vpa->size = cpu_to_be16(640);
	expect(H_PARAMETER, VPA_REGISTER, 0, &vpa->reserved_60[32], "an area not aligned");
	expect(H_PARAMETER, VPA_REGISTER, 0, guest_low_memory(guest_memory_size()), "no memory");
	expect(H_PARAMETER, 0, 0, vpa, "function 0");
	put_size(&dtl[0], sizeof(dtl[0]));
	expect(H_RESOURCE, VPA_REGISTER_DTL, 0, &dtl[0], "a trace log without an area");
	area_register(0);
	check(vpa->status == (dedicated ? 0 : VPA_STATUS_SHARED), "the status is %x", vpa->status);
	put_size(&dtl[0], 47);
	expect(H_PARAMETER, VPA_REGISTER_DTL, 0, &dtl[0], "a trace log too small");
	put_size(&dtl[0], sizeof(dtl[0]));
	expect(H_SUCCESS, VPA_REGISTER_DTL, 0, &dtl[0], "a trace log");
	expect(H_RESOURCE, VPA_DEREGISTER, 0, NULL, "an area less with a trace log");
	expect(H_SUCCESS, VPA_DEREGISTER_DTL, 0, NULL, "a trace log less");
	expect(H_SUCCESS, VPA_DEREGISTER, 0, NULL, "an area less");

	/* The stopped processor's may be registered, and are there when it runs. */
	area_register(0);
	area_register(1);
	check(area_dispatch_count(1) % 2 == 1, "a stopped processor counts as dispatched");
	waiter_start();
	waiter_asleep();
	expect(H_STATE, VPA_REGISTER, 1, area_of(1), "the area of a processor that is started");
	expect(H_STATE, VPA_DEREGISTER, 1, NULL, "the area less of one that is started");
	expect(H_STATE, VPA_REGISTER_SLB_SHADOW, 1, shadow, "the SLB of one that is started");
	waiter_stop();
}

/* --- dispatch counts --- */

static void test_counts(void)
{
	u32 before, count;

	for (u32 i = 0; i < 1000; i++)
		check(area_dispatch_count(0) % 2 == 0, "who looks is not dispatched");
	before = area_dispatch_count(0);
	for (u32 i = 0; i < 20; i++) {
		cede_for(TICKS_PER_MS);
		count = area_dispatch_count(0);
		check(count % 2 == 0, "the dispatch count is %u", count);
	}
	/* The decrementer may have been there before H_CEDE. */
	check(count - before >= 10, "the dispatch count grew from %u to %u", before, count);

	waiter_start();
	for (u32 i = 0; i < 20; i++) {
		u64 seen = waits[1];

		before = waiter_asleep();
		prod(1);
		wait_for(&waits[1], seen + 1, "H_PROD");
		count = waiter_asleep() - before;
		check(count >= 2 && count % 2 == 0, "its dispatch count grew by %u", count);
	}
	waiter_stop();
	check(be32_to_cpu(vpa_of(0)->dispersions) <= area_dispatch_count(0) / 2,
	      "%u dispersions, dispatch count %u", be32_to_cpu(vpa_of(0)->dispersions),
	      area_dispatch_count(0));
	/* What is written over it makes no difference. */
	before = area_dispatch_count(0);
	vpa_of(0)->dispatch_count = cpu_to_be32(0x77777777);
	while ((count = area_dispatch_count(0)) == 0x77777777)
		cede_for(TICKS_PER_MS);
	check(count - before >= 2 && count - before < 1000, "the count went from %u to %u", before,
	      count);
}

/* --- trace log and wait times --- */

static u64 log_index(u32 index)
{
	return be64_to_cpu(vpa_of(index)->dtl_index);
}

static const struct dtl_entry *log_entry(u32 index, u64 number)
{
	return &dtl[index].entry[number % DTL_ENTRIES];
}

static void log_start(u32 index, u8 mask)
{
	vpa_of(index)->dtl_enable_mask = 0;
	memset(&dtl[index], 0xff, sizeof(dtl[index]));
	put_size(&dtl[index], sizeof(dtl[index]));
	expect(H_SUCCESS, VPA_REGISTER_DTL, index, &dtl[index], "a trace log");
	check(log_index(index) == 0, "a new log begins at %lu", log_index(index));
	vpa_of(index)->dtl_enable_mask = mask;
}

static void log_stop(u32 index)
{
	vpa_of(index)->dtl_enable_mask = 0;
	expect(H_SUCCESS, VPA_DEREGISTER_DTL, index, NULL, "a trace log less");
}

/* The three waits, all as far as one and the same dispatch. */
struct sums {
	u64 index, ready, capacity, processor;
};

static struct sums sums_now(void)
{
	volatile struct vpa *vpa = vpa_of(0);
	struct sums sums;
	u32 count;

	do {
		count = area_dispatch_count(0);
		sums = (struct sums){log_index(0), be64_to_cpu(vpa->wait_ready),
				     be64_to_cpu(vpa->wait_capacity),
				     be64_to_cpu(vpa->wait_processor)};
	} while (count != area_dispatch_count(0));
	return sums;
}

/* Entry @number, whose wait began after @begin. Returns its end. */
static u64 check_entry(u64 number, u64 begin)
{
	const struct dtl_entry *e = log_entry(0, number);
	u64 tb = be64_to_cpu(e->timebase), srr0 = be64_to_cpu(e->srr0);
	u64 waited = (u64)be32_to_cpu(e->wait_ready) + be32_to_cpu(e->wait_capacity) +
		     be32_to_cpu(e->wait_processor);

	check(tb >= begin && tb <= mftb(), "dispatched at %lx, not after %lx", tb, begin);
	check(waited <= tb - begin, "waited %lu ticks of %lu", waited, tb - begin);
	check(srr0 >= (u64)image_start && srr0 < (u64)image_end, "was at %lx", srr0);
	check(be16_to_cpu(e->processor) < 16, "on processor %u", be16_to_cpu(e->processor));
	check(e->fault_address == 0, "a fault at %lx", be64_to_cpu(e->fault_address));
	return tb;
}

/* Every wait for the decrementer is in the log, and the log adds up to the area's sums. */
static void test_waits(void)
{
	struct sums first, last, sum = {0};
	u64 begin = mftb(), late = 0;

	log_start(0, DTL_ENABLE_WAIT | DTL_ENABLE_PREEMPT);
	first = sums_now();
	for (u64 ticks = TICKS_PER_MS; ticks < 20 * TICKS_PER_MS; ticks += TICKS_PER_MS)
		cede_for((u32)ticks);
	last = sums_now();
	check(last.index - first.index < DTL_ENTRIES, "%lu entries", last.index - first.index);
	for (u64 ticks = TICKS_PER_MS, i = first.index; i < last.index; i++) {
		const struct dtl_entry *e = log_entry(0, i);
		u32 ready = be32_to_cpu(e->wait_ready);

		begin = check_entry(i, begin);
		sum.ready += ready;
		sum.capacity += be32_to_cpu(e->wait_capacity);
		sum.processor += be32_to_cpu(e->wait_processor);
		if (e->preempt_reason != LEFT_CEDE)
			continue;
		check(e->dispatch_reason == READY_DECREMENTER, "H_CEDE ended by %u",
		      e->dispatch_reason);
		check(be64_to_cpu(e->srr1) & MSR_EE, "ceded with MSR %lx", be64_to_cpu(e->srr1));
		late += ready + DEC_EARLY < ticks;
		ticks += TICKS_PER_MS;
	}
	/* Between the setting of the decrementer and H_CEDE it may have lost its processor. */
	check(late <= 5, "%lu of 19 waits were short", late);
	check(sum.ready == last.ready - first.ready, "ready: %lu in the log, %lu in the area",
	      sum.ready, last.ready - first.ready);
	check(sum.capacity == last.capacity - first.capacity, "capacity: %lu in the log, not %lu",
	      sum.capacity, last.capacity - first.capacity);
	check(sum.processor == last.processor - first.processor, "processor: %lu, not %lu",
	      sum.processor, last.processor - first.processor);
	log_stop(0);
}

/*
 * The entry that processor 1's H_CEDE makes when @wake ends it. There is none if it was preempted
 * on its way to H_CEDE and did not have to wait.
 */
static bool check_wake(void (*wake)(void), u8 reason, const char *what)
{
	u64 seen, index;

	waiter_asleep();
	seen = waits[1];
	index = log_index(1);
	wake();
	wait_for(&waits[1], seen + 1, what);
	for (; index < log_index(1); index++) {
		const struct dtl_entry *e = log_entry(1, index);

		if (e->preempt_reason != LEFT_CEDE)
			continue;
		check(e->dispatch_reason == reason, "%s: dispatched for %u", what,
		      e->dispatch_reason);
		return true;
	}
	return false;
}

static void wake_prod(void)
{
	prod(1);
}

static void wake_ipi(void)
{
	ipi(processor_table[1].number, PRIORITY_NORMAL);
}

/* The log of another processor, turned on while that is started. */
static void test_reasons(void)
{
	u32 prods = 0, ipis = 0;

	waiter_start();
	waiter_asleep();
	log_start(1, DTL_ENABLE_WAIT | DTL_ENABLE_PREEMPT);
	for (u32 i = 0; i < 20; i++) {
		prods += check_wake(wake_prod, READY_PROD, "H_PROD");
		ipis += check_wake(wake_ipi, READY_INTERRUPT, "an interrupt");
	}
	check(prods > 0 && ipis > 0, "%u of 20 waits in the log, and %u", prods, ipis);
	log_stop(1);
	waiter_stop();
}

/* Computes until there is an entry of a lost processor. Returns its number. */
static u64 slice_wait(u64 from)
{
	u64 start = mftb();

	for (u64 i = from;; i++) {
		while (log_index(0) == i)
			check(mftb() - start < PATIENCE, "nobody takes the processor");
		if (log_entry(0, i)->preempt_reason == LEFT_SLICE)
			return i;
	}
}

static void test_slices(void)
{
	u64 begin = mftb(), capacity = be64_to_cpu(vpa_of(0)->wait_capacity), i = 0;

	log_start(0, DTL_ENABLE_PREEMPT);
	for (u32 n = 0; n < 5; n++) {
		i = slice_wait(i);
		begin = check_entry(i, begin);
		check(log_entry(0, i)->dispatch_reason == READY_SLICE, "dispatched for %u",
		      log_entry(0, i)->dispatch_reason);
		check(be32_to_cpu(log_entry(0, i)->wait_ready) == 0, "not ready for %u ticks",
		      be32_to_cpu(log_entry(0, i)->wait_ready));
		i++;
	}
	if (guest_argument("capped", 0)) {
		while (be32_to_cpu(log_entry(0, i = slice_wait(i))->wait_capacity) == 0)
			i++;
		check(be64_to_cpu(vpa_of(0)->wait_capacity) > capacity, "no wait for capacity");
	}
	log_stop(0);
}

/* A decrementer that expires before H_CEDE leaves nothing to wait for, and no entry. */
static void check_mask(u8 mask, u32 kinds)
{
	u64 start = mftb();

	log_start(0, mask);
	for (u32 i = 0; i < 10 || (kinds & 1 << LEFT_CEDE && log_index(0) < 10); i++) {
		cede_for(TICKS_PER_MS / 4);
		hcall(H_CONFER, ALL, 0);
		check(mftb() - start < PATIENCE, "mask %u: %lu entries", mask, log_index(0));
	}
	vpa_of(0)->dtl_enable_mask = 0;
	for (u64 i = 0; i < log_index(0); i++)
		check(kinds & 1 << log_entry(0, i)->preempt_reason, "mask %u: an entry of %u", mask,
		      log_entry(0, i)->preempt_reason);
	log_stop(0);
}

static void test_masks(void)
{
	check_mask(0, 0);
	check_mask(DTL_ENABLE_WAIT, 1 << LEFT_CEDE | 1 << LEFT_CONFER);
	check_mask(DTL_ENABLE_PREEMPT, 1 << LEFT_SLICE | 1 << 1);
}

/* A log of ten entries, and what is behind it. */
static void test_ring(void)
{
	const struct dtl_entry *e = dtl[0].entry;
	u64 index;

	memset(&dtl[0], 0xff, sizeof(dtl[0]));
	put_size(&dtl[0], 10 * DTL_ENTRY_SIZE + 47);
	expect(H_SUCCESS, VPA_REGISTER_DTL, 0, &dtl[0], "a small trace log");
	vpa_of(0)->dtl_enable_mask = DTL_ENABLE_WAIT;
	while (log_index(0) < 25)
		cede_for(TICKS_PER_MS / 4);
	vpa_of(0)->dtl_enable_mask = 0;
	index = log_index(0);
	for (u64 i = index - 9; i < index; i++)
		check(be64_to_cpu(e[i % 10].timebase) > be64_to_cpu(e[(i - 1) % 10].timebase),
		      "entry %lu is older than the one before", i);
	for (u32 i = 10; i < DTL_ENTRIES; i++)
		check(e[i].dispatch_reason == 0xff, "entry %u of 10", i);
	log_stop(0);
}

/* --- donated cycles of dedicated processors --- */

static void check_donation(u8 donate, u8 idle)
{
	volatile struct vpa *vpa = vpa_of(0);
	u32 used = idle ? 0 : 2, unused = 2 - used;
	u64 ready = be64_to_cpu(vpa->wait_ready), before[4], given, start = mftb();

	for (u32 i = 0; i < 4; i++)
		before[i] = be64_to_cpu(vpa->donated[i]);
	vpa->donate_dedicated = donate;
	vpa->idle = idle;
	do { /* until the decrementer does not expire before H_CEDE */
		check(mftb() - start < PATIENCE, "no wait");
		cede_for(5 * TICKS_PER_MS);
	} while (be64_to_cpu(vpa->wait_ready) == ready);
	vpa->donate_dedicated = 0;
	ready = be64_to_cpu(vpa->wait_ready) - ready;
	given = be64_to_cpu(vpa->donated[used]) - before[used];
	check(given == (donate ? ready : 0), "donated %lu of %lu ticks", given, ready);
	check(be64_to_cpu(vpa->donated[used + 1]) - before[used + 1] == given, "another SPURR");
	check(be64_to_cpu(vpa->donated[unused]) == before[unused], "donated when idle is %u", idle);
}

static void test_donation(void)
{
	for (u32 i = 0; i < 8; i++)
		check_donation(i / 2 % 2, i % 2);
}

int main(void)
{
	dedicated = guest_argument("dedicated", 0) != 0;
	interrupt_init();
	cppr(PRIORITY_NONE);
	check(processor_count == 2, "is for two processors");
	test_registration();
	test_counts();
	test_waits();
	test_reasons();
	if (!dedicated)
		test_slices();
	test_masks();
	test_ring();
	if (guest_argument("donates", 0))
		test_donation();
	return 0;
}
