// SPDX-License-Identifier: Apache-2.0
// The managed systems that run on this machine for this user.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/hmcd/client.h"
#include "tools/hmcd/registry.h"

/* Opens the directory @path, made if it is not there and @make. Nobody else may write into it. */
static int directory_open(const char *path, bool make)
{
	struct stat status;
	int fd;

	if (make && mkdir(path, 0700) && errno != EEXIST)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (!fstat(fd, &status) && status.st_uid == geteuid() && !(status.st_mode & 022))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

static int registry_open(bool make)
{
	const char *path = getenv("OPENLPAR_REGISTRY");
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char base[PATH_MAX], own[PATH_MAX];
	int fd;

	if (path && *path)
		return directory_open(path, make);
	snprintf(base, sizeof(base), "/run/user/%u", (unsigned int)geteuid());
	if (runtime && *runtime)
		snprintf(base, sizeof(base), "%s", runtime);
	else if (access(base, W_OK))
		snprintf(base, sizeof(base), "/tmp/openlpar-%u", (unsigned int)geteuid());
	fd = directory_open(base, make);
	if (fd < 0)
		return -1;
	close(fd);
	if (snprintf(own, sizeof(own), "%s/openlpar", base) >= (int)sizeof(own)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return directory_open(own, make);
}

/* Where the link @name leads. Returns whether that is a path that a run directory can have. */
static bool link_read(int registry, const char *name, struct rundir *run)
{
	ssize_t n = readlinkat(registry, name, run->path, sizeof(run->path));

	if (n <= 0 || n >= (ssize_t)sizeof(run->path))
		return false;
	run->path[n] = 0;
	return true;
}

static bool system_runs(const struct rundir *run)
{
	struct client client;

	if (client_open(&client, run))
		return false;
	client_close(&client);
	return true;
}

static bool name_is_good(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < REGISTRY_NAME_SIZE;
}

/* Removes the links to @run, but not the one called @keep. */
static void links_remove(int registry, const struct rundir *run, const char *keep)
{
	DIR *directory = fdopendir(dup(registry));
	struct dirent *entry;
	struct rundir other;

	if (!directory)
		return;
	rewinddir(directory);
	while ((entry = readdir(directory)))
		if ((!keep || strcmp(entry->d_name, keep)) &&
		    link_read(registry, entry->d_name, &other) && !strcmp(other.path, run->path))
			unlinkat(registry, entry->d_name, 0);
	closedir(directory);
}

static int link_make(int registry, const struct rundir *run, const char *name)
{
	struct rundir other;
	char fresh[32];

	if (link_read(registry, name, &other) && strcmp(other.path, run->path) &&
	    system_runs(&other)) {
		errno = EEXIST;
		return -1;
	}
	snprintf(fresh, sizeof(fresh), ".%d", (int)getpid());
	unlinkat(registry, fresh, 0);
	if (symlinkat(run->path, registry, fresh))
		return -1;
	return renameat(registry, fresh, registry, name);
}

static int system_compare(const void *left, const void *right)
{
	return strcmp(((const struct registry_system *)left)->name,
		      ((const struct registry_system *)right)->name);
}

int registry_add(const struct rundir *run, const char *name)
{
	int registry, result;

	if (!name_is_good(name)) {
		errno = EINVAL;
		return -1;
	}
	registry = registry_open(true);
	if (registry < 0)
		return -1;
	result = link_make(registry, run, name);
	if (!result)
		links_remove(registry, run, name);
	close(registry);
	return result;
}

void registry_remove(const struct rundir *run)
{
	int registry = registry_open(false);

	if (registry < 0)
		return;
	links_remove(registry, run, NULL);
	close(registry);
}

int registry_list(struct registry_system **systems)
{
	int registry = registry_open(false);
	struct dirent *entry;
	size_t count = 0;
	DIR *directory;

	*systems = NULL;
	if (registry < 0)
		return errno == ENOENT ? 0 : -1;
	directory = fdopendir(registry);
	while (directory && (entry = readdir(directory))) {
		struct registry_system system = {0}, *more;

		if (!name_is_good(entry->d_name) ||
		    !link_read(registry, entry->d_name, &system.run) || !system_runs(&system.run))
			continue;
		more = reallocarray(*systems, count + 1, sizeof(**systems));
		if (!more)
			break;
		*systems = more;
		snprintf(system.name, sizeof(system.name), "%s", entry->d_name);
		more[count++] = system;
	}
	if (directory)
		closedir(directory);
	else
		close(registry);
	if (count)
		qsort(*systems, count, sizeof(**systems), system_compare);
	return (int)count;
}
