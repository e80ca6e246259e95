/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two partitions with scattered memory, and in slot 2 of each an adapter with a DMA window, for
 * tests of TCEs. Nobody else's memory may change: world_check() looks.
 */
#ifndef TESTS_UNIT_TCE_WORLD_H
#define TESTS_UNIT_TCE_WORLD_H

#include "hv/lpar.h"
#include "hv/vp.h"
#include "vio/adapter.h"

#define WORLD_LPARS	2
#define WORLD_SHIFT	16 /* of an LMB here */
#define WORLD_LMBS	4  /* of each partition */
#define WORLD_MEMORY	((u64)WORLD_LMBS << WORLD_SHIFT)
#define WORLD_PAGES	64 /* of each window */
#define WORLD_SLOT	2
#define WORLD_LIOBN(id) (0x10000020u | (u32)(id) << 16)

extern struct world_lpar {
	struct lpar lpar;
	struct vp vp;
	u32 lmb[WORLD_LMBS];
	struct adapter *adapter;
} world[WORLD_LPARS + 1]; /* by ID; there is no 0 */

/* Everything as at the start; memory has a pattern. To be torn down. */
void world_open(void);
void world_close(void);

/* A hypercall of partition @id; registers from R4 on. */
s64 world_hcall(u32 id, u32 number, u64 r4, u64 r5, u64 r6, u64 r7);

/* Partition @id's memory at @logical, whose page it is in. */
u8 *world_at(u32 id, u64 logical);

/* Has what belongs to no partition its pattern still? */
void world_check(void);

#endif
