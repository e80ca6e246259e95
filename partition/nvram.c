// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "partition/nvram.h"

#define BLOCK_SIZE  16 /* unit of a header's length; also the size of a header */
#define COMMON_SIZE (2 * KiB)

#define SIGNATURE_SYSTEM 0x70
#define SIGNATURE_FREE	 0x7f

struct header {
	u8 signature;
	u8 checksum;
	be16 length; /* header included, in blocks */
	char name[12];
};

static const char name_common[12] = "common";
static const char name_free[12] = {0x77, 0x77, 0x77, 0x77, 0x77, 0x77,
				   0x77, 0x77, 0x77, 0x77, 0x77, 0x77};

/* Of all but the checksum itself, with the carry brought round. LoPAR "Structure". */
static u8 header_checksum(const struct header *header)
{
	const u8 *byte = (const u8 *)header;
	u32 sum = header->signature;

	for (u32 i = offsetof(struct header, length); i < sizeof(*header); i++) {
		sum += byte[i];
		sum = (sum & 0xff) + (sum >> 8);
	}
	return (u8)sum;
}

/* Whether the headers form a chain to the end, with what has to be there on it. */
static bool is_sound(const struct nvram *nvram)
{
	bool common = false;
	struct header header;
	u32 length;

	for (u32 at = 0; at < NVRAM_SIZE; at += length) {
		memcpy(&header, &nvram->byte[at], sizeof(header));
		length = be16_to_cpu(header.length) * BLOCK_SIZE;
		if (header.checksum != header_checksum(&header) || length == 0 ||
		    length > NVRAM_SIZE - at)
			return false;
		if (header.signature == SIGNATURE_SYSTEM &&
		    memcmp(header.name, name_common, sizeof(header.name)) == 0)
			common = true;
	}
	return common;
}

static void put_header(struct nvram *nvram, u32 at, u32 size, u8 signature, const char name[12])
{
	struct header header = {
		.signature = signature,
		.length = cpu_to_be16(size / BLOCK_SIZE),
	};

	memcpy(header.name, name, sizeof(header.name));
	header.checksum = header_checksum(&header);
	memcpy(&nvram->byte[at], &header, sizeof(header));
}

bool nvram_prepare(struct nvram *nvram)
{
	if (is_sound(nvram))
		return false;
	memset(nvram, 0, sizeof(*nvram));
	put_header(nvram, 0, COMMON_SIZE, SIGNATURE_SYSTEM, name_common);
	put_header(nvram, COMMON_SIZE, NVRAM_SIZE - COMMON_SIZE, SIGNATURE_FREE, name_free);
	return true;
}
