/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets a processor that has become free: somebody entitled who waits for it, or for another
 * one; somebody who waits for surplus; on a dedicated processor its own virtual processor.
 */
#ifndef HV_PICK_H
#define HV_PICK_H

#include "types.h"

struct cpu;
struct vp;

/*
 * The first in turn on @cpu (the caller's) whose partition has entitlement left: his turn begins.
 * Those who have none go to wait for surplus or the next window. NULL: nobody is left. The lock of
 * the processor's queue is held.
 */
struct vp *pick_entitled(struct cpu *cpu);

/*
 * The same for @vp, who is in no queue and comes before all others: NULL if it has to wait after
 * all.
 */
struct vp *pick_woken(struct cpu *cpu, struct vp *vp);

/*
 * Ought @cpu to take somebody over from another processor though somebody waits here? One who must
 * start now, if nobody has to here; or one who has had no turn in this window, if the first here
 * has had one. Then pick() does. The lock of the processor's queue is held.
 */
bool pick_elsewhere(const struct cpu *cpu);

/*
 * Those who wait on @cpu, a dedicated one, but belong to the shared pool go there. No lock is held,
 * and nobody else's context may be loaded who has not been told that he lost the processor.
 */
void pick_move_guests(struct cpu *cpu);

/* Whoever is to run on @cpu, from any queue: his turn begins; NULL: nobody. No lock is held. */
struct vp *pick(struct cpu *cpu);

#endif
