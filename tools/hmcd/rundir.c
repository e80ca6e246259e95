// SPDX-License-Identifier: Apache-2.0
// The run directory of one managed system, and who runs in it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/rundir.h"

#define POLL_MS 20

static const char *const run_files[] = {"qemu.pid", "hmcd.pid", "uart.sock", "hmcd.sock",
					"qmp.sock"};
static const char *const log_files[] = {"qemu.status", "plan.dtb", "hypervisor.log",
					"opal.log",    "qemu.log", "hmcd.log"};

/* Reads a small file as a string. Returns its length, or -1. */
static ssize_t file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	while (used < size - 1 && (n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	text[used] = 0;
	return (ssize_t)used;
}

static int directories_make(const char *path)
{
	char parent[PATH_MAX];

	if (!mkdir(path, 0755) || errno == EEXIST)
		return 0;
	if (errno != ENOENT || snprintf(parent, sizeof(parent), "%s", path) >= PATH_MAX)
		return -1;
	for (char *slash = strchr(parent + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(parent, 0755) && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return mkdir(path, 0755) && errno != EEXIST ? -1 : 0;
}

/* Is this directory one of the arguments of process @pid, or the beginning of a path in one? */
static bool process_is_ours(const struct rundir *run, pid_t pid)
{
	size_t length = strlen(run->path);
	static char line[128 * KiB];
	char path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	n = file_read(path, line, sizeof(line));
	for (const char *argument = line; argument < line + n; argument += strlen(argument) + 1)
		for (const char *at = argument; (at = strstr(at, run->path)); at++)
			if (at[length] == '/' || (at == argument && !at[length]))
				return true;
	return false;
}

int rundir_find(struct rundir *run, const char *path, bool make)
{
	char real[PATH_MAX];
	struct stat status;

	if ((make && directories_make(path)) || !realpath(path, real) || stat(real, &status)) {
		fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, path,
			strerror(errno));
		return -1;
	}
	if (!S_ISDIR(status.st_mode)) {
		fprintf(stderr, "%s: %s: is not a directory\n", program_invocation_short_name,
			path);
		return -1;
	}
	if (strlen(real) > RUNDIR_MAX) {
		fprintf(stderr,
			"%s: %s: the directory's full path is %zu bytes long, at most %d are allowed\n",
			program_invocation_short_name, path, strlen(real), RUNDIR_MAX);
		return -1;
	}
	memcpy(run->path, real, strlen(real) + 1);
	return 0;
}

struct rundir_path rundir_file(const struct rundir *run, const char *name)
{
	struct rundir_path path;

	snprintf(path.text, sizeof(path.text), "%s/%s", run->path, name);
	return path;
}

int rundir_lock(const struct rundir *run, const char *name, bool inherit)
{
	int flags = O_RDWR | O_CREAT | (inherit ? 0 : O_CLOEXEC);
	int fd = open(rundir_file(run, name).text, flags, 0644);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

void rundir_remove(const struct rundir *run, const char *name)
{
	unlink(rundir_file(run, name).text);
}

void rundir_clean(const struct rundir *run, bool logs)
{
	struct dirent *entry;
	DIR *directory;

	for (size_t i = 0; i < ARRAY_SIZE(run_files); i++)
		rundir_remove(run, run_files[i]);
	if (!logs)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(log_files); i++)
		rundir_remove(run, log_files[i]);
	directory = opendir(rundir_file(run, "consoles").text);
	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		const char *suffix = strrchr(entry->d_name, '.');

		if (suffix && !strcmp(suffix, ".log"))
			unlinkat(dirfd(directory), entry->d_name, 0);
	}
	closedir(directory);
}

int rundir_pid_write(const struct rundir *run, const char *name, pid_t pid)
{
	FILE *file = fopen(rundir_file(run, name).text, "we");

	if (!file)
		return -1;
	fprintf(file, "%d\n", (int)pid);
	return fclose(file);
}

pid_t rundir_pid(const struct rundir *run, const char *name)
{
	char text[32], *end;
	long pid;

	if (file_read(rundir_file(run, name).text, text, sizeof(text)) <= 0)
		return 0;
	pid = strtol(text, &end, 10);
	if (end == text || *end != '\n' || pid <= 1 || pid > INT_MAX)
		return 0;
	return process_is_ours(run, (pid_t)pid) ? (pid_t)pid : 0;
}

const char *rundir_status(const struct rundir *run)
{
	static char text[32];

	if (file_read(rundir_file(run, "qemu.status").text, text, sizeof(text)) <= 0)
		return NULL;
	text[strcspn(text, "\n")] = 0;
	return text;
}

bool rundir_wait(const struct rundir *run, int patience)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

	while (rundir_pid(run, "qemu.pid") || rundir_pid(run, "hmcd.pid")) {
		if (patience <= 0)
			return false;
		nanosleep(&pause, NULL);
		patience -= POLL_MS;
	}
	return true;
}

void rundir_kill(const struct rundir *run, int patience)
{
	static const struct {
		const char *file;
		int signal;
	} step[] = {
		/* The daemon ends by itself when the machine has, and notes how that went. */
		{"qemu.pid", SIGTERM},
		{"qemu.pid", SIGKILL},
		{"hmcd.pid", SIGTERM},
		{"hmcd.pid", SIGKILL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(step); i++) {
		pid_t pid = rundir_pid(run, step[i].file);

		if (pid && !kill(pid, step[i].signal) && rundir_wait(run, patience))
			return;
	}
}
