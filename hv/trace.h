/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trace: typed records stamped with the timebase, one ring per processor, always on. Every refusal
 * and every change of state leaves one.
 */
#ifndef HV_TRACE_H
#define HV_TRACE_H

#include "hmc/trace.h"
#include "types.h"

struct trace_record {
	u64 timebase;
	u32 type;
	u16 lpar_id; /* 0: the hypervisor */
	u16 vp;
	u64 a, b;
};

#define TRACE_RECORDS 512 /* per processor; a power of two */

struct trace_ring {
	u64 next; /* records ever written, complete ones; slot = next % TRACE_RECORDS */
	struct trace_record record[TRACE_RECORDS];
};

/* Adds a record to this processor's ring; a few dozen instructions, takes no lock. */
void trace(enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b);

/* The same where it is at hand which processor this is: @cpu. */
struct cpu;
void trace_on(struct cpu *cpu, enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b);

#endif
