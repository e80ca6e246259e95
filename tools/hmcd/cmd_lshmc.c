// SPDX-License-Identifier: Apache-2.0
// lshmc: the management console itself; lssvcevents: its log; rmvterm: consoles.
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/manage.h"
#include "tools/hmcd/server.h"

#define VERSION "0.4"

static const char hmc_usage[] = "usage: lshmc -v|-V\n"
				"\n"
				"  -v           vital product data of this console\n"
				"  -V           its version\n";

static const char events_usage[] =
	"usage: lssvcevents -t console [-d DAYS] [-m SYSTEM] [-F [ATTRIBUTE,...]] [--header]\n"
	"\n"
	"  -t TYPE      console: what administrators did, and what happened\n"
	"  -d DAYS      of the last DAYS days, 0 for today, up to 9999; 7 if left out\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -F           the values of these attributes, or of all\n"
	"  --header     their names first\n";

static const char vterm_usage[] =
	"usage: rmvterm [-m SYSTEM] {-p NAME | --id ID}\n"
	"\n"
	"Takes the console of a partition from whoever has it open: mkvterm, or\n"
	"the virtual serial adapter of another partition.\n"
	"\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -p NAME      the partition's name\n"
	"  --id ID      or its ID\n";

static int lshmc_run(struct session *session, const struct options *options)
{
	char host[65] = "";

	if (options_has(options, "v") == options_has(options, "V"))
		return session_error(session, "HSCL8003", "Either -v or -V is needed.");
	if (options_has(options, "V")) {
		session_print(session, "\"version= Version: 0\n Release: 4\n Service Pack: 0\n"
				       "HMC Build level OpenLPAR\n\",\"base_version=V0R4\n\"\n");
		return 0;
	}
	gethostname(host, sizeof(host) - 1);
	session_print(session,
		      "\"vpd=*FC ????????\n*VC 20.0\n*N2 OpenLPAR\n*FC ????????\n"
		      "*DS Hardware Management Console\n*TM OpenLPAR\n*SE 0000000\n*MN OpenLPAR\n"
		      "*NA %s\n*RM V" VERSION "\n\"\n",
		      host);
	return 0;
}

static int event_row(void *ctx, const char *const *column)
{
	struct listing *listing = ctx;
	time_t then = (time_t)atoll(column[1]);
	char stamp[32];
	struct tm split;

	strftime(stamp, sizeof(stamp), "%m/%d/%Y %H:%M:%S", localtime_r(&then, &split));
	listing_add(listing, "time", "%s", stamp);
	listing_add(listing, "event_num", "%s", column[0]);
	listing_add(listing, "userid", "%s", column[2]);
	listing_add(listing, "text", "%s", column[3]);
	listing_record(listing);
	return 0;
}

static int events_list(struct session *session, const struct options *options, u32 days)
{
	static const struct listing_filter no_filters[] = {{NULL, NULL}};
	time_t since = time(NULL);
	struct listing listing;
	struct tm split;
	int result = 1;

	localtime_r(&since, &split);
	split.tm_hour = split.tm_min = split.tm_sec = 0;
	split.tm_mday -= (int)days;
	since = mktime(&split);
	store_take(session->store);
	if (!system_check(session, options) &&
	    !listing_begin(&listing, session, options, no_filters)) {
		store_ask(session->store, event_row, &listing,
			  "SELECT number, time, user, text FROM event WHERE time >= ?"
			  " ORDER BY number",
			  "i", (s64)since);
		result = listing_end(&listing);
	}
	store_give(session->store);
	return result;
}

static int lssvcevents_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "t"), *days = options_value(options, "d");
	u32 number = 7;

	if (!type || strcmp(type, "console"))
		return session_error(session, "HSCL8003", "The option -t must be console.");
	if (days && !number_read(days, 0, 9999, &number))
		return session_error(session, "HSCL8003", "The option -d must be from 0 to 9999.");
	return events_list(session, options, number);
}

static void console_take(struct hypervisor *hypervisor, void *ctx)
{
	server_detach(hypervisor, *(const u32 *)ctx);
}

static int rmvterm_run(struct session *session, const struct options *options)
{
	struct lpar lpar;
	const char *text;
	int result;

	store_take(session->store);
	result = system_check(session, options) || lpar_find(session, options, "p", &lpar);
	store_give(session->store);
	if (result || call_main(console_take, &lpar.id))
		return 1;
	/* The answer to this comes after people's leaving has been told. */
	if (manage_take_console(lpar.id, &text))
		return session_error(session, "HSCL8041",
				     "The console of %s cannot be taken from other partitions: %s.",
				     lpar.name, text);
	return 0;
}

const struct command lshmc_command = {
	.name = "lshmc",
	.summary = "list the version of this console",
	.usage = hmc_usage,
	.options = "v V",
	.run = lshmc_run,
};

const struct command lssvcevents_command = {
	.name = "lssvcevents",
	.summary = "list the console's log of events",
	.usage = events_usage,
	.options = "t d m F header",
	.run = lssvcevents_run,
};

const struct command rmvterm_command = {
	.name = "rmvterm",
	.summary = "close the console of a partition that somebody has open",
	.usage = vterm_usage,
	.options = "m p id",
	.run = rmvterm_run,
};
