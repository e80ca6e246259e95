// SPDX-License-Identifier: Apache-2.0
#include "hv/lmb.h"
#include "hv/lock.h"
#include "hv/log.h"

u32 lmb_shift;
u32 lmb_count;
struct lmb *lmb_table;

static struct lock lmb_lock;
static u32 nr_free;
static u32 free_start; /* no LMB below this one is free … */
static u32 free_end;   /* … nor this one or any above it */

static void lmb_own(u32 lmb, u16 owner, u32 logical)
{
	lmb_table[lmb].owner = owner;
	lmb_table[lmb].logical = logical;
}

static void lmb_make_free(u32 lmb)
{
	lmb_own(lmb, LMB_FREE, 0);
	nr_free++;
	free_start = MIN(free_start, lmb);
	free_end = MAX(free_end, lmb + 1);
}

/* The first real LMB number that is not below @address, at most lmb_count. */
static u32 lmb_round_up(u64 address)
{
	u64 lmb = (address >> lmb_shift) + !IS_ALIGNED(address, BIT(lmb_shift));

	return (u32)MIN(lmb, (u64)lmb_count);
}

static u32 lmb_round_down(u64 address)
{
	return (u32)MIN(address >> lmb_shift, (u64)lmb_count);
}

static u64 range_end(u64 base, u64 size)
{
	return size > ~base ? ~0UL : base + size;
}

static bool run_is_free(u32 first, u32 count)
{
	for (u32 i = 0; i < count; i++)
		if (lmb_table[first + i].owner != LMB_FREE)
			return false;
	return true;
}

/* @lmb_lock is held. */
static u32 run_find(u32 count, u32 align, u32 offset)
{
	u64 first;

	for (first = ALIGN_DOWN((u64)free_start, align) + offset; first + count <= free_end;
	     first += align)
		if (first >= free_start && run_is_free((u32)first, count))
			return (u32)first;
	return LMB_NONE;
}

void lmb_init(struct lmb *table, u64 top, u64 lmb_size)
{
	lmb_shift = (u32)__builtin_ctzl(lmb_size);
	lmb_count = (u32)(top >> lmb_shift);
	lmb_table = table;
	nr_free = 0;
	free_start = lmb_count;
	free_end = 0;

	for (u32 lmb = 0; lmb < lmb_count; lmb++)
		lmb_own(lmb, LMB_ABSENT, 0);
}

void lmb_add(u64 base, u64 size)
{
	u32 end = lmb_round_down(range_end(base, size));

	lock_take(&lmb_lock);
	for (u32 lmb = lmb_round_up(base); lmb < end; lmb++)
		if (lmb_table[lmb].owner == LMB_ABSENT)
			lmb_make_free(lmb);
	lock_drop(&lmb_lock);
}

void lmb_reserve(u64 base, u64 size, u16 owner)
{
	u32 end = size ? lmb_round_up(range_end(base, size)) : 0;

	lock_take(&lmb_lock);
	for (u32 lmb = lmb_round_down(base); lmb < end; lmb++) {
		if (lmb_table[lmb].owner == LMB_FREE)
			nr_free--;
		lmb_own(lmb, owner, 0);
	}
	lock_drop(&lmb_lock);
}

u32 lmb_alloc(u16 owner, u32 logical)
{
	u32 lmb = LMB_NONE;

	lock_take(&lmb_lock);
	while (free_end > free_start && lmb_table[free_end - 1].owner != LMB_FREE)
		free_end--;
	if (free_end > free_start) {
		lmb = --free_end;
		lmb_own(lmb, owner, logical);
		nr_free--;
	}
	lock_drop(&lmb_lock);
	return lmb;
}

u32 lmb_alloc_run_at(u16 owner, u32 count, u32 align, u32 offset, u32 logical)
{
	u32 first;

	if (count == 0)
		return LMB_NONE;

	lock_take(&lmb_lock);
	while (free_start < free_end && lmb_table[free_start].owner != LMB_FREE)
		free_start++;
	first = run_find(count, align, offset);
	if (first != LMB_NONE) {
		for (u32 i = 0; i < count; i++)
			lmb_own(first + i, owner, logical + i);
		nr_free -= count;
	}
	lock_drop(&lmb_lock);
	return first;
}

void lmb_free(u32 lmb)
{
	bool taken;

	lock_take(&lmb_lock);
	taken = lmb < lmb_count && lmb_table[lmb].owner != LMB_FREE &&
		lmb_table[lmb].owner != LMB_ABSENT;
	if (taken)
		lmb_make_free(lmb);
	lock_drop(&lmb_lock);
	if (!taken)
		panic("LMB %u of %u freed, which belongs to nobody", lmb, lmb_count);
}

u32 lmb_nr_free(void)
{
	return __atomic_load_n(&nr_free, __ATOMIC_RELAXED);
}

u64 lmb_logical(u64 real)
{
	u64 logical = lmb_table[real >> lmb_shift].logical;

	return logical << lmb_shift | (real & (BIT(lmb_shift) - 1));
}
