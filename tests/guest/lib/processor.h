/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual processors of a test partition. */
#ifndef GUEST_PROCESSOR_H
#define GUEST_PROCESSOR_H

#include "tests/guest/lib/rtas.h"
#include "types.h"

#define PROCESSOR_MAX 64

/* The first fields are at offsets in asm.h. SPRG3 points to a processor's own. */
struct processor {
	u64 exception_sp;
	u64 vector; /* between a vector and its entry code */
	u64 try_sp, try_msr;
	u64 stack_top;
	u32 number; /* interrupt server number */
	bool started;
	void (*function)(u64 arg);
	u64 arg;
	u32 rtas_args[3 + RTAS_CELLS]; /* the call it makes */
};

extern struct processor processor_table[PROCESSOR_MAX];
extern u32 processor_count; /* in the device tree */

/* The one this runs on. */
struct processor *processor_self(void);

/* Finds the processors in the tree; the caller becomes processor_table[0]. */
void processor_init(void);

/*
 * Starts processor_table[@index] (1 … processor_count - 1) with RTAS start-cpu; it calls
 * @function(@arg) and stops itself when that returns.
 */
void processor_start(u32 index, void (*function)(u64 arg), u64 arg);

/* Waits until it has stopped itself. */
void processor_join(u32 index);

#endif
