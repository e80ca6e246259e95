// SPDX-License-Identifier: Apache-2.0
#include "partition/model.h"
#include "hv/machine.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

void model_cpu(char name[MODEL_CPU_SIZE])
{
	const char *full = fdt_get_name(machine.fdt, machine.cpu[0].node, NULL);
	const char *start = full ? strchr(full, ',') : NULL;
	size_t size;

	start = start ? start + 1 : "POWER";
	size = MIN(strcspn(start, "@"), (size_t)MODEL_CPU_SIZE - 1);
	memcpy(name, start, size);
	name[size] = '\0';
}

const char *model_system_id(void)
{
	const char *id = fdt_getprop(machine.fdt, 0, "system-id", NULL);

	return id ? id : "unknown";
}

void model_location(u32 lpar_id, u32 slot, char location[MODEL_LOCATION_SIZE])
{
	const char *id = model_system_id();
	const char *comma = strrchr(id, ',');
	char cpu[MODEL_CPU_SIZE];

	model_cpu(cpu);
	snprintf(location, MODEL_LOCATION_SIZE, "U%s.%.32s-V%u-C%u", cpu, comma ? comma + 1 : id,
		 (unsigned int)lpar_id, (unsigned int)slot);
}
