/* SPDX-License-Identifier: Apache-2.0 */
/* A call of the Open Firmware client interface, as the services see it. */
#ifndef PARTITION_OF_CALL_H
#define PARTITION_OF_CALL_H

#include "hv/vp.h"
#include "papr/of.h"
#include "partition/partition.h"
#include "types.h"

#define OF_MAX_ARGS 16
#define OF_MAX_RETS 16

struct of_call {
	struct partition *partition;
	struct vp *vp; /* the caller */
	void *fdt;     /* the partition's tree */
	u32 buffer;    /* logical address of the argument array */
	u32 nargs, nret;
	u32 arg[OF_MAX_ARGS];
	u32 ret[OF_MAX_RETS]; /* 0 where the service does not set it */
	const char *fatal;    /* the partition ends, for this reason */
};

/* What the stub returns to the client, or does. */
enum of_status {
	OF_FAILED = -1,
	OF_DONE = 0,
	OF_AGAIN = 1, /* calls again with the same array */
};

typedef enum of_status of_service(struct of_call *call);

/*
 * Helpers. All addresses are the partition's. The first three return false when not all of it is
 * the partition's memory; a string has to end within @size bytes, NUL included.
 */
bool of_copy_in(const struct of_call *call, void *to, u32 address, u32 size);
bool of_copy_out(const struct of_call *call, u32 address, const void *from, u32 size);
bool of_string(const struct of_call *call, u32 address, char *to, u32 size);

/* Offset of the node with @phandle in the tree, negative when there is none. */
int of_node(struct of_call *call, u32 phandle);

/*
 * Leaves a trace record of a service or method that is not there or was used wrongly. @name has at
 * least 8 characters or a final NUL.
 */
void of_refuse(const struct of_call *call, const char *name);

/* The phandle of @node, or @none when @node is negative. */
u32 of_phandle(struct of_call *call, int node, u32 none);

/* To be called after every change of the tree: nodes may be elsewhere. */
void of_tree_changed(struct partition *partition);

/*
 * The node that the device specifier @path means: a full path or one that begins with an alias,
 * names or unit addresses or both, arguments behind a colon ignored. Negative when there is none.
 * IEEE 1275-1994 4.3.
 */
#define OF_PATH_SIZE 256
int of_path_find(const void *fdt, const char *path);

/* Instance handles: packages have no state here, so all instances of one are the same. */
u32 of_instance(struct of_call *call, int node);
int of_instance_node(struct of_call *call, u32 ihandle);

/*
 * Claims @size bytes at a multiple of @align wherever they are free, inside the RMO if possible.
 * Returns the address, or 0.
 */
u64 of_claim_any(struct partition *partition, u64 size, u64 align);

/* Puts the RMO's unclaimed memory into the tree, as "available" of memory@0. */
void of_claim_publish(struct partition *partition);

/* The services, by file. */
of_service of_finddevice, of_peer, of_child, of_parent, of_getprop, of_getproplen, of_nextprop,
	of_setprop, of_canon, of_package_to_path;
of_service of_claim_memory, of_release_memory;
of_service of_open, of_close, of_instance_to_package, of_instance_to_path, of_read, of_write;
of_service of_call_method, of_test_method;

#endif
