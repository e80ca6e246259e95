/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out what the machine is made of. */
#ifndef BOOT_MACHINE_H
#define BOOT_MACHINE_H

#include "types.h"

/*
 * Fills in struct machine from OPAL's tree @fdt (which is copied first). Anything missing that the
 * hypervisor cannot live without is a panic that names it.
 */
void machine_discover(const void *fdt);

/*
 * Gives the memory in the tree, less what the firmware, the plan and the hypervisor itself
 * (@hv_end: first byte behind it) keep, to the LMB table. @lmb_size in bytes.
 */
void machine_memory_init(u64 lmb_size, u64 hv_end);

/* Reads the clock once; from then on the timebase keeps the time. */
void machine_clock_init(void);

#endif
