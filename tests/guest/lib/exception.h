/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions that arrive in a test partition. */
#ifndef GUEST_EXCEPTION_H
#define GUEST_EXCEPTION_H

#include "types.h"

#define EXCEPTION_SYSTEM_RESET 0x100
#define EXCEPTION_DATA_STORAGE 0x300
#define EXCEPTION_DATA_SEGMENT 0x380
#define EXCEPTION_INST_STORAGE 0x400
#define EXCEPTION_INST_SEGMENT 0x480
#define EXCEPTION_EXTERNAL     0x500
#define EXCEPTION_ALIGNMENT    0x600
#define EXCEPTION_PROGRAM      0x700
#define EXCEPTION_FP	       0x800
#define EXCEPTION_DECREMENTER  0x900
#define EXCEPTION_DOORBELL     0xa00
#define EXCEPTION_SYSTEM_CALL  0xc00
#define EXCEPTION_TRACE	       0xd00
#define EXCEPTION_FACILITY     0xf60

/* SRR1 of a program interrupt */
#define PROGRAM_ILLEGAL	   0x80000
#define PROGRAM_PRIVILEGED 0x40000
#define PROGRAM_TRAP	   0x20000

/* The interrupted state; a handler may change it. Offsets are in asm.h. */
struct exception {
	u64 gpr[32];
	u64 nip, msr; /* SRR0 and SRR1 */
	u64 ctr, lr, xer, cr;
	u64 dar, dsisr;
	u64 vector;
	u64 reserved;
};

typedef void exception_handler(struct exception *exception);

/* Sets up the vectors. An exception nobody handles fails the test. */
void exception_init(void);

/* Makes every vector branch to @entry (below 32 MiB) with r1 = its number, the old r1 in SPRG0. */
void exception_vectors_branch(void (*entry)(void));

/* Writes @size bytes of code at @vector. */
void exception_vector_code(u32 vector, const void *code, size_t size);

/* Installs @handler, or none if NULL, for @vector (0x100 … 0xf80), on all processors. */
void exception_handle(u32 vector, exception_handler *handler);

/*
 * Calls @function(@arg). Returns 0 when it returned, or the vector of the first exception without
 * a handler, which ended it, with its state in @caught (may be NULL). MSR is as before the call.
 */
u32 exception_try(void (*function)(u64 arg), u64 arg, struct exception *caught);

#endif
