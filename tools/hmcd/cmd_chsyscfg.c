// SPDX-License-Identifier: Apache-2.0
// chsyscfg: changes partitions and profiles; rmsyscfg: removes them.
#include <string.h>

#include "hmc/message.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"
#include "tools/hmcd/profile_record.h"
#include "tools/hmcd/record.h"
#include "tools/hmcd/sync.h"

static const char change_usage[] =
	"usage: chsyscfg -r lpar|prof [-m SYSTEM] -i \"ATTRIBUTE=VALUE[,ATTRIBUTE=VALUE...]\"\n"
	"       chsyscfg -r lpar|prof [-m SYSTEM] -f FILE\n"
	"\n"
	"  -r TYPE      lpar: a partition: name or lpar_id says which, and new_name,\n"
	"               default_profile what; prof: a profile: name and lpar_name or lpar_id say\n"
	"               which, and new_name and the profile's attributes what\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -i DATA      the attributes; those of a profile that are numbers also with += and -=\n"
	"  -f FILE      the same from a file, one partition or profile per line: all, or none\n"
	"\n"
	"A profile is used when a partition is activated: one that runs does not change.\n";

static const char remove_usage[] =
	"usage: rmsyscfg -r lpar [-m SYSTEM] -n NAME\n"
	"       rmsyscfg -r lpar [-m SYSTEM] --id ID\n"
	"       rmsyscfg -r prof [-m SYSTEM] -n PROFILE -p NAME\n"
	"       rmsyscfg -r prof [-m SYSTEM] -n PROFILE --id ID\n"
	"\n"
	"  -r TYPE      lpar: a partition that is not activated, with its profiles; prof: a\n"
	"               profile that is not the partition's default profile\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -n NAME      of the partition or profile\n"
	"  -p NAME      the profile's partition\n"
	"  --id ID      the partition's ID\n";

/* Does @record have other attributes than those of the list @known? Then a message. */
static int attributes_check(struct session *session, const struct record *record,
			    const char *const *known)
{
	for (size_t i = 0; i < record->pair_count; i++) {
		const char *const *at = known;

		while (*at && strcmp(*at, record->pairs[i].attribute))
			at++;
		if (!*at)
			return -session_error(session, "HSCL8016",
					      "The attribute %s is not valid here.",
					      record->pairs[i].attribute);
	}
	return 0;
}

static int new_name_check(struct session *session, const char *name)
{
	if (!name || plan_name_valid(name))
		return 0;
	return -session_error(session, "HSCL8014",
			      "new_name: \"%s\" is not allowed (1 to %d printable characters, none "
			      "of %s, no blank at either end).",
			      name, PLAN_NAME_MAX, PLAN_NAME_REFUSED);
}

static int lpar_rename(struct session *session, const struct lpar *lpar, const char *name)
{
	struct lpar other;

	if (new_name_check(session, name))
		return -1;
	if (!name || !strcmp(name, lpar->name))
		return 0;
	if (lpar_load_name(session->store, name, &other))
		return -session_error(session, "HSCL0511",
				      "The name %s is already that of the partition with ID %u.",
				      name, other.id);
	store_change(session->store, "UPDATE lpar SET name = ? WHERE lpar_id = ?", "si", name,
		     (s64)lpar->id);
	store_event(session->store, session->user, "partition %s was renamed to %s", lpar->name,
		    name);
	return 0;
}

static int lpar_change(struct session *session, const struct record *record)
{
	static const char *const known[] = {"name", "lpar_id", "new_name", "default_profile", NULL};
	const char *name = record_value(record, "name"), *id = record_value(record, "lpar_id");
	const char *profile_name = record_value(record, "default_profile");
	struct profile profile;
	struct lpar lpar;
	u32 number;
	bool found;

	if (attributes_check(session, record, known))
		return -1;
	if (!name == !id)
		return -session_error(session, "HSCL8014", "Either name or lpar_id must be given.");
	found = name ? lpar_load_name(session->store, name, &lpar)
		     : number_read(id, 1, PLAN_LPAR_ID_MAX, &number) &&
				lpar_load(session->store, number, &lpar);
	if (!found)
		return -session_error(session, name ? "HSCL8012" : "HSCL8011",
				      "The partition %s %s was not found.",
				      name ? "named" : "with ID", name ? name : id);
	if (profile_name) {
		found = profile_load(&profile, session->store, lpar.id, profile_name);
		profile_clear(&profile);
		if (!found)
			return -session_error(session, "HSCL8013",
					      "The partition %s has no profile named %s.",
					      lpar.name, profile_name);
		store_change(session->store,
			     "UPDATE lpar SET default_profile = ? WHERE lpar_id = ?", "si",
			     profile_name, (s64)lpar.id);
	}
	return lpar_rename(session, &lpar, record_value(record, "new_name"));
}

/* The profile is at its new name already in @profile; what refers to the old one follows. */
static void profile_renamed(struct session *session, const struct lpar *lpar, const char *old,
			    const char *name)
{
	store_change(session->store, "DELETE FROM profile WHERE lpar_id = ? AND name = ?", "is",
		     (s64)lpar->id, old);
	store_change(
		session->store,
		"UPDATE lpar SET default_profile = ? WHERE lpar_id = ? AND default_profile = ?",
		"sis", name, (s64)lpar->id, old);
	store_change(session->store,
		     "UPDATE lpar SET curr_profile = ? WHERE lpar_id = ? AND curr_profile = ?",
		     "sis", name, (s64)lpar->id, old);
}

static int profile_change(struct session *session, const struct record *record)
{
	static const char *const own[] = {"name", "lpar_name", "lpar_id", "new_name", NULL};
	const char *name = record_value(record, "name");
	const char *new_name = record_value(record, "new_name");
	struct profile profile, other;
	struct lpar lpar;
	int result;

	if (!name)
		return -session_error(session, "HSCL8014", "name: missing (that of a profile).");
	if (record_lpar(session, record, &lpar) || new_name_check(session, new_name))
		return -1;
	if (!profile_load(&profile, session->store, lpar.id, name))
		return -session_error(session, "HSCL8013",
				      "The partition %s has no profile named %s.", lpar.name, name);
	if (new_name && strcmp(new_name, name)) {
		bool taken = profile_load(&other, session->store, lpar.id, new_name);

		profile_clear(&other);
		if (taken) {
			profile_clear(&profile);
			return -session_error(session, "HSCL0514",
					      "The partition %s has a profile named %s already.",
					      lpar.name, new_name);
		}
		strncpy(profile.name, new_name, sizeof(profile.name) - 1);
		profile.name[strlen(new_name)] = 0;
		profile_renamed(session, &lpar, name, new_name);
	}
	result = profile_record(session, &profile, lpar.name, record, own);
	if (!result)
		store_event(session->store, session->user,
			    "the profile %s of partition %s was changed", name, lpar.name);
	profile_clear(&profile);
	return result;
}

static int chsyscfg_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "r");

	if (type && !strcmp(type, "lpar"))
		return records_take(session, options, lpar_change);
	if (type && !strcmp(type, "prof"))
		return records_take(session, options, profile_change);
	return session_error(session, "HSCL8003", "The option -r must be lpar or prof.");
}

static int lpar_remove(struct session *session, const struct options *options)
{
	struct hmc_partition now;
	struct lpar lpar;

	if (lpar_find(session, options, "n", &lpar))
		return 1;
	if (call_partition(lpar.id, &now) && now.state != HMC_STATE_NOT_ACTIVATED &&
	    now.state != HMC_STATE_ERROR)
		return session_error(session, "HSCL03F2",
				     "The partition %s cannot be removed in the state %s: it must "
				     "be shut down first.",
				     lpar.name, console_state_name(now.state));
	store_change(session->store, "DELETE FROM lpar WHERE lpar_id = ?", "i", (s64)lpar.id);
	store_event(session->store, session->user, "partition %s (ID %u) was removed", lpar.name,
		    lpar.id);
	return 0;
}

static int profile_remove(struct session *session, const struct options *options)
{
	const char *name = options_value(options, "n");
	struct profile profile;
	struct lpar lpar;
	bool found;

	if (!name)
		return session_error(session, "HSCL8003",
				     "The option -n with a profile is needed.");
	if (lpar_find(session, options, "p", &lpar))
		return 1;
	found = profile_load(&profile, session->store, lpar.id, name);
	profile_clear(&profile);
	if (!found)
		return session_error(session, "HSCL8013",
				     "The partition %s has no profile named %s.", lpar.name, name);
	if (!strcmp(lpar.default_profile, name))
		return session_error(session, "HSCL03F3",
				     "The profile %s is the default profile of the partition %s "
				     "and cannot be removed.",
				     name, lpar.name);
	store_change(session->store, "DELETE FROM profile WHERE lpar_id = ? AND name = ?", "is",
		     (s64)lpar.id, name);
	store_event(session->store, session->user, "the profile %s of partition %s was removed",
		    name, lpar.name);
	return 0;
}

static int rmsyscfg_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "r");
	int result;

	if (!type || (strcmp(type, "lpar") && strcmp(type, "prof")))
		return session_error(session, "HSCL8003", "The option -r must be lpar or prof.");
	store_take(session->store);
	store_begin(session->store);
	result = system_check(session, options);
	if (!result)
		result = *type == 'l' ? lpar_remove(session, options)
				      : profile_remove(session, options);
	if (result)
		store_undo(session->store);
	else
		result = sync_commit(session);
	store_give(session->store);
	return result ? 1 : 0;
}

const struct command chsyscfg_command = {
	.name = "chsyscfg",
	.summary = "change partitions and profiles",
	.usage = change_usage,
	.options = "r m i f",
	.run = chsyscfg_run,
};

const struct command rmsyscfg_command = {
	.name = "rmsyscfg",
	.summary = "remove partitions and profiles",
	.usage = remove_usage,
	.options = "r m n p id",
	.run = rmsyscfg_run,
};
