// SPDX-License-Identifier: Apache-2.0
/*
 * Interrupts between and within the virtual processors of a partition: priorities, delivery at the
 * moment they are enabled, the decrementer, H_CEDE and H_PROD, starting and stopping processors.
 */
#include <stdio.h>
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "interrupts";

#define SAMPLES	  64
#define DEC_EARLY 4096 /* ticks that the emulator may take for some instructions */

/* H_CEDE that only the decrementer ends. The emulator may deliver its interrupt a little later. */
static void cede_decrementer(void)
{
	u64 before = seen_self()->decrementers, dec;

	cede();
	dec = mfspr(SPRN_DEC);
	check((s32)dec < DEC_EARLY || seen_self()->decrementers > before,
	      "H_CEDE ended with the decrementer at %lx", dec);
	interrupts_set(true);
	wait_for(&seen_self()->decrementers, before + 1, "decrementer after H_CEDE");
	interrupts_set(false);
}

static void test_presentation(void)
{
	u64 regs[HCALL_REGISTERS] = {0};
	u32 xirr, self = server_self();

	cppr(PRIORITY_NONE);
	check(XISR(xirr_accept()) == 0, "an interrupt nobody sent");
	cppr(PRIORITY_NONE);
	ipi(self, PRIORITY_NORMAL);
	regs[0] = self;
	check(hcall_registers(H_IPOLL, regs) == H_SUCCESS && XISR(regs[0]) == XISR_IPI &&
		      regs[1] == PRIORITY_NORMAL,
	      "H_IPOLL: XIRR %lx, MFRR %lx", regs[0], regs[1]);
	xirr = xirr_accept();
	check(XISR(xirr) == XISR_IPI && CPPR(xirr) == PRIORITY_NONE, "H_XIRR gave %x", xirr);
	check(XISR(xirr_accept()) == 0, "accepted twice");
	ipi(self, PRIORITY_NORMAL - 2); /* more favoured: comes through */
	check(xirr_accept() == (PRIORITY_NORMAL << 24 | XISR_IPI), "no nested interrupt");
	ipi(self, PRIORITY_NONE);
	eoi(PRIORITY_NORMAL << 24 | XISR_IPI);
	eoi(xirr);
	check(XISR(xirr_accept()) == 0, "an interrupt after all were taken back");
	cppr(PRIORITY_NONE);

	cppr(PRIORITY_NORMAL);
	ipi(self, PRIORITY_NORMAL);
	check(XISR(xirr_accept()) == 0, "an interrupt not more favoured than CPPR");
	cppr(PRIORITY_NONE);
	xirr = xirr_accept();
	check(XISR(xirr) == XISR_IPI, "a lower CPPR did not let the interrupt through");
	ipi(self, PRIORITY_NONE);
	eoi(xirr);
	check(hcall(H_IPI, 0x7fff, 0) == H_PARAMETER, "H_IPI to nobody");
	check(hcall(H_IPI, ~0UL, 0) == H_PARAMETER, "H_IPI to nobody");
}

/* An interrupt that comes while MSR[EE] = 0 is there at the moment MSR[EE] becomes 1. */
static void test_enabling(void)
{
	volatile struct seen *self = seen_self();
	u64 samples[SAMPLES];

	for (u32 i = 0; i < SAMPLES; i++) {
		u64 before = self->externals, start;

		ipi(server_self(), PRIORITY_NORMAL);
		if (i % 4 == 0)
			wait_ticks(TICKS_PER_MS * 15); /* longer than a time slice */
		check(self->externals == before, "an interrupt with MSR[EE] = 0");
		start = mftb();
		interrupts_set(true);
		wait_for(&self->externals, before + 1, "interrupt at enabling");
		interrupts_set(false);
		samples[i] = self->external_time - start;
	}
	printf("interrupts: %lu ticks from enabling to the handler\n", median(samples, SAMPLES));
	check(median(samples, SAMPLES) < TICKS_PER_MS, "the interrupt came late: %lu ticks",
	      median(samples, SAMPLES));

	for (u32 i = 0; i < SAMPLES; i++) {
		u64 before = self->externals, start;

		cppr(PRIORITY_NORMAL);
		ipi(server_self(), PRIORITY_NORMAL);
		interrupts_set(true);
		wait_ticks(1000);
		check(self->externals == before, "an interrupt not more favoured than CPPR");
		start = mftb();
		cppr(PRIORITY_NONE);
		wait_for(&self->externals, before + 1, "interrupt at H_CPPR");
		interrupts_set(false);
		samples[i] = self->external_time - start;
	}
	check(median(samples, SAMPLES) < TICKS_PER_MS, "the interrupt came late: %lu ticks",
	      median(samples, SAMPLES));
}

/* An interrupt that is taken back may or may not come, but leaves nothing behind. */
static void test_withdrawal(void)
{
	volatile struct seen *self = seen_self();
	u64 before = self->externals;

	for (u32 i = 0; i < SAMPLES; i++) {
		ipi(server_self(), PRIORITY_NORMAL);
		ipi(server_self(), PRIORITY_NONE);
		interrupts_set(true);
		wait_ticks(100);
		interrupts_set(false);
	}
	check(self->externals <= before + SAMPLES, "more interrupts than were sent");
	before = self->externals;
	interrupts_set(true);
	wait_ticks(100);
	interrupts_set(false);
	check(self->externals == before, "an interrupt nobody sent");
	ipi(server_self(), PRIORITY_NORMAL);
	cede();
	check(self->externals == before + 1, "H_CEDE with an interrupt pending");
}

static void test_decrementer(void)
{
	volatile struct seen *self = seen_self();
	u64 samples[SAMPLES], before, start;

	for (u32 i = 0; i < SAMPLES; i++) {
		u32 ticks = 1000 + i * 2000;

		start = mftb();
		dec_set(ticks);
		cede_decrementer();
		check(self->decrementer_time - start + DEC_EARLY >= ticks, "after %lu of %u ticks",
		      self->decrementer_time - start, ticks);
		samples[i] = self->decrementer_time - start - ticks;
	}
	printf("interrupts: %lu ticks late after H_CEDE\n", median(samples, SAMPLES));
	for (u32 i = 0; i < SAMPLES / 4; i++) {
		before = self->decrementers;
		dec_set(10000);
		wait_ticks(i % 2 ? 20000 : TICKS_PER_MS * 15);
		check(self->decrementers == before, "a decrementer with MSR[EE] = 0");
		start = mftb();
		interrupts_set(true);
		wait_for(&self->decrementers, before + 1, "decrementer at enabling");
		interrupts_set(false);
		samples[i] = self->decrementer_time - start;
	}
	check(median(samples, SAMPLES / 4) < TICKS_PER_MS, "the decrementer came late: %lu ticks",
	      median(samples, SAMPLES / 4));
}

static void test_prod_self(void)
{
	for (u32 i = 0; i < SAMPLES; i++) {
		dec_set(DEC_FAR);
		check(hcall(H_PROD, server_self()) == H_SUCCESS, "H_PROD");
		cede(); /* at once */
		dec_set(5000);
		cede_decrementer(); /* the prod is used up */
	}
	check(hcall(H_PROD, 0x7fff) == H_PARAMETER, "H_PROD of nobody");
}

static volatile u64 stop, woken[PROCESSOR_MAX];

/* Waits in H_CEDE for IPIs, or spins for them with interrupts on (odd processors, at times). */
static void receiver(u64 index)
{
	cppr(PRIORITY_NONE);
	dec_set(DEC_FAR);
	woken[index] = 1;
	for (u64 i = 0; !stop; i++) {
		if (i % 3 == index % 3) {
			interrupts_set(true);
			wait_ticks(2000);
			interrupts_set(false);
		}
		cede();
		woken[index]++;
	}
	cppr(0);
}

static void test_ipi(u64 rounds)
{
	u64 samples[SAMPLES];

	stop = 0;
	for (u32 p = 1; p < processor_count; p++) {
		woken[p] = 0;
		processor_start(p, receiver, p);
		wait_for(&woken[p], 1, "processor start");
	}
	for (u64 i = 0; i < rounds; i++)
		for (u32 p = 1; p < processor_count; p++) {
			u64 before = seen[p].externals, start = mftb();

			ipi(processor_table[p].number, PRIORITY_NORMAL);
			wait_for(&seen[p].externals, before + 1, "IPI to another processor");
			samples[i % SAMPLES] = seen[p].external_time - start;
		}
	printf("interrupts: %lu ticks from H_IPI to another processor's handler\n",
	       median(samples, MIN(rounds, (u64)SAMPLES)));
	for (u64 i = 0; i < rounds; i++)
		for (u32 p = 1; p < processor_count; p++) {
			u64 before = woken[p];

			check(hcall(H_PROD, processor_table[p].number) == H_SUCCESS, "H_PROD");
			wait_for(&woken[p], before + 1, "H_PROD of another processor");
		}
	stop = 1;
	for (u32 p = 1; p < processor_count; p++) {
		hcall(H_PROD, processor_table[p].number);
		processor_join(p);
	}
}

static volatile u64 ball, ball_end;

/* Two processors wake each other by IPI and sleep in between: no wake-up may be lost. */
static void player(u64 index)
{
	cppr(PRIORITY_NONE);
	dec_set(DEC_FAR);
	while (ball < ball_end) {
		while (ball % 2 != index % 2 && ball < ball_end)
			cede();
		ball++;
		ipi(processor_table[1 - index].number, PRIORITY_NORMAL);
	}
	cppr(0);
}

static void test_ping_pong(u64 rounds)
{
	u64 start = mftb();

	ball = 0;
	ball_end = rounds;
	processor_start(1, player, 1);
	player(0);
	processor_join(1);
	cppr(PRIORITY_NONE);
	xirr_accept();
	ipi(server_self(), PRIORITY_NONE);
	cppr(PRIORITY_NONE);
	printf("interrupts: %lu ticks for each turn of two processors\n",
	       (mftb() - start) / rounds);
}

static void touch(u64 address)
{
	*(volatile u64 *)address += 1;
}

static void test_start_stop(u64 rounds)
{
	u32 cells[RTAS_CELLS] = {0x7fff, 0, 0};
	static u64 count[PROCESSOR_MAX];

	check(rtas_call("start-cpu", 3, 1, cells) < 0, "start-cpu of nobody: %d", (s32)cells[0]);
	cells[0] = server_self();
	check(rtas_call("start-cpu", 3, 1, cells) < 0, "start-cpu of oneself: %d", (s32)cells[0]);
	for (u64 i = 0; i < rounds; i++)
		for (u32 p = 1; p < processor_count; p++) {
			processor_start(p, touch, (u64)&count[p]);
			processor_join(p);
			check(count[p] == i + 1, "processor %u ran %lu times of %lu", p, count[p],
			      i + 1);
		}
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 50);

	interrupt_init();
	test_presentation();
	test_enabling();
	test_withdrawal();
	test_decrementer();
	test_prod_self();
	printf("interrupts: one processor\n");
	if (processor_count > 1) {
		test_start_stop(20);
		test_ipi(rounds);
		test_ping_pong(rounds * 40);
	}
	return 0;
}
