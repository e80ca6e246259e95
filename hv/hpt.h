/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition's hashed page table: groups of eight 16-byte entries. The partition names pages by
 * logical address; the entries hold real ones. LoPAR "Page Table Access Functions (PFT)".
 */
#ifndef HV_HPT_H
#define HV_HPT_H

#include "types.h"

#define HPT_MIN_SHIFT 18 /* 256 KiB; Power ISA 2.07 Book III-S 5.7.7 */
#define HPT_MAX_SHIFT 46

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

/* Makes every entry invalid. Nothing may be translating through the table. */
void hpt_clear(struct hpt *hpt);

#endif
