/* SPDX-License-Identifier: Apache-2.0 */
/* One command, run to its end. */
#ifndef TOOLS_HMC_RUN_H
#define TOOLS_HMC_RUN_H

#include "tools/hmc/hmc.h"
#include "tools/hmcd/registry.h"

#define RUN_INTERRUPTED 130 /* exit status of a command that an interrupt (EINTR) ended */

/*
 * Runs the command @argv of @argc words, at least 1, with a NULL behind the last. Returns its exit
 * status. Words may be taken out.
 */
int run_command(const struct hmc *hmc, int argc, char *argv[]);

/*
 * What a command writes to its standard output, to be freed; its messages are dropped unless
 * @loud. NULL if it failed.
 */
char *run_capture(const struct registry_system *system, int argc, char *const argv[], bool loud);

#endif
