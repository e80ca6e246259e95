// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/lpar.c hv/lmb.c
// A partition's logical memory: every range that is not all its own is refused, the rest arrives.
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

#define REAL_LMBS 8
#define SIZE	  LMB_MIN_SIZE

u8 real_memory[REAL_LMBS * LMB_MIN_SIZE] __aligned(4096);

static struct lmb table[REAL_LMBS];
static u32 map[] = {5, 2, 7};
static struct lpar lpar = {.id = 1, .map = {.nr_lmbs = ARRAY_SIZE(map), .lmb = map}};
static const u64 end = ARRAY_SIZE(map) * SIZE;

void panic(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

static int setup(void **state)
{
	(void)state;
	lmb_init(table, sizeof(real_memory), SIZE);
	return 0;
}

static void test_ptr(void **state)
{
	(void)state;
	assert_ptr_equal(lpar_ptr(&lpar, 0, 1), real_memory + 5 * SIZE);
	assert_ptr_equal(lpar_ptr(&lpar, 0, SIZE), real_memory + 5 * SIZE);
	assert_ptr_equal(lpar_ptr(&lpar, SIZE - 1, 1), real_memory + 6 * SIZE - 1);
	assert_ptr_equal(lpar_ptr(&lpar, SIZE, 8), real_memory + 2 * SIZE);
	assert_ptr_equal(lpar_ptr(&lpar, end - 8, 8), real_memory + 8 * SIZE - 8);
}

static void test_ptr_refusals(void **state)
{
	(void)state;
	assert_null(lpar_ptr(&lpar, SIZE - 1, 2));
	assert_null(lpar_ptr(&lpar, 0, SIZE + 1));
	assert_null(lpar_ptr(&lpar, 1, SIZE));
	assert_null(lpar_ptr(&lpar, end, 1));
	assert_null(lpar_ptr(&lpar, end - 1, 2));
	assert_null(lpar_ptr(&lpar, ~0UL, 1));
	assert_null(lpar_ptr(&lpar, ~0UL, 2));
	assert_null(lpar_ptr(&lpar, ~0UL - 6, 8));
	assert_null(lpar_ptr(&lpar, 8, ~0UL));
	assert_null(lpar_ptr(&lpar, 8, ~0UL - 7));
	assert_null(lpar_ptr(&lpar, 1UL << 63, 1UL << 63));
}

/* A pointer to nothing still has to be the partition's. */
static void test_ptr_length_0(void **state)
{
	(void)state;
	assert_ptr_equal(lpar_ptr(&lpar, 5, 0), real_memory + 5 * SIZE + 5);
	assert_non_null(lpar_ptr(&lpar, end - 1, 0));
	assert_null(lpar_ptr(&lpar, end, 0));
	assert_null(lpar_ptr(&lpar, ~0UL, 0));
}

static void test_copy_across_lmbs(void **state)
{
	static u8 out[2 * SIZE], in[2 * SIZE];
	u64 at = SIZE / 2;

	(void)state;
	for (u64 i = 0; i < sizeof(out); i++)
		out[i] = (u8)(i * 7 + (i >> 8));
	assert_true(lpar_copy_out(&lpar, at, out, sizeof(out)));
	assert_memory_equal(real_memory + 5 * SIZE + at, out, SIZE / 2);
	assert_memory_equal(real_memory + 2 * SIZE, out + SIZE / 2, SIZE);
	assert_memory_equal(real_memory + 7 * SIZE, out + 3 * SIZE / 2, SIZE / 2);
	assert_int_equal(real_memory[7 * SIZE + SIZE / 2], 0);
	assert_true(lpar_copy_in(&lpar, in, at, sizeof(in)));
	assert_memory_equal(in, out, sizeof(in));

	assert_true(lpar_fill_zero(&lpar, at + 1, sizeof(out) - 2));
	assert_int_equal(*(u8 *)lpar_ptr(&lpar, at, 1), out[0]);
	assert_int_equal(*(u8 *)lpar_ptr(&lpar, at + 1, 1), 0);
	assert_true(lpar_copy_in(&lpar, in, at, sizeof(in)));
	for (u64 i = 1; i < sizeof(in) - 1; i++)
		if (in[i])
			fail_msg("byte %lu is %#x", i, in[i]);
	assert_int_equal(in[sizeof(in) - 1], out[sizeof(out) - 1]);
}

static void test_copy_refusals(void **state)
{
	static const struct {
		u64 logical, length;
	} bad[] = {
		{end, 1},
		{end - 1, 2},
		{0, end + 1},
		{1, end},
		{~0UL, 1},
		{~0UL, 2},
		{0, ~0UL},
		{16, ~0UL - 15},
		{16, ~0UL - 7},
		{1UL << 63, 16},
		{end + 1, ~0UL - end},
		{end + 1, 0},
	};
	u8 buffer[16] = {1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(lpar_copy_in(&lpar, buffer, bad[i].logical, bad[i].length));
		assert_false(lpar_copy_out(&lpar, bad[i].logical, buffer, bad[i].length));
		assert_false(lpar_fill_zero(&lpar, bad[i].logical, bad[i].length));
	}
}

static void test_copy_length_0(void **state)
{
	(void)state;
	assert_true(lpar_copy_in(&lpar, NULL, 0, 0));
	assert_true(lpar_copy_out(&lpar, end, NULL, 0));
	assert_true(lpar_fill_zero(&lpar, SIZE, 0));
}

static void test_real(void **state)
{
	(void)state;
	assert_int_equal(lpar_real(&lpar, 0), 5 * SIZE);
	assert_int_equal(lpar_real(&lpar, SIZE + 0x1234), 2 * SIZE + 0x1234);
	assert_int_equal(lpar_real(&lpar, end - 1), 8 * SIZE - 1);
	assert_int_equal(lpar_real(&lpar, end), REAL_NONE);
	assert_int_equal(lpar_real(&lpar, ~0UL), REAL_NONE);
	assert_int_equal(lpar_real(&lpar, 1UL << 56), REAL_NONE);
	assert_int_equal(lpar_mem_size(&lpar), end);
}

static void test_no_memory(void **state)
{
	struct lpar none = {.id = 2};

	(void)state;
	assert_int_equal(lpar_mem_size(&none), 0);
	assert_null(lpar_ptr(&none, 0, 1));
	assert_null(lpar_ptr(&none, 0, 0));
	assert_int_equal(lpar_real(&none, 0), REAL_NONE);
	assert_false(lpar_fill_zero(&none, 0, 1));
}

static void test_vp(void **state)
{
	struct vp *vp = (struct vp *)real_memory;
	struct lpar two = {.nr_vps = 2, .vps = {NULL, vp, vp}};

	(void)state;
	assert_ptr_equal(lpar_vp(&two, 1), vp);
	assert_null(lpar_vp(&two, 2));
	assert_null(lpar_vp(&two, LPAR_MAX_VPS));
	assert_null(lpar_vp(&two, 1UL << 32 | 1));
	assert_null(lpar_vp(&two, ~0UL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ptr),
		cmocka_unit_test(test_ptr_refusals),
		cmocka_unit_test(test_ptr_length_0),
		cmocka_unit_test(test_copy_across_lmbs),
		cmocka_unit_test(test_copy_refusals),
		cmocka_unit_test(test_copy_length_0),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_vp),
	};

	return cmocka_run_group_tests_name("lpar", tests, setup, NULL);
}
