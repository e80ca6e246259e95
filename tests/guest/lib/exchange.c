// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "tests/guest/lib/asm.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/exchange.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/spr.h"

_Static_assert(offsetof(struct registers, lr) == REGISTERS_LR, "asm.h");
_Static_assert(offsetof(struct registers, fpscr) == REGISTERS_FPSCR, "asm.h");
_Static_assert(offsetof(struct registers, vsr) == REGISTERS_VSR, "asm.h");
_Static_assert(sizeof(struct registers) == REGISTERS_SIZE, "asm.h");

extern const u8 exchange_decrementer[], exchange_decrementer_end[];
void exchange_exception(void);
void exchange_unexpected(u64 vector, u64 nip, u64 msr, u64 dar);

void exchange_unexpected(u64 vector, u64 nip, u64 msr, u64 dar)
{
	mtspr(SPRN_SPRG3, processor_table);
	test_fail("exception", (int)vector, "unexpected exception %#lx at %#lx, msr %#lx, dar %#lx",
		  vector, nip, msr, dar);
}

void exchange_vectors(void)
{
	exception_vectors_branch(exchange_exception);
	exception_vector_code(EXCEPTION_DECREMENTER, exchange_decrementer,
			      exchange_decrementer_end - exchange_decrementer);
}

u64 exchange_interrupts(void)
{
	return *(volatile u64 *)guest_low_memory(SCRATCH_INTERRUPTS);
}
