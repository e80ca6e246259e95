// SPDX-License-Identifier: Apache-2.0
#include "hv/hpt.h"
#include "hv/cache.h"
#include "papr/pft.h"

/*
 * The LP encodings of POWER8, by base and actual page size. Where the actual page is 64 KiB the
 * high four bits of the field are part of the page number.
 */
#define LP_64K_IN_64K 0x01 /* low four bits */
#define LP_64K_IN_4K  0x07 /* low four bits */
#define LP_16M_IN_16M 0x00
#define LP_16M_IN_64K 0x08
#define LP_16M_IN_4K  0x38

#define SEGMENT_SHIFT	 28
#define SEGMENT_1T_SHIFT 40

/* The AVPN leaves out this many low bits of the virtual address; the hash supplies them. */
#define AVPN_MISSING 23
#define PTEH_TO_VA   (AVPN_MISSING - 7)
#define PAGE_BITS    0x7ffUL /* of the hash, as many as the smallest table's index has */

static u32 hpte_lp(u64 r)
{
	return (u32)(r >> PTEL_LP_SHIFT) & 0xff;
}

u32 hpt_shift_for(u64 mem_size)
{
	u32 shift = HPT_MIN_SHIFT;

	while (shift < HPT_MAX_SHIFT && BIT(shift) < mem_size / 64 + (mem_size % 64 != 0))
		shift++;
	return shift;
}

void hpt_clear(struct hpt *hpt)
{
	cache_clear(hpt->table, BIT(hpt->shift));
}

u32 hpte_page_shift(u64 v, u64 r)
{
	u32 lp = hpte_lp(r);

	if (!(v & PTEH_L))
		return 12;
	switch (lp & 0xf) {
	case LP_64K_IN_64K:
	case LP_64K_IN_4K:
		return 16;
	default:
		return lp == LP_16M_IN_16M || lp == LP_16M_IN_64K || lp == LP_16M_IN_4K ? 24 : 0;
	}
}

u32 hpte_base_shift(u64 v, u64 r)
{
	u32 lp = hpte_lp(r);

	if (!(v & PTEH_L) || (lp & 0xf) == LP_64K_IN_4K || lp == LP_16M_IN_4K)
		return 12;
	if ((lp & 0xf) == LP_64K_IN_64K || lp == LP_16M_IN_64K)
		return 16;
	return lp == LP_16M_IN_16M ? 24 : 0;
}

/* The 11 low bits of the virtual page number in base pages, which the AVPN may not have. */
static u64 virtual_page(u64 v, u64 ptex)
{
	u64 hash = ptex / 8;

	if (v & PTEH_H)
		hash = ~hash;
	return (hash ^ v >> ((v & PTEH_B_1T ? SEGMENT_1T_SHIFT : SEGMENT_SHIFT) - PTEH_TO_VA)) &
	       PAGE_BITS;
}

u64 hpte_tlbie_operand(u64 v, u64 r, u64 ptex)
{
	u64 page = virtual_page(v, ptex);
	u64 rb = (v & PTEH_AVPN) << PTEH_TO_VA, b = v >> PTEH_B_SHIFT << 8;
	u64 in_page;
	u32 base;

	/* The most frequent kind: a page of 4 KiB. RB has all of the address. */
	if (!(v & PTEH_L))
		return rb | page << 12 | b;
	base = hpte_base_shift(v, r);
	in_page = BIT(hpte_page_shift(v, r)) - 1;
	rb |= page << base & (BIT(AVPN_MISSING) - 1);
	/* In a segment of 4 KiB pages too, and AP, the actual page as L || LP of a segment. */
	if (base == 12)
		return rb | (in_page == BIT(16) - 1 ? 5 << 5 : 4 << 5) | b;
	rb &= ~in_page;
	rb |= r & PTEL_LP & in_page;
	rb |= page << (base - 12) & 0xfe; /* AVAL: address bits that LP displaced */
	return rb | b | 1;		  /* L */
}
