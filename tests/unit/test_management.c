// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/management.c hv/link.c hv/stream.c hv/frame.c
// The order of the tests matters: the last ones ask for the end of the machine.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hv/machine.h"
#include "hv/management.h"
#include "hv/stats.h"

#define HZ	  512000000UL
#define WIRE_SIZE (1024 * KiB)
#define BOOT_ID	  0x77

struct machine machine = {.timebase_hz = HZ};

static struct link_console console[3];
static u64 now, tick; /* the timebase, and how much it advances whenever it is read */

/* The UART. */
static u8 in[WIRE_SIZE], out[WIRE_SIZE];
static size_t in_length, in_next, out_length, out_read;
static int room;	     /* bytes that it takes at a time; 0: it is stuck */
static void (*on_tx)(void);  /* whenever a byte is sent; may be NULL */
static u32 rx_calls, inputs; /* inputs: calls of console_input() */

/* What was read from the wire. */
static struct frame_decoder decoder;
static char text[3][WIRE_SIZE]; /* of the log and consoles 1 and 2 */
static size_t text_length[3];
static u32 boots, descriptions, hellos, replies;
static struct hmc_partition description;
static struct hmc_reply reply;

static jmp_buf the_end;
static u32 power_offs, reboots;

u64 machine_timebase(void)
{
	now += tick;
	return now;
}

void machine_power_off(void)
{
	power_offs++;
	longjmp(the_end, 1);
}

void machine_reboot(void)
{
	reboots++;
	longjmp(the_end, 1);
}

static int tx_ready(void *ctx)
{
	assert_null(ctx);
	return room;
}

/* Several processors send, and the test reads. */
static pthread_mutex_t wire = PTHREAD_MUTEX_INITIALIZER;

static void tx(void *ctx, u8 byte)
{
	assert_null(ctx);
	pthread_mutex_lock(&wire);
	assert_true(out_length < sizeof(out));
	out[out_length++] = byte;
	pthread_mutex_unlock(&wire);
	if (on_tx)
		on_tx();
}

static int rx(void *ctx)
{
	assert_null(ctx);
	rx_calls++;
	return in_next < in_length ? in[in_next++] : -1;
}

static const struct link_port uart = {tx_ready, tx, rx};

static void describe(u16 lpar_id, struct hmc_partition *partition)
{
	partition->state = HMC_STATE_RUNNING;
	snprintf(partition->name, sizeof(partition->name), "lp%u", lpar_id);
}

size_t stats_message(u32 i, struct hmc_control *message)
{
	struct hmc_stats_reply stats = {.reply.control.type = HMC_STATS | HMC_REPLY};

	assert_int_equal(i, 0);
	memcpy(message, &stats, sizeof(stats));
	return sizeof(stats);
}

static void console_input(u16 lpar_id)
{
	assert_int_equal(lpar_id, 1);
	inputs++;
}

static void control_seen(void)
{
	const struct hmc_control *control = (const void *)decoder.payload;

	switch (control->type) {
	case HMC_BOOT:
		boots++;
		break;
	case HMC_PARTITION:
		descriptions++;
		memcpy(&description, control, sizeof(description));
		break;
	case HMC_HELLO | HMC_REPLY:
		hellos++;
		break;
	case HMC_CREDIT:
		break;
	default:
		replies++;
		memcpy(&reply, control, sizeof(reply));
	}
}

/* Reads what has been sent since the last time. */
static void read_wire(void)
{
	for (; out_read < out_length; out_read++) {
		enum frame_event event = frame_decoder_push(&decoder, out[out_read]);
		size_t n = decoder.length - sizeof(struct hmc_stream);
		u32 i;

		assert_int_not_equal(event, FRAME_DAMAGED);
		if (event == FRAME_NONE)
			continue;
		if (decoder.channel == HMC_CHANNEL_CONTROL) {
			control_seen();
			continue;
		}
		i = decoder.channel == HMC_CHANNEL_LOG ? 0 : decoder.channel - HMC_CHANNEL_CONSOLE;
		memcpy(text[i] + text_length[i], decoder.payload + sizeof(struct hmc_stream), n);
		text_length[i] += n;
		text[i][text_length[i]] = '\0';
	}
}

static void send(u16 channel, const void *a, size_t na, const void *b, size_t nb)
{
	struct frame_encoder encoder;

	frame_begin(&encoder, in + in_length, channel);
	frame_add(&encoder, a, na);
	frame_add(&encoder, b, nb);
	in_length = (size_t)(frame_end(&encoder) - in);
}

static void request(u8 type, u8 value, size_t length)
{
	struct hmc_power message = {{type, cpu_to_be32(5)}, value};

	send(HMC_CHANNEL_CONTROL, &message, length, "", 0);
}

static void settle(void)
{
	size_t before;

	do {
		before = out_length + in_next;
		management_poll();
	} while (before != out_length + in_next);
	read_wire();
}

/* The channel is open, and partition 1 and 2 have consoles. */
static int open_channel(void **state)
{
	(void)state;
	management_describe = describe;
	management_console_input = console_input;
	in_length = in_next = out_length = out_read = 0;
	room = 16;
	tick = 0;
	on_tx = NULL;
	frame_decoder_init(&decoder);
	management_init(BOOT_ID);
	management_start(&uart);
	management_ready();
	for (u16 i = 1; i <= 2; i++)
		assert_int_equal(management_console_open(i, &console[i]), 0);
	memset(text_length, 0, sizeof(text_length));
	boots = descriptions = hellos = replies = inputs = rx_calls = 0;
	return 0;
}

/* … and nothing waits. */
static int setup(void **state)
{
	open_channel(state);
	settle();
	boots = descriptions = rx_calls = 0;
	return 0;
}

/* --- start --- */

static void test_what_comes_before_the_start_is_kept(void **state)
{
	(void)state;
	management_start(NULL);
	management_init(BOOT_ID);
	management_log("one\n", 4);
	assert_int_equal(management_console_open(1, &console[1]), 0);
	assert_int_equal(management_console_write(1, "two", 3), 0);
	out_length = out_read = 0;
	management_poll();
	assert_int_equal(out_length, 0);
	assert_int_equal(rx_calls, 0);
	management_start(&uart);
	settle();
	assert_int_equal(boots, 1);
	assert_int_equal(descriptions, 1);
	assert_string_equal(text[0], "one\n");
	assert_string_equal(text[1], "two");
}

static void test_hello_is_answered_when_all_is_ready(void **state)
{
	(void)state;
	management_init(BOOT_ID);
	request(HMC_HELLO, 0, sizeof(struct hmc_control));
	settle();
	assert_int_equal(hellos, 0);
	management_ready();
	request(HMC_HELLO, 0, sizeof(struct hmc_control));
	settle();
	assert_int_equal(hellos, 1);
}

/* --- what passes through --- */

static void test_consoles(void **state)
{
	struct hmc_stream header = {.offset = cpu_to_be32(0)};
	char typed[8] = "";

	(void)state;
	assert_int_equal(management_console_write(1, "hello", 5), 0);
	assert_int_equal(management_console_write(2, "world", 5), 0);
	assert_int_equal(management_console_write(3, "nobody", 6), -1);
	send(HMC_CHANNEL_CONSOLE + 1, &header, sizeof(header), "ls\r", 3);
	settle();
	assert_string_equal(text[1], "hello");
	assert_string_equal(text[2], "world");
	assert_int_equal(inputs, 1);
	assert_int_equal(management_console_read(1, typed, sizeof(typed)), 3);
	assert_string_equal(typed, "ls\r");
	assert_int_equal(management_console_read(1, typed, sizeof(typed)), 0);
	assert_int_equal(management_console_read(3, typed, sizeof(typed)), 0);
	assert_int_equal(management_console_open(1, &console[0]), -1);
	assert_int_equal(management_console_open(0, &console[0]), -1);
}

static void test_announce(void **state)
{
	(void)state;
	management_announce(2);
	management_announce(3);
	management_announce(0xffff);
	settle();
	assert_int_equal(descriptions, 1);
	assert_int_equal(be16_to_cpu(description.lpar_id), 2);
	assert_string_equal(description.name, "lp2");
	assert_int_equal(description.state, HMC_STATE_RUNNING);
}

/* A partition that writes a lot sends it itself; one that writes little does not wait for it. */
static void test_who_writes_much_sends_it(void **state)
{
	size_t before = out_length;
	char chars[16];

	(void)state;
	memset(chars, 'y', sizeof(chars));
	for (u32 i = 0; i < 32; i++)
		assert_int_equal(management_console_write(1, chars, sizeof(chars)), 0);
	assert_int_equal(out_length, before);
	for (u32 i = 0; i < 2000; i++)
		assert_int_equal(management_console_write(1, chars, sizeof(chars)), 0);
	assert_in_range(out_length - before, 2000 * sizeof(chars), 2100 * sizeof(chars));
	before = out_length;
	assert_int_equal(management_console_write(2, chars, sizeof(chars)), 0);
	assert_int_equal(out_length, before);
}

/* More than a poll sends. */
static void log_much(void)
{
	char line[64];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (u32 i = 0; i < 200; i++)
		management_log(line, sizeof(line));
}

/* Nor longer than its time, where the firmware is slow. */
static void test_poll_takes_little_time(void **state)
{
	size_t before = out_length;

	(void)state;
	log_much();
	tick = machine.timebase_hz / 1000000 * 60;
	management_poll();
	tick = 0;
	assert_in_range(out_length - before, 1, 64);
}

/* One poll is no longer than its share, whatever waits. */
static void test_poll_is_bounded(void **state)
{
	size_t before = out_length;

	(void)state;
	log_much();
	for (u32 i = 0; i < 400; i++)
		request(HMC_HELLO, 0, sizeof(struct hmc_control));
	management_poll();
	assert_int_equal(out_length - before, 1024);
	assert_in_range(in_next, 1, 1024);
}

/* --- flush --- */

static void test_flush_sends_all(void **state)
{
	(void)state;
	for (u32 i = 0; i < 1000; i++)
		management_log("a line of the log\n", 18);
	management_flush();
	read_wire();
	assert_int_equal(text_length[0], 18000);
}

static void test_flush_gives_up(void **state)
{
	u64 start = now;

	(void)state;
	management_log("x\n", 2);
	room = 0;
	tick = 1000;
	management_flush();
	assert_in_range(now - start, 2 * HZ, 2 * HZ + 10000);
	/* Without a UART, and without a clock. */
	management_start(NULL);
	management_flush();
	assert_in_range(now - start, 4 * HZ, 4 * HZ + 20000);
	machine.timebase_hz = 0;
	management_flush();
	machine.timebase_hz = HZ;
	assert_in_range(now - start, 4 * HZ, 4 * HZ + 30000);
}

/* --- locks --- */

/* As an interrupt that hits the hypervisor while it sends. */
static void crash(void)
{
	on_tx = NULL;
	tick = 1000;
	management_seize();
	management_log("crash\n", 6);
	management_console_write(1, "y", 1);
	room = 16;
	management_flush();
	longjmp(the_end, 1);
}

static void test_crash_inside_the_channel(void **state)
{
	(void)state;
	management_log("x\n", 2);
	on_tx = crash;
	alarm(20); /* ends a test that waits for itself */
	if (!setjmp(the_end))
		management_poll();
	alarm(0);
	read_wire();
	assert_string_equal(text[0], "x\ncrash\n");
	assert_string_equal(text[1], "y");
}

/* … and while nobody is in it: it is free afterwards as before, at once. */
static void test_seize_of_a_free_channel(void **state)
{
	u64 start = now;

	(void)state;
	tick = 1;
	management_seize();
	management_log("x\n", 2);
	assert_in_range(now - start, 0, 10);
	request(HMC_STATS, 0, sizeof(struct hmc_control));
	settle();
	assert_string_equal(text[0], "x\n");
	/* What takes locks that others may have is not done any more. */
	assert_int_equal(replies, 1);
	assert_int_equal(be16_to_cpu(reply.status), HMC_REFUSED);
}

#define WRITERS 2
#define LINES	20000

static u32 writers;

/* Lines of one virtual processor of partition 1, and now and then something else. */
static void *write_much(void *arg)
{
	char line[32], letter = *(char *)arg;

	for (u32 i = 0; i < LINES; i++) {
		int n = snprintf(line, sizeof(line), "%c%u\n", letter, i);

		while (management_console_write(1, line, (size_t)n) != 0)
			;
		if (i % 64 == 0)
			management_announce(2);
	}
	__atomic_fetch_sub(&writers, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Several processors write while this one sends: nothing is lost, doubled or mixed. */
static void test_many_processors(void **state)
{
	static char letters[] = "ab";
	u32 lines[WRITERS] = {0};
	pthread_t thread[WRITERS];
	char *next = text[1];

	(void)state;
	writers = WRITERS;
	for (u32 i = 0; i < WRITERS; i++)
		pthread_create(&thread[i], NULL, write_much, &letters[i]);
	while (__atomic_load_n(&writers, __ATOMIC_SEQ_CST)) {
		management_poll();
		pthread_mutex_lock(&wire);
		read_wire();
		out_length = out_read = 0;
		pthread_mutex_unlock(&wire);
	}
	for (u32 i = 0; i < WRITERS; i++)
		pthread_join(thread[i], NULL);
	settle();
	while (*next) {
		u32 i = (u32)(*next - 'a');

		assert_in_range(i, 0, WRITERS - 1);
		assert_int_equal(strtoul(next + 1, &next, 10), lines[i]++);
		assert_int_equal(*next++, '\n');
	}
	for (u32 i = 0; i < WRITERS; i++)
		assert_int_equal(lines[i], LINES);
	assert_true(descriptions > 0);
}

/* --- requests --- */

static void test_stats(void **state)
{
	(void)state;
	request(HMC_STATS, 0, sizeof(struct hmc_control));
	settle();
	assert_int_equal(replies, 1);
	assert_int_equal(reply.control.type, HMC_STATS | HMC_REPLY);
	assert_int_equal(be16_to_cpu(reply.status), HMC_OK);
}

static void assert_refused(u8 type, u8 value, size_t length, u16 status)
{
	setup(NULL);
	request(type, value, length);
	settle();
	assert_int_equal(replies, 1);
	assert_int_equal(reply.control.type, type | HMC_REPLY);
	assert_int_equal(be32_to_cpu(reply.control.id), 5);
	assert_int_equal(be16_to_cpu(reply.status), status);
	assert_int_equal(power_offs + reboots, 0);
}

static void test_requests_refused(void **state)
{
	(void)state;
	assert_refused(HMC_POWER, HMC_POWER_OFF, sizeof(struct hmc_control), HMC_BAD_LENGTH);
	assert_refused(HMC_POWER, 0, sizeof(struct hmc_power), HMC_BAD_VALUE);
	assert_refused(HMC_POWER, HMC_POWER_REBOOT + 1, sizeof(struct hmc_power), HMC_BAD_VALUE);
	assert_refused(HMC_POWER, 0xff, sizeof(struct hmc_power), HMC_BAD_VALUE);
	assert_refused(0x3f, 1, sizeof(struct hmc_power), HMC_UNKNOWN);
	assert_refused(HMC_PARTITION, 1, sizeof(struct hmc_power), HMC_UNKNOWN);
}

/* The reply, and everything else that waits, is sent before the end. */
static void check_power(u8 action)
{
	management_log("the last words\n", 15);
	request(HMC_POWER, action, sizeof(struct hmc_power));
	if (!setjmp(the_end)) {
		management_poll();
		fail();
	}
	read_wire();
	assert_int_equal(replies, 1);
	assert_int_equal(be16_to_cpu(reply.status), HMC_OK);
	assert_string_equal(text[0], "the last words\n");
}

static void test_power_off(void **state)
{
	(void)state;
	check_power(HMC_POWER_OFF);
	assert_int_equal(power_offs, 1);
	assert_int_equal(reboots, 0);
}

static void test_reboot(void **state)
{
	(void)state;
	check_power(HMC_POWER_REBOOT);
	assert_int_equal(power_offs, 1);
	assert_int_equal(reboots, 1);
}

/* The other side is gone: the machine ends nevertheless. */
static void test_power_off_with_a_stuck_uart(void **state)
{
	u64 start = now;

	(void)state;
	request(HMC_POWER, HMC_POWER_OFF, sizeof(struct hmc_power));
	room = 0;
	tick = 1000;
	if (!setjmp(the_end)) {
		management_poll();
		fail();
	}
	assert_int_equal(power_offs, 2);
	assert_in_range(now - start, 2 * HZ, 2 * HZ + 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_comes_before_the_start_is_kept, setup),
		cmocka_unit_test_setup(test_hello_is_answered_when_all_is_ready, setup),
		cmocka_unit_test_setup(test_consoles, setup),
		cmocka_unit_test_setup(test_announce, setup),
		cmocka_unit_test_setup(test_who_writes_much_sends_it, setup),
		cmocka_unit_test_setup(test_poll_takes_little_time, setup),
		cmocka_unit_test_setup(test_poll_is_bounded, setup),
		cmocka_unit_test_setup(test_flush_sends_all, setup),
		cmocka_unit_test_setup(test_flush_gives_up, setup),
		cmocka_unit_test_setup(test_crash_inside_the_channel, setup),
		cmocka_unit_test_setup(test_seize_of_a_free_channel, setup),
		cmocka_unit_test_setup(test_many_processors, setup),
		cmocka_unit_test_setup(test_stats, setup),
		cmocka_unit_test_setup(test_requests_refused, setup),
		cmocka_unit_test_setup(test_power_off, open_channel),
		cmocka_unit_test_setup(test_reboot, open_channel),
		cmocka_unit_test_setup(test_power_off_with_a_stuck_uart, open_channel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
