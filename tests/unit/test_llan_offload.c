// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/llan_world.c vio/llan.c vio/llan_hcall.c vio/llan_receive.c
// SOURCES: vio/llan_send.c vio/llan_forward.c vio/packet.c vio/checksum.c vio/vswitch.c
// SOURCES: vio/mcast_filter.c vio/tce.c vio/adapter.c hv/lpar.c partition/tree_writer.c
// Checksums and segments that the sender leaves to the hypervisor, for receivers that take them so
// and those that do not, against a checksum computed the plain way.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "tests/unit/llan_world.h"

#define CSUM  (LLAN_ATTR_TCP4 | LLAN_ATTR_TCP6)
#define LARGE LLAN_ATTR_LARGE
#define FIN   0x01
#define PSH   0x08
#define ACK   0x10
#define CWR   0x80

static struct llan *from, *to;

/* What the packet is made of. */
static struct shape {
	bool ipv6;
	u32 options;	/* bytes of IPv4 options or IPv6 extension headers */
	u32 tcp_header; /* bytes */
	u32 payload, padding;
} shape;

static void world(u64 from_attributes, u64 to_attributes)
{
	struct plan_eth eth = world_eth(1, 2);

	world_reset();
	from = world_join(1, 2, &eth, from_attributes, 2048);
	eth = world_eth(2, 2);
	to = world_join(2, 2, &eth, to_attributes, WORLD_BUFFER_LARGE);
}

static u32 ip_header(void)
{
	return (shape.ipv6 ? 40 : 20) + shape.options;
}

static u32 frame_length(void)
{
	return 14 + ip_header() + shape.tcp_header + shape.payload + shape.padding;
}

/* Folded, not inverted. */
static u16 plain_sum(u32 sum, const u8 *at, u32 length)
{
	for (u32 i = 0; i < length; i++)
		sum += i & 1 ? at[i] : (u32)at[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)sum;
}

/* Does the checksum of the TCP packet whose IP header is at @ip hold? @length: of TCP. */
static bool tcp_sum_right(const u8 *ip, u32 header, u32 length)
{
	u32 sum = 6 + length;

	sum = plain_sum(sum, shape.ipv6 ? ip + 8 : ip + 12, shape.ipv6 ? 32 : 8);
	return plain_sum(sum, ip + header, length) == 0xffff;
}

/* The frame in @from's send area, checksum 0. */
static void make(void)
{
	u8 *frame = world_at(from, WORLD_SEND), *ip = frame + 14, *tcp = ip + ip_header();
	u32 length = ip_header() + shape.tcp_header + shape.payload;

	world_frame(from, WORLD_MAC(2), WORLD_MAC(1), shape.ipv6 ? 0x86dd : 0x800, frame_length());
	if (shape.ipv6) {
		ip[0] = 0x60;
		packet_put16(ip + 4, length - 40);
		ip[6] = shape.options ? 60 : 6;
		if (shape.options) {
			ip[40] = 6;
			ip[41] = (u8)(shape.options / 8 - 1);
		}
	} else {
		ip[0] = (u8)(0x45 + shape.options / 4);
		packet_put16(ip + 2, length);
		packet_put16(ip + 4, 0xfffe);
		packet_put16(ip + 6, 0x4000);
		ip[9] = 6;
		packet_put16(ip + 10, 0);
		packet_put16(ip + 10, (u16)~plain_sum(0, ip, ip_header()));
	}
	packet_put32(tcp + 4, 0xfffffff0);
	tcp[12] = (u8)(shape.tcp_header / 4 << 4);
	tcp[13] = FIN | PSH | ACK | CWR;
	packet_put16(tcp + 16, 0);
}

static s64 send(u64 control, u64 mss)
{
	return world_send(from, frame_length(), control, mss);
}

/* Shapes whose headers and payloads lie in every way across what is copied at once. */
static void every_shape(void (*test)(void))
{
	static const u32 payloads[] = {0, 1, 2, 3, 10, 500, 1447, 5001, 60001};

	for (u32 ipv6 = 0; ipv6 < 2; ipv6++)
		for (u32 options = 0; options <= 40; options += ipv6 ? 8 : 20)
			for (u32 tcp = 20; tcp <= 60; tcp += 12)
				for (u32 i = 0; i < ARRAY_SIZE(payloads); i++)
					for (u32 padding = 0; padding < 8; padding += 7) {
						shape = (struct shape){ipv6, options, tcp,
								       payloads[i], padding};
						test();
					}
}

/* Both leave checksums away: everything as it was, and told so. */
static void both_offload(void)
{
	struct world_message message;

	world(CSUM, CSUM);
	make();
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_SUCCESS);
	assert_true(world_receive(to, &message));
	assert_int_equal(message.control, LLAN_ENTRY_MESSAGE | LLAN_OFFLOAD);
	assert_int_equal(message.length, frame_length());
	assert_memory_equal(message.bytes, world_at(from, WORLD_SEND), frame_length());
}

/* The receiver does not: it gets one that is right, and is told nothing. */
static void sender_offloads(void)
{
	struct world_message message;
	const u8 *sent;
	u32 tcp;

	world(CSUM, 0);
	make();
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_SUCCESS);
	assert_true(world_receive(to, &message));
	assert_int_equal(message.control, LLAN_ENTRY_MESSAGE);
	assert_int_equal(message.length, frame_length());
	sent = world_at(from, WORLD_SEND);
	tcp = 14 + ip_header();
	assert_memory_equal(message.bytes, sent, tcp + 16);
	assert_memory_equal(message.bytes + tcp + 18, sent + tcp + 18, frame_length() - tcp - 18);
	assert_true(
		tcp_sum_right(message.bytes + 14, ip_header(), shape.tcp_header + shape.payload));
	/* One that is good already stays. */
	assert_int_equal(send(LLAN_CHECKSUM_GOOD, 0), H_SUCCESS);
	assert_true(world_receive(to, &message));
	assert_int_equal(message.control, LLAN_ENTRY_MESSAGE);
	assert_memory_equal(message.bytes, sent, frame_length());
}

static void test_checksums(void **state)
{
	(void)state;
	every_shape(both_offload);
	every_shape(sender_offloads);
}

/* Segment @i of @mss bytes in @message; @good: it has a checksum. */
static void check_segment(const struct world_message *message, u32 i, u32 mss, bool good)
{
	const u8 *sent = world_at(from, WORLD_SEND), *ip = message->bytes + 14;
	u32 headers = ip_header() + shape.tcp_header, at = i * mss;
	u32 length = MIN(mss, shape.payload - at);
	const u8 *tcp = ip + ip_header();
	bool last = at + length == shape.payload;

	assert_int_equal(message->length, 14 + headers + length);
	assert_memory_equal(message->bytes, sent, 14);
	assert_memory_equal(ip + headers, sent + 14 + headers + at, length);
	if (shape.ipv6) {
		assert_int_equal(packet_get16(ip + 4), headers - 40 + length);
	} else {
		assert_int_equal(packet_get16(ip + 2), headers + length);
		assert_int_equal(packet_get16(ip + 4), (u16)(0xfffe + i));
		assert_int_equal(plain_sum(0, ip, ip_header()), 0xffff);
	}
	assert_int_equal(packet_get32(tcp + 4), 0xfffffff0 + at);
	assert_int_equal(tcp[13], ACK | (last ? FIN | PSH : 0) | (i ? 0 : CWR));
	assert_memory_equal(tcp + 18, sent + 14 + ip_header() + 18, shape.tcp_header - 18);
	if (good)
		assert_true(tcp_sum_right(ip, ip_header(), shape.tcp_header + length));
	else
		assert_int_equal(packet_get16(tcp + 16), 0);
}

static void segments(u64 to_attributes, u64 control, u32 mss)
{
	bool good = !to_attributes || !control;
	struct world_message message;
	u32 count = (shape.payload + mss - 1) / mss;

	if (shape.payload <= mss)
		return;
	world(CSUM | LARGE, to_attributes);
	assert_int_equal(world_call(to, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(world_register(to, WORLD_MAC(2)), H_SUCCESS);
	for (u32 i = 0; i < MIN(count, (u32)WORLD_BUFFERS); i++)
		assert_int_equal(world_add(to, i, 2048), H_SUCCESS);
	make();
	assert_int_equal(send(control | LLAN_LARGE, mss),
			 count > WORLD_BUFFERS ? H_DROPPED : H_SUCCESS);
	/* Buffers are taken last in, first out; the messages come in order. */
	for (u32 i = 0; i < MIN(count, (u32)WORLD_BUFFERS); i++) {
		assert_true(world_receive(to, &message));
		assert_int_equal(message.control, LLAN_ENTRY_MESSAGE | (good ? 0 : LLAN_OFFLOAD));
		check_segment(&message, i, mss, good);
	}
	world_expect_none(to);
}

static void every_segmentation(void)
{
	segments(0, LLAN_OFFLOAD, 1448);
	segments(CSUM, LLAN_OFFLOAD, 1448);
	segments(CSUM, 0, 999); /* the sender's checksum was that of the whole */
	segments(0, LLAN_OFFLOAD, 101);
}

static void test_segments(void **state)
{
	(void)state;
	every_shape(every_segmentation);
}

/* One who takes large ones gets it as it is, and how large its segments are to be. */
static void test_large(void **state)
{
	struct world_message message;
	be64 mss;

	(void)state;
	for (u32 csum = 0; csum < 2; csum++) {
		shape = (struct shape){false, 0, 32, 60000, 0};
		world(CSUM | LARGE, LARGE | (csum ? CSUM : 0));
		make();
		assert_int_equal(send(LLAN_OFFLOAD | LLAN_LARGE, 1448), H_SUCCESS);
		assert_true(world_receive(to, &message));
		assert_int_equal(message.control,
				 LLAN_ENTRY_MESSAGE | LLAN_LARGE | (csum ? LLAN_OFFLOAD : 0));
		assert_int_equal(message.length, frame_length());
		assert_true(message.offset >= LLAN_BUFFER_LARGE);
		memcpy(&mss, message.bytes - message.offset + LLAN_BUFFER_MSS, sizeof(mss));
		assert_int_equal(be64_to_cpu(mss), 1448);
		assert_memory_equal(message.bytes + 60, world_at(from, WORLD_SEND + 60),
				    frame_length() - 60);
		if (!csum)
			assert_true(tcp_sum_right(message.bytes + 14, 20, 32 + 60000));
		world_expect_none(to);
	}
	/* No buffer for it: dropped, not cut up. */
	assert_int_equal(world_call(to, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(world_register(to, WORLD_MAC(2)), H_SUCCESS);
	assert_int_equal(world_add(to, 0, 2048), H_SUCCESS);
	assert_int_equal(send(LLAN_OFFLOAD | LLAN_LARGE, 1448), H_DROPPED);
}

/* A packet that fits into a segment is no large one, unless the sender says so. */
static void test_large_that_is_small(void **state)
{
	struct world_message message;

	(void)state;
	shape = (struct shape){false, 0, 20, 1000, 0};
	world(CSUM | LARGE, CSUM | LARGE);
	make();
	assert_int_equal(send(LLAN_OFFLOAD, 1448), H_SUCCESS);
	assert_true(world_receive(to, &message));
	assert_int_equal(message.control, LLAN_ENTRY_MESSAGE | LLAN_OFFLOAD);
	assert_int_equal(send(LLAN_OFFLOAD | LLAN_LARGE, 0), H_SUCCESS);
	assert_true(world_receive(to, &message));
	assert_int_equal(message.control, LLAN_ENTRY_MESSAGE | LLAN_OFFLOAD | LLAN_LARGE);
}

/* Into tiny segments: in several calls. */
static void test_many_segments(void **state)
{
	u64 regs[8] = {0};
	u32 calls = 0;
	struct vp vp;

	(void)state;
	shape = (struct shape){true, 0, 20, 16 * 2000, 0};
	world(CSUM | LARGE, 0);
	make();
	regs[0] = world_descriptor(WORLD_SEND, frame_length()) | (u64)LLAN_OFFLOAD << 56;
	regs[7] = 16;
	while (world_hcall(from, H_SEND_LOGICAL_LAN, &vp, regs, 8) == H_BUSY) {
		regs[6] = vp.gpr[4];
		calls++;
	}
	assert_in_range(calls, 3, 20);
	assert_int_equal(to->stats.in_frames + to->stats.no_buffer, 2000);
}

/* LoPAR "Summary of H_SEND_LOGICAL_LAN Semantics with Checksum Offload" */
static void test_refusals(void **state)
{
	u8 *ip, *tcp;

	(void)state;
	shape = (struct shape){false, 0, 20, 90, 0};
	world(0, CSUM);
	make();
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER);
	assert_int_equal(send(LLAN_CHECKSUM_GOOD, 0), H_PARAMETER);
	assert_int_equal(send(0, 5), H_SUCCESS); /* nobody enabled large sends */
	world(LLAN_ATTR_TCP6 | LARGE, CSUM);
	make();
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER);
	assert_int_equal(send(0, 15), H_PARAMETER);
	assert_int_equal(send(0, 16), H_SUCCESS);
	world(CSUM | LARGE, CSUM);
	make();
	assert_int_equal(send(LLAN_NO_CHECKSUM, 0), H_PARAMETER);
	ip = world_at(from, WORLD_SEND + 14);
	tcp = ip + 20;
	ip[9] = 17;
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER); /* UDP */
	assert_int_equal(send(0, 1448), H_PARAMETER);
	assert_int_equal(send(0, 0), H_SUCCESS);
	make();
	ip[7] = 1;
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER); /* a fragment */
	make();
	packet_put16(ip + 2, 131);
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER); /* longer than the frame */
	packet_put16(ip + 2, 39);
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER); /* shorter than its headers */
	make();
	tcp[12] = 0x40;
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER);
	make();
	ip[0] = 0x44;
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER);
	make();
	for (u32 length = 14; length < 54; length++)
		assert_int_equal(world_send(from, length, LLAN_OFFLOAD, 0), H_PARAMETER);
	/* Not its address: only a trunk adapter may. */
	packet_put16(world_at(from, WORLD_SEND + 10), 0x7777);
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_DROPPED);
	assert_int_equal(send(LLAN_CHECKSUM_GOOD, 0), H_SUCCESS);
}

/* Extension headers that lead nowhere, or further than a header may be. */
static void test_extension_headers(void **state)
{
	u8 *ip;

	(void)state;
	shape = (struct shape){true, 0, 20, 6000, 0};
	world(CSUM, 0);
	make();
	ip = world_at(from, WORLD_SEND + 14);
	for (u32 type = 0; type < 256; type++) {
		ip[6] = (u8)type;
		ip[40] = 59; /* nothing follows */
		ip[43] = 1;
		assert_int_equal(send(LLAN_OFFLOAD, 0), type == 6 ? H_SUCCESS : H_PARAMETER);
	}
	ip[6] = 60;
	for (u32 at = 40; at < 6000; at += 8)
		ip[at] = 60, ip[at + 1] = 0;
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER);
	ip[4000] = 6;
	ip[4000 + 8 + 12] = 0x50;
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_SUCCESS);
	ip[4000] = 60;
	ip[4080] = 6;
	assert_int_equal(send(LLAN_OFFLOAD, 0), H_PARAMETER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_many_segments),
		cmocka_unit_test(test_large_that_is_small),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_extension_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
