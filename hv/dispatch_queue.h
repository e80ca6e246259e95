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

	/* --- this processor's own, others read what they like without the lock --- */
	struct vp *running;   /* who is dispatched; NULL: nobody */
	struct lpar *owner;   /* whose dedicated processor this is; NULL: shared. Pool lock */
	struct vp *dedicated; /* the one virtual processor of @owner that it belongs to */
	u64 window_end;	      /* timebase */
	u32 window;	      /* number of the present window */
	u64 slice_end;	      /* timebase at which the turn of @running ends */
	u64 charged;	      /* up to here the time has been accounted for */
	u64 granted_from;     /* where the present grant of @running began */
	u64 surplus_key;      /* virtual time of the first that waits for surplus; ~0: nobody */
	u32 activity;	      /* enum dispatch_activity */
	u32 forget;	      /* 1: somebody waits in dispatch_left() for this processor */
};

enum dispatch_activity {
	DISPATCH_IDLE,	   /* naps */
	DISPATCH_SURPLUS,  /* runs somebody on surplus, or lent */
	DISPATCH_ENTITLED, /* runs somebody on entitlement, or its owner */
	DISPATCH_BUSY,	   /* in the hypervisor, will look at its queues before anything else */
};

#endif
