/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions and the managed system as the store has them. The thread has the store. */
#ifndef TOOLS_HMCD_LPAR_H
#define TOOLS_HMCD_LPAR_H

#include "tools/hmcd/command.h"
#include "tools/hmcd/listing.h"
#include "tools/hmcd/store.h"
#include "tools/openlpar-plan/config.h"
#include "types.h"

struct lpar {
	u32 id;
	char name[PLAN_NAME_MAX + 1];
	char default_profile[PLAN_NAME_MAX + 1];
	char curr_profile[PLAN_NAME_MAX + 1]; /* empty: never activated */
};

struct system {
	struct config_system config;
	char name[PLAN_NAME_MAX + 1];
};

/* The managed system, with the plan's defaults if nothing else is known. */
void system_load(struct store *store, struct system *system);

/* Is -m, if given, this system? Returns 0, or -1 after a message. */
int system_check(struct session *session, const struct options *options);

/* Returns whether there is one. */
bool lpar_load(struct store *store, u32 id, struct lpar *lpar);
bool lpar_load_name(struct store *store, const char *name, struct lpar *lpar);

/* All of them by their IDs: HMC_LPAR_ID_MAX at most. Returns how many. */
u32 lpars_load(struct store *store, struct lpar *lpars);

/*
 * The partition that the option @name_option names or --id numbers. Returns 0, or -1 after a
 * message.
 */
int lpar_find(struct session *session, const struct options *options, const char *name_option,
	      struct lpar *lpar);

/* A decimal number from @min to @max. */
bool number_read(const char *text, u32 min, u32 max, u32 *number);

#endif
