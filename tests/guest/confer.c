// SPDX-License-Identifier: Apache-2.0
/*
 * The rest of the shared-processor calls: H_CONFER, H_JOIN, H_SIGNAL_SYS_RESET and those that tell
 * and set what the partition has. For two or more processors. The arguments "units=" and "weight="
 * say what the profile gives (hundredths; weight 0: capped), "max_units=" and "min_units=" its
 * limits; without "units=" that is not looked at.
 */
#include <stdio.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "confer";

#define SPRN_PURR 309
#define ALL	  (~0UL)
#define OTHERS	  (~1UL)

static volatile bool stop;
static volatile u64 progress[PROCESSOR_MAX];

/* Computes and never gives its turn away. */
static void spinner(u64 index)
{
	progress[index] = 1;
	while (!stop)
		progress[index]++;
}

static void others_start(void (*function)(u64 arg))
{
	stop = false;
	for (u32 i = 1; i < processor_count; i++) {
		progress[i] = 0;
		processor_start(i, function, i);
		while (progress[i] == 0)
			hcall(H_CONFER, ALL, 0);
	}
}

static void others_stop(void)
{
	stop = true;
	for (u32 i = 1; i < processor_count; i++) {
		prod(i);
		processor_join(i);
	}
}

/* --- H_CONFER --- */

static void test_confer_parameters(void)
{
	static const u64 bad[] = {0x7fff, 64, 1UL << 32, 1UL << 63, ~1UL};
	u64 regs[HCALL_REGISTERS];
	s64 rc;

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		rc = hcall(H_CONFER, bad[i], 1);
		check(rc == H_PARAMETER, "H_CONFER to %lx: %ld", bad[i], rc);
	}
	for (u32 i = 0; i < HCALL_REGISTERS; i++)
		regs[i] = i == 0 ? ALL : 0x1234567800000000UL + i;
	rc = hcall_registers(H_CONFER, regs);
	check(rc == H_SUCCESS, "H_CONFER to all: %ld", rc);
	check(regs[0] == ALL, "H_CONFER changed R4 to %lx", regs[0]);
	for (u32 i = 1; i < HCALL_REGISTERS; i++)
		check(regs[i] == 0x1234567800000000UL + i, "H_CONFER changed R%u to %lx", i + 4,
		      regs[i]);
	/* To one that is stopped, with any count. */
	for (u64 count = 0; count < 4; count++) {
		rc = hcall(H_CONFER, processor_table[1].number, count);
		check(rc == H_SUCCESS, "H_CONFER to a stopped one: %ld", rc);
	}
}

/*
 * To one that is not dispatched and computes. The caller comes back, with MSR[EE] off and its
 * decrementer far away, and the other has had a turn unless it was no longer waiting.
 */
static void test_confer_one(u64 rounds)
{
	u64 given = 0, lost = 0;

	area_register(1);
	others_start(spinner);
	while (given + lost < rounds) {
		u32 count = area_dispatch_count(1);
		u64 before = progress[1];
		s64 rc;

		if (count % 2 == 0) {
			rc = hcall(H_CONFER, processor_table[1].number, count);
			check(rc == H_SUCCESS, "H_CONFER to a dispatched one: %ld", rc);
			wait_ticks(100);
			lost++;
			continue;
		}
		rc = hcall(H_CONFER, processor_table[1].number, count - 2);
		check(rc == H_SUCCESS, "H_CONFER with an old count: %ld", rc);
		rc = hcall(H_CONFER, processor_table[1].number, count);
		check(rc == H_SUCCESS, "H_CONFER: %ld", rc);
		if (progress[1] == before && area_dispatch_count(1) == count)
			lost++;
		else
			given++;
	}
	others_stop();
	printf("confer: %lu turns given, %lu not\n", given, lost);
}

/* To all: the others, who all compute, get on. */
static void test_confer_all(u64 rounds)
{
	u64 before[PROCESSOR_MAX];

	others_start(spinner);
	for (u32 i = 1; i < processor_count; i++)
		before[i] = progress[i];
	for (u64 i = 0; i < rounds; i++) {
		s64 rc = hcall(H_CONFER, ALL, 0);

		check(rc == H_SUCCESS, "H_CONFER to all: %ld", rc);
	}
	for (u32 i = 1; i < processor_count; i++)
		wait_for(&progress[i], before[i] + 1, "a processor that others confer to");
	others_stop();
}

/*
 * To itself: until H_PROD, whatever else comes, as long as MSR[EE] is off. Before an H_PROD,
 * nothing is waited for.
 */
static void confer_self(u64 index)
{
	u32 self = processor_table[index].number;

	cppr(PRIORITY_NONE);
	check(hcall(H_PROD, self) == H_SUCCESS, "H_PROD of oneself");
	check(hcall(H_CONFER, self, 0) == H_SUCCESS, "H_CONFER to oneself after H_PROD");
	while (!stop) {
		dec_set(100); /* ends no wait with MSR[EE] off */
		progress[index]++;
		check(hcall(H_CONFER, self, 0) == H_SUCCESS, "H_CONFER to oneself");
		check((mfmsr() & MSR_EE) == 0, "H_CONFER turned MSR[EE] on");
	}
	cppr(0);
}

static void test_confer_self(u64 rounds)
{
	others_start(confer_self);
	for (u64 i = 0; i < rounds; i++)
		for (u32 p = 1; p < processor_count; p++) {
			u64 before = progress[p];

			ipi(processor_table[p].number, PRIORITY_NORMAL);
			wait_ticks(2000);
			check(progress[p] == before, "an interrupt or the decrementer ended "
						     "H_CONFER to oneself with MSR[EE] off");
			check(hcall(H_CONFER, processor_table[p].number, 1) == H_SUCCESS,
			      "H_CONFER to one that has conferred to itself");
			prod(p);
			wait_for(&progress[p], before + 1, "H_PROD ends H_CONFER to oneself");
			ipi(processor_table[p].number, PRIORITY_NONE);
		}
	others_stop();
}

/* With MSR[EE] on, the decrementer and interrupts end it as well. */
static void test_confer_self_enabled(u64 rounds)
{
	volatile struct seen *self = seen_self();

	for (u64 i = 0; i < rounds; i++) {
		u64 before = self->decrementers;

		/* Should it expire before the call, that waits for DEC_FAR. */
		dec_set(TICKS_PER_MS);
		interrupts_set(true);
		check(hcall(H_CONFER, server_self(), 0) == H_SUCCESS, "H_CONFER to oneself");
		wait_for(&self->decrementers, before + 1, "decrementer");
		interrupts_set(false);
		before = self->externals;
		interrupts_set(true);
		ipi(server_self(), PRIORITY_NORMAL);
		wait_for(&self->externals, before + 1, "IPI to oneself");
		interrupts_set(false);
		dec_set(DEC_FAR);
	}
}

/* --- H_JOIN --- */

static volatile u64 joined, last, released;

static void join(u64 index)
{
	s64 rc;

	progress[index] = 1;
	rc = hcall(H_JOIN);
	check(rc == H_SUCCESS || rc == H_CONTINUE, "H_JOIN: %ld", rc);
	if (rc == H_CONTINUE) {
		__atomic_add_fetch(&last, 1, __ATOMIC_SEQ_CST);
		for (u32 i = 0; i < processor_count; i++)
			if (i != index)
				prod(i);
	}
	__atomic_add_fetch(&released, 1, __ATOMIC_SEQ_CST);
}

static void test_join(u64 rounds)
{
	s64 rc;

	rc = hcall(H_JOIN);
	check(rc == H_CONTINUE, "H_JOIN of the only active processor: %ld", rc);
	interrupts_set(true);
	rc = hcall(H_JOIN);
	interrupts_set(false);
	check(rc == H_BAD_MODE, "H_JOIN with MSR[EE] on: %ld", rc);
	for (u64 i = 0; i < rounds; i++) {
		last = 0;
		released = 0;
		for (u32 p = 1; p < processor_count; p++)
			processor_start(p, join, p);
		if (i % 2)
			wait_ticks(i * 1000 % 20000);
		join(0);
		for (u32 p = 1; p < processor_count; p++)
			processor_join(p);
		check(last == 1, "%lu processors were the last to join", last);
		check(released == processor_count, "%lu of %u came back from H_JOIN", released,
		      processor_count);
		/* A late H_PROD of this round must not disturb the next. */
		hcall(H_PROD, server_self());
		cede();
	}
}

/* --- H_SIGNAL_SYS_RESET --- */

static void joiner(u64 index)
{
	cppr(PRIORITY_NONE);
	while (!stop) {
		progress[index]++;
		if (index % 3 == 0)
			check(hcall(H_CONFER, server_self(), 0) == H_SUCCESS, "H_CONFER");
		else if (index % 3 == 1)
			check(hcall(H_CEDE) == H_SUCCESS, "H_CEDE");
		else
			wait_ticks(1000);
		interrupts_set(false);
		dec_set(DEC_FAR);
	}
	cppr(0);
}

/* Until processor @index is back from its handler, which another system reset would hit. */
static void progress_await(u32 index)
{
	u64 before = progress[index], start = mftb();

	while (progress[index] == before) {
		prod(index);
		check(mftb() - start < PATIENCE, "processor %u is lost after a system reset",
		      index);
	}
}

static void test_system_reset(u64 rounds)
{
	static const u64 bad[] = {0x7fff, 64, 1UL << 32, 1UL << 63, ~2UL};
	u64 before[PROCESSOR_MAX];
	s64 rc;

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		rc = hcall(H_SIGNAL_SYS_RESET, bad[i]);
		check(rc == H_PARAMETER, "H_SIGNAL_SYS_RESET to %lx: %ld", bad[i], rc);
	}
	before[0] = seen[0].resets;
	rc = hcall(H_SIGNAL_SYS_RESET, server_self());
	check(rc == H_SUCCESS, "H_SIGNAL_SYS_RESET to oneself: %ld", rc);
	wait_for(&seen[0].resets, before[0] + 1, "system reset of oneself");
	others_start(joiner);
	for (u64 i = 0; i < rounds; i++) {
		static const u64 target[] = {OTHERS, ALL};

		for (u32 p = 0; p < processor_count; p++)
			before[p] = seen[p].resets;
		rc = hcall(H_SIGNAL_SYS_RESET, target[i % 2]);
		check(rc == H_SUCCESS, "H_SIGNAL_SYS_RESET: %ld", rc);
		for (u32 p = 1 - i % 2; p < processor_count; p++)
			wait_for(&seen[p].resets, before[p] + 1, "system reset");
		for (u32 p = 1; p < processor_count; p++)
			progress_await(p);
		check(i % 2 || seen[0].resets == before[0], "a system reset of all others hit me");
	}
	others_stop();
}

/* --- what the partition has --- */

/* Is most of an H_CEDE not used? */
static bool purr_rests(void)
{
	u64 regs[HCALL_REGISTERS] = {0}, tb = mftb(), first, waited;

	hcall_registers(H_PURR, regs);
	first = regs[0];
	dec_set(50 * TICKS_PER_MS);
	cede();
	hcall_registers(H_PURR, regs);
	waited = mftb() - tb;
	interrupts_set(true);
	interrupts_set(false);
	dec_set(DEC_FAR);
	return regs[0] - first < waited / 2;
}

static void test_purr(void)
{
	u64 regs[HCALL_REGISTERS] = {0}, tb, first, second;
	s64 rc = hcall_registers(H_PURR, regs);

	check(rc == H_SUCCESS, "H_PURR: %ld", rc);
	tb = mftb();
	hcall_registers(H_PURR, regs);
	first = regs[0];
	check(mfspr(SPRN_PURR) - first < 1000 * TICKS_PER_MS, "H_PURR is not PURR");
	wait_ticks(5 * TICKS_PER_MS);
	hcall_registers(H_PURR, regs);
	second = regs[0];
	check(second > first && second - first <= mftb() - tb, "H_PURR went from %lu to %lu", first,
	      second);
	/* While it waits it uses nothing; what the emulator loses around the wait is its own. */
	for (u32 tries = 1; !purr_rests(); tries++)
		check(tries < 10, "time was used in every one of %u H_CEDEs", tries);
}

static void test_pool(void)
{
	u64 regs[HCALL_REGISTERS] = {0}, idle;
	s64 rc = hcall_registers(H_PIC, regs);

	check(rc == H_SUCCESS || rc == H_AUTHORITY, "H_PIC: %ld", rc);
	if (rc == H_AUTHORITY)
		return;
	check(regs[1] >= 1 && regs[1] <= 64, "H_PIC: %lu processors in the pool", regs[1]);
	idle = regs[0];
	dec_set(50 * TICKS_PER_MS);
	cede();
	interrupts_set(true);
	interrupts_set(false);
	check(hcall_registers(H_PIC, regs) == H_SUCCESS, "H_PIC");
	check(regs[0] >= idle, "the pool's idle time went from %lu to %lu", idle, regs[0]);
	if (guest_argument("alone", 0))
		check(regs[0] > idle + 10 * TICKS_PER_MS, "the pool was idle for %lu ticks",
		      regs[0] - idle);
}

static void test_poll_pending(void)
{
	u32 pending = 0;

	for (u32 i = 0; i < 1000; i++) {
		s64 rc = hcall(H_POLL_PENDING);

		check(rc == H_SUCCESS || rc == H_PENDING, "H_POLL_PENDING: %ld", rc);
		pending += rc == H_PENDING;
	}
	printf("confer: %u times of 1000 work was pending\n", pending);
}

static void check_ppp(const char *after, u64 units, u64 weight, bool capped)
{
	u64 regs[HCALL_REGISTERS] = {0};
	s64 rc = hcall_registers(H_GET_PPP, regs);

	check(rc == H_SUCCESS, "H_GET_PPP: %ld", rc);
	check(regs[0] == units, "%s: entitled to %lu, not %lu", after, regs[0], units);
	check((regs[3] >> 48 & 1) == capped, "%s: R7 is %lx, capped %u", after, regs[3], capped);
	check((regs[3] >> 40 & 0xff) == weight, "%s: R7 is %lx, weight %lu", after, regs[3],
	      weight);
	check((regs[3] & 0xffff) >= 1, "%s: R7 is %lx, no processors", after, regs[3]);
	check((regs[3] >> 16 & 0xffff) <= (regs[3] & 0xffff), "%s: R7 is %lx, more in the pool",
	      after, regs[3]);
}

static void test_ppp(void)
{
	u64 units = guest_argument("units", 0), weight = guest_argument("weight", 0);
	u64 least = guest_argument("min_units", units), most = guest_argument("max_units", units);
	bool capped = weight == 0;
	s64 rc;

	rc = hcall(H_SET_PPP, units, 256);
	check(rc == H_PARAMETER, "H_SET_PPP of weight 256: %ld", rc);
	rc = hcall(H_SET_PPP, units, ~0UL);
	check(rc == H_PARAMETER, "H_SET_PPP of a huge weight: %ld", rc);
	if (!units)
		return;
	check_ppp("at first", units, weight, capped);
	rc = hcall(H_SET_PPP, most + 1, weight);
	check(rc == H_CONSTRAINED, "H_SET_PPP of too much: %ld", rc);
	check_ppp("too much", most, weight, capped);
	rc = hcall(H_SET_PPP, ~0UL, weight);
	check(rc == H_CONSTRAINED, "H_SET_PPP of far too much: %ld", rc);
	check_ppp("far too much", most, weight, capped);
	rc = hcall(H_SET_PPP, least - 1, weight);
	check(rc == H_CONSTRAINED, "H_SET_PPP of too little: %ld", rc);
	check_ppp("too little", least, weight, capped);
	if (!capped) {
		rc = hcall(H_SET_PPP, units, weight - 1);
		check(rc == H_SUCCESS, "H_SET_PPP: %ld", rc);
		check_ppp("a smaller weight", units, weight - 1, capped);
	}
	/* The profile's weight is the largest. */
	rc = hcall(H_SET_PPP, units, weight + 1);
	check(rc == H_CONSTRAINED, "H_SET_PPP of too large a weight: %ld", rc);
	check_ppp("too large a weight", units, weight, capped);
	rc = hcall(H_SET_PPP, units, weight);
	check(rc == H_SUCCESS, "H_SET_PPP: %ld", rc);
	check_ppp("as at first", units, weight, capped);
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 100);

	check(processor_count > 1, "needs two processors");
	interrupt_init();
	cppr(PRIORITY_NONE);
	test_purr();
	test_pool();
	test_poll_pending();
	test_ppp();
	printf("confer: what the partition has\n");
	test_confer_parameters();
	test_confer_one(rounds);
	test_confer_all(rounds);
	test_confer_self(rounds);
	test_confer_self_enabled(rounds);
	printf("confer: H_CONFER\n");
	test_join(rounds);
	printf("confer: H_JOIN\n");
	test_system_reset(rounds);
	return 0;
}
