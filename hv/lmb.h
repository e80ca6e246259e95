/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logical memory blocks: the unit in which real memory belongs to somebody.
 * Real LMB n is real memory [n << lmb_shift, (n + 1) << lmb_shift).
 * The functions may be called on any processor at once; they share one lock, inside which nothing
 * else is taken.
 */
#ifndef HV_LMB_H
#define HV_LMB_H

#include "types.h"

#define LMB_NONE     0xffffffffu
#define LMB_MAX_SIZE (256 * MiB)
#define LMB_MIN_SIZE (16 * MiB)

/* Owners other than a partition's id (1 … LPAR_MAX_ID). */
#define LMB_FREE       0x0000
#define LMB_HYPERVISOR 0xfffe
#define LMB_ABSENT     0xffff /* no memory there, or the platform firmware's */

struct lmb {
	u16 owner;
	u32 logical; /* the owner's logical LMB number, when the owner is a partition */
};

extern u32 lmb_shift;
extern u32 lmb_count;	      /* entries in lmb_table */
extern struct lmb *lmb_table; /* by real LMB number */

/*
 * Sets up the table for real memory of @top bytes in LMBs of @lmb_size (a power of two between
 * LMB_MIN_SIZE and LMB_MAX_SIZE), all LMB_ABSENT. @table: room for @top / @lmb_size entries, kept.
 * What is above the last whole LMB does not exist for the functions below.
 */
void lmb_init(struct lmb *table, u64 top, u64 lmb_size);

/* Makes the absent LMBs wholly inside [@base, @base + @size) free. */
void lmb_add(u64 base, u64 size);

/* Takes every LMB that overlaps [@base, @base + @size) away for @owner; only while starting. */
void lmb_reserve(u64 base, u64 size, u16 owner);

/*
 * Takes one free LMB; LMB_NONE when there is none. Highest first: the low end keeps the aligned
 * runs that real-mode regions and big page tables need.
 */
u32 lmb_alloc(u16 owner, u32 logical);

/*
 * Takes @count consecutive LMBs that start @offset (less than @align) behind a multiple of @align
 * LMBs (a power of two); logical numbers count from @logical. Returns the first, or LMB_NONE.
 */
u32 lmb_alloc_run_at(u16 owner, u32 count, u32 align, u32 offset, u32 logical);

/* The same for a run that starts at a multiple of @align. */
static inline u32 lmb_alloc_run(u16 owner, u32 count, u32 align, u32 logical)
{
	return lmb_alloc_run_at(owner, count, align, 0, logical);
}

/* Gives one LMB back. Anything but an LMB that was taken before is the hypervisor's bug. */
void lmb_free(u32 lmb);

/* Free LMBs now. */
u32 lmb_nr_free(void);

/* Logical address of real address @real (below the top) in the partition that owns it. */
u64 lmb_logical(u64 real);

#endif
