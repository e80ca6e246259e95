// SPDX-License-Identifier: Apache-2.0
// mksyscfg: makes partitions and profiles.
#include <stdlib.h>
#include <string.h>

#include "hmc/message.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"
#include "tools/hmcd/profile_record.h"
#include "tools/hmcd/record.h"

static const char usage[] =
	"usage: mksyscfg -r lpar|prof [-m SYSTEM] -i \"ATTRIBUTE=VALUE[,ATTRIBUTE=VALUE...]\"\n"
	"       mksyscfg -r lpar|prof [-m SYSTEM] -f FILE\n"
	"\n"
	"  -r TYPE      lpar: a partition and its first profile; prof: another profile\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -i DATA      its attributes; a pair whose value has commas stands in double quotes\n"
	"  -f FILE      the same from a file, one partition or profile per line: all, or none\n"
	"\n"
	"A partition needs name, and has lpar_id (or the lowest free one), profile_name\n"
	"(\"default\"). A profile needs name, and lpar_name or lpar_id. Both need desired_mem,\n"
	"desired_procs and boot_image. All attributes: lssyscfg -r prof.\n";

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
	result = profile_record(session, &profile, lpar.name, record, own);
	if (!result)
		store_event(session->store, session->user,
			    "the profile %s of partition %s was made", name, lpar.name);
	profile_clear(&profile);
	return result;
}

static int mksyscfg_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "r");

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
	.options = "r m i f",
	.run = mksyscfg_run,
};
