// SPDX-License-Identifier: Apache-2.0
// Profiles as configuration data describes and changes them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/adapters.h"
#include "tools/hmcd/profile_record.h"

static bool word_is_in(const char *const *words, const char *word)
{
	for (; *words; words++)
		if (!strcmp(*words, word))
			return true;
	return false;
}

/* Hundredths of a number with at most two digits behind the point. */
static bool hundredths_read(const char *text, u32 *number)
{
	char digits[16];
	const char *point = strchr(text, '.');
	size_t whole = point ? (size_t)(point - text) : strlen(text);
	size_t part = point ? strlen(point + 1) : 0;

	if (whole > 8 || part > 2)
		return false;
	snprintf(digits, sizeof(digits), "%.*s%s%.*s", (int)whole, text, point ? point + 1 : "",
		 (int)(2 - part), "00");
	return number_read(digits, 0, UINT32_MAX, number);
}

/* "attribute+=value" and "attribute-=value" */
static int number_change(struct session *session, struct profile *profile, const char *name,
			 bool more, const char *value)
{
	const char *old = profile_get(profile, name);
	bool units = strstr(name, "_units");
	u32 before, change;
	char text[32];

	if (!old || !hundredths_read(old, &before))
		return -session_error(session, "HSCL8014",
				      "%s: += and -= are for numbers and virtual adapters.", name);
	if (!hundredths_read(value, &change) || (!units && change % 100) ||
	    (!more && change > before) || (more && change > UINT32_MAX - before))
		return -session_error(session, "HSCL8014", "%s: %s%s cannot be done with %s.", name,
				      more ? "+=" : "-=", value, old);
	before = more ? before + change : before - change;
	if (units)
		snprintf(text, sizeof(text), "%u.%02u", before / 100, before % 100);
	else
		snprintf(text, sizeof(text), "%u", before / 100);
	profile_set(profile, name, text);
	return 0;
}

static int pair_apply(struct session *session, struct profile *profile,
		      const struct record_pair *pair)
{
	size_t length = strlen(pair->attribute);
	char last = pair->attribute[length - 1];
	bool change = last == '+' || last == '-';
	enum adapter_list list;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(length - change), pair->attribute);
	list = adapter_list_find(name);
	if (!profile_knows(name))
		return -session_error(session, "HSCL8016", "The attribute %s is not valid.", name);
	if (change && list != ADAPTER_LISTS)
		return adapters_change(session, profile, list, last == '+', pair->value);
	if (change)
		return number_change(session, profile, name, last == '+', pair->value);
	profile_set(profile, name, *pair->value || !strcmp(name, "boot_args") ? pair->value : NULL);
	return 0;
}

/* What goes with another mode is not kept when the mode changes. */
static void modes_clear(struct profile *profile, const struct record *record)
{
	static const char *const of_proc_mode[] = {"sharing_mode", "min_proc_units",
						   "desired_proc_units", "max_proc_units"};
	const char *proc_mode = record_value(record, "proc_mode");
	const char *sharing_mode = record_value(record, "sharing_mode");
	const char *old = profile_get(profile, "proc_mode");

	if (proc_mode && old && strcmp(proc_mode, old)) {
		for (size_t i = 0; i < ARRAY_SIZE(of_proc_mode); i++)
			profile_set(profile, of_proc_mode[i], NULL);
		profile_set(profile, "uncap_weight", NULL);
	}
	if (sharing_mode && strcmp(sharing_mode, "uncap"))
		profile_set(profile, "uncap_weight", NULL);
}

static int image_check(struct session *session, const struct profile *profile)
{
	const char *image = profile_get(profile, "boot_image");
	char name[PLAN_NAME_MAX + 1];

	if (store_value(session->store, name, sizeof(name), "SELECT name FROM image WHERE name = ?",
			"s", image))
		return 0;
	return -session_error(session, "HSCL8022",
			      "boot_image: there is no boot image named %s (see lsimage, mkimage).",
			      image);
}

int profile_record(struct session *session, struct profile *profile, const char *lpar_name,
		   const struct record *record, const char *const *own)
{
	struct problems problems = {0};
	struct config_lpar lpar;
	struct system system;

	modes_clear(profile, record);
	for (size_t i = 0; i < record->pair_count; i++)
		if (!word_is_in(own, record->pairs[i].attribute) &&
		    pair_apply(session, profile, &record->pairs[i]))
			return -1;
	if (adapters_names_check(session, profile))
		return -1;
	if (!profile_get(profile, "boot_image"))
		return -session_error(
			session, "HSCL8014",
			"boot_image: missing (the name of a boot image: lsimage lists "
			"them, mkimage makes one).");
	system_load(session->store, &system);
	profile_complete(profile, lpar_name, &system.config, &lpar, &problems);
	if (problems_tell(session, &problems) || image_check(session, profile))
		return -1;
	profile_save(profile, session->store);
	return 0;
}

int record_lpar(struct session *session, const struct record *record, struct lpar *lpar)
{
	const char *name = record_value(record, "lpar_name"), *id = record_value(record, "lpar_id");
	u32 number;

	if (!name == !id)
		return -session_error(session, "HSCL8014",
				      "Either lpar_name or lpar_id must be given.");
	if (name && lpar_load_name(session->store, name, lpar))
		return 0;
	if (name)
		return -session_error(session, "HSCL8012", "The partition named %s was not found.",
				      name);
	if (number_read(id, PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX, &number) &&
	    lpar_load(session->store, number, lpar))
		return 0;
	return -session_error(session, "HSCL8011", "The partition with ID %s was not found.", id);
}
