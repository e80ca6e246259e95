/* SPDX-License-Identifier: Apache-2.0 */
/* Non-volatile memory of a partition. LoPAR "Nonvolatile Memory". */
#ifndef PARTITION_NVRAM_H
#define PARTITION_NVRAM_H

#include "types.h"

#define NVRAM_SIZE (16 * KiB)

struct nvram {
	u8 byte[NVRAM_SIZE];
};

#endif
