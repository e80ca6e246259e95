/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files whose content goes into the compiled plan, each once, however many images name it.
 */
#ifndef FILE_H
#define FILE_H

#include <sys/types.h>
#include "config.h"

struct file {
	char *path;
	unsigned int line; /* of the first image record that names it, and in which attribute */
	const char *attribute;
	int fd;
	dev_t device;
	ino_t inode;
	u64 size; /* bytes, at least 1 */
};

struct files {
	struct file entries[2 * PLAN_IMAGES_MAX];
	size_t count;
};

/*
 * Opens the kernels and initrds of CONFIG's images and sets the images' file indices. A relative
 * path counts from the folder of the plan file PLAN_PATH. Returns false after adding the problems
 * if one of them is missing, unreadable, empty or not a regular file, or if all together exceed
 * what a compiled plan can hold. files_close() is needed in both cases.
 */
bool files_open(struct files *files, struct config *config, const char *plan_path,
		struct problems *problems);

/* Copies the whole content of FILE to BUFFER (file->size bytes). False: see errno, which is 0 if
 * the file has become shorter. */
bool file_read(const struct file *file, void *buffer);

/* Adds the problem that a compiled plan of TOTAL bytes is more than there may be. */
void files_refuse_size(const struct files *files, u64 total, struct problems *problems);

void files_close(struct files *files);

#endif
