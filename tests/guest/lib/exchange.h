/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All registers at once: load them with given values, make a hypervisor call or wait, and see what
 * became of them. For partitions with one processor.
 */
#ifndef GUEST_EXCHANGE_H
#define GUEST_EXCHANGE_H

#include "types.h"

/* Offsets are in asm.h. */
struct registers {
	u64 gpr[32];
	u64 lr, ctr, xer, cr;
	u64 srr0, srr1; /* only stored */
	u64 fpscr, vrsave;
	u64 vscr[2];
	u64 vsr[64][2];
} __aligned(16);

/*
 * Loads @want (FPSCR, VSCR and XER in it become what the hardware kept of them), makes the
 * hypervisor call that r3 … r12 describe, and stores all in @got. MSR[FP, VEC, VSX] must be on.
 */
void exchange_hcall(struct registers *want, struct registers *got);

/* The address behind the hypervisor call in exchange_hcall(). */
extern const u8 exchange_hcall_return[];

/* The same, but counts CTR down to 0 in place of the call: so many loops of one instruction. */
void exchange_spin(struct registers *want, struct registers *got);

/*
 * Takes over the vectors: a decrementer interrupt changes no register but the decrementer (to the
 * largest value) and is counted; every other exception fails the test. None uses an SPRG.
 */
void exchange_vectors(void);

/* Decrementer interrupts so far. */
u64 exchange_interrupts(void);

#endif
