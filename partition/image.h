/* SPDX-License-Identifier: Apache-2.0 */
/* Boot images: ELF64 of either byte order. */
#ifndef PARTITION_IMAGE_H
#define PARTITION_IMAGE_H

#include "hv/lpar.h"
#include "types.h"

#define IMAGE_DYN_BASE	   (4 * MiB) /* where an ET_DYN image, which relocates itself, is put */
#define IMAGE_MAX_SEGMENTS 32
#define IMAGE_REASON_SIZE  96

struct image {
	u64 base;  /* logical address of its lowest byte */
	u64 end;   /* first logical address behind its highest, bss included */
	u64 entry; /* logical address; always entered big-endian with translation off */
	u64 toc;   /* for R2, from the entry's function descriptor; 0 = it has none */
	char reason[IMAGE_REASON_SIZE];
};

/*
 * Copies the loadable segments of the ELF64 file @file (@size bytes, not trusted, any alignment)
 * into @lpar's memory below @limit (bytes; the RMO size), clears what follows them in memory, and
 * says where in @image. ET_EXEC goes to its physical addresses, ET_DYN to IMAGE_DYN_BASE plus
 * those. The caller alone uses that memory.
 * Returns 0, or -1 with *@reason one line for people with the figures, kept in @image; nothing has
 * been copied then unless the partition has less memory than @limit.
 */
int image_load(const struct lpar *lpar, const void *file, size_t size, u64 limit,
	       struct image *image, const char **reason);

#endif
