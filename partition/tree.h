/* SPDX-License-Identifier: Apache-2.0 */
/* A partition's device tree. LoPAR "PAPR Binding" (app_papr_binding). */
#ifndef PARTITION_TREE_H
#define PARTITION_TREE_H

#include "types.h"

struct cas;
struct partition;

/*
 * A part of the tree that somebody else than tree.c knows: TREE_CONTRIBUTOR(vterm_tree).
 * Called with the whole basic tree in @fdt (libfdt, writable, room left). Returns 0 or a libfdt
 * error. Nodes need no phandle: those without get one afterwards.
 */
typedef int tree_contributor(const struct partition *partition, void *fdt);

#define TREE_CONTRIBUTOR(fn) \
	static tree_contributor *const fn##_line __section("tree_contributors") = fn

extern tree_contributor *const __start_tree_contributors[], *const __stop_tree_contributors[];

/*
 * Bytes that @partition's tree needs, what the client may add to it included: 64 KiB and a little
 * for each processor and each LMB, far below one per cent of the partition's memory.
 * The memory map and the number of processors must be known.
 */
size_t tree_size(const struct partition *partition);

/*
 * Builds @partition's tree into @fdt (tree_size() bytes, aligned to 8). @initrd_base and
 * @initrd_size in the partition's logical memory, size 0 for none.
 * For boot_mode=fdt RTAS must be instantiated before; the tree is complete and packed, with what
 * ibm,client-architecture-support would have negotiated. For boot_mode=of it has room left, and
 * of_start() completes it. Returns 0 or a libfdt error.
 */
int tree_build(const struct partition *partition, void *fdt, u64 initrd_base, u64 initrd_size);

/*
 * Changes a tree built for boot_mode=of to what @cas says: processors, memory representation,
 * "ibm,architecture-vec-5". Returns 0 or a libfdt error.
 */
int tree_negotiated(const struct partition *partition, void *fdt, const struct cas *cas);

#endif
