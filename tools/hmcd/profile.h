/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition profile: attributes with the HMC's names, as strings. Those that are a partition's in
 * the system plan too are judged by the plan's own rules (tools/openlpar-plan/attribute.h).
 */
#ifndef TOOLS_HMCD_PROFILE_H
#define TOOLS_HMCD_PROFILE_H

#include "tools/hmcd/listing.h"
#include "tools/hmcd/store.h"
#include "tools/openlpar-plan/config.h"
#include "types.h"

#define PROFILE_VALUES_MAX 32

struct lpar_names;

struct profile {
	u32 lpar_id;
	char name[PLAN_NAME_MAX + 1];
	char *value[PROFILE_VALUES_MAX]; /* in the order of the table in profile.c; NULL: none */
};

/* Nothing given yet. */
void profile_init(struct profile *profile, u32 lpar_id, const char *name);
void profile_clear(struct profile *profile);

/* Is there such an attribute? */
bool profile_knows(const char *attribute);

/* The value of @attribute, or NULL. */
const char *profile_get(const struct profile *profile, const char *attribute);

/* Gives @attribute, which is known, another value; NULL: none. */
void profile_set(struct profile *profile, const char *attribute, const char *value);

/*
 * Fills in what is not given and judges all of it for a partition of @lpar_name on @system; a
 * problem for each that is wrong. Without one @lpar is the partition as the plan has it, whose
 * strings are those of @profile and @lpar_name.
 */
void profile_complete(struct profile *profile, const char *lpar_name,
		      const struct config_system *system, struct config_lpar *lpar,
		      struct problems *problems);

/* The profile of a partition of a plan, with these virtual adapters. */
void profile_from_plan(struct profile *profile, const struct config_lpar *lpar,
		       const struct plan_adapter *adapters, u32 adapter_count);

/* From and into the store, which the thread has. Loading returns whether it is there. */
bool profile_load(struct profile *profile, struct store *store, u32 lpar_id, const char *name);
void profile_save(const struct profile *profile, struct store *store);

/* The record of `lssyscfg -r prof`, with the @names of other partitions. */
void profile_list(const struct profile *profile, const char *lpar_name,
		  const struct lpar_names *names, struct listing *listing);

/* The attributes' names: index from 0 on, NULL behind the last. */
const char *profile_attribute(u32 index);

#endif
