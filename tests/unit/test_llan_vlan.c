// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/llan_world.c vio/llan.c vio/llan_hcall.c vio/llan_receive.c
// SOURCES: vio/llan_send.c vio/llan_forward.c vio/packet.c vio/checksum.c vio/vswitch.c
// SOURCES: vio/mcast_filter.c vio/tce.c vio/adapter.c hv/lpar.c partition/tree_writer.c
// Frames between ports: tags put in and taken out, VLANs, groups, trunk adapters, long sends.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "papr/vio.h"
#include "tests/unit/llan_world.h"

#define TYPE	0x88b5
#define GROUP	0x01005e000001UL
#define UNKNOWN 0x02fefefefefeUL

static int setup(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

/* An adapter of partition @id without tags. */
static struct llan *plain(u32 id, u32 pvid, u32 trunk_priority)
{
	struct plan_eth eth = world_eth(id, 2);

	eth.port_vlan_id = pvid;
	eth.trunk_priority = trunk_priority;
	return world_join(id, 2, &eth, 0, 2048);
}

/* One with tags, on VLAN @pvid, and on @vlan and @vlan + 1 with them. */
static struct llan *aware(u32 id, u32 pvid, u32 vlan)
{
	struct plan_eth eth = world_eth(id, 2);

	eth.ieee = true;
	eth.port_vlan_id = pvid;
	eth.nr_vlans = 2;
	eth.vlan[0] = (u16)vlan;
	eth.vlan[1] = (u16)(vlan + 1);
	return world_join(id, 2, &eth, 0, 2048);
}

/* @from sends a frame of @length bytes without a tag, … */
static s64 send(struct llan *from, u64 to, u32 length)
{
	world_frame(from, to, from->port.given, TYPE, length);
	return world_send(from, length, 0, 0);
}

/* … or with one: 4 bytes longer. */
static s64 send_tagged(struct llan *from, u64 to, u32 tag, u32 length)
{
	world_frame(from, to, from->port.given, 0x8100, length + 4);
	packet_put16(world_at(from, WORLD_SEND + 14), tag);
	packet_put16(world_at(from, WORLD_SEND + 16), TYPE);
	return world_send(from, length + 4, 0, 0);
}

/* What was sent, as it was; without its tag; with a tag put in. */
static void expect_same(struct llan *to, struct llan *from, u32 length)
{
	world_expect(to, "", 0, from, 0, length);
}

static void expect_stripped(struct llan *to, struct llan *from, u32 length)
{
	world_expect(to, world_at(from, WORLD_SEND), 12, from, 16, length - 12);
}

static void expect_tagged(struct llan *to, struct llan *from, u32 tag, u32 from_offset, u32 length)
{
	u8 head[16];

	memcpy(head, world_at(from, WORLD_SEND), 12);
	packet_put16(head + 12, 0x8100);
	packet_put16(head + 14, tag);
	world_expect(to, head, 16, from, from_offset, length - 12);
}

static void test_isolation(void **state)
{
	struct llan *a = plain(1, 1, 0), *b = plain(2, 2, 0);

	(void)state;
	assert_int_equal(send(a, b->port.given, 60), H_DROPPED);
	assert_int_equal(send(a, MAC_BROADCAST, 60), H_SUCCESS);
	assert_int_equal(send(a, GROUP, 60), H_SUCCESS);
	world_expect_none(b);
	assert_int_equal(a->stats.unknown, 1);
}

/* For every length: a tag on the way from and to those who see none. */
static void test_tags(void **state)
{
	(void)state;
	for (u32 length = 14; length < 200; length += length < 80 ? 1 : 13) {
		struct llan *a, *b, *c, *d;

		world_reset();
		a = plain(1, 10, 0);
		b = aware(2, 1, 10);
		c = aware(3, 10, 20);
		d = plain(4, 11, 0);
		assert_int_equal(send(a, b->port.given, length), H_SUCCESS);
		expect_tagged(b, a, 10, 12, length);
		assert_int_equal(send(a, c->port.given, length), H_SUCCESS);
		expect_same(c, a, length); /* on its own VLAN */
		assert_int_equal(send_tagged(b, a->port.given, 10, length), H_SUCCESS);
		expect_stripped(a, b, length);
		assert_int_equal(send_tagged(b, c->port.given, 0x600a, length), H_SUCCESS);
		expect_stripped(c, b, length);
		assert_int_equal(send_tagged(b, d->port.given, 11, length), H_SUCCESS);
		expect_stripped(d, b, length);
		assert_int_equal(send_tagged(b, a->port.given, 11, length), H_DROPPED);
	}
}

static void test_tag_kept(void **state)
{
	struct llan *a = aware(1, 1, 10), *b = aware(2, 2, 10);

	(void)state;
	assert_int_equal(send_tagged(a, b->port.given, 0xe00b, 300), H_SUCCESS);
	expect_same(b, a, 304);
}

/* VLAN 0 is a priority without VLAN: the port's own. */
static void test_priority_tag(void **state)
{
	struct llan *a = aware(1, 10, 20), *b = aware(2, 1, 10), *c = plain(3, 10, 0);

	(void)state;
	assert_int_equal(send_tagged(a, b->port.given, 0xa000, 100), H_SUCCESS);
	expect_tagged(b, a, 0xa00a, 16, 100);
	assert_int_equal(send_tagged(a, c->port.given, 0xa000, 100), H_SUCCESS);
	expect_stripped(c, a, 100);
}

static void test_bad_tags(void **state)
{
	struct llan *a = aware(1, 1, 10), *b = plain(2, 1, 0);

	(void)state;
	assert_int_equal(send_tagged(a, MAC_BROADCAST, 2, 60), H_PARAMETER);
	assert_int_equal(send_tagged(a, MAC_BROADCAST, 0xfff, 60), H_PARAMETER);
	for (u32 length = 14; length < 18; length++) {
		send_tagged(a, MAC_BROADCAST, 1, 60);
		assert_int_equal(world_send(a, length, 0, 0), H_PARAMETER);
	}
	/* Of a port that sees no tags, 0x8100 is a type like others. */
	world_reset();
	a = plain(1, 1, 0);
	b = plain(2, 1, 0);
	assert_int_equal(send_tagged(a, b->port.given, 0xfff, 60), H_SUCCESS);
	expect_same(b, a, 64);
	assert_int_equal(world_send(a, 15, 0, 0), H_SUCCESS);
	expect_same(b, a, 15);
}

static void test_groups(void **state)
{
	struct llan *a = plain(1, 1, 0), *b = plain(2, 1, 0), *c = aware(3, 5, 1);

	(void)state;
	assert_int_equal(send(a, MAC_BROADCAST, 100), H_SUCCESS);
	world_expect_none(a);
	expect_same(b, a, 100);
	expect_tagged(c, a, 1, 12, 100);
	assert_int_equal(
		world_call(b, H_MULTICAST_CTRL,
			   LLAN_MCAST_MODIFY_FILTER | LLAN_MCAST_FILTER | LLAN_MCAST_TABLE_ADD,
			   GROUP),
		H_SUCCESS);
	assert_int_equal(world_call(c, H_MULTICAST_CTRL, LLAN_MCAST_MODIFY_ENABLE), H_SUCCESS);
	assert_int_equal(send(a, GROUP, 100), H_SUCCESS);
	expect_same(b, a, 100);
	assert_int_equal(send(a, GROUP + 1, 100), H_SUCCESS);
	world_expect_none(b);
	assert_int_equal(send(a, MAC_BROADCAST, 100), H_SUCCESS);
	expect_same(b, a, 100);
	expect_tagged(c, a, 1, 12, 100);
	world_expect_none(c);
	assert_int_equal(b->stats.in_groups, 3);
}

static s64 mcast(struct llan *llan, u64 flags, u64 mac, u64 *result)
{
	const u64 regs[] = {flags, mac};
	struct vp vp;
	s64 code = world_hcall(llan, H_MULTICAST_CTRL, &vp, regs, 2);

	*result = vp.gpr[4];
	return code;
}

static void test_multicast_ctrl(void **state)
{
	struct llan *a = plain(1, 1, 0);
	u64 now, unit = VIO_UNIT_BASE + a->adapter.slot;

	(void)state;
	assert_int_equal(mcast(a, 0, 0, &now), H_SUCCESS);
	assert_int_equal(now, LLAN_MCAST_ENABLE);
	for (u32 i = 0; i < MCAST_FILTER_SIZE; i++) {
		assert_int_equal(mcast(a, LLAN_MCAST_TABLE_ADD, GROUP + i, &now), H_SUCCESS);
		assert_int_equal(now, LLAN_MCAST_ENABLE | (i + 1));
		assert_int_equal(mcast(a, LLAN_MCAST_TABLE_ADD, GROUP + i, &now), H_SUCCESS);
		assert_int_equal(now, LLAN_MCAST_ENABLE | (i + 1));
	}
	assert_int_equal(mcast(a, LLAN_MCAST_TABLE_ADD, GROUP + 99, &now), H_CONSTRAINED);
	assert_int_equal(now, LLAN_MCAST_ENABLE | MCAST_FILTER_SIZE);
	assert_int_equal(mcast(a, LLAN_MCAST_TABLE_REMOVE, GROUP + 99, &now), H_NOT_FOUND);
	assert_int_equal(mcast(a, LLAN_MCAST_TABLE_REMOVE, GROUP + 3, &now), H_SUCCESS);
	assert_int_equal(now, LLAN_MCAST_ENABLE | (MCAST_FILTER_SIZE - 1));
	assert_int_equal(
		mcast(a, LLAN_MCAST_TABLE_CLEAR | LLAN_MCAST_MODIFY_FILTER | LLAN_MCAST_FILTER,
		      ~0UL, &now),
		H_SUCCESS);
	assert_int_equal(now, LLAN_MCAST_ENABLE | LLAN_MCAST_FILTER);
	/* Bits without their modify bit say nothing. */
	assert_int_equal(mcast(a, LLAN_MCAST_MODIFY_ENABLE, 0, &now), H_SUCCESS);
	assert_int_equal(now, LLAN_MCAST_FILTER);
	assert_int_equal(mcast(a, LLAN_MCAST_ENABLE, 0, &now), H_SUCCESS);
	assert_int_equal(now, LLAN_MCAST_FILTER);
	for (u32 bit = 0; bit < 64; bit++)
		if (!((u64)LLAN_MCAST_FLAGS >> bit & 1)) {
			assert_int_equal(mcast(a, 1UL << bit, 0, &now), H_PARAMETER);
			assert_int_equal(now, unit);
		}
	assert_int_equal(mcast(a, LLAN_MCAST_TABLE_ADD, 1UL << 48, &now), H_PARAMETER);
}

/* What nobody has goes to the trunk adapter, and comes from it; never back. */
static void test_trunk(void **state)
{
	struct llan *a = plain(1, 1, 0), *b = plain(2, 1, 0), *t = plain(3, 1, 1),
		    *s = plain(4, 1, 2);

	(void)state;
	assert_int_equal(send(a, UNKNOWN, 60), H_SUCCESS);
	expect_same(t, a, 60);
	assert_int_equal(send(a, b->port.given, 60), H_SUCCESS);
	expect_same(b, a, 60);
	world_expect_none(t);
	assert_int_equal(send(a, MAC_BROADCAST, 60), H_SUCCESS);
	expect_same(t, a, 60);
	expect_same(b, a, 60);
	world_expect_none(s);
	/* From outside. */
	world_frame(t, a->port.given, UNKNOWN, TYPE, 60);
	assert_int_equal(world_send(t, 60, 0, 0), H_SUCCESS);
	expect_same(a, t, 60);
	world_frame(t, UNKNOWN + 1, UNKNOWN, TYPE, 60);
	assert_int_equal(world_send(t, 60, 0, 0), H_DROPPED);
	/* The one that stands by: nothing from outside, so nothing goes round. */
	world_frame(s, MAC_BROADCAST, UNKNOWN, TYPE, 60);
	assert_int_equal(world_send(s, 60, 0, 0), H_DROPPED);
	assert_int_equal(send(s, a->port.given, 60), H_DROPPED);
	assert_int_equal(s->stats.refused, 2);
	world_expect_none(a);
	world_expect_none(t);
	/* The first goes. */
	assert_int_equal(world_call(t, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(send(a, UNKNOWN, 60), H_SUCCESS);
	expect_same(s, a, 60);
	assert_int_equal(send(s, a->port.given, 60), H_SUCCESS);
	expect_same(a, s, 60);
}

/* A frame to seven receivers of 65,000 bytes is sent in several calls, and comes once to each. */
static void test_continuation(void **state)
{
	const u32 length = 65000;
	u64 regs[8] = {world_descriptor(WORLD_SEND, length)};
	struct llan *from = plain(1, 1, 0), *to[WORLD_LPARS + 1];
	struct vp vp;
	u32 calls = 0;
	s64 code;

	(void)state;
	for (u32 id = 2; id <= WORLD_LPARS; id++) {
		to[id] = plain(id, 1, 0);
		if (id != 5)
			assert_int_equal(world_add(to[id], 0, WORLD_BUFFER_LARGE), H_SUCCESS);
	}
	world_frame(from, MAC_BROADCAST, WORLD_MAC(1), TYPE, length);
	do {
		code = world_hcall(from, H_SEND_LOGICAL_LAN, &vp, regs, 8);
		regs[6] = vp.gpr[4];
		calls++;
	} while (code == H_BUSY);
	assert_int_equal(code, H_DROPPED); /* partition 5 */
	assert_in_range(calls, 2, 4);
	for (u32 id = 2; id <= WORLD_LPARS; id++) {
		if (id != 5)
			expect_same(to[id], from, length);
		world_expect_none(to[id]);
	}
	/* Tokens nobody gave. */
	for (u32 i = 0; i < 64; i++) {
		regs[6] = 1UL << i | (u64)i << 32;
		code = world_hcall(from, H_SEND_LOGICAL_LAN, &vp, regs, 8);
		assert_true(code == H_DROPPED || code == H_SUCCESS || code == H_BUSY);
	}
}

/* Two switches have nothing to do with one another. */
static void test_switches(void **state)
{
	struct plan_eth eth = world_eth(2, 2);
	struct llan *a = plain(1, 1, 0), *b;

	(void)state;
	strcpy(eth.vswitch, "OTHER");
	b = world_join(2, 2, &eth, 0, 2048);
	assert_int_equal(send(a, b->port.given, 60), H_DROPPED);
	assert_int_equal(send(a, MAC_BROADCAST, 60), H_SUCCESS);
	world_expect_none(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_isolation, setup),
		cmocka_unit_test_setup(test_tags, setup),
		cmocka_unit_test_setup(test_tag_kept, setup),
		cmocka_unit_test_setup(test_priority_tag, setup),
		cmocka_unit_test_setup(test_bad_tags, setup),
		cmocka_unit_test_setup(test_groups, setup),
		cmocka_unit_test_setup(test_multicast_ctrl, setup),
		cmocka_unit_test_setup(test_trunk, setup),
		cmocka_unit_test_setup(test_continuation, setup),
		cmocka_unit_test_setup(test_switches, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
