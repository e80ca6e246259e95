// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "tests/guest/lib/asm.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/processor.h"

#define VECTOR_FIRST 0x100
#define VECTOR_LAST  0xf80
#define VECTOR_STEP  0x20

#define INSN_MTSPRG0_R1 0x7c3043a6
#define INSN_LI_R1	0x38200000
#define INSN_BA		0x48000002

void exception_entry(void);
void exception_try_resume(void);
u32 exception_try_call(u64 arg, void (*function)(u64), struct processor *processor);
void exception_dispatch(struct exception *exception, struct processor *processor);

static exception_handler *handler_table[VECTOR_LAST / VECTOR_STEP + 1];
static struct exception last_caught[PROCESSOR_MAX];

void exception_dispatch(struct exception *exception, struct processor *processor)
{
	exception_handler *handler = handler_table[exception->vector / VECTOR_STEP];

	if (handler) {
		handler(exception);
		return;
	}
	if (!processor->try_sp)
		test_fail("exception", (int)exception->vector,
			  "unexpected exception %#lx at %#lx, msr %#lx, dar %#lx, dsisr %#lx, "
			  "lr %#lx, processor %u",
			  exception->vector, exception->nip, exception->msr, exception->dar,
			  exception->dsisr, exception->lr, processor->number);
	last_caught[processor - processor_table] = *exception;
	exception->gpr[1] = processor->try_sp;
	exception->gpr[3] = exception->vector;
	exception->gpr[5] = (u64)processor;
	exception->nip = (u64)exception_try_resume;
	exception->msr = processor->try_msr;
}

void exception_vector_code(u32 vector, const void *code, size_t size)
{
	u8 *at = guest_low_memory(vector);

	memcpy(at, code, size);
	__asm__ volatile("dcbst 0, %0; sync; icbi 0, %0; sync; isync" : : "r"(at) : "memory");
}

void exception_vectors_branch(void (*entry)(void))
{
	for (u32 vector = VECTOR_FIRST; vector <= VECTOR_LAST; vector += VECTOR_STEP) {
		u32 code[] = {INSN_MTSPRG0_R1, INSN_LI_R1 | vector, INSN_BA | (u32)(u64)entry};

		if (vector % 0x80 == 0 || vector >= 0xe00)
			exception_vector_code(vector, code, sizeof(code));
	}
}

void exception_init(void)
{
	exception_vectors_branch(exception_entry);
}

void exception_handle(u32 vector, exception_handler *handler)
{
	handler_table[vector / VECTOR_STEP] = handler;
}

u32 exception_try(void (*function)(u64 arg), u64 arg, struct exception *caught)
{
	struct processor *processor = processor_self();
	u32 vector = exception_try_call(arg, function, processor);

	if (vector && caught)
		*caught = last_caught[processor - processor_table];
	return vector;
}
