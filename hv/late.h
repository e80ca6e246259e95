/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who must start now. All entitlements are due at the end of the window; on several processors one
 * who waits too long cannot get all of his any more, though others have time to spare: three who
 * are entitled to 0.66 each fit onto two processors only if the third begins before 0.34 of the
 * window is over. So whoever has no time left goes first, before one who has ("zero laxity first").
 * A single processor needs none of this.
 */
#ifndef HV_LATE_H
#define HV_LATE_H

#include "types.h"

struct cpu;
struct dispatch_queue;
struct vp;

/* @queue's lock is held: says when somebody who waits there must start, for all processors to see.
 */
void late_publish(struct dispatch_queue *queue);

/*
 * Until when @cpu, whose running virtual processor is on a grant, may go on before somebody who
 * waits anywhere must start. The end of its turn if that has no time to spare itself.
 */
u64 late_until(const struct cpu *cpu);

/* The one who waits on @queue and must start at @now, NULL: nobody. The lock is held. */
struct vp *late_first(const struct dispatch_queue *queue, u64 now);

/* Does somebody wait on another processor than @cpu who must start now? No lock. */
struct cpu *late_elsewhere(const struct cpu *cpu);

#endif
