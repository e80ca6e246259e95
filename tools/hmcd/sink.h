/* SPDX-License-Identifier: Apache-2.0 */
/* Where one stream from the hypervisor ends: a file, without holes and nothing twice. */
#ifndef TOOLS_HMCD_SINK_H
#define TOOLS_HMCD_SINK_H

#include "types.h"

struct sink {
	int fd;	       /* of the file, opened for reading too; -1 = what arrives is not kept */
	u64 size;      /* bytes in the file */
	u32 expected;  /* offset in the stream of the next byte that is not here yet */
	bool resuming; /* the hypervisor was asked to go on at expected */
	bool failed;   /* writing failed, which was said once */
};

/* Nothing here, nothing kept. */
void sink_init(struct sink *sink);

/*
 * What arrives from now on is appended to the file @path; NULL = it is not kept. Returns 0, or -1
 * with errno, and then it is not kept either.
 */
int sink_open(struct sink *sink, const char *path);

/*
 * A frame's @payload. Returns whether it was in its place; if not, something before it is missing
 * and it was dropped.
 */
bool sink_receive(struct sink *sink, const u8 *payload, size_t length);

/* The hypervisor goes on at @offset. If that leaves a hole, the file gets a mark with its size. */
void sink_resume(struct sink *sink, u32 offset);

#endif
