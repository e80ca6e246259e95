// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/log.c
// The order of the tests matters: the hypervisor's log has one life, and it ends in a panic.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/management.h"

#define HZ 512000000UL

struct machine machine;

static u64 now;
static char early[4096], channel[4096]; /* what has been written to each */
static u32 seized, flushed;
static jmp_buf the_end;

static void append(char *to, const char *text, u64 length)
{
	size_t used = strlen(to);

	assert_true(used + length < 4096);
	/* Whole lines, and text only. */
	assert_int_equal(text[length - 1], '\n');
	assert_int_equal(strnlen(text, length), length);
	memcpy(to + used, text, length);
	to[used + length] = '\0';
}

struct cpu *cpu_this(void)
{
	static struct cpu cpu;

	return &cpu;
}

u64 machine_timebase(void)
{
	return now;
}

void machine_early_write(const char *text, u64 length)
{
	append(early, text, length);
}

void management_log(const char *text, size_t n)
{
	append(channel, text, n);
}

void management_seize(void)
{
	seized++;
}

void management_flush(void)
{
	flushed++;
}

void machine_power_off(void)
{
	longjmp(the_end, 1);
}

static int setup(void **state)
{
	(void)state;
	early[0] = channel[0] = '\0';
	seized = flushed = 0;
	return 0;
}

static void test_before_there_is_a_clock(void **state)
{
	(void)state;
	now = 12345;
	log_init();
	now += HZ;
	log_line("%s %d", "one", 1);
	assert_string_equal(channel, "[    0.000000] one 1\n");
	assert_string_equal(early, channel);
}

static void assert_stamp(u64 hz, u64 ticks, const char *stamp)
{
	setup(NULL);
	machine.timebase_hz = hz;
	now = 12345 + ticks;
	log_line("x");
	assert_memory_equal(channel, stamp, strlen(stamp));
	assert_string_equal(channel + strlen(stamp), "x\n");
}

static void test_time(void **state)
{
	(void)state;
	assert_stamp(HZ, 0, "[    0.000000] ");
	assert_stamp(HZ, HZ - 1, "[    0.999999] ");
	assert_stamp(HZ, HZ * 3 / 2, "[    1.500000] ");
	/* A year, and as long as a timebase lasts. */
	assert_stamp(HZ, 31536000 * HZ, "[31536000.000000] ");
	assert_stamp(HZ, ~0UL, "[36028797018.963967] ");
	/* Not a whole number of ticks a microsecond; and fewer than one. */
	assert_stamp(14318180, 14318180UL * 100, "[  100.000000] ");
	assert_stamp(500000, 750000, "[    1.500000] ");
}

static void test_early_ends(void **state)
{
	(void)state;
	machine.timebase_hz = HZ;
	now = 12345;
	log_early_end();
	log_line("later");
	assert_string_equal(channel, "[    0.000000] later\n");
	assert_string_equal(early, "");
}

/* Of a long line the beginning remains, and its end of line. */
static void test_long_lines(void **state)
{
	static const char stamp[] = "[    0.000000] ";
	char text[600];

	(void)state;
	for (u32 length = 220; length < sizeof(text); length++) {
		u32 kept = MIN(length, 254 - (u32)strlen(stamp));

		setup(NULL);
		memset(text, 'a', length);
		text[length] = '\0';
		log_line("%s", text);
		assert_int_equal(strlen(channel), strlen(stamp) + kept + 1);
		assert_memory_equal(channel, stamp, strlen(stamp));
		assert_memory_equal(channel + strlen(stamp), text, kept);
	}
}

static void test_emergency(void **state)
{
	(void)state;
	log_emergency();
	assert_int_equal(seized, 1);
	log_line("registers");
	assert_string_equal(channel, "[    0.000000] registers\n");
	assert_string_equal(early, channel);
}

/* As from crash(), which has declared the emergency already. */
static void test_panic(void **state)
{
	(void)state;
	if (!setjmp(the_end)) {
		panic("no %s", "way");
		fail();
	}
	assert_string_equal(channel,
			    "[    0.000000] no way\n[    0.000000] the hypervisor stops\n");
	assert_string_equal(early, channel);
	assert_int_equal(seized, 0);
	assert_int_equal(flushed, 1);
}

/* What goes wrong while it stops stops it, without the channel that it may have come from. */
static void test_panic_in_panic(void **state)
{
	(void)state;
	if (!setjmp(the_end)) {
		panic("once more");
		fail();
	}
	assert_string_equal(channel, "");
	assert_string_equal(early,
			    "[    0.000000] once more\n[    0.000000] the hypervisor stops\n");
	assert_int_equal(seized, 1);
	assert_int_equal(flushed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_before_there_is_a_clock, setup),
		cmocka_unit_test_setup(test_time, setup),
		cmocka_unit_test_setup(test_early_ends, setup),
		cmocka_unit_test_setup(test_long_lines, setup),
		cmocka_unit_test_setup(test_emergency, setup),
		cmocka_unit_test_setup(test_panic, setup),
		cmocka_unit_test_setup(test_panic_in_panic, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
