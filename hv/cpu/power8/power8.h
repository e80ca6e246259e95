/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share. */
#ifndef HV_CPU_POWER8_POWER8_H
#define HV_CPU_POWER8_POWER8_H

#include "hv/cpu.h"
#include "hv/msr.h"
#include "hv/vp.h"

/* Registers at an interrupt that hit the hypervisor itself. */
struct crash_frame {
	u64 gpr[32];
	u64 lr, srr0, srr1, vector, ctr, xer, cr;
};

/* entry.S */
void vp_enter(struct vp *vp);
void cpu_nap(void);

/* fp.S: floating-point and vector registers, with the MSR bits they need. */
void fp_save(struct vp_fp *fp);
void fp_load(const struct vp_fp *fp);

/* exit.c: deals with the reason for which @vp left its partition. */
void vp_exit(struct cpu *cpu, struct vp *vp);

/* crash.c: called by entry.S on the crash stack. */
void crash(const struct crash_frame *frame) __noreturn;

/* icp.c: the processor's own interrupt presentation controller. */
void icp_hw_init(struct cpu *cpu);
void icp_hw_arm(struct cpu *cpu);	/* raise an interrupt to ourselves */
void icp_hw_disarm(struct cpu *cpu);	/* withdraw it */
void icp_hw_interrupt(struct cpu *cpu); /* take whatever is presented */

/*
 * timebase.c: whether a partition has written the time base. timebase_mark() before a visit of @vp
 * and timebase_check() after it tell; then the time base is put right and the partition ends.
 */
struct timebase_mark {
	u64 ahead; /* ticks the time base is ahead of the virtual one … */
	u64 doubt; /* … or up to so many less */
};

struct timebase_mark timebase_mark(void);
void timebase_check(struct vp *vp, struct timebase_mark mark);

/* LPCR without a partition: what is always on. */
#define LPCR_HYPERVISOR (LPCR_DPFD_DEFAULT | LPCR_ONL | LPCR_EEE | LPCR_DEE | LPCR_OEE | LPCR_HDICE)

/* LPCR for @vp on its next entry. */
u64 lpcr_for(const struct vp *vp);

#endif
