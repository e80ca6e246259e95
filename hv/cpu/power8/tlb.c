// SPDX-License-Identifier: Apache-2.0
/* Power ISA 2.07 Book III-S "Page Table Update Synchronization Requirements". */
#include "hv/tlb.h"
#include "hv/lock.h"

#define TLB_SETS     512
#define TLBIEL_ALL   0xc00UL /* IS: the whole set, whatever the partition */
#define TLBIEL_SHIFT 12	     /* of the set's number */

static struct lock tlbie_lock;

void tlb_order(void)
{
	__asm__ volatile("eieio" ::: "memory");
}

void tlb_publish(void)
{
	__asm__ volatile("ptesync" ::: "memory");
}

void tlb_invalidate(u32 lpid, const u64 *operand, u32 n)
{
	lock_take(&tlbie_lock);
	__asm__ volatile("ptesync" ::: "memory");
	for (u32 i = 0; i < n; i++)
		__asm__ volatile("tlbie %0,%1" : : "r"(operand[i]), "r"((u64)lpid) : "memory");
	__asm__ volatile("eieio; tlbsync; ptesync" ::: "memory");
	lock_drop(&tlbie_lock);
}

void tlb_flush_all(void)
{
	__asm__ volatile("ptesync" ::: "memory");
	for (u64 set = 0; set < TLB_SETS; set++)
		__asm__ volatile("tlbiel %0" : : "r"(set << TLBIEL_SHIFT | TLBIEL_ALL) : "memory");
	__asm__ volatile("ptesync; isync" ::: "memory");
}
