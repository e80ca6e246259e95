// SPDX-License-Identifier: Apache-2.0
// Files that commands read and write.
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tools/hmc/file.h"

static int file_open(const struct hmc *hmc, const char *path, u64 flags)
{
	struct open_how how = {.flags = flags | O_CLOEXEC, .mode = flags & O_CREAT ? 0644 : 0};
	int fd;

	if (!hmc->restricted)
		return open(path, (int)how.flags, (mode_t)how.mode);
	if (*path == '.' || strstr(path, "/.")) {
		errno = EACCES;
		return -1;
	}
	how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
	fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (fd < 0 && (errno == EXDEV || errno == ELOOP))
		errno = EACCES; /* which is what it means */
	return fd;
}

static int file_append(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		length -= (size_t)n;
	}
	return 0;
}

static int input_spool(void)
{
	int fd = memfd_create("standard input", MFD_CLOEXEC);
	char data[16 * KiB];
	ssize_t n = 0;

	while (fd >= 0 && (n = read(0, data, sizeof(data))) > 0)
		if (file_append(fd, data, (size_t)n))
			break;
	if (fd >= 0 && (n || lseek(fd, 0, SEEK_SET))) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

int file_read(const struct hmc *hmc, const char *path)
{
	return strcmp(path, "-") ? file_open(hmc, path, O_RDONLY | O_NOCTTY) : input_spool();
}

int file_write(const struct hmc *hmc, const char *path, const char *data, size_t length)
{
	int fd, result;

	if (!strcmp(path, "-")) {
		fflush(stdout);
		return file_append(1, data, length);
	}
	fd = file_open(hmc, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY);
	if (fd < 0)
		return -1;
	result = file_append(fd, data, length);
	return close(fd) || result ? -1 : 0;
}
