// SPDX-License-Identifier: Apache-2.0
// hmctrace: the hypervisor's trace records, as they come.
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "hmc/trace.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/trace.h"

#define PROCESSORS_MAX 1024
#define PAUSE_MS       200
#define PIECES_MAX     64 /* answers about one processor before the next one's turn */

static const char usage[] =
	"usage: hmctrace [-m SYSTEM] [-n COUNT] [--filter \"lpar_ids=ID[,ID...],types=TYPE...\"]\n"
	"                [--follow]\n"
	"\n"
	"Shows trace records of the hypervisor, one per line: time in ticks of the timebase,\n"
	"processor, partition (0: the hypervisor) and virtual processor, type and two values.\n"
	"\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -n COUNT     the last COUNT records of each processor that are kept; 100 if left out\n"
	"  --filter     only these partitions or types\n"
	"  --follow     and then those that come, until it is interrupted\n";

static const char *const type_names[] = {
	[TRACE_HCALL_UNKNOWN] = "hcall_unknown",
	[TRACE_HCALL_REFUSED] = "hcall_refused",
	[TRACE_PARTITION_STATE] = "partition_state",
	[TRACE_VP_STATE] = "vp_state",
	[TRACE_EXCEPTION] = "exception",
	[TRACE_RTAS_REFUSED] = "rtas_refused",
	[TRACE_OF_REFUSED] = "of_refused",
};

struct trace {
	struct session *session;
	struct listing listing;	      /* for its filter */
	u64 position[PROCESSORS_MAX]; /* of the next record to be shown … */
	u64 end[PROCESSORS_MAX];      /* … before this, unless those that come are wanted too */
	bool follow;
	u32 processors;
	u64 records;
};

static void record_print(struct trace *trace, u32 processor, const struct hmc_trace_record *record)
{
	u32 type = be32_to_cpu(record->type);
	const char *name = type < ARRAY_SIZE(type_names) ? type_names[type] : NULL;
	char id[8], number[16];

	snprintf(id, sizeof(id), "%u", be16_to_cpu(record->lpar_id));
	snprintf(number, sizeof(number), "%u", type);
	name = name ? name : number;
	if (!listing_wants(&trace->listing, "lpar_id", id) ||
	    !listing_wants(&trace->listing, "type", name))
		return;
	session_print(trace->session,
		      "%" PRIu64 " cpu=%u lpar=%s vp=%u %s a=0x%" PRIx64 " b=0x%" PRIx64 "\n",
		      (uint64_t)be64_to_cpu(record->timebase), processor, id,
		      be16_to_cpu(record->vp), name, (uint64_t)be64_to_cpu(record->a),
		      (uint64_t)be64_to_cpu(record->b));
	trace->records++;
}

/* One answer: what is there from the position on, of one processor. */
static int piece_read(struct trace *trace, u32 processor, bool *more, const char **text)
{
	struct call_request request;
	const struct hmc_trace_reply *reply = &request.reply.trace;
	u32 count;

	if (trace_read(&request, processor, trace->position[processor], text))
		return -1;
	count = MIN((u32)be16_to_cpu(reply->count), (u32)HMC_TRACE_PER_REPLY);
	for (u32 i = 0; i < count; i++)
		record_print(trace, processor, &reply->record[i]);
	trace->position[processor] = be64_to_cpu(reply->position) + count;
	*more = count && !trace->session->gone &&
		trace->position[processor] <
			(trace->follow ? be64_to_cpu(reply->next) : trace->end[processor]);
	return 0;
}

/* Where each processor's records begin that are wanted. */
static int positions_find(struct trace *trace, u32 wanted, const char **text)
{
	trace->processors = 1;
	for (u32 i = 0; i < trace->processors; i++) {
		struct call_request request;
		u64 next;

		if (trace_read(&request, i, UINT64_MAX / 2, text))
			return -1;
		next = be64_to_cpu(request.reply.trace.next);
		trace->processors =
			MIN((u32)be16_to_cpu(request.reply.trace.processors), (u32)PROCESSORS_MAX);
		trace->position[i] = next - MIN(next, (u64)wanted);
		trace->end[i] = next;
	}
	return 0;
}

static bool session_is_gone(struct session *session)
{
	struct pollfd gone = {session->fd, POLLRDHUP, 0};

	return session->gone || poll(&gone, 1, PAUSE_MS) > 0;
}

static int trace_show(struct trace *trace, u32 wanted)
{
	const char *text;

	if (positions_find(trace, wanted, &text))
		return session_error(trace->session, "HSCL0237",
				     "The managed system does not answer: %s.", text);
	do {
		for (u32 i = 0; i < trace->processors; i++) {
			bool more = trace->follow || trace->position[i] < trace->end[i];

			/* A busy machine may write more of them than can be read. */
			for (u32 n = 0; more && (n < PIECES_MAX || !trace->follow); n++)
				if (piece_read(trace, i, &more, &text))
					return session_error(trace->session, "HSCL0237",
							     "The managed system does not answer: "
							     "%s.",
							     text);
		}
		session_flush(trace->session);
	} while (trace->follow && !session_is_gone(trace->session));
	return 0;
}

static int hmctrace_run(struct session *session, const struct options *options)
{
	static const struct listing_filter filters[] = {
		{"lpar_ids", "lpar_id"}, {"types", "type"}, {NULL, NULL}};
	const char *count = options_value(options, "n");
	struct trace trace = {.session = session, .follow = options_has(options, "follow")};
	u32 wanted = 100;
	int result;

	if (count && !number_read(count, 0, 1000000, &wanted))
		return session_error(session, "HSCL8003",
				     "The option -n must be from 0 to 1000000.");
	store_take(session->store);
	result = system_check(session, options);
	store_give(session->store);
	if (result || listing_begin(&trace.listing, session, options, filters))
		return 1;
	result = trace_show(&trace, wanted);
	trace.listing.records = 1; /* silence is an answer here */
	return listing_end(&trace.listing) || result;
}

const struct command hmctrace_command = {
	.name = "hmctrace",
	.summary = "show the hypervisor's trace records",
	.usage = usage,
	.options = "m n filter follow",
	.run = hmctrace_run,
};
