/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, and a few words of the shell's own, line by line. */
#ifndef TOOLS_HMC_SHELL_H
#define TOOLS_HMC_SHELL_H

#include "tools/hmc/hmc.h"

/* What is a command here beside those of the daemon; NULL behind the last. */
extern const char *const shell_words[];

/* Runs the command @argv as run_command() does, or one of those words. Returns the exit status. */
int shell_command(const struct hmc *hmc, int argc, char *argv[]);

/* Runs the commands in @text, as much as a shell's -c. Returns the exit status. */
int shell_text(const struct hmc *hmc, const char *text);

/* Runs what is read from standard input, with a prompt on a terminal. Returns the exit status. */
int shell_run(const struct hmc *hmc);

#endif
