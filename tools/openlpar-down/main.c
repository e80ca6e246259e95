// SPDX-License-Identifier: Apache-2.0
// openlpar-down: stops a managed system.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/client.h"
#include "tools/hmcd/rundir.h"

#define ANSWER_MS   15000
#define OFF_MS	    30000 /* for the hypervisor to power off when it has agreed */
#define PATIENCE_MS 5000  /* for what is told to end */

static const char usage_text[] =
	"usage: openlpar-down --dir RUN\n"
	"Stops the managed system in the directory RUN: asks the hypervisor to power off, and ends\n"
	"the emulator if it does not. The logs stay.\n";

static const char *options_read(int argc, char **argv)
{
	static const struct option table[] = {
		{"dir", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
	const char *dir = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage_text, stdout);
			exit(0);
		}
		if (option != 'd')
			exit(2);
		dir = optarg;
	}
	if (dir && optind == argc)
		return dir;
	fprintf(stderr,
		dir ? "openlpar-down: %s: is not an option\n" : "openlpar-down: --dir is missing\n",
		argv[optind]);
	exit(2);
}

/* Asks the hypervisor and waits. Returns NULL when everything has ended, or why it has not. */
static const char *power_off(const struct rundir *run)
{
	struct client client;
	const char *text = NULL;

	if (client_open(&client, run))
		return "the management daemon does not answer";
	if (client_send(&client, "power off", NULL))
		text = "the management daemon has gone";
	else if (client_answer(&client, ANSWER_MS, &text))
		text = strdup(text);
	client_close(&client);
	if (text)
		return text;
	return rundir_wait(run, OFF_MS) ? NULL : "the hypervisor agreed but has not powered off";
}

/* Waits for the lock: then nothing that was started for this system is left. */
static int lock_wait(const struct rundir *run)
{
	const struct timespec pause = {.tv_nsec = 20000000L};
	int lock;

	for (int i = 0; (lock = rundir_lock(run, "lock", false)) < 0; i++) {
		if (errno != EWOULDBLOCK || i * 20 >= PATIENCE_MS)
			return -1;
		nanosleep(&pause, NULL);
	}
	return lock;
}

int main(int argc, char **argv)
{
	const char *dir = options_read(argc, argv);
	const char *failure = NULL, *status;
	struct rundir run;
	bool running;

	if (rundir_find(&run, dir, false))
		return 1;
	running = rundir_pid(&run, "qemu.pid") || rundir_pid(&run, "hmcd.pid");
	if (running)
		failure = power_off(&run);
	if (failure) {
		fprintf(stderr, "openlpar-down: %s; ending it\n", failure);
		rundir_kill(&run, PATIENCE_MS);
	}
	if (lock_wait(&run) < 0) {
		fprintf(stderr, "openlpar-down: %s/lock: %s\n", run.path,
			errno == EWOULDBLOCK ? "something still runs here" : strerror(errno));
		return 1;
	}
	rundir_clean(&run, false);
	status = rundir_status(&run);
	printf("%s in %s (QEMU: %s)\n", running ? "stopped" : "nothing was running", run.path,
	       status ? status : "unknown");
	return 0;
}
