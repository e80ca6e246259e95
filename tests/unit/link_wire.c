// SPDX-License-Identifier: Apache-2.0
// A link under test, with a wire that the test reads and writes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/link_wire.h"

static struct link link_under_test;
struct link *const l = &link_under_test;
struct link_console console[CONSOLES + 1];

/* The wire: what the link sends and is sent. */
u8 out[WIRE_SIZE], in[WIRE_SIZE];
size_t out_length, in_length, in_next;
int uart_room; /* bytes that the UART takes until the test makes more room */

/* What the callbacks saw. */
u32 inputs[CONSOLES + 1];
u32 requests;
u32 pictures;
u32 put_off;
u16 request_status;

struct seen seen;
static struct frame_decoder decoder;

static int port_tx_ready(void *ctx)
{
	assert_ptr_equal(ctx, l);
	return MIN(uart_room, 16);
}

static void port_tx(void *ctx, u8 byte)
{
	assert_ptr_equal(ctx, l);
	assert_true(uart_room > 0);
	assert_true(out_length < sizeof(out));
	uart_room--;
	out[out_length++] = byte;
}

static int port_rx(void *ctx)
{
	assert_ptr_equal(ctx, l);
	return in_next < in_length ? in[in_next++] : -1;
}

static void describe(void *ctx, u16 lpar_id, struct hmc_partition *partition)
{
	assert_ptr_equal(ctx, l);
	assert_in_range(lpar_id, 1, HMC_LPAR_ID_MAX);
	partition->state = HMC_STATE_RUNNING;
	snprintf(partition->name, sizeof(partition->name), "lp%u", lpar_id);
}

static void console_input(void *ctx, u16 lpar_id)
{
	assert_ptr_equal(ctx, l);
	assert_in_range(lpar_id, 1, CONSOLES);
	inputs[lpar_id]++;
}

/* Two records, each with the number of the picture that it is from, and the reply. */
static size_t stats(void *ctx, u32 i, struct hmc_control *message)
{
	struct hmc_stats_processor *processor = (void *)message;
	struct hmc_stats_partition *partition = (void *)message;
	struct hmc_stats_reply *reply = (void *)message;

	assert_ptr_equal(ctx, l);
	if (i == 0 && put_off) {
		put_off--;
		return 0;
	}
	pictures += i == 0;
	if (i == 0) {
		processor->control.type = HMC_STATS_PROCESSOR;
		processor->timebase = cpu_to_be64(pictures);
		return sizeof(*processor);
	}
	if (i == 1) {
		partition->control.type = HMC_STATS_PARTITION;
		partition->timebase = cpu_to_be64(pictures);
		return sizeof(*partition);
	}
	assert_int_equal(i, 2);
	reply->reply.control.type = HMC_STATS | HMC_REPLY;
	reply->timebase = cpu_to_be64(pictures);
	return sizeof(*reply);
}

static u16 request(void *ctx, const struct hmc_control *message, size_t length)
{
	assert_ptr_equal(ctx, l);
	assert_in_range(length, sizeof(*message), FRAME_PAYLOAD_MAX);
	requests++;
	return request_status;
}

const struct link_port port = {port_tx_ready, port_tx, port_rx};
const struct link_events events = {describe, console_input, stats, request};

static void *keep(void *to, size_t size)
{
	assert_int_equal(decoder.length, size);
	return memcpy(to, decoder.payload, size);
}

static void control_seen(void)
{
	switch (decoder.payload[0]) {
	case HMC_BOOT:
		seen.boots++;
		keep(&seen.boot, sizeof(seen.boot));
		break;
	case HMC_HELLO | HMC_REPLY:
		seen.hellos++;
		keep(&seen.hello, sizeof(seen.hello));
		break;
	case HMC_PARTITION:
		seen.partitions++;
		keep(&seen.partition, sizeof(seen.partition));
		break;
	case HMC_CREDIT:
		seen.credits++;
		keep(&seen.credit, sizeof(seen.credit));
		break;
	case HMC_LIST | HMC_REPLY:
		seen.lists++;
		keep(&seen.list, sizeof(seen.list));
		break;
	case HMC_RESUME | HMC_REPLY:
		seen.resumes++;
		keep(&seen.resume, sizeof(seen.resume));
		break;
	case HMC_TYPED | HMC_REPLY:
		seen.typeds++;
		keep(&seen.typed, sizeof(seen.typed));
		break;
	case HMC_STATS_PROCESSOR:
		seen.stats_processors++;
		keep(&seen.stats_processor, sizeof(seen.stats_processor));
		break;
	case HMC_STATS_PARTITION:
		seen.stats_partitions++;
		keep(&seen.stats_partition, sizeof(seen.stats_partition));
		break;
	case HMC_STATS | HMC_REPLY:
		seen.stats_replies++;
		keep(&seen.stats_reply, sizeof(seen.stats_reply));
		break;
	default:
		seen.others++;
		assert_true(decoder.length >= sizeof(seen.other));
		memcpy(&seen.other, decoder.payload, sizeof(seen.other));
		seen.other_length = decoder.length;
	}
}

static void stream_seen(u32 index)
{
	const struct hmc_stream *piece = (const void *)decoder.payload;
	size_t n = decoder.length - sizeof(*piece);

	assert_in_range(index, 0, CONSOLES);
	seen.stream_frames[index]++;
	seen.stream_offset[index] = be32_to_cpu(piece->offset) + (u32)n;
	assert_in_range(seen.text_length[index] + n, 1, WIRE_SIZE);
	memcpy(seen.text[index] + seen.text_length[index], piece->data, n);
	seen.text_length[index] += n;
}

/* Decodes what the link has put on the wire so far. */
void drain(void)
{
	for (size_t i = 0; i < out_length; i++) {
		enum frame_event event = frame_decoder_push(&decoder, out[i]);

		assert_int_not_equal(event, FRAME_DAMAGED);
		if (event == FRAME_NONE)
			continue;
		seen.order[seen.frames++ % ARRAY_SIZE(seen.order)] =
			decoder.channel ? decoder.channel : -decoder.payload[0];
		if (decoder.channel == HMC_CHANNEL_CONTROL)
			control_seen();
		else if (decoder.channel == HMC_CHANNEL_LOG)
			stream_seen(0);
		else
			stream_seen(decoder.channel - HMC_CHANNEL_CONSOLE);
	}
	out_length = 0;
}

/* Lets the link work until nothing moves, with all the room it wants. */
void settle(void)
{
	do {
		uart_room = 64;
		drain();
	} while (link_poll(l, 100));
	assert_true(link_idle(l));
	in_length = 0;
	in_next = 0;
}

void forget(void)
{
	memset(&seen, 0, sizeof(seen));
}

void send_frame(u16 channel, const void *a, size_t na, const void *b, size_t nb)
{
	struct frame_encoder encoder;

	assert_true(in_length + FRAME_WIRE_MAX(na + nb) <= sizeof(in));
	frame_begin(&encoder, in + in_length, channel);
	frame_add(&encoder, a, na);
	frame_add(&encoder, b, nb);
	in_length = (size_t)(frame_end(&encoder) - in);
}

void send_control(u8 type, u32 id)
{
	struct hmc_control control = {type, cpu_to_be32(id)};

	send_frame(HMC_CHANNEL_CONTROL, &control, sizeof(control), "", 0);
}

void send_resume(u16 channel, u32 offset)
{
	struct hmc_resume resume = {
		{HMC_RESUME, cpu_to_be32(77)}, cpu_to_be16(channel), cpu_to_be32(offset)};

	send_frame(HMC_CHANNEL_CONTROL, &resume, sizeof(resume), "", 0);
}

void send_input(u16 lpar_id, u32 offset, const void *data, size_t n)
{
	struct hmc_stream header = {.offset = cpu_to_be32(offset)};

	send_frame((u16)(HMC_CHANNEL_CONSOLE + lpar_id), &header, sizeof(header), data, n);
}

void put(u16 lpar_id, const char *text)
{
	assert_int_equal(link_console_write(l, lpar_id, text, strlen(text)), 0);
}

void log_put(const char *text)
{
	link_log_write(l, text, strlen(text));
}

void assert_text(u32 index, const char *expected)
{
	assert_int_equal(seen.text_length[index], strlen(expected));
	assert_memory_equal(seen.text[index], expected, strlen(expected));
}

void assert_credit(u16 lpar_id, u32 received, u32 limit)
{
	assert_int_equal(be16_to_cpu(seen.credit.lpar_id), lpar_id);
	assert_int_equal(be32_to_cpu(seen.credit.received), received);
	assert_int_equal(be32_to_cpu(seen.credit.limit), limit);
}

/* Fills a console until it takes no more; returns how many bytes it took. */
u32 fill(u16 lpar_id)
{
	u32 n = 0;
	char piece[16];

	memset(piece, 'a' + lpar_id, sizeof(piece));
	while (!link_console_write(l, lpar_id, piece, sizeof(piece)))
		n += sizeof(piece);
	return n;
}

int setup(void **state)
{
	(void)state;
	out_length = 0;
	in_length = 0;
	in_next = 0;
	memset(inputs, 0, sizeof(inputs));
	requests = 0;
	pictures = 0;
	put_off = 0;
	request_status = HMC_OK;
	frame_decoder_init(&decoder);
	link_init(l, &port, &events, l, BOOT_ID);
	for (u16 i = 1; i <= CONSOLES; i++)
		assert_int_equal(link_console_open(l, i, &console[i]), 0);
	link_ready(l);
	forget();
	settle();
	return 0;
}
