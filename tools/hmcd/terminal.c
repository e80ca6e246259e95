// SPDX-License-Identifier: Apache-2.0
// A partition's console on this terminal, or in a pipe.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "tools/hmcd/terminal.h"

#define BRACKET 0x1d /* Ctrl-] */

static volatile sig_atomic_t ended;

static void end(int number)
{
	ended = number;
}

/* What was read and waits to be typed. */
struct typed {
	char data[2048]; /* twice as long as what is read: a ~ kept back may come with each byte */
	size_t next, end;
	enum terminal_leave how;
	bool escapes; /* it is a terminal: one can leave it */
	bool begins;  /* a line begins … */
	bool tilde;   /* … with a ~ */
	bool leave;   /* what is before it is still typed */
	bool over;    /* the input has ended */
};

static void typed_byte(struct typed *typed, char byte)
{
	bool tildes = typed->escapes && typed->how == TERMINAL_TILDE;

	if (typed->tilde && byte == '.') {
		typed->leave = true;
		return;
	}
	if (typed->tilde && byte != '~')
		typed->data[typed->end++] = '~';
	else if (tildes && typed->begins && !typed->tilde && byte == '~') {
		typed->tilde = true;
		return;
	}
	typed->data[typed->end++] = byte;
	typed->tilde = false;
	typed->begins = byte == '\r' || byte == '\n';
}

static void typed_read(struct typed *typed)
{
	char data[sizeof(typed->data) / 2];
	ssize_t n = read(0, data, sizeof(data));

	if (n <= 0) {
		typed->over = n == 0 || errno != EINTR;
		typed->leave = typed->over && typed->escapes;
		return;
	}
	typed->next = 0;
	typed->end = 0;
	for (ssize_t i = 0; i < n && !typed->leave; i++)
		if (typed->escapes && typed->how == TERMINAL_BRACKET && data[i] == BRACKET)
			typed->leave = true;
		else
			typed_byte(typed, data[i]);
}

/* Returns -1 when the daemon has closed the connection. */
static int typed_send(struct typed *typed, int fd)
{
	ssize_t n = send(fd, typed->data + typed->next, typed->end - typed->next,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	typed->next += (size_t)n;
	return 0;
}

static int print(const char *data, size_t n)
{
	while (n) {
		ssize_t written = write(1, data, n);

		if (written < 0 && errno == EINTR && !ended)
			continue;
		if (written <= 0)
			return -1;
		data += written;
		n -= (size_t)written;
	}
	return 0;
}

/* Both ways until somebody ends it. Returns false if that was the other end. */
static bool copy(int fd, struct typed *typed, u32 silence, const sigset_t *unblocked)
{
	const struct timespec patience = {silence, 0};
	char data[4096];

	while (!ended && !(typed->leave && typed->next == typed->end)) {
		bool waiting = typed->next != typed->end;
		bool reading = !waiting && !typed->over;
		struct pollfd fds[] = {
			{fd, (short)(POLLIN | (waiting ? POLLOUT : 0)), 0},
			{reading ? 0 : -1, POLLIN, 0},
		};
		int ready = ppoll(fds, ARRAY_SIZE(fds),
				  waiting || reading || !silence ? NULL : &patience, unblocked);
		ssize_t n;

		if (!ready)
			return true;
		if (ready < 0)
			continue;
		if (fds[1].revents)
			typed_read(typed);
		if (fds[0].revents & POLLOUT && typed_send(typed, fd))
			return false;
		if (!(fds[0].revents & (POLLIN | POLLHUP | POLLERR)))
			continue;
		n = read(fd, data, sizeof(data));
		if (n <= 0)
			return false;
		if (print(data, (size_t)n))
			return true;
	}
	return true;
}

bool terminal_run(struct client *client, enum terminal_leave leave, u32 silence, int *signal)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	const struct sigaction action = {.sa_handler = end};
	struct typed typed = {.how = leave, .escapes = isatty(0), .begins = true};
	struct sigaction actions[ARRAY_SIZE(signals)];
	struct termios before, raw;
	sigset_t blocked, unblocked;
	bool left;

	ended = 0;
	sigemptyset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], &action, &actions[i]);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &unblocked);
	if (typed.escapes) {
		tcgetattr(0, &before);
		raw = before;
		cfmakeraw(&raw);
		tcsetattr(0, TCSADRAIN, &raw);
	}
	left = print(client->buffer + client->taken, client->used - client->taken) ||
	       copy(client->fd, &typed, silence, &unblocked);
	if (typed.escapes)
		tcsetattr(0, TCSADRAIN, &before);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &actions[i], NULL);
	sigprocmask(SIG_SETMASK, &unblocked, NULL);
	*signal = ended;
	return left;
}
