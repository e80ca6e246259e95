/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor is told what the store says. Threads only, which have the store unless it is
 * said otherwise.
 */
#ifndef TOOLS_HMCD_SYNC_H
#define TOOLS_HMCD_SYNC_H

#include <time.h>

#include "tools/hmcd/session.h"
#include "tools/hmcd/store.h"

/*
 * Defines the store's partitions, and removes others, as far as a plan or an administrator has said
 * anything about partitions at all. Returns 0, also when the hypervisor does not answer, which will
 * be told later; or -1 and in *@text why it refuses.
 */
int sync_partitions(struct store *store, const char **text);

/*
 * Ends the transaction that has begun: tells the hypervisor, and keeps the change if that agrees.
 * Returns 0, or 1 after a message, and nothing has changed.
 */
int sync_commit(struct session *session);

/*
 * Sends the images that the hypervisor does not have, and those whose files were written at @since
 * or later (0: only the former). It takes long; the thread does not have the store. @session,
 * unless NULL, is told how far it has come.
 */
void sync_images(struct store *store, const struct rundir *run, struct session *session,
		 time_t since);

/*
 * The hypervisor answers, @restarted: for the first time since its start, which did not start
 * partitions: partitions, images, and if @restarted those partitions that start by themselves.
 */
void sync_all(struct store *store, const struct rundir *run, bool restarted);

#endif
