// SPDX-License-Identifier: Apache-2.0
/*
 * What calls cost: "BENCH name TICKS CALLS", timebase ticks for so many calls with the cost of the
 * loop around them taken off. Under -icount 1 ns is one instruction, otherwise ticks are time.
 */
#include <stdio.h>
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/mmu.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "nullcall";

#define REPEATS	    20
#define UNKNOWN	    0x3fc /* LoPAR gives this number to nobody */
#define TERM_CALLS  32	  /* what the terminal takes without being busy */
#define DRAIN_TICKS (50 * 512000)

typedef s64 call_function(u64 number, u64 regs[HCALL_REGISTERS]);

/* One round of a measured sequence, through @call. */
typedef void round_function(call_function *call);

static u64 free_memory;

static void round_unknown(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	call(UNKNOWN, regs);
}

static void round_prod_self(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = 0;
	call(H_PROD, regs);
}

static void round_prod_bad(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = 0x7fff;
	call(H_PROD, regs);
}

static void round_set_dabr(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = 0;
	call(H_SET_DABR, regs);
}

static void round_confer(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = ~0UL;
	regs[1] = 0;
	call(H_CONFER, regs);
}

static void round_cppr(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = 0xff;
	call(H_CPPR, regs);
}

/* The decrementer stays expired; its handler only turns interrupts off again. */
static void round_cede(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	call(H_CEDE, regs);
}

/* Send, accept, take back, end. */
static void round_ipi(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = processor_table[0].number, regs[1] = 5;
	call(H_IPI, regs);
	call(H_XIRR, regs);
	regs[2] = regs[0];
	regs[0] = processor_table[0].number, regs[1] = 0xff;
	call(H_IPI, regs);
	regs[0] = regs[2];
	call(H_EOI, regs);
}

static void round_enter_remove(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = H_FLAG_EXACT, regs[1] = 8, regs[2] = 0x5000001, regs[3] = free_memory | HPTE_R_M;
	call(H_ENTER, regs);
	regs[0] = 0, regs[1] = 8, regs[2] = 0;
	call(H_REMOVE, regs);
}

static void round_put_term_char(call_function *call)
{
	u64 regs[HCALL_REGISTERS];

	regs[0] = console_unit, regs[1] = 16;
	regs[2] = regs[3] = 0x2020202020202020;
	call(H_PUT_TERM_CHAR, regs);
}

static u32 rtas_args[] __aligned(64) = {0, 1, 2, 0, 0, 0};

static void round_rtas(call_function *call)
{
	if (call == hcall_registers)
		rtas_call_raw(rtas_args);
}

static u64 rounds_time(round_function *round, call_function *call, u64 calls)
{
	u64 start = mftb();

	for (u64 i = 0; i < calls; i++)
		round(call);
	return mftb() - start;
}

/* The best of some repeats: what disturbs can only add. */
static void measure(const char *name, round_function *round, u64 calls, u64 pause)
{
	u64 with = ~0UL, without = ~0UL;

	/* The least of each: a round that a time slice's end falls into takes longer. */
	for (u32 i = 0; i < REPEATS; i++) {
		without = MIN(without, rounds_time(round, hcall_nothing, calls));
		with = MIN(with, rounds_time(round, hcall_registers, calls));
		for (u64 start = mftb(); mftb() - start < pause;)
			;
	}
	printf("BENCH %s %lu %lu\n", name, with > without ? with - without : 0, calls);
	for (u64 start = mftb(); mftb() - start < pause;)
		;
}

/* mfsrr1 r0; clear MSR[EE] in it; mtsrr1 r0; rfid */
static const u32 decrementer_code[] = {0x7c1b02a6, 0x78008042, 0x78008000, 0x7c1b03a6, 0x4c000024};

int main(void)
{
	u64 calls = guest_argument("calls", 500);

	free_memory = guest_free_memory(guest_rmo_size()).base;
	measure("null_hcall_unknown", round_unknown, calls, 0);
	measure("null_hcall_prod_self", round_prod_self, calls, 0);
	measure("hcall_prod_bad_number", round_prod_bad, calls, 0);
	measure("hcall_set_dabr", round_set_dabr, calls, 0);
	measure("hcall_confer_all", round_confer, calls, 0);
	measure("hcall_cppr", round_cppr, calls, 0);
	measure("hcall_ipi_xirr_ipi_eoi", round_ipi, calls, 0);
	measure("hcall_enter_remove", round_enter_remove, calls, 0);
	rtas_args[0] = rtas_token("query-cpu-stopped-state");
	measure("rtas_query_cpu_stopped_state", round_rtas, calls, 0);
	exception_vector_code(EXCEPTION_DECREMENTER, decrementer_code, sizeof(decrementer_code));
	dec_set(0);
	while ((u32)mfspr(SPRN_DEC) < 0x80000000)
		;
	measure("hcall_cede_expired", round_cede, calls, 0);
	dec_set(0x7fffffff);
	measure("hcall_put_term_char_16", round_put_term_char, TERM_CALLS, DRAIN_TICKS);
	return 0;
}
