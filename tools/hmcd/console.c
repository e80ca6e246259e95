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
#define AGAIN_MS  300

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
	const struct timeval again = {0, AGAIN_MS * 1000};
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
	if (console->sent != console->arrived && !evtimer_pending(console->again, NULL))
		event_add(console->again, &again);
}

static void input_again(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	console_send_again(ctx);
}

struct console *console_new(struct event_base *base, struct uart *uart, u16 lpar_id)
{
	struct console *console = alloc_zeroed(sizeof(*console));

	console->lpar_id = lpar_id;
	console->uart = uart;
	console->input = evbuffer_new();
	console->again = evtimer_new(base, input_again, console);
	sink_init(&console->output);
	return console;
}

void console_free(struct console *console)
{
	if (console->holder)
		console->holder->closed(console->holder);
	sink_open(&console->output, NULL);
	evbuffer_free(console->input);
	event_free(console->again);
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
	u32 arrived = received - console->arrived;

	bool nothing_new = !arrived && limit == console->limit;

	if (arrived <= console->sent - console->arrived)
		evbuffer_drain(console->input, arrived);
	else
		console->sent = received; /* not what was counted here: go on from there */
	console->arrived = received;
	console->limit = limit;
	if (arrived) {
		console->repeated = false;
		event_del(console->again);
	}
	if (nothing_new && !console->repeated && console->sent != console->arrived) {
		/* Something arrived behind a hole. The timer sees to it if this is lost too. */
		console->repeated = true;
		console->sent = console->arrived;
	}
	input_send(console);
	if (console->holder && evbuffer_get_length(console->input) < INPUT_MAX)
		console->holder->input(console->holder);
}

void console_send_again(struct console *console)
{
	console->sent = console->arrived;
	input_send(console);
}

void console_restart(struct console *console)
{
	evbuffer_drain(console->input, evbuffer_get_length(console->input));
	console->arrived = 0;
	console->sent = 0;
	console->limit = 0;
	event_del(console->again);
	console->output.expected = 0;
	console->output.resuming = false;
}
