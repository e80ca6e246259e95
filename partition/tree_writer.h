/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes nodes and properties, either from front to back with libfdt's sequential calls, or into a
 * node of a finished tree. The first error sticks: after it nothing is written, so callers look at
 * tree_writer.error once, at the end.
 */
#ifndef PARTITION_TREE_WRITER_H
#define PARTITION_TREE_WRITER_H

#include "types.h"

#define TREE_SEQUENTIAL (-1)

struct tree_writer {
	void *fdt;
	int node;    /* the open node in a finished tree, or TREE_SEQUENTIAL */
	int error;   /* 0 or a libfdt error */
	u32 phandle; /* when sequential: the last one given to a node */
};

/* Sequential only. Opens a node and gives it a phandle. @name with unit address; "" for the root.
 */
void tree_node_begin(struct tree_writer *writer, const char *name);
void tree_node_end(struct tree_writer *writer);

/* Sets a property of the open node; before any child of it begins. */
void tree_put(struct tree_writer *writer, const char *name, const void *value, size_t size);
void tree_put_flag(struct tree_writer *writer, const char *name);
void tree_put_string(struct tree_writer *writer, const char *name, const char *value);
void tree_put_cell(struct tree_writer *writer, const char *name, u32 value);

/* At most TREE_MAX_CELLS cells in the machine's byte order. */
#define TREE_MAX_CELLS 64
void tree_put_cells(struct tree_writer *writer, const char *name, const u32 *cells, u32 count);

#endif
