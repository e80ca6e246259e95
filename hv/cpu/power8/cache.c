// SPDX-License-Identifier: Apache-2.0
#include "hv/cache.h"

void cache_sync_code(const void *start, u64 size)
{
	const u8 *first = (const u8 *)ALIGN_DOWN((u64)start, (u64)CACHE_BLOCK);
	const u8 *end = (const u8 *)start + size;

	for (const u8 *line = first; line < end; line += CACHE_BLOCK)
		__asm__ volatile("dcbst 0,%0" : : "r"(line) : "memory");
	__asm__ volatile("sync" ::: "memory");
	for (const u8 *line = first; line < end; line += CACHE_BLOCK)
		__asm__ volatile("icbi 0,%0" : : "r"(line) : "memory");
	__asm__ volatile("sync; isync" ::: "memory");
}

void cache_clear(void *start, u64 size)
{
	u8 *end = (u8 *)start + size;

	for (u8 *block = start; block < end; block += CACHE_BLOCK)
		__asm__ volatile("dcbz 0,%0" : : "r"(block) : "memory");
}
