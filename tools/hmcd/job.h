/* SPDX-License-Identifier: Apache-2.0 */
/* A command of the management console in a thread of its own. */
#ifndef TOOLS_HMCD_JOB_H
#define TOOLS_HMCD_JOB_H

#include "tools/hmcd/rundir.h"
#include "tools/hmcd/store.h"
#include "types.h"

/*
 * Runs the command of @length bytes, whose first @n are @data and whose others come from the
 * connection @fd. Returns 0, and @fd is the thread's; or -1.
 */
int job_start(int fd, const char *data, size_t n, size_t length, const struct rundir *run,
	      struct store *store);

/* Tells the hypervisor what the store says, see sync_all(). */
void job_sync(const struct rundir *run, struct store *store, bool restarted);

#endif
