/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs next, where, and for how long. Time is cut into dispatch windows of 10 ms. In each of
 * them every shared-processor partition that wants it gets its entitlement (hv/share.h); the rest
 * goes to uncapped partitions by weight. Each physical processor has queues of its own
 * (hv/dispatch_queue.h); one that runs out takes somebody over who waits elsewhere. A dedicated
 * processor runs its owner's virtual processor, and others only while that is idle and its
 * partition lends it.
 */
#ifndef HV_DISPATCH_H
#define HV_DISPATCH_H

#include "hv/vp.h"
#include "types.h"

struct cpu;
struct lpar;

#define DISPATCH_WINDOW_US	  10000
#define DISPATCH_LEAST_US	  500  /* nobody loses a processor to others of its kind earlier */
#define DISPATCH_SURPLUS_US	  2000 /* a turn on surplus, at most … */
#define DISPATCH_SURPLUS_LEAST_US 100  /* … and at least */

/* Ticks in a window. */
u64 dispatch_window(void);

/* @cpu is about to run its dispatcher; before dispatch_run() and before others may see it. */
void dispatch_cpu_init(struct cpu *cpu);

/*
 * Starts @vp (stopped) at @pc with @r3 in R3 and all else as after a reset. The caller has made
 * sure that it is stopped and holds the partition's lock. Returns false, with nothing done, while
 * its last life has not left its processor yet.
 */
bool dispatch_start(struct vp *vp, u64 pc, u64 r3);

/* Makes @vp, stopped and prepared from vp_reset() on, runnable. As for dispatch_start(). */
void dispatch_ready(struct vp *vp);

/*
 * Stops @vp, in whatever state. If it is the caller's own it leaves its partition before the
 * hypercall ends; elsewhere it leaves soon.
 */
void dispatch_stop(struct vp *vp);

/* Is @vp stopped, and nothing of it on a processor any more? Then it can be started. */
bool dispatch_vp_left(const struct vp *vp);

/*
 * All of @lpar's virtual processors are stopped: has every processor let go of them, of its page
 * table and of all that is cached of it? Any that has not is told to; ask again later.
 */
bool dispatch_left(struct lpar *lpar);

/*
 * Ends @vp's wait in H_CEDE, if it is in one, for @reason. Any processor; may be called with an ICP
 * or ICS lock held.
 */
void dispatch_wake(struct vp *vp, enum vp_ready_reason reason);

/* Ends @vp's wait in H_CEDE or H_JOIN, or keeps its next one from waiting. LoPAR "H_PROD". */
void dispatch_prod(struct vp *vp);

/*
 * @vp, the caller's own, waits for an external interrupt, its decrementer or H_PROD. Returns at
 * once, with nothing done, when one of them is there already. MSR[EE] is on. LoPAR "H_CEDE".
 */
void dispatch_cede(struct vp *vp);

/*
 * @vp, the caller's own, waits for H_PROD or a system reset, and for nothing else; a remembered
 * H_PROD ends it at once. Returns whether it waits. LoPAR "H_JOIN", "H_CONFER" to itself.
 */
bool dispatch_join(struct vp *vp);

/*
 * @vp, the caller's own, gives its turn away: to @target, of the same partition, if that is ready
 * to run and waits, or with @target NULL to whoever is next. LoPAR "H_CONFER".
 */
void dispatch_confer(struct vp *vp, struct vp *target);

/* @vp takes a system reset interrupt as soon as it can. LoPAR "H_SIGNAL_SYS_RESET". */
void dispatch_system_reset(struct vp *vp);

/*
 * For the dispatcher only, with the lock of @home's queue held: takes @vp, which waits there, for
 * @cpu; false when it cannot be had now. Then, with the lock of @cpu's queue held: dispatch_taken()
 * says whether it still wants to run; in no queue then.
 */
bool dispatch_take(struct cpu *cpu, struct cpu *home, struct vp *vp);
bool dispatch_taken(struct vp *vp);

/*
 * Likewise, for @vp that is ready on @home, which its owner may want back: takes it for a processor
 * of the shared pool and returns that; NULL when it cannot be had now, or is the owner's own. Then,
 * without any lock: it waits there, @entitled as for queue_announce().
 */
struct cpu *dispatch_guest_take(struct cpu *home, struct vp *vp);
void dispatch_guest_arrive(struct cpu *to, struct vp *vp, bool entitled);

/*
 * Likewise: makes those ready whose wake time is @now or earlier. The lock of @cpu's queue is held.
 * Returns the one that is in no queue, as nobody else waits for what he is entitled to; or NULL.
 */
struct vp *dispatch_expire(struct cpu *cpu, u64 now);

/* Likewise: @vp, ready and in no queue, waits on @home. Returns whether it is entitled to run. */
bool dispatch_enqueue(struct cpu *home, struct vp *vp);

/*
 * Accounts for @cpu's (the caller's) time until now, and finds who is to run on it and until when:
 * returns NULL when it is to save power until *@until. Everything that the loop does, but running.
 */
struct vp *dispatch_next(struct cpu *cpu, u64 *until);

/* Runs partitions on @cpu for ever. */
void dispatch_run(struct cpu *cpu) __noreturn;

#endif
