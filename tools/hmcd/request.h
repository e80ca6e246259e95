/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the hypervisor: sent again until the reply comes, several at once. */
#ifndef TOOLS_HMCD_REQUEST_H
#define TOOLS_HMCD_REQUEST_H

#include <event2/event.h>

#include "hmc/message.h"
#include "tools/hmcd/uart.h"
#include "types.h"

struct requests;

/*
 * The end of a request: the reply, of at least @size bytes as asked for and with zeros behind what
 * came up to FRAME_PAYLOAD_MAX; or NULL when there will
 * be none, because it took too long, the connection was lost or the hypervisor started afresh; then
 * it is no time for another request.
 */
typedef void request_done(void *ctx, const struct hmc_reply *reply);

struct requests *requests_new(struct event_base *base, struct uart *uart);
void requests_free(struct requests *requests);

/*
 * Sends @message of @length bytes, type set and the rest of the header not, and calls @done once,
 * never before this returns. A reply that says HMC_OK and is shorter than @reply_size is none.
 * Gives up after @patience milliseconds; 0 = never.
 */
void request_send(struct requests *requests, struct hmc_control *message, size_t length,
		  size_t reply_size, u32 patience, request_done *done, void *ctx);

/* A control message that is a reply arrived. */
void requests_reply(struct requests *requests, const u8 *payload, size_t length);

/* Whoever @ctx was does not want to hear the end of its requests any more. */
void requests_forget(struct requests *requests, const void *ctx);

/* Ends all requests without a reply. */
void requests_cancel(struct requests *requests);

#endif
