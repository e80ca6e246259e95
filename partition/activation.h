/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens between the decision to start a partition and its first instruction: memory, page
 * table and processors are allocated, the memory is cleared, the image loaded, the firmware put
 * there. In steps of about a millisecond, between the time slices of those that run.
 */
#ifndef PARTITION_ACTIVATION_H
#define PARTITION_ACTIVATION_H

#include "types.h"

struct partition;

enum activation_step {
	ACTIVATION_ALLOCATE,
	ACTIVATION_CLEAR,
	ACTIVATION_START,
};

struct activation {
	enum activation_step step;
	u64 cleared; /* bytes of logical memory so far */
	u64 entry, image_base, image_end, toc;
	u64 initrd_base;
};

/* Prepares for activation_step(): @again if the partition still has its memory. */
void activation_begin(struct partition *partition, bool again);

/*
 * Does the next piece. Returns 1 when there is more, 0 when the partition runs, and -1, with
 * partition_fail() called, when it cannot.
 */
int activation_step(struct partition *partition);

/* Gives back everything the activation took. No processor of the partition runs any more. */
void activation_release(struct partition *partition);

#endif
