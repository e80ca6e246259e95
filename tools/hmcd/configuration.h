/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration in the store, from and into system plans (docs/plan.md). */
#ifndef TOOLS_HMCD_CONFIGURATION_H
#define TOOLS_HMCD_CONFIGURATION_H

#include <stdio.h>

#include "tools/hmcd/rundir.h"
#include "tools/hmcd/store.h"

/* Is there a configuration? */
bool configuration_exists(struct store *store);

/*
 * Fills the store, unless it has one, from the compiled plan @file of @run, and puts its images
 * into RUN/images. Returns 0, or -1 after a line on stderr: there is no such plan, or it is none.
 */
int configuration_fill(struct store *store, const struct rundir *run, const char *file);

/* The same, in one transaction, for a store that may have a configuration, which goes. */
int configuration_replace(struct store *store, const struct rundir *run, const char *file);

/* The system without a plan: no partitions, the name openlpar. */
void configuration_empty(struct store *store);

/*
 * Writes it as a plan. @start: for the next start of the machine, with those partitions only that
 * start by themselves and the images they need; the others are sent later. Returns whether these
 * fit into a plan; else none of them is in it.
 */
bool configuration_write(struct store *store, const struct rundir *run, FILE *file, bool start);

#endif
