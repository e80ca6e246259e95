/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last reference codes of a partition (hmc/refcode.h), with the time of each. Any processor may
 * add one at any time; the lock is held for a few instructions, and nothing is taken inside it.
 */
#ifndef PARTITION_REFCODE_H
#define PARTITION_REFCODE_H

#include "hmc/message.h"
#include "hmc/refcode.h"
#include "hv/lock.h"
#include "types.h"

#define REFCODES_KEPT 64 /* a power of two */

/* All zero is an empty history. */
struct refcodes {
	struct lock lock;
	u32 next; /* position of the next one; the first ever has 0 */
	struct hmc_refcode kept[REFCODES_KEPT];
};

struct partition;

/*
 * @code is how far @partition has come, with a word about it in @text (may be empty; cut off at
 * HMC_NAME_SIZE - 1 characters), and is announced. Said twice in a row it is one entry with the
 * later time, announced once: a partition gains nothing by repeating itself.
 */
void refcode_add(struct partition *partition, enum refcode code, const char *text);

/* The last one, zeros if there is none, and how many there have been. */
u32 refcode_last(struct refcodes *refcodes, struct hmc_refcode *last);

/*
 * Copies up to @count of them from *@position on, which is moved on to the oldest that is kept, or
 * back to the next one. Returns how many were copied.
 */
u32 refcode_read(struct refcodes *refcodes, u32 *position, struct hmc_refcode *to, u32 count);

#endif
