// SPDX-License-Identifier: Apache-2.0
/* Client services on the device tree. IEEE 1275-1994 6.3.2.1, 6.3.2.2. */
#include <libfdt.h>
#include <string.h>
#include "partition/of_call.h"

#define PROP_NAME_SIZE                                                            \
	64 /* LoPAR has names that are longer than the 31 characters of IEEE 1275 \
	    */
#define PROP_MAX_SIZE (4 * KiB)

/* The properties that make a node what it is; a client may not change them. */
static bool is_fixed(const char *name)
{
	static const char *const fixed[] = {"name", "phandle", "linux,phandle", "ibm,phandle"};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fixed); i++)
		if (strcmp(name, fixed[i]) == 0)
			return true;
	return false;
}

/*
 * The value of a property. A flat tree has no "name": it is the node's name up to its unit
 * address, copied to @room.
 */
static const void *get_value(struct of_call *call, int node, const char *name,
			     char room[PROP_NAME_SIZE], int *size)
{
	const char *full;
	size_t length;

	if (strcmp(name, "name") != 0)
		return fdt_getprop(call->fdt, node, name, size);
	full = fdt_get_name(call->fdt, node, NULL);
	if (!full)
		return NULL;
	length = MIN(strcspn(full, "@"), (size_t)PROP_NAME_SIZE - 1);
	memcpy(room, full, length);
	room[length] = '\0';
	*size = (int)length + 1;
	return room;
}

/* The property behind @name, "name" being the first of all; NULL when it was the last. */
static const char *next_name(struct of_call *call, int node, const char *name, bool *known)
{
	const char *found, *last = "name";
	int prop;

	*known = true;
	if (name[0] == '\0')
		return last;
	fdt_for_each_property_offset(prop, call->fdt, node) {
		if (!fdt_getprop_by_offset(call->fdt, prop, &found, NULL))
			break;
		if (strcmp(last, name) == 0)
			return found;
		last = found;
	}
	*known = strcmp(last, name) == 0;
	return NULL;
}

/* A path with as much of it as fits, and its final NUL if that fits too. */
static enum of_status return_path(struct of_call *call, int node, u32 buffer, u32 size)
{
	char path[OF_PATH_SIZE];
	u32 length;

	call->ret[0] = OF_NOT_FOUND;
	if (node < 0 || fdt_get_path(call->fdt, node, path, sizeof(path)) != 0)
		return OF_DONE;
	length = strlen(path);
	if (!of_copy_out(call, buffer, path, MIN(length + 1, size)))
		return OF_FAILED;
	call->ret[0] = length;
	return OF_DONE;
}

enum of_status of_finddevice(struct of_call *call)
{
	char path[OF_PATH_SIZE];

	if (!of_string(call, call->arg[0], path, sizeof(path)))
		return OF_FAILED;
	call->ret[0] = of_phandle(call, of_path_find(call->fdt, path), OF_NOT_FOUND);
	return OF_DONE;
}

enum of_status of_peer(struct of_call *call)
{
	int node = 0;

	if (call->arg[0] != 0) {
		node = of_node(call, call->arg[0]);
		node = node <= 0 ? -FDT_ERR_NOTFOUND : fdt_next_subnode(call->fdt, node);
	}
	call->ret[0] = of_phandle(call, node, 0);
	return OF_DONE;
}

enum of_status of_child(struct of_call *call)
{
	int node = of_node(call, call->arg[0]);

	if (node >= 0)
		node = fdt_first_subnode(call->fdt, node);
	call->ret[0] = of_phandle(call, node, 0);
	return OF_DONE;
}

enum of_status of_parent(struct of_call *call)
{
	int node = of_node(call, call->arg[0]);

	if (node >= 0)
		node = fdt_parent_offset(call->fdt, node);
	call->ret[0] = of_phandle(call, node, 0);
	return OF_DONE;
}

/* Arguments: phandle, name, buffer, its size. Result: the property's size. */
enum of_status of_getprop(struct of_call *call)
{
	char name[PROP_NAME_SIZE], room[PROP_NAME_SIZE];
	int node = of_node(call, call->arg[0]), size;
	const void *value;

	call->ret[0] = OF_NOT_FOUND;
	if (!of_string(call, call->arg[1], name, sizeof(name)))
		return OF_FAILED;
	value = node < 0 ? NULL : get_value(call, node, name, room, &size);
	if (!value)
		return OF_DONE;
	if (!of_copy_out(call, call->arg[2], value, MIN((u32)size, call->arg[3])))
		return OF_FAILED;
	call->ret[0] = size;
	return OF_DONE;
}

enum of_status of_getproplen(struct of_call *call)
{
	char name[PROP_NAME_SIZE], room[PROP_NAME_SIZE];
	int node = of_node(call, call->arg[0]), size;

	call->ret[0] = OF_NOT_FOUND;
	if (!of_string(call, call->arg[1], name, sizeof(name)))
		return OF_FAILED;
	if (node >= 0 && get_value(call, node, name, room, &size))
		call->ret[0] = size;
	return OF_DONE;
}

/* Arguments: phandle, previous name or null, buffer. Result: 1, 0 = no more, -1 = no such name. */
enum of_status of_nextprop(struct of_call *call)
{
	char name[PROP_NAME_SIZE] = "";
	int node = of_node(call, call->arg[0]);
	const char *next;
	bool known;

	if (call->arg[1] && !of_string(call, call->arg[1], name, sizeof(name)))
		return OF_FAILED;
	call->ret[0] = OF_NOT_FOUND;
	if (node < 0)
		return OF_DONE;
	next = next_name(call, node, name, &known);
	if (!known)
		return OF_DONE;
	if (!of_copy_out(call, call->arg[2], next ? next : "", next ? strlen(next) + 1 : 1))
		return OF_FAILED;
	call->ret[0] = next ? 1 : 0;
	return OF_DONE;
}

/* Arguments: phandle, name, value, its size. Result: the size, or -1. */
enum of_status of_setprop(struct of_call *call)
{
	const struct lpar *lpar = &call->partition->lpar;
	u32 address = call->arg[2], size = call->arg[3];
	int node = of_node(call, call->arg[0]);
	char name[PROP_NAME_SIZE];
	void *value;

	call->ret[0] = OF_NOT_FOUND;
	if (!of_string(call, call->arg[1], name, sizeof(name)) ||
	    (u64)address + size > lpar_mem_size(lpar))
		return OF_FAILED;
	if (node < 0 || name[0] == '\0' || is_fixed(name) || size > PROP_MAX_SIZE)
		return OF_DONE;
	of_tree_changed(call->partition);
	if (fdt_setprop_placeholder(call->fdt, node, name, (int)size, &value) != 0)
		return OF_DONE;
	if (!of_copy_in(call, value, address, size))
		return OF_FAILED;
	call->ret[0] = size;
	return OF_DONE;
}

/* Arguments: device specifier, buffer, its size. Result: length of the full path. */
enum of_status of_canon(struct of_call *call)
{
	char path[OF_PATH_SIZE];

	if (!of_string(call, call->arg[0], path, sizeof(path)))
		return OF_FAILED;
	return return_path(call, of_path_find(call->fdt, path), call->arg[1], call->arg[2]);
}

enum of_status of_package_to_path(struct of_call *call)
{
	return return_path(call, of_node(call, call->arg[0]), call->arg[1], call->arg[2]);
}

enum of_status of_instance_to_path(struct of_call *call)
{
	return return_path(call, of_instance_node(call, call->arg[0]), call->arg[1], call->arg[2]);
}
