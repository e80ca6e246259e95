// SPDX-License-Identifier: Apache-2.0
// The machine's memory, as the emulator shares it.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/hmcd/memory.h"

#define SHARED "/memfd:memory-backend-memfd" /* QEMU's name for it */

int memory_open(const struct rundir *run)
{
	char directory[32], target[sizeof(SHARED)];
	struct dirent *entry;
	int memory = -1;
	DIR *files;

	snprintf(directory, sizeof(directory), "/proc/%d/fd", (int)rundir_pid(run, "qemu.pid"));
	files = opendir(directory);
	if (!files)
		return -1;
	while (memory < 0 && (entry = readdir(files))) {
		ssize_t n = readlinkat(dirfd(files), entry->d_name, target, strlen(SHARED));

		if (n == (ssize_t)strlen(SHARED) && !memcmp(target, SHARED, (size_t)n))
			memory = openat(dirfd(files), entry->d_name, O_WRONLY | O_CLOEXEC);
	}
	closedir(files);
	return memory;
}

int memory_write(int memory, u64 address, const void *data, size_t n)
{
	struct stat status;

	/* A file would grow. */
	if (fstat(memory, &status) || address > (u64)status.st_size ||
	    n > (u64)status.st_size - address)
		return -1;
	return pwrite(memory, data, n, (off_t)address) == (ssize_t)n ? 0 : -1;
}
