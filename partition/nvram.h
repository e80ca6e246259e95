/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Non-volatile memory of a partition: a chain of NVRAM partitions, each with a header, that the
 * operating system changes as it likes. LoPAR "Non-Volatile Memory".
 */
#ifndef PARTITION_NVRAM_H
#define PARTITION_NVRAM_H

#include "types.h"

/* Room for the free 4 KiB that LoPAR wants and for Linux's "ibm,rtas-log" and "lnx,oops-log". */
#define NVRAM_SIZE (16 * KiB)

struct nvram {
	u8 byte[NVRAM_SIZE];
};

/*
 * Makes @nvram fit for an operating system to start from: unless its headers form an unbroken chain
 * to the end and there is a "common" NVRAM partition, as in a new one (all zero), everything in it
 * is replaced by an empty "common" and free space. To be called at each activation, while no
 * processor of the partition runs. Returns whether it was replaced.
 * LoPAR "System Requirements", "NVRAM Requirements".
 */
bool nvram_prepare(struct nvram *nvram);

#endif
