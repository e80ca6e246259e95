// SPDX-License-Identifier: Apache-2.0
// Where one stream from the hypervisor ends.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hmc/message.h"
#include "tools/hmcd/sink.h"

static void sink_append(struct sink *sink, const void *data, size_t n)
{
	const char *next = data;

	while (n && sink->fd >= 0 && !sink->failed) {
		ssize_t written = write(sink->fd, next, n);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			fprintf(stderr, "cannot write a log: %s; it ends here\n", strerror(errno));
			sink->failed = true;
			return;
		}
		sink->size += (u64)written;
		next += written;
		n -= (size_t)written;
	}
}

void sink_init(struct sink *sink)
{
	*sink = (struct sink){.fd = -1};
}

int sink_open(struct sink *sink, const char *path)
{
	off_t size;

	if (sink->fd >= 0)
		close(sink->fd);
	sink->fd = -1;
	sink->failed = false;
	sink->size = 0;
	if (!path)
		return 0;
	sink->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (sink->fd < 0)
		return -1;
	size = lseek(sink->fd, 0, SEEK_END);
	sink->size = size > 0 ? (u64)size : 0;
	return 0;
}

bool sink_receive(struct sink *sink, const u8 *payload, size_t length)
{
	const struct hmc_stream *piece = (const void *)payload;
	u32 skip, n;

	if (length < sizeof(*piece))
		return true;
	n = (u32)(length - sizeof(*piece));
	skip = sink->expected - be32_to_cpu(piece->offset);
	if (skip > INT32_MAX)
		return false;
	if (skip < n) {
		sink_append(sink, piece->data + skip, n - skip);
		sink->expected += n - skip;
	}
	return true;
}

void sink_resume(struct sink *sink, u32 offset)
{
	u32 hole = offset - sink->expected;
	char mark[40];

	sink->resuming = false;
	/* Behind what is here already: what comes twice is skipped. */
	if (hole > INT32_MAX)
		return;
	if (hole)
		sink_append(sink, mark,
			    (size_t)snprintf(mark, sizeof(mark), "\n[%u bytes lost]\n", hole));
	sink->expected = offset;
}
