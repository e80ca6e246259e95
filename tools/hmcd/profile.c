// SPDX-License-Identifier: Apache-2.0
// Partition profiles.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/adapters.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"
#include "tools/openlpar-plan/adapter.h"
#include "tools/openlpar-plan/attribute.h"

enum kind {
	PLANNED, /* one of lpar_attributes */
	MODE,	 /* boot_mode: the HMC's and the plan's */
	FLAG,	 /* 0 or 1 */
	FIXED,	 /* only this value, for scripts that give it */
};

static const struct profile_attribute {
	const char *name;
	enum kind kind;
	const char *otherwise; /* if not given */
} table[] = {
	{"lpar_env", FIXED, "aixlinux"},
	{"all_resources", FIXED, "0"},
	{"min_mem", PLANNED, NULL},
	{"desired_mem", PLANNED, NULL},
	{"max_mem", PLANNED, NULL},
	{"mem_mode", FIXED, "ded"},
	{"proc_mode", PLANNED, "shared"},
	{"min_proc_units", PLANNED, NULL},
	{"desired_proc_units", PLANNED, NULL},
	{"max_proc_units", PLANNED, NULL},
	{"min_procs", PLANNED, NULL},
	{"desired_procs", PLANNED, NULL},
	{"max_procs", PLANNED, NULL},
	{"sharing_mode", PLANNED, NULL},
	{"uncap_weight", PLANNED, NULL},
	{"io_slots", FIXED, "none"},
	{"lpar_io_pool_ids", FIXED, "none"},
	{"max_virtual_slots", PLANNED, "10"},
	{"virtual_serial_adapters", PLANNED, "0/server/1/any//any/1"},
	{"virtual_scsi_adapters", PLANNED, "none"},
	{"virtual_eth_adapters", PLANNED, "none"},
	{"boot_mode", MODE, "norm"},
	{"conn_monitoring", FLAG, "0"},
	{"auto_start", FLAG, "0"},
	{"power_ctrl_lpar_ids", FIXED, "none"},
	{"work_group_id", FIXED, "none"},
	{"lpar_proc_compat_mode", FIXED, "default"},
	{"boot_image", PLANNED, NULL},
	{"boot_args", PLANNED, ""},
	{"rmo_size", PLANNED, NULL},
};
_Static_assert(ARRAY_SIZE(table) <= PROFILE_VALUES_MAX, "struct profile has too few");

/* The index of @attribute, or that of the end. */
static u32 attribute_index(const char *attribute)
{
	u32 i = 0;

	while (i < ARRAY_SIZE(table) && strcmp(table[i].name, attribute))
		i++;
	return i;
}

static void value_set(struct profile *profile, u32 index, const char *value)
{
	char *copy = value ? strdup(value) : NULL;

	if (value && !copy)
		abort();
	free(profile->value[index]);
	profile->value[index] = copy;
}

void profile_init(struct profile *profile, u32 lpar_id, const char *name)
{
	*profile = (struct profile){.lpar_id = lpar_id};
	snprintf(profile->name, sizeof(profile->name), "%s", name);
}

void profile_clear(struct profile *profile)
{
	for (u32 i = 0; i < ARRAY_SIZE(table); i++)
		value_set(profile, i, NULL);
}

bool profile_knows(const char *attribute)
{
	return attribute_index(attribute) < ARRAY_SIZE(table);
}

const char *profile_get(const struct profile *profile, const char *attribute)
{
	return profile->value[attribute_index(attribute)];
}

void profile_set(struct profile *profile, const char *attribute, const char *value)
{
	value_set(profile, attribute_index(attribute), value);
}

const char *profile_attribute(u32 index)
{
	return index < ARRAY_SIZE(table) ? table[index].name : NULL;
}

static void value_check(const struct profile_attribute *attribute, const char *value,
			struct problems *problems)
{
	if (attribute->kind == FIXED && strcmp(value, attribute->otherwise))
		problem_add(problems, 1, attribute->name, "\"%.40s\" is not allowed here (%s)",
			    value, attribute->otherwise);
	if (attribute->kind == FLAG && strcmp(value, "0") && strcmp(value, "1"))
		problem_add(problems, 1, attribute->name, "\"%.40s\" is not allowed (0 or 1)",
			    value);
	if (attribute->kind == MODE && strcmp(value, "norm") && strcmp(value, "of") &&
	    strcmp(value, "fdt"))
		problem_add(problems, 1, attribute->name,
			    "\"%.40s\" is not allowed (norm, of or fdt)", value);
}

/* What the plan knows, by the plan's rules. */
static void plan_judge(const struct profile *profile, const char *lpar_name,
		       const struct config_system *system, struct config_lpar *lpar,
		       struct problems *problems)
{
	struct record record = {.line = 1, .type = "profile"};

	record.pairs[record.pair_count++] = (struct record_pair){"name", lpar_name};
	for (u32 i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].kind == PLANNED && profile->value[i])
			record.pairs[record.pair_count++] =
				(struct record_pair){table[i].name, profile->value[i]};
	config_lpar_init(lpar, 1);
	lpar->id = profile->lpar_id;
	attributes_set(lpar_attributes, lpar, &record, problems);
	if (!problems->count)
		config_lpar_complete(lpar, system, problems);
	lpar->boot_mode = profile_get(profile, "boot_mode");
	if (lpar->boot_mode && !strcmp(lpar->boot_mode, "norm"))
		lpar->boot_mode = PLAN_BOOT_MODE_OF;
}

static void number_set(struct profile *profile, const char *attribute, u32 number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	profile_set(profile, attribute, text);
}

static void units_set(struct profile *profile, const char *attribute, u32 units)
{
	char text[16];

	snprintf(text, sizeof(text), "%u.%02u", units / 100, units % 100);
	profile_set(profile, attribute, text);
}

/* What the plan's rules made of what was not given. */
static void plan_numbers(struct profile *profile, const struct config_lpar *lpar)
{
	const struct config_procs *procs = &lpar->procs;

	number_set(profile, "min_mem", lpar->min_mem);
	number_set(profile, "desired_mem", lpar->desired_mem);
	number_set(profile, "max_mem", lpar->max_mem);
	number_set(profile, "min_procs", procs->min_procs);
	number_set(profile, "desired_procs", procs->desired_procs);
	number_set(profile, "max_procs", procs->max_procs);
	profile_set(profile, "proc_mode", procs->dedicated ? "ded" : "shared");
	profile_set(profile, "sharing_mode", plan_sharing_name(procs->sharing_mode));
	if (!procs->dedicated) {
		units_set(profile, "min_proc_units", procs->min_units);
		units_set(profile, "desired_proc_units", procs->desired_units);
		units_set(profile, "max_proc_units", procs->max_units);
	}
	if (procs->sharing_mode == PLAN_UNCAP)
		number_set(profile, "uncap_weight", procs->uncap_weight);
}

/* The lists of @adapters as they are kept: every element says everything. */
static void adapters_set(struct profile *profile, const struct plan_adapter *adapters, u32 count)
{
	for (enum adapter_list list = 0; list < ADAPTER_LISTS; list++) {
		char *text = adapter_list_print(list, adapters, NULL, count);

		profile_set(profile, adapter_list_name(list), text);
		free(text);
	}
}

/* The same of those that are in @lpar, whose strings are the profile's. */
static void plan_adapters(struct profile *profile, struct config_lpar *lpar)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];

	adapters_set(profile, adapters, adapters_read(lpar, adapters));
	for (enum adapter_list list = 0; list < ADAPTER_LISTS; list++)
		lpar->adapters[list] = profile_get(profile, adapter_list_name(list));
}

void profile_complete(struct profile *profile, const char *lpar_name,
		      const struct config_system *system, struct config_lpar *lpar,
		      struct problems *problems)
{
	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		if (!profile->value[i] && table[i].otherwise)
			value_set(profile, i, table[i].otherwise);
		if (profile->value[i])
			value_check(&table[i], profile->value[i], problems);
	}
	plan_judge(profile, lpar_name, system, lpar, problems);
	if (problems->count)
		return;
	plan_numbers(profile, lpar);
	plan_adapters(profile, lpar);
}

void profile_from_plan(struct profile *profile, const struct config_lpar *lpar,
		       const struct plan_adapter *adapters, u32 adapter_count)
{
	profile_set(profile, "auto_start", "1");
	plan_numbers(profile, lpar);
	profile_set(profile, "boot_mode",
		    strcmp(lpar->boot_mode, PLAN_BOOT_MODE_OF) ? lpar->boot_mode : "norm");
	profile_set(profile, "boot_image", lpar->boot_image);
	profile_set(profile, "boot_args", lpar->boot_args);
	if (lpar->rmo_size)
		number_set(profile, "rmo_size", lpar->rmo_size);
	number_set(profile, "max_virtual_slots", lpar->max_virtual_slots);
	adapters_set(profile, adapters, adapter_count);
}

static int row_take(void *ctx, const char *const *column)
{
	if (profile_knows(column[0]))
		profile_set(ctx, column[0], column[1]);
	return 0;
}

bool profile_load(struct profile *profile, struct store *store, u32 lpar_id, const char *name)
{
	profile_init(profile, lpar_id, name);
	return store_ask(store, row_take, profile,
			 "SELECT attribute, value FROM profile WHERE lpar_id = ? AND name = ?",
			 "is", (s64)lpar_id, name) > 0;
}

void profile_save(const struct profile *profile, struct store *store)
{
	store_change(store, "DELETE FROM profile WHERE lpar_id = ? AND name = ?", "is",
		     (s64)profile->lpar_id, profile->name);
	for (u32 i = 0; i < ARRAY_SIZE(table); i++)
		if (profile->value[i])
			store_change(store, "INSERT INTO profile VALUES(?, ?, ?, ?)", "isss",
				     (s64)profile->lpar_id, profile->name, table[i].name,
				     profile->value[i]);
}

void profile_list(const struct profile *profile, const char *lpar_name,
		  const struct lpar_names *names, struct listing *listing)
{
	listing_add(listing, "name", "%s", profile->name);
	listing_add(listing, "lpar_name", "%s", lpar_name);
	listing_add(listing, "lpar_id", "%u", profile->lpar_id);
	for (u32 i = 0; i < ARRAY_SIZE(table); i++) {
		enum adapter_list list = adapter_list_find(table[i].name);

		if (list != ADAPTER_LISTS) {
			char *text = adapters_text(profile, list, names);

			listing_add(listing, table[i].name, "%s", text);
			free(text);
		} else if (profile->value[i]) {
			listing_add(listing, table[i].name, "%s", profile->value[i]);
		} else if (table[i].kind == FIXED || table[i].kind == FLAG) {
			listing_add(listing, table[i].name, "%s", table[i].otherwise);
		} else {
			listing_none(listing, table[i].name);
		}
	}
}
