// SPDX-License-Identifier: Apache-2.0
// Boot images.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hv/frame.h"
#include "tools/hmcd/image.h"
#include "tools/hmcd/manage.h"
#include "tools/hmcd/memory.h"

struct image_path image_path(const struct rundir *run, const char *name, const char *part)
{
	struct image_path path;

	snprintf(path.text, sizeof(path.text), "%s/images/%s.%s", run->path, name, part);
	return path;
}

bool image_is_there(const char *name)
{
	struct hmc_images_reply image;

	for (u32 i = 0; manage_image(i, &image); i++)
		if (!strcmp(image.name, name))
			return true;
	return false;
}

static u32 file_crc(int fd, u32 crc)
{
	u8 data[16 * KiB];
	off_t done = 0;
	ssize_t n;

	while ((n = pread(fd, data, sizeof(data), done)) > 0) {
		crc = frame_crc(crc, data, (u32)n);
		done += n;
	}
	return crc;
}

static u64 file_size(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? 0 : (u64)status.st_size;
}

int image_send(const struct rundir *run, const char *name, struct session *session,
	       const char **text)
{
	int kernel = open(image_path(run, name, "kernel").text, O_RDONLY | O_CLOEXEC);
	int initrd = open(image_path(run, name, "initrd").text, O_RDONLY | O_CLOEXEC);
	int memory = -1, result = -1;

	*text = "its file in the run directory cannot be read";
	if (kernel >= 0) {
		u32 crc = file_crc(kernel, 0);

		if (initrd >= 0)
			crc = file_crc(initrd, crc);
		memory = memory_open(run);
		result = manage_image_put(name, kernel, file_size(kernel), initrd,
					  initrd >= 0 ? file_size(initrd) : 0, crc, memory, session,
					  text);
		close(kernel);
	}
	if (initrd >= 0)
		close(initrd);
	if (memory >= 0)
		close(memory);
	return result;
}
