// SPDX-License-Identifier: Apache-2.0
// mkvterm: a partition's console, on this terminal or in a pipe.
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

#include "tools/hmc/run.h"
#include "tools/hmc/target.h"
#include "tools/hmc/vterm.h"
#include "tools/hmcd/client.h"

#define ANSWER_MS 30000
#define SILENCE_S 2 /* after which all has come that the end of the input brought about */

static const char usage_text[] =
	"usage: mkvterm [-m SYSTEM] {-p PARTITION | --id PARTITION-ID}\n"
	"Opens the console of a partition, beginning with the last 64 KiB of what it wrote.\n"
	"~. at the beginning of a line leaves, ~~ there is one ~. One session at a time may\n"
	"be open for a partition; rmvterm closes it.\n";

static volatile sig_atomic_t ended;

static void end(int number)
{
	ended = number;
}

/* What was read and waits to be typed. */
struct typed {
	char data[2048]; /* twice as long as what is read: a ~ kept back may come with each byte */
	size_t next, end;
	bool escapes; /* ~ means something: it is a terminal */
	bool begins;  /* a line begins */
	bool tilde;   /* with a ~ */
	bool leave;   /* ~. came; what is before it is still typed */
	bool over;    /* the input has ended */
};

static void typed_byte(struct typed *typed, char byte)
{
	if (typed->tilde && byte == '.') {
		typed->leave = true;
		return;
	}
	if (typed->tilde && byte != '~')
		typed->data[typed->end++] = '~';
	else if (typed->escapes && typed->begins && !typed->tilde && byte == '~') {
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
static bool console_copy(int fd, struct typed *typed, const sigset_t *unblocked)
{
	const struct timespec silence = {SILENCE_S, 0};
	char data[4096];

	while (!ended && !(typed->leave && typed->next == typed->end)) {
		bool waiting = typed->next != typed->end;
		bool reading = !waiting && !typed->over;
		struct pollfd fds[] = {
			{fd, (short)(POLLIN | (waiting ? POLLOUT : 0)), 0},
			{reading ? 0 : -1, POLLIN, 0},
		};
		int ready = ppoll(fds, ARRAY_SIZE(fds), waiting || reading ? NULL : &silence,
				  unblocked);
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

/* Attached: signals that end this program do so only after the terminal is what it was. */
static bool console_run(struct client *client, struct typed *typed)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	const struct sigaction action = {.sa_handler = end};
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
	if (typed->escapes) {
		tcgetattr(0, &before);
		raw = before;
		cfmakeraw(&raw);
		tcsetattr(0, TCSADRAIN, &raw);
	}
	left = print(client->buffer + client->taken, client->used - client->taken) ||
	       console_copy(client->fd, typed, &unblocked);
	if (typed->escapes)
		tcsetattr(0, TCSADRAIN, &before);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &actions[i], NULL);
	sigprocmask(SIG_SETMASK, &unblocked, NULL);
	return left;
}

/* Returns the name of partition @id, to be freed; NULL after a message. */
static char *partition_name(const struct registry_system *system, const char *id)
{
	char filter[64];
	char *const words[] = {"lssyscfg", "-r", "lpar", "--filter", filter, "-F", "name", NULL};
	char *name, *rest;

	if (strtoul(id, &rest, 10) < 1 || strtoul(id, &rest, 10) > 65535 || *rest || *id < '0' ||
	    *id > '9') {
		fprintf(stderr, "mkvterm: --id is a partition's number, not \"%s\"\n", id);
		return NULL;
	}
	snprintf(filter, sizeof(filter), "lpar_ids=%lu", strtoul(id, NULL, 10));
	name = run_capture(system, (int)ARRAY_SIZE(words) - 1, words, true);
	if (!name)
		return NULL;
	if (name[0] && name[strcspn(name, "\n")])
		name[strcspn(name, "\n")] = 0;
	if (name[0] && !strstr(name, "No results"))
		return name;
	free(name);
	fprintf(stderr, "HSCL8012 The partition with ID %s was not found.\n", id);
	return NULL;
}

/* Whether the system is called @name: with a run directory given, only its daemon knows. */
static bool system_is(const struct registry_system *system, const char *name)
{
	char *const words[] = {"lssyscfg", "-r", "sys", "-m", (char *)name, "-F", "name", NULL};
	char *text = run_capture(system, (int)ARRAY_SIZE(words) - 1, words, true);

	free(text);
	return text;
}

/* Returns 0, or -1 after a message. */
static int attach(struct client *client, const struct registry_system *system, const char *name)
{
	const char *text;

	if (client_open(client, &system->run)) {
		fprintf(stderr, "hmc: no managed system is running in %s\n", system->run.path);
		return -1;
	}
	if (!client_send(client, "attach", name) && !client_answer(client, ANSWER_MS, &text))
		return 0;
	if (errno != EPROTO)
		fprintf(stderr, "mkvterm: %s\n", strerror(errno));
	else if (!strncmp(text, "there is no partition", 21))
		fprintf(stderr, "HSCL8012 The partition named %s was not found.\n", name);
	else if (!strncmp(text, "the console of ", 15))
		fputs("A terminal session is already open for this partition.\n"
		      "Only one open session is allowed for a partition.\n"
		      "Exiting....\n",
		      stderr);
	else
		fprintf(stderr, "mkvterm: %s\n", text);
	client_close(client);
	return -1;
}

static int console_open(const struct registry_system *system, const char *name)
{
	struct typed typed = {.escapes = isatty(0), .begins = true};
	struct client client;
	bool left;

	if (attach(&client, system, name))
		return 1;
	if (typed.escapes)
		fprintf(stderr, "[%s: ~. at the beginning of a line leaves]\n", name);
	left = console_run(&client, &typed);
	client_close(&client);
	if (!left)
		fputs("\nConnection has closed\n", stderr);
	else if (typed.escapes)
		fprintf(stderr, "\n[%s: left]\n", name);
	if (ended)
		return 128 + ended;
	return left || typed.escapes ? 0 : 1;
}

/* Returns 0; 1: all is said; -1 after a message. */
static int options_read(int argc, char *argv[], const char **name, const char **id)
{
	static const struct option table[] = {
		{"id", required_argument, NULL, 'i'}, {"help", no_argument, NULL, 'h'}, {0}};
	int option;

	optind = 0; /* from the start, also when it is not the first command */
	*name = *id = NULL;
	while ((option = getopt_long(argc, argv, "+m:p:", table, NULL)) != -1) {
		if (option == 'h')
			return fputs(usage_text, stdout) < 0 ? -1 : 1;
		if (option == '?')
			return -1;
		if (option == 'p')
			*name = optarg;
		else if (option == 'i')
			*id = optarg;
	}
	if (optind != argc)
		fprintf(stderr, "mkvterm: \"%s\" is not an option\n", argv[optind]);
	else if (!*name == !*id)
		fputs("mkvterm: one of -p and --id is needed\n", stderr);
	else if (*name && (!**name || strchr(*name, '\n')))
		fputs("mkvterm: this is not the name of a partition\n", stderr);
	else
		return 0;
	return -1;
}

int vterm_command(const struct hmc *hmc, int argc, char *argv[])
{
	const char *name, *id;
	struct registry_system *systems;
	char *found = NULL;
	int status = options_read(argc, argv, &name, &id);

	if (status)
		return status < 0;
	if (!target_find(hmc, argc, argv, &systems))
		return 1;
	if (hmc->dir && target_name(argc, argv) && !system_is(systems, target_name(argc, argv)))
		name = NULL;
	else if (id)
		name = found = partition_name(systems, id);
	status = name ? console_open(systems, name) : 1;
	free(found);
	free(systems);
	return status;
}
