// SPDX-License-Identifier: Apache-2.0
// openlpar-console: a partition's console, on this terminal or in a pipe.
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "tools/hmcd/client.h"
#include "tools/hmcd/rundir.h"

#define LEAVE	  0x1d /* Ctrl-] */
#define ANSWER_MS 10000

static const char usage_text[] =
	"usage: openlpar-console --dir RUN NAME\n"
	"Attaches to the console of the partition NAME of the managed system in the directory RUN,\n"
	"beginning with the last 64 KiB of what it wrote. On a terminal Ctrl-] leaves. Without one,\n"
	"standard input is typed until it ends, and what the partition writes is printed until the\n"
	"system stops or this program is ended. One program at a time can attach to a console.\n";

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	interrupted = number;
}

static void options_read(int argc, char **argv, const char **dir, const char **name)
{
	static const struct option table[] = {
		{"dir", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
	int option;

	*dir = NULL;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage_text, stdout);
			exit(0);
		}
		if (option != 'd')
			exit(2);
		*dir = optarg;
	}
	if (!*dir || optind != argc - 1) {
		fprintf(stderr, "openlpar-console: %s\n",
			*dir ? "the name of one partition is needed" : "--dir is missing");
		exit(2);
	}
	*name = argv[optind];
}

static int write_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t written = write(fd, data, n);

		if (written < 0 && errno == EINTR && !interrupted)
			continue;
		if (written <= 0)
			return -1;
		data += written;
		n -= (size_t)written;
	}
	return 0;
}

/* What was read and waits to be typed. */
struct typed {
	char data[1024];
	size_t next, end;
	bool over;    /* standard input has ended */
	bool leave;   /* Ctrl-] came; what is before it is still typed */
	bool escapes; /* Ctrl-] means something: it is a terminal */
};

static void typed_read(struct typed *typed)
{
	ssize_t n = read(0, typed->data, sizeof(typed->data));
	char *leave;

	if (n <= 0) {
		typed->over = n == 0 || errno != EINTR;
		return;
	}
	typed->next = 0;
	typed->end = (size_t)n;
	leave = typed->escapes ? memchr(typed->data, LEAVE, (size_t)n) : NULL;
	if (leave) {
		typed->leave = true;
		typed->end = (size_t)(leave - typed->data);
	}
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

/* Both ways until somebody ends it. Returns false if that was the other end. */
static bool console_copy(int fd, struct typed *typed, const sigset_t *unblocked)
{
	char data[4096];

	while (!interrupted && !(typed->leave && typed->next == typed->end)) {
		bool waiting = typed->next != typed->end;
		struct pollfd fds[] = {
			{fd, (short)(POLLIN | (waiting ? POLLOUT : 0)), 0},
			{waiting || typed->over ? -1 : 0, POLLIN, 0},
		};
		ssize_t n;

		if (ppoll(fds, ARRAY_SIZE(fds), NULL, unblocked) < 0)
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
		if (write_all(1, data, (size_t)n))
			return true;
	}
	return true;
}

/* Attached: signals that end this program do so only after the terminal is what it was. */
static bool console_run(struct client *client)
{
	const struct sigaction action = {.sa_handler = interrupt};
	const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct typed typed = {.escapes = isatty(0)};
	struct termios before, raw;
	sigset_t blocked, unblocked;
	bool left;

	sigemptyset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], &action, NULL);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &unblocked);
	if (typed.escapes) {
		tcgetattr(0, &before);
		raw = before;
		cfmakeraw(&raw);
		tcsetattr(0, TCSADRAIN, &raw);
	}
	left = write_all(1, client->buffer + client->taken, client->used - client->taken) ||
	       console_copy(client->fd, &typed, &unblocked);
	if (typed.escapes)
		tcsetattr(0, TCSADRAIN, &before);
	return left;
}

int main(int argc, char **argv)
{
	const char *dir, *name, *text;
	struct client client;
	struct rundir run;
	bool left;

	options_read(argc, argv, &dir, &name);
	if (rundir_find(&run, dir, false))
		return 1;
	if (client_open(&client, &run)) {
		fprintf(stderr, "openlpar-console: no system is running in %s\n", run.path);
		return 1;
	}
	if (client_send(&client, "attach", name) || client_answer(&client, ANSWER_MS, &text)) {
		fprintf(stderr, "openlpar-console: %s\n", errno == EPROTO ? text : strerror(errno));
		return 1;
	}
	if (isatty(0))
		fprintf(stderr, "[%s: Ctrl-] leaves]\n", name);
	left = console_run(&client);
	if (isatty(0) || !left)
		fprintf(stderr, "\n[%s: %s]\n", name, left ? "left" : "the system has stopped");
	return 0;
}
