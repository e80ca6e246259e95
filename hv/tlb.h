/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hardware's side of page tables: ordering of updates against its table searches, and its
 * translation lookaside buffers. Implemented by each processor family.
 */
#ifndef HV_TLB_H
#define HV_TLB_H

#include "types.h"

/* Table searches see what was stored before this no later than what is stored after it. */
void tlb_order(void);

/* Every later table search and access, of any processor, sees what was stored before. */
void tlb_publish(void);

/*
 * Removes the translations of partition @lpid named by the @n operands (hpte_tlbie_operand()) from
 * every processor's TLB. The entries were made invalid before; when this returns no processor uses
 * the translations and none will still write their reference and change bits.
 * Takes the machine's tlbie lock.
 */
void tlb_invalidate(u32 lpid, const u64 *operand, u32 n);

/* Empties the TLB of the processor it runs on, of all partitions. */
void tlb_flush_all(void);

#endif
