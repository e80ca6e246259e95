// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/of.c partition/of_claim.c partition/of_instance.c partition/of_path.c
// SOURCES: partition/of_tree.c partition/cas.c partition/console.c partition/rtas.c
// SOURCES: partition/tree.c partition/tree_cpu.c partition/tree_memory.c partition/tree_writer.c
// SOURCES: hv/lpar.c tests/unit/fake_machine.c tests/unit/of_world.c
// SOURCES: partition/model.c
/*
 * Open Firmware client calls with any arguments: the tree stays a tree, claims stay apart. The
 * input is a program for a client: calls with arguments from a stock of useful and useless ones,
 * and writes into the client's memory.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "papr/hcall.h"
#include "tests/unit/of_world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define MAX_CALLS 64
#define MAX_CELLS 36

static const char *const strings[] = {
	"/",
	"/chosen",
	"/rtas",
	"/cpus/PowerPC,POWER8@0",
	"/memory@0",
	"/vdevice/vty@30000000",
	"/aliases",
	"/@30000000/x:y",
	"alias/vty:1",
	"bootargs",
	"phandle",
	"name",
	"reg",
	"available",
	"alias",
	"device_type",
	"instantiate-rtas",
	"ibm,client-architecture-support",
	"",
};

static const struct {
	const char *name;
	u8 nargs, nret;
} services[] = {
	{"finddevice", 1, 1},
	{"peer", 1, 1},
	{"child", 1, 1},
	{"parent", 1, 1},
	{"getprop", 4, 1},
	{"getproplen", 2, 1},
	{"nextprop", 3, 1},
	{"setprop", 4, 1},
	{"canon", 3, 1},
	{"package-to-path", 3, 1},
	{"instance-to-path", 3, 1},
	{"instance-to-package", 1, 1},
	{"open", 1, 1},
	{"close", 1, 0},
	{"read", 3, 1},
	{"write", 3, 1},
	{"call-method", 3, 2},
	{"test-method", 2, 1},
	{"claim", 3, 1},
	{"release", 2, 0},
	{"milliseconds", 0, 1},
	{"quiesce", 0, 0},
	{"exit", 0, 0},
	{"boot", 1, 0},
	{"test", 1, 1},
	{"interpret", 1, 1},
};

static const u32 edges[] = {
	0,	   1,	       WORLD_BUFFER, WORLD_IMAGE, WORLD_RMO - 1, WORLD_RMO, WORLD_MEM - 1,
	WORLD_MEM, 0x7fffffff, 0x80000000u,  0xfffffffcu, 0xffffffffu};

static u32 address_of[ARRAY_SIZE(strings)]; /* in the client's memory */
static u32 name_of[ARRAY_SIZE(services)];
static const u8 *input;
static size_t left;

static u8 take(void)
{
	if (left == 0)
		return 0;
	left--;
	return *input++;
}

static u32 take_cell(void)
{
	u32 value = take();

	value = value << 8 | take();
	value = value << 8 | take();
	return value << 8 | take();
}

/* The handle of the node that string @index is the path of. */
static u32 phandle(u32 index)
{
	int node = fdt_path_offset(partition.tree, strings[index % 7]);

	return node < 0 ? index : fdt_get_phandle(partition.tree, node);
}

static u32 argument(void)
{
	u8 byte = take(), index = byte >> 3;

	switch (byte & 7) {
	case 0:
		return index;
	case 1:
		return phandle(index);
	case 2:
		return phandle(index) | 0x40000000;
	case 3:
		return address_of[index % ARRAY_SIZE(strings)];
	case 4:
		return WORLD_DATA + index * 64;
	case 5:
		return edges[index % ARRAY_SIZE(edges)];
	case 6:
		return take_cell();
	default:
		return (u32)(take() << 8 | take()) << 8;
	}
}

static void store(u32 address)
{
	u8 bytes[256];
	u32 size = take(), i;

	for (i = 0; i < size; i++)
		bytes[i] = take();
	world_write(address, bytes, size);
}

static void make_call(u32 service)
{
	u32 nargs = services[service].nargs, nret = services[service].nret, i;
	be32 array[MAX_CELLS];
	u8 oddity = take();
	s64 result;

	if (oddity & 0x80) {
		nargs = oddity & 0x1f;
		nret = take() & 0x1f;
	}
	array[0] = cpu_to_be32(name_of[service]);
	array[1] = cpu_to_be32(nargs);
	array[2] = cpu_to_be32(nret);
	for (i = 0; i < MIN(nargs, MAX_CELLS - 3u); i++)
		array[3 + i] = cpu_to_be32(argument());
	world_write(WORLD_BUFFER, array, sizeof(array));
	result = world_hcall(oddity & 0x40 ? argument() : WORLD_BUFFER);
	if (result != 0 && result != -1 && result != H_BUSY)
		abort();
}

static void check(void)
{
	const struct of *of = &partition.of;
	u64 end = 0;

	for (u32 i = 0; i < of->nr_claims; i++) {
		if (of->claim[i].base < end || of->claim[i].base >= of->claim[i].end)
			abort();
		/* They would be one claim otherwise. */
		if (i > 0 && of->claim[i].base == end)
			abort();
		end = of->claim[i].end;
	}
	if (end > WORLD_MEM || fdt_check_full(partition.tree, partition.tree_size) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	world_restart();
	for (u32 i = 0; i < ARRAY_SIZE(strings); i++)
		address_of[i] = world_string(strings[i]);
	for (u32 i = 0; i < ARRAY_SIZE(services); i++)
		name_of[i] = world_string(services[i].name);
	world.input = "typed";
	world.output_room = 100;
	input = data;
	left = size;
	for (u32 calls = 0; left && calls < MAX_CALLS; calls++) {
		u32 what = take() % (ARRAY_SIZE(services) + 2);

		if (what < ARRAY_SIZE(services))
			make_call(what);
		else
			store(what % 2 ? WORLD_DATA : WORLD_MEM - 256);
	}
	check();
	return 0;
}
