// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/frame.c
// Frames: what goes in comes out, and every kind of damage costs the damaged frames only.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/frame.h"

#define WIRE_SIZE (64 * KiB)

/* What a decoder made of a piece of wire. */
struct seen {
	u32 good, damaged;
	u16 channel; /* of the last good frame */
	size_t length;
	u8 payload[FRAME_PAYLOAD_MAX];
};

static struct frame_decoder decoder;

static size_t encode(u8 *wire, u16 channel, const void *payload, size_t n)
{
	struct frame_encoder encoder;

	frame_begin(&encoder, wire, channel);
	frame_add(&encoder, payload, n);
	return (size_t)(frame_end(&encoder) - wire);
}

static void decode(struct seen *seen, const u8 *wire, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum frame_event event = frame_decoder_push(&decoder, wire[i]);

		if (event == FRAME_DAMAGED)
			seen->damaged++;
		if (event != FRAME_READY)
			continue;
		seen->good++;
		seen->channel = decoder.channel;
		seen->length = decoder.length;
		assert_in_range(decoder.length, 0, FRAME_PAYLOAD_MAX);
		memcpy(seen->payload, decoder.payload, decoder.length);
	}
}

/* A good frame at this point must come through: the decoder is back in step. */
static void assert_in_step(void)
{
	u8 wire[FRAME_WIRE_MAX(4)];
	struct seen seen = {0};

	decode(&seen, wire, encode(wire, 0x1234, "\x7e\x7d\x5e!", 4));
	assert_int_equal(seen.good, 1);
	assert_int_equal(seen.channel, 0x1234);
	assert_int_equal(seen.length, 4);
	assert_memory_equal(seen.payload, "\x7e\x7d\x5e!", 4);
}

static int setup(void **state)
{
	(void)state;
	srand(1);
	frame_decoder_init(&decoder);
	return 0;
}

/* The bytes themselves, so that both ends cannot be wrong together. CRC-32 from zlib. */
static void test_known_bytes(void **state)
{
	const u8 expected[] = {0x7e, 0x01, 0x01, 0x02, 'h',  0x7d, 0x5e, 'i',
			       0x7d, 0x5d, 0xb0, 0xf1, 0x13, 0xd6, 0x7e};
	u8 wire[FRAME_WIRE_MAX(4)];

	(void)state;
	assert_int_equal(encode(wire, 0x102, "h\x7ei\x7d", 4), sizeof(expected));
	assert_memory_equal(wire, expected, sizeof(expected));
}

static void test_round_trip_every_length(void **state)
{
	static u8 wire[FRAME_WIRE_MAX(FRAME_PAYLOAD_MAX)];
	u8 payload[FRAME_PAYLOAD_MAX];

	(void)state;
	for (size_t n = 0; n <= FRAME_PAYLOAD_MAX; n++) {
		struct seen seen = {0};
		u16 channel = (u16)rand();

		for (size_t i = 0; i < n; i++)
			payload[i] = (u8)(rand() % 3 ? rand() : 0x7c + rand() % 3);
		decode(&seen, wire, encode(wire, channel, payload, n));
		assert_int_equal(seen.good, 1);
		assert_int_equal(seen.damaged, 0);
		assert_int_equal(seen.channel, channel);
		assert_int_equal(seen.length, n);
		assert_memory_equal(seen.payload, payload, n);
	}
}

static void test_worst_case_fits(void **state)
{
	static u8 wire[FRAME_WIRE_MAX(FRAME_PAYLOAD_MAX) + 1];
	u8 payload[FRAME_PAYLOAD_MAX];

	(void)state;
	memset(payload, FRAME_ESCAPE, sizeof(payload));
	wire[sizeof(wire) - 1] = 0xaa;
	assert_in_range(encode(wire, 0x7e7e, payload, sizeof(payload)), 0, sizeof(wire) - 1);
	assert_int_equal(wire[sizeof(wire) - 1], 0xaa);
}

/* Payload added in pieces makes the same frame as in one. */
static void test_pieces(void **state)
{
	u8 whole[FRAME_WIRE_MAX(9)], pieces[FRAME_WIRE_MAX(9)];
	struct frame_encoder encoder;
	size_t n = encode(whole, 7, "one~two}3", 9);

	(void)state;
	frame_begin(&encoder, pieces, 7);
	frame_add(&encoder, "one~", 4);
	frame_add(&encoder, "", 0);
	frame_add(&encoder, "two}3", 5);
	assert_int_equal(frame_end(&encoder) - pieces, n);
	assert_memory_equal(pieces, whole, n);
}

/* Each single bit of a frame flipped: it is never taken for another frame. */
static void test_bit_errors(void **state)
{
	u8 wire[FRAME_WIRE_MAX(20)];
	size_t n = encode(wire, 0x101, "a console says: ~hi~", 20);

	(void)state;
	for (size_t bit = 0; bit < n * 8; bit++) {
		struct seen seen = {0};

		wire[bit / 8] ^= (u8)(1 << bit % 8);
		decode(&seen, wire, n);
		assert_int_equal(seen.good, 0);
		wire[bit / 8] ^= (u8)(1 << bit % 8);
		assert_in_step();
	}
}

/* Each single byte lost, and each doubled. Flags may be: the neighbours have theirs. */
static void test_lost_and_doubled_bytes(void **state)
{
	u8 wire[FRAME_WIRE_MAX(20)], bent[FRAME_WIRE_MAX(20) + 1];
	size_t n = encode(wire, 0x101, "a console says: ~hi~", 20);

	(void)state;
	assert_in_step();
	for (size_t at = 1; at < n - 1; at++) {
		struct seen seen = {0};

		memcpy(bent, wire, at);
		memcpy(bent + at, wire + at + 1, n - at - 1);
		decode(&seen, bent, n - 1);
		memcpy(bent + at + 1, wire + at, n - at);
		bent[at] = wire[at];
		decode(&seen, bent, n + 1);
		assert_int_equal(seen.good, 0);
		assert_true(seen.damaged >= 2);
		assert_in_step();
	}
}

static void test_truncated(void **state)
{
	u8 wire[FRAME_WIRE_MAX(20)];
	size_t n = encode(wire, 0x101, "a console says: ~hi~", 20);

	(void)state;
	for (size_t length = 0; length < n - 1; length++) {
		struct seen seen = {0};

		decode(&seen, wire, length);
		assert_int_equal(seen.good, 0);
		assert_in_step();
	}
}

static void test_starts_mid_frame(void **state)
{
	u8 wire[FRAME_WIRE_MAX(20)];
	size_t n = encode(wire, 0x101, "a console says: ~hi~", 20);
	struct seen seen = {0};

	(void)state;
	decode(&seen, wire + 5, n - 5);
	assert_int_equal(seen.good, 0);
	assert_int_equal(seen.damaged, 0);
	assert_in_step();
}

static void test_too_long(void **state)
{
	static u8 wire[WIRE_SIZE];
	struct seen seen = {0};

	(void)state;
	/* What a frame with one byte more would be, but for the CRC, which is not reached. */
	memset(wire, 'x', sizeof(wire));
	wire[0] = FRAME_FLAG;
	decode(&seen, wire, 1 + FRAME_BODY_MAX);
	assert_int_equal(seen.damaged, 0);
	decode(&seen, wire + 1, 1);
	assert_int_equal(seen.damaged, 1);
	decode(&seen, wire + 1, sizeof(wire) - 1);
	assert_int_equal(seen.damaged, 1);
	assert_int_equal(seen.good, 0);
	assert_in_step();
}

static void test_malformed(void **state)
{
	static const struct {
		const char *wire;
		size_t length;
	} bad[] = {
		{"\x7e\x01\x00\x00\x00\x00\x7e", 7},		  /* shorter than header and CRC */
		{"\x7e\x01\x00\x7d\x7e", 5},			  /* aborted */
		{"\x7e\x01\x7d\x41\x00\x00\x00\x00\x00\x7e", 10}, /* escaped for no reason */
		{"\x7e\x01\x00\x00\x00\x00\x00\x00\x7e", 9},	  /* CRC */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct seen seen = {0};

		decode(&seen, (const u8 *)bad[i].wire, bad[i].length);
		assert_int_equal(seen.good, 0);
		assert_int_equal(seen.damaged, 1);
		assert_in_step();
	}
}

/* A good CRC does not help a frame of another version. */
static void test_other_version(void **state)
{
	u8 wire[FRAME_WIRE_MAX(0)] = {FRAME_FLAG, FRAME_VERSION + 1, 0, 0};
	struct seen seen = {0};
	u32 crc = ~0U;

	(void)state;
	for (int i = 1; i < 4; i++) {
		crc ^= wire[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	for (int i = 0; i < 4; i++)
		wire[4 + i] = (u8)(~crc >> (24 - 8 * i));
	wire[8] = FRAME_FLAG;
	decode(&seen, wire, 9);
	assert_int_equal(seen.good, 0);
	assert_int_equal(seen.damaged, 1);
	assert_in_step();
}

/* Only what must be escaped may be: a byte more or less on the wire is damage, always. */
static void test_escaped_for_no_reason(void **state)
{
	u8 wire[FRAME_WIRE_MAX(2) + 1];
	size_t n = encode(wire, 1, "ab", 2);
	struct seen seen = {0};

	(void)state;
	memmove(wire + 5, wire + 4, n - 4);
	wire[4] = FRAME_ESCAPE;
	wire[5] ^= FRAME_FLIP;
	decode(&seen, wire, n + 1);
	assert_int_equal(seen.good, 0);
	assert_int_equal(seen.damaged, 1);
	assert_in_step();
}

static void test_empty_payload_and_shared_flag(void **state)
{
	u8 wire[2 * FRAME_WIRE_MAX(1)];
	size_t n = encode(wire, 1, "", 0);
	struct seen seen = {0};

	(void)state;
	/* The second frame starts with the flag that ends the first. */
	n += encode(wire + n - 1, 2, "x", 1) - 1;
	decode(&seen, wire, n);
	assert_int_equal(seen.good, 2);
	assert_int_equal(seen.damaged, 0);
	assert_int_equal(seen.channel, 2);
}

/* Noise of all bytes, between and inside frames: frames without damage all arrive. */
static void test_noise(void **state)
{
	static u8 wire[FRAME_WIRE_MAX(100)];
	u8 payload[100];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct seen seen = {0};
		size_t length = (size_t)rand() % sizeof(payload);
		u8 noise[64];
		size_t noisy = (size_t)rand() % sizeof(noise);

		for (size_t i = 0; i < length; i++)
			payload[i] = (u8)rand();
		for (size_t i = 0; i < noisy; i++)
			noise[i] = (u8)(rand() % 4 ? rand() : 0x7d + rand() % 2);
		decode(&seen, noise, noisy);
		assert_int_equal(seen.good, 0);
		decode(&seen, wire, encode(wire, 5, payload, length));
		assert_int_equal(seen.good, 1);
		assert_int_equal(seen.length, length);
		assert_memory_equal(seen.payload, payload, length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_known_bytes, setup),
		cmocka_unit_test_setup(test_round_trip_every_length, setup),
		cmocka_unit_test_setup(test_worst_case_fits, setup),
		cmocka_unit_test_setup(test_pieces, setup),
		cmocka_unit_test_setup(test_bit_errors, setup),
		cmocka_unit_test_setup(test_lost_and_doubled_bytes, setup),
		cmocka_unit_test_setup(test_truncated, setup),
		cmocka_unit_test_setup(test_starts_mid_frame, setup),
		cmocka_unit_test_setup(test_too_long, setup),
		cmocka_unit_test_setup(test_malformed, setup),
		cmocka_unit_test_setup(test_other_version, setup),
		cmocka_unit_test_setup(test_escaped_for_no_reason, setup),
		cmocka_unit_test_setup(test_empty_payload_and_shared_flag, setup),
		cmocka_unit_test_setup(test_noise, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
