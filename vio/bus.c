// SPDX-License-Identifier: Apache-2.0
#include "vio/bus.h"
#include "papr/vio.h"
#include "papr/xics.h"
#include "partition/partition.h"
#include "partition/tree_writer.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#define NODE "vdevice"

static int add_bus(void *fdt)
{
	static const u32 sources[] = {XICS_FIRST_SOURCE, XICS_MAX_SOURCES};
	struct tree_writer writer = {.fdt = fdt, .node = fdt_add_subnode(fdt, 0, NODE)};

	if (writer.node < 0)
		return writer.node;
	tree_put_string(&writer, "device_type", "vdevice");
	tree_put_string(&writer, "compatible", "IBM,vdevice");
	tree_put_cell(&writer, "#address-cells", 1);
	tree_put_cell(&writer, "#size-cells", 0);
	tree_put_cell(&writer, "#interrupt-cells", 2);
	tree_put_cells(&writer, "interrupt-ranges", sources, ARRAY_SIZE(sources));
	tree_put_flag(&writer, "interrupt-controller");
	return writer.error ? writer.error : writer.node;
}

static int find_bus(void *fdt)
{
	int node = fdt_subnode_offset(fdt, 0, NODE);

	return node == -FDT_ERR_NOTFOUND ? add_bus(fdt) : node;
}

/* A property of the root without the vendor before its comma. */
static const char *root_word(const void *fdt, const char *name)
{
	const char *value = fdt_getprop(fdt, 0, name, NULL);
	const char *comma = value ? strrchr(value, ',') : NULL;

	if (!value)
		return "";
	return comma ? comma + 1 : value;
}

/* LoPAR "Virtual Card Connector Location Codes": system, partition, slot. */
static void put_location(struct tree_writer *writer, const struct partition *partition, u32 slot)
{
	char code[80];

	snprintf(code, sizeof(code), "U%s.%s-V%u-C%u", root_word(writer->fdt, "model"),
		 root_word(writer->fdt, "system-id"), (unsigned int)partition->lpar.id,
		 (unsigned int)slot);
	tree_put_string(writer, "ibm,loc-code", code);
}

int bus_add_node(const struct partition *partition, void *fdt, const struct bus_adapter *adapter)
{
	const u32 interrupt[] = {adapter->irq, XICS_SENSE_EDGE};
	u32 unit = VIO_UNIT_BASE + adapter->slot;
	struct tree_writer writer = {.fdt = fdt};
	int bus = find_bus(fdt);
	char name[48];

	if (bus < 0)
		return bus;
	snprintf(name, sizeof(name), "%s@%x", adapter->name, (unsigned int)unit);
	writer.node = fdt_add_subnode(fdt, bus, name);
	if (writer.node < 0)
		return writer.node;
	tree_put_cell(&writer, "reg", unit);
	tree_put_string(&writer, "device_type", adapter->device_type);
	tree_put_string(&writer, "compatible", adapter->compatible);
	tree_put_cells(&writer, "interrupts", interrupt, ARRAY_SIZE(interrupt));
	put_location(&writer, partition, adapter->slot);
	return writer.error ? writer.error : writer.node;
}
