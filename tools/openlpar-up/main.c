// SPDX-License-Identifier: Apache-2.0
// openlpar-up: starts a managed system in the background.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/client.h"
#include "tools/hmcd/registry.h"
#include "tools/hmcd/rundir.h"
#include "tools/openlpar-up/machine.h"
#include "tools/openlpar-up/options.h"

#define ANSWER_SEC  120
#define SLICE_MS    100
#define PATIENCE_MS 5000 /* for what is told to end */
#define TAIL_LINES  15

#define STORE	       "hmc.db"
#define IMAGES_LARGE   3 /* exit statuses of hmcd --write-plan */
#define STORE_IS_EMPTY 4

struct up {
	struct options options;
	struct rundir run;
	char build[PATH_MAX - 64]; /* the directory above the one of this program */
	char kernel[PATH_MAX];	   /* the hypervisor's image */
	bool start;		   /* the daemon starts the partitions */
	int lock;
	pid_t hmcd;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	interrupted = number;
}

static int build_find(struct up *up)
{
	ssize_t n = readlink("/proc/self/exe", up->build, sizeof(up->build) - 1);

	for (int i = 0; i < 2 && n > 0; i++) {
		up->build[n] = 0;
		n = strrchr(up->build, '/') - up->build;
	}
	if (n <= 0) {
		fprintf(stderr, "openlpar-up: cannot find the build that it belongs to\n");
		return -1;
	}
	up->build[n] = 0;
	snprintf(up->kernel, sizeof(up->kernel), "%s/openlpar.elf", up->build);
	if (access(up->kernel, R_OK)) {
		fprintf(stderr, "openlpar-up: %s: %s; has it been built?\n", up->kernel,
			strerror(errno));
		return -1;
	}
	return 0;
}

static int run_take(struct up *up)
{
	if (rundir_find(&up->run, up->options.dir, true))
		return -1;
	up->lock = rundir_lock(&up->run, "lock", true);
	if (up->lock >= 0)
		return 0;
	if (errno == EWOULDBLOCK)
		fprintf(stderr, "openlpar-up: %s: a system is running here already (QEMU %d)\n",
			up->run.path, (int)rundir_pid(&up->run, "qemu.pid"));
	else
		fprintf(stderr, "openlpar-up: %s/lock: %s\n", up->run.path, strerror(errno));
	return -1;
}

/* Runs PROGRAM of the build with the other words. Returns its exit status, or -1. */
static int program_run(const struct up *up, const char *name, const char *a, const char *b,
		       const char *c, const char *d)
{
	char program[PATH_MAX];
	int status;
	pid_t pid;

	snprintf(program, sizeof(program), "%s/bin/%s", up->build, name);
	pid = fork();
	if (!pid) {
		execl(program, program, a, b, c, d, (char *)NULL);
		fprintf(stderr, "openlpar-up: cannot run %s: %s\n", program, strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/*
 * A system that was here before starts from the configuration that it has, whatever the plan says
 * now. Returns 0, or -1 after a message.
 */
static int plan_choose(struct up *up)
{
	static struct rundir_path kept;
	int status;

	if (access(rundir_file(&up->run, STORE).text, F_OK))
		return 0;
	kept = rundir_file(&up->run, "kept.plan");
	status = program_run(up, "hmcd", "--dir", up->run.path, "--write-plan", kept.text);
	if (status == STORE_IS_EMPTY)
		return 0;
	if (status && status != IMAGES_LARGE)
		return -1;
	up->start = status == IMAGES_LARGE;
	if (up->options.plan)
		fprintf(stderr,
			"openlpar-up: %s has a configuration already, which is kept; "
			"deploysysplan brings in another plan\n",
			up->run.path);
	up->options.plan = kept.text;
	return 0;
}

/* Compiles the plan; what an earlier system left behind goes only when it is a good one. */
static int plan_compile(struct up *up)
{
	struct rundir_path fresh = rundir_file(&up->run, "plan.new");

	if (plan_choose(up))
		return -1;
	if (!up->options.plan) {
		rundir_clean(&up->run, true);
		return 0;
	}
	if (program_run(up, "openlpar-plan", "-o", fresh.text, up->options.plan, NULL)) {
		rundir_remove(&up->run, "plan.new");
		return -1;
	}
	rundir_clean(&up->run, true);
	if (rename(fresh.text, rundir_file(&up->run, "plan.dtb").text)) {
		fprintf(stderr, "openlpar-up: %s: %s\n", fresh.text, strerror(errno));
		return -1;
	}
	return 0;
}

/* In the process that becomes the daemon: nothing of this one's but the lock goes along. */
static void daemon_exec(const struct up *up, char *const words[])
{
	int log = open(rundir_file(&up->run, "hmcd.log").text, O_WRONLY | O_CREAT | O_APPEND, 0644);
	int null = open("/dev/null", O_RDONLY);
	char *command[MACHINE_WORDS + 6];
	size_t n = 0;
	char program[PATH_MAX];

	if (log < 0 || null < 0 || chdir(up->run.path))
		_exit(127);
	setsid();
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	fcntl(up->lock, F_SETFD, 0);
	snprintf(program, sizeof(program), "%s/bin/hmcd", up->build);
	command[n++] = program;
	command[n++] = (char *)"--dir";
	command[n++] = (char *)up->run.path;
	if (up->start)
		command[n++] = (char *)"--start";
	command[n++] = (char *)"--";
	while ((command[n] = *words++))
		n++;
	execv(program, command);
	fprintf(stderr, "cannot run %s: %s\n", program, strerror(errno));
	_exit(127);
}

static int daemon_start(struct up *up)
{
	const struct sigaction action = {.sa_handler = interrupt};
	const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	char *words[MACHINE_WORDS];
	const char *qemu = machine_qemu(&up->options, up->build);

	if (!qemu)
		return -1;
	machine_command(words, &up->options, &up->run, qemu, up->kernel);
	up->hmcd = fork();
	if (!up->hmcd)
		daemon_exec(up, words);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	if (up->hmcd > 0)
		return 0;
	fprintf(stderr, "openlpar-up: cannot start a process: %s\n", strerror(errno));
	return -1;
}

/* Waits until the hypervisor has answered. Returns NULL, or what happened instead. */
static const char *answer_wait(struct up *up)
{
	const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000L};
	time_t end = time(NULL) + ANSWER_SEC;
	struct client client;
	const char *text;

	while (client_open(&client, &up->run)) {
		if (waitpid(up->hmcd, NULL, WNOHANG) == up->hmcd)
			return rundir_status(&up->run) ? "the machine has ended"
						       : "the management daemon has ended";
		if (interrupted || time(NULL) >= end)
			return interrupted ? "interrupted"
					   : "the management daemon does not answer";
		nanosleep(&slice, NULL);
	}
	if (client_send(&client, "wait-hello", NULL))
		return "the management daemon has gone";
	while (client_answer(&client, SLICE_MS, &text)) {
		if (interrupted)
			return "interrupted";
		if (errno != ETIMEDOUT && errno != EINTR)
			return strdup(text);
		if (time(NULL) >= end)
			return "the hypervisor has not answered for 120 seconds";
	}
	client_close(&client);
	return NULL;
}

/* Says so when hmc cannot find the system by its name. */
static void name_check(const struct rundir *run)
{
	struct registry_system *systems;
	int count = registry_list(&systems), i = 0;

	while (i < count && strcmp(systems[i].run.path, run->path))
		i++;
	if (i >= count)
		fprintf(stderr,
			"openlpar-up: another system of this name is running: hmc finds this one "
			"by --dir %s only\n",
			run->path);
	free(systems);
}

static void tail_print(const struct rundir *run, const char *name)
{
	FILE *file = fopen(rundir_file(run, name).text, "re");
	char lines[TAIL_LINES][256];
	u32 n = 0;

	if (!file)
		return;
	while (fgets(lines[n % TAIL_LINES], sizeof(lines[0]), file))
		n++;
	fclose(file);
	if (n)
		fprintf(stderr, "--- the end of %s\n", rundir_file(run, name).text);
	for (u32 i = n > TAIL_LINES ? n - TAIL_LINES : 0; i < n; i++) {
		char *line = lines[i % TAIL_LINES];

		line[strcspn(line, "\r\n")] = 0;
		fprintf(stderr, "%s\n", line);
	}
}

int main(int argc, char **argv)
{
	static const char *const logs[] = {"hmcd.log", "qemu.log", "opal.log", "hypervisor.log"};
	struct up up = {0};
	const char *failure;

	options_read(&up.options, argc, argv);
	if (build_find(&up) || run_take(&up) || plan_compile(&up) || daemon_start(&up))
		return 1;
	failure = answer_wait(&up);
	if (!failure) {
		printf("running in %s (QEMU is process %d); consoles/NAME.log and hypervisor.log there\n",
		       up.run.path, (int)rundir_pid(&up.run, "qemu.pid"));
		name_check(&up.run);
		return 0;
	}
	rundir_kill(&up.run, PATIENCE_MS);
	waitpid(up.hmcd, NULL, 0);
	rundir_clean(&up.run, false);
	fprintf(stderr, "openlpar-up: %s\n", failure);
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++)
		tail_print(&up.run, logs[i]);
	return 1;
}
