// SPDX-License-Identifier: Apache-2.0
// LoPAR "Translation Control Entry Access": how a partition maps pages into its adapters' windows.
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "vio/adapter.h"
#include "vio/tce.h"

#define ENTRY_BITS (~TCE_PAGE_MASK | TCE_READ | TCE_WRITE)

/* The partition's table with this LIOBN if it has pages of [@ioba, …) for @count entries. */
static const struct tce_table *table_find(const struct lpar *lpar, u64 liobn, u64 ioba, u64 count)
{
	u32 window;
	const struct adapter *adapter = adapter_find_window(lpar, liobn, &window);

	if (!adapter || window != 0)
		return NULL;
	ioba &= ~TCE_PAGE_MASK;
	return tce_range_valid(&adapter->window, ioba, count << TCE_PAGE_SHIFT) ? &adapter->window
										: NULL;
}

/*
 * May a partition with @memory bytes map this? Unless it is a page fault, the page must be its own.
 */
static bool entry_is_good(u64 memory, u64 entry)
{
	return !(entry & (TCE_READ | TCE_WRITE)) || entry < memory;
}

/* R4 = LIOBN, R5 = I/O address; out R4 = the entry. */
static s64 h_get_tce(struct vp *vp)
{
	const struct tce_table *table = table_find(vp->lpar, vp->gpr[4], vp->gpr[5], 1);
	u64 entry;

	if (!table)
		return H_PARAMETER;
	entry = tce_entry_get(table, vp->gpr[5]);
	if (entry_is_good(lpar_mem_size(vp->lpar), entry)) {
		vp->gpr[4] = entry;
		return H_SUCCESS;
	}
	vp->gpr[4] = entry | ~TCE_PAGE_MASK;
	return H_PARTIAL;
}
HCALL(H_GET_TCE, h_get_tce, "hcall-tce");

/* R4 = LIOBN, R5 = I/O address, R6 = the entry. */
static s64 h_put_tce(struct vp *vp)
{
	const struct tce_table *table = table_find(vp->lpar, vp->gpr[4], vp->gpr[5], 1);

	if (!table || !entry_is_good(lpar_mem_size(vp->lpar), vp->gpr[6]))
		return H_PARAMETER;
	tce_entry_set(table, vp->gpr[5], vp->gpr[6] & ENTRY_BITS);
	return H_SUCCESS;
}
HCALL(H_PUT_TCE, h_put_tce, "hcall-tce");

/* R4 = LIOBN, R5 = first I/O address, R6 = the entry for all, R7 = how many. */
static s64 h_stuff_tce(struct vp *vp)
{
	u64 ioba = vp->gpr[5], count = vp->gpr[7];
	const struct tce_table *table;

	if (!table_find(vp->lpar, vp->gpr[4], ioba, 1))
		return H_PARAMETER;
	if (count > TCE_MAX_COUNT)
		return H_P4;
	table = table_find(vp->lpar, vp->gpr[4], ioba, count);
	if (!table || !entry_is_good(lpar_mem_size(vp->lpar), vp->gpr[6]))
		return H_PARAMETER;
	for (; count; count--, ioba += TCE_PAGE_SIZE)
		tce_entry_set(table, ioba, vp->gpr[6] & ENTRY_BITS);
	return H_SUCCESS;
}
HCALL(H_STUFF_TCE, h_stuff_tce, "hcall-multi-tce");

/* Takes the @count entries in the partition's @list to itself: they may change while they are read.
 */
static bool list_read(const struct lpar *lpar, const volatile be64 *list, u64 *entry, u64 count)
{
	u64 memory = lpar_mem_size(lpar);

	for (u64 i = 0; i < count; i++) {
		entry[i] = be64_to_cpu(list[i]);
		if (!entry_is_good(memory, entry[i]))
			return false;
	}
	return true;
}

/* R4 = LIOBN, R5 = first I/O address, R6 = logical address of a page of entries, R7 = how many. */
static s64 h_put_tce_indirect(struct vp *vp)
{
	u64 ioba = vp->gpr[5], page = vp->gpr[6], count = vp->gpr[7];
	u64 entry[TCE_MAX_COUNT];
	const struct tce_table *table;
	const be64 *list;

	if ((s64)vp->gpr[4] < 0) /* the option of several tables, which is not there */
		return H_FUNCTION;
	if (count > TCE_MAX_COUNT || !IS_ALIGNED(page, TCE_PAGE_SIZE))
		return H_PARAMETER;
	table = table_find(vp->lpar, vp->gpr[4], ioba, count);
	list = lpar_ptr(vp->lpar, page, TCE_PAGE_SIZE);
	if (!table || !list || !list_read(vp->lpar, list, entry, count))
		return H_PARAMETER;
	for (u64 i = 0; i < count; i++, ioba += TCE_PAGE_SIZE)
		tce_entry_set(table, ioba, entry[i] & ENTRY_BITS);
	return H_SUCCESS;
}
HCALL(H_PUT_TCE_INDIRECT, h_put_tce_indirect, "hcall-multi-tce");
