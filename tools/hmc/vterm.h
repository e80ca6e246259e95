/* SPDX-License-Identifier: Apache-2.0 */
/* mkvterm: a partition's console, on this terminal or in a pipe. */
#ifndef TOOLS_HMC_VTERM_H
#define TOOLS_HMC_VTERM_H

#include "tools/hmc/hmc.h"

/*
 * Runs mkvterm with the words @argv. On a terminal "~." at the beginning of a line leaves; what is
 * not a terminal is typed until it ends, and what the partition writes is printed until it has been
 * silent for a while after that. Returns the exit status.
 */
int vterm_command(const struct hmc *hmc, int argc, char *argv[]);

#endif
