// SPDX-License-Identifier: Apache-2.0
// lsrefcode: reference codes of partitions.
#include <string.h>
#include <time.h>

#include "hmc/refcode.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/manage.h"

static const char usage[] =
	"usage: lsrefcode -r lpar [-m SYSTEM] [-n COUNT]\n"
	"                 [--filter \"lpar_names=NAME[,NAME...],lpar_ids=ID...\"]\n"
	"                 [-F [ATTRIBUTE,...]] [--header]\n"
	"\n"
	"  -r TYPE      lpar: of partitions\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -n COUNT     the last COUNT of each partition, the latest first, and not one: 1 to 100\n"
	"  --filter     only the partitions with one of these names or IDs\n"
	"  -F           the values of these attributes, or of all\n"
	"  --header     their names first\n"
	"\n"
	"What the codes mean: docs/refcodes.md; lsrefcode says it as description.\n";

#define COUNT_MAX 100

struct history {
	struct hmc_refcode code[COUNT_MAX]; /* the oldest first */
	u32 count;
};

/* Reads the last @wanted codes of a partition. Returns 0, or -1 and why not. */
static int history_read(u32 lpar_id, u32 wanted, struct history *history, const char **text)
{
	struct hmc_refcodes message = {.control.type = HMC_REFCODES,
				       .lpar_id = cpu_to_be16((u16)lpar_id)};
	struct hmc_partition now = {0};
	u32 position, next;

	history->count = 0;
	if (!call_partition(lpar_id, &now))
		return 0;
	next = be32_to_cpu(now.refcodes);
	position = next - MIN(next, wanted);
	while (position < next && history->count < wanted) {
		struct call_request request = {.message = &message.control,
					       .length = sizeof(message),
					       .reply_size = sizeof(struct hmc_refcodes_reply),
					       .patience = CALL_PATIENCE};
		const struct hmc_refcodes_reply *reply = &request.reply.refcodes;
		u32 count;

		message.position = cpu_to_be32(position);
		if (call_request(&request, text))
			return -1;
		count = MIN((u32)be16_to_cpu(reply->count), (u32)HMC_REFCODES_PER_REPLY);
		for (u32 i = 0; i < count && history->count < wanted; i++)
			history->code[history->count++] = reply->code[i];
		position = be32_to_cpu(reply->position) + count;
		next = be32_to_cpu(reply->next);
		if (!count)
			break;
	}
	return 0;
}

static void code_list(const struct lpar *lpar, const struct hmc_refcode *code,
		      const struct hmc_system_reply *system, struct listing *listing)
{
	u64 age = be64_to_cpu(system->timebase) - be64_to_cpu(code->timebase);
	u64 hz = be64_to_cpu(system->timebase_hz);
	const char *meaning = refcode_meaning(be32_to_cpu(code->code));
	time_t then = time(NULL) - (time_t)(hz ? age / hz : 0);
	char stamp[32], text[HMC_NAME_SIZE];
	struct tm split;

	strftime(stamp, sizeof(stamp), "%m/%d/%Y %H:%M:%S", localtime_r(&then, &split));
	memcpy(text, code->text, sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	for (char *at = text; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	listing_add(listing, "lpar_name", "%s", lpar->name);
	listing_add(listing, "lpar_id", "%u", lpar->id);
	listing_add(listing, "time_stamp", "%s", stamp);
	listing_add(listing, "refcode", "%08X", be32_to_cpu(code->code));
	listing_add(listing, "description", "%s%s%s", meaning ? meaning : "", *text ? ": " : "",
		    text);
	listing_record(listing);
}

static int lsrefcode_list(struct session *session, const struct options *options, u32 wanted)
{
	static const struct listing_filter filters[] = {
		{"lpar_names", "lpar_name"}, {"lpar_ids", "lpar_id"}, {NULL, NULL}};
	struct hmc_system_reply system;
	struct lpar lpars[HMC_LPAR_ID_MAX];
	struct listing listing;
	struct history history;
	const char *text;
	u32 count;

	store_take(session->store);
	count = lpars_load(session->store, lpars);
	store_give(session->store);
	if (manage_system(&system, &text))
		return session_error(session, "HSCL0237", "The managed system does not answer: %s.",
				     text);
	if (listing_begin(&listing, session, options, filters))
		return 1;
	for (u32 i = 0; i < count; i++) {
		if (history_read(lpars[i].id, wanted, &history, &text))
			continue; /* it has gone meanwhile */
		while (history.count)
			code_list(&lpars[i], &history.code[--history.count], &system, &listing);
	}
	return listing_end(&listing);
}

static int lsrefcode_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "r"), *count = options_value(options, "n");
	u32 wanted = 1;
	int result;

	if (!type || strcmp(type, "lpar"))
		return session_error(session, "HSCL8003", "The option -r must be lpar.");
	if (count && !number_read(count, 1, COUNT_MAX, &wanted))
		return session_error(session, "HSCL8003", "The option -n must be from 1 to %d.",
				     COUNT_MAX);
	store_take(session->store);
	result = system_check(session, options);
	store_give(session->store);
	return result ? 1 : lsrefcode_list(session, options, wanted);
}

const struct command lsrefcode_command = {
	.name = "lsrefcode",
	.summary = "list reference codes of partitions",
	.usage = usage,
	.options = "r m n filter F header",
	.run = lsrefcode_run,
};
