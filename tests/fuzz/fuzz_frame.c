// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/link.c hv/stream.c hv/frame.c
// Any bytes on the management UART, into the decoder and the hypervisor's end behind it. The first
// byte of an input says whether the rest is the wire itself or payloads that get good frames.
#include <stdlib.h>
#include <string.h>

#include "hv/link.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct wire {
	const u8 *next;
	size_t left;
};

static struct link link_under_test;
static struct link_console console[2];
static u8 framed[64 * KiB];

static int tx_ready(void *ctx)
{
	(void)ctx;
	return 16;
}

static void tx(void *ctx, u8 byte)
{
	(void)ctx;
	(void)byte;
}

static int rx(void *ctx)
{
	struct wire *wire = ctx;

	return wire->left ? (wire->left--, *wire->next++) : -1;
}

static void describe(void *ctx, u16 lpar_id, struct hmc_partition *partition)
{
	(void)ctx;
	if (lpar_id != 1 && lpar_id != HMC_LPAR_ID_MAX)
		abort();
	partition->state = HMC_STATE_RUNNING;
}

static void console_input(void *ctx, u16 lpar_id)
{
	u8 byte;

	(void)ctx;
	if (link_console_read(&link_under_test, lpar_id, &byte, 1) != 1)
		abort();
}

/* Asked for in order, from the start whenever it is asked again, and no further than the reply. */
static size_t stats(void *ctx, u32 i, struct hmc_control *message)
{
	static u32 expected;

	(void)ctx;
	if (i && i != expected)
		abort();
	expected = i + 1;
	message->type = i < 3 ? HMC_STATS_PARTITION : HMC_STATS | HMC_REPLY;
	return i < 3 ? sizeof(struct hmc_stats_partition) : sizeof(struct hmc_stats_reply);
}

static u16 request(void *ctx, const struct hmc_control *message, size_t length)
{
	(void)ctx;
	if (length < sizeof(*message) || length > FRAME_PAYLOAD_MAX)
		abort();
	return HMC_UNKNOWN;
}

/* Cuts @data into frames: length (two bytes), channel (two bytes), payload. */
static size_t frame_all(const u8 *data, size_t size)
{
	u8 *end = framed;

	while (size >= 4) {
		size_t n = (size_t)(data[0] << 8 | data[1]) % (FRAME_PAYLOAD_MAX + 1);
		struct frame_encoder encoder;

		n = MIN(n, size - 4);
		if (end + FRAME_WIRE_MAX(n) > framed + sizeof(framed))
			break;
		frame_begin(&encoder, end, (u16)(data[2] << 8 | data[3]));
		frame_add(&encoder, data + 4, n);
		end = frame_end(&encoder);
		data += 4 + n;
		size -= 4 + n;
	}
	return (size_t)(end - framed);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static const struct link_port port = {tx_ready, tx, rx};
	static const struct link_events events = {describe, console_input, stats, request};
	struct wire wire;

	if (!size)
		return 0;
	wire = (struct wire){data + 1, size - 1};
	if (data[0] & 1)
		wire = (struct wire){framed, frame_all(data + 1, size - 1)};
	link_init(&link_under_test, &port, &events, &wire, 1);
	link_console_open(&link_under_test, 1, &console[0]);
	link_console_open(&link_under_test, HMC_LPAR_ID_MAX, &console[1]);
	link_console_write(&link_under_test, 1, "output", 6);
	link_log_write(&link_under_test, "line\n", 5);
	link_ready(&link_under_test);
	while (link_poll(&link_under_test, 64))
		;
	if (!link_idle(&link_under_test) || wire.left)
		abort();
	return 0;
}
