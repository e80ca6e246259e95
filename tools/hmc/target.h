/* SPDX-License-Identifier: Apache-2.0 */
/* Which managed system a command is for. */
#ifndef TOOLS_HMC_TARGET_H
#define TOOLS_HMC_TARGET_H

#include "tools/hmc/hmc.h"
#include "tools/hmcd/registry.h"

/* The value of the option -m in @argv; NULL: there is none. */
const char *target_name(int argc, char *const argv[]);

/*
 * The systems for the command @argv: one, or all of them if it lists systems and names none. To be
 * freed. Returns how many; 0 after a line on stderr.
 */
int target_find(const struct hmc *hmc, int argc, char *const argv[],
		struct registry_system **systems);

#endif
