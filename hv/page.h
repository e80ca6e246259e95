/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's own memory in naturally aligned powers of two, for what is charged to a
 * partition: page tables, processor contexts, device trees. It is taken from the LMB table and
 * goes back there when a whole LMB is free again.
 */
#ifndef HV_PAGE_H
#define HV_PAGE_H

#include "types.h"

#define PAGE_MIN_SHIFT 16 /* 64 KiB */
#define PAGE_MIN_SIZE  (1UL << PAGE_MIN_SHIFT)

/*
 * Takes 1 << @shift bytes aligned to their size; @shift is PAGE_MIN_SHIFT or more. The contents
 * are whatever the last owner left. Returns NULL when there is no memory. Not on a hypercall path.
 * Takes its own lock, and the LMB table's inside it.
 */
void *page_alloc(u32 shift);

/* Gives back what page_alloc() returned for the same @shift; NULL is allowed. */
void page_free(void *page, u32 shift);

/* The least shift for @size bytes (1 … 2^63). */
u32 page_shift_for(u64 size);

/* Bytes now taken with page_alloc(). */
u64 page_bytes_used(void);

#endif
