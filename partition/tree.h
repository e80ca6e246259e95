/* SPDX-License-Identifier: Apache-2.0 */
/* A partition's device tree. LoPAR "PAPR Binding" (app_papr_binding). */
#ifndef PARTITION_TREE_H
#define PARTITION_TREE_H

#include "types.h"

struct partition;

/*
 * A part of the tree that somebody else than tree.c knows: TREE_CONTRIBUTOR(vterm_tree).
 * Called with the whole basic tree in @fdt (libfdt, writable, room left). Returns 0 or a libfdt
 * error.
 */
typedef int tree_contributor(const struct partition *partition, void *fdt);

#define TREE_CONTRIBUTOR(fn)                                                                       \
	static tree_contributor *const fn##_line __section("tree_contributors") = fn

extern tree_contributor *const __start_tree_contributors[], *const __stop_tree_contributors[];

/* Room that a tree gets, in bytes. */
#define TREE_SIZE (64 * KiB)

/*
 * Builds @partition's tree into @fdt (TREE_SIZE bytes). @initrd_base and @initrd_size in the
 * partition's logical memory, size 0 for none. Returns 0 or a libfdt error.
 */
int tree_build(const struct partition *partition, void *fdt, u64 initrd_base, u64 initrd_size);

#endif
