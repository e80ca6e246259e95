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
 * What else a partition has while it is activated, from another room: ACTIVATION_PART(bus_part).
 * All of it is called as work, by one processor at a time, while none of the partition's
 * processors runs.
 */
struct activation_part {
	/*
	 * Memory and processors are there. Returns false, with nothing left behind and a phrase
	 * for people in @reason (LPAR_REASON_SIZE bytes), when it cannot be had.
	 */
	bool (*open)(struct partition *partition, char *reason);
	/* The partition is about to start; what it or others have done to it is undone. */
	void (*reset)(struct partition *partition);
	/* The end; also when it was never opened. The partition's lock may be held. */
	void (*close)(struct partition *partition);
	/* Bytes of the hypervisor's memory that it takes now, while it is open. */
	u64 (*memory)(const struct partition *partition);
};

#define ACTIVATION_PART(part)                                                                  \
	static const struct activation_part *const part##_line __section("activation_parts") = \
		&(part)

/* Weak: test programs may be without. */
extern const struct activation_part *const __start_activation_parts[] __attribute__((weak)),
	*const __stop_activation_parts[] __attribute__((weak));

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
