/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual adapters in profiles (tools/openlpar-plan/adapter.h). */
#ifndef TOOLS_HMCD_ADAPTERS_H
#define TOOLS_HMCD_ADAPTERS_H

#include "tools/hmcd/profile.h"
#include "tools/hmcd/session.h"
#include "tools/openlpar-plan/adapter.h"

/* The names of all partitions, by their IDs; "" where there is none. */
struct lpar_names {
	char name[PLAN_LPAR_ID_MAX + 1][PLAN_NAME_MAX + 1];
};

void lpar_names_load(struct lpar_names *names, struct store *store);

/* That of the other end of an adapter: "" if it is anybody's. */
const char *lpar_names_peer(const struct lpar_names *names, const struct plan_adapter *adapter);

/* Those of @profile, as adapters_read(). */
u32 adapters_load(const struct profile *profile,
		  struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX]);

/* Which list is the attribute @name? ADAPTER_LISTS: none. */
enum adapter_list adapter_list_find(const char *name);

/* Writes the list as `lssyscfg -r prof` has it, with the partitions' names, for free(). */
char *adapters_text(const struct profile *profile, enum adapter_list list,
		    const struct lpar_names *names);

/*
 * Adds the elements of @value to the list, or (not @more) takes those away that are in the same
 * slots. Returns 0, or -1 after a message.
 */
int adapters_change(struct session *session, struct profile *profile, enum adapter_list list,
		    bool more, const char *value);

/*
 * Does each remote-lpar-name that people wrote belong to the ID beside it? What is wrong otherwise
 * is not judged here. Returns 0, or -1 after a message.
 */
int adapters_names_check(struct session *session, const struct profile *profile);

#endif
