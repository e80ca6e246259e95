// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/link.c hv/stream.c hv/frame.c tests/unit/link_wire.c
// The hypervisor's end of the management UART: replies, and their turns with streams.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/link_wire.h"

/* A request sent over and over while the replies do not get out: bounded, then all answered. */
static void test_replies_wait_for_room(void **state)
{
	(void)state;
	forget();
	for (u32 i = 1; i <= 500; i++)
		send_control(HMC_HELLO, i);
	uart_room = 0;
	while (link_poll(l, 100))
		;
	assert_true(in_next < in_length);
	settle();
	assert_int_equal(seen.hellos, 500);
	assert_int_equal(be32_to_cpu(seen.hello.reply.control.id), 500);
}

/* A reply of @length bytes to the request @id, which was put off. */
static void reply_late(u32 id, u32 length)
{
	union {
		struct hmc_reply head;
		u8 bytes[LINK_REPLY_MAX];
	} reply = {.head.control = {HMC_SYSTEM | HMC_REPLY, cpu_to_be32(id)}};

	link_reply(l, &reply, length);
}

/* What cannot be answered at once is answered later, in any order, and nothing waits for it. */
static void test_put_off_replies(void **state)
{
	(void)state;
	request_status = LINK_LATER;
	send_control(HMC_SYSTEM, 8);
	send_control(HMC_SYSTEM, 9);
	send_control(HMC_HELLO, 10);
	settle();
	assert_int_equal(requests, 2);
	assert_int_equal(seen.hellos, 1);
	assert_int_equal(seen.others, 0);
	assert_true(link_idle(l));
	reply_late(9, sizeof(struct hmc_reply));
	assert_false(link_idle(l));
	settle();
	assert_int_equal(seen.others, 1);
	assert_int_equal(be32_to_cpu(seen.other.control.id), 9);
	reply_late(8, LINK_REPLY_MAX);
	settle();
	assert_int_equal(seen.others, 2);
	assert_int_equal(be32_to_cpu(seen.other.control.id), 8);
	assert_int_equal(seen.other_length, LINK_REPLY_MAX);
	assert_true(link_idle(l));
}

/* However many others wait to be sent, there is room for the replies of requests that were taken.
 */
static void test_put_off_replies_have_room(void **state)
{
	(void)state;
	request_status = LINK_LATER;
	for (u32 i = 1; i <= HMC_REQUESTS_MAX; i++)
		send_control(HMC_SYSTEM, i);
	for (u32 i = 1; i <= 500; i++)
		send_control(HMC_HELLO, i);
	forget();
	uart_room = 0;
	while (link_poll(l, 100))
		;
	assert_int_equal(requests, HMC_REQUESTS_MAX);
	for (u32 i = 1; i <= HMC_REQUESTS_MAX; i++)
		reply_late(i, LINK_REPLY_MAX);
	settle();
	assert_int_equal(seen.hellos, 500);
	assert_int_equal(seen.others, HMC_REQUESTS_MAX);
	assert_int_equal(be32_to_cpu(seen.other.control.id), HMC_REQUESTS_MAX);
}

/* Who asks without end gets every second frame, whoever writes without end the others. */
static void test_replies_and_streams_take_turns(void **state)
{
	u32 replies = 0, streams = 0;

	(void)state;
	for (u16 i = 1; i <= CONSOLES; i++)
		fill(i);
	request_status = LINK_LATER;
	for (u32 i = 1; i <= HMC_REQUESTS_MAX; i++)
		send_control(HMC_SYSTEM, i);
	uart_room = 0;
	while (link_poll(l, 100))
		;
	for (u32 i = 1; i <= HMC_REQUESTS_MAX; i++)
		reply_late(i, LINK_REPLY_MAX);
	forget();
	while (seen.others < HMC_REQUESTS_MAX) {
		uart_room = 64;
		link_poll(l, 64);
		drain();
	}
	for (u32 i = 0; i < seen.frames; i++) {
		if (seen.order[i] < 0)
			replies++;
		else
			streams++;
		/* The first frame was on its way before there was a reply. */
		assert_in_range(streams + 1, replies, replies + 2);
	}
	settle();
}

/* But a reply that says where a stream goes on does not wait: frames behind it would be taken
 * wrong. */
static void test_resume_before_its_stream(void **state)
{
	u32 i = 0;

	(void)state;
	fill(1);
	uart_room = 16;
	link_poll(l, 16); /* one frame is on its way */
	for (u32 id = 1; id <= 4; id++)
		send_control(HMC_HELLO, id);
	send_resume(HMC_CHANNEL_CONSOLE + 1, 0);
	send_control(HMC_HELLO, 5);
	uart_room = 0;
	while (link_poll(l, 100))
		;
	forget();
	settle();
	assert_int_equal(seen.order[i++], HMC_CHANNEL_CONSOLE + 1);
	while (seen.order[i] == -(HMC_HELLO | HMC_REPLY))
		i++;
	assert_int_equal(seen.order[i], -(HMC_RESUME | HMC_REPLY));
	assert_int_equal(seen.order[i + 1], HMC_CHANNEL_CONSOLE + 1);
	assert_int_equal(seen.hellos, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_replies_wait_for_room, setup),
		cmocka_unit_test_setup(test_put_off_replies, setup),
		cmocka_unit_test_setup(test_put_off_replies_have_room, setup),
		cmocka_unit_test_setup(test_replies_and_streams_take_turns, setup),
		cmocka_unit_test_setup(test_resume_before_its_stream, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
