// SPDX-License-Identifier: Apache-2.0
#include "vio/tce.h"
#include "hv/lpar.h"
#include "hv/page.h"
#include "hv/real.h"
#include "papr/hcall.h"

#include <string.h>

/* Bytes from @ioba to the end of its page, @length at most. */
static u64 page_part(u64 ioba, u64 length)
{
	u64 left = TCE_PAGE_SIZE - (ioba & TCE_PAGE_MASK);

	return MIN(left, length);
}

/* A partition may have both ends of a copy in the same page. */
static void copy_part(u8 *to, const u8 *from, u64 length)
{
	if ((u64)(to - from) < length || (u64)(from - to) < length)
		memmove(to, from, length);
	else
		memcpy(to, from, length);
}

void *tce_page_ptr(const struct lpar *lpar, const struct tce_table *table, u64 ioba, u32 access)
{
	u64 entry = tce_entry_get(table, ioba);
	u64 real;

	if ((entry & access) != access)
		return NULL;
	real = lpar_real(lpar, entry & ~TCE_PAGE_MASK);
	return real == REAL_NONE ? NULL : real_ptr(real | (ioba & TCE_PAGE_MASK));
}

bool tce_table_open(struct tce_table *table, u64 size)
{
	table->nr_entries = 0;
	table->entry = page_alloc(page_shift_for(size >> TCE_PAGE_SHIFT << TCE_ENTRY_SHIFT));
	if (!table->entry)
		return false;
	table->nr_entries = size >> TCE_PAGE_SHIFT;
	tce_table_reset(table);
	return true;
}

void tce_table_reset(struct tce_table *table)
{
	if (table->entry)
		memset(table->entry, 0, table->nr_entries << TCE_ENTRY_SHIFT);
}

void tce_table_close(struct tce_table *table)
{
	if (table->entry)
		page_free(table->entry, page_shift_for(table->nr_entries << TCE_ENTRY_SHIFT));
	*table = (struct tce_table){0};
}

u64 tce_table_memory(const struct tce_table *table)
{
	return table->entry ? 1UL << page_shift_for(table->nr_entries << TCE_ENTRY_SHIFT) : 0;
}

bool tce_range_mapped(const struct lpar *lpar, const struct tce_table *table, u64 ioba, u64 length,
		      u32 access)
{
	if (!tce_range_valid(table, ioba, length))
		return false;
	for (u64 n; length; ioba += n, length -= n) {
		n = page_part(ioba, length);
		if (!tce_page_ptr(lpar, table, ioba, access))
			return false;
	}
	return true;
}

void *tce_ptr(const struct lpar *lpar, const struct tce_table *table, u64 ioba, u64 length,
	      u32 access)
{
	if (!tce_range_valid(table, ioba, MAX(length, 1UL)) || page_part(ioba, length) < length)
		return NULL;
	return tce_page_ptr(lpar, table, ioba, access);
}

bool tce_copy_in(const struct lpar *lpar, const struct tce_table *table, void *to, u64 ioba,
		 u64 length)
{
	u8 *next = to;

	if (!tce_range_valid(table, ioba, length))
		return false;
	for (u64 n; length; ioba += n, next += n, length -= n) {
		const void *from = tce_page_ptr(lpar, table, ioba, TCE_READ);

		if (!from)
			return false;
		n = page_part(ioba, length);
		memcpy(next, from, n);
	}
	return true;
}

bool tce_copy_out(const struct lpar *lpar, const struct tce_table *table, u64 ioba,
		  const void *from, u64 length)
{
	const u8 *next = from;

	if (!tce_range_valid(table, ioba, length))
		return false;
	for (u64 n; length; ioba += n, next += n, length -= n) {
		void *to = tce_page_ptr(lpar, table, ioba, TCE_WRITE);

		if (!to)
			return false;
		n = page_part(ioba, length);
		memcpy(to, next, n);
	}
	return true;
}

s64 tce_copy(const struct tce_place *to, const struct tce_place *from, u64 length)
{
	u64 to_ioba = to->ioba, from_ioba = from->ioba;

	if (!tce_range_valid(from->table, from_ioba, length))
		return H_SOURCE_PARM;
	if (!tce_range_valid(to->table, to_ioba, length))
		return H_DEST_PARM;
	for (u64 n; length; to_ioba += n, from_ioba += n, length -= n) {
		const void *source = tce_page_ptr(from->lpar, from->table, from_ioba, TCE_READ);
		void *dest = tce_page_ptr(to->lpar, to->table, to_ioba, TCE_WRITE);

		if (!source || !dest)
			return H_PERMISSION;
		n = page_part(to_ioba, page_part(from_ioba, length));
		copy_part(dest, source, n);
	}
	return H_SUCCESS;
}
