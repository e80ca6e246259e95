/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DMA windows of virtual adapters: tables of translation control entries (TCEs), one for each 4 KiB
 * page of I/O addresses, through which everything that is not the partition itself reaches its
 * memory. LoPAR "RTCE Table and Properties of the Children of the /vdevice Node".
 *
 * An entry is the page's logical address and what may be done to it, one word that changes
 * atomically: whoever uses it sees the old one or the new one. It is looked up anew for every page
 * of a copy, and so is the partition's memory map.
 *
 * Every function may be called on any processor, for the partition that calls or for another one,
 * as long as the adapter is not closed meanwhile: that is for each kind of adapter to see to. All
 * arguments may come from a partition. No lock is taken.
 */
#ifndef VIO_TCE_H
#define VIO_TCE_H

#include "types.h"

struct lpar;

#define TCE_PAGE_SHIFT 12
#define TCE_PAGE_SIZE  (1UL << TCE_PAGE_SHIFT)
#define TCE_PAGE_MASK  (TCE_PAGE_SIZE - 1)

/* What is done to the partition's memory; also the bits of an entry. LoPAR "TCE Definition". */
enum tce_access {
	TCE_READ = 1,
	TCE_WRITE = 2,
};

#define TCE_ENTRY_SHIFT 3 /* its size */

/* A window: I/O addresses 0 to nr_entries * TCE_PAGE_SIZE. All zero is one without pages. */
struct tce_table {
	u64 *entry;
	u64 nr_entries;
};

/*
 * Makes @table one of @size bytes (a multiple of TCE_PAGE_SIZE), no page mapped. Returns false when
 * there is no memory for it.
 */
bool tce_table_open(struct tce_table *table, u64 size);

/* Unmaps every page. */
void tce_table_reset(struct tce_table *table);

/* Gives its memory back; also for one that is all zero. */
void tce_table_close(struct tce_table *table);

/* Bytes of the hypervisor's memory that it takes. */
u64 tce_table_memory(const struct tce_table *table);

/* Is [@ioba, @ioba + @length) inside of the window, mapped or not? */
static inline bool tce_range_valid(const struct tce_table *table, u64 ioba, u64 length)
{
	u64 size = table->nr_entries << TCE_PAGE_SHIFT;

	return length <= size && ioba <= size - length;
}

/* The entry of @ioba, which is inside of the window: the page's logical address and TCE_… bits. */
static inline u64 tce_entry_get(const struct tce_table *table, u64 ioba)
{
	return __atomic_load_n(&table->entry[ioba >> TCE_PAGE_SHIFT], __ATOMIC_RELAXED);
}

static inline void tce_entry_set(const struct tce_table *table, u64 ioba, u64 entry)
{
	__atomic_store_n(&table->entry[ioba >> TCE_PAGE_SHIFT], entry, __ATOMIC_RELAXED);
}

/*
 * Are all of these I/O addresses mapped now so that @access (one or both bits) is allowed, to
 * memory the partition has? @length 0: true inside of the window.
 */
bool tce_range_mapped(const struct lpar *lpar, const struct tce_table *table, u64 ioba, u64 length,
		      u32 access);

/*
 * Pointer to @ioba, which is inside of the window, as far as its page goes, if that allows @access;
 * else NULL. Good as long as that of tce_ptr().
 */
void *tce_page_ptr(const struct lpar *lpar, const struct tce_table *table, u64 ioba, u32 access);

/*
 * Pointer to [@ioba, @ioba + @length), which must be in one page, when it is mapped for @access;
 * else NULL. Good until the partition loses the memory: for use at once, and again at the next
 * time, because the partition may have mapped something else meanwhile.
 */
void *tce_ptr(const struct lpar *lpar, const struct tce_table *table, u64 ioba, u64 length,
	      u32 access);

/*
 * Copies between I/O addresses of @lpar and the hypervisor's memory. Return false when the range
 * is not wholly inside of the window, or comes to a page that does not allow it: what is before
 * that one has been copied.
 */
bool tce_copy_in(const struct lpar *lpar, const struct tce_table *table, void *to, u64 ioba,
		 u64 length);
bool tce_copy_out(const struct lpar *lpar, const struct tce_table *table, u64 ioba,
		  const void *from, u64 length);

/* One end of a copy: a window, and where in it. */
struct tce_place {
	const struct lpar *lpar;
	const struct tce_table *table;
	u64 ioba;
};

/*
 * Copies @length bytes from one window to another one, of any partition, or to the same one (what
 * a partition gets when the two overlap is anything that was there). Returns H_SUCCESS;
 * H_DEST_PARM or H_SOURCE_PARM, with nothing copied, when a range is not inside of its window; or
 * H_PERMISSION when it came to a page of either that does not allow it, with all before copied.
 */
s64 tce_copy(const struct tce_place *to, const struct tce_place *from, u64 length);

#endif
