// SPDX-License-Identifier: Apache-2.0
#include "vio/checksum.h"
#include <string.h>

/* A doubleword at any address. */
struct word {
	u64 value;
} __packed;

static u64 load(const u8 *at)
{
	return ((const struct word *)at)->value;
}

/* The sum with the carry added in. */
static u64 add(u64 a, u64 b)
{
	u64 sum = a + b;

	return sum + (sum < a);
}

static u16 fold(u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)sum;
}

void checksum_add(struct checksum *checksum, const void *from, u32 length)
{
	const u8 *at = from;
	bool odd = checksum->odd;
	u64 sum = 0, last = 0;
	u16 part;

	checksum->odd = odd != (length & 1);
	for (; length >= 32; at += 32, length -= 32) {
		sum = add(sum, load(at));
		sum = add(sum, load(at + 8));
		sum = add(sum, load(at + 16));
		sum = add(sum, load(at + 24));
	}
	for (; length >= 8; at += 8, length -= 8)
		sum = add(sum, load(at));
	memcpy(&last, at, length);
	part = fold(add(sum, last));
	checksum->sum += odd ? (u16)(part << 8 | part >> 8) : part;
}

void checksum_store(const struct checksum *checksum, void *to)
{
	u16 value = (u16)~fold(checksum->sum);

	memcpy(to, &value, sizeof(value));
}
