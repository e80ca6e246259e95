/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt presentation calls and H_CEDE, which must succeed. */
#ifndef GUEST_INTERRUPT_H
#define GUEST_INTERRUPT_H

#include "tests/guest/lib/processor.h"
#include "types.h"

#define XISR(xirr)	((xirr)&0xffffff)
#define CPPR(xirr)	((xirr) >> 24 & 0xff)
#define XISR_IPI	2
#define PRIORITY_NONE	0xff
#define PRIORITY_NORMAL 5
#define DEC_FAR		0x7fffffff /* the decrementer's largest value, about four seconds */

u32 xirr_accept(void);
void ipi(u32 server, u32 priority);
void eoi(u32 xirr);
void cppr(u32 priority);

/* Interrupt server number of this processor. */
u32 server_self(void);

/* H_CEDE, called with MSR[EE] off. Its interrupts have been taken, and MSR[EE] is off again. */
void cede(void);

/* H_PROD of processor_table[@index]. */
void prod(u32 index);

/* What a processor's handlers have seen. */
struct seen {
	u64 externals, decrementers, resets;
	u64 last_xirr, external_time, decrementer_time;
} __aligned(128);

extern volatile struct seen seen[PROCESSOR_MAX];

volatile struct seen *seen_self(void);

/*
 * Installs handlers that count: external interrupts, which have to be IPIs and are ended; the
 * decrementer, which is put far away; system resets.
 */
void interrupt_init(void);

#endif
