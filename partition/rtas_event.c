// SPDX-License-Identifier: Apache-2.0
/*
 * Errors and events of the platform. There is one that a partition is told of, a power warning; and
 * no call ends in "hardware error", so there is never a log about the last one.
 */
#include "papr/event.h"
#include "partition/partition.h"
#include "partition/rtas.h"

_Static_assert(sizeof(struct event_extended) == 16 && sizeof(struct event_main_a) == 48 &&
		       sizeof(struct event_main_b) == 24 && sizeof(struct epow_section) == 20,
	       "the sizes are those of LoPAR");

/* What comes before the sections. LoPAR "RTAS General Extended Event Log Format, Version 6". */
static void put_head(struct epow_log *log, bool extended)
{
	u32 word = EVENT_VERSION | EVENT_SEVERITY_EVENT | EVENT_TYPE_EPOW;

	log->fixed.word = cpu_to_be32(word | (extended ? EVENT_EXTENDED : 0));
	log->fixed.extended_length = cpu_to_be32(sizeof(*log) - sizeof(log->fixed));
	log->extended = (struct event_extended){
		.flags = EVENT_LOG_VALID | EVENT_LOG_NEW | EVENT_LOG_BIG_ENDIAN,
		.format = EVENT_LOG_POWERPC | EVENT_LOG_PLATFORM,
		.company = EVENT_LOG_COMPANY,
	};
}

/*
 * The four inputs that both calls have: mask of event classes, whether to be quick, address and
 * size of the room for a log. What does not fit, or would take time, is left out: the extended part
 * as a whole.
 */
static s32 report(struct rtas_call *call, const u32 *arg)
{
	struct epow_log log = {0};
	bool extended = arg[1] == 0 && arg[3] >= sizeof(log);
	u32 length = extended ? sizeof(log) : sizeof(log.fixed.word);

	if (!(arg[0] & EVENT_CLASS_EPOW) || !epow_report(call->partition, &log))
		return RTAS_NO_ERRORS_FOUND;
	put_head(&log, extended);
	if (!rtas_copy_out(call, arg[2], &log, MIN(length, arg[3]))) {
		epow_return(call->partition);
		return RTAS_PARAMETER;
	}
	refcode_add(call->partition, REFCODE_EPOW_READ, "");
	return RTAS_SUCCESS;
}

/* Inputs: see report(). LoPAR "event-scan". */
static s32 rtas_event_scan(struct rtas_call *call)
{
	return report(call, &call->arg[0]);
}
RTAS_CALL("event-scan", 4, 1, rtas_event_scan);

/*
 * Inputs: vector, what is known of the interrupt, see report(), and the upper half of the second if
 * it has one. LoPAR "check-exception".
 */
static s32 rtas_check_exception(struct rtas_call *call)
{
	return report(call, &call->arg[2]);
}
RTAS_CALL_RANGE("check-exception", 6, 7, 1, rtas_check_exception);

/*
 * Inputs: address and size of the room for a log about the last call with status "hardware error".
 * LoPAR "rtas-last-error".
 */
static s32 rtas_last_error(struct rtas_call *call __unused)
{
	return RTAS_NO_ERRORS_FOUND;
}
RTAS_CALL("rtas-last-error", 2, 1, rtas_last_error);
