// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/fake_tlb.h"
#include "hv/cache.h"
#include "hv/tlb.h"

#include <stdlib.h>
#include <string.h>

struct fake_tlb fake_tlb;

void tlb_order(void)
{
	if (fake_tlb.on_order)
		fake_tlb.on_order();
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void tlb_publish(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_fetch_add(&fake_tlb.published, 1, __ATOMIC_RELAXED);
}

void tlb_invalidate(u32 lpid, const u64 *operand, u32 n)
{
	if (fake_tlb.on_invalidate)
		fake_tlb.on_invalidate();
	__atomic_fetch_add(&fake_tlb.calls, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&fake_tlb.operands, n, __ATOMIC_RELAXED);
	__atomic_store_n(&fake_tlb.lpid, lpid, __ATOMIC_RELAXED);
	for (u32 i = 0; i < n; i++)
		__atomic_store_n(&fake_tlb.operand[i], operand[i], __ATOMIC_RELAXED);
}

void tlb_flush_all(void)
{
	fake_tlb.flushes++;
}

void cache_clear(void *start, u64 size)
{
	if ((uintptr_t)start % CACHE_BLOCK || size % CACHE_BLOCK)
		abort();
	memset(start, 0, size);
	if (fake_tlb.on_clear)
		fake_tlb.on_clear(size);
}

void cache_sync_code(const void *start, u64 size)
{
	fake_tlb.synced = start;
	fake_tlb.synced_bytes += (u32)size;
}
