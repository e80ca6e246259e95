// SPDX-License-Identifier: Apache-2.0
// The daemon's side of RUN/hmcd.sock.
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/client.h"
#include "tools/hmcd/job.h"
#include "tools/hmcd/server.h"

#define QUEUE_MAX (64 * KiB) /* of console output waiting in one connection */
#define INPUT_MAX (4 * KiB)
#define END_SEC	  2
#define STATS_MAX 5 /* times that an answer is asked for again because some of it was lost */

enum guest_state {
	GUEST_COMMANDS, /* waiting for a command */
	GUEST_HELLO,	/* for the hypervisor */
	GUEST_POWER,	/* for its reply to HMC_POWER */
	GUEST_STATS,	/* for an answer to HMC_STATS */
	GUEST_ATTACH,	/* for its word about a console */
	GUEST_CONSOLE,	/* attached */
	GUEST_JOB,	/* a command's thread has the connection */
	GUEST_LEAVING,	/* until it has got what is on its way to it */
};

/* A connected program. */
struct guest {
	TAILQ_ENTRY(guest) link;
	struct server *server;
	struct bufferevent *stream;
	enum guest_state state;
	struct console *console;      /* while attached */
	struct console_holder holder; /* in console */
	u64 position;		      /* in the console's log: the next byte to be shown */
	bool unserved;		      /* answered, and what else it has sent comes next */
};

struct server {
	TAILQ_HEAD(guest_list, guest) guests;
	struct event_base *base;
	struct hypervisor *hypervisor;
	struct store *store;
	struct evconnlistener *listener;
	u32 stats_asked; /* how often, for those in GUEST_STATS; 0: not now */
	bool ending;
};

static void console_leave(struct guest *guest)
{
	struct console *console = guest->console;

	guest->console = NULL;
	console->holder = NULL;
	console_tell(console);
}

static void guest_free(struct guest *guest)
{
	struct server *server = guest->server;

	if (guest->console)
		console_leave(guest);
	hypervisor_forget(server->hypervisor, guest);
	TAILQ_REMOVE(&server->guests, guest, link);
	bufferevent_free(guest->stream);
	free(guest);
	if (server->ending && TAILQ_EMPTY(&server->guests))
		event_base_loopexit(server->base, NULL);
}

static void guest_leave(struct guest *guest)
{
	guest->state = GUEST_LEAVING;
	if (!evbuffer_get_length(bufferevent_get_output(guest->stream)))
		guest_free(guest);
}

static pid_t guest_pid(const struct guest *guest)
{
	struct ucred peer = {0};
	socklen_t size = sizeof(peer);

	getsockopt(bufferevent_getfd(guest->stream), SOL_SOCKET, SO_PEERCRED, &peer, &size);
	return peer.pid;
}

/* Attached programs: what they see is the console's log file, from where they are in it. */

static void console_show(struct guest *guest, size_t queue_max)
{
	struct evbuffer *output = bufferevent_get_output(guest->stream);
	const struct sink *log = &guest->console->output;
	char data[16 * KiB];

	if (guest->position > log->size)
		guest->position = 0; /* the partition was renamed and has another file now */
	while (guest->position < log->size && evbuffer_get_length(output) < queue_max) {
		size_t n = (size_t)MIN(sizeof(data), log->size - guest->position);
		ssize_t got = pread(log->fd, data, n, (off_t)guest->position);

		if (got <= 0)
			break;
		bufferevent_write(guest->stream, data, (size_t)got);
		guest->position += (u64)got;
	}
}

static void holder_output(struct console_holder *holder)
{
	struct guest *guest = container_of(holder, struct guest, holder);

	if (guest->state == GUEST_CONSOLE)
		console_show(guest, QUEUE_MAX);
}

static void holder_input(struct console_holder *holder)
{
	struct guest *guest = container_of(holder, struct guest, holder);

	if (guest->state == GUEST_CONSOLE)
		console_type(guest->console, bufferevent_get_input(guest->stream), false);
}

static void guest_say(struct guest *guest, const char *word, const char *text)
{
	evbuffer_add_printf(bufferevent_get_output(guest->stream), "%s%s%s\n", word,
			    *text ? " " : "", text);
}

static void holder_closed(struct console_holder *holder)
{
	struct guest *guest = container_of(holder, struct guest, holder);

	if (guest->state == GUEST_CONSOLE)
		console_show(guest, SIZE_MAX);
	else
		guest_say(guest, "error", "the console was closed meanwhile");
	console_leave(guest);
	guest_leave(guest);
}

static void guest_serve(struct guest *guest);

static void holder_opened(struct console_holder *holder, const char *who)
{
	struct guest *guest = container_of(holder, struct guest, holder);
	struct console *console = guest->console;
	char text[CLIENT_LINE_MAX];

	if (guest->state == GUEST_CONSOLE) {
		/* The hypervisor has started afresh, and somebody was quicker. */
		if (who)
			holder_closed(holder);
		return;
	}
	if (who) {
		snprintf(text, sizeof(text), "the console of %s is open already: %.*s",
			 console->name, HMC_TEXT_SIZE - 1, who);
		guest_say(guest, "error", text);
		console_leave(guest);
		guest->state = GUEST_COMMANDS;
	} else {
		guest_say(guest, "ok", "");
		guest->state = GUEST_CONSOLE;
		guest->position = console->output.size - MIN(console->output.size, CLIENT_REPLAY);
		console_show(guest, QUEUE_MAX);
	}
	guest_serve(guest);
}

/* A holder that has gone, but could not be seen to as long as nobody takes what it typed. */
static void holder_check(struct console *console)
{
	struct guest *guest;
	struct pollfd gone = {.events = 0};

	if (!console->holder)
		return;
	guest = container_of(console->holder, struct guest, holder);
	gone.fd = bufferevent_getfd(guest->stream);
	if (poll(&gone, 1, 0) > 0 && gone.revents & (POLLHUP | POLLERR))
		guest_free(guest);
}

/* Commands. */

static void attach_command(struct guest *guest, const char *name)
{
	struct console *console = hypervisor_find(guest->server->hypervisor, name);
	char text[CLIENT_LINE_MAX];

	if (!console) {
		snprintf(text, sizeof(text), "there is no partition named %s", name);
		guest_say(guest, "error", text);
		return;
	}
	holder_check(console);
	if (console->holder) {
		struct guest *other = container_of(console->holder, struct guest, holder);

		snprintf(text, sizeof(text), "the console of %s is open already, in process %d",
			 name, (int)guest_pid(other));
		guest_say(guest, "error", text);
		return;
	}
	guest->state = GUEST_ATTACH;
	guest->console = console;
	guest->holder =
		(struct console_holder){holder_opened, holder_output, holder_input, holder_closed};
	console->holder = &guest->holder;
	/* What a silent hypervisor said last can be seen; it is told when it speaks again. */
	if (guest->server->hypervisor->answered)
		console_tell(console);
	else
		holder_opened(&guest->holder, NULL);
}

static void list_command(struct guest *guest)
{
	const struct hypervisor *hypervisor = guest->server->hypervisor;

	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++) {
		const struct console *console = hypervisor->console[i];

		if (console)
			evbuffer_add_printf(bufferevent_get_output(guest->stream),
					    "%u\t%s\t%s\t%s\n", i, console->name,
					    console_state_name(console->state), console->reason);
	}
	guest_say(guest, "ok", "");
}

static void power_done(void *ctx, const struct hmc_reply *reply)
{
	struct guest *guest = ctx;

	guest->state = GUEST_COMMANDS;
	if (!reply)
		guest_say(guest, "error", "the hypervisor does not answer");
	else if (be16_to_cpu(reply->status) != HMC_OK)
		guest_say(guest, "error", "the hypervisor refuses");
	else
		guest_say(guest, "ok", "");
	guest_serve(guest);
}

static void power_command(struct guest *guest, enum hmc_power_action action)
{
	struct hypervisor *hypervisor = guest->server->hypervisor;

	if (!hypervisor->answered) {
		guest_say(guest, "error", "the hypervisor has not answered yet");
		return;
	}
	guest->state = GUEST_POWER;
	hypervisor_power(hypervisor, action, power_done, guest);
}

static void stats_done(void *ctx, const struct hmc_reply *reply);

static void stats_ask(struct server *server)
{
	server->stats_asked++;
	hypervisor_stats(server->hypervisor, stats_done, server);
}

/* @failure: NULL, the answer has come. */
static void stats_answer(struct guest *guest, const char *failure)
{
	const struct hypervisor *hypervisor = guest->server->hypervisor;

	guest->state = GUEST_COMMANDS;
	guest->unserved = true;
	if (!failure)
		stats_print(&hypervisor->stats, hypervisor->console,
			    bufferevent_get_output(guest->stream));
	guest_say(guest, failure ? "error" : "ok", failure ? failure : "");
}

static void stats_done(void *ctx, const struct hmc_reply *reply)
{
	struct server *server = ctx;
	struct stats *stats = &server->hypervisor->stats;
	const char *failure = NULL;
	struct guest *guest;

	if (!reply)
		failure = "the hypervisor does not answer";
	else if (be16_to_cpu(reply->status) != HMC_OK)
		failure = "the hypervisor refuses";
	else if (!stats_complete(stats, (const struct hmc_stats_reply *)reply)) {
		failure = "the hypervisor's answer is incomplete";
		if (server->stats_asked < STATS_MAX) {
			stats_ask(server);
			return;
		}
	}
	server->stats_asked = 0;
	TAILQ_FOREACH(guest, &server->guests, link)
	if (guest->state == GUEST_STATS)
		stats_answer(guest, failure);
	/* From the start each time: serving one may be the end of another. */
	do {
		TAILQ_FOREACH(guest, &server->guests, link)
		if (guest->unserved)
			break;
		if (guest) {
			guest->unserved = false;
			guest_serve(guest);
		}
	} while (guest);
}

/* Several that ask at once get the same answer. */
static void stats_command(struct guest *guest)
{
	if (!guest->server->hypervisor->answered) {
		guest_say(guest, "error", "the hypervisor has not answered yet");
		return;
	}
	guest->state = GUEST_STATS;
	if (!guest->server->stats_asked)
		stats_ask(guest->server);
}

/* The connection is a command's from now on. */
static void job_command(struct guest *guest, const char *number)
{
	struct evbuffer *input = bufferevent_get_input(guest->stream);
	struct server *server = guest->server;
	size_t length = (size_t)atoi(number), n = evbuffer_get_length(input);
	char data[INPUT_MAX];
	int fd;

	if (!length || length > CLIENT_ARGUMENTS_MAX || n > length || n > sizeof(data)) {
		guest_say(guest, "error", "the length of the command is wrong");
		return;
	}
	evbuffer_remove(input, data, n);
	fd = fcntl(bufferevent_getfd(guest->stream), F_DUPFD_CLOEXEC, 0);
	if (fd < 0 || job_start(fd, data, n, length, server->hypervisor->run, server->store)) {
		guest_say(guest, "error", "the management daemon cannot start a thread");
		if (fd >= 0)
			close(fd);
		return;
	}
	bufferevent_disable(guest->stream, EV_READ);
	guest->state = GUEST_JOB;
}

static void guest_command(struct guest *guest, const char *line)
{
	bool answered = guest->server->hypervisor->answered;

	if (!strcmp(line, "wait-hello") && !answered)
		guest->state = GUEST_HELLO;
	else if (!strcmp(line, "wait-hello"))
		guest_say(guest, "ok", "");
	else if (!strcmp(line, "state"))
		guest_say(guest, "ok", answered ? "running" : "waiting");
	else if (!strcmp(line, "list"))
		list_command(guest);
	else if (!strcmp(line, "stats"))
		stats_command(guest);
	else if (!strncmp(line, "hmc ", 4))
		job_command(guest, line + 4);
	else if (!strncmp(line, "attach ", 7))
		attach_command(guest, line + 7);
	else if (!strcmp(line, "power off"))
		power_command(guest, HMC_POWER_OFF);
	else if (!strcmp(line, "power reboot"))
		power_command(guest, HMC_POWER_REBOOT);
	else
		guest_say(guest, "error", "there is no such command");
}

/* Serves what the program has sent, as far as its state allows. */
static void guest_serve(struct guest *guest)
{
	struct evbuffer *input = bufferevent_get_input(guest->stream);
	char *line;

	while (guest->state == GUEST_COMMANDS &&
	       (line = evbuffer_readln(input, NULL, EVBUFFER_EOL_LF))) {
		guest_command(guest, line);
		free(line);
	}
	if (guest->state == GUEST_JOB) {
		guest_free(guest);
	} else if (guest->state == GUEST_CONSOLE) {
		console_type(guest->console, input, false);
	} else if (guest->state == GUEST_COMMANDS &&
		   evbuffer_get_length(input) >= CLIENT_LINE_MAX) {
		guest_say(guest, "error", "this line is too long");
		guest_leave(guest);
	}
}

static void guest_read(struct bufferevent *stream, void *ctx)
{
	(void)stream;
	guest_serve(ctx);
}

static void guest_written(struct bufferevent *stream, void *ctx)
{
	struct guest *guest = ctx;

	(void)stream;
	if (guest->state == GUEST_CONSOLE)
		console_show(guest, QUEUE_MAX);
	else if (guest->state == GUEST_LEAVING)
		guest_leave(guest);
}

static void guest_event(struct bufferevent *stream, short what, void *ctx)
{
	struct guest *guest = ctx;

	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	if (guest->state == GUEST_CONSOLE)
		console_type(guest->console, bufferevent_get_input(stream), true);
	guest_free(guest);
}

static void server_accept(struct evconnlistener *listener, evutil_socket_t fd,
			  struct sockaddr *address, int length, void *ctx)
{
	struct server *server = ctx;
	struct guest *guest = alloc_zeroed(sizeof(*guest));

	(void)listener;
	(void)address;
	(void)length;
	guest->server = server;
	guest->stream = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	TAILQ_INSERT_TAIL(&server->guests, guest, link);
	bufferevent_setcb(guest->stream, guest_read, guest_written, guest_event, guest);
	bufferevent_setwatermark(guest->stream, EV_READ, 0, INPUT_MAX);
	bufferevent_enable(guest->stream, EV_READ | EV_WRITE);
}

struct server *server_new(struct event_base *base, const char *path, struct hypervisor *hypervisor,
			  struct store *store)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct server *server = alloc_zeroed(sizeof(*server));

	TAILQ_INIT(&server->guests);
	server->base = base;
	server->hypervisor = hypervisor;
	server->store = store;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	server->listener = evconnlistener_new_bind(
		base, server_accept, server, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1,
		(struct sockaddr *)&address, sizeof(address));
	if (!server->listener) {
		free(server);
		return NULL;
	}
	return server;
}

void server_detach(struct hypervisor *hypervisor, u32 lpar_id)
{
	struct console *console = hypervisor->console[lpar_id];

	if (console && console->holder)
		console->holder->closed(console->holder);
}

void server_free(struct server *server)
{
	server->ending = false;
	hypervisor_forget(server->hypervisor, server);
	while (!TAILQ_EMPTY(&server->guests))
		guest_free(TAILQ_FIRST(&server->guests));
	evconnlistener_free(server->listener);
	free(server);
}

void server_answered(struct server *server)
{
	struct guest *guest;

	/* From the start each time: serving one may be the end of another. */
	do {
		TAILQ_FOREACH(guest, &server->guests, link)
		if (guest->state == GUEST_HELLO)
			break;
		if (guest) {
			guest->state = GUEST_COMMANDS;
			guest_say(guest, "ok", "");
			guest_serve(guest);
		}
	} while (guest);
}

void server_end(struct server *server, const char *why)
{
	const struct timeval end = {END_SEC, 0};
	struct guest *guest, *next;

	server->ending = true;
	evconnlistener_disable(server->listener);
	event_base_loopexit(server->base, TAILQ_EMPTY(&server->guests) ? NULL : &end);
	for (guest = TAILQ_FIRST(&server->guests); guest; guest = next) {
		next = TAILQ_NEXT(guest, link);
		if (guest->state == GUEST_HELLO || guest->state == GUEST_POWER ||
		    guest->state == GUEST_STATS)
			guest_say(guest, "error", why);
		if (guest->console)
			holder_closed(&guest->holder);
		else
			guest_leave(guest);
	}
}
