// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/rtas_world.c tests/unit/fake_tlb.c hv/lpar.c partition/nvram.c
// SOURCES: partition/rtas.c partition/rtas_clock.c
/* A partition's time of day: the calendar, and its offset from the machine's clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/rtas_world.h"

#define DAY	86400L
#define LAST	253402300799L /* end of the year 9999 */
#define SECONDS 1700000000L

static int reset(void **state)
{
	(void)state;
	world_reset();
	world.time = SECONDS;
	return 0;
}

/* Asserts that the partition's clock says @seconds, in the words of the C library. */
static void assert_time(time_t seconds)
{
	struct tm *tm = gmtime(&seconds);
	u32 rets[8];

	assert_int_equal(world_call("get-time-of-day", 0, 8, NULL, rets), RTAS_SUCCESS);
	assert_int_equal(rets[1], tm->tm_year + 1900);
	assert_int_equal(rets[2], tm->tm_mon + 1);
	assert_int_equal(rets[3], tm->tm_mday);
	assert_int_equal(rets[4], tm->tm_hour);
	assert_int_equal(rets[5], tm->tm_min);
	assert_int_equal(rets[6], tm->tm_sec);
	assert_int_equal(rets[7], 0);
}

static s32 set(u32 year, u32 month, u32 day, u32 hour, u32 minute, u32 second)
{
	return WORLD_CALL("set-time-of-day", year, month, day, hour, minute, second, 999999999);
}

static void test_get(void **state)
{
	static const time_t times[] = {0, 59, 60, 3599, 3600, DAY - 1, DAY, SECONDS, LAST};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		world.time = (u64)times[i];
		assert_time(times[i]);
	}
	/* Every day until 2110 and then every 97th. */
	for (time_t day = 0; day * DAY < LAST; day += day < 51135 ? 1 : 97) {
		world.time = (u64)(day * DAY + day % DAY);
		assert_time((time_t)world.time);
	}
}

/* A clock that is out of its mind must not keep the hypervisor busy. */
static void test_get_absurd(void **state)
{
	(void)state;
	world.time = (u64)LAST + 1;
	assert_time(LAST);
	world.time = ~0UL;
	assert_time(LAST);
	world.time = 5;
	partition.lpar.tod_offset = (u64)-6L;
	assert_time(LAST);
}

static void test_set(void **state)
{
	time_t seconds = 1582979696; /* 2020-02-29 12:34:56 */

	(void)state;
	assert_int_equal(set(2020, 2, 29, 12, 34, 56), RTAS_SUCCESS);
	assert_time(seconds);
	assert_int_equal(partition.lpar.tod_offset, (u64)(seconds - SECONDS));
	world.time += 100;
	assert_time(seconds + 100);
	assert_int_equal(set(1970, 1, 1, 0, 0, 0), RTAS_SUCCESS);
	assert_time(0);
	assert_int_equal(set(9999, 12, 31, 23, 59, 59), RTAS_SUCCESS);
	assert_time(LAST);
}

/* Setting what was read changes nothing, on any day. */
static void test_set_what_was_read(void **state)
{
	(void)state;
	for (time_t day = 0; day * DAY < LAST; day += 61) {
		time_t seconds = day * DAY + day % DAY;
		struct tm *tm = gmtime(&seconds);

		assert_int_equal(set((u32)tm->tm_year + 1900, (u32)tm->tm_mon + 1, (u32)tm->tm_mday,
				     (u32)tm->tm_hour, (u32)tm->tm_min, (u32)tm->tm_sec),
				 RTAS_SUCCESS);
		assert_int_equal(partition.lpar.tod_offset, (u64)(seconds - SECONDS));
	}
}

static void test_set_refusals(void **state)
{
	static const u32 cases[][7] = {
		{1969, 12, 31, 23, 59, 59, 0},	   {10000, 1, 1, 0, 0, 0, 0},
		{0xffffffff, 1, 1, 0, 0, 0, 0},	   {2023, 0, 1, 0, 0, 0, 0},
		{2023, 13, 1, 0, 0, 0, 0},	   {2023, 0xffffffff, 1, 0, 0, 0, 0},
		{2023, 1, 0, 0, 0, 0, 0},	   {2023, 1, 32, 0, 0, 0, 0},
		{2023, 4, 31, 0, 0, 0, 0},	   {2023, 2, 29, 0, 0, 0, 0},
		{2100, 2, 29, 0, 0, 0, 0},	   {2000, 2, 30, 0, 0, 0, 0},
		{2023, 1, 1, 24, 0, 0, 0},	   {2023, 1, 1, 0, 60, 0, 0},
		{2023, 1, 1, 0, 0, 60, 0},	   {2023, 1, 1, 0, 0, 0, 1000000000},
		{2023, 1, 1, 0xffffffff, 0, 0, 0},
	};
	u32 ret;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(world_call("set-time-of-day", 7, 1, cases[i], &ret),
				 RTAS_PARAMETER);
	assert_int_equal(partition.lpar.tod_offset, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_get, reset),
		cmocka_unit_test_setup(test_get_absurd, reset),
		cmocka_unit_test_setup(test_set, reset),
		cmocka_unit_test_setup(test_set_what_was_read, reset),
		cmocka_unit_test_setup(test_set_refusals, reset),
	};

	return cmocka_run_group_tests_name("rtas clock", tests, NULL, NULL);
}
