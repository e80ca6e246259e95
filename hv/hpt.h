/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition's hashed page table: groups of eight 16-byte entries. The partition names pages by
 * logical address; the entries hold real ones. LoPAR "Page Frame Table Access".
 *
 * An entry whose first doubleword is 0 is free. Who changes one holds its lock: software bit 57 of
 * the first doubleword, set with a compare-and-swap. No other lock is taken inside it but the
 * machine's tlbie lock, and nobody waits for an entry's lock while holding another's.
 */
#ifndef HV_HPT_H
#define HV_HPT_H

#include "types.h"

#define HPT_MIN_SHIFT 18 /* 256 KiB; Power ISA 2.07 Book III-S "Page Table" */
#define HPT_MAX_SHIFT 46

#define HPTE_LOCK 0x40UL /* in the first doubleword */

struct hpte {
	be64 v; /* B, AVPN, software, L, H, V */
	be64 r; /* pp, key, RPN, R, C, WIMG, N, pp */
};

struct hpt {
	struct hpte *table; /* aligned to its size */
	u32 shift;	    /* log2 of its size in bytes */
};

/* log2 of the page table size that LoPAR asks for: 1/64 of @mem_size bytes, rounded up. */
u32 hpt_shift_for(u64 mem_size);

/*
 * Makes every entry free. Nothing may be translating through the table; what the processors' TLBs
 * still hold of it is the caller's to flush (tlb_flush_all()).
 */
void hpt_clear(struct hpt *hpt);

/*
 * log2 of an entry's actual page size on POWER8 (12, 16 or 24), and of the base page size of its
 * segment, from both doublewords. 0 when L and LP do not encode one that is supported.
 */
u32 hpte_page_shift(u64 v, u64 r);
u32 hpte_base_shift(u64 v, u64 r);

/*
 * What tlbie takes in RB to invalidate the translations of entry number @ptex with doublewords
 * @v and @r of a supported size. Power ISA 2.07 Book III-S "TLB Management Instructions".
 */
u64 hpte_tlbie_operand(u64 v, u64 r, u64 ptex);

#endif
