// SPDX-License-Identifier: Apache-2.0
/* Who has claimed what of the partition's memory. IEEE 1275-1994 6.3.2.4. */
#include <libfdt.h>
#include <string.h>
#include "partition/of_call.h"

#define TOP_OF_CELLS (4 * GiB) /* a client's cell names no higher address */

/* The number of claims that end at or below @address: where one that begins there belongs. */
static u32 claims_below(const struct of *of, u64 address)
{
	u32 i = 0;

	while (i < of->nr_claims && of->claim[i].end <= address)
		i++;
	return i;
}

static bool is_free(const struct partition *partition, u64 base, u64 size)
{
	const struct of *of = &partition->of;
	u64 top = lpar_mem_size(&partition->lpar);
	u32 i = claims_below(of, base);

	if (size == 0 || size > top || base > top - size)
		return false;
	return i == of->nr_claims || of->claim[i].base >= base + size;
}

static void remove_claim(struct of *of, u32 i)
{
	of->nr_claims--;
	memmove(&of->claim[i], &of->claim[i + 1], (of->nr_claims - i) * sizeof(of->claim[0]));
}

static bool insert_claim(struct of *of, u32 i, u64 base, u64 end)
{
	if (of->nr_claims == OF_MAX_CLAIMS)
		return false;
	memmove(&of->claim[i + 1], &of->claim[i], (of->nr_claims - i) * sizeof(of->claim[0]));
	of->claim[i] = (struct of_claim){base, end};
	of->nr_claims++;
	return true;
}

/* Adds a free range, joined with claims that it touches. */
static bool add(struct of *of, u64 base, u64 end)
{
	u32 i = claims_below(of, base);
	bool joins_next = i < of->nr_claims && of->claim[i].base == end;

	if (i > 0 && of->claim[i - 1].end == base) {
		of->claim[i - 1].end = joins_next ? of->claim[i].end : end;
		if (joins_next)
			remove_claim(of, i);
		return true;
	}
	if (joins_next) {
		of->claim[i].base = base;
		return true;
	}
	return insert_claim(of, i, base, end);
}

/* Takes [@base, @end) out of claim @i, which contains it. */
static bool cut(struct of *of, u32 i, u64 base, u64 end)
{
	struct of_claim *claim = &of->claim[i];

	if (claim->base == base && claim->end == end)
		remove_claim(of, i);
	else if (claim->base == base)
		claim->base = end;
	else if (claim->end == end)
		claim->end = base;
	else if (insert_claim(of, i + 1, end, claim->end))
		claim->end = base;
	else
		return false;
	return true;
}

/* The highest free range of @size bytes below @top at a multiple of @align, or 0. */
static u64 find_free(const struct partition *partition, u64 top, u64 size, u64 align)
{
	const struct of *of = &partition->of;
	u32 i = claims_below(of, top);
	u64 base;

	if (i < of->nr_claims && of->claim[i].base < top)
		top = of->claim[i].base;
	for (;; top = of->claim[--i].base) {
		base = top < size ? 0 : ALIGN_DOWN(top - size, align);
		if (base && is_free(partition, base, size))
			return base;
		if (i == 0)
			return 0;
	}
}

/* Memory of the client's own choosing is no use to it behind the RMO, unless that is full. */
u64 of_claim_any(struct partition *partition, u64 size, u64 align)
{
	u64 top = MIN(lpar_mem_size(&partition->lpar), TOP_OF_CELLS);
	u64 base;

	if (size == 0 || !IS_POW2(align))
		return 0;
	base = find_free(partition, MIN(partition->lpar.rmo_size, top), size, align);
	if (!base)
		base = find_free(partition, top, size, align);
	return base && of_claim(partition, base, size) ? base : 0;
}

bool of_claim(struct partition *partition, u64 base, u64 size)
{
	return is_free(partition, base, size) && add(&partition->of, base, base + size);
}

static void put_range(be64 range[2], u64 base, u64 end)
{
	range[0] = cpu_to_be64(base);
	range[1] = cpu_to_be64(end - base);
}

void of_claim_publish(struct partition *partition)
{
	const struct of *of = &partition->of;
	be64 range[OF_MAX_CLAIMS + 1][2];
	u64 top = partition->lpar.rmo_size, base = 0;
	u32 count = 0, i;
	int node;

	for (i = 0; i < of->nr_claims && of->claim[i].base < top; i++) {
		if (of->claim[i].base > base)
			put_range(range[count++], base, of->claim[i].base);
		base = of->claim[i].end;
	}
	if (base < top)
		put_range(range[count++], base, top);
	of_tree_changed(partition);
	node = fdt_path_offset(partition->tree, "/memory@0");
	/* Without room in the tree the client sees an older state; its claims are still right. */
	if (node >= 0)
		fdt_setprop(partition->tree, node, "available", range, (int)(count * 16));
}

/* Arguments: address, size, alignment; alignment 0: exactly there. Result: address or -1. */
enum of_status of_claim_memory(struct of_call *call)
{
	u32 base = call->arg[0], size = call->arg[1], align = call->arg[2];
	bool claimed;

	if (align)
		base = (u32)of_claim_any(call->partition, size, align);
	claimed = align ? base != 0 : of_claim(call->partition, base, size);
	call->ret[0] = claimed ? base : OF_NOT_FOUND;
	if (claimed)
		of_claim_publish(call->partition);
	return OF_DONE;
}

/* Arguments: address, size of something that is claimed as a whole. */
enum of_status of_release_memory(struct of_call *call)
{
	struct of *of = &call->partition->of;
	u64 base = call->arg[0], end = base + call->arg[1];
	u32 i = claims_below(of, base);

	if (end == base || i == of->nr_claims || of->claim[i].base > base ||
	    of->claim[i].end < end || !cut(of, i, base, end))
		return OF_FAILED;
	of_claim_publish(call->partition);
	return OF_DONE;
}
