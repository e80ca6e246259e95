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
 */
#ifndef TOOLS_HMCD_CLIENT_H
#define TOOLS_HMCD_CLIENT_H

#include "tools/hmcd/rundir.h"
#include "types.h"

#define CLIENT_LINE_MAX 1024
#define CLIENT_REPLAY	(64 * KiB)

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
 * ETIMEDOUT after @patience milliseconds, EINTR when a signal came, others when the daemon has
 * gone.
 */
char *client_line(struct client *client, int patience);

/*
 * Reads the answer to a command whose answer is one line. Returns 0, or -1 and in *@text what
 * went wrong, for people; errno as with client_line(), or EPROTO when the daemon says so.
 */
int client_answer(struct client *client, int patience, const char **text);

#endif
