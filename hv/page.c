// SPDX-License-Identifier: Apache-2.0
/*
 * A buddy allocator. The pool is an array of blocks of PAGE_MIN_SIZE in POOL_SIZE / LMB size
 * slots, each slot backed by an LMB or empty. Above the blocks stands a binary tree: its node n
 * has the halves 2n and 2n + 1, node 1 is the whole pool, and a node's bit in free_map says that
 * all of it is free but not all of its parent. A whole free LMB is no node: it goes back.
 */
#include "hv/page.h"
#include "hv/lmb.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/real.h"

#define POOL_SIZE   (4 * GiB) /* bounds what blocks smaller than an LMB can add up to */
#define POOL_BLOCKS (POOL_SIZE / PAGE_MIN_SIZE)
#define POOL_SLOTS  (POOL_SIZE / LMB_MIN_SIZE)

static struct lock page_lock;
static u64 free_map[2 * POOL_BLOCKS / 64];
static u32 slot_lmb[POOL_SLOTS]; /* 1 + the LMB that backs the slot, 0 = empty */
static u64 bytes_used;

/* Nodes of blocks of 1 << @shift bytes are first_node(shift) … 2 * first_node(shift) - 1. */
static u32 first_node(u32 shift)
{
	return (u32)(POOL_SIZE >> shift);
}

static bool node_is_free(u32 node)
{
	return free_map[node / 64] >> node % 64 & 1;
}

static void node_set_free(u32 node, bool is_free)
{
	if (is_free)
		free_map[node / 64] |= BIT(node % 64);
	else
		free_map[node / 64] &= ~BIT(node % 64);
}

static u32 slot_of_node(u32 node, u32 shift)
{
	return (node - first_node(shift)) >> (lmb_shift - shift);
}

static void *node_ptr(u32 node, u32 shift)
{
	u64 real = (u64)(slot_lmb[slot_of_node(node, shift)] - 1) << lmb_shift;
	u64 offset = (u64)(node - first_node(shift)) << shift;

	return real_ptr(real | (offset & (BIT(lmb_shift) - 1)));
}

/* The slot whose slot_lmb is @lmb_plus_one, or POOL_SLOTS. */
static u32 slot_find(u32 lmb_plus_one)
{
	u32 slot;

	for (slot = 0; slot < POOL_SIZE >> lmb_shift; slot++)
		if (slot_lmb[slot] == lmb_plus_one)
			return slot;
	return POOL_SLOTS;
}

/* Backs an empty slot. Returns its node, not marked free, or 0. */
static u32 slot_fill(void)
{
	u32 slot = slot_find(0);
	u32 lmb;

	if (slot == POOL_SLOTS)
		return 0;
	lmb = lmb_alloc(LMB_HYPERVISOR, 0);
	if (lmb == LMB_NONE)
		return 0;
	slot_lmb[slot] = lmb + 1;
	return first_node(lmb_shift) + slot;
}

/* A free node of 1 << @shift bytes, lowest first, or 0. */
static u32 node_find_free(u32 shift)
{
	u32 per_slot = 1u << (lmb_shift - shift);
	u32 node = first_node(shift);

	for (u32 slot = 0; slot < POOL_SIZE >> lmb_shift; slot++, node += per_slot) {
		if (!slot_lmb[slot])
			continue;
		for (u32 i = 0; i < per_slot; i++)
			if (node_is_free(node + i))
				return node + i;
	}
	return 0;
}

/* Takes a node of 1 << @shift bytes out of the smallest free one that holds it. Or 0. */
static u32 node_take(u32 shift)
{
	u32 from, node = 0;

	for (from = shift; from < lmb_shift && !node; from++)
		node = node_find_free(from);
	if (node) {
		from--;
		node_set_free(node, false);
	} else {
		node = slot_fill();
		if (!node)
			return 0;
	}
	for (; from > shift; from--) {
		node *= 2;
		node_set_free(node + 1, true);
	}
	return node;
}

static void node_give(u32 node, u32 shift)
{
	u32 slot = slot_of_node(node, shift);

	for (; shift < lmb_shift && node_is_free(node ^ 1); shift++) {
		node_set_free(node ^ 1, false);
		node /= 2;
	}
	if (shift < lmb_shift) {
		node_set_free(node, true);
		return;
	}
	lmb_free(slot_lmb[slot] - 1);
	slot_lmb[slot] = 0;
}

/* The node of 1 << @shift bytes at real address @real, or 0 when that is not one in use. */
static u32 node_in_use(u64 real, u32 shift)
{
	u32 slot = slot_find((u32)(real >> lmb_shift) + 1);
	u32 node;

	if (slot == POOL_SLOTS || !IS_ALIGNED(real, BIT(shift)))
		return 0;
	node = first_node(shift) + (slot << (lmb_shift - shift)) +
	       (u32)((real & (BIT(lmb_shift) - 1)) >> shift);
	for (u32 part = node; part >= first_node(lmb_shift); part /= 2)
		if (node_is_free(part))
			return 0;
	return node;
}

static void *run_alloc(u32 shift)
{
	u64 count = BIT(shift - lmb_shift);
	u32 lmb = LMB_NONE;

	if (count <= lmb_count)
		lmb = lmb_alloc_run(LMB_HYPERVISOR, (u32)count, (u32)count, 0);
	return lmb == LMB_NONE ? NULL : real_ptr((u64)lmb << lmb_shift);
}

static void run_free(u64 real, u32 shift)
{
	u32 lmb = (u32)(real >> lmb_shift);

	for (u32 end = lmb + (u32)BIT(shift - lmb_shift); lmb < end; lmb++)
		lmb_free(lmb);
}

void *page_alloc(u32 shift)
{
	void *page = NULL;
	u32 node;

	if (shift < PAGE_MIN_SHIFT)
		panic("%u-byte page asked for", 1u << shift);

	lock_take(&page_lock);
	if (shift >= lmb_shift) {
		page = run_alloc(shift);
	} else {
		node = node_take(shift);
		if (node)
			page = node_ptr(node, shift);
	}
	if (page)
		bytes_used += BIT(shift);
	lock_drop(&page_lock);
	return page;
}

void page_free(void *page, u32 shift)
{
	u64 real = real_address(page);
	bool good = true;
	u32 node;

	if (!page)
		return;

	lock_take(&page_lock);
	if (shift >= lmb_shift) {
		run_free(real, shift);
	} else {
		node = node_in_use(real, shift);
		good = node != 0;
		if (good)
			node_give(node, shift);
	}
	if (good)
		bytes_used -= BIT(shift);
	lock_drop(&page_lock);
	if (!good)
		panic("page %#lx of %lu bytes freed, which is not in use", real, BIT(shift));
}

u32 page_shift_for(u64 size)
{
	u32 shift = PAGE_MIN_SHIFT;

	while (BIT(shift) < size)
		shift++;
	return shift;
}

u64 page_bytes_used(void)
{
	return __atomic_load_n(&bytes_used, __ATOMIC_RELAXED);
}
