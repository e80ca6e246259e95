// SPDX-License-Identifier: Apache-2.0
// The daemon's end of the management UART.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "hv/frame.h"
#include "tools/hmcd/alloc.h"
#include "tools/hmcd/uart.h"

#define RECONNECT_MS 50
#define QUEUE_MAX    (256 * KiB)

struct uart {
	struct event_base *base;
	struct sockaddr_un address;
	const struct uart_events *events;
	void *ctx;
	struct bufferevent *stream; /* NULL while waiting to try again */
	bool connected;
	struct event *retry;
	struct frame_decoder decoder;
};

static void uart_read(struct bufferevent *stream, void *ctx)
{
	struct uart *uart = ctx;
	u8 bytes[4096];
	size_t n;

	/* A callback may cut the connection. */
	while (uart->stream && (n = bufferevent_read(stream, bytes, sizeof(bytes))))
		for (size_t i = 0; i < n && uart->stream; i++) {
			enum frame_event event = frame_decoder_push(&uart->decoder, bytes[i]);

			if (event == FRAME_READY)
				uart->events->frame(uart->ctx, uart->decoder.channel,
						    uart->decoder.payload, uart->decoder.length);
			else if (event == FRAME_DAMAGED)
				uart->events->damaged(uart->ctx);
		}
}

static void uart_lost(struct uart *uart)
{
	const struct timeval pause = {0, RECONNECT_MS * 1000};
	bool was_connected = uart->connected;

	bufferevent_free(uart->stream);
	uart->stream = NULL;
	uart->connected = false;
	event_add(uart->retry, &pause);
	if (was_connected)
		uart->events->disconnected(uart->ctx);
}

static void uart_event(struct bufferevent *stream, short what, void *ctx)
{
	struct uart *uart = ctx;

	(void)stream;
	if (!(what & BEV_EVENT_CONNECTED)) {
		uart_lost(uart);
		return;
	}
	uart->connected = true;
	frame_decoder_init(&uart->decoder);
	uart->events->connected(uart->ctx);
}

static void uart_try(evutil_socket_t fd, short what, void *ctx)
{
	struct uart *uart = ctx;

	(void)fd;
	(void)what;
	uart->stream = bufferevent_socket_new(uart->base, -1, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(uart->stream, uart_read, NULL, uart_event, uart);
	bufferevent_enable(uart->stream, EV_READ | EV_WRITE);
	/* What fails at once is not reported through uart_event(). */
	if (bufferevent_socket_connect(uart->stream, (struct sockaddr *)&uart->address,
				       sizeof(uart->address)))
		uart_lost(uart);
}

struct uart *uart_new(struct event_base *base, const char *path, const struct uart_events *events,
		      void *ctx)
{
	const struct timeval at_once = {0};
	struct uart *uart = alloc_zeroed(sizeof(*uart));

	uart->base = base;
	uart->events = events;
	uart->ctx = ctx;
	uart->address.sun_family = AF_UNIX;
	snprintf(uart->address.sun_path, sizeof(uart->address.sun_path), "%s", path);
	uart->retry = evtimer_new(base, uart_try, uart);
	event_add(uart->retry, &at_once);
	return uart;
}

void uart_free(struct uart *uart)
{
	if (uart->stream)
		bufferevent_free(uart->stream);
	event_free(uart->retry);
	free(uart);
}

bool uart_is_connected(const struct uart *uart)
{
	return uart->connected;
}

void uart_send(struct uart *uart, u16 channel, const void *a, size_t na, const void *b, size_t nb)
{
	u8 wire[FRAME_WIRE_MAX(FRAME_PAYLOAD_MAX)];
	struct frame_encoder encoder;

	if (!uart->connected ||
	    evbuffer_get_length(bufferevent_get_output(uart->stream)) > QUEUE_MAX)
		return;
	frame_begin(&encoder, wire, channel);
	frame_add(&encoder, a, na);
	frame_add(&encoder, b, nb);
	bufferevent_write(uart->stream, wire, (size_t)(frame_end(&encoder) - wire));
}
