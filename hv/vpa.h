/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the dispatcher tells a partition in its virtual processor areas, and what the partition
 * tells about its registers. hv/vpa_hcall.c registers areas, with the partition's lock held; the
 * dispatcher takes none: an area that a partition takes back while that processor is switched may
 * get one last update, in the partition's own memory.
 *
 * The dispatcher writes to real addresses that were checked when the area was registered. So
 * memory is not taken away from a partition while an area is registered in it (struct vp_area says
 * where): who wants to must refuse, or see to it that the partition deregisters first. All areas
 * are forgotten when a partition starts afresh. stop-self keeps them: LoPAR lets others register
 * areas for a stopped processor, which start-cpu must then find.
 */
#ifndef HV_VPA_H
#define HV_VPA_H

#include "hv/vp.h"
#include "types.h"

struct cpu;

/*
 * The dispatcher's view of an area, in one word because no lock is taken: where it is, which is a
 * multiple of 128, and how many entries there is room for. 0: not registered.
 */
#define VPA_HANDLE_ENTRIES 0x7fUL

/*
 * @vp gets processor @cpu, or loses it: the dispatch count in its area, if it registered one,
 * becomes the next even or odd number; dispersions, wait times, and its dispatch trace log follow.
 * vp->left_at, ready_at, capacity_at, dispatched_at and the reasons say what to write. Whatever the
 * partition wrote there is no harm. Called by the processor itself, no lock held.
 */
void vpa_dispatch(struct vp *vp, const struct cpu *cpu);
void vpa_preempt(struct vp *vp);

/*
 * The dispatch count as the hypervisor remembers it, whatever the partition has written over it:
 * odd while @vp is not dispatched. Any processor. LoPAR "H_CONFER".
 */
u32 vpa_dispatch_count(const struct vp *vp);

/* Registers that @vp has in use and wants kept while it is not dispatched. No area: all of them. */
#define VPA_KEEP_FP  1u
#define VPA_KEEP_VMX 2u
#define VPA_KEEP_PMU 4u
#define VPA_KEEP_EBB 8u /* event-based branches */
#define VPA_KEEP_ALL (VPA_KEEP_FP | VPA_KEEP_VMX | VPA_KEEP_PMU | VPA_KEEP_EBB)

u32 vpa_keep(const struct vp *vp);

/*
 * The SLB shadow buffer of @vp, for the functions below; 0 when it has registered none and all 32
 * entries are to be kept.
 */
u64 vpa_slb_shadow(const struct vp *vp);

/* How many bolted SLB entries it says that it has: 0 … VP_SLB_SIZE. They are entries 0, 1, … */
u32 vpa_slb_bolted(u64 shadow);

/*
 * A copy of bolted entry @i, less than what vpa_slb_bolted() returned, without an index. Whatever
 * the partition wrote, slbmte takes it; what is reserved becomes an entry that is not valid.
 */
struct vp_slb vpa_slb_entry(u64 shadow, u32 i);

/*
 * May the processor of this dedicated-processor partition be lent while @vp is ceded? Both its
 * profile and the partition have to want it.
 */
bool vpa_donates(const struct vp *vp);

#endif
