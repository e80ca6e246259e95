/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open Firmware client interface (IEEE 1275) for boot_mode=of: a stub in the partition's memory
 * that makes the private hcall H_PRIVATE_OF with R4 = logical address of the argument array. It
 * works on the partition's tree, in the hypervisor, for as long as the partition lives; a client
 * that has quiesced it simply has no stub any more when it reuses that memory.
 */
#ifndef PARTITION_OF_H
#define PARTITION_OF_H

#include "hv/lock.h"
#include "types.h"

struct partition;

#define OF_MAX_CLAIMS 64

struct of_claim {
	u64 base, end; /* logical addresses, end exclusive */
};

struct of {
	struct lock lock;    /* everything here and the partition's tree */
	bool active;	     /* from of_start() until the client quiesces */
	u32 console_phandle; /* the package behind stdin and stdout, 0 = none */
	u32 nr_claims;
	struct of_claim claim[OF_MAX_CLAIMS]; /* ascending, apart from one another */
	u32 found_phandle; /* where the last node was, 0 = nowhere: a client asks */
	int found_node;	   /* many things of one node */
	u32 write_buffer;  /* argument array of a write that goes on, 0 = none */
	u32 written;	   /* bytes of it that the console has taken */
};

/*
 * Forgets all claims. Before each start of a boot_mode=of partition; then of_claim() what has been
 * loaded, tree_build(), of_start().
 */
void of_reset(struct partition *partition);

/*
 * Claims exactly logical [@base, @base + @size), @size > 0. False when not all of it is the
 * partition's memory and unclaimed, or when there are OF_MAX_CLAIMS separate claims already.
 */
bool of_claim(struct partition *partition, u64 base, u64 size);

/*
 * Places stub and stack at the top of what is unclaimed in the RMO and completes the tree with
 * what only a running Open Firmware has: handles of console and processor, free memory.
 * Returns 0 with the initial *@r1 and *@r5 of the client, or -1 when there is no room.
 * The client starts in big-endian real mode; R3 and R4 say where the initrd is and its size.
 */
int of_start(struct partition *partition, u64 *r1, u64 *r5);

#endif
