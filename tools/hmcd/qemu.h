/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: QEMU as a child of the daemon. */
#ifndef TOOLS_HMCD_QEMU_H
#define TOOLS_HMCD_QEMU_H

#include <sys/types.h>

#include "tools/hmcd/rundir.h"

/*
 * Starts @command, with its output into RUN/qemu.log, and notes its process in RUN/qemu.pid.
 * Returns the process, or -1 after a line on stderr.
 */
pid_t qemu_start(const struct rundir *run, char *const command[]);

/*
 * Has process @pid ended? Then RUN/qemu.status says how, and RUN/qemu.pid is gone. The line for
 * people, or NULL while it lives.
 */
const char *qemu_ended(const struct rundir *run, pid_t pid);

#endif
