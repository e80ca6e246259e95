/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the dispatcher tells a partition in its virtual processor areas, and what the partition
 * tells about its registers. Registration belongs to the partition's lock; the dispatcher takes
 * none: an area that a partition takes back or moves while another of its processors is switched
 * may get one last update, in its own memory.
 */
#ifndef HV_VPA_H
#define HV_VPA_H

#include "hv/vp.h"
#include "types.h"

struct cpu;

/*
 * @vp gets processor @cpu, or loses it: the dispatch count in its area, if it registered one,
 * becomes the next even or odd number; dispersions, wait times, and its dispatch trace log follow.
 * vp->left_at, ready_at, capacity_at, dispatched_at and the reasons say what to write. Whatever the
 * partition wrote there is no harm. Called by the processor itself, no lock held.
 */
void vpa_dispatch(struct vp *vp, const struct cpu *cpu);
void vpa_preempt(struct vp *vp);

/* The dispatch count as the hypervisor remembers it: odd while @vp is not dispatched. */
u32 vpa_dispatch_count(const struct vp *vp);

/* Registers that @vp has in use and wants kept while it is not dispatched. No area: all of them. */
#define VPA_KEEP_FP  1u
#define VPA_KEEP_VMX 2u
#define VPA_KEEP_PMU 4u

u32 vpa_keep(const struct vp *vp);

/*
 * The bolted SLB entries of @vp in its SLB shadow buffer: copies up to @max of them to @slb and
 * returns how many; -1 when it has registered none and all 32 entries are to be kept. They are
 * entries 0, 1, … in this order; the others start empty.
 */
int vpa_slb_shadow(const struct vp *vp, struct vp_slb *slb, int max);

/* May the processor of this dedicated-processor partition be lent while @vp is ceded? */
bool vpa_donates(const struct vp *vp);

#endif
