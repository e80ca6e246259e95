// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/of.c partition/of_claim.c partition/of_instance.c partition/of_path.c
// SOURCES: partition/of_tree.c partition/cas.c partition/console.c partition/rtas.c
// SOURCES: partition/tree.c partition/tree_cpu.c partition/tree_memory.c partition/tree_writer.c
// SOURCES: hv/lpar.c tests/unit/fake_machine.c tests/unit/of_world.c
// SOURCES: partition/model.c
/*
 * ibm,client-architecture-support with any structure, also one that ends with the partition's
 * memory: the tree agrees with what was negotiated, and nothing is on that the platform has not.
 * Each negotiation is made twice over, a second one after the first.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "partition/cas.h"
#include "tests/unit/of_world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define MAX_SIZE (WORLD_MEM - WORLD_RMO)

static const void *property(const char *path, const char *name, int *size)
{
	return fdt_getprop(partition.tree, fdt_path_offset(partition.tree, path), name, size);
}

static void check_level(const char *cpu)
{
	const fdt32_t *version = property(cpu, "cpu-version", NULL);
	const u8 *features = property(cpu, "ibm,pa-features", NULL);
	bool old = partition.lpar.pcr == PCR_V2_06;

	if (!version || !features || features[0] != (old ? 6 : 24))
		abort();
	switch (fdt32_ld(version)) {
	case 0x004d0200:
	case CAS_LOGICAL_PVR_2_07:
		if (partition.lpar.pcr != 0)
			abort();
		break;
	case CAS_LOGICAL_PVR_2_06:
	case CAS_LOGICAL_PVR_2_06_PLUS:
		if (!old)
			abort();
		break;
	default:
		abort();
	}
}

static u32 count_cpus(void)
{
	u32 count = 0;
	int node;

	fdt_for_each_subnode(node, partition.tree, fdt_path_offset(partition.tree, "/cpus"))
		count++;
	return count;
}

static void check_options(void)
{
	static const u8 all[CAS_VEC5_SIZE] = {[2] = 0xf2,  [5] = 0x80,	[9] = 0xff, [10] = 0xff,
					      [11] = 0xff, [12] = 0xff, [22] = 0x80};
	bool drconf, shown;
	int size, i;
	const u8 *vec5 = property("/chosen", "ibm,architecture-vec-5", &size);
	u32 cpus;

	if (!vec5 || size != CAS_VEC5_SIZE || vec5[0] != CAS_VEC5_SIZE - 2)
		abort();
	for (i = 1; i < size; i++)
		if (vec5[i] & ~all[i])
			abort();
	cpus = fdt32_ld((const fdt32_t *)(vec5 + CAS_MAX_CPUS_BYTE));
	if (cpus == 0 || cpus > LPAR_MAX_VPS || count_cpus() != MIN(cpus, (u32)WORLD_VPS))
		abort();
	drconf = vec5[2] & 0x20;
	shown = fdt_path_offset(partition.tree, "/ibm,dynamic-reconfiguration-memory") >= 0;
	if (drconf != shown || drconf != (vec5[22] == 0x80) ||
	    shown == (fdt_path_offset(partition.tree, "/memory@400000") >= 0))
		abort();
}

static void negotiate(const u8 *data, size_t size)
{
	u32 address = WORLD_MEM - (u32)size;
	const char *reason = NULL;

	world_write(address, data, (u32)size);
	switch (cas_negotiate(&partition, address, &reason)) {
	case CAS_AGREED:
		check_level("/cpus/PowerPC,POWER8@0");
		check_options();
		break;
	case CAS_IMPOSSIBLE:
		if (!reason)
			abort();
		break;
	default:
		break;
	}
	if (fdt_check_full(partition.tree, partition.tree_size) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t first = size / 2;

	if (size > MAX_SIZE)
		return 0;
	world_restart();
	negotiate(data, size);
	negotiate(data + first, size - first);
	negotiate(data, first);
	return 0;
}
