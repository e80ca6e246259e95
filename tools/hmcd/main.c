// SPDX-License-Identifier: Apache-2.0
// hmcd: the management daemon of one managed system. It starts the machine, owns its management
// UART, writes its logs, and serves programs that want to know or to attach.
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/hmcd/call.h"
#include "tools/hmcd/command.h"
#include "tools/hmcd/configuration.h"
#include "tools/hmcd/hypervisor.h"
#include "tools/hmcd/job.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/qemu.h"
#include "tools/hmcd/registry.h"
#include "tools/hmcd/rundir.h"
#include "tools/hmcd/server.h"

#define DRAIN_SEC 1 /* for what a machine that has ended wrote last */
#define WATCH_MS  100

struct hmcd {
	struct rundir run;
	struct event_base *base;
	struct hypervisor *hypervisor;
	struct server *server;
	struct store *store;
	bool start;	   /* the machine does not start partitions by itself */
	bool synced;	   /* the hypervisor answered before */
	u64 boot_id;	   /* of the one that did */
	const char *write; /* a plan that is to be written, and nothing else */
	pid_t qemu;	   /* 0 = somebody else's, or ended */
	const char *ended; /* how it did; NULL = it did not */
	struct event *drained;
	struct event *watch; /* while a machine of somebody else's is not connected any more */
};

static void machine_gone(struct hmcd *hmcd)
{
	event_del(hmcd->drained);
	server_end(hmcd->server, hmcd->ended);
}

static void drained_event(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	machine_gone(ctx);
}

/* The machine was started by a daemon that has gone: nobody tells this one that it has ended. */
static void watch_event(evutil_socket_t fd, short what, void *ctx)
{
	struct hmcd *hmcd = ctx;

	(void)fd;
	(void)what;
	if (rundir_pid(&hmcd->run, "qemu.pid")) {
		if (uart_is_connected(hmcd->hypervisor->uart))
			event_del(hmcd->watch);
	} else {
		event_del(hmcd->watch);
		hmcd->ended = "the machine has ended";
		fprintf(stderr, "%s\n", hmcd->ended);
		machine_gone(hmcd);
	}
}

static void child_event(evutil_socket_t fd, short what, void *ctx)
{
	const struct timeval drain = {DRAIN_SEC, 0};
	struct hmcd *hmcd = ctx;

	(void)fd;
	(void)what;
	if (!hmcd->qemu || !(hmcd->ended = qemu_ended(&hmcd->run, hmcd->qemu)))
		return;
	fprintf(stderr, "%s\n", hmcd->ended);
	hmcd->qemu = 0;
	if (uart_is_connected(hmcd->hypervisor->uart))
		event_add(hmcd->drained, &drain);
	else
		machine_gone(hmcd);
}

static void stop_event(evutil_socket_t fd, short what, void *ctx)
{
	struct hmcd *hmcd = ctx;

	(void)fd;
	(void)what;
	event_base_loopbreak(hmcd->base);
}

static void hypervisor_answered(void *ctx)
{
	struct hmcd *hmcd = ctx;

	bool restarted = hmcd->synced && hmcd->hypervisor->boot_id != hmcd->boot_id;

	job_sync(&hmcd->run, hmcd->store, restarted || (hmcd->start && !hmcd->synced));
	hmcd->synced = true;
	hmcd->boot_id = hmcd->hypervisor->boot_id;
	server_answered(hmcd->server);
}

static void hypervisor_lost(void *ctx)
{
	const struct timeval pause = {0, WATCH_MS * 1000};
	struct hmcd *hmcd = ctx;

	if (hmcd->ended)
		machine_gone(hmcd);
	else if (!hmcd->qemu && !event_pending(hmcd->watch, EV_TIMEOUT, NULL))
		event_add(hmcd->watch, &pause);
}

static const struct hypervisor_events hypervisor_events = {
	.answered = hypervisor_answered,
	.lost = hypervisor_lost,
};

/* Where programs find it by its name. */
static void system_register(struct hmcd *hmcd)
{
	struct system system;

	store_take(hmcd->store);
	system_load(hmcd->store, &system);
	store_give(hmcd->store);
	if (registry_add(&hmcd->run, system.name))
		fprintf(stderr, "the system %s cannot be found by its name: %s\n", system.name,
			strerror(errno));
}

/* The store, filled from the plan if it is new. Returns 0, or -1 after a line on stderr. */
static int store_prepare(struct hmcd *hmcd)
{
	hmcd->store = store_open(rundir_file(&hmcd->run, "hmc.db").text);
	if (!hmcd->store)
		return -1;
	store_take(hmcd->store);
	if (!access(rundir_file(&hmcd->run, "plan.dtb").text, F_OK)) {
		if (configuration_fill(hmcd->store, &hmcd->run, "plan.dtb"))
			fprintf(stderr, "plan.dtb is not a system plan\n");
	} else {
		configuration_empty(hmcd->store);
	}
	store_give(hmcd->store);
	return 0;
}

/* Exit status of --write-plan: 0, it is there; 3, it is, but for its partitions; 4, no store yet.
 */
static int plan_write(struct hmcd *hmcd)
{
	bool whole = false;
	FILE *file;

	if (access(rundir_file(&hmcd->run, "hmc.db").text, F_OK))
		return 4;
	hmcd->store = store_open(rundir_file(&hmcd->run, "hmc.db").text);
	if (!hmcd->store)
		return 1;
	if (!configuration_exists(hmcd->store)) {
		store_close(hmcd->store);
		return 4;
	}
	file = fopen(hmcd->write, "we");
	if (file)
		whole = configuration_write(hmcd->store, &hmcd->run, file, true);
	store_close(hmcd->store);
	if (!file || fclose(file)) {
		fprintf(stderr, "hmcd: %s: %s\n", hmcd->write, strerror(errno));
		return 1;
	}
	return whole ? 0 : 3;
}

static int hmcd_run(struct hmcd *hmcd)
{
	const struct {
		int number;
		event_callback_fn handler;
	} signals[] = {{SIGCHLD, child_event}, {SIGTERM, stop_event}, {SIGINT, stop_event}};
	struct event *signal_events[ARRAY_SIZE(signals)];

	hmcd->base = event_base_new();
	if (!hmcd->base) {
		fprintf(stderr, "hmcd: no event loop: %s\n", strerror(errno));
		return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		signal_events[i] =
			evsignal_new(hmcd->base, signals[i].number, signals[i].handler, hmcd);
		event_add(signal_events[i], NULL);
	}
	hmcd->drained = evtimer_new(hmcd->base, drained_event, hmcd);
	hmcd->watch = event_new(hmcd->base, -1, EV_PERSIST, watch_event, hmcd);
	hmcd->hypervisor = hypervisor_new(hmcd->base, &hmcd->run, &hypervisor_events, hmcd);
	calls_begin(hmcd->base, hmcd->hypervisor);
	hmcd->server = server_new(hmcd->base, rundir_file(&hmcd->run, "hmcd.sock").text,
				  hmcd->hypervisor, hmcd->store);
	if (!hmcd->server) {
		fprintf(stderr, "hmcd: %s: %s\n", rundir_file(&hmcd->run, "hmcd.sock").text,
			strerror(errno));
		return 1;
	}
	/* It may have ended before anybody listened for that. */
	child_event(-1, 0, hmcd);
	system_register(hmcd);
	event_base_dispatch(hmcd->base);

	registry_remove(&hmcd->run);
	calls_end();
	server_free(hmcd->server);
	hypervisor_free(hmcd->hypervisor);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		event_free(signal_events[i]);
	event_free(hmcd->drained);
	event_free(hmcd->watch);
	event_base_free(hmcd->base);
	return 0;
}

static void usage(FILE *to)
{
	fprintf(to,
		"usage: hmcd --dir RUN [--start] [-- QEMU ARGUMENT...]\n"
		"The management daemon of the managed system in the directory RUN; see\n"
		"openlpar-up. With a command it starts that as the machine, and ends with it.\n"
		"With --start the partitions with auto_start=1 are not in the machine's plan: the\n"
		"daemon sends their boot images and starts them.\n"
		"       hmcd --dir RUN --write-plan FILE\n"
		"Writes the plan that this system starts with next time; exit status 3: its boot\n"
		"images do not fit into a plan, start it with --start; 4: it was never started.\n"
		"       hmcd --command-help COMMAND\n"
		"How a command of the management console is used; \"help\": which there are.\n");
}

/* Returns the index of the command in @argv. */
static int options_read(int argc, char **argv, struct hmcd *hmcd)
{
	static const struct option options[] = {{"dir", required_argument, NULL, 'd'},
						{"write-plan", required_argument, NULL, 'w'},
						{"start", no_argument, NULL, 's'},
						{"command-help", required_argument, NULL, 'c'},
						{"help", no_argument, NULL, 'h'},
						{0}};
	const char *directory = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'h') {
			usage(stdout);
			exit(0);
		}
		if (option == 'c')
			exit(command_help(optarg, stdout) ? 0 : 1);
		if (option == 's') {
			hmcd->start = true;
			continue;
		}
		if (option != 'd' && option != 'w') {
			usage(stderr);
			exit(2);
		}
		*(option == 'd' ? &directory : &hmcd->write) = optarg;
	}
	if (!directory) {
		fprintf(stderr, "hmcd: --dir is missing\n");
		exit(2);
	}
	if (rundir_find(&hmcd->run, directory, false))
		exit(1);
	return optind;
}

int main(int argc, char **argv)
{
	struct hmcd hmcd = {0};
	int command = options_read(argc, argv, &hmcd);
	int result;

	setvbuf(stderr, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (hmcd.write)
		return plan_write(&hmcd);
	if (rundir_lock(&hmcd.run, "hmcd.lock", false) < 0) {
		fprintf(stderr, "hmcd: %s/hmcd.lock: %s\n", hmcd.run.path,
			errno == EWOULDBLOCK ? "another hmcd runs here" : strerror(errno));
		return 1;
	}
	mkdir(rundir_file(&hmcd.run, "consoles").text, 0755);
	if (rundir_pid_write(&hmcd.run, "hmcd.pid", getpid())) {
		fprintf(stderr, "hmcd: %s/hmcd.pid: %s\n", hmcd.run.path, strerror(errno));
		return 1;
	}
	if (store_prepare(&hmcd))
		return 1;
	if (command < argc)
		hmcd.qemu = qemu_start(&hmcd.run, argv + command);
	result = hmcd.qemu < 0 ? 1 : hmcd_run(&hmcd);
	store_close(hmcd.store);
	rundir_remove(&hmcd.run, "hmcd.sock");
	rundir_remove(&hmcd.run, "hmcd.pid");
	return result;
}
