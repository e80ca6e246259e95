/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens between the decision to start a partition and its first instruction: memory, page
 * table and processors are allocated, the memory is cleared, the image loaded, the firmware put
 * there. In steps of about a millisecond, between the time slices of those that run. All of this is
 * done as the partition's work, so by one processor at a time.
 */
#ifndef PARTITION_ACTIVATION_H
#define PARTITION_ACTIVATION_H

#include "hmc/refcode.h"
#include "hv/lpar.h"
#include "partition/image.h"
#include "types.h"

struct partition;

enum activation_step {
	ACTIVATION_ALLOCATE,
	ACTIVATION_CLEAR,
	ACTIVATION_LOAD,
	ACTIVATION_START,
	ACTIVATION_RUN, /* all is there but the initrd */
};

struct activation {
	enum activation_step step; /* ACTIVATION_ALLOCATE: it has nothing; else all of it */
	u32 procs;		   /* virtual processors; 0: nothing claimed of the pool */
	u64 cleared;		   /* bytes of logical memory so far */
	struct image image;
	u64 initrd_base, initrd_copied;

	enum refcode refusal; /* why activation_allocate() could not … */
	char reason[LPAR_REASON_SIZE];
};

/*
 * Prepares for activation_step(). A partition that still has its memory, page table and
 * processors keeps them. dispatch_left() has been true since it last ran.
 */
void activation_begin(struct partition *partition);

/*
 * Does the first piece: assigns what the profile asks for. Returns false, with a reason in
 * @partition->activation, when it cannot be had; nothing is taken then.
 */
bool activation_allocate(struct partition *partition);

/*
 * Does the next piece. Returns 1 when there is more, 0 when the partition runs, and -1, with
 * partition_fail() called, when it cannot.
 */
int activation_step(struct partition *partition);

/*
 * Gives back everything the activation took; nothing happens when it has nothing. It has never run
 * in this activation, or dispatch_left() has been true since.
 */
void activation_release(struct partition *partition);

#endif
