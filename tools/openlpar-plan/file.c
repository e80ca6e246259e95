// SPDX-License-Identifier: Apache-2.0
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "attribute.h"
#include "file.h"

static char *path_resolve(const char *path, const char *plan_path)
{
	const char *slash = strrchr(plan_path, '/');
	size_t folder = path[0] == '/' || slash == NULL ? 0 : (size_t)(slash - plan_path) + 1;
	char *resolved = malloc(folder + strlen(path) + 1);

	if (resolved == NULL)
		err(EXIT_FAILURE, "path of a file");
	memcpy(resolved, plan_path, folder);
	strcpy(resolved + folder, path);
	return resolved;
}

/* Opens file->path. Returns NULL, or what is wrong with it. */
static const char *file_open(struct file *file)
{
	struct stat status;

	/* Without O_NONBLOCK a named pipe would wait for its writer. */
	file->fd = open(file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (file->fd < 0 || fstat(file->fd, &status) != 0)
		return strerror(errno);
	if (!S_ISREG(status.st_mode))
		return "not a regular file";
	if (status.st_size == 0)
		return "the file is empty";
	file->device = status.st_dev;
	file->inode = status.st_ino;
	file->size = (u64)status.st_size;
	return NULL;
}

static void file_close(struct file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->path);
}

/* The index in FILES of the file that FILE is too; files->count if it is new. */
static size_t file_find(const struct files *files, const struct file *file)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		if (files->entries[i].device == file->device &&
		    files->entries[i].inode == file->inode)
			break;
	return i;
}

static void file_add(struct files *files, struct file file, size_t *index,
		     struct problems *problems)
{
	const char *reason = file_open(&file);

	if (reason != NULL) {
		problem_add(problems, file.line, file.attribute, "\"%s\": %s (%s)", file.path,
			    reason, attribute_range(image_attributes, file.attribute));
		file_close(&file);
		return;
	}
	*index = file_find(files, &file);
	if (*index < files->count)
		file_close(&file);
	else
		files->entries[files->count++] = file;
}

bool files_open(struct files *files, struct config *config, const char *plan_path,
		struct problems *problems)
{
	size_t problems_before = problems->count;
	u64 total = 0;

	files->count = 0;
	for (size_t i = 0; i < config->image_count; i++) {
		struct config_image *image = &config->images[i];
		struct file file = {.line = image->line};

		file.attribute = "kernel";
		file.path = path_resolve(image->kernel, plan_path);
		file_add(files, file, &image->kernel_file, problems);
		if (image->initrd == NULL)
			continue;
		file.attribute = "initrd";
		file.path = path_resolve(image->initrd, plan_path);
		file_add(files, file, &image->initrd_file, problems);
	}
	for (size_t i = 0; i < files->count; i++)
		if (__builtin_add_overflow(total, files->entries[i].size, &total))
			total = UINT64_MAX / 2; /* so that no later one wraps it */
	if (total > PLAN_SIZE_MAX * MiB)
		files_refuse_size(files, total, problems);
	return problems->count == problems_before;
}

bool file_read(const struct file *file, void *buffer)
{
	u64 done = 0;

	while (done < file->size) {
		ssize_t got =
			pread(file->fd, (char *)buffer + done, file->size - done, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0) {
			errno = 0;
			return false;
		}
		done += (u64)got;
	}
	return true;
}

void files_refuse_size(const struct files *files, u64 total, struct problems *problems)
{
	const struct file *largest = &files->entries[0];
	size_t length;
	char *sizes;
	FILE *stream = open_memstream(&sizes, &length);

	if (stream == NULL)
		err(EXIT_FAILURE, "list of sizes");
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->entries[i];

		fprintf(stream, "%s%s %.1f MiB", i == 0 ? "" : ", ", file->path,
			(double)file->size / MiB);
		if (file->size > largest->size)
			largest = file;
	}
	if (fclose(stream) != 0)
		err(EXIT_FAILURE, "list of sizes");
	problem_add(problems, largest->line, largest->attribute,
		    "the compiled plan would have %.1f MiB (%llu bytes): %s (at most %d MiB "
		    "together)",
		    (double)total / MiB, (unsigned long long)total, sizes, PLAN_SIZE_MAX);
	free(sizes);
}

void files_close(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		file_close(&files->entries[i]);
	files->count = 0;
}
