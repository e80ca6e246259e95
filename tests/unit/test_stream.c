// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/stream.c
// Streams: a ring that can go back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/stream.h"

static u8 data[64];
static struct stream stream;

static void assert_next(const char *expected)
{
	u8 seen[64];
	u32 n = stream_read(&stream, seen, (u32)strlen(expected));

	assert_int_equal(n, strlen(expected));
	assert_memory_equal(seen, expected, n);
}

static void put(const char *text)
{
	assert_in_range(strlen(text), 0, stream_space(&stream));
	stream_write(&stream, text, (u32)strlen(text));
}

static int setup(void **state)
{
	(void)state;
	stream_init(&stream, data, sizeof(data), 1000);
	return 0;
}

static void test_empty(void **state)
{
	u8 byte;

	(void)state;
	assert_int_equal(stream_read(&stream, &byte, 1), 0);
	assert_int_equal(stream_used(&stream), 0);
	assert_int_equal(stream_space(&stream), sizeof(data));
	assert_int_equal(stream_offset(&stream), 1000);
	assert_int_equal(stream_rewind(&stream, 0), 1000);
}

/* Long enough for positions to go round 2^32. */
static void test_order_is_kept(void **state)
{
	u8 in = 0, out = 0;

	(void)state;
	srand(1);
	stream_init(&stream, data, sizeof(data), UINT32_MAX - 5000);
	for (int round = 0; round < 10000; round++) {
		u8 piece[64];
		u32 n = (u32)rand() % (stream_space(&stream) + 1);

		for (u32 i = 0; i < n; i++)
			piece[i] = in++;
		stream_write(&stream, piece, n);
		n = stream_read(&stream, piece, (u32)rand() % 65);
		for (u32 i = 0; i < n; i++)
			assert_int_equal(piece[i], out++);
	}
}

static void test_rewind(void **state)
{
	(void)state;
	put("0123456789");
	assert_next("0123456789");
	assert_int_equal(stream_rewind(&stream, 1004), 1004);
	assert_next("456789");
	assert_int_equal(stream_rewind(&stream, 1011), 1010);
	assert_int_equal(stream_rewind(&stream, 999), 1000);
	assert_next("0123456789");
}

static void test_rewind_only_to_what_is_there(void **state)
{
	char line[51];

	(void)state;
	memset(line, 'x', 50);
	line[50] = 0;
	put("0123456789");
	assert_next("0123456789");
	put(line);
	assert_next(line);
	put("abcdefgh");
	assert_int_equal(stream_rewind(&stream, 0), 1004);
	assert_next("456789xx");
}

static void test_rewind_makes_full(void **state)
{
	char line[65];

	(void)state;
	memset(line, 'x', 64);
	line[64] = 0;
	put(line);
	assert_next(line);
	assert_int_equal(stream_rewind(&stream, 1000), 1000);
	assert_int_equal(stream_space(&stream), 0);
	assert_next(line);
}

static void test_drop_whole_lines(void **state)
{
	(void)state;
	put("first line\nsecond line\nthird line\nfourth line, the longest\n");
	assert_next("first");
	assert_int_equal(stream_drop_lines(&stream, 12), 1);
	assert_int_equal(stream_offset(&stream), 1005);
	assert_int_equal(stream_drop_lines(&stream, 17), 1);
	assert_int_equal(stream_rewind(&stream, 1000), 1005);
	stream_prepend(&stream, "<2>", 3);
	assert_int_equal(stream_offset(&stream), 1005);
	assert_next("<2>third line\nfourth line");
	assert_int_equal(stream_rewind(&stream, 1008), 1008);
	assert_next("third line\nfourth line, the longest\n");
}

static void test_drop_without_newline(void **state)
{
	(void)state;
	put("no newline anywhere in it");
	assert_int_equal(stream_drop_lines(&stream, 60), 0);
	assert_int_equal(stream_used(&stream), 0);
	put("next\n");
	assert_next("next\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty, setup),
		cmocka_unit_test_setup(test_order_is_kept, setup),
		cmocka_unit_test_setup(test_rewind, setup),
		cmocka_unit_test_setup(test_rewind_only_to_what_is_there, setup),
		cmocka_unit_test_setup(test_rewind_makes_full, setup),
		cmocka_unit_test_setup(test_drop_whole_lines, setup),
		cmocka_unit_test_setup(test_drop_without_newline, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
