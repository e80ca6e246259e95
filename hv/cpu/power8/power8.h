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

/*
 * fp.S: the halves of the floating-point and vector registers. MSR[FP], [VEC] and [VSX] are on.
 */
void fp_save(struct vp_fp *fp);
void fp_load(const struct vp_fp *fp);
void fp_clear(void);
void vmx_save(struct vp_fp *fp);
void vmx_load(const struct vp_fp *fp);
void vmx_clear(void);
void all_clear(void); /* both halves */

/* context.c: before cpu_load(); nobody knows what the firmware left in its registers. */
void context_init(void);

/*
 * context.c: @vp, which has ceded, stays loaded while its processor dozes. What goes on counting
 * meanwhile, or is used for something else, is kept and brought back.
 */
void context_rest(struct vp *vp);
void context_resume(struct cpu *cpu, const struct vp *vp);

/* slb.c: takes away @vp's segment lookaside buffer, or brings it back. */
void slb_save(struct vp *vp);
void slb_load(const struct vp *vp);

/* exit.c: deals with the reason for which @vp left its partition. */
void vp_exit(struct cpu *cpu, struct vp *vp);

/* crash.c: called by entry.S on the crash stack. */
void crash(const struct crash_frame *frame) __noreturn;

/* icp.c: the processor's own interrupt presentation controller, @cpu being the caller's. */
void icp_hw_init(struct cpu *cpu);
void icp_hw_arm(struct cpu *cpu);	/* raise an interrupt to ourselves */
void icp_hw_disarm(struct cpu *cpu);	/* withdraw it, and take a kick with it */
void icp_hw_interrupt(struct cpu *cpu); /* take whatever is presented */
void icp_hw_answer(struct cpu *cpu);	/* the same and messages, after a nap */

/*
 * timebase.c: whether a partition has written the time base, where it can. timebase_mark() when
 * @cpu's virtual time base was loaded, timebase_check() after each visit of @vp: then the time base
 * is put right and the partition ends. Before that check, the virtual one and cpu->ahead tell it.
 */
void timebase_init(struct cpu *cpu);
void timebase_mark(struct cpu *cpu);
void timebase_check(struct cpu *cpu, struct vp *vp);

/* LPCR without a partition: what is always on, and while the processor naps. */
#define LPCR_NAP	(LPCR_DPFD_DEFAULT | LPCR_ONL | LPCR_HDEE | LPCR_EEE | LPCR_DEE | LPCR_OEE)
#define LPCR_HYPERVISOR (LPCR_NAP | LPCR_HDICE)

#endif
