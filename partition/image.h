/* SPDX-License-Identifier: Apache-2.0 */
/* Boot images: ELF64 of either byte order. */
#ifndef PARTITION_IMAGE_H
#define PARTITION_IMAGE_H

#include "hv/lpar.h"
#include "types.h"

#define IMAGE_DYN_BASE	   (4 * MiB) /* where an ET_DYN image, which relocates itself, is put */
#define IMAGE_MAX_SEGMENTS 32
#define IMAGE_REASON_SIZE  96

/* What goes to one place, and what is cleared behind it. */
struct image_segment {
	u64 logical;
	const u8 *from;
	u64 filesz, memsz; /* bytes of it, and with what is cleared */
};

struct image {
	u64 base;  /* logical address of its lowest byte */
	u64 end;   /* first logical address behind its highest, bss included */
	u64 entry; /* logical address; always entered big-endian with translation off */
	u64 toc;   /* for R2, from the entry's function descriptor; 0 = it has none */
	char reason[IMAGE_REASON_SIZE];
	struct image_segment segment[IMAGE_MAX_SEGMENTS];
	u32 nr_segments;
	u32 copying; /* the segment that image_copy() is at … */
	u64 copied;  /* … and bytes of it that are there */
};

/*
 * Finds out where the loadable segments of the ELF64 file @file (@size bytes, not trusted, any
 * alignment) go in @lpar's memory below @limit (bytes; the RMO size), and says so in @image.
 * ET_EXEC goes to its physical addresses, ET_DYN to IMAGE_DYN_BASE plus those.
 * Returns 0, or -1 with *@reason one line for people with the figures, kept in @image.
 */
int image_open(const struct lpar *lpar, const void *file, size_t size, u64 limit,
	       struct image *image, const char **reason);

/*
 * Copies the next @bytes bytes of what image_open() has accepted, of a file that is still the same,
 * into @lpar's memory. The caller alone uses that memory. Returns whether there is more.
 */
bool image_copy(struct image *image, const struct lpar *lpar, u64 bytes);

#endif
