/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual bus in a partition's device tree. LoPAR "Properties of the /vdevice OF Tree Node". */
#ifndef VIO_BUS_H
#define VIO_BUS_H

#include "types.h"

struct partition;

/* One adapter, as every adapter's node has it. */
struct bus_adapter {
	const char *name; /* of the node, without unit address */
	const char *device_type;
	const char *compatible;
	u32 slot;
	u32 irq; /* its (first) interrupt source; edge-triggered */
};

/*
 * Adds the node of @adapter below /vdevice, which is made for the first one. Returns the offset of
 * the new node in @fdt (libfdt, writable), or a libfdt error.
 */
int bus_add_node(const struct partition *partition, void *fdt, const struct bus_adapter *adapter);

#endif
