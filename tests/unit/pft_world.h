/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small machine with one partition in it, for whatever calls the page frame table functions:
 * six LMBs, four of them the partition's, not in order; a table of 256 KiB; one processor.
 */
#ifndef TESTS_UNIT_PFT_WORLD_H
#define TESTS_UNIT_PFT_WORLD_H

#include "hv/hpt.h"
#include "hv/lmb.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/pft.h"
#include "types.h"

#define WORLD_LMB	LMB_MIN_SIZE
#define WORLD_REAL_LMBS 6
#define WORLD_LMBS	4
#define WORLD_PTES	(1UL << (HPT_MIN_SHIFT - 4))

struct world {
	struct hpte *table;
	struct lpar lpar;
	struct vp vp;
	u32 traced; /* refusals in the trace */
	u32 seen;   /* for hooks */
	u64 watched;
};

extern struct world world;

extern const u64 world_size; /* of the partition's memory */

/* Page sizes: log2 of base and actual, L and LP. LP's bits that are address may be anything. */
struct page_kind {
	u32 base, page;
	u64 l, lp;
};

#define NR_PAGE_KINDS 6
extern const struct page_kind page_kinds[NR_PAGE_KINDS];

void world_reset(void);

/* Whether no entry is locked and every valid one maps only what is the partition's. */
bool world_check(void);

/* Real address of the partition's @logical, found without the code under test. */
u64 world_real(u64 logical);

/* Sets reference or change bits as a processor does. */
void world_hardware(u64 ptex, u64 bits);

/* 64 random bits, by random(). */
u64 world_random(void);

/* Makes hypercall @number with what is in @vp's registers, or the world's vp's. */
s64 hcall_on(struct vp *vp, u64 number);
s64 hcall(u64 number);
s64 hcall_4(u64 number, u64 r4, u64 r5, u64 r6, u64 r7);

#endif
