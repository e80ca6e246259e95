// SPDX-License-Identifier: Apache-2.0
// The virtual bus in a partition's device tree.
#include "papr/vio.h"
#include "papr/xics.h"
#include "partition/model.h"
#include "partition/partition.h"
#include "partition/tree.h"
#include "partition/tree_writer.h"
#include "vio/adapter.h"
#include "vio/bus.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "-1: no power manipulation is possible or needed" */
#define NO_POWER_DOMAIN 0xffffffffu
#define SLOT_TYPE	"SLOT"

u32 bus_liobn(u32 lpar_id, u32 slot, u32 window)
{
	return VIO_LIOBN_BASE | lpar_id << VIO_LIOBN_LPAR_SHIFT | slot << VIO_LIOBN_SLOT_SHIFT |
	       window;
}

void adapter_location(u32 lpar_id, u32 slot, char location[ADAPTER_LOCATION_SIZE])
{
	model_location(lpar_id, slot, location);
	strcat(location, "-T1");
}

/* A list of the connectors: how many, and a number of each, @first + slot or the same for all. */
static void put_numbers(struct tree_writer *writer, const char *name, u32 first, bool same,
			u32 nr_slots)
{
	be32 cell[1 + PLAN_VIRTUAL_SLOTS_MAX];

	cell[0] = cpu_to_be32(nr_slots);
	for (u32 slot = 0; slot < nr_slots; slot++)
		cell[1 + slot] = cpu_to_be32(same ? first : first + slot);
	tree_put(writer, name, cell, (1 + nr_slots) * sizeof(cell[0]));
}

/* The same of words: their location codes, or what they are. */
static void put_words(struct tree_writer *writer, const char *name, u32 lpar_id, bool locations,
		      u32 nr_slots)
{
	u8 *list = malloc(sizeof(be32) + nr_slots * MODEL_LOCATION_SIZE);
	be32 count = cpu_to_be32(nr_slots);
	u8 *end = list + sizeof(count);

	if (!list) {
		writer->error = -FDT_ERR_NOSPACE;
		return;
	}
	memcpy(list, &count, sizeof(count));
	for (u32 slot = 0; slot < nr_slots; slot++) {
		char word[MODEL_LOCATION_SIZE] = SLOT_TYPE;

		if (locations)
			model_location(lpar_id, slot, word);
		memcpy(end, word, strlen(word) + 1);
		end += strlen(word) + 1;
	}
	tree_put(writer, name, list, (size_t)(end - list));
	free(list);
}

static void put_connectors(struct tree_writer *writer, u32 lpar_id, u32 nr_slots)
{
	put_numbers(writer, "ibm,drc-indexes", VIO_DRC_BASE, false, nr_slots);
	put_numbers(writer, "ibm,drc-power-domains", NO_POWER_DOMAIN, true, nr_slots);
	put_words(writer, "ibm,drc-names", lpar_id, true, nr_slots);
	put_words(writer, "ibm,drc-types", lpar_id, false, nr_slots);
}

/* Windows of 4 GiB at most, so one cell each would do; Linux and others know them with two. */
static void put_windows(struct tree_writer *writer, const struct adapter *adapter)
{
	u32 cells[2 * 5], count = 0;

	for (u32 window = 0; window < adapter->type->nr_windows; window++) {
		cells[count++] = bus_liobn(adapter->lpar->id, adapter->slot, window);
		cells[count++] = 0;
		cells[count++] = 0;
		cells[count++] = (u32)(adapter->type->window_size >> 32);
		cells[count++] = (u32)adapter->type->window_size;
	}
	tree_put_cell(writer, "ibm,#dma-address-cells", 2);
	tree_put_cell(writer, "ibm,#dma-size-cells", 2);
	tree_put_cells(writer, "ibm,my-dma-window", cells, count);
}

static int put_adapter(void *fdt, int bus, const struct adapter *adapter)
{
	const struct adapter_type *type = adapter->type;
	const u32 interrupt[] = {adapter->irq, XICS_SENSE_EDGE};
	u32 unit = VIO_UNIT_BASE + adapter->slot;
	struct tree_writer writer = {.fdt = fdt, .node = bus};
	char text[ADAPTER_LOCATION_SIZE];

	snprintf(text, sizeof(text), "%s@%x", type->name, (unsigned int)unit);
	tree_node_begin(&writer, text);
	tree_put_cell(&writer, "reg", unit);
	tree_put_string(&writer, "device_type", type->device_type);
	tree_put_string(&writer, "compatible", type->compatible);
	tree_put_cells(&writer, "interrupts", interrupt, ARRAY_SIZE(interrupt));
	adapter_location(adapter->lpar->id, adapter->slot, text);
	tree_put_string(&writer, "ibm,loc-code", text);
	tree_put_cell(&writer, "ibm,my-drc-index", VIO_DRC_BASE + adapter->slot);
	if (type->window_size)
		put_windows(&writer, adapter);
	if (!writer.error && type->tree)
		type->tree(adapter, &writer);
	return writer.error;
}

/* LoPAR "Properties of the /vdevice OF Tree Node" */
static int put_bus(struct tree_writer *writer, const struct lpar *lpar)
{
	static const u32 sources[] = {XICS_FIRST_SOURCE, XICS_MAX_SOURCES};

	tree_node_begin(writer, "vdevice");
	tree_put_string(writer, "device_type", "vdevice");
	tree_put_string(writer, "compatible", "IBM,vdevice");
	tree_put_cell(writer, "#address-cells", 1);
	tree_put_cell(writer, "#size-cells", 0);
	tree_put_cell(writer, "#interrupt-cells", 2);
	tree_put_cells(writer, "interrupt-ranges", sources, ARRAY_SIZE(sources));
	tree_put_flag(writer, "interrupt-controller");
	tree_put_cell(writer, "ibm,max-virtual-dma-size", VIO_MAX_DMA_SIZE);
	put_connectors(writer, lpar->id, lpar->bus->nr_slots);
	return writer->error;
}

static int bus_tree(const struct partition *partition, void *fdt)
{
	struct tree_writer writer = {.fdt = fdt};
	const struct bus *bus = partition->lpar.bus;
	int error = put_bus(&writer, &partition->lpar);

	/* A new node comes before its brothers: so they are in the order of their slots. */
	for (u32 slot = bus->nr_slots; slot-- > 0 && !error;)
		if (bus->slot[slot])
			error = put_adapter(fdt, writer.node, bus->slot[slot]);
	return error;
}
TREE_CONTRIBUTOR(bus_tree);
