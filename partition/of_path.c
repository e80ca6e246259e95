// SPDX-License-Identifier: Apache-2.0
/* Device specifiers: from a path, perhaps through aliases, to a node. IEEE 1275-1994 4.3. */
#include <libfdt.h>
#include <string.h>
#include "partition/of_call.h"

#define MAX_ALIASES 4 /* one alias may name another, but not for ever */

/* The child of @parent with unit address @unit, whatever its name. */
static int find_unit(const void *fdt, int parent, const char *unit, size_t length)
{
	const char *at;
	int node;

	fdt_for_each_subnode(node, fdt, parent) {
		at = strchr(fdt_get_name(fdt, node, NULL), '@');
		if (at && strlen(at + 1) == length && memcmp(at + 1, unit, length) == 0)
			return node;
	}
	return node;
}

/* Walks down from @node along @path, component by component. */
static int walk(const void *fdt, int node, const char *path)
{
	size_t length, name;

	while (node >= 0) {
		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (length == 0)
			return node;
		name = strcspn(path, ":/");
		if (path[0] == '@')
			node = find_unit(fdt, node, path + 1, name - 1);
		else if (name > 0)
			node = fdt_subnode_offset_namelen(fdt, node, path, (int)name);
		path += length;
	}
	return node;
}

/* The path that the first component of @path is an alias for, or NULL. */
static const char *expand(const void *fdt, const char *path, size_t length)
{
	int aliases = fdt_path_offset(fdt, "/aliases"), size;
	const char *value;

	if (aliases < 0)
		return NULL;
	value = fdt_getprop_namelen(fdt, aliases, path, (int)length, &size);
	/* The client may have set it: it need not be a string. */
	return value && memchr(value, '\0', size) ? value : NULL;
}

static int find(const void *fdt, const char *path, u32 depth)
{
	size_t length = strcspn(path, "/:");
	const char *value;
	int node;

	if (path[0] == '/')
		return walk(fdt, 0, path);
	value = depth < MAX_ALIASES ? expand(fdt, path, length) : NULL;
	if (!value)
		return -FDT_ERR_NOTFOUND;
	node = find(fdt, value, depth + 1);
	length = strcspn(path, "/");
	return path[length] ? walk(fdt, node, path + length) : node;
}

int of_path_find(const void *fdt, const char *path)
{
	return find(fdt, path, 0);
}
