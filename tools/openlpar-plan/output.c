// SPDX-License-Identifier: Apache-2.0
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "output.h"

#define SUFFIX ".XXXXXX"

static bool data_write(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t put = write(fd, data, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		data += put;
		size -= (size_t)put;
	}
	return true;
}

/* mkstemp() makes files nobody else may read; give the rights of an ordinarily created file. */
static bool rights_set(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0666 & ~mask) == 0;
}

static char *temporary_path(const char *path)
{
	char *temporary = malloc(strlen(path) + sizeof(SUFFIX));

	if (temporary == NULL)
		err(EXIT_FAILURE, "name of a temporary file");
	strcpy(temporary, path);
	return strcat(temporary, SUFFIX);
}

const char *output_write(const char *path, const void *data, size_t size)
{
	char *temporary = temporary_path(path);
	const char *reason = NULL;
	struct stat status;
	bool good;
	int fd;

	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		free(temporary);
		return "not a regular file";
	}
	fd = mkstemp(temporary);
	good = fd >= 0 && data_write(fd, data, size) && rights_set(fd);
	if (!good)
		reason = strerror(errno);
	if (fd >= 0 && close(fd) != 0 && good) {
		reason = strerror(errno);
		good = false;
	}
	if (good && rename(temporary, path) != 0)
		reason = strerror(errno);
	if (fd >= 0 && reason != NULL)
		unlink(temporary);
	free(temporary);
	return reason;
}
