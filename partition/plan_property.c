// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "hmc/plan.h"
#include "partition/plan_property.h"

bool plan_number(const void *fdt, int node, const char *property, u32 min, u32 max, u32 *number)
{
	int length;
	const fdt32_t *value = fdt_getprop(fdt, node, property, &length);

	if (value == NULL || length != (int)sizeof(*value))
		return false;
	*number = fdt32_ld(value);
	return *number >= min && *number <= max;
}

bool plan_flag(const void *fdt, int node, const char *property, bool *flag)
{
	u32 number;

	if (!plan_number(fdt, node, property, 0, 1, &number))
		return false;
	*flag = number != 0;
	return true;
}

const char *plan_string(const void *fdt, int node, const char *property)
{
	int length;
	const char *value = fdt_getprop(fdt, node, property, &length);

	if (value == NULL || length < 1 || strnlen(value, (size_t)length) != (size_t)length - 1)
		return NULL;
	return value;
}

const char *plan_name(const void *fdt, int node, const char *property)
{
	const char *name = plan_string(fdt, node, property);

	return name != NULL && plan_name_valid(name) ? name : NULL;
}

int plan_numbered_node(const void *fdt, int parent, const char *format, u32 number)
{
	char name[32];

	snprintf(name, sizeof(name), format, (unsigned int)number);
	return fdt_subnode_offset(fdt, parent, name);
}
