// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/image.c hv/lpar.c tests/unit/fake_tlb.c
/* Loading an ELF image with anything wrong in it: nothing outside its place is written or read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hv/lmb.h"
#include "hv/lpar.h"
#include "hv/real.h"
#include "partition/image.h"
#include "tests/unit/elf_writer.h"

#define LMB   (64 * KiB)
#define LMBS  72
#define LIMIT (70 * LMB) /* enough for IMAGE_DYN_BASE and what the image needs */
#define DATA  512

u8 real_memory[LMBS * LMB] __aligned(4096);
u32 lmb_shift = 16;
void (*lpar_fail_hook)(struct lpar *lpar, const char *reason);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct elf_file elf;

/* Two segments and a descriptor, which the input then spoils. */
static void write_image(u8 kind)
{
	elf_begin(&elf, kind & 1, kind & 2 ? ELF_TYPE_DYN : ELF_TYPE_EXEC, 0x2000);
	elf_segment(&elf, ELF_SEGMENT_EXEC, DATA, 0x1000, 0x1000, 0x100, 0x100);
	elf_segment(&elf, 0, DATA + 0x100, 0x2000, 0x2000, 0x100, 0x1000);
	memset(&elf.byte[DATA], 0x60, 0x200);
	ELF_PUT(&elf, DATA + 0x100, elf64_descriptor, code, 0x1010);
	ELF_PUT(&elf, DATA + 0x100, elf64_descriptor, toc, 0xa000);
}

/* Ten bytes of input each: where in the file, how many bytes (1, 2, 4 or 8), and what to put there.
 */
static void spoil(const u8 *data, size_t size)
{
	for (; size >= 10; data += 10, size -= 10) {
		size_t bytes = 1 << (data[0] >> 6), offset = (data[0] << 8 | data[1]) & 0x3ff;
		u64 value;

		memcpy(&value, data + 2, sizeof(value));
		elf_put(&elf, offset, bytes, value);
	}
}

/* Whether nobody wrote into [@from, @to). */
static bool is_untouched(u64 from, u64 to)
{
	const u8 *byte = &real_memory[from];

	return from == to || (byte[0] == 0xee && memcmp(byte, byte + 1, to - from - 1) == 0);
}

static void check(const struct image *image)
{
	if (image->base >= image->end || image->end > LIMIT || image->entry % 4 != 0 ||
	    image->entry < image->base || image->entry >= image->end)
		abort();
	if (!is_untouched(0, image->base) || !is_untouched(image->end, sizeof(real_memory)))
		abort();
	memset(&real_memory[image->base], 0xee, image->end - image->base);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u32 map[LMBS];
	static const struct lpar lpar = {.map = {LMBS, map}};
	struct image image;
	const char *reason = NULL;
	size_t file_size;
	u8 *file;

	if (map[1] == 0) {
		memset(real_memory, 0xee, sizeof(real_memory));
		for (u32 i = 0; i < LMBS; i++)
			map[i] = i;
	}
	if (size < 3)
		return 0;
	write_image(data[0]);
	spoil(data + 3, size - 3);
	file_size = (data[1] << 8 | data[2]) % (ELF_FILE_SIZE + 1);
	if (file_size == 0)
		file_size = ELF_FILE_SIZE;
	file = malloc(file_size);
	memcpy(file, elf.byte, file_size);
	if (image_open(&lpar, file, file_size, LIMIT, &image, &reason) == 0) {
		while (image_copy(&image, &lpar, 1000))
			;
		check(&image);
	} else if (reason == NULL || reason[0] == '\0') {
		abort();
	}
	free(file);
	return 0;
}
