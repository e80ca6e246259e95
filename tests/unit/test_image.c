// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/image.c hv/lpar.c tests/unit/fake_tlb.c
/* Loading ELF images: what arrives where, and a reason with figures for each kind of bad file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/real.h"
#include "partition/image.h"
#include "tests/unit/elf_writer.h"
#include "tests/unit/fake_tlb.h"

#define MEM   (8 * MiB)
#define LIMIT (6 * MiB)

#define FLAG_W 2
#define FLAG_R 4
#define FLAG_X ELF_SEGMENT_EXEC

#define DATA  1024 /* where segments' bytes start in the file */
#define VBASE 0xc000000000000000UL

u8 real_memory[MEM] __aligned(4096);
u32 lmb_shift = 20;
void (*lpar_fail_hook)(struct lpar *lpar, const char *reason);

static u32 map[MEM / MiB] = {1, 0, 2, 3, 5, 4, 7, 6};
static struct lpar lpar = {.id = 1, .rmo_size = LIMIT, .map = {ARRAY_SIZE(map), map}};
static struct elf_file elf;
static struct image image;

static int clear(void **state)
{
	(void)state;
	memset(real_memory, 0xee, sizeof(real_memory));
	return 0;
}

static u8 memory_byte(u64 logical)
{
	return *(u8 *)lpar_ptr(&lpar, logical, 1);
}

static void assert_memory(u64 logical, u64 length, u8 value)
{
	for (u64 i = 0; i < length; i++)
		assert_int_equal(memory_byte(logical + i), value);
}

/* In pieces that end anywhere. */
static int load_file(const void *file, size_t size, u64 limit, const char **reason)
{
	if (image_open(&lpar, file, size, limit, &image, reason) != 0)
		return -1;
	while (image_copy(&image, &lpar, 77))
		;
	assert_false(image_copy(&image, &lpar, 1));
	return 0;
}

/* Loads @size bytes of the file from memory that ends behind them, at an odd address. */
static int load_size(size_t size, const char **reason)
{
	u8 *room = malloc(size + 1);
	int result;

	memcpy(room + 1, elf.byte, size);
	result = load_file(room + 1, size, LIMIT, reason);
	free(room);
	return result;
}

static void assert_loads(void)
{
	const char *reason = NULL;

	if (load_size(sizeof(elf.byte), &reason) != 0)
		fail_msg("refused: %s", reason);
}

static void assert_refused_size(size_t size, const char *expected)
{
	const char *reason = NULL;

	assert_int_equal(load_size(size, &reason), -1);
	assert_string_equal(reason, expected);
	/* Checked as a whole before the first byte is copied. */
	for (u64 i = 0; i < MEM; i++)
		if (real_memory[i] != 0xee)
			fail_msg("byte %#lx was written", i);
}

static void assert_refused(const char *expected)
{
	assert_refused_size(sizeof(elf.byte), expected);
}

/* Text of 0x100 bytes of 0x60 at physical 0x10000, entered 8 behind its start. */
static void simple(bool little_endian, u32 type)
{
	elf_begin(&elf, little_endian, type, VBASE + 0x10008);
	elf_segment(&elf, FLAG_R | FLAG_X, DATA, VBASE + 0x10000, 0x10000, 0x100, 0x100);
	memset(&elf.byte[DATA], 0x60, 0x100);
}

static void put_header(size_t offset, size_t size, u64 value)
{
	simple(false, ELF_TYPE_EXEC);
	elf_put(&elf, offset, size, value);
}

#define PUT_HEADER(member, value)                         \
	put_header(offsetof(struct elf64_header, member), \
		   sizeof(((struct elf64_header *)0)->member), value)

static void put_segment(size_t offset, u64 value)
{
	simple(false, ELF_TYPE_EXEC);
	elf_put(&elf, elf_segment_at(0) + offset, 8, value);
}

#define PUT_SEGMENT(member, value) put_segment(offsetof(struct elf64_segment, member), value)

static void test_exec(void **state)
{
	(void)state;
	for (int little = 0; little < 2; little++) {
		clear(NULL);
		simple(little, ELF_TYPE_EXEC);
		elf_segment(&elf, FLAG_R | FLAG_W, DATA + 0x100, VBASE + 0x1ffffc, 0x1ffffc, 8,
			    0x1000);
		memset(&elf.byte[DATA + 0x100], 0xd5, 8);
		fake_tlb.synced_bytes = 0;
		assert_loads();
		assert_int_equal(fake_tlb.synced_bytes, 0x108);
		assert_int_equal(image.base, 0x10000);
		assert_int_equal(image.end, 0x200ffc);
		assert_int_equal(image.entry, 0x10008);
		assert_int_equal(image.toc, 0);
		assert_memory(0xffff, 1, 0xee);
		assert_memory(0x10000, 0x100, 0x60);
		assert_memory(0x10100, 1, 0xee);
		assert_memory(0x1ffffc, 8, 0xd5); /* over the end of an LMB */
		assert_memory(0x200004, 0xff8, 0);
		assert_memory(0x200ffc, 1, 0xee);
	}
}

static void test_dyn(void **state)
{
	(void)state;
	simple(true, ELF_TYPE_DYN);
	assert_loads();
	assert_int_equal(image.base, IMAGE_DYN_BASE + 0x10000);
	assert_int_equal(image.end, IMAGE_DYN_BASE + 0x10100);
	assert_int_equal(image.entry, IMAGE_DYN_BASE + 0x10008);
	assert_memory(IMAGE_DYN_BASE + 0x10000, 0x100, 0x60);
}

/* Headers of other kinds and empty segments are nobody's business. */
static void test_not_loadable(void **state)
{
	(void)state;
	simple(false, ELF_TYPE_EXEC);
	elf_segment(&elf, FLAG_R, ~0UL, ~0UL, ~0UL, ~0UL, ~0UL);
	ELF_PUT(&elf, elf_segment_at(1), elf64_segment, type, 4);
	elf_segment(&elf, FLAG_R, ~0UL, ~0UL, ~0UL, 0, 0);
	assert_loads();
	assert_int_equal(image.base, 0x10000);
	assert_int_equal(image.end, 0x10100);
}

static void test_only_bss(void **state)
{
	(void)state;
	simple(false, ELF_TYPE_EXEC);
	elf_segment(&elf, FLAG_R | FLAG_W, 0, VBASE, 0, 0, 0x10000);
	assert_loads();
	assert_int_equal(image.base, 0);
	assert_memory(0, 0x10000, 0);
	assert_memory(0x10000, 0x100, 0x60);
}

/* A descriptor at @entry: code at @code, toc 0x18000 in virtual addresses of the simple image. */
static void put_descriptor(u64 entry, u64 offset, u64 code)
{
	ELF_PUT(&elf, 0, elf64_header, entry, entry);
	ELF_PUT(&elf, offset, elf64_descriptor, code, code);
	ELF_PUT(&elf, offset, elf64_descriptor, toc, VBASE + 0x18000);
}

static void test_descriptor(void **state)
{
	(void)state;
	simple(false, ELF_TYPE_EXEC);
	ELF_PUT(&elf, 0, elf64_header, flags, ELF_FLAGS_ABI_V1);
	elf_segment(&elf, FLAG_R | FLAG_W, DATA + 0x100, VBASE + 0x20000, 0x20000, 0x20, 0x20);
	put_descriptor(VBASE + 0x20008, DATA + 0x108, VBASE + 0x10040);
	assert_loads();
	assert_int_equal(image.entry, 0x10040);
	assert_int_equal(image.toc, 0x18000);

	ELF_PUT(&elf, 0, elf64_header, type, ELF_TYPE_DYN);
	assert_loads();
	assert_int_equal(image.entry, IMAGE_DYN_BASE + 0x10040);
	assert_int_equal(image.toc, IMAGE_DYN_BASE + 0x18000);
}

/* The linker script of a bare-metal guest may put everything into one segment. */
static void test_descriptor_in_text(void **state)
{
	(void)state;
	simple(false, ELF_TYPE_EXEC);
	put_descriptor(VBASE + 0x10010, DATA + 0x10, VBASE + 0x10040);
	assert_loads();
	assert_int_equal(image.entry, 0x10040);
	assert_int_equal(image.toc, 0x18000);
}

/* ABI version 2 has no descriptors, whatever is there looks like. */
static void test_no_descriptor_in_abi_2(void **state)
{
	(void)state;
	simple(false, ELF_TYPE_EXEC);
	ELF_PUT(&elf, 0, elf64_header, flags, ELF_FLAGS_ABI_V2);
	put_descriptor(VBASE + 0x10010, DATA + 0x10, VBASE + 0x10040);
	assert_loads();
	assert_int_equal(image.entry, 0x10010);
	assert_int_equal(image.toc, 0);
}

/* Not every data is a descriptor, and one must be there as a whole. */
static void test_no_descriptor(void **state)
{
	static const u64 codes[] = {VBASE + 0x10100, VBASE + 0xffff, VBASE + 0x20000, 0, ~0UL};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes) + 1; i++) {
		clear(NULL);
		simple(false, ELF_TYPE_EXEC);
		elf_segment(&elf, FLAG_R | FLAG_W, DATA + 0x100, VBASE + 0x20000, 0x20000, 0x20,
			    0x20);
		if (i < ARRAY_SIZE(codes))
			put_descriptor(VBASE + 0x20000, DATA + 0x100, codes[i]);
		else
			put_descriptor(VBASE + 0x20014, DATA + 0x114, VBASE + 0x10040);
		assert_loads(); /* as code: nothing says it is not */
		assert_int_equal(image.entry, i < ARRAY_SIZE(codes) ? 0x20000 : 0x20014);

		clear(NULL);
		ELF_PUT(&elf, 0, elf64_header, flags, ELF_FLAGS_ABI_V1);
		assert_refused(
			i < ARRAY_SIZE(codes)
				? "entry point 0xc000000000020000 is no code and no function descriptor"
				: "entry point 0xc000000000020014 is no code and no function descriptor");
	}
}

static void test_not_elf(void **state)
{
	(void)state;
	simple(false, ELF_TYPE_EXEC);
	assert_refused_size(0, "not an ELF file: 0 bytes, its header alone has 64");
	assert_refused_size(63, "not an ELF file: 63 bytes, its header alone has 64");
	memcpy(elf.byte, "\037\213\010x", 4);
	assert_refused("not an ELF file: it starts with 1f 8b 08 78");
}

static void test_wrong_kind(void **state)
{
	(void)state;
	put_header(ELF_IDENT_CLASS, 1, 1);
	assert_refused("ELF class 1, must be 2 (64-bit)");
	put_header(ELF_IDENT_DATA, 1, 3);
	assert_refused("ELF byte order 3, must be 1 (little) or 2 (big)");
	PUT_HEADER(machine, 62);
	assert_refused("ELF machine 62, must be 21 (64-bit PowerPC)");
	PUT_HEADER(type, 1);
	assert_refused("ELF type 1, must be 2 (executable) or 3 (shared)");
	PUT_HEADER(version, 2);
	assert_refused("ELF version 2, must be 1");
	PUT_HEADER(ehsize, 52);
	assert_refused("ELF header of 52 bytes, must be 64");
	PUT_HEADER(phentsize, 32);
	assert_refused("ELF program headers of 32 bytes, must be 56");
}

static void test_no_segment(void **state)
{
	(void)state;
	PUT_HEADER(phnum, 0);
	assert_refused("no loadable segment: the file has no program headers");
	simple(false, ELF_TYPE_EXEC);
	ELF_PUT(&elf, elf_segment_at(0), elf64_segment, type, 2);
	assert_refused("no loadable segment in 1 program headers");
}

static void test_truncated(void **state)
{
	(void)state;
	simple(false, ELF_TYPE_EXEC);
	assert_refused_size(64, "truncated: 1 program headers at 0x40, file ends at 0x40");
	assert_refused_size(119, "truncated: 1 program headers at 0x40, file ends at 0x77");
	assert_refused_size(DATA,
			    "truncated: segment 0 has 0x100 bytes at 0x400, file ends at 0x400");
	assert_refused_size(DATA + 0xff,
			    "truncated: segment 0 has 0x100 bytes at 0x400, file ends at 0x4ff");
	PUT_HEADER(phoff, ~0UL);
	assert_refused("truncated: 1 program headers at 0xffffffffffffffff, file ends at 0x1000");
	PUT_HEADER(phnum, 0xffff);
	assert_refused("truncated: 65535 program headers at 0x40, file ends at 0x1000");
	PUT_SEGMENT(offset, ~0UL - 8);
	assert_refused(
		"truncated: segment 0 has 0x100 bytes at 0xfffffffffffffff7, file ends at 0x1000");
}

static void test_bad_segment(void **state)
{
	(void)state;
	PUT_SEGMENT(filesz, 0x101);
	assert_refused("segment 0: 0x101 bytes in the file, only 0x100 in memory");
	PUT_SEGMENT(paddr, LIMIT - 0xff);
	assert_refused("too big: segment 0 takes 0x100 bytes at 0x5fff01, room ends at 0x600000");
	PUT_SEGMENT(paddr, LIMIT);
	assert_refused("too big: segment 0 takes 0x100 bytes at 0x600000, room ends at 0x600000");
	PUT_SEGMENT(paddr, ~0UL);
	assert_refused(
		"too big: segment 0 takes 0x100 bytes at 0xffffffffffffffff, room ends at 0x600000");
	PUT_SEGMENT(memsz, ~0UL);
	assert_refused(
		"too big: segment 0 takes 0xffffffffffffffff bytes at 0x10000, room ends at 0x600000");
	PUT_SEGMENT(paddr, 2 * MiB);
	ELF_PUT(&elf, 0, elf64_header, type, ELF_TYPE_DYN);
	assert_refused("too big: segment 0 takes 0x100 bytes at 0x200000, room ends at 0x200000");
}

/* The last byte below the limit can be used. */
static void test_fits_exactly(void **state)
{
	(void)state;
	PUT_SEGMENT(paddr, LIMIT - 0x100);
	assert_loads();
	assert_int_equal(image.end, LIMIT);
}

static void test_overlap(void **state)
{
	static const struct {
		u64 paddr, memsz;
		const char *reason;
	} cases[] = {
		{0x10000, 1, "segments 0 and 1 overlap at 0x10000"},
		{0xfff0, 0x11, "segments 0 and 1 overlap at 0x10000"},
		{0x100ff, 8, "segments 0 and 1 overlap at 0x100ff"},
		{0, 0x20000, "segments 0 and 1 overlap at 0x10000"},
		{0xfff0, 0x10, NULL},
		{0x10100, 8, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		simple(false, ELF_TYPE_EXEC);
		elf_segment(&elf, FLAG_R, 0, 0, cases[i].paddr, 0, cases[i].memsz);
		if (cases[i].reason)
			assert_refused(cases[i].reason);
		else
			assert_loads();
	}
}

static void test_too_many_segments(void **state)
{
	(void)state;
	elf_begin(&elf, false, ELF_TYPE_EXEC, VBASE);
	for (u32 i = 0; i <= IMAGE_MAX_SEGMENTS; i++)
		elf_segment(&elf, FLAG_R | FLAG_X, 0, VBASE + i * 64, i * 64, 64, 64);
	assert_refused("more than 32 loadable segments");
	ELF_PUT(&elf, 0, elf64_header, phnum, IMAGE_MAX_SEGMENTS);
	assert_loads();
}

static void test_entry(void **state)
{
	(void)state;
	PUT_HEADER(entry, VBASE + 0xfffc);
	assert_refused("entry point 0xc00000000000fffc is in no segment of the file");
	PUT_HEADER(entry, VBASE + 0x10100);
	assert_refused("entry point 0xc000000000010100 is in no segment of the file");
	PUT_HEADER(entry, VBASE + 0x10002);
	assert_refused("entry point 0xc000000000010002, loaded at 0x10002, is not a multiple of 4");
	PUT_SEGMENT(paddr, 0x10001);
	assert_refused("entry point 0xc000000000010008, loaded at 0x10009, is not a multiple of 4");
	PUT_SEGMENT(memsz, 0x200); /* bss is no code */
	ELF_PUT(&elf, 0, elf64_header, entry, VBASE + 0x10100);
	assert_refused("entry point 0xc000000000010100 is in no segment of the file");
	PUT_HEADER(entry, VBASE + 0x100fc);
	assert_loads();
	assert_int_equal(image.entry, 0x100fc);
}

/* A limit above the partition's memory, and one below where the image would start. */
static void test_limits(void **state)
{
	const char *reason;

	(void)state;
	PUT_SEGMENT(paddr, MEM - 0x80);
	assert_int_equal(load_file(elf.byte, sizeof(elf.byte), 2 * MEM, &reason), -1);
	assert_string_equal(reason, "too big: segment 0 ends at 0x800080, memory at 0x800000");
	simple(false, ELF_TYPE_DYN);
	assert_int_equal(load_file(elf.byte, sizeof(elf.byte), MiB, &reason), -1);
	assert_string_equal(reason,
			    "too big: segment 0 takes 0x100 bytes at 0x10000, room ends at 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_exec, clear),
		cmocka_unit_test_setup(test_dyn, clear),
		cmocka_unit_test_setup(test_not_loadable, clear),
		cmocka_unit_test_setup(test_only_bss, clear),
		cmocka_unit_test_setup(test_descriptor, clear),
		cmocka_unit_test_setup(test_descriptor_in_text, clear),
		cmocka_unit_test_setup(test_no_descriptor_in_abi_2, clear),
		cmocka_unit_test_setup(test_no_descriptor, clear),
		cmocka_unit_test_setup(test_not_elf, clear),
		cmocka_unit_test_setup(test_wrong_kind, clear),
		cmocka_unit_test_setup(test_no_segment, clear),
		cmocka_unit_test_setup(test_truncated, clear),
		cmocka_unit_test_setup(test_bad_segment, clear),
		cmocka_unit_test_setup(test_fits_exactly, clear),
		cmocka_unit_test_setup(test_overlap, clear),
		cmocka_unit_test_setup(test_too_many_segments, clear),
		cmocka_unit_test_setup(test_entry, clear),
		cmocka_unit_test_setup(test_limits, clear),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
