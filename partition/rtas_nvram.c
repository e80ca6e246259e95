// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>

#include "partition/nvram.h"
#include "partition/partition.h"
#include "partition/rtas.h"
#include "partition/tree.h"

static bool in_nvram(u64 index, u64 length)
{
	return length <= NVRAM_SIZE && index <= NVRAM_SIZE - length;
}

/*
 * Inputs: index of the first byte, address of the buffer, number of bytes. Output: number of bytes
 * copied. LoPAR "nvram-fetch".
 */
static s32 rtas_nvram_fetch(struct rtas_call *call)
{
	u32 index = call->arg[0], buffer = call->arg[1], length = call->arg[2];

	if (!in_nvram(index, length) ||
	    !rtas_copy_out(call, buffer, &call->partition->nvram.byte[index], length))
		return RTAS_PARAMETER;
	call->ret[1] = length;
	return RTAS_SUCCESS;
}
RTAS_CALL("nvram-fetch", 3, 2, rtas_nvram_fetch);

/* Inputs and output as above. LoPAR "nvram-store". */
static s32 rtas_nvram_store(struct rtas_call *call)
{
	u32 index = call->arg[0], buffer = call->arg[1], length = call->arg[2];

	if (!in_nvram(index, length) ||
	    !rtas_copy_in(call, &call->partition->nvram.byte[index], buffer, length))
		return RTAS_PARAMETER;
	call->ret[1] = length;
	return RTAS_SUCCESS;
}
RTAS_CALL("nvram-store", 3, 2, rtas_nvram_store);

/* LoPAR "Memory Device Node" … */
static int nvram_tree(const struct partition *partition __unused, void *fdt)
{
	int node = fdt_add_subnode(fdt, 0, "nvram");
	int error = node;

	if (error >= 0)
		error = fdt_setprop_string(fdt, node, "device_type", "nvram");
	if (error == 0)
		error = fdt_setprop_u32(fdt, node, "#bytes", NVRAM_SIZE);
	return error;
}
TREE_CONTRIBUTOR(nvram_tree);
