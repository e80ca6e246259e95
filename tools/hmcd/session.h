/* SPDX-License-Identifier: Apache-2.0 */
/* The program for which a command runs, and how the command speaks with it (client.h). */
#ifndef TOOLS_HMCD_SESSION_H
#define TOOLS_HMCD_SESSION_H

#include <stdio.h>

#include "tools/hmcd/rundir.h"
#include "types.h"

struct store;

struct session {
	int fd;
	const struct rundir *run;
	struct store *store;
	char user[32];	  /* who it is */
	const char *name; /* of the command */
	bool gone;	  /* nobody listens */
	char *text;	  /* for its standard output, not sent yet */
	size_t used, room;
};

/* Takes the connection @fd. */
void session_begin(struct session *session, int fd, const struct rundir *run, struct store *store);

/* Says the exit @status and closes the connection. */
void session_end(struct session *session, int status);

/* For standard output. */
void session_print(struct session *session, const char *format, ...) __printf(2, 3);

/* Sends what session_print() has kept so far. */
void session_flush(struct session *session);

/* A line for standard error output: the message's number, "HSCL8012", and its text. Returns 1. */
int session_error(struct session *session, const char *number, const char *format, ...)
	__printf(3, 4);

/* What is being done. */
void session_progress(struct session *session, const char *format, ...) __printf(2, 3);

/*
 * Asks for the content of the file @path, which the program reads. Returns 0 and its size, which
 * has then to be read from session->fd by session_read(); or -1 after a message.
 */
int session_file(struct session *session, const char *path, u64 *size);

/* Reads exactly @size bytes of it. Returns 0, or -1 after a message. */
int session_read(struct session *session, void *buffer, size_t size);

/*
 * The whole file @path as a string, at most @most bytes; to be freed. NULL after a message.
 */
char *session_text(struct session *session, const char *path, size_t most);

/* Has the program write @length bytes into the file @path. Returns 0, or -1 after a message. */
int session_write(struct session *session, const char *path, const char *data, size_t length);

#endif
