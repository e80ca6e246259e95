// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/link.c hv/stream.c hv/frame.c tests/unit/link_wire.c
// The hypervisor's log on the management UART.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/link_wire.h"

static void test_log(void **state)
{
	(void)state;
	log_put("one\n");
	log_put("two\nthree\n");
	link_log_write(l, "", 0);
	settle();
	assert_text(0, "one\ntwo\nthree\n");
}

static u32 log_numbers(u32 from, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		char line[32];

		snprintf(line, sizeof(line), "line number %u\n", from + i);
		log_put(line);
	}
	return from + n;
}

/* Reads "line number N" and "[N lines lost]" lines: together they account for all. */
static void assert_log_complete(u32 written, u32 marks_expected)
{
	u32 next = 0, marks = 0;
	char *line = seen.text[0];

	seen.text[0][seen.text_length[0]] = 0;
	while (*line) {
		char *end = strchr(line, '\n');
		unsigned int n;

		assert_non_null(end);
		if (sscanf(line, "line number %u\n", &n) == 1) {
			assert_int_equal(n, next);
			next++;
		} else {
			assert_int_equal(sscanf(line, "[%u lines lost]\n", &n), 1);
			next += n;
			marks++;
		}
		line = end + 1;
	}
	assert_int_equal(next, written);
	assert_int_equal(marks, marks_expected);
	assert_int_equal(seen.stream_offset[0], seen.text_length[0]);
}

static void test_log_drops_oldest(void **state)
{
	u32 n;

	(void)state;
	uart_room = 0;
	n = log_numbers(0, 20000);
	settle();
	assert_log_complete(n, 1);
	assert_in_range(seen.text_length[0], LINK_LOG_SIZE - 9 * KiB, LINK_LOG_SIZE);
	n = log_numbers(n, 20000);
	settle();
	assert_log_complete(n, 2);
}

static void test_log_drops_in_the_middle_of_a_line(void **state)
{
	char all[LINK_STREAM_MAX + 100];

	(void)state;
	memset(all, 'x', sizeof(all));
	all[sizeof(all) - 2] = '\n';
	all[sizeof(all) - 1] = 0;
	log_put(all);
	uart_room = 100;
	link_poll(l, 100);
	uart_room = 0;
	log_numbers(0, 10000);
	settle();
	all[LINK_STREAM_MAX] = 0;
	assert_int_equal(strlen(all), LINK_STREAM_MAX);
	assert_memory_equal(seen.text[0], all, LINK_STREAM_MAX);
	assert_memory_equal(seen.text[0] + LINK_STREAM_MAX, "\n[", 2);
}

static void test_log_longer_than_the_ring(void **state)
{
	static char text[3 * LINK_LOG_SIZE];

	(void)state;
	memset(text, 'y', sizeof(text));
	text[sizeof(text) - 1] = '\n';
	link_log_write(l, text, sizeof(text));
	log_put("after\n");
	settle();
	assert_memory_equal(seen.text[0] + seen.text_length[0] - 7, "\nafter\n", 7);
}

/* A lost frame of the log after lines were dropped: what is there comes again, as one stream. */
static void test_log_resume_after_drop(void **state)
{
	u32 n;

	(void)state;
	log_put("sent\n");
	settle();
	uart_room = 0;
	n = log_numbers(0, 20000);
	(void)n;
	send_resume(HMC_CHANNEL_LOG, 0);
	forget();
	settle();
	assert_int_equal(be32_to_cpu(seen.resume.offset), 5);
	assert_memory_equal(seen.text[0], "[", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_log, setup),
		cmocka_unit_test_setup(test_log_drops_oldest, setup),
		cmocka_unit_test_setup(test_log_drops_in_the_middle_of_a_line, setup),
		cmocka_unit_test_setup(test_log_longer_than_the_ring, setup),
		cmocka_unit_test_setup(test_log_resume_after_drop, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
