/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open Firmware client interface (IEEE 1275) for boot_mode=of: a stub in the partition's memory
 * that makes the private hcall H_PRIVATE_OF with R4 = logical address of the argument array.
 */
#ifndef PARTITION_OF_H
#define PARTITION_OF_H

#include "partition/cas.h"
#include "types.h"

struct partition;

struct of {
	bool active; /* between start and quiesce */
	struct cas cas;
};

#endif
