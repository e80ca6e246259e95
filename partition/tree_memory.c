// SPDX-License-Identifier: Apache-2.0
/*
 * Memory in a partition's tree. Without negotiation each LMB has a memory node of its own; a
 * client that supports ibm,dynamic-memory-v2 gets one node for all of them, which keeps the tree
 * of a large partition small. LoPAR "Memory Node": both mean the same.
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "hv/associativity.h"
#include "hv/lmb.h"
#include "partition/tree_memory.h"

/* Flags of an LMB. LoPAR "ibm,dynamic-memory". */
#define LMB_ASSIGNED	    0x00000008
#define LMB_DRC_INVALID	    0x00000020
#define LMB_FLAGS_MASK	    0x000000ff
#define LMB_SET_CELLS	    7 /* the number of sets and one set */
#define LOOKUP_ARRAYS_CELLS (2 + ASSOCIATIVITY_LEVELS)

#define DRCONF_NODE "ibm,dynamic-reconfiguration-memory"

/* The first logical address that memory@0 does not describe. */
static u64 first_lmb_node(const struct lpar *lpar)
{
	return MIN(ALIGN_UP(lpar->rmo_size, 1UL << lmb_shift), lpar_mem_size(lpar));
}

void tree_put_associativity(struct tree_writer *writer)
{
	static const u32 list[1 + ASSOCIATIVITY_LEVELS] = {ASSOCIATIVITY_LEVELS};

	tree_put_cells(writer, "ibm,associativity", list, ARRAY_SIZE(list));
}

static void put_range(u32 *cells, u64 base, u64 size)
{
	cells[0] = base >> 32;
	cells[1] = (u32)base;
	cells[2] = size >> 32;
	cells[3] = (u32)size;
}

/* The RMA is what the first range says, also where the RMO ends inside an LMB. */
static void put_rmo(struct tree_writer *writer, const struct lpar *lpar)
{
	u64 rest = first_lmb_node(lpar) - lpar->rmo_size;
	u32 reg[8];

	put_range(reg, 0, lpar->rmo_size);
	put_range(reg + 4, lpar->rmo_size, rest);
	tree_node_begin(writer, "memory@0");
	tree_put_string(writer, "device_type", "memory");
	tree_put_cells(writer, "reg", reg, rest ? 8 : 4);
	tree_put_associativity(writer);
	tree_node_end(writer);
}

static void put_lmb(struct tree_writer *writer, u64 base)
{
	char name[32];
	u32 reg[4];

	snprintf(name, sizeof(name), "memory@%lx", (unsigned long)base);
	put_range(reg, base, 1UL << lmb_shift);
	tree_node_begin(writer, name);
	tree_put_string(writer, "device_type", "memory");
	tree_put_cells(writer, "reg", reg, ARRAY_SIZE(reg));
	tree_put_associativity(writer);
	tree_node_end(writer);
}

/* All LMBs behind memory@0 follow one another: one set. No connector can take them away yet. */
static void lmb_set(const struct lpar *lpar, u32 set[LMB_SET_CELLS])
{
	u64 base = first_lmb_node(lpar);

	set[0] = 1;
	set[1] = (u32)((lpar_mem_size(lpar) - base) >> lmb_shift);
	set[2] = base >> 32;
	set[3] = (u32)base;
	set[4] = 0;
	set[5] = 0;
	set[6] = LMB_ASSIGNED | LMB_DRC_INVALID;
}

static const u32 lookup_arrays[LOOKUP_ARRAYS_CELLS] = {1, ASSOCIATIVITY_LEVELS};

static void put_drconf(struct tree_writer *writer, const struct lpar *lpar)
{
	u64 lmb_size = 1UL << lmb_shift;
	const u32 size[] = {lmb_size >> 32, (u32)lmb_size};
	u32 set[LMB_SET_CELLS];

	lmb_set(lpar, set);
	tree_put_cells(writer, "ibm,lmb-size", size, ARRAY_SIZE(size));
	tree_put_cell(writer, "ibm,memory-flags-mask", LMB_FLAGS_MASK);
	tree_put_cell(writer, "ibm,memory-preservation-time", 0);
	tree_put_cells(writer, "ibm,associativity-lookup-arrays", lookup_arrays,
		       LOOKUP_ARRAYS_CELLS);
	tree_put_cells(writer, "ibm,dynamic-memory-v2", set, LMB_SET_CELLS);
}

/* What is behind memory@0, below the open root. */
static void put_rest(struct tree_writer *writer, const struct lpar *lpar, bool drconf)
{
	u64 base = first_lmb_node(lpar), top = lpar_mem_size(lpar);

	if (drconf && base < top) {
		tree_node_begin(writer, DRCONF_NODE);
		put_drconf(writer, lpar);
		tree_node_end(writer);
	}
	for (; !drconf && base < top; base += 1UL << lmb_shift)
		put_lmb(writer, base);
}

void tree_put_memory(struct tree_writer *writer, const struct lpar *lpar, bool drconf)
{
	put_rmo(writer, lpar);
	put_rest(writer, lpar, drconf);
}

/* Whether @node, a child of the root, is for an LMB behind memory@0. */
static bool is_lmb_node(const void *fdt, int node)
{
	const char *name = fdt_get_name(fdt, node, NULL);

	return name && strncmp(name, "memory@", 7) == 0 && strcmp(name, "memory@0") != 0;
}

static int delete_lmb_nodes(void *fdt)
{
	int node = fdt_first_subnode(fdt, 0), error;

	while (node >= 0) {
		if (!is_lmb_node(fdt, node)) {
			node = fdt_next_subnode(fdt, node);
			continue;
		}
		error = fdt_del_node(fdt, node);
		if (error)
			return error;
		/* What followed is where it was, unless it was the root's last. */
		if (!fdt_get_name(fdt, node, NULL))
			break;
	}
	return 0;
}

int tree_set_drconf(void *fdt, const struct lpar *lpar, bool drconf)
{
	struct tree_writer writer = {.fdt = fdt};
	int node = fdt_subnode_offset(fdt, 0, DRCONF_NODE);
	int error;

	if (first_lmb_node(lpar) == lpar_mem_size(lpar) || drconf == (node >= 0))
		return 0;
	error = drconf ? delete_lmb_nodes(fdt) : fdt_del_node(fdt, node);
	if (error)
		return error;
	put_rest(&writer, lpar, drconf);
	return writer.error;
}
