/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's memory, as a file that its emulator shares with the daemon: openlpar-up has it made
 * so. Only what the hypervisor has set aside for the daemon may be written.
 */
#ifndef TOOLS_HMCD_MEMORY_H
#define TOOLS_HMCD_MEMORY_H

#include "tools/hmcd/rundir.h"
#include "types.h"

/* Opens it; -1: this machine shares none. */
int memory_open(const struct rundir *run);

/* Puts @n bytes to real address @address. Returns 0, or -1: that is not memory. */
int memory_write(int memory, u64 address, const void *data, size_t n);

#endif
