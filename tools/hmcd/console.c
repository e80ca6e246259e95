// SPDX-License-Identifier: Apache-2.0
// A partition as the daemon knows it, and its console.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/console.h"

#define INPUT_MAX (4 * KiB)
#define PIECE_MAX 256 /* of input in one frame: a damaged one costs little */
#define LATE_MS	  500
#define OPEN_MS	  5000 /* without an answer: then what it said last can be seen all the same */

static const char *const state_names[] = {
	[HMC_STATE_NOT_ACTIVATED] = "Not Activated",
	[HMC_STATE_STARTING] = "Starting",
	[HMC_STATE_OPEN_FIRMWARE] = "Open Firmware",
	[HMC_STATE_RUNNING] = "Running",
	[HMC_STATE_SHUTTING_DOWN] = "Shutting Down",
	[HMC_STATE_ERROR] = "Error",
	[HMC_STATE_REMOVED] = "Removed",
};

/* Sends what may be sent, and sees to it that it is sent again if nobody says it has arrived. */
static void input_send(struct console *console)
{
	const struct timeval late = {0, LATE_MS * 1000};
	u16 channel = (u16)(HMC_CHANNEL_CONSOLE + console->lpar_id);

	for (;;) {
		u32 before = console->sent - console->arrived;
		u32 waiting = (u32)evbuffer_get_length(console->input) - before;
		u32 allowed = console->limit - console->sent;
		u32 n = MIN(waiting, allowed > INT32_MAX ? 0 : allowed);
		struct hmc_stream header = {.offset = cpu_to_be32(console->sent)};
		u8 data[PIECE_MAX];
		struct evbuffer_ptr at;

		n = MIN(n, sizeof(data));
		if (!n || !uart_is_connected(console->uart))
			break;
		evbuffer_ptr_set(console->input, &at, before, EVBUFFER_PTR_SET);
		evbuffer_copyout_from(console->input, &at, data, n);
		uart_send(console->uart, channel, &header, sizeof(header), data, n);
		console->sent += n;
	}
	if (console->sent != console->arrived && !evtimer_pending(console->late, NULL))
		event_add(console->late, &late);
}

static void credit_take(struct console *console, u32 received, u32 limit)
{
	u32 arrived = received - console->arrived;

	if (arrived <= console->sent - console->arrived)
		evbuffer_drain(console->input, arrived);
	else
		console->sent = received; /* not what was counted here: go on from there */
	console->arrived = received;
	console->limit = limit;
	if (arrived)
		event_del(console->late);
}

static void credit_use(struct console *console)
{
	input_send(console);
	if (console->holder && evbuffer_get_length(console->input) < INPUT_MAX)
		console->holder->input(console->holder);
}

/* All that was sent before the question has arrived or is lost. */
static void asked_done(void *ctx, const struct hmc_reply *reply)
{
	const struct hmc_typed_reply *typed = (const void *)reply;
	struct console *console = ctx;
	u32 lost;

	console->asking = false;
	if (!reply || be16_to_cpu(reply->status) != HMC_OK)
		return;
	credit_take(console, be32_to_cpu(typed->received), be32_to_cpu(typed->limit));
	lost = console->asked - console->arrived;
	if (lost && lost <= INT32_MAX)
		console->sent = console->arrived;
	credit_use(console);
}

static void input_late(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	console_ask(ctx);
}

static void told(void *ctx, const struct hmc_reply *reply)
{
	const struct hmc_refusal *refusal = (const void *)reply;
	bool refused = reply && be16_to_cpu(reply->status) == HMC_REFUSED;
	struct console *console = ctx;

	console->telling = false;
	console->told = console->opening && (!reply || be16_to_cpu(reply->status) == HMC_OK);
	if (console->opening && console->holder)
		console->holder->opened(console->holder, refused ? refusal->text : NULL);
	/* Where all requests are ended one after the other, this one is next, and the last. */
	if (console->opening != (console->holder != NULL))
		console_tell(console);
}

struct console *console_new(struct event_base *base, struct uart *uart, struct requests *requests,
			    u16 lpar_id)
{
	struct console *console = alloc_zeroed(sizeof(*console));

	console->lpar_id = lpar_id;
	console->uart = uart;
	console->input = evbuffer_new();
	console->requests = requests;
	console->late = evtimer_new(base, input_late, console);
	sink_init(&console->output);
	return console;
}

void console_free(struct console *console)
{
	if (console->holder)
		console->holder->closed(console->holder);
	sink_open(&console->output, NULL);
	evbuffer_free(console->input);
	requests_forget(console->requests, console);
	event_free(console->late);
	free(console);
}

bool console_name_is_good(const char *name)
{
	if (!*name || *name == '.')
		return false;
	for (const char *at = name; *at; at++)
		if (*at < ' ' || *at > '~' || *at == '/')
			return false;
	return true;
}

const char *console_state_name(u8 state)
{
	return state < ARRAY_SIZE(state_names) ? state_names[state] : "Unknown";
}

int console_name(struct console *console, const struct rundir *run, const char *name)
{
	char file[HMC_NAME_SIZE + 16];

	snprintf(console->name, sizeof(console->name), "%s", name);
	snprintf(file, sizeof(file), "consoles/%s.log", name);
	return sink_open(&console->output, *name ? rundir_file(run, file).text : NULL);
}

bool console_output(struct console *console, const u8 *payload, size_t length)
{
	bool in_place = sink_receive(&console->output, payload, length);

	if (console->holder)
		console->holder->output(console->holder);
	return in_place;
}

void console_type(struct console *console, struct evbuffer *from, bool last)
{
	size_t used = evbuffer_get_length(console->input);

	if (last)
		evbuffer_add_buffer(console->input, from);
	else if (used < INPUT_MAX)
		evbuffer_remove_buffer(from, console->input, INPUT_MAX - used);
	input_send(console);
}

void console_credit(struct console *console, u32 received, u32 limit)
{
	bool nothing_new = received == console->arrived && limit == console->limit;

	credit_take(console, received, limit);
	credit_use(console);
	if (nothing_new) /* then what arrived may have come behind a hole */
		console_ask(console);
}

void console_ask(struct console *console)
{
	struct hmc_typed typed = {
		.control.type = HMC_TYPED,
		.lpar_id = cpu_to_be16(console->lpar_id),
	};

	if (console->asking || console->sent == console->arrived)
		return;
	console->asking = true;
	console->asked = console->sent;
	request_send(console->requests, &typed.control, sizeof(typed),
		     sizeof(struct hmc_typed_reply), 0, asked_done, console);
}

void console_tell(struct console *console)
{
	struct hmc_vterm vterm = {
		.control.type = HMC_VTERM,
		.lpar_id = cpu_to_be16(console->lpar_id),
		.action = console->holder ? HMC_VTERM_OPEN : HMC_VTERM_CLOSE,
	};

	if (console->telling || console->told == (console->holder != NULL))
		return;
	console->telling = true;
	console->opening = console->holder != NULL;
	request_send(console->requests, &vterm.control, sizeof(vterm), sizeof(struct hmc_reply),
		     console->opening ? OPEN_MS : 0, told, console);
}

void console_lost(struct console *console)
{
	console->told = false;
	console->output.resuming = false;
}

void console_restart(struct console *console)
{
	evbuffer_drain(console->input, evbuffer_get_length(console->input));
	console->arrived = 0;
	console->sent = 0;
	console->limit = 0;
	event_del(console->late);
	console_lost(console);
	console->output.expected = 0;
}
