/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a physical processor's dispatcher keeps: the virtual processors that wait for it. Part of
 * struct cpu. Its lock is the only one on the dispatch path, and no two of them are ever held at
 * once; others take it to wake somebody here, or to take somebody over who waits.
 */
#ifndef HV_DISPATCH_QUEUE_H
#define HV_DISPATCH_QUEUE_H

#include "hv/lock.h"
#include "hv/pqueue.h"
#include "types.h"

struct cpu;
struct lpar;
struct vp;

struct vp_list {
	struct vp *first, *last;
	u32 length;
};

struct dispatch_queue {
	struct lock lock;
	struct vp_list entitled; /* in the order of their turns */
	struct pqueue surplus;	 /* used up their entitlement; by virtual time */
	struct vp_list parked;	 /* used it up and may have no more in this window */
	struct pqueue timers;	 /* ceded ones (and some that were woken since), by wake time */
	u32 nr_surplus;
	u32 surplus_weight; /* of all who wait for surplus here */

	/* --- this processor's own, others read what they like without the lock --- */
	struct vp *running;   /* who is dispatched; NULL: nobody */
	u32 resched;	      /* 1: come to the dispatcher, whatever *until was; set by anybody */
	bool yield;	      /* @running gives its turn away */
	struct vp *urgent;    /* the last of those at the head of @entitled that were woken; lock */
	struct lpar *owner;   /* whose dedicated processor this is; NULL: shared. Pool lock */
	struct vp *dedicated; /* the one virtual processor of @owner that it belongs to */
	u64 window_end;	      /* timebase */
	u32 window;	      /* number of the present window */
	u64 late_at;	      /* when somebody of @entitled must start; see hv/late.h */
	u64 slice_end;	      /* timebase at which the turn of @running ends */
	u64 charged;	      /* up to here the time has been accounted for */
	u64 run_from;	      /* when @running got the processor */
	u64 granted;	      /* ticks of entitlement that it has; 0: it runs on surplus */
	u64 granted_from;     /* when that began */
	bool cut;	      /* the end of the window made the turn shorter */
	u64 surplus_key;      /* of the first that waits for surplus, while nr_surplus is not 0 */
	u64 surplus_ticks;    /* left of the window when the first one in it got surplus; 0: none */
	u32 worked;	      /* number of the last window in which it did a step of work */
	u32 activity;	      /* enum dispatch_activity */
	u32 forget;	      /* 1: somebody waits in dispatch_left() for this processor */
};

enum dispatch_activity {
	DISPATCH_IDLE,	   /* naps */
	DISPATCH_SURPLUS,  /* runs somebody on surplus, or lent */
	DISPATCH_ENTITLED, /* runs somebody on entitlement, or its owner */
	DISPATCH_BUSY,	   /* in the dispatcher, will look at @resched before anything else */
};

/* Times that make the dispatcher what it is, in ticks; see hv/dispatch.h. */
extern struct dispatch_ticks {
	u64 window, least, surplus, surplus_least;
} dispatch_ticks;

/* Of two timebases less than half their range apart. */
static inline bool reached(u64 now, u64 when)
{
	return (s64)(now - when) >= 0;
}

static inline u64 earlier(u64 a, u64 b)
{
	return (s64)(a - b) < 0 ? a : b;
}

/* --- what follows wants the queue's lock held --- */

/*
 * @vp, in no queue, waits for its turn on @queue: behind all others, or with @urgent, when it was
 * woken and still has entitlement, before those who were not.
 */
void queue_entitled(struct dispatch_queue *queue, struct vp *vp, bool urgent);

/* Before all others: somebody gives his turn away to it. */
void queue_entitled_first(struct dispatch_queue *queue, struct vp *vp);

/* Behind those who were woken: it had to give way to them. */
void queue_entitled_again(struct dispatch_queue *queue, struct vp *vp);

/* @vp, in no queue, has used up its entitlement: it waits for surplus, or for the next window. */
void queue_used_up(struct dispatch_queue *queue, struct vp *vp);

/* Takes @vp out of whatever queue it is in. */
void queue_remove(struct dispatch_queue *queue, struct vp *vp);

/* The same for the first of those who wait for their turn. */
void queue_remove_first(struct dispatch_queue *queue, struct vp *vp);

/* The window that @now is in is the present one. */
void queue_set_window(struct dispatch_queue *queue, u64 now);

/* The window turns, @now is in the next one or later: everybody has entitlement again. */
void queue_turn(struct dispatch_queue *queue, u64 now);

/* The one that waits for surplus and whose partition has had the least, NULL: nobody. */
struct vp *queue_surplus_first(struct dispatch_queue *queue);

/* Somebody of virtual time @key gets surplus: nobody who comes later may start before that. */
void queue_virtual_advance(u64 key);

/* @vp (ceded) is to be woken at vp->wake_at; no longer. */
void queue_timer_add(struct dispatch_queue *queue, struct vp *vp);
void queue_timer_remove(struct dispatch_queue *queue, struct vp *vp);

/* The first that is to be woken at @now or earlier, taken out; NULL: nobody. */
struct vp *queue_timer_expired(struct dispatch_queue *queue, u64 now);

/* --- without the lock --- */

/* Does anybody wait who could have a processor now? A look without the lock, as good as that is. */
static inline bool queue_waiting(const struct dispatch_queue *queue)
{
	return __atomic_load_n(&queue->entitled.length, __ATOMIC_SEQ_CST) != 0 ||
	       __atomic_load_n(&queue->nr_surplus, __ATOMIC_SEQ_CST) != 0;
}

/* Locks the queue of @vp's home and returns that processor; NULL, nothing locked: it has none. */
struct cpu *queue_lock_home(const struct vp *vp);

/*
 * Makes @cpu, whichever it is, come to its dispatcher soon, unless it is on its way. Any lock may
 * be held. What was stored before is seen there.
 */
void queue_resched(struct cpu *cpu);

/*
 * Somebody waits on @home, which is not locked any more, @entitled to run or for surplus only:
 * tells a processor that ought to run it. In the order of preference its home, if that naps;
 * another that does; one that runs somebody on surplus; its home, which will look before long.
 */
void queue_announce(struct cpu *home, bool entitled);

/* Calls a processor that naps, if there is one that was not called already. */
bool queue_call_idle(void);

/* Says what @cpu, the caller's own, does now. */
void queue_set_activity(struct cpu *cpu, enum dispatch_activity activity);

/*
 * May @cpu run virtual processors of the shared pool now? A dedicated one while its own is ceded
 * and both the profile and the partition (vpa_donates()) lend it.
 */
bool queue_lends(struct cpu *cpu);

/* Processors that nap and may run somebody of the shared pool, a bit for each number. */
u32 queue_idle_mask(void);

#endif
