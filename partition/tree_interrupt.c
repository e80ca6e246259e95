// SPDX-License-Identifier: Apache-2.0
/* The presentation controller in a partition's tree, to which every interrupt goes. */
#include <libfdt.h>
#include "papr/xics.h"
#include "partition/partition.h"
#include "partition/tree.h"
#include "partition/tree_writer.h"

/*
 * LoPAR "PowerPC External Interrupt Presentation Controller Node Properties". It has no registers
 * that a partition could reach, so no "reg".
 */
static int interrupt_tree(const struct partition *partition __unused, void *fdt)
{
	static const u32 servers[] = {0, LPAR_MAX_VPS};
	struct tree_writer writer = {.fdt = fdt};
	int error = fdt_setprop_u32(fdt, 0, "interrupt-parent", XICS_PHANDLE);

	if (error)
		return error;
	writer.node = fdt_add_subnode(fdt, 0, "interrupt-controller");
	if (writer.node < 0)
		return writer.node;
	tree_put_string(&writer, "device_type", "PowerPC-External-Interrupt-Presentation");
	tree_put_string(&writer, "compatible", "IBM,ppc-xicp");
	tree_put_flag(&writer, "interrupt-controller");
	tree_put_cell(&writer, "#interrupt-cells", 2);
	tree_put_cells(&writer, "ibm,interrupt-server-ranges", servers, ARRAY_SIZE(servers));
	tree_put_cell(&writer, "phandle", XICS_PHANDLE);
	return writer.error;
}
TREE_CONTRIBUTOR(interrupt_tree);
