/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program says to the daemon over RUN/hmcd.sock, and the program's end of it. The program
 * sends a line; the daemon answers with any number of lines, the last of which is "ok", "ok TEXT"
 * or "error TEXT"; and so on. The lines are
 *
 *	wait-hello	answered as soon as the hypervisor has answered and all partitions are known
 *	state		ok waiting | ok running
 *	list		one line per partition: id, name, state, reason of state Error, each ended
 *			by a tab but the last
 *	stats		where processor time went, in lines as the HMC lists them: NAME=VALUE and
 *			commas between; resource_type=sys, pool, proc (each processor; lpar_id=0:
 *			shared) or lpar (each partition) is the first. Cycles are ticks of the
 *			timebase. lpar_name is the last; with a comma it is "lpar_name=A,B"
 *	attach NAME	after the ok the connection is the console of the partition: first the last
 *			CLIENT_REPLAY bytes, then what comes, and what the program sends is typed.
 *			One program at a time may have it.
 *	power off	answered when the hypervisor has agreed
 *	power reboot
 *	hmc LENGTH	a command of the management console, see below; the last on its connection
 *
 * A command: behind the line come LENGTH bytes (at most CLIENT_ARGUMENTS_MAX), the command's name
 * and its arguments, each with a NUL behind it. What comes back are answers: a line "TAG LENGTH",
 * and LENGTH bytes.
 *
 *	o	for the program's standard output
 *	e	for its standard error output
 *	p	what is being done, for a terminal, instead of the last such text; empty: nothing
 *	f	a path as the command was given it, without NUL: the program sends the line
 *		"LENGTH" and the file's LENGTH bytes, or the line "error TEXT"
 *	w	a path, a NUL, and what the program is to put into that file; it sends the line "ok"
 *		or "error TEXT"
 *	x	the exit status, in decimal digits; nothing comes behind it
 *
 * A command that was begun is done even if the program goes away, unless it waits for a file.
 * "help" lists the commands, "NAME --help" says how one is used.
 */
#ifndef TOOLS_HMCD_CLIENT_H
#define TOOLS_HMCD_CLIENT_H

#include "tools/hmcd/rundir.h"
#include "types.h"

#define CLIENT_LINE_MAX 1024
#define CLIENT_REPLAY	(64 * KiB)

#define CLIENT_ARGUMENTS_MAX (64 * KiB) /* bytes of a command with its arguments */
#define CLIENT_FILE_MAX	     (4ULL * GiB)

enum client_tag {
	CLIENT_STDOUT = 'o',
	CLIENT_STDERR = 'e',
	CLIENT_PROGRESS = 'p',
	CLIENT_FILE = 'f',
	CLIENT_WRITE = 'w',
	CLIENT_EXIT = 'x',
};

struct client {
	int fd;
	size_t used, taken; /* of buffer: bytes in it, and of these those handed out */
	char buffer[CLIENT_LINE_MAX];
};

/* Connects to the daemon. Returns 0, or -1 with errno. */
int client_open(struct client *client, const struct rundir *run);
void client_close(struct client *client);

/* Sends the line @command and, behind a blank, @argument unless NULL. Returns 0, or -1. */
int client_send(struct client *client, const char *command, const char *argument);

/*
 * The next line, without its newline, good until the next call. NULL when there is none: errno
 * ETIMEDOUT after @patience milliseconds (negative: never), EINTR when a signal came, others when
 * the daemon has gone.
 */
char *client_line(struct client *client, int patience);

/*
 * What becomes of the answers to a command of the management console. @data is followed by a NUL
 * that is not part of @length.
 */
struct client_answers {
	void (*output)(void *ctx, const char *data, size_t length);
	void (*error)(void *ctx, const char *data, size_t length);
	void (*progress)(void *ctx, const char *text);
	/* Returns a descriptor of the file to be sent, or -1 with errno; it is closed afterwards.
	 */
	int (*file)(void *ctx, const char *path);
	/* Returns 0, or -1 with errno. */
	int (*write)(void *ctx, const char *path, const char *data, size_t length);
};

/*
 * Runs the command @argv of @argc words, its name first, to its end. Returns its exit status, or
 * -1 with errno: EMSGSIZE, it is too long; EINTR, a signal came; EPROTO or others, the daemon has
 * gone or speaks another language. The connection is of no use afterwards.
 */
int client_command(struct client *client, int argc, char *const argv[],
		   const struct client_answers *answers, void *ctx);

/*
 * Reads the answer to a command whose answer is one line. Returns 0, or -1 and in *@text what
 * went wrong, for people; errno as with client_line(), or EPROTO when the daemon says so.
 */
int client_answer(struct client *client, int patience, const char **text);

#endif
