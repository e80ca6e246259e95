// SPDX-License-Identifier: Apache-2.0
/* A machine with one POWER8 processor. */
#include <libfdt.h>
#include "hv/machine.h"
#include "tests/unit/fake_machine.h"

struct machine machine;

static u8 tree[8 * KiB] __aligned(8);

static const u32 page_sizes[] = {
	12, 0x000, 3, 12, 0x000, 16, 0x007, 24, 0x038, /* 4 KiB */
	16, 0x110, 2, 16, 0x001, 24, 0x008,	       /* 64 KiB */
	24, 0x100, 1, 24, 0x000,		       /* 16 MiB */
	34, 0x120, 1, 34, 0x003,		       /* 16 GiB */
};

static const u8 pa_features[] = {24,   0,    0xf6, 0x3f, 0xc7, 0xc0, 0x80, 0xf0, 0x80,
				 0x00, 0,    0,	   0,	 0,    0,    0,	   0,	 0,
				 0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00};

static void put_cells(const char *name, const u32 *cells, u32 count)
{
	be32 value[32];
	u32 i;

	for (i = 0; i < count; i++)
		value[i] = cpu_to_be32(cells[i]);
	fdt_property(tree, name, value, (int)(count * 4));
}

static void put_cpu(void)
{
	static const u32 segments[] = {0x1c, 0x28, 0xffffffff, 0xffffffff};

	fdt_begin_node(tree, "PowerPC,POWER8@8");
	fdt_property_string(tree, "device_type", "cpu");
	fdt_property_u32(tree, "reg", 8);
	fdt_property_u32(tree, "ibm,pir", 8);
	fdt_property_u32(tree, "clock-frequency", 1000000000);
	fdt_property_u32(tree, "d-cache-size", 0x8000);
	fdt_property_u32(tree, "i-cache-size", 0x8000);
	fdt_property_u32(tree, "d-cache-line-size", 128);
	fdt_property_u32(tree, "i-cache-line-size", 128);
	fdt_property_u32(tree, "ibm,vmx", 2);
	fdt_property_u32(tree, "ibm,dfp", 1);
	fdt_property(tree, "ibm,purr", NULL, 0);
	fdt_property(tree, "64-bit", NULL, 0);
	fdt_property(tree, "ibm,pa-features", pa_features, sizeof(pa_features));
	put_cells("ibm,processor-segment-sizes", segments, ARRAY_SIZE(segments));
	put_cells("ibm,segment-page-sizes", page_sizes, ARRAY_SIZE(page_sizes));
	fdt_end_node(tree);
}

void fake_machine_init(void)
{
	fdt_create(tree, sizeof(tree));
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_string(tree, "system-id", "TEST0001");
	fdt_begin_node(tree, "cpus");
	put_cpu();
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
	machine = (struct machine){.fdt = tree,
				   .timebase_hz = 512000000,
				   .pvr = 0x004d0200,
				   .nr_cpus = 1,
				   .cpu = {{.pir = 8}}};
	machine.cpu[0].node = fdt_path_offset(tree, "/cpus/PowerPC,POWER8@8");
}
