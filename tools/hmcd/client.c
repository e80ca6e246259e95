// SPDX-License-Identifier: Apache-2.0
// A program's end of its conversation with the daemon.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
		ready = poll(&input, 1, patience < 0 ? -1 : (int)MAX(end - now_ms(), 0L));
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

/* Commands of the management console. */

static int bytes_send(const struct client *client, const void *data, size_t length)
{
	const char *at = data;

	while (length) {
		ssize_t n = send(client->fd, at, length, MSG_NOSIGNAL);

		if (n < 0)
			return -1;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

/* Waits without end. Returns 0, or -1. */
static int bytes_read(struct client *client, char *data, size_t length)
{
	size_t n = MIN(length, client->used - client->taken);

	memcpy(data, client->buffer + client->taken, n);
	client->taken += n;
	while (n < length) {
		ssize_t got = read(client->fd, data + n, length - n);

		if (!got)
			errno = ECONNRESET;
		if (got <= 0)
			return -1;
		n += (size_t)got;
	}
	return 0;
}

static int error_send(const struct client *client, int error)
{
	char line[CLIENT_LINE_MAX];
	int n = snprintf(line, sizeof(line), "error %s\n", strerror(error));

	return bytes_send(client, line, (size_t)n);
}

static int file_send(const struct client *client, int fd)
{
	struct stat status;
	char line[32];
	off_t done = 0;

	if (fd < 0 || fstat(fd, &status))
		return error_send(client, errno);
	if (!S_ISREG(status.st_mode))
		return error_send(client, S_ISDIR(status.st_mode) ? EISDIR : ESPIPE);
	snprintf(line, sizeof(line), "%lld\n", (long long)status.st_size);
	if (bytes_send(client, line, strlen(line)))
		return -1;
	while (done < status.st_size) {
		ssize_t n = sendfile(client->fd, fd, &done, (size_t)(status.st_size - done));

		if (!n)
			errno = EIO; /* it has become shorter, and more was promised */
		if (n <= 0)
			return -1;
	}
	return 0;
}

static int write_answer(const struct client *client, const struct client_answers *answers,
			void *ctx, const char *data, size_t length)
{
	size_t path = strlen(data) + 1;

	if (path > length) {
		errno = EPROTO;
		return -1;
	}
	if (answers->write(ctx, data, data + path, length - path))
		return error_send(client, errno);
	return bytes_send(client, "ok\n", 3);
}

/* Returns the exit status if that was the answer, -1 if something went wrong, or -2. */
static int answer_take(struct client *client, char tag, const char *data, size_t length,
		       const struct client_answers *answers, void *ctx)
{
	int result, fd;

	switch (tag) {
	case CLIENT_STDOUT:
		answers->output(ctx, data, length);
		return -2;
	case CLIENT_STDERR:
		answers->error(ctx, data, length);
		return -2;
	case CLIENT_PROGRESS:
		answers->progress(ctx, data);
		return -2;
	case CLIENT_FILE:
		fd = answers->file(ctx, data);
		result = file_send(client, fd);
		if (fd >= 0)
			close(fd);
		return result ? -1 : -2;
	case CLIENT_WRITE:
		return write_answer(client, answers, ctx, data, length) ? -1 : -2;
	case CLIENT_EXIT:
		return atoi(data) & 0xff;
	default:
		errno = EPROTO;
		return -1;
	}
}

static int answers_take(struct client *client, const struct client_answers *answers, void *ctx)
{
	int result = -2;

	while (result == -2) {
		char *line = client_line(client, -1), *data, tag;
		size_t length;

		if (!line)
			return -1;
		if (sscanf(line, "%c %zu", &tag, &length) != 2 || length > CLIENT_FILE_MAX) {
			errno = EPROTO;
			return -1;
		}
		data = malloc(length + 1);
		if (!data || bytes_read(client, data, length)) {
			free(data);
			return -1;
		}
		data[length] = 0;
		result = answer_take(client, tag, data, length, answers, ctx);
		free(data);
	}
	return result;
}

int client_command(struct client *client, int argc, char *const argv[],
		   const struct client_answers *answers, void *ctx)
{
	size_t length = 0;
	char number[32];

	for (int i = 0; i < argc; i++)
		length += strlen(argv[i]) + 1;
	if (length > CLIENT_ARGUMENTS_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	snprintf(number, sizeof(number), "%zu", length);
	if (client_send(client, "hmc", number))
		return -1;
	for (int i = 0; i < argc; i++)
		if (bytes_send(client, argv[i], strlen(argv[i]) + 1))
			return -1;
	return answers_take(client, answers, ctx);
}
