/* SPDX-License-Identifier: Apache-2.0 */
/* Boot images: ELF64 of either byte order. */
#ifndef PARTITION_IMAGE_H
#define PARTITION_IMAGE_H

#include "hv/lpar.h"
#include "types.h"

#define IMAGE_DYN_BASE (4 * MiB) /* where an ET_DYN image, which relocates itself, is put */

struct image {
	u64 base;  /* logical address of its lowest byte */
	u64 end;   /* first logical address behind its highest, bss included */
	u64 entry; /* logical address; always entered big-endian with translation off */
};

/*
 * Copies the loadable segments of the ELF64 file @file (@size bytes, not trusted) into @lpar's
 * memory below @limit (bytes; the RMO size) and says where in @image.
 * Returns 0, or -1 with *@reason one static line for people (garbage, truncated, too big,
 * wrong machine, overlapping segments, entry outside ...).
 */
int image_load(const struct lpar *lpar, const void *file, size_t size, u64 limit,
	       struct image *image, const char **reason);

#endif
