/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs next, and for how long: round robin over the runnable virtual processors, a fixed time
 * slice each.
 */
#ifndef HV_DISPATCH_H
#define HV_DISPATCH_H

#include "types.h"

struct cpu;
struct lpar;
struct vp;

#define DISPATCH_SLICE_US 10000

/*
 * Starts @vp (stopped) at @pc with @r3 in R3 and all else as after a reset. The caller has made
 * sure that it is stopped and holds the partition's lock.
 */
void dispatch_start(struct vp *vp, u64 pc, u64 r3);

/* Makes @vp, stopped and prepared from vp_reset() on, runnable. As for dispatch_start(). */
void dispatch_ready(struct vp *vp);

/*
 * Stops @vp, in whatever state; it leaves its partition before the caller's hypercall ends if it
 * is the caller's own.
 */
void dispatch_stop(struct vp *vp);

/* Ends @vp's wait in H_CEDE, if it is in one. Any processor; may be called with an ICP lock held.
 */
void dispatch_wake(struct vp *vp);

/* Runs partitions on @cpu for ever. */
void dispatch_run(struct cpu *cpu) __noreturn;

#endif
