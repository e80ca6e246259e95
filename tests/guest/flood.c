// SPDX-License-Identifier: Apache-2.0
/*
 * Writes "@lines=N" lines of 64 characters to the console as fast as it takes them:
 * "flood NNNNNNNN <39 letters> CCCCCCCC", with the CRC-32 of all before the last space.
 */
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/guest.h"

const char test_name[] = "flood";

#define LINE	16384 /* of them by default: 1 MiB */
#define LETTERS 39

static u32 crc32(const char *text, size_t length)
{
	u32 crc = ~0U;

	while (length--) {
		crc ^= (u8)*text++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

int main(void)
{
	u64 lines = guest_argument("lines", LINE);
	struct random random = {.state = guest_id};
	char line[80];

	for (u32 n = 0; n < lines; n++) {
		size_t length = snprintf(line, sizeof(line), "flood %08x ", (unsigned int)n);

		for (u32 i = 0; i < LETTERS; i++)
			line[length++] = 'a' + random_next(&random) % 26;
		length += snprintf(line + length, sizeof(line) - length, " %08x\n",
				   (unsigned int)crc32(line, length));
		console_write(line, length);
	}
	return 0;
}
