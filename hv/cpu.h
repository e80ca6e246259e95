/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A physical processor, and what the rest of the hypervisor asks of one. Implemented for each
 * processor family in hv/cpu/FAMILY/.
 */
#ifndef HV_CPU_H
#define HV_CPU_H

#include "hv/dispatch_queue.h"
#include "hv/share.h"
#include "hv/trace.h"
#include "types.h"

struct crash_frame;
struct lpar;
struct vp;

struct cpu {
	/* --- known to assembly --- */
	struct vp *vp;	  /* in the partition, or last to be */
	u64 r12, cfar;	  /* saved by vectors */
	u64 stack;	  /* where vp_enter() left the hypervisor's registers */
	u64 emergency[3]; /* saved by the vectors that may hit the hypervisor */
	struct crash_frame *crash;
	u32 resets; /* system resets that hit the hypervisor and were dropped */
	u64 vector; /* between a vector and vp->exit_vector */
	u64 lost;   /* where a system reset took SRR0 and SRR1, not 0 until vp_exit() has seen it */

	/* --- the rest --- */
	u32 number; /* 0 … machine.nr_cpus - 1 */
	u32 pir;
	u64 icp_base;
	struct vp *loaded; /* whose context the registers hold; NULL = nobody's */
	struct lpar *lpar; /* whose page table and LPID are loaded */
	u64 lpcr;	   /* what is on in any partition */
	u64 ahead; /* ticks that the time base is ahead of the virtual one, for timebase.c … */
	u64 ahead_doubt; /* … or up to so many less … */
	u64 ahead_noise; /* … or any other number out of so many */
	struct dispatch_queue queue;
	struct cpu_use use;
	struct trace_ring trace;
};

/* This processor. */
struct cpu *cpu_this(void);

/* Prepares the processor that calls to run partitions; @cpu becomes cpu_this(). */
void cpu_init(struct cpu *cpu);

/*
 * Brings everything of @vp behind the general registers into this processor, after taking away
 * what was there; what was taken away may be loaded by any processor from then on (vp->loaded is
 * NULL, stored last). @vp: running, not loaded anywhere else; NULL: nobody.
 */
void cpu_load(struct cpu *cpu, struct vp *vp);

/* Only takes away. */
void cpu_unload(struct cpu *cpu);

/*
 * Runs @vp (loaded) in its partition, delivers its interrupts and deals with why it left, until
 * timebase @until, until cpu->queue.resched is set, or until it is not VP_RUNNING any more.
 */
void cpu_run(struct cpu *cpu, struct vp *vp, u64 until);

/*
 * Saves power until timebase @until at the latest or until a kick. What is loaded, of a virtual
 * processor that has ceded, stays so.
 */
void cpu_idle(struct cpu *cpu, u64 until);

/*
 * Makes @cpu, another one, come to its dispatcher soon: ends its cpu_idle() or its visit to a
 * partition. What was stored before is seen by it there. One that is on its way anyhow may come
 * once more than needed. Any processor, any lock may be held.
 */
void cpu_kick(struct cpu *cpu);

/* Timebase at which the decrementer of @vp, loaded on this processor, passes or passed zero. */
u64 cpu_dec_expires(const struct vp *vp);

/* The processor utilization register of whom this processor has loaded. */
u64 cpu_purr(void);

/*
 * This processor takes away whatever is loaded, forgets the partition that it last ran, and empties
 * its TLB: before a partition's memory or number goes to somebody else.
 */
void cpu_forget(struct cpu *cpu);

/*
 * A partition-wide setting (@vp->lpar's lpcr, pcr) or one of @vp's debug registers (dawr, dawrx,
 * ciabr) was changed by @vp's own hypercall: brings it into this processor now.
 */
void cpu_refresh(struct vp *vp);

/*
 * How the processors want a real mode region of @size bytes: it starts @offset behind a multiple of
 * @align, and LPCR has @lpcr. @size: 32, 64, 128 or 256 MiB.
 */
struct rmo {
	u64 align, offset;
	u64 lpcr;
};

struct rmo cpu_rmo(u64 size);

#endif
