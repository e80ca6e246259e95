// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/rtas_world.c tests/unit/fake_tlb.c hv/lpar.c partition/nvram.c
// SOURCES: partition/rtas.c partition/rtas_nvram.c
/* Non-volatile memory: what a new one holds, when it is replaced, and the calls that reach it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "partition/nvram.h"
#include "partition/tree.h"
#include "tests/unit/rtas_world.h"

static struct nvram nvram;

static int reset(void **state)
{
	(void)state;
	world_reset();
	memset(&nvram, 0, sizeof(nvram));
	return 0;
}

/* LoPAR "NVRAM Structure", as the specification's own program computes it. */
static u8 specified_checksum(const u8 *header)
{
	u8 sum = 0;

	for (int i = 0; i < 16; i++) {
		u8 next = (u8)(sum + (i == 1 ? 0 : header[i]));

		sum = next < sum ? next + 1 : next;
	}
	return sum;
}

static u32 length_at(u32 at)
{
	return (nvram.byte[at + 2] << 8 | nvram.byte[at + 3]) * 16;
}

static void put_checksum(u32 at)
{
	nvram.byte[at + 1] = specified_checksum(&nvram.byte[at]);
}

static void test_new(void **state)
{
	u32 free_at;

	(void)state;
	assert_true(nvram_prepare(&nvram));
	assert_int_equal(nvram.byte[0], 0x70);
	assert_int_equal(nvram.byte[1], specified_checksum(nvram.byte));
	assert_string_equal((char *)&nvram.byte[4], "common");
	assert_int_equal(nvram.byte[16] | nvram.byte[17], 0); /* no variables */

	free_at = length_at(0);
	assert_int_equal(nvram.byte[free_at], 0x7f);
	assert_int_equal(nvram.byte[free_at + 1], specified_checksum(&nvram.byte[free_at]));
	assert_memory_equal(&nvram.byte[free_at + 4], "wwwwwwwwwwww", 12); /* 0x77… */
	assert_int_equal(free_at + length_at(free_at), NVRAM_SIZE);
	/* LoPAR "NVRAM Requirements", and both of Linux's logs. */
	assert_true(length_at(free_at) >= 4096 + 2 * 4016);
}

/* What an operating system made of it stays. */
static void test_kept(void **state)
{
	u32 free_at;

	(void)state;
	nvram_prepare(&nvram);
	free_at = length_at(0);
	memcpy(&nvram.byte[free_at], "\xa0\0\0\x02lnx,oops-log", 16);
	put_checksum(free_at);
	memset(&nvram.byte[free_at + 16], 0xff, 16);
	nvram.byte[free_at + 32] = 0x7f;
	nvram.byte[free_at + 34] = (u8)((NVRAM_SIZE - free_at - 32) / 16 >> 8);
	nvram.byte[free_at + 35] = (u8)((NVRAM_SIZE - free_at - 32) / 16);
	put_checksum(free_at + 32);
	assert_false(nvram_prepare(&nvram));
	assert_int_equal(nvram.byte[free_at + 31], 0xff);
}

static void assert_replaced(void)
{
	assert_true(nvram_prepare(&nvram));
	assert_false(nvram_prepare(&nvram));
	assert_int_equal(nvram.byte[0], 0x70);
}

static void test_corrupt(void **state)
{
	u32 free_at;

	(void)state;
	nvram_prepare(&nvram);
	free_at = length_at(0);

	memset(&nvram, 0xff, sizeof(nvram));
	assert_replaced();
	nvram.byte[1]++;
	assert_replaced();
	nvram.byte[free_at + 5] = 'x';
	assert_replaced();
	/* length 0: an endless chain */
	nvram.byte[free_at + 2] = nvram.byte[free_at + 3] = 0;
	put_checksum(free_at);
	assert_replaced();
	/* one block behind the end, and far behind it */
	nvram.byte[free_at + 3]++;
	put_checksum(free_at);
	assert_replaced();
	nvram.byte[free_at + 2] = nvram.byte[free_at + 3] = 0xff;
	put_checksum(free_at);
	assert_replaced();
	/* a good chain without what has to be on it */
	nvram.byte[0] = 0xa0;
	put_checksum(0);
	assert_replaced();
	nvram.byte[4] = 'C';
	put_checksum(0);
	assert_replaced();
	/* another name that begins with it */
	nvram.byte[10] = '2';
	put_checksum(0);
	assert_replaced();
}

static s32 fetch(u32 index, u32 buffer, u32 length, u32 *count)
{
	u32 rets[2];
	s32 status = world_call("nvram-fetch", 3, 2, (u32[]){index, buffer, length}, rets);

	*count = rets[1];
	return status;
}

static s32 store(u32 index, u32 buffer, u32 length, u32 *count)
{
	u32 rets[2];
	s32 status = world_call("nvram-store", 3, 2, (u32[]){index, buffer, length}, rets);

	*count = rets[1];
	return status;
}

static void test_calls(void **state)
{
	u32 count;

	(void)state;
	world_put(WORLD_DATA, 0x12345678);
	assert_int_equal(store(NVRAM_SIZE - 3, WORLD_DATA, 3, &count), RTAS_SUCCESS);
	assert_int_equal(count, 3);
	assert_memory_equal(&partition.nvram.byte[NVRAM_SIZE - 4], "\0\x12\x34\x56", 4);
	assert_int_equal(fetch(NVRAM_SIZE - 2, WORLD_DATA + 1, 2, &count), RTAS_SUCCESS);
	assert_int_equal(count, 2);
	assert_int_equal(world_get(WORLD_DATA), 0x12345678 - 0x340000 + 0x220000 + 0x120000);
	assert_int_equal(fetch(0, WORLD_LMB + 0x100, NVRAM_SIZE, &count), RTAS_SUCCESS);
	assert_int_equal(count, NVRAM_SIZE);
	assert_int_equal(world_get(WORLD_LMB + 0x100), 0x70 << 24 | partition.nvram.byte[1] << 16 |
							       partition.nvram.byte[2] << 8 |
							       partition.nvram.byte[3]);
	assert_int_equal(fetch(NVRAM_SIZE, WORLD_DATA, 0, &count), RTAS_SUCCESS);
	assert_int_equal(store(0, WORLD_RMO, 0, &count), RTAS_SUCCESS);
}

static void test_call_refusals(void **state)
{
	static const u32 cases[][3] = {
		{NVRAM_SIZE, WORLD_DATA, 1},
		{NVRAM_SIZE - 1, WORLD_DATA, 2},
		{0, WORLD_DATA, NVRAM_SIZE + 1},
		{1, WORLD_DATA, NVRAM_SIZE},
		{0xffffffff, WORLD_DATA, 2},
		{2, WORLD_DATA, 0xffffffff},
		{0xffffffff, WORLD_DATA, 0xffffffff},
		{0, WORLD_RMO - 7, 8},
		{0, WORLD_RMO, 1},
		{0, 0xfffffff8, 16},
		{0, 0xffffffff, 1},
	};
	struct nvram before = partition.nvram;
	u32 count;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(fetch(cases[i][0], cases[i][1], cases[i][2], &count),
				 RTAS_PARAMETER);
		assert_int_equal(count, 0);
		assert_int_equal(world_get(WORLD_DATA), 0xeeeeeeee);
		assert_int_equal(store(cases[i][0], cases[i][1], cases[i][2], &count),
				 RTAS_PARAMETER);
		assert_int_equal(count, 0);
		assert_memory_equal(&partition.nvram, &before, sizeof(before));
	}
}

static void test_tree(void **state)
{
	char fdt[1024] __aligned(8);
	const fdt32_t *bytes;
	int node, length;

	(void)state;
	assert_int_equal(fdt_create_empty_tree(fdt, sizeof(fdt)), 0);
	assert_int_equal(__stop_tree_contributors - __start_tree_contributors, 1);
	assert_int_equal((*__start_tree_contributors)(&partition, fdt), 0);
	node = fdt_path_offset(fdt, "/nvram");
	assert_true(node > 0);
	assert_string_equal(fdt_getprop(fdt, node, "device_type", NULL), "nvram");
	bytes = fdt_getprop(fdt, node, "#bytes", &length);
	assert_int_equal(length, 4);
	assert_int_equal(fdt32_to_cpu(*bytes), NVRAM_SIZE);
	/* No room left. */
	assert_int_equal(fdt_create_empty_tree(fdt, 100), 0);
	assert_int_equal((*__start_tree_contributors)(&partition, fdt), -FDT_ERR_NOSPACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_new, reset),
		cmocka_unit_test_setup(test_kept, reset),
		cmocka_unit_test_setup(test_corrupt, reset),
		cmocka_unit_test_setup(test_calls, reset),
		cmocka_unit_test_setup(test_call_refusals, reset),
		cmocka_unit_test_setup(test_tree, reset),
	};

	return cmocka_run_group_tests_name("nvram", tests, NULL, NULL);
}
