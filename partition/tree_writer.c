// SPDX-License-Identifier: Apache-2.0
/* Writing of nodes and properties, errors remembered. */
#include <libfdt.h>
#include <string.h>
#include "partition/tree_writer.h"

static void begin_in_finished(struct tree_writer *writer, const char *name)
{
	int node = fdt_add_subnode(writer->fdt, writer->node, name);

	if (node < 0)
		writer->error = node;
	else
		writer->node = node;
}

void tree_node_begin(struct tree_writer *writer, const char *name)
{
	if (writer->error)
		return;
	if (writer->node != TREE_SEQUENTIAL) {
		begin_in_finished(writer, name);
		return;
	}
	writer->error = fdt_begin_node(writer->fdt, name);
	tree_put_cell(writer, "phandle", ++writer->phandle);
}

void tree_node_end(struct tree_writer *writer)
{
	if (writer->error)
		return;
	if (writer->node == TREE_SEQUENTIAL)
		writer->error = fdt_end_node(writer->fdt);
	else
		writer->node = fdt_parent_offset(writer->fdt, writer->node);
}

void tree_put(struct tree_writer *writer, const char *name, const void *value, size_t size)
{
	if (writer->error)
		return;
	if (writer->node == TREE_SEQUENTIAL)
		writer->error = fdt_property(writer->fdt, name, value, (int)size);
	else
		writer->error = fdt_setprop(writer->fdt, writer->node, name, value, (int)size);
}

void tree_put_flag(struct tree_writer *writer, const char *name)
{
	tree_put(writer, name, NULL, 0);
}

void tree_put_string(struct tree_writer *writer, const char *name, const char *value)
{
	tree_put(writer, name, value, strlen(value) + 1);
}

void tree_put_cell(struct tree_writer *writer, const char *name, u32 value)
{
	tree_put_cells(writer, name, &value, 1);
}

void tree_put_cells(struct tree_writer *writer, const char *name, const u32 *cells, u32 count)
{
	be32 value[TREE_MAX_CELLS];
	u32 i;

	if (count > TREE_MAX_CELLS) {
		writer->error = -FDT_ERR_NOSPACE;
		return;
	}
	for (i = 0; i < count; i++)
		value[i] = cpu_to_be32(cells[i]);
	tree_put(writer, name, value, count * sizeof(value[0]));
}
