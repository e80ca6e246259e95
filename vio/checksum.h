/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checksum of the Internet protocols (RFC 1071), over pieces of any length. It is summed up in
 * the byte order of the memory it is read from, and goes back there.
 */
#ifndef VIO_CHECKSUM_H
#define VIO_CHECKSUM_H

#include "types.h"

/* All zero: over nothing. */
struct checksum {
	u64 sum;
	bool odd; /* an odd number of bytes so far */
};

/* Continues over @length bytes, anywhere. */
void checksum_add(struct checksum *checksum, const void *from, u32 length);

/* Stores what belongs into the packet: two bytes at @to, anywhere. */
void checksum_store(const struct checksum *checksum, void *to);

#endif
