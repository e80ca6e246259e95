// SPDX-License-Identifier: Apache-2.0
// A program's end of its conversation with the daemon.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/client.h"

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A whole line that is in the buffer already. */
static char *line_take(struct client *client)
{
	char *line = client->buffer + client->taken;
	char *end = memchr(line, '\n', client->used - client->taken);

	if (!end)
		return NULL;
	*end = 0;
	client->taken = (size_t)(end + 1 - client->buffer);
	return line;
}

int client_open(struct client *client, const struct rundir *run)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	client->used = 0;
	client->taken = 0;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/hmcd.sock", run->path);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return -1;
	if (!connect(client->fd, (struct sockaddr *)&address, sizeof(address)))
		return 0;
	client_close(client);
	return -1;
}

void client_close(struct client *client)
{
	int error = errno;

	close(client->fd);
	errno = error;
}

int client_send(struct client *client, const char *command, const char *argument)
{
	char line[CLIENT_LINE_MAX];
	int n = snprintf(line, sizeof(line), "%s%s%s\n", command, argument ? " " : "",
			 argument ? argument : "");

	if (n >= (int)sizeof(line)) {
		errno = EMSGSIZE;
		return -1;
	}
	return send(client->fd, line, (size_t)n, MSG_NOSIGNAL) == n ? 0 : -1;
}

char *client_line(struct client *client, int patience)
{
	long end = now_ms() + patience;
	char *line;

	while (!(line = line_take(client))) {
		struct pollfd input = {client->fd, POLLIN, 0};
		int ready;
		ssize_t n;

		client->used -= client->taken;
		memmove(client->buffer, client->buffer + client->taken, client->used);
		client->taken = 0;
		ready = poll(&input, 1, (int)MAX(end - now_ms(), 0L));
		if (!ready)
			errno = ETIMEDOUT;
		if (ready <= 0)
			return NULL;
		n = read(client->fd, client->buffer + client->used,
			 sizeof(client->buffer) - client->used);
		if (n <= 0) {
			errno = ECONNRESET;
			return NULL;
		}
		client->used += (size_t)n;
	}
	return line;
}

int client_answer(struct client *client, int patience, const char **text)
{
	const char *line = client_line(client, patience);

	if (!line)
		*text = errno == ETIMEDOUT ? "the management daemon does not answer"
					   : "the management daemon has gone";
	else if (!strcmp(line, "ok") || !strncmp(line, "ok ", 3))
		return 0;
	else
		*text = strncmp(line, "error ", 6) ? "the management daemon speaks another language"
						   : line + 6;
	if (line)
		errno = EPROTO;
	return -1;
}
