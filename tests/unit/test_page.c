// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/page.c hv/lmb.c
// The hypervisor's pages: aligned, never two in one place, and all LMBs come back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/page.h"
#include "hv/real.h"

#define REAL_SIZE (512 * MiB)

u8 real_memory[REAL_SIZE] __aligned(4096); /* never touched, so never backed */

static struct lmb table[REAL_SIZE / LMB_MIN_SIZE];

void panic(const char *format, ...)
{
	mock_assert(0, format, __FILE__, __LINE__);
	abort();
}

static void machine(u64 lmb_size)
{
	lmb_init(table, REAL_SIZE, lmb_size);
	lmb_add(lmb_size, REAL_SIZE - lmb_size);
}

static u64 real(const void *page)
{
	return (u64)((const u8 *)page - real_memory);
}

static int setup(void **state)
{
	(void)state;
	machine(LMB_MIN_SIZE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return page_bytes_used() != 0 || lmb_nr_free() != lmb_count - 1;
}

static void test_every_shift(void **state)
{
	(void)state;
	for (u64 size = LMB_MIN_SIZE; size < LMB_MAX_SIZE; size *= 2) {
		machine(size);
		for (u32 shift = PAGE_MIN_SHIFT; shift <= 28; shift++) {
			void *page = page_alloc(shift);

			assert_non_null(page);
			assert_true(IS_ALIGNED(real(page), BIT(shift)));
			assert_int_equal(page_bytes_used(), BIT(shift));
			assert_int_equal(table[real(page) >> lmb_shift].owner, LMB_HYPERVISOR);
			assert_int_equal(lmb_nr_free(),
					 lmb_count - 1 - MAX(BIT(shift) >> lmb_shift, 1UL));
			page_free(page, shift);
			assert_int_equal(page_bytes_used(), 0);
			assert_int_equal(lmb_nr_free(), lmb_count - 1);
		}
	}
}

static void test_lmb_is_filled_before_the_next(void **state)
{
	void *page[256], *more;

	(void)state;
	for (u32 i = 0; i < 256; i++) {
		page[i] = page_alloc(16);
		assert_int_equal(real(page[i]), real(page[0]) + i * PAGE_MIN_SIZE);
	}
	assert_int_equal(lmb_nr_free(), lmb_count - 2);
	more = page_alloc(16);
	assert_int_equal(lmb_nr_free(), lmb_count - 3);
	page_free(more, 16);
	assert_int_equal(lmb_nr_free(), lmb_count - 2);
	for (u32 i = 0; i < 256; i++)
		page_free(page[i * 77 % 256], 16);
}

static void test_smallest_hole_is_taken(void **state)
{
	void *a = page_alloc(18), *b = page_alloc(16), *c = page_alloc(23), *d, *e;

	(void)state;
	d = page_alloc(16);
	assert_int_equal(real(d), real(b) + PAGE_MIN_SIZE);
	page_free(c, 23);
	e = page_alloc(17);
	assert_int_equal(real(e), real(b) + 2 * PAGE_MIN_SIZE);
	page_free(a, 18);
	page_free(b, 16);
	page_free(d, 16);
	page_free(e, 17);
}

static void test_no_memory(void **state)
{
	void *page[31];

	(void)state;
	assert_null(page_alloc(29));
	assert_null(page_alloc(46));
	assert_null(page_alloc(63));
	for (u32 i = 0; i < 31; i++) {
		page[i] = page_alloc(24);
		assert_non_null(page[i]);
	}
	assert_null(page_alloc(24));
	assert_null(page_alloc(16));
	page_free(page[3], 24);
	page[3] = page_alloc(23);
	assert_non_null(page[3]);
	assert_null(page_alloc(24));
	page_free(page[3], 23);
	page[3] = NULL;
	for (u32 i = 0; i < 31; i++)
		page_free(page[i], 24);
}

static void test_bad_frees(void **state)
{
	void *page = page_alloc(17);

	(void)state;
	page_free(NULL, 16);
	expect_assert_failure(page_free(real_memory, 16));
	expect_assert_failure(page_free((u8 *)page + PAGE_MIN_SIZE, 17));
	expect_assert_failure(page_free((u8 *)page + 2 * PAGE_MIN_SIZE, 17));
	expect_assert_failure(page_free((u8 *)page + 8, 17));
	expect_assert_failure(page_alloc(15));
	page_free(page, 17);
	expect_assert_failure(page_free(page, 17));
}

static void test_shift_for(void **state)
{
	(void)state;
	assert_int_equal(page_shift_for(1), 16);
	assert_int_equal(page_shift_for(65536), 16);
	assert_int_equal(page_shift_for(65537), 17);
	assert_int_equal(page_shift_for(16 * MiB), 24);
	assert_int_equal(page_shift_for(16 * MiB + 1), 25);
	assert_int_equal(page_shift_for(1UL << 63), 63);
}

/* Random takes and gives; no two pages in use share a block. */
static void test_random(void **state)
{
	static u8 used[REAL_SIZE / PAGE_MIN_SIZE];
	struct {
		u8 *page;
		u32 shift;
	} taken[100] = {0};

	(void)state;
	srandom(2);
	memset(used, 0, sizeof(used));
	for (u32 step = 0; step < 50000; step++) {
		size_t i = (size_t)random() % ARRAY_SIZE(taken);
		bool take = !taken[i].page && step < 49000;
		u32 shift = 16 + (u32)(random() % 4 ? random() % 6 : random() % 11);

		if (take) {
			taken[i].page = page_alloc(shift);
			taken[i].shift = shift;
		}
		if (!taken[i].page)
			continue;
		assert_true(IS_ALIGNED(real(taken[i].page), BIT(taken[i].shift)));
		for (u64 n = 0; n < BIT(taken[i].shift - 16); n++) {
			u64 block = real(taken[i].page) / PAGE_MIN_SIZE + n;

			assert_int_equal(used[block], !take);
			used[block] = take;
		}
		if (!take) {
			page_free(taken[i].page, taken[i].shift);
			taken[i].page = NULL;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		page_free(taken[i].page, taken[i].shift);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_shift, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lmb_is_filled_before_the_next, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_smallest_hole_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_frees, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shift_for, setup, teardown),
		cmocka_unit_test_setup_teardown(test_random, setup, teardown),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
