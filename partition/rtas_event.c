// SPDX-License-Identifier: Apache-2.0
/*
 * Errors and events of the platform. There is no source of any yet that a partition would have to
 * be told of, and no call ends in "hardware error", so there is never a log to return.
 */
#include "partition/rtas.h"

/*
 * Inputs: mask of event classes, whether to be quick, address and size of the room for a log.
 * LoPAR "event-scan".
 */
static s32 rtas_event_scan(struct rtas_call *call __unused)
{
	return RTAS_NO_ERRORS_FOUND;
}
RTAS_CALL("event-scan", 4, 1, rtas_event_scan);

/*
 * Inputs: vector, what is known of the interrupt, mask of event classes, whether to be quick,
 * address and size of the room for a log, and the upper half of the second if it has one.
 * LoPAR "check-exception".
 */
static s32 rtas_check_exception(struct rtas_call *call __unused)
{
	return RTAS_NO_ERRORS_FOUND;
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
