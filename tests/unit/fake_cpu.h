/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hv/cpu.h without hardware, and the clock: for tests of what runs partitions. What a partition
 * does with the processor is a function of the test. What must never happen ends the test.
 */
#ifndef TESTS_UNIT_FAKE_CPU_H
#define TESTS_UNIT_FAKE_CPU_H

#include "hv/cpu.h"
#include "hv/machine.h"
#include "types.h"

struct fake_cpu {
	u64 now;  /* the timebase; stands still … */
	u64 tick; /* … but for this much each time it is read */
	/* One visit; the last if @vp runs no more, the time is @until, or resched is set. */
	void (*run)(struct vp *vp, u64 until);
	void (*idle)(u64 until);
	void (*load)(struct vp *vp); /* @vp's registers come from memory, and go there; both */
	void (*save)(struct vp *vp); /* may be NULL */
	void (*on_dec)(void);	     /* whenever the decrementer is read; may be NULL */
	u32 loads;		     /* vps that got a processor */
	u32 lpar_loads;		     /* partitions that did */
	u32 kicks;
	bool kicked[MACHINE_MAX_CPUS]; /* by number of the processor: it was not there since */
	u32 refreshes;
	u64 rmo_offset; /* for cpu_rmo() */
};

extern struct fake_cpu fake_cpu;

/* The processor. Each thread has its own. */
extern __thread struct cpu cpu_self;

/* A new machine: nothing is loaded, the trace is empty, the timebase is 1000. */
void fake_cpu_init(void);

/* Has this processor been kicked? For a fake_cpu.run or .idle that takes long. */
bool fake_cpu_kicked(void);

#endif
