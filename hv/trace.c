// SPDX-License-Identifier: Apache-2.0
#include "hv/trace.h"
#include "hv/cpu.h"
#include "hv/machine.h"

void trace_on(struct cpu *cpu, enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b)
{
	struct trace_ring *ring = &cpu->trace;
	u64 next = ring->next;

	ring->record[next % TRACE_RECORDS] = (struct trace_record){
		.timebase = machine_timebase(),
		.type = type,
		.lpar_id = lpar_id,
		.vp = vp,
		.a = a,
		.b = b,
	};
	__atomic_store_n(&ring->next, next + 1, __ATOMIC_RELEASE);
}

void trace(enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b)
{
	trace_on(cpu_this(), type, lpar_id, vp, a, b);
}
