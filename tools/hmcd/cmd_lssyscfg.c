// SPDX-License-Identifier: Apache-2.0
// lssyscfg: the managed system, its partitions and their profiles.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hmc/refcode.h"
#include "tools/hmcd/alloc.h"
#include "tools/hmcd/adapters.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"

static const char usage[] =
	"usage: lssyscfg -r sys|lpar|prof|sysprof [-m SYSTEM]\n"
	"                [--filter \"lpar_names=NAME[,NAME...],lpar_ids=ID...,profile_names=...\"]\n"
	"                [-F [ATTRIBUTE,...]] [--header]\n"
	"\n"
	"  -r TYPE      sys: the managed system; lpar: partitions; prof: partition profiles;\n"
	"               sysprof: system profiles, of which there are none\n"
	"  -m SYSTEM    the managed system's name\n"
	"  --filter     only the partitions or profiles with one of these names or IDs\n"
	"  -F           the values of these attributes, or of all, with the same separator\n"
	"               between them as in -F: \",\" or \":\"\n"
	"  --header     their names first\n";

static const struct listing_filter no_filters[] = {{NULL, NULL}};
static const struct listing_filter lpar_filters[] = {{"lpar_names", "name"},
						     {"lpar_ids", "lpar_id"},
						     {NULL, NULL}};
static const struct listing_filter profile_filters[] = {{"lpar_names", "lpar_name"},
							{"lpar_ids", "lpar_id"},
							{"profile_names", "name"},
							{NULL, NULL}};

static int system_list(struct session *session, const struct options *options)
{
	struct listing listing;
	struct system system;
	char now[32];
	time_t seconds = time(NULL);
	struct tm split;

	if (listing_begin(&listing, session, options, no_filters))
		return 1;
	system_load(session->store, &system);
	strftime(now, sizeof(now), "%m/%d/%Y %H:%M:%S", localtime_r(&seconds, &split));
	listing_add(&listing, "name", "%s", system.name);
	listing_add(&listing, "type_model", "OpenLPAR");
	listing_add(&listing, "serial_num", "0000000");
	listing_add(&listing, "state", call_answered() ? "Operating" : "No Connection");
	listing_add(&listing, "detailed_state", "None");
	listing_add(&listing, "sys_time", "%s", now);
	listing_add(&listing, "capabilities",
		    "active_lpar_share_idle_procs_capable,micro_lpar_capable");
	listing_add(&listing, "max_lpars", "%d", HMC_LPAR_ID_MAX);
	listing_add(&listing, "max_power_ctrl_lpars", "0");
	listing_record(&listing);
	return listing_end(&listing);
}

static void lpar_now_list(struct listing *listing, bool known, const struct hmc_partition *now)
{
	u32 code = be32_to_cpu(now->refcode.code);

	listing_add(listing, "state", "%s",
		    known ? console_state_name(now->state) : "Not Available");
	listing_add(listing, "resource_config", "%d",
		    known && now->state != HMC_STATE_NOT_ACTIVATED &&
			    now->state != HMC_STATE_ERROR);
	listing_add(listing, "os_version", "Unknown");
	listing_add(listing, "refcode", code && known ? "%08X" : "", code);
	if (known && now->state == HMC_STATE_ERROR && *now->reason)
		listing_add(listing, "reason", "%.*s", HMC_REASON_SIZE - 1, now->reason);
	else
		listing_none(listing, "reason");
}

static void lpar_list(struct session *session, const struct lpar *lpar, struct listing *listing)
{
	struct hmc_partition now = {.state = HMC_STATE_NOT_ACTIVATED};
	bool known = call_partition(lpar->id, &now);
	const char *auto_start, *boot_mode;
	struct profile profile;

	profile_load(&profile, session->store, lpar->id, lpar->default_profile);
	auto_start = profile_get(&profile, "auto_start");
	boot_mode = profile_get(&profile, "boot_mode");
	listing_add(listing, "name", "%s", lpar->name);
	listing_add(listing, "lpar_id", "%u", lpar->id);
	listing_add(listing, "lpar_env", "aixlinux");
	lpar_now_list(listing, known, &now);
	listing_add(listing, "logical_serial_num", "%07X%X", 0, lpar->id);
	listing_add(listing, "default_profile", "%s", lpar->default_profile);
	listing_add(listing, "curr_profile", "%s", lpar->curr_profile);
	listing_add(listing, "work_group_id", "none");
	listing_add(listing, "shared_proc_pool_util_auth", "1");
	listing_add(listing, "allow_perf_collection", "1");
	listing_add(listing, "power_ctrl_lpar_ids", "none");
	listing_add(listing, "boot_mode", "%s", boot_mode ? boot_mode : "norm");
	listing_add(listing, "lpar_keylock", "norm");
	listing_add(listing, "auto_start", "%s", auto_start ? auto_start : "0");
	listing_add(listing, "rmc_state", "none");
	listing_add(listing, "sync_curr_profile", "0");
	listing_record(listing);
	profile_clear(&profile);
}

static int lpars_list(struct session *session, const struct options *options)
{
	struct lpar lpars[HMC_LPAR_ID_MAX];
	u32 count = lpars_load(session->store, lpars);
	struct listing listing;

	if (listing_begin(&listing, session, options, lpar_filters))
		return 1;
	for (u32 i = 0; i < count; i++)
		lpar_list(session, &lpars[i], &listing);
	return listing_end(&listing);
}

struct profiles {
	struct session *session;
	struct listing *listing;
	struct lpar_names names;
};

static int profile_row(void *ctx, const char *const *column)
{
	struct profiles *profiles = ctx;
	struct profile profile;

	if (profile_load(&profile, profiles->session->store, (u32)atoi(column[0]), column[2]))
		profile_list(&profile, column[1], &profiles->names, profiles->listing);
	listing_record(profiles->listing);
	profile_clear(&profile);
	return 0;
}

static int profiles_list(struct session *session, const struct options *options)
{
	struct listing listing;
	struct profiles profiles = {.session = session, .listing = &listing};

	if (listing_begin(&listing, session, options, profile_filters))
		return 1;
	lpar_names_load(&profiles.names, session->store);
	store_ask(session->store, profile_row, &profiles,
		  "SELECT DISTINCT lpar_id, lpar.name, profile.name FROM lpar JOIN profile"
		  " USING(lpar_id) ORDER BY lpar_id, profile.name",
		  "");
	return listing_end(&listing);
}

static int sysprofs_list(struct session *session, const struct options *options)
{
	struct listing listing;

	if (listing_begin(&listing, session, options, profile_filters))
		return 1;
	return listing_end(&listing);
}

static int lssyscfg_run(struct session *session, const struct options *options)
{
	static const struct {
		const char *type;
		int (*list)(struct session *session, const struct options *options);
	} types[] = {{"sys", system_list},
		     {"lpar", lpars_list},
		     {"prof", profiles_list},
		     {"sysprof", sysprofs_list}};
	const char *type = options_value(options, "r");
	int result = -1;

	store_take(session->store);
	if (system_check(session, options))
		result = 1;
	for (size_t i = 0; i < ARRAY_SIZE(types) && type && result < 0; i++)
		if (!strcmp(types[i].type, type))
			result = types[i].list(session, options);
	store_give(session->store);
	if (result < 0)
		result = session_error(session, "HSCL8003",
				       "The option -r must be sys, lpar, prof or sysprof.");
	return result;
}

const struct command lssyscfg_command = {
	.name = "lssyscfg",
	.summary = "list the managed system, partitions or profiles",
	.usage = usage,
	.options = "r m filter F header",
	.run = lssyscfg_run,
};
