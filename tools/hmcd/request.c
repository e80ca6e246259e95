// SPDX-License-Identifier: Apache-2.0
// Requests to the hypervisor, sent again until the reply comes.
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "hmc/frame.h"
#include "tools/hmcd/alloc.h"
#include "tools/hmcd/request.h"

#define TICK_MS	     100
#define REPEAT_FIRST 500 /* doubles with each repetition up to */
#define REPEAT_MAX   4000

struct request {
	TAILQ_ENTRY(request) link;
	u32 id;
	u8 type;
	u32 age, next, interval; /* in milliseconds */
	u32 patience;
	size_t reply_size;
	request_done *done;
	void *ctx;
	size_t length;
	u8 message[];
};

struct requests {
	TAILQ_HEAD(request_list, request) list;
	struct uart *uart;
	struct event *tick;
	u32 last_id;
};

static void forgotten_done(void *ctx, const struct hmc_reply *reply)
{
	(void)ctx;
	(void)reply;
}

static void request_transmit(struct requests *requests, const struct request *request)
{
	uart_send(requests->uart, HMC_CHANNEL_CONTROL, request->message, request->length, "", 0);
}

static void request_end(struct requests *requests, struct request *request,
			const struct hmc_reply *reply)
{
	TAILQ_REMOVE(&requests->list, request, link);
	request->done(request->ctx, reply);
	free(request);
}

static struct request *request_late(const struct requests *requests)
{
	struct request *request;

	TAILQ_FOREACH(request, &requests->list, link)
	if (request->patience && request->age >= request->patience)
		break;
	return request;
}

static void requests_tick(evutil_socket_t fd, short what, void *ctx)
{
	struct requests *requests = ctx;
	struct request *request;

	(void)fd;
	(void)what;
	TAILQ_FOREACH(request, &requests->list, link)
	{
		request->age += TICK_MS;
		if (request->age < request->next)
			continue;
		request->interval = MIN(2 * request->interval, REPEAT_MAX);
		request->next = request->age + request->interval;
		request_transmit(requests, request);
	}
	while ((request = request_late(requests)))
		request_end(requests, request, NULL);
}

struct requests *requests_new(struct event_base *base, struct uart *uart)
{
	const struct timeval tick = {0, TICK_MS * 1000};
	struct requests *requests = alloc_zeroed(sizeof(*requests));

	TAILQ_INIT(&requests->list);
	requests->uart = uart;
	requests->tick = event_new(base, -1, EV_PERSIST, requests_tick, requests);
	event_add(requests->tick, &tick);
	return requests;
}

void requests_free(struct requests *requests)
{
	requests_cancel(requests);
	event_free(requests->tick);
	free(requests);
}

void request_send(struct requests *requests, struct hmc_control *message, size_t length,
		  size_t reply_size, u32 patience, request_done *done, void *ctx)
{
	struct request *request = alloc_zeroed(sizeof(*request) + length);

	if (!++requests->last_id)
		requests->last_id = 1;
	message->id = cpu_to_be32(requests->last_id);
	request->id = requests->last_id;
	request->type = message->type;
	request->interval = REPEAT_FIRST;
	request->next = REPEAT_FIRST;
	request->patience = patience;
	request->reply_size = reply_size;
	request->done = done;
	request->ctx = ctx;
	request->length = length;
	memcpy(request->message, message, length);
	TAILQ_INSERT_TAIL(&requests->list, request, link);
	request_transmit(requests, request);
}

void requests_reply(struct requests *requests, const u8 *payload, size_t length)
{
	u8 whole[FRAME_PAYLOAD_MAX] = {0};
	const struct hmc_reply *reply = (const void *)whole;
	struct request *request;

	if (length < sizeof(*reply) || length > sizeof(whole))
		return;
	memcpy(whole, payload, length);
	TAILQ_FOREACH(request, &requests->list, link)
	if (request->id == be32_to_cpu(reply->control.id))
		break;
	if (!request || reply->control.type != (request->type | HMC_REPLY) ||
	    (be16_to_cpu(reply->status) == HMC_OK && length < request->reply_size))
		return;
	request_end(requests, request, reply);
}

void requests_forget(struct requests *requests, const void *ctx)
{
	struct request *request;

	TAILQ_FOREACH(request, &requests->list, link)
	if (request->ctx == ctx)
		request->done = forgotten_done;
}

void requests_cancel(struct requests *requests)
{
	struct request *request;

	while ((request = TAILQ_FIRST(&requests->list)))
		request_end(requests, request, NULL);
}
