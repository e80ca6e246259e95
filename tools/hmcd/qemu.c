// SPDX-License-Identifier: Apache-2.0
// The machine: QEMU as a child of the daemon.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/hmcd/qemu.h"

static void qemu_exec(const struct rundir *run, char *const command[])
{
	int log = open(rundir_file(run, "qemu.log").text, O_WRONLY | O_CREAT | O_APPEND, 0644);
	int null = open("/dev/null", O_RDONLY);

	if (log < 0 || null < 0)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	close(log);
	close(null);
	execvp(command[0], command);
	dprintf(2, "cannot run %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

pid_t qemu_start(const struct rundir *run, char *const command[])
{
	pid_t pid = fork();

	if (!pid)
		qemu_exec(run, command);
	if (pid < 0 || rundir_pid_write(run, "qemu.pid", pid)) {
		fprintf(stderr, "cannot start %s: %s\n", command[0], strerror(errno));
		if (pid > 0)
			kill(pid, SIGKILL);
		return -1;
	}
	return pid;
}

const char *qemu_ended(const struct rundir *run, pid_t pid)
{
	static char text[64];
	int status;
	FILE *file;

	if (waitpid(pid, &status, WNOHANG) != pid)
		return NULL;
	snprintf(text, sizeof(text), "%s %d\n", WIFEXITED(status) ? "exit" : "signal",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	file = fopen(rundir_file(run, "qemu.status").text, "we");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
	rundir_remove(run, "qemu.pid");
	snprintf(text, sizeof(text), "the machine has ended (QEMU: %s %d)",
		 WIFEXITED(status) ? "exit" : "signal",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return text;
}
