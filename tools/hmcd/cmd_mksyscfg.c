// SPDX-License-Identifier: Apache-2.0
// mksyscfg: makes partitions and profiles.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hmc/message.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"
#include "tools/hmcd/profile_record.h"
#include "tools/hmcd/record.h"
#include "tools/hmcd/sync.h"

static const char usage[] =
	"usage: mksyscfg -r lpar|prof [-m SYSTEM] -i \"ATTRIBUTE=VALUE[,ATTRIBUTE=VALUE...]\"\n"
	"       mksyscfg -r lpar|prof [-m SYSTEM] -f FILE\n"
	"       mksyscfg -r prof [-m SYSTEM] -o save {-p NAME | --id ID} -n PROFILE [--force]\n"
	"\n"
	"  -r TYPE      lpar: a partition and its first profile; prof: another profile\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -i DATA      its attributes; a pair whose value has commas stands in double quotes\n"
	"  -f FILE      the same from a file, one partition or profile per line: all, or none\n"
	"  -o save      the profile that the partition was activated with last, under another name\n"
	"  -p NAME      that partition's name\n"
	"  --id ID      or its ID\n"
	"  -n PROFILE   the name\n"
	"  --force      even if there is a profile of that name\n"
	"\n"
	"A partition needs name, and has lpar_id (or the lowest free one), profile_name\n"
	"(\"default\"). A profile needs name, and lpar_name or lpar_id. Both need desired_mem,\n"
	"desired_procs and, unless there is only one boot image, boot_image; boot_args is\n"
	"console=hvc0 if left out. All attributes: lssyscfg -r prof.\n";

/* The lowest ID that is free, or 0. */
static u32 id_free(struct store *store)
{
	struct lpar lpar;
	u32 id = PLAN_LPAR_ID_MIN;

	while (id <= PLAN_LPAR_ID_MAX && lpar_load(store, id, &lpar))
		id++;
	return id <= PLAN_LPAR_ID_MAX ? id : 0;
}

/* Returns 0, or -1 after a message. */
static int lpar_id_choose(struct session *session, const struct record *record, u32 *id)
{
	const char *text = record_value(record, "lpar_id");
	struct lpar lpar;

	if (!text) {
		*id = id_free(session->store);
		return *id ? 0
			   : -session_error(session, "HSCL0513",
					    "There are %d partitions, the most there can be.",
					    PLAN_LPAR_ID_MAX);
	}
	if (!number_read(text, PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX, id))
		return -session_error(session, "HSCL8014",
				      "lpar_id: \"%s\" is not allowed (%d to %d).", text,
				      PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX);
	if (!lpar_load(session->store, *id, &lpar))
		return 0;
	return -session_error(session, "HSCL0512",
			      "The partition ID %u is already that of the partition %s.", *id,
			      lpar.name);
}

/* Returns 0, or -1 after a message. */
static int name_check(struct session *session, const char *attribute, const char *name)
{
	if (name && plan_name_valid(name))
		return 0;
	return -session_error(session, "HSCL8014",
			      "%s: %s%s%s (1 to %d printable characters, none of %s, no blank at "
			      "either end).",
			      attribute, name ? "\"" : "", name ? name : "missing",
			      name ? "\" is not allowed" : "", PLAN_NAME_MAX, PLAN_NAME_REFUSED);
}

static int image_note(void *ctx, const char *const *column)
{
	profile_set(ctx, "boot_image", column[0]);
	return 0;
}

/* What a new profile has unless it is said otherwise: with only HMC attributes it can be started.
 */
static void profile_preset(struct session *session, struct profile *profile)
{
	if (store_ask(session->store, image_note, profile, "SELECT name FROM image", "") > 1)
		profile_set(profile, "boot_image", NULL);
	profile_set(profile, "boot_args", "console=hvc0");
}

static int lpar_make(struct session *session, const struct record *record)
{
	static const char *const own[] = {"name", "lpar_id", "profile_name", NULL};
	const char *profile_name = record_value(record, "profile_name");
	struct lpar lpar = {.id = 0};
	const char *name = record_value(record, "name");
	struct profile profile;
	int result;

	profile_name = profile_name ? profile_name : "default";
	if (name_check(session, "name", name) ||
	    name_check(session, "profile_name", profile_name) ||
	    lpar_id_choose(session, record, &lpar.id))
		return -1;
	if (lpar_load_name(session->store, name, &lpar))
		return -session_error(session, "HSCL0511",
				      "The name %s is already that of the partition with ID %u.",
				      name, lpar.id);
	store_change(session->store, "INSERT INTO lpar VALUES(?, ?, ?, '')", "iss", (s64)lpar.id,
		     name, profile_name);
	profile_init(&profile, lpar.id, profile_name);
	profile_preset(session, &profile);
	result = profile_record(session, &profile, name, record, own);
	if (!result)
		store_event(session->store, session->user, "partition %s (ID %u) was made", name,
			    lpar.id);
	profile_clear(&profile);
	return result;
}

static int profile_make(struct session *session, const struct record *record)
{
	static const char *const own[] = {"name", "lpar_name", "lpar_id", NULL};
	const char *name = record_value(record, "name");
	struct profile profile;
	struct lpar lpar;
	int result;

	if (name_check(session, "name", name) || record_lpar(session, record, &lpar))
		return -1;
	if (profile_load(&profile, session->store, lpar.id, name)) {
		profile_clear(&profile);
		return -session_error(session, "HSCL0514",
				      "The partition %s has a profile named %s already.", lpar.name,
				      name);
	}
	profile_preset(session, &profile);
	result = profile_record(session, &profile, lpar.name, record, own);
	if (!result)
		store_event(session->store, session->user,
			    "the profile %s of partition %s was made", name, lpar.name);
	profile_clear(&profile);
	return result;
}

/* The profile that @lpar was activated with last becomes @name too. */
static int profile_copy(struct session *session, const struct lpar *lpar, const char *name,
			bool force)
{
	struct profile profile;
	int result = 0;

	if (!*lpar->curr_profile)
		return -session_error(session, "HSCL8013",
				      "The partition %s has not been activated with a profile yet.",
				      lpar->name);
	if (profile_load(&profile, session->store, lpar->id, name) && !force)
		result = -session_error(session, "HSCL0514",
					"The partition %s has a profile named %s already; --force "
					"replaces it.",
					lpar->name, name);
	profile_clear(&profile);
	if (!result && !profile_load(&profile, session->store, lpar->id, lpar->curr_profile))
		result = -session_error(session, "HSCL8013",
					"The partition %s has no profile named %s any more.",
					lpar->name, lpar->curr_profile);
	if (!result) {
		snprintf(profile.name, sizeof(profile.name), "%s", name);
		profile_save(&profile, session->store);
		profile_clear(&profile);
		store_event(session->store, session->user,
			    "the profile %s of partition %s was saved as %s", lpar->curr_profile,
			    lpar->name, name);
	}
	return result;
}

static int profile_keep(struct session *session, const struct options *options)
{
	const char *name = options_value(options, "n");
	struct lpar lpar;
	int result;

	if (strcmp(options_value(options, "o"), "save"))
		return session_error(session, "HSCL8003", "The option -o must be save.");
	store_take(session->store);
	store_begin(session->store);
	result = system_check(session, options) || name_check(session, "-n", name) ||
		 lpar_find(session, options, "p", &lpar) ||
		 profile_copy(session, &lpar, name, options_has(options, "force"));
	if (result)
		store_undo(session->store);
	else
		result = sync_commit(session);
	store_give(session->store);
	return result ? 1 : 0;
}

static int mksyscfg_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "r");

	if (type && !strcmp(type, "prof") && options_has(options, "o"))
		return profile_keep(session, options);
	if (type && !strcmp(type, "lpar"))
		return records_take(session, options, lpar_make);
	if (type && !strcmp(type, "prof"))
		return records_take(session, options, profile_make);
	return session_error(session, "HSCL8003", "The option -r must be lpar or prof.");
}

const struct command mksyscfg_command = {
	.name = "mksyscfg",
	.summary = "make partitions and profiles",
	.usage = usage,
	.options = "r m i f o p n id force",
	.run = mksyscfg_run,
};
