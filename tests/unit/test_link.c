// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/link.c hv/stream.c hv/frame.c tests/unit/link_wire.c
// The hypervisor's end of the management UART: control messages and consoles.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/link_wire.h"

static void test_start(void **state)
{
	(void)state;
	assert_int_equal(seen.order[0], -HMC_BOOT);
	assert_int_equal(be64_to_cpu(seen.boot.boot_id), BOOT_ID);
	assert_int_equal(be16_to_cpu(seen.boot.version), FRAME_VERSION);
	assert_int_equal(seen.partitions, CONSOLES);
	assert_int_equal(seen.credits, CONSOLES);
	assert_int_equal(seen.frames, 1 + 2 * CONSOLES);
	assert_credit(CONSOLES, 0, LINK_CONSOLE_RX);
	assert_int_equal(be16_to_cpu(seen.partition.lpar_id), CONSOLES);
	assert_int_equal(seen.partition.state, HMC_STATE_RUNNING);
	assert_string_equal(seen.partition.name, "lp3");
}

static void test_hello(void **state)
{
	(void)state;
	send_control(HMC_HELLO, 4711);
	settle();
	assert_int_equal(seen.hellos, 1);
	assert_int_equal(be32_to_cpu(seen.hello.reply.control.id), 4711);
	assert_int_equal(be16_to_cpu(seen.hello.reply.status), HMC_OK);
	assert_int_equal(be16_to_cpu(seen.hello.version), FRAME_VERSION);
	assert_int_equal(be64_to_cpu(seen.hello.boot_id), BOOT_ID);
}

static void test_hello_only_when_ready(void **state)
{
	(void)state;
	link_init(l, &port, &events, l, BOOT_ID);
	forget();
	send_control(HMC_HELLO, 1);
	log_put("starting\n");
	settle();
	assert_int_equal(seen.hellos, 0);
	assert_text(0, "starting\n");
	link_ready(l);
	send_control(HMC_HELLO, 2);
	settle();
	assert_int_equal(seen.hellos, 1);
}

static void test_list(void **state)
{
	(void)state;
	forget();
	send_control(HMC_LIST, 9);
	settle();
	assert_int_equal(seen.partitions, CONSOLES);
	assert_int_equal(seen.lists, 1);
	assert_int_equal(be32_to_cpu(seen.list.reply.control.id), 9);
	assert_int_equal(be16_to_cpu(seen.list.partitions), CONSOLES);
	for (int i = 0; i < CONSOLES; i++)
		assert_int_equal(seen.order[i], -HMC_PARTITION);
	assert_int_equal(seen.order[CONSOLES], -(HMC_LIST | HMC_REPLY));
}

static void assert_stats(u32 processors, u32 partitions, u32 replies)
{
	assert_int_equal(seen.stats_processors, processors);
	assert_int_equal(seen.stats_partitions, partitions);
	assert_int_equal(seen.stats_replies, replies);
}

static void test_stats(void **state)
{
	(void)state;
	forget();
	send_control(HMC_STATS, 9);
	assert_true(link_idle(l));
	settle();
	assert_stats(1, 1, 1);
	assert_int_equal(seen.order[0], -HMC_STATS_PROCESSOR);
	assert_int_equal(seen.order[1], -HMC_STATS_PARTITION);
	assert_int_equal(seen.order[2], -(HMC_STATS | HMC_REPLY));
	assert_int_equal(be32_to_cpu(seen.stats_processor.control.id), 9);
	assert_int_equal(be32_to_cpu(seen.stats_partition.control.id), 9);
	assert_int_equal(be32_to_cpu(seen.stats_reply.reply.control.id), 9);
	assert_int_equal(be16_to_cpu(seen.stats_reply.reply.status), HMC_OK);
	assert_int_equal(pictures, 1);
	assert_int_equal(requests, 0);
	assert_true(link_idle(l));
}

/* Asked again before all of the answer has gone: another answer, from its beginning. */
static void test_stats_again(void **state)
{
	(void)state;
	forget();
	send_control(HMC_STATS, 9);
	uart_room = 2;
	link_poll(l, 1024);
	assert_false(link_idle(l));
	send_control(HMC_STATS, 9);
	send_control(HMC_STATS, 10);
	settle();
	assert_stats(2, 1, 1);
	assert_int_equal(pictures, 2);
	assert_int_equal(be64_to_cpu(seen.stats_processor.timebase), 2);
	assert_int_equal(be64_to_cpu(seen.stats_partition.timebase), 2);
	assert_int_equal(be32_to_cpu(seen.stats_reply.reply.control.id), 10);
}

/* No picture can be had now: at each poll it is tried once, and all else goes on. */
static void test_stats_put_off(void **state)
{
	(void)state;
	forget();
	put_off = 3;
	send_control(HMC_STATS, 9);
	uart_room = WIRE_SIZE;
	log_put("one\n");
	put(1, "two");
	for (u32 i = 3; i > 0; i--) {
		assert_int_equal(put_off, i);
		link_poll(l, 1024);
		assert_false(link_idle(l));
	}
	drain();
	assert_stats(0, 0, 0);
	assert_text(0, "one\n");
	assert_text(1, "two");
	link_poll(l, 1024);
	drain();
	assert_stats(1, 1, 1);
	assert_true(link_idle(l));
}

/* While the hypervisor starts there is nothing to count. */
static void test_stats_too_early(void **state)
{
	(void)state;
	link_init(l, &port, &events, l, BOOT_ID);
	settle();
	forget();
	send_control(HMC_STATS, 9);
	settle();
	assert_stats(0, 0, 0);
	assert_int_equal(pictures, 0);
	assert_true(link_idle(l));
	link_ready(l);
	send_control(HMC_STATS, 0);
	settle();
	assert_stats(0, 0, 0);
	send_control(HMC_STATS, 1);
	settle();
	assert_stats(1, 1, 1);
}

static void test_announce_once(void **state)
{
	(void)state;
	forget();
	link_announce(l, 2);
	link_announce(l, 2);
	link_announce(l, 0);
	link_announce(l, 100);
	link_announce(l, 60000);
	settle();
	assert_int_equal(seen.partitions, 1);
	assert_int_equal(be16_to_cpu(seen.partition.lpar_id), 2);
}

static void test_requests(void **state)
{
	struct hmc_power power = {{HMC_POWER, cpu_to_be32(5)}, HMC_POWER_OFF};

	(void)state;
	request_status = HMC_REFUSED;
	send_frame(HMC_CHANNEL_CONTROL, &power, sizeof(power), "", 0);
	settle();
	assert_int_equal(requests, 1);
	assert_int_equal(seen.others, 1);
	assert_int_equal(seen.other.control.type, HMC_POWER | HMC_REPLY);
	assert_int_equal(be32_to_cpu(seen.other.control.id), 5);
	assert_int_equal(be16_to_cpu(seen.other.status), HMC_REFUSED);
	assert_int_equal(seen.other_length, sizeof(seen.other));
}

static void test_hostile_control(void **state)
{
	(void)state;
	forget();
	send_frame(HMC_CHANNEL_CONTROL, "", 0, "", 0);
	send_frame(HMC_CHANNEL_CONTROL, "\x01\0\0\0", 4, "", 0);
	send_control(HMC_HELLO, 0);
	send_frame(HMC_CHANNEL_LOG, "\0\0\0\0log?", 8, "", 0);
	send_frame(2, "what", 4, "", 0);
	send_frame(0xffff, "\0\0\0\0what", 8, "", 0);
	send_frame(HMC_CHANNEL_CONSOLE, "\0\0\0\0what", 8, "", 0);
	send_frame(HMC_CHANNEL_CONSOLE + 9, "\0\0\0\0what", 8, "", 0);
	send_frame(HMC_CHANNEL_CONSOLE + 1, "\0\0\0", 3, "", 0);
	settle();
	assert_int_equal(seen.frames, 0);
	send_control(HMC_RESUME, 3);
	settle();
	assert_int_equal(seen.resumes, 1);
	assert_int_equal(be16_to_cpu(seen.resume.reply.status), HMC_BAD_LENGTH);
	send_resume(HMC_CHANNEL_CONSOLE + 9, 0);
	settle();
	assert_int_equal(seen.resumes, 2);
	assert_int_equal(be16_to_cpu(seen.resume.reply.status), HMC_BAD_VALUE);
}

static void test_console_output(void **state)
{
	(void)state;
	put(1, "hello ");
	put(2, "other\x7e");
	put(1, "world");
	put(1, "");
	settle();
	assert_text(1, "hello world");
	assert_text(2, "other\x7e");
	assert_text(3, "");
	assert_int_equal(link_console_write(l, 0, "x", 1), -1);
	assert_int_equal(link_console_write(l, 9, "x", 1), -1);
	assert_int_equal(link_console_write(l, 65535, "x", 1), -1);
	assert_int_equal(link_console_write(l, 1, "x", SIZE_MAX), -1);
}

/* All or nothing, and not a byte lost, whatever the UART does. */
static void test_flood(void **state)
{
	u32 sent = 0;

	(void)state;
	srand(2);
	forget();
	while (sent < 200 * KiB) {
		u8 piece[16];
		u32 n = (u32)rand() % 17;

		for (u32 i = 0; i < n; i++)
			piece[i] = (u8)((sent + i) * 7);
		if (!link_console_write(l, 1, piece, n))
			sent += n;
		uart_room = rand() % 40;
		link_poll(l, (u32)rand() % 40);
		drain();
	}
	settle();
	assert_int_equal(seen.text_length[1], sent);
	for (u32 i = 0; i < sent; i++)
		assert_int_equal((u8)seen.text[1][i], (u8)(i * 7));
}

static void test_full(void **state)
{
	(void)state;
	uart_room = 0;
	assert_int_equal(fill(1), LINK_CONSOLE_TX - LINK_CONSOLE_KEPT);
	assert_int_equal(link_console_write(l, 1, "x", 1), -1);
	assert_int_equal(fill(2), LINK_CONSOLE_TX - LINK_CONSOLE_KEPT);
	settle();
	assert_int_equal(seen.text_length[1], LINK_CONSOLE_TX - LINK_CONSOLE_KEPT);
	assert_int_equal(link_console_write(l, 1, "x", 1), 0);
}

/* Streams take turns, one frame each; control goes before all of them. */
static void test_fairness(void **state)
{
	(void)state;
	for (u16 i = 1; i <= CONSOLES; i++)
		fill(i);
	for (int i = 0; i < 1000; i++)
		log_put("a line of the hypervisor's log\n");
	forget();
	for (int turn = 0; turn < 10; turn++) {
		u32 frames = seen.frames;

		while (seen.frames < frames + CONSOLES + 1) {
			uart_room = 16;
			link_poll(l, 16);
			drain();
		}
		for (u32 i = 0; i <= CONSOLES; i++)
			assert_int_equal(seen.stream_frames[i], turn + 1);
	}
	send_control(HMC_HELLO, 1);
	send_control(HMC_LIST, 2);
	forget();
	while (!seen.lists) {
		uart_room = 16;
		link_poll(l, 64);
		drain();
	}
	assert_int_equal(seen.hellos, 1);
	/* The frame that was on its way when the requests were read, no other. */
	for (u32 i = 1; i < seen.frames; i++)
		assert_true(seen.order[i] < 0);
}

static void test_budget(void **state)
{
	(void)state;
	fill(1);
	uart_room = 1000;
	assert_int_equal(link_poll(l, 7), 7);
	assert_int_equal(out_length, 7);
	uart_room = 5;
	assert_int_equal(link_poll(l, 100), 5);
	for (int i = 0; i < 10; i++)
		send_control(HMC_HELLO, 1);
	uart_room = 0;
	assert_int_equal(link_poll(l, 9), 9);
	assert_int_equal(in_next, 9);
	assert_false(link_idle(l));
}

static void test_input(void **state)
{
	char text[16];

	(void)state;
	forget();
	send_input(2, 0, "date\n", 5);
	settle();
	assert_int_equal(inputs[2], 1);
	assert_int_equal(inputs[1], 0);
	assert_int_equal(seen.credits, 1);
	assert_credit(2, 5, LINK_CONSOLE_RX);
	assert_int_equal(link_console_read(l, 2, text, 3), 3);
	assert_memory_equal(text, "dat", 3);
	assert_int_equal(link_console_read(l, 2, text, sizeof(text)), 2);
	assert_memory_equal(text, "e\n", 2);
	assert_int_equal(link_console_read(l, 2, text, sizeof(text)), 0);
	assert_int_equal(link_console_read(l, 1, text, sizeof(text)), 0);
	assert_int_equal(link_console_read(l, 0, text, sizeof(text)), 0);
	assert_int_equal(link_console_read(l, 400, text, sizeof(text)), 0);
}

/* What was had is skipped, what leaves a hole is dropped; each is answered with what has arrived.
 */
static void test_input_repeated_and_lost(void **state)
{
	char text[16];

	(void)state;
	send_input(1, 0, "abc", 3);
	send_input(1, 0, "abc", 3);
	send_input(1, 2, "cdef", 4);
	send_input(1, 7, "hij", 3);
	send_input(1, 5, "", 0);
	settle();
	assert_credit(1, 6, LINK_CONSOLE_RX);
	assert_int_equal(inputs[1], 2);
	assert_int_equal(link_console_read(l, 1, text, sizeof(text)), 6);
	assert_memory_equal(text, "abcdef", 6);
	forget();
	send_input(1, 9, "j", 1);
	settle();
	assert_credit(1, 6, LINK_CONSOLE_RX + 6);
}

static void send_typed(u16 lpar_id)
{
	struct hmc_typed typed = {{HMC_TYPED, cpu_to_be32(6)}, cpu_to_be16(lpar_id)};

	send_frame(HMC_CHANNEL_CONTROL, &typed, sizeof(typed), "", 0);
}

/* The question what has arrived is answered as of its place among what was sent. */
static void test_typed(void **state)
{
	(void)state;
	send_input(1, 0, "abc", 3);
	send_input(1, 5, "lost its first two", 18);
	send_typed(1);
	send_input(1, 3, "d", 1);
	settle();
	assert_int_equal(seen.typeds, 1);
	assert_int_equal(be32_to_cpu(seen.typed.reply.control.id), 6);
	assert_int_equal(be16_to_cpu(seen.typed.reply.status), HMC_OK);
	assert_int_equal(be16_to_cpu(seen.typed.lpar_id), 1);
	assert_int_equal(be32_to_cpu(seen.typed.received), 3);
	assert_int_equal(be32_to_cpu(seen.typed.limit), LINK_CONSOLE_RX);
	send_typed(9);
	settle();
	assert_int_equal(be16_to_cpu(seen.typed.reply.status), HMC_BAD_VALUE);
	send_control(HMC_TYPED, 7);
	settle();
	assert_int_equal(be16_to_cpu(seen.typed.reply.status), HMC_BAD_LENGTH);
	assert_int_equal(seen.typeds, 3);
}

/* A daemon that keeps to its credit never overruns, and is never stuck. */
static void test_credit(void **state)
{
	u32 sent = 0, limit = LINK_CONSOLE_RX, got = 0;

	(void)state;
	srand(3);
	while (got < 100000) {
		u8 text[200];
		u32 n = (u32)rand() % 200;

		n = MIN(n, limit - sent);
		for (u32 i = 0; i < n; i++)
			text[i] = (u8)((sent + i) * 3);
		send_input(1, sent, text, n);
		sent += n;
		forget();
		settle();
		n = (u32)link_console_read(l, 1, text, (u32)rand() % sizeof(text));
		for (u32 i = 0; i < n; i++)
			assert_int_equal(text[i], (u8)((got + i) * 3));
		got += n;
		settle();
		if (seen.credits)
			limit = be32_to_cpu(seen.credit.limit);
		assert_in_range(limit - got, LINK_CONSOLE_RX / 2, LINK_CONSOLE_RX);
	}
}

/* Room that a partition makes by reading is told, but not for every few bytes. */
static void test_credit_for_reading(void **state)
{
	static u8 text[LINK_CONSOLE_RX];

	(void)state;
	send_input(1, 0, text, 1000);
	send_input(1, 1000, text, LINK_CONSOLE_RX - 1000);
	settle();
	assert_credit(1, LINK_CONSOLE_RX, LINK_CONSOLE_RX);
	forget();
	assert_int_equal(link_console_read(l, 1, text, sizeof(text)), sizeof(text));
	settle();
	assert_int_equal(seen.credits, 1);
	assert_credit(1, LINK_CONSOLE_RX, 2 * LINK_CONSOLE_RX);
	send_input(1, LINK_CONSOLE_RX, text, 10);
	settle();
	forget();
	assert_int_equal(link_console_read(l, 1, text, sizeof(text)), 10);
	settle();
	assert_int_equal(seen.credits, 0);
}

/* One that does not: what fits is taken, what does not is not, and nothing else suffers. */
static void test_input_beyond_credit(void **state)
{
	static u8 text[1000];

	(void)state;
	send_input(1, 0, text, sizeof(text));
	send_input(1, sizeof(text), text, sizeof(text));
	send_input(1, LINK_CONSOLE_RX, text, sizeof(text));
	send_control(HMC_HELLO, 1);
	settle();
	assert_int_equal(seen.hellos, 1);
	assert_credit(1, LINK_CONSOLE_RX, LINK_CONSOLE_RX);
	assert_int_equal(link_console_read(l, 1, text, sizeof(text)), sizeof(text));
	assert_int_equal(link_console_read(l, 1, text, sizeof(text)),
			 LINK_CONSOLE_RX - sizeof(text));
	assert_int_equal(link_console_read(l, 1, text, sizeof(text)), 0);
}

static void test_resume(void **state)
{
	(void)state;
	put(1, "0123456789");
	log_put("a line\n");
	settle();
	forget();
	send_resume(HMC_CHANNEL_CONSOLE + 1, 4);
	settle();
	assert_int_equal(be16_to_cpu(seen.resume.reply.status), HMC_OK);
	assert_int_equal(be32_to_cpu(seen.resume.reply.control.id), 77);
	assert_int_equal(be16_to_cpu(seen.resume.channel), HMC_CHANNEL_CONSOLE + 1);
	assert_int_equal(be32_to_cpu(seen.resume.offset), 4);
	assert_text(1, "456789");
	assert_int_equal(seen.order[0], -(HMC_RESUME | HMC_REPLY));
	send_resume(HMC_CHANNEL_LOG, 0);
	settle();
	assert_text(0, "a line\n");
	forget();
	send_resume(HMC_CHANNEL_LOG, 500);
	settle();
	assert_int_equal(be32_to_cpu(seen.resume.offset), 7);
	assert_text(0, "");
}

/* Even of a console that is always full, the last LINK_CONSOLE_KEPT bytes can be had again. */
static void test_resume_in_flood(void **state)
{
	u32 n;

	(void)state;
	fill(1);
	settle();
	n = (u32)seen.text_length[1];
	fill(1);
	send_resume(HMC_CHANNEL_CONSOLE + 1, n - LINK_CONSOLE_KEPT);
	forget();
	settle();
	assert_int_equal(be32_to_cpu(seen.resume.offset), n - LINK_CONSOLE_KEPT);
	assert_int_equal(seen.text_length[1], n + LINK_CONSOLE_KEPT);
	send_resume(HMC_CHANNEL_CONSOLE + 1, 0);
	forget();
	settle();
	assert_int_equal(be32_to_cpu(seen.resume.offset), 2 * n - LINK_CONSOLE_TX);
	assert_int_equal(seen.text_length[1], LINK_CONSOLE_TX);
	/* Until it has gone out again the console is full, also beyond what writers may fill. */
	send_resume(HMC_CHANNEL_CONSOLE + 1, 0);
	uart_room = 0;
	link_poll(l, 100);
	assert_int_equal(link_console_write(l, 1, "x", 1), -1);
	settle();
	assert_int_equal(link_console_write(l, 1, "x", 1), 0);
}

static void test_damaged_input(void **state)
{
	(void)state;
	send_input(1, 0, "abc", 3);
	in[6] ^= 1;
	send_input(1, 0, "abc", 3);
	memcpy(in + in_length, "garbage", 7);
	in_length += 7;
	send_control(HMC_HELLO, 1);
	settle();
	assert_int_equal(inputs[1], 1);
	assert_int_equal(seen.hellos, 1);
}

static void test_close_and_open_again(void **state)
{
	(void)state;
	put(2, "0123456789");
	send_input(2, 0, "abc", 3);
	settle();
	put(2, "never sent");
	link_console_close(l, 2);
	link_console_close(l, 2);
	assert_int_equal(link_console_write(l, 2, "x", 1), -1);
	forget();
	settle();
	assert_int_equal(seen.partitions, 1);
	assert_int_equal(be16_to_cpu(seen.partition.lpar_id), 2);
	assert_int_equal(seen.partition.state, HMC_STATE_REMOVED);
	assert_int_equal(seen.stream_frames[2], 0);
	send_control(HMC_LIST, 1);
	settle();
	assert_int_equal(be16_to_cpu(seen.list.partitions), CONSOLES - 1);

	assert_int_equal(link_console_open(l, 2, &console[2]), 0);
	assert_int_equal(link_console_open(l, 2, &console[1]), -1);
	put(2, "new");
	settle();
	assert_text(2, "new");
	assert_int_equal(seen.stream_offset[2], 13);
	assert_credit(2, 3, 3 + LINK_CONSOLE_RX);
	send_input(2, 3, "d", 1);
	settle();
	assert_credit(2, 4, 3 + LINK_CONSOLE_RX);
}

static void test_ids(void **state)
{
	static struct link_console last;

	(void)state;
	assert_int_equal(link_console_open(l, 0, &last), -1);
	assert_int_equal(link_console_open(l, HMC_LPAR_ID_MAX + 1, &last), -1);
	assert_int_equal(link_console_open(l, HMC_LPAR_ID_MAX, &last), 0);
	forget();
	settle();
	assert_int_equal(be16_to_cpu(seen.partition.lpar_id), HMC_LPAR_ID_MAX);
	link_console_close(l, HMC_LPAR_ID_MAX);
	settle();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_start, setup),
		cmocka_unit_test_setup(test_hello, setup),
		cmocka_unit_test_setup(test_hello_only_when_ready, setup),
		cmocka_unit_test_setup(test_list, setup),
		cmocka_unit_test_setup(test_stats, setup),
		cmocka_unit_test_setup(test_stats_again, setup),
		cmocka_unit_test_setup(test_stats_put_off, setup),
		cmocka_unit_test_setup(test_stats_too_early, setup),
		cmocka_unit_test_setup(test_announce_once, setup),
		cmocka_unit_test_setup(test_requests, setup),
		cmocka_unit_test_setup(test_hostile_control, setup),
		cmocka_unit_test_setup(test_console_output, setup),
		cmocka_unit_test_setup(test_flood, setup),
		cmocka_unit_test_setup(test_full, setup),
		cmocka_unit_test_setup(test_fairness, setup),
		cmocka_unit_test_setup(test_budget, setup),
		cmocka_unit_test_setup(test_input, setup),
		cmocka_unit_test_setup(test_input_repeated_and_lost, setup),
		cmocka_unit_test_setup(test_typed, setup),
		cmocka_unit_test_setup(test_credit, setup),
		cmocka_unit_test_setup(test_credit_for_reading, setup),
		cmocka_unit_test_setup(test_input_beyond_credit, setup),
		cmocka_unit_test_setup(test_resume, setup),
		cmocka_unit_test_setup(test_resume_in_flood, setup),
		cmocka_unit_test_setup(test_damaged_input, setup),
		cmocka_unit_test_setup(test_close_and_open_again, setup),
		cmocka_unit_test_setup(test_ids, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
