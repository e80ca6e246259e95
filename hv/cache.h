/* SPDX-License-Identifier: Apache-2.0 */
/* What caches do for us. Implemented by each processor family. */
#ifndef HV_CACHE_H
#define HV_CACHE_H

#include "types.h"

/* Makes all processors fetch what was last stored in the @size bytes at @start. */
void cache_sync_code(const void *start, u64 size);

/*
 * Clears @size bytes at @start, both multiples of CACHE_BLOCK, a block at a time: most of what
 * starting a partition takes.
 */
#define CACHE_BLOCK 128
void cache_clear(void *start, u64 size);

#endif
