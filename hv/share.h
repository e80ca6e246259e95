/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shared-processor partition's claim to processor time: its entitlement, which is a number of
 * ticks in every dispatch window (10 ms), and its weight in what is left over.
 *
 * Virtual processors get their time as grants: before one is dispatched, some of the partition's
 * ticks of this window are given to it, and what it has not used comes back. So a partition with
 * processors on many physical ones never gets more than it has, and nobody needs a lock. What is
 * used beyond a grant (the time it takes to interrupt) is a debt that the next window pays.
 *
 * Who uses time beyond its entitlement moves the partition's virtual time ahead, by the ticks it
 * used divided by the weight. The one with the least virtual time goes first, which shares the
 * surplus in proportion to the weights. LoPAR "Virtual Processor Preempt/Dispatch".
 */
#ifndef HV_SHARE_H
#define HV_SHARE_H

#include "types.h"

#define SHARE_UNITS_PER_PROC 100 /* an entitlement of 1.00 */
#define SHARE_WEIGHT_MAX     255

struct share {
	u64 entitled; /* ticks in a window */
	u32 units;    /* the same in hundredths of a processor */
	u32 weight;   /* 0: no surplus, as for a capped partition */
	u64 budget;   /* number of a window << 32 | ticks not granted yet; 0: never used */
	u64 rest;     /* what the last window left of the budget, in the same form */
	u64 virtual;  /* virtual time */
	u32 wanting;  /* its virtual processors that run or are ready to */
};

/* Where a partition's processor time went, in ticks since it was created; changed atomically. */
struct lpar_use {
	u64 capped;	 /* within its entitlement, or on dedicated processors */
	u64 uncapped;	 /* beyond it */
	u64 idle;	 /* its dedicated processors waited for it */
	u64 donated;	 /* of its dedicated processors' time, used by others */
	u64 dispatches;	 /* virtual processor dispatches, a count */
	u64 dispersions; /* … of these on another processor than the last time */
	u64 entitled;	 /* what it was entitled to while activated … */
	u64 since;	 /* … up to this timebase; lpar.lock */
};

/* Where a physical processor's time went, in ticks. The sum is all the time up to queue.charged. */
struct cpu_use {
	u64 partitions; /* somebody was dispatched */
	u64 idle;	/* nobody wanted it */
	u64 hypervisor; /* management channel, work, and finding out what to do */
	u64 since;	/* timebase at which it began */
};

/*
 * Sets entitlement and weight; they count from the next grant on. @units: hundredths of a
 * processor, @window: ticks in a window, @weight: 0 … 255, 0 also for a capped partition.
 */
void share_set(struct share *share, u32 units, u64 window, u32 weight);

/*
 * Asks for up to @ticks of what the partition has in window number @window. Returns how many there
 * are for one virtual processor, 0 when all is given away. Any processor, no lock.
 */
u64 share_grant(struct share *share, u32 window, u64 ticks);

/* Ticks that share_grant() could still give in window number @window. */
u64 share_left(const struct share *share, u32 window);

/*
 * A virtual processor that was granted @grant ticks in window @window has used @used: gives back
 * the rest, or takes more from the budget, into debt if need be.
 */
void share_settle(struct share *share, u32 window, u64 grant, u64 used);

/*
 * A processor of the partition wanted @ticks in window number @window, now over, that the partition
 * had and that it did not get, because it waited for others or the window ended too early: they are
 * added to the next window, up to as much as that has.
 */
void share_carry(struct share *share, u32 window, u64 ticks);

/*
 * How long each of the partition's @wanting virtual processors is to run at once: the entitlement
 * divided fairly, but at least @least ticks.
 */
u64 share_slice(const struct share *share, u64 least);

/*
 * The virtual time at which one that waits for surplus is to be queued. One that did not want any
 * for some time starts at @now, the virtual time of the last one that got some.
 */
u64 share_queue_key(struct share *share, u64 now);

/* By how much @used ticks of surplus move the virtual time. */
u64 share_virtual(const struct share *share, u64 used);

/* @used ticks of surplus were used. */
void share_charge(struct share *share, u64 used);

#endif
