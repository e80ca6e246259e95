// SPDX-License-Identifier: Apache-2.0
/*
 * H_CEDE and H_PROD: what ends a wait, what does not, and that no wake-up is ever lost. For two or
 * more processors.
 */
#include <stdio.h>
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "cede";

#define SAMPLES	  32
#define DEC_EARLY 4096	/* ticks that the emulator may take for some instructions */
#define WAIT	  20000 /* ticks that something that should not end a wait is given */

/* H_CEDE with the decrementer @ticks away. Returns how long it took. */
static u64 cede_for(u32 ticks)
{
	u64 start = mftb();

	dec_set(ticks);
	cede();
	return mftb() - start;
}

/* Nothing has happened: only the decrementer ends H_CEDE. */
static void check_waits(const char *after)
{
	u64 took = cede_for(WAIT);

	check(took + DEC_EARLY >= WAIT, "after %s, H_CEDE took %lu ticks of %u", after, took, WAIT);
	dec_set(DEC_FAR);
	interrupts_set(true);
	interrupts_set(false);
}

/* Something has happened: H_CEDE returns long before the decrementer, which is seconds away. */
static void check_returns(const char *after)
{
	u64 before = seen_self()->decrementers, took = cede_for(DEC_FAR);

	check(seen_self()->decrementers == before, "after %s, H_CEDE waited %lu ticks", after,
	      took);
}

static void test_decrementer(void)
{
	volatile struct seen *self = seen_self();
	u64 samples[SAMPLES];

	for (u32 i = 0; i < SAMPLES; i++) {
		u32 ticks = 500 + i * 4000;
		u64 before = self->decrementers, took = cede_for(ticks);

		check(took + DEC_EARLY >= ticks, "H_CEDE took %lu of %u ticks", took, ticks);
		interrupts_set(true);
		wait_for(&self->decrementers, before + 1, "decrementer after H_CEDE");
		interrupts_set(false);
		samples[i] = took - MIN(took, (u64)ticks);
	}
	printf("cede: %lu ticks late\n", median(samples, SAMPLES));

	/* One that has expired already, with MSR[EE] off. */
	for (u32 i = 0; i < SAMPLES; i++) {
		u64 before = self->decrementers;

		dec_set(0);
		wait_ticks(2000);
		check(self->decrementers == before, "a decrementer with MSR[EE] off");
		cede();
		interrupts_set(true);
		wait_for(&self->decrementers, before + 1, "decrementer expired before H_CEDE");
		interrupts_set(false);
	}
}

static void test_external(void)
{
	volatile struct seen *self = seen_self();

	for (u32 i = 0; i < SAMPLES; i++) {
		u64 before = self->externals;

		ipi(server_self(), PRIORITY_NORMAL);
		check_returns("H_IPI");
		check(self->externals == before + 1, "H_CEDE returned before the interrupt");
		check_waits("an interrupt that was served");

		cppr(PRIORITY_NORMAL);
		ipi(server_self(), PRIORITY_NORMAL);
		check_waits("an interrupt that is not more favoured than CPPR");
		check(self->externals == before + 1, "an interrupt not more favoured than CPPR");
		ipi(server_self(), PRIORITY_NONE);
		cppr(PRIORITY_NONE);
	}
}

/* One H_PROD ends one H_CEDE, many before it count as one. */
static void test_prod_self(void)
{
	for (u32 i = 0; i < SAMPLES; i++) {
		for (u32 prods = 0; prods <= i % 3; prods++)
			prod(0);
		check_returns("H_PROD");
		check_waits("an H_PROD that was used");
	}
}

static void test_prod_parameters(void)
{
	static const u64 bad[] = {0x7fff, 64, 1UL << 32, 1UL << 63, ~0UL, ~1UL};
	u64 regs[HCALL_REGISTERS];
	s64 rc;

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		rc = hcall(H_PROD, bad[i]);
		check(rc == H_PARAMETER, "H_PROD of %lx: %ld", bad[i], rc);
	}
	check_waits("an H_PROD of nobody");
	for (u32 i = 0; i < HCALL_REGISTERS; i++)
		regs[i] = i == 0 ? server_self() : 0x1234567800000000UL + i;
	check(hcall_registers(H_PROD, regs) == H_SUCCESS, "H_PROD of oneself");
	check(regs[0] == server_self(), "H_PROD changed R4 to %lx", regs[0]);
	for (u32 i = 1; i < HCALL_REGISTERS; i++)
		check(regs[i] == 0x1234567800000000UL + i, "H_PROD changed R%u to %lx", i + 4,
		      regs[i]);
	check_returns("H_PROD");
}

static u32 stopped_state(u32 index)
{
	u32 cells[RTAS_CELLS] = {processor_table[index].number};

	check(rtas_call("query-cpu-stopped-state", 1, 2, cells) == 0, "query-cpu-stopped-state");
	return cells[1];
}

/* A stopped processor has nothing to be woken from, and starts without memory of H_PROD. */
static void stopped_waits(u64 unused)
{
	(void)unused;
	cppr(PRIORITY_NONE);
	check_waits("an H_PROD before the start");
	cppr(0);
}

static void test_prod_stopped(void)
{
	check(hcall(H_PROD, processor_table[1].number) == H_SUCCESS, "H_PROD of a stopped one");
	wait_ticks(WAIT);
	check(stopped_state(1) == 0, "H_PROD started a processor");
	processor_start(1, stopped_waits, 0);
	processor_join(1);
}

/* --- waking each other --- */

static volatile u64 ball, ball_end;

/* Two processors wake each other with H_PROD and nothing else. */
static void player(u64 index)
{
	cppr(PRIORITY_NONE);
	while (ball < ball_end) {
		while (ball % 2 != index % 2 && ball < ball_end) {
			dec_set(DEC_FAR);
			cede();
		}
		ball++;
		prod(1 - index);
	}
}

static void test_ping_pong(u64 rounds)
{
	u64 start = mftb(), before = seen[0].decrementers + seen[1].decrementers;

	ball = 0;
	ball_end = rounds;
	processor_start(1, player, 1);
	player(0);
	processor_join(1);
	/* A lost wake-up ends after seconds, by the decrementer. */
	check(seen[0].decrementers + seen[1].decrementers <=
		      before + (mftb() - start) / DEC_FAR * 2 + 2,
	      "wake-ups were lost");
	printf("cede: %lu ticks for each H_PROD and H_CEDE of two\n", (mftb() - start) / rounds);
}

#define KINDS 2

struct sleeper {
	volatile u64 expected[KINDS]; /* wakes of each kind that were sent */
	volatile u64 seen;	      /* of them all, that it has noticed */
	volatile bool ready;
} __aligned(128);

static struct sleeper sleeper_table[PROCESSOR_MAX];
static volatile bool stop;

/* Waits for whatever comes, at times with the decrementer soon. */
static void sleeper(u64 index)
{
	struct sleeper *self = &sleeper_table[index];
	struct random random = {index};

	cppr(PRIORITY_NONE);
	self->ready = true;
	while (!stop) {
		u64 sum = self->expected[0] + self->expected[1];

		if (self->seen != sum) {
			self->seen = sum;
			continue;
		}
		/* Every third wait may last for seconds. */
		dec_set(random_next(&random) % 3 == 0 ? DEC_FAR : random_next(&random) % 100000);
		cede();
	}
	cppr(0);
}

/* Wakes @index in the way @kind, and waits until it is awake. */
static void wake(u32 index, u32 kind)
{
	struct sleeper *sleeper = &sleeper_table[index];
	u64 sum;

	sleeper->expected[kind]++;
	sum = sleeper->expected[0] + sleeper->expected[1];
	__asm__ volatile("sync" : : : "memory");
	if (kind == 0)
		prod(index);
	else
		ipi(processor_table[index].number, PRIORITY_NORMAL);
	wait_for(&sleeper->seen, sum, "awake");
}

static void test_sleepers(u64 rounds)
{
	struct random random = {1};
	u64 start = mftb();

	stop = false;
	for (u32 i = 1; i < processor_count; i++) {
		sleeper_table[i].ready = false;
		processor_start(i, sleeper, i);
		while (!sleeper_table[i].ready)
			hcall(H_CONFER, ~0UL, 0);
	}
	for (u64 i = 0; i < rounds; i++)
		for (u32 p = 1; p < processor_count; p++)
			wake(p, random_next(&random) % KINDS);
	stop = true;
	for (u32 i = 1; i < processor_count; i++) {
		prod(i);
		processor_join(i);
	}
	printf("cede: %lu ticks for each of %lu wake-ups\n",
	       (mftb() - start) / (rounds * (processor_count - 1)), rounds * (processor_count - 1));
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 200);

	check(processor_count > 1, "needs two processors");
	interrupt_init();
	cppr(PRIORITY_NONE);
	test_decrementer();
	test_external();
	test_prod_self();
	test_prod_parameters();
	test_prod_stopped();
	printf("cede: alone\n");
	test_ping_pong(rounds * 10);
	test_sleepers(rounds);
	return 0;
}
