/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's end of the management UART: a Unix socket of QEMU's, and frames on it. */
#ifndef TOOLS_HMCD_UART_H
#define TOOLS_HMCD_UART_H

#include <event2/event.h>

#include "types.h"

struct uart;

struct uart_events {
	void (*connected)(void *ctx);
	void (*disconnected)(void *ctx);
	void (*frame)(void *ctx, u16 channel, const u8 *payload, size_t length);
	void (*damaged)(void *ctx); /* something was lost on the way here */
};

/* Connects to the socket @path, again and again until it is there and whenever it was lost. */
struct uart *uart_new(struct event_base *base, const char *path, const struct uart_events *events,
		      void *ctx);
void uart_free(struct uart *uart);

bool uart_is_connected(const struct uart *uart);

/*
 * Sends a frame whose payload is @a and then @b, together at most FRAME_PAYLOAD_MAX bytes. It is
 * dropped when there is no connection, and when so much waits already that nobody can be reading.
 */
void uart_send(struct uart *uart, u16 channel, const void *a, size_t na, const void *b, size_t nb);

#endif
