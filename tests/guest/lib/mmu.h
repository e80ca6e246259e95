/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address translation in a test partition: segments of 256 MiB, pages in the hashed page table.
 * The runtime itself lives in segment 0, mapped one to one when translation is on.
 */
#ifndef GUEST_MMU_H
#define GUEST_MMU_H

#include "types.h"

#define H_FLAG_EXACT	 (1UL << (63 - 24))
#define H_FLAG_R_XLATE	 (1UL << (63 - 25))
#define H_FLAG_READ_4	 (1UL << (63 - 26))
#define H_FLAG_AVPN	 (1UL << (63 - 32))
#define H_FLAG_ANDCOND	 (1UL << (63 - 33))
#define H_FLAG_ZERO_PAGE (1UL << (63 - 48))

#define HPTE_V_VALID 0x1UL
#define HPTE_V_LARGE 0x4UL
#define HPTE_R_R     0x100UL
#define HPTE_R_C     0x80UL
#define HPTE_R_M     0x10UL /* WIMG of memory */
#define HPTE_R_N     0x4UL
#define HPTE_R_RPN   0x0ffffffffffff000UL

/* Page protection with the segment's Kp = 1, Ks = 0 */
#define PP_SYSTEM     0 /* only for privileged state */
#define PP_USER_READ  1 /* problem state may only read */
#define PP_READ_WRITE 2
#define PP_READ_ONLY  3 /* for everybody */

#define SEGMENT_SHIFT 28
#define DSISR_NO_HPTE 0x40000000
#define DSISR_PROTECT 0x08000000
#define DSISR_STORE   0x02000000

struct page_size {
	u32 base_shift;	  /* the segment's */
	u32 actual_shift; /* the page's */
	u32 segment_code; /* L and LP of an SLB entry */
	u32 page_code;	  /* LP of a page table entry */
};

#define PAGE_SIZES_MAX 16

/* All pairs in "ibm,segment-page-sizes". */
extern struct page_size page_size_table[PAGE_SIZES_MAX];
extern u32 page_size_count;

/* Entries in the hashed page table. */
extern u64 hpt_entries;

/* One page. */
struct mapping {
	u64 effective, logical;
	u64 segment; /* virtual segment number */
	const struct page_size *size;
	u64 r; /* low doubleword, all but RPN and page size */
	u64 ptex;
};

/* Reads sizes from the tree and maps the runtime. */
void mmu_init(void);

/* The pair with these shifts, or NULL. */
const struct page_size *page_size_find(u32 base_shift, u32 actual_shift);

/* Makes SLB entry @slot translate the segment of @effective. */
void segment_set(u32 slot, u64 effective, u64 segment, const struct page_size *size);

/* First doubleword of @mapping's entry, and its second. */
u64 mapping_v(const struct mapping *mapping);
u64 mapping_r(const struct mapping *mapping);

/* First entry of its primary group. */
u64 mapping_group(const struct mapping *mapping);

/* H_ENTER into the primary group, then the secondary; fills in @ptex. Returns H_ENTER's last code.
 */
s64 mapping_enter(struct mapping *mapping, u64 flags);

/* H_REMOVE, which must succeed. Returns the R and C bits. */
u64 mapping_remove(const struct mapping *mapping);

/* Turns translation on or off. */
void translation_set(bool on);

/*
 * Calls @function(@arg) in problem state, with translation. Returns the vector of the exception
 * that ended it, as exception_try(): EXCEPTION_SYSTEM_CALL when it returned.
 */
struct exception;
u32 mmu_user(void (*function)(u64 arg), u64 arg, struct exception *caught);

#endif
