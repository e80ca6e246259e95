// SPDX-License-Identifier: Apache-2.0
// SOURCES: vio/tce.c vio/tce_hcall.c vio/adapter.c hv/lpar.c tests/unit/tce_world.c
// TCE tables: what may be mapped, and what is reached through them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "papr/hcall.h"
#include "papr/vio.h"
#include "tests/unit/tce_world.h"
#include "vio/tce.h"

#define LIOBN	WORLD_LIOBN(1)
#define END	(WORLD_PAGES * TCE_PAGE_SIZE)
#define PAGE(n) ((u64)(n)*TCE_PAGE_SIZE)
#define RW	3

static struct lpar *lpar;
static struct tce_table *table;

static int setup(void **state __unused)
{
	world_open();
	lpar = &world[1].lpar;
	table = &world[1].adapter->window;
	return 0;
}

static int teardown(void **state __unused)
{
	world_check();
	world_close();
	return 0;
}

static s64 put(u64 ioba, u64 tce)
{
	return world_hcall(1, H_PUT_TCE, LIOBN, ioba, tce, 0);
}

static u64 get(u64 ioba)
{
	assert_int_equal(world_hcall(1, H_GET_TCE, LIOBN, ioba, 0, 0), H_SUCCESS);
	return world[1].vp.gpr[4];
}

static void entries_are_what_was_put(void **state __unused)
{
	assert_int_equal(get(0), 0);
	assert_int_equal(put(PAGE(3), PAGE(7) | RW), H_SUCCESS);
	assert_int_equal(get(PAGE(3)), PAGE(7) | RW);
	assert_int_equal(get(PAGE(3) + 0xfff), PAGE(7) | RW);
	assert_int_equal(get(PAGE(2)), 0);
	assert_int_equal(get(PAGE(4)), 0);
	/* Reserved bits count for nothing, those of an address in a page neither. */
	assert_int_equal(put(END - 1, (WORLD_MEMORY - TCE_PAGE_SIZE) | 0xffc | TCE_READ),
			 H_SUCCESS);
	assert_int_equal(get(END - TCE_PAGE_SIZE), (WORLD_MEMORY - TCE_PAGE_SIZE) | TCE_READ);
	/* A page fault may have any number. */
	assert_int_equal(put(PAGE(3), ~0xfffUL), H_SUCCESS);
	assert_int_equal(get(PAGE(3)), ~0xfffUL);
	assert_null(tce_ptr(lpar, table, PAGE(3), 1, TCE_READ));
}

static void what_is_not_the_partitions_is_refused(void **state __unused)
{
	static const u64 liobns[] = {0,
				     1,
				     LIOBN + 1,
				     LIOBN - 0x10,
				     LIOBN + 2,
				     LIOBN + 0x10,
				     1UL << 32 | LIOBN,
				     WORLD_LIOBN(2),
				     ~0UL,
				     LIOBN + 0x20,
				     1UL << 63 | LIOBN};
	static const u64 iobas[] = {END, END + PAGE(1), 1UL << 32, 1UL << 63, ~0UL};

	for (u32 i = 0; i < ARRAY_SIZE(liobns); i++) {
		assert_int_equal(world_hcall(1, H_PUT_TCE, liobns[i], 0, RW, 0), H_PARAMETER);
		assert_int_equal(world_hcall(1, H_GET_TCE, liobns[i], 0, 0, 0), H_PARAMETER);
		assert_int_equal(world_hcall(1, H_STUFF_TCE, liobns[i], 0, RW, 1), H_PARAMETER);
		assert_int_equal(world_hcall(1, H_PUT_TCE_INDIRECT, liobns[i], 0, 0, 1),
				 (s64)liobns[i] < 0 ? H_FUNCTION : H_PARAMETER);
	}
	for (u32 i = 0; i < ARRAY_SIZE(iobas); i++) {
		assert_int_equal(put(iobas[i], RW), H_PARAMETER);
		assert_int_equal(world_hcall(1, H_GET_TCE, LIOBN, iobas[i], 0, 0), H_PARAMETER);
		assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, iobas[i], RW, 1), H_PARAMETER);
		assert_int_equal(world_hcall(1, H_PUT_TCE_INDIRECT, LIOBN, iobas[i], 0, 1),
				 H_PARAMETER);
	}
	for (u32 access = 1; access <= RW; access++) {
		assert_int_equal(put(0, WORLD_MEMORY | access), H_PARAMETER);
		assert_int_equal(put(0, 1UL << 63 | access), H_PARAMETER);
		assert_int_equal(put(0, ~0xfffUL | access), H_PARAMETER);
	}
	for (u32 page = 0; page < WORLD_PAGES; page++)
		assert_int_equal(get(PAGE(page)), 0);
	/* Without a bus, there is nothing. */
	lpar = &world[2].lpar;
	free(lpar->bus);
	lpar->bus = NULL;
	assert_int_equal(world_hcall(2, H_PUT_TCE, WORLD_LIOBN(2), 0, RW, 0), H_PARAMETER);
}

static void memory_that_was_lost_is_told(void **state __unused)
{
	u64 last = WORLD_MEMORY - TCE_PAGE_SIZE;

	assert_int_equal(put(0, last | RW), H_SUCCESS);
	assert_ptr_equal(tce_ptr(lpar, table, 5, 1, RW), world_at(1, last + 5));
	lpar->map.nr_lmbs--;
	assert_int_equal(world_hcall(1, H_GET_TCE, LIOBN, 0, 0, 0), H_PARTIAL);
	assert_int_equal(world[1].vp.gpr[4], ~0xfffUL | RW);
	assert_null(tce_ptr(lpar, table, 5, 1, RW));
	lpar->map.nr_lmbs++;
}

static void many_are_stuffed(void **state __unused)
{
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, PAGE(2), PAGE(1) | TCE_WRITE, 5),
			 H_SUCCESS);
	assert_int_equal(get(PAGE(1)), 0);
	for (u32 page = 2; page < 7; page++)
		assert_int_equal(get(PAGE(page)), PAGE(1) | TCE_WRITE);
	assert_int_equal(get(PAGE(7)), 0);
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, PAGE(3), 0, 0), H_SUCCESS);
	assert_int_equal(get(PAGE(3)), PAGE(1) | TCE_WRITE);
	/* All or nothing. */
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, PAGE(60), PAGE(1) | RW, 5),
			 H_PARAMETER);
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, PAGE(60), WORLD_MEMORY | RW, 4),
			 H_PARAMETER);
	assert_int_equal(get(PAGE(60)), 0);
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, 0, 0, 513), H_P4);
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, 0, 0, ~0UL), H_P4);
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, END, 0, 513), H_PARAMETER);
	assert_int_equal(world_hcall(1, H_STUFF_TCE, LIOBN, PAGE(60) + 7, PAGE(1) | RW, 4),
			 H_SUCCESS);
	assert_int_equal(get(END - 1), PAGE(1) | RW);
}

static s64 put_list(u64 ioba, u64 list, u64 count)
{
	return world_hcall(1, H_PUT_TCE_INDIRECT, LIOBN, ioba, list, count);
}

static void lists_are_put(void **state __unused)
{
	be64 *list = (be64 *)world_at(1, PAGE(20));

	for (u32 i = 0; i < 512; i++)
		list[i] = cpu_to_be64(i < 64 ? PAGE(i % 64) | (i & RW) : WORLD_MEMORY | RW);
	assert_int_equal(put_list(0, PAGE(20), 64), H_SUCCESS);
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(get(PAGE(i)), PAGE(i) | (i & RW));
	assert_int_equal(put_list(PAGE(63), PAGE(20), 2), H_PARAMETER);
	assert_int_equal(put_list(0, PAGE(20), 65), H_PARAMETER);
	assert_int_equal(put_list(0, PAGE(20), 513), H_PARAMETER);
	assert_int_equal(put_list(0, PAGE(20), ~0UL), H_PARAMETER);
	assert_int_equal(put_list(0, PAGE(20) + 8, 1), H_PARAMETER);
	assert_int_equal(put_list(0, WORLD_MEMORY, 1), H_PARAMETER);
	assert_int_equal(put_list(0, ~0xfffUL, 1), H_PARAMETER);
	assert_int_equal(put_list(0, PAGE(20), 0), H_SUCCESS);
	/* One that is wrong spoils all. */
	for (u32 i = 0; i < 4; i++)
		list[i] = cpu_to_be64(PAGE(9) | RW);
	list[3] = cpu_to_be64(WORLD_MEMORY | TCE_READ);
	assert_int_equal(put_list(0, PAGE(20), 4), H_PARAMETER);
	assert_int_equal(get(PAGE(1)), PAGE(1) | 1);
	assert_int_equal(world_hcall(1, H_PUT_TCE_INDIRECT, ~0UL, 0, PAGE(20), 1), H_FUNCTION);
}

static void access_is_as_it_was_mapped(void **state __unused)
{
	u8 byte[4];

	assert_int_equal(put(0, PAGE(17) | TCE_READ), H_SUCCESS);
	assert_int_equal(put(PAGE(1), PAGE(18) | TCE_WRITE), H_SUCCESS);
	assert_ptr_equal(tce_ptr(lpar, table, 9, 8, TCE_READ), world_at(1, PAGE(17) + 9));
	assert_null(tce_ptr(lpar, table, 9, 8, TCE_WRITE));
	assert_null(tce_ptr(lpar, table, 9, 8, RW));
	assert_null(tce_ptr(lpar, table, PAGE(1), 8, TCE_READ));
	assert_ptr_equal(tce_ptr(lpar, table, PAGE(1), TCE_PAGE_SIZE, TCE_WRITE),
			 world_at(1, PAGE(18)));
	assert_null(tce_ptr(lpar, table, PAGE(1) - 1, 2, 0));
	assert_null(tce_ptr(lpar, table, END, 0, 0));
	assert_null(tce_ptr(lpar, table, ~0UL, 2, 0));
	assert_false(tce_copy_in(lpar, table, byte, PAGE(1), 1));
	assert_true(tce_copy_in(lpar, table, byte, PAGE(1) - 4, 4));
	assert_false(tce_copy_in(lpar, table, byte, PAGE(1) - 2, 4));
	assert_false(tce_copy_out(lpar, table, 0, byte, 1));
	assert_true(tce_copy_out(lpar, table, PAGE(1) + 1, byte, 4));
	assert_false(tce_copy_out(lpar, table, PAGE(2) - 2, byte, 4));
	assert_true(tce_range_mapped(lpar, table, 0, PAGE(1), TCE_READ));
	assert_false(tce_range_mapped(lpar, table, 0, PAGE(1) + 1, TCE_READ));
	assert_true(tce_range_mapped(lpar, table, PAGE(5), 0, RW));
	assert_true(tce_range_mapped(lpar, table, END, 0, RW));
	assert_false(tce_range_mapped(lpar, table, END + 1, 0, RW));
	assert_false(tce_range_mapped(lpar, table, END - 1, 2, 0));
	assert_false(tce_range_mapped(lpar, table, 16, ~0UL, 0));
}

/* Any order of pages, any offset and length: byte for byte what a slow copy makes. */
static void copies_across_pages(void **state __unused)
{
	static u8 bytes[END];
	u32 random = 1;

	for (u32 page = 0; page < WORLD_PAGES; page++)
		assert_int_equal(put(PAGE(page), PAGE((page * 37 + 11) % WORLD_PAGES) | RW),
				 H_SUCCESS);
	for (u32 round = 0; round < 2000; round++) {
		u64 at = (random = random * 1103515245 + 12345) % END;
		u64 length = (random >> 8) % (round % 2 ? 100 : 20000);

		length = MIN(length, END - at);
		for (u64 i = 0; i < length; i++)
			bytes[i] = (u8)(i * 7 + round);
		assert_true(tce_copy_out(lpar, table, at, bytes, length));
		for (u64 i = 0; i < length; i += 1 + i / 64) {
			u64 page = ((at + i) / TCE_PAGE_SIZE * 37 + 11) % WORLD_PAGES;

			assert_int_equal(*world_at(1, PAGE(page) + (at + i) % TCE_PAGE_SIZE),
					 (u8)(i * 7 + round));
		}
		memset(bytes, 0, sizeof(bytes));
		assert_true(tce_copy_in(lpar, table, bytes, at, length));
		for (u64 i = 0; i < length; i++)
			if (bytes[i] != (u8)(i * 7 + round))
				fail();
	}
}

static void copies_between_partitions(void **state __unused)
{
	const struct tce_place here = {lpar, table, 100};
	struct tce_place there = {&world[2].lpar, &world[2].adapter->window, PAGE(1) + 3};

	for (u32 page = 0; page < 4; page++) {
		assert_int_equal(put(PAGE(page), PAGE(30 + page) | TCE_READ), H_SUCCESS);
		assert_int_equal(world_hcall(2, H_PUT_TCE, WORLD_LIOBN(2), PAGE(page),
					     PAGE(50 - page) | TCE_WRITE, 0),
				 H_SUCCESS);
	}
	for (u32 i = 0; i < 4 * TCE_PAGE_SIZE; i++)
		*world_at(1, PAGE(30) + i) = (u8)(i * 31 >> 3);
	assert_int_equal(tce_copy(&there, &here, 10000), H_SUCCESS);
	for (u32 i = 0; i < 10000; i++) {
		u64 to = PAGE(1) + 3 + i;

		assert_int_equal(*world_at(2, PAGE(50 - to / TCE_PAGE_SIZE) + to % TCE_PAGE_SIZE),
				 (u8)((100 + i) * 31 >> 3));
	}
	assert_int_equal(tce_copy(&there, &here, 0), H_SUCCESS);
	assert_int_equal(tce_copy(&here, &there, 10), H_PERMISSION);
	assert_int_equal(tce_copy(&there, &here, PAGE(4) - 100 + 1), H_PERMISSION);
	assert_int_equal(tce_copy(&there, &here, END - 99), H_SOURCE_PARM);
	assert_int_equal(tce_copy(&there, &here, END - PAGE(1)), H_DEST_PARM);
	assert_int_equal(tce_copy(&there, &here, ~0UL), H_SOURCE_PARM);
	there.ioba = ~0UL;
	assert_int_equal(tce_copy(&there, &here, 1), H_DEST_PARM);
}

/* Both ends may be the same memory. */
static void copies_onto_itself(void **state __unused)
{
	const struct tce_place from = {lpar, table, 0};

	assert_int_equal(put(0, PAGE(3) | RW), H_SUCCESS);
	assert_int_equal(put(PAGE(1), PAGE(3) | RW), H_SUCCESS);
	for (u64 ioba = 0; ioba < 2 * TCE_PAGE_SIZE - 500; ioba += 13) {
		const struct tce_place to = {lpar, table, ioba};

		assert_int_equal(tce_copy(&to, &from, 500), H_SUCCESS);
	}
}

static void tables_begin_and_end_empty(void **state __unused)
{
	struct tce_table none = {0};

	assert_int_equal(put(PAGE(1), PAGE(1) | RW), H_SUCCESS);
	tce_table_reset(table);
	assert_int_equal(get(PAGE(1)), 0);
	assert_int_equal(tce_table_memory(table), WORLD_PAGES * 8);
	assert_int_equal(tce_table_memory(&none), 0);
	assert_false(tce_range_valid(&none, 0, 1));
	assert_null(tce_ptr(lpar, &none, 0, 1, 0));
	tce_table_reset(&none);
	tce_table_close(&none);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_are_what_was_put),
		TEST(what_is_not_the_partitions_is_refused),
		TEST(memory_that_was_lost_is_told),
		TEST(many_are_stuffed),
		TEST(lists_are_put),
		TEST(access_is_as_it_was_mapped),
		TEST(copies_across_pages),
		TEST(copies_between_partitions),
		TEST(copies_onto_itself),
		TEST(tables_begin_and_end_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
