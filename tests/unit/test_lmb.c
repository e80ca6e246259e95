// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/lmb.c
// The LMB table: every LMB has one owner at any time, and what is asked for is what is taken.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/lmb.h"
#include "hv/log.h"

#define LMBS	 64
#define LMB_SIZE (16 * MiB)

static struct lmb table[LMBS];

void panic(const char *format, ...)
{
	mock_assert(0, format, __FILE__, __LINE__);
	abort();
}

/* A machine with memory in LMBs 2 … LMBS - 1, all free. */
static int setup(void **state)
{
	(void)state;
	lmb_init(table, LMBS * LMB_SIZE, LMB_SIZE);
	lmb_add(2 * LMB_SIZE, (LMBS - 2) * LMB_SIZE);
	return 0;
}

static void assert_owner(u32 first, u32 count, u16 owner)
{
	for (u32 i = first; i < first + count; i++)
		assert_int_equal(table[i].owner, owner);
}

static void test_init_has_nothing(void **state)
{
	(void)state;
	lmb_init(table, 10 * LMB_SIZE + LMB_SIZE / 2, LMB_SIZE);
	assert_int_equal(lmb_count, 10);
	assert_int_equal(lmb_shift, 24);
	assert_owner(0, 10, LMB_ABSENT);
	assert_int_equal(lmb_nr_free(), 0);
	assert_int_equal(lmb_alloc(1, 0), LMB_NONE);
	assert_int_equal(lmb_alloc_run(1, 1, 1, 0), LMB_NONE);
}

static void test_every_size(void **state)
{
	(void)state;
	for (u64 size = LMB_MIN_SIZE; size <= LMB_MAX_SIZE; size *= 2) {
		lmb_init(table, 8 * size, size);
		lmb_add(0, 8 * size);
		assert_int_equal(lmb_count, 8);
		assert_int_equal(BIT(lmb_shift), size);
		assert_int_equal(lmb_nr_free(), 8);
	}
}

static void test_add_takes_whole_lmbs_only(void **state)
{
	(void)state;
	lmb_init(table, 10 * LMB_SIZE, LMB_SIZE);
	lmb_add(LMB_SIZE - 1, 3 * LMB_SIZE);
	assert_owner(0, 1, LMB_ABSENT);
	assert_owner(1, 2, LMB_FREE);
	assert_owner(3, 7, LMB_ABSENT);
	lmb_add(4 * LMB_SIZE + 1, 2 * LMB_SIZE - 1);
	assert_owner(4, 1, LMB_ABSENT);
	assert_owner(5, 1, LMB_FREE);
	lmb_add(8 * LMB_SIZE, LMB_SIZE - 1);
	lmb_add(8 * LMB_SIZE, 0);
	assert_owner(8, 1, LMB_ABSENT);
	assert_int_equal(lmb_nr_free(), 3);
}

static void test_add_twice_counts_once(void **state)
{
	(void)state;
	lmb_add(0, LMBS * LMB_SIZE);
	assert_int_equal(lmb_nr_free(), LMBS);
	lmb_add(0, LMBS * LMB_SIZE);
	assert_int_equal(lmb_nr_free(), LMBS);
	assert_int_equal(lmb_alloc_run(1, LMBS, 1, 0), 0);
	lmb_add(0, LMBS * LMB_SIZE);
	assert_owner(0, LMBS, 1);
}

static void test_beyond_the_top(void **state)
{
	(void)state;
	lmb_add((LMBS - 1) * LMB_SIZE, ~0UL);
	lmb_add(LMBS * LMB_SIZE, 100 * LMB_SIZE);
	lmb_add(~0UL, ~0UL);
	assert_int_equal(lmb_nr_free(), LMBS - 2);
	lmb_reserve(LMBS * LMB_SIZE, 100 * LMB_SIZE, LMB_ABSENT);
	lmb_reserve(~0UL, 1, LMB_ABSENT);
	assert_int_equal(lmb_nr_free(), LMBS - 2);
	lmb_reserve((LMBS - 1) * LMB_SIZE, ~0UL, LMB_ABSENT);
	assert_int_equal(lmb_nr_free(), LMBS - 3);
}

static void test_reserve_takes_every_touched_lmb(void **state)
{
	(void)state;
	lmb_reserve(5 * LMB_SIZE - 1, 2, LMB_HYPERVISOR);
	assert_owner(4, 2, LMB_HYPERVISOR);
	assert_owner(6, 1, LMB_FREE);
	lmb_reserve(10 * LMB_SIZE, LMB_SIZE, LMB_ABSENT);
	assert_owner(9, 1, LMB_FREE);
	assert_owner(10, 1, LMB_ABSENT);
	assert_owner(11, 1, LMB_FREE);
	lmb_reserve(20 * LMB_SIZE, 0, LMB_ABSENT);
	assert_owner(20, 1, LMB_FREE);
	lmb_reserve(10 * LMB_SIZE, LMB_SIZE, LMB_HYPERVISOR);
	assert_int_equal(lmb_nr_free(), LMBS - 2 - 3);
}

static void test_alloc_highest_first(void **state)
{
	(void)state;
	assert_int_equal(lmb_alloc(1, 7), LMBS - 1);
	assert_int_equal(table[LMBS - 1].owner, 1);
	assert_int_equal(table[LMBS - 1].logical, 7);
	assert_int_equal(lmb_alloc(2, 0), LMBS - 2);
	lmb_free(LMBS - 1);
	assert_int_equal(lmb_alloc(3, 0), LMBS - 1);
	assert_int_equal(lmb_alloc(3, 1), LMBS - 3);
}

static void test_alloc_to_the_last(void **state)
{
	(void)state;
	for (u32 i = 0; i < LMBS - 2; i++)
		assert_int_equal(lmb_alloc(1, i), LMBS - 1 - i);
	assert_int_equal(lmb_nr_free(), 0);
	assert_int_equal(lmb_alloc(1, 0), LMB_NONE);
	assert_int_equal(lmb_alloc_run(1, 1, 1, 0), LMB_NONE);
	lmb_free(2);
	lmb_free(40);
	assert_int_equal(lmb_alloc_run(1, 1, 1, 0), 2);
	assert_int_equal(lmb_alloc(1, 0), 40);
	assert_int_equal(lmb_alloc(1, 0), LMB_NONE);
}

static void test_run_is_aligned_and_lowest(void **state)
{
	(void)state;
	assert_int_equal(lmb_alloc_run(5, 4, 4, 10), 4);
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(table[4 + i].owner, 5);
		assert_int_equal(table[4 + i].logical, 10 + i);
	}
	assert_int_equal(lmb_alloc_run(5, 2, 1, 0), 2);
	assert_int_equal(lmb_alloc_run(5, 3, 16, 0), 16);
	assert_int_equal(lmb_alloc_run(5, 16, 16, 0), 32);
	assert_int_equal(lmb_alloc_run(5, 16, 16, 0), 48);
	assert_int_equal(lmb_alloc_run(5, 16, 16, 0), LMB_NONE);
	assert_int_equal(lmb_alloc_run(5, 13, 1, 0), 19);
	assert_int_equal(lmb_nr_free(), LMBS - 2 - 4 - 2 - 3 - 16 - 16 - 13);
}

static void test_run_refusals(void **state)
{
	(void)state;
	assert_int_equal(lmb_alloc_run(1, 0, 1, 0), LMB_NONE);
	assert_int_equal(lmb_alloc_run(1, LMBS - 1, 1, 0), LMB_NONE);
	assert_int_equal(lmb_alloc_run(1, 0xffffffffu, 1, 0), LMB_NONE);
	assert_int_equal(lmb_alloc_run(1, 1, 0x80000000u, 0), LMB_NONE);
	assert_int_equal(lmb_alloc_run(1, LMBS - 2, 1, 0), 2);
}

static void test_singles_spare_the_runs(void **state)
{
	(void)state;
	for (u32 i = 0; i < 32; i++)
		assert_int_not_equal(lmb_alloc(1, i), LMB_NONE);
	assert_int_equal(lmb_alloc_run(2, 16, 16, 0), 16);
}

static void test_free_of_what_nobody_has(void **state)
{
	u32 lmb = lmb_alloc(1, 0);

	(void)state;
	lmb_free(lmb);
	expect_assert_failure(lmb_free(lmb));
	expect_assert_failure(lmb_free(0));
	expect_assert_failure(lmb_free(LMBS));
	expect_assert_failure(lmb_free(LMB_NONE));
	assert_int_equal(lmb_nr_free(), LMBS - 2);
}

static void test_logical(void **state)
{
	u32 lmb = lmb_alloc(1, 0x123);

	(void)state;
	assert_int_equal(lmb_logical((u64)lmb << 24), 0x123000000UL);
	assert_int_equal(lmb_logical(((u64)lmb << 24) + 0xabcdef), 0x123abcdefUL);
	lmb_free(lmb);
	lmb = lmb_alloc(1, 0x12345678);
	assert_int_equal(lmb_logical((u64)lmb << 24 | 0xffffff), 0x12345678ffffffUL);
}

static u32 lowest_run(const u16 *owner, u32 count, u32 align)
{
	u32 nr = 0;

	for (u32 first = 0; first + count <= LMBS; first += align) {
		for (nr = 0; nr < count && owner[first + nr] == LMB_FREE;)
			nr++;
		if (nr == count)
			return first;
	}
	return LMB_NONE;
}

/* Random calls against a plain array of owners. */
static void test_random(void **state)
{
	u16 owner[LMBS];
	u32 nr_free = LMBS - 2;

	(void)state;
	srandom(1);
	memset(owner, 0, sizeof(owner));
	owner[0] = owner[1] = LMB_ABSENT;
	for (u32 step = 0; step < 100000; step++) {
		u32 count = 1 + (u32)random() % 8, align = 1u << random() % 4;
		u16 who = (u16)(1 + random() % 200);
		u32 lmb = (u32)random() % LMBS;

		switch (random() % 4) {
		case 0:
			lmb = lmb_alloc(who, step);
			assert_true(lmb != LMB_NONE || nr_free == 0);
			count = 1;
			align = 1;
			break;
		case 1:
			lmb = lmb_alloc_run(who, count, align, step);
			assert_int_equal(lmb, lowest_run(owner, count, align));
			break;
		default:
			if (owner[lmb] != LMB_FREE && owner[lmb] != LMB_ABSENT) {
				lmb_free(lmb);
				owner[lmb] = LMB_FREE;
				nr_free++;
			}
			lmb = LMB_NONE;
		}
		for (u32 i = 0; lmb != LMB_NONE && i < count; i++) {
			assert_int_equal(owner[lmb + i], LMB_FREE);
			assert_int_equal(table[lmb + i].logical, step + i);
			assert_int_equal(lmb % align, 0);
			owner[lmb + i] = who;
			nr_free--;
		}
		assert_int_equal(lmb_nr_free(), nr_free);
		for (u32 i = 0; i < LMBS; i++)
			assert_int_equal(table[i].owner, owner[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_init_has_nothing, setup),
		cmocka_unit_test_setup(test_every_size, setup),
		cmocka_unit_test_setup(test_add_takes_whole_lmbs_only, setup),
		cmocka_unit_test_setup(test_add_twice_counts_once, setup),
		cmocka_unit_test_setup(test_beyond_the_top, setup),
		cmocka_unit_test_setup(test_reserve_takes_every_touched_lmb, setup),
		cmocka_unit_test_setup(test_alloc_highest_first, setup),
		cmocka_unit_test_setup(test_alloc_to_the_last, setup),
		cmocka_unit_test_setup(test_run_is_aligned_and_lowest, setup),
		cmocka_unit_test_setup(test_run_refusals, setup),
		cmocka_unit_test_setup(test_singles_spare_the_runs, setup),
		cmocka_unit_test_setup(test_free_of_what_nobody_has, setup),
		cmocka_unit_test_setup(test_logical, setup),
		cmocka_unit_test_setup(test_random, setup),
	};

	return cmocka_run_group_tests_name("lmb", tests, NULL, NULL);
}
