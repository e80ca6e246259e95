// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/llan_world.c vio/llan.c vio/llan_hcall.c vio/llan_receive.c
// SOURCES: vio/llan_send.c vio/llan_forward.c vio/packet.c vio/checksum.c vio/vswitch.c
// SOURCES: vio/mcast_filter.c vio/tce.c vio/adapter.c hv/lpar.c partition/tree_writer.c
// Logical LAN adapters: registration, receive buffers and queue, groups, attributes, the node.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "hv/hcall.h"
#include "hv/lpar.h"
#include "partition/tree_writer.h"
#include "tests/unit/llan_world.h"

#define TYPE 0x88b5

static struct llan *sender, *receiver;

static int setup(void **state)
{
	struct plan_eth eth = world_eth(1, 2);

	(void)state;
	world_reset();
	sender = world_join(1, 2, &eth, 0, 2048);
	eth = world_eth(2, 2);
	receiver = world_join(2, 2, &eth, 0, 2048);
	return 0;
}

/* Sends @length bytes to the receiver. */
static s64 send(u32 length)
{
	world_frame(sender, WORLD_MAC(2), WORLD_MAC(1), TYPE, length);
	return world_send(sender, length, 0, 0);
}

static void expect(u32 length)
{
	world_expect(receiver, "", 0, sender, 0, length);
}

static void test_lengths(void **state)
{
	(void)state;
	for (u32 length = 0; length <= 2040; length++) {
		assert_int_equal(send(length), length < 14 ? H_PARAMETER : H_SUCCESS);
		if (length < 14)
			continue;
		expect(length);
		assert_int_equal(world_add(receiver, 5, 2048), H_SUCCESS);
	}
	assert_int_equal(send(2041), H_DROPPED);
	assert_int_equal(receiver->stats.in_frames, 2040 - 13);
	assert_int_equal(receiver->stats.no_buffer, 1);
}

static void test_longest(void **state)
{
	(void)state;
	assert_int_equal(world_add(receiver, 0, WORLD_BUFFER_LARGE), H_SUCCESS);
	assert_int_equal(send(65553), H_SUCCESS);
	expect(65553);
	assert_int_equal(send(65554), H_PARAMETER);
	assert_int_equal(world_send(sender, 0xffffff, 0, 0), H_PARAMETER);
}

/* A frame in six pieces, one of which crosses pages; what follows an invalid one does not count. */
static void test_pieces(void **state)
{
	static const u32 sizes[6] = {1, 12, 1, 5000, 3, 700};
	u64 regs[8] = {0}, at = WORLD_SEND;

	(void)state;
	world_frame(sender, WORLD_MAC(2), WORLD_MAC(1), TYPE, 5717);
	for (u32 i = 0; i < 6; at += sizes[i++])
		regs[i] = world_descriptor(at, sizes[i]);
	assert_int_equal(world_add(receiver, 0, 8192), H_SUCCESS);
	assert_int_equal(world_hcall(sender, H_SEND_LOGICAL_LAN, NULL, regs, 8), H_SUCCESS);
	expect(5717);
	regs[4] &= ~LLAN_DESC_VALID;
	assert_int_equal(world_add(receiver, 0, 8192), H_SUCCESS);
	assert_int_equal(world_hcall(sender, H_SEND_LOGICAL_LAN, NULL, regs, 8), H_SUCCESS);
	expect(5014);
	regs[0] = 0;
	assert_int_equal(world_hcall(sender, H_SEND_LOGICAL_LAN, NULL, regs, 8), H_PARAMETER);
}

/* The queue goes round; the valid bit and the toggle in the buffer list with it. */
static void test_queue_round(void **state)
{
	be64 word;

	(void)state;
	for (u32 i = 0; i < 50; i++) {
		u64 toggle = i / 16 % 2 ? LLAN_DESC_TOGGLE : 0;

		memcpy(&word, world_at(receiver, WORLD_LIST), sizeof(word));
		assert_int_equal(be64_to_cpu(word),
				 world_descriptor(WORLD_QUEUE, WORLD_QUEUE_SIZE) | toggle);
		world_expect_none(receiver);
		assert_int_equal(send(60), H_SUCCESS);
		expect(60);
		assert_int_equal(world_add(receiver, 5, 2048), H_SUCCESS);
	}
}

static u64 dropped(void)
{
	be64 word;

	memcpy(&word, world_at(receiver, WORLD_LIST + LLAN_LIST_DROPPED), sizeof(word));
	return be64_to_cpu(word);
}

static void test_no_buffers(void **state)
{
	(void)state;
	for (u32 i = 0; i < WORLD_BUFFERS; i++)
		assert_int_equal(send(100), H_SUCCESS);
	for (u32 i = 1; i <= 20; i++) {
		assert_int_equal(send(100), H_DROPPED);
		assert_int_equal(dropped(), i);
	}
	assert_int_equal(receiver->stats.no_buffer, 20);
	for (u32 i = 0; i < WORLD_BUFFERS; i++)
		expect(100);
	world_expect_none(receiver);
	assert_int_equal(world_register(receiver, WORLD_MAC(2)), H_PARAMETER);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(world_register(receiver, WORLD_MAC(2)), H_SUCCESS);
	assert_int_equal(dropped(), 0);
}

/* The smallest buffer that is large enough; a larger one if there is none, unless that is unwanted.
 */
static void test_pools(void **state)
{
	struct world_message message;

	(void)state;
	for (u32 control = 0; control < 2; control++) {
		assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN), H_SUCCESS);
		assert_int_equal(world_call(receiver, H_ILLAN_ATTRIBUTES, 0,
					    control ? LLAN_ATTR_SIZE_CONTROL : 0),
				 H_SUCCESS);
		assert_int_equal(world_register(receiver, WORLD_MAC(2)), H_SUCCESS);
		assert_int_equal(world_add(receiver, 0, 4096), H_SUCCESS);
		assert_int_equal(world_add(receiver, 1, 128), H_SUCCESS);
		assert_int_equal(world_add(receiver, 2, 1024), H_SUCCESS);
		assert_int_equal(send(100), H_SUCCESS);
		assert_true(world_receive(receiver, &message));
		assert_int_equal(message.handle & 0xff, 1);
		assert_int_equal(send(2000), H_SUCCESS);
		assert_true(world_receive(receiver, &message));
		assert_int_equal(message.handle & 0xff, 0);
		assert_int_equal(send(100), control ? H_DROPPED : H_SUCCESS);
		assert_int_equal(world_receive(receiver, &message), !control);
	}
}

static void test_pool_limit(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < LLAN_POOLS_MAX - 1; i++)
		assert_int_equal(world_add(receiver, 0, 16 + i), H_SUCCESS);
	assert_int_equal(world_add(receiver, 0, 16 + i), H_RESOURCE);
	assert_int_equal(world_add(receiver, 0, 2048), H_SUCCESS);
}

static void test_bad_buffers(void **state)
{
	static const u64 bad[] = {
		WORLD_BUFFER | 2048UL << 32,			      /* not valid */
		LLAN_DESC_VALID | WORLD_BUFFER | 15UL << 32,	      /* too small */
		LLAN_DESC_VALID | (WORLD_BUFFER + 2) | 2048UL << 32,  /* not aligned */
		LLAN_DESC_VALID | (WORLD_SIZE - 1024) | 2048UL << 32, /* out of the window */
		LLAN_DESC_VALID | 0xfffffff0 | 32UL << 32,
		LLAN_DESC_VALID | WORLD_BUFFER | 0xffffffUL << 32,
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(world_call(receiver, H_ADD_LOGICAL_LAN_BUFFER, bad[i]),
				 H_PARAMETER);
	world_map(receiver, WORLD_BUFFER, TCE_READ);
	assert_int_equal(world_add(receiver, 0, 2048), H_PARAMETER);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(world_add(receiver, 1, 2048), H_PARAMETER);
}

static void test_free_buffer(void **state)
{
	struct world_message message;

	(void)state;
	for (u32 i = 0; i < WORLD_BUFFERS; i++) {
		assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN_BUFFER, 2048), H_SUCCESS);
		assert_true(world_receive(receiver, &message));
		assert_int_equal(message.control, 0);
		assert_int_equal(message.handle >> 8, 0xabcd000000);
	}
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN_BUFFER, 2048), H_NOT_FOUND);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN_BUFFER, 2047), H_NOT_FOUND);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN_BUFFER, 2048 | 1UL << 32),
			 H_NOT_FOUND);
	assert_int_equal(send(60), H_DROPPED);
}

static s64 registration(u64 list, u64 queue, u64 filter, u64 mac)
{
	return world_call(receiver, H_REGISTER_LOGICAL_LAN, list, queue, filter, mac);
}

static void test_bad_registration(void **state)
{
	const u64 queue = world_descriptor(WORLD_QUEUE, WORLD_QUEUE_SIZE), mac = WORLD_MAC(2);

	(void)state;
	assert_int_equal(registration(WORLD_LIST, queue, WORLD_FILTER, mac), H_PARAMETER);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(registration(WORLD_LIST + 8, queue, WORLD_FILTER, mac), H_PARAMETER);
	assert_int_equal(registration(WORLD_SIZE, queue, WORLD_FILTER, mac), H_PARAMETER);
	assert_int_equal(registration(~0xfffUL, queue, WORLD_FILTER, mac), H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, queue, WORLD_FILTER | 16, mac), H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, queue, 1UL << 40, mac), H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, queue & ~LLAN_DESC_VALID, WORLD_FILTER, mac),
			 H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, queue | 8, WORLD_FILTER, mac), H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, queue | 8UL << 32, WORLD_FILTER, mac),
			 H_PARAMETER);
	assert_int_equal(
		registration(WORLD_LIST, world_descriptor(WORLD_QUEUE, 0), WORLD_FILTER, mac),
		H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, world_descriptor(WORLD_QUEUE, 0xfffff0),
				      WORLD_FILTER, mac),
			 H_PARAMETER);
	for (u64 page = WORLD_LIST; page <= WORLD_QUEUE; page += TCE_PAGE_SIZE) {
		world_map(receiver, page, TCE_READ);
		assert_int_equal(registration(WORLD_LIST, queue, WORLD_FILTER, mac), H_PARAMETER);
		world_map(receiver, page, TCE_READ | TCE_WRITE);
	}
	assert_int_equal(registration(WORLD_LIST, queue, WORLD_FILTER, 0), H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, queue, WORLD_FILTER, MAC_BROADCAST), H_PARAMETER);
	assert_int_equal(registration(WORLD_LIST, queue, WORLD_FILTER, WORLD_MAC(1)), H_PARAMETER);
	assert_int_equal(send(60), H_DROPPED);
	assert_int_equal(registration(WORLD_LIST, queue, WORLD_FILTER, mac), H_SUCCESS);
}

/* No unit address but that of an adapter of this kind of the partition's own. */
static void test_unit_address(void **state)
{
	static const u64 units[] = {0, 2, 0x30000000, 0x30000003, 0x30000004, 0x130000002, ~0UL};
	struct vp vp = {.lpar = &world_lpars[1]};
	u32 calls = 0;

	(void)state;
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number == H_VIO_SIGNAL || line->number == H_VIOCTL)
			continue;
		calls++;
		for (u32 i = 0; i < ARRAY_SIZE(units); i++) {
			vp.gpr[4] = units[i];
			assert_int_equal(line->handler(&vp), H_PARAMETER);
			assert_int_equal(vp.gpr[4], units[i]);
		}
	}
	assert_int_equal(calls, 8);
}

/* Interrupts come with entries, while they are enabled; registration disables them. */
static void test_interrupts(void **state)
{
	(void)state;
	assert_int_equal(send(60), H_SUCCESS);
	assert_int_equal(world_pulses[2], 1);
	assert_int_equal(world_call(receiver, H_VIO_SIGNAL, 0), H_SUCCESS);
	assert_int_equal(send(60), H_SUCCESS);
	assert_int_equal(world_pulses[2], 1);
	assert_int_equal(world_call(receiver, H_VIO_SIGNAL, 1), H_SUCCESS);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(send(60), H_DROPPED);
	assert_int_equal(world_pulses[2], 1);
	assert_int_equal(world_register(receiver, WORLD_MAC(2)), H_SUCCESS);
	assert_int_equal(world_add(receiver, 0, 2048), H_SUCCESS);
	assert_int_equal(send(60), H_SUCCESS);
	assert_int_equal(world_pulses[2], 1);
	assert_int_equal(world_pulses[1], 0);
}

/* What the partition does to its free buffers' memory, and to its window, hurts itself alone. */
static void test_lists_destroyed(void **state)
{
	(void)state;
	memset(world_at(receiver, WORLD_BUFFER), 0xff, WORLD_SIZE - WORLD_BUFFER);
	assert_int_equal(send(60), H_SUCCESS); /* the first of the list, which now ends */
	assert_int_equal(send(60), H_DROPPED);
	assert_int_equal(world_add(receiver, 0, 2048), H_SUCCESS);
	memset(world_at(receiver, WORLD_BUFFER + 8), 0, 8); /* I/O address 0: its buffer list */
	assert_int_equal(send(60), H_SUCCESS);
	assert_int_equal(send(60), H_SUCCESS);
	assert_memory_equal(world_at(receiver, WORLD_LIST + 8), world_at(sender, WORLD_SEND), 60);
}

/* The same buffer twice is filled twice. */
static void test_buffer_repeated(void **state)
{
	(void)state;
	assert_int_equal(world_add(receiver, 0, 512), H_SUCCESS);
	assert_int_equal(world_add(receiver, 0, 512), H_SUCCESS);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(send(60), H_SUCCESS);
		expect(60);
	}
	assert_int_equal(send(60), H_SUCCESS); /* a larger one */
}

static void test_unmapped(void **state)
{
	struct world_message message;

	(void)state;
	/* The receiver's buffer, in the middle of a frame: the buffer comes back without one. */
	world_map(receiver, WORLD_BUFFER + 5 * WORLD_BUFFER_STEP, TCE_READ);
	assert_int_equal(send(60), H_DROPPED);
	assert_int_equal(receiver->stats.no_buffer, 1);
	assert_int_equal(world_add(receiver, 0, 8192), H_SUCCESS);
	world_map(receiver, WORLD_BUFFER + TCE_PAGE_SIZE, 0);
	assert_int_equal(send(6000), H_DROPPED);
	assert_int_equal(receiver->stats.unmapped, 1);
	assert_true(world_receive(receiver, &message));
	assert_int_equal(message.control, 0);
	assert_int_equal(message.handle & 0xff, 0);
	/* The sender's: nobody gets anything, the buffer stays. */
	assert_int_equal(world_add(receiver, 1, 8192), H_SUCCESS);
	world_map(sender, WORLD_SEND + TCE_PAGE_SIZE, TCE_WRITE);
	assert_int_equal(send(6000), H_PARAMETER);
	assert_int_equal(send(60), H_SUCCESS);
	world_map(sender, WORLD_SEND, 0);
	assert_int_equal(send(60), H_PARAMETER);
	world_map(sender, WORLD_SEND, TCE_READ);
	/* The queue. */
	world_map(receiver, WORLD_QUEUE, 0);
	assert_int_equal(world_add(receiver, 2, 8192), H_SUCCESS);
	assert_int_equal(send(60), H_DROPPED);
	assert_int_equal(receiver->stats.unmapped, 2);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN_BUFFER, 8192), H_NOT_FOUND);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN), H_SUCCESS);
}

/* Nothing is written once the adapter is reset, and it is as at the start. */
static void test_reset(void **state)
{
	static u8 before[WORLD_SIZE];
	struct vp vp;
	const u64 none[2] = {0};

	(void)state;
	llan_type.reset(&receiver->adapter);
	memcpy(before, world_at(receiver, 0), WORLD_SIZE);
	for (u32 i = 0; i < 5; i++)
		assert_int_equal(send(60), H_DROPPED);
	assert_memory_equal(before, world_at(receiver, 0), WORLD_SIZE);
	assert_int_equal(world_hcall(receiver, H_ILLAN_ATTRIBUTES, &vp, none, 2), H_SUCCESS);
	assert_int_equal(vp.gpr[4], LLAN_ATTR_LARGE_SEND | LLAN_ATTR_PADDED);
	assert_int_equal(world_register(receiver, WORLD_MAC(2)), H_SUCCESS);
	assert_int_equal(receiver->nr_pools, 0);
}

static s64 attributes(struct llan *llan, u64 reset, u64 set, u64 *result)
{
	const u64 regs[] = {reset, set};
	struct vp vp;
	s64 code = world_hcall(llan, H_ILLAN_ATTRIBUTES, &vp, regs, 2);

	*result = vp.gpr[4];
	return code;
}

/* As Linux's driver negotiates. */
static void test_attributes(void **state)
{
	const u64 always = LLAN_ATTR_LARGE_SEND | LLAN_ATTR_PADDED;
	u64 now;

	(void)state;
	assert_int_equal(attributes(receiver, 0, LLAN_ATTR_TCP4, &now), H_CONSTRAINED);
	assert_int_equal(now, always);
	assert_int_equal(attributes(receiver, LLAN_ATTR_TCP4, 0, &now), H_SUCCESS);
	assert_int_equal(world_call(receiver, H_FREE_LOGICAL_LAN), H_SUCCESS);
	assert_int_equal(attributes(receiver, 0, 0, &now), H_SUCCESS);
	assert_int_equal(now, always);
	assert_int_equal(attributes(receiver, 0, LLAN_ATTR_TCP4, &now), H_SUCCESS);
	assert_int_equal(attributes(receiver, 0, LLAN_ATTR_TCP6, &now), H_SUCCESS);
	assert_int_equal(attributes(receiver, 0, LLAN_ATTR_LARGE, &now), H_SUCCESS);
	assert_int_equal(now, always | LLAN_ATTR_TCP4 | LLAN_ATTR_TCP6 | LLAN_ATTR_LARGE);
	assert_int_equal(attributes(receiver, LLAN_ATTR_LARGE, 0, &now), H_SUCCESS);
	assert_int_equal(now, always | LLAN_ATTR_TCP4 | LLAN_ATTR_TCP6);
	assert_int_equal(attributes(receiver, LLAN_ATTR_PADDED, 0, &now), H_CONSTRAINED);
	/* What is not implemented is ignored, but for a priority. */
	assert_int_equal(attributes(receiver, ~(u64)LLAN_ATTR_PADDED & ~(u64)LLAN_ATTR_LARGE_SEND,
				    1UL << 50 | LLAN_ATTR_ACTIVE, &now),
			 H_SUCCESS);
	assert_int_equal(now, always);
	assert_int_equal(attributes(receiver, 0, 0x100, &now), H_PARAMETER);
}

static void test_trunk_attributes(void **state)
{
	struct plan_eth eth = world_eth(3, 2);
	const u64 always = LLAN_ATTR_LARGE_SEND | LLAN_ATTR_PADDED;
	struct llan *first, *second;
	u64 now;

	(void)state;
	eth.trunk_priority = 5;
	first = world_open(3, 2, &eth);
	eth = world_eth(4, 2);
	eth.trunk_priority = 1;
	second = world_open(4, 2, &eth);
	attributes(first, 0, 0, &now);
	assert_int_equal(now, always | 0x500 | LLAN_ATTR_ACTIVE);
	assert_int_equal(world_register(second, WORLD_MAC(4)), H_SUCCESS);
	attributes(first, 0, 0, &now);
	assert_int_equal(now, always | 0x500);
	attributes(second, 0, 0, &now);
	assert_int_equal(now, always | 0x100 | LLAN_ATTR_ACTIVE);
	assert_int_equal(attributes(second, LLAN_ATTR_ACTIVE, 0, &now), H_PARAMETER);
	assert_int_equal(attributes(second, 0, 0x200, &now), H_CONSTRAINED);
	assert_int_equal(attributes(second, 0xf00, 0, &now), H_CONSTRAINED);
	assert_int_equal(world_register(first, WORLD_MAC(3)), H_SUCCESS);
	assert_int_equal(attributes(first, 0, LLAN_ATTR_ACTIVE, &now), H_SUCCESS);
	assert_int_equal(now, always | 0x500 | LLAN_ATTR_ACTIVE);
	attributes(second, 0, 0, &now);
	assert_int_equal(now, always | 0x100);
	llan_type.reset(&first->adapter);
	attributes(second, 0, 0, &now);
	assert_int_equal(now, always | 0x100 | LLAN_ATTR_ACTIVE);
}

static void test_mac(void **state)
{
	(void)state;
	assert_int_equal(world_call(receiver, H_CHANGE_LOGICAL_LAN_MAC, 0x02abcdef0123), H_SUCCESS);
	assert_int_equal(send(60), H_DROPPED);
	world_frame(sender, 0x02abcdef0123, WORLD_MAC(1), TYPE, 60);
	assert_int_equal(world_send(sender, 60, 0, 0), H_SUCCESS);
	expect(60);
	assert_int_equal(world_call(receiver, H_CHANGE_LOGICAL_LAN_MAC, WORLD_MAC(1)), H_PARAMETER);
	assert_int_equal(world_call(receiver, H_CHANGE_LOGICAL_LAN_MAC, 0), H_PARAMETER);
	assert_int_equal(world_call(receiver, H_CHANGE_LOGICAL_LAN_MAC, 0x010000000001),
			 H_PARAMETER);
	assert_int_equal(world_call(receiver, H_CHANGE_LOGICAL_LAN_MAC, 0xffff02abcdef0124),
			 H_SUCCESS); /* its low order six bytes */
	world_frame(sender, 0x02abcdef0124, WORLD_MAC(1), TYPE, 60);
	assert_int_equal(world_send(sender, 60, 0, 0), H_SUCCESS);
}

/* Big-endian numbers and a name through the window. */
static void test_vioctl(void **state)
{
	struct plan_eth eth = world_eth(3, 2);
	static const u8 list[] = {0, 9, 0, 2, 0, 4, 1, 0, 0, 0};
	u64 regs[4] = {VIOCTL_LLAN_NR_VLANS};
	struct llan *llan;
	struct vp vp;

	(void)state;
	eth.ieee = true;
	eth.port_vlan_id = 9;
	eth.nr_vlans = 3;
	eth.vlan[0] = 2, eth.vlan[1] = 4, eth.vlan[2] = 256;
	strcpy(eth.vswitch, "BACKUP");
	llan = world_open(3, 2, &eth);
	assert_int_equal(world_hcall(llan, H_VIOCTL, &vp, regs, 4), H_SUCCESS);
	assert_int_equal(vp.gpr[4], 4);
	memset(world_at(llan, WORLD_SEND), 0xff, 64);
	regs[0] = VIOCTL_LLAN_VLANS;
	regs[1] = 10UL << 32 | WORLD_SEND;
	assert_int_equal(world_hcall(llan, H_VIOCTL, &vp, regs, 4), H_SUCCESS);
	assert_memory_equal(world_at(llan, WORLD_SEND), list, 10);
	assert_int_equal(*world_at(llan, WORLD_SEND + 10), 0xff);
	regs[1] = 7UL << 32 | WORLD_SEND;
	assert_int_equal(world_hcall(llan, H_VIOCTL, &vp, regs, 4), H_CONSTRAINED);
	regs[1] |= 1UL << 56;
	assert_int_equal(world_hcall(llan, H_VIOCTL, &vp, regs, 4), H_PARAMETER);
	regs[0] = VIOCTL_LLAN_SWITCH_ID;
	regs[1] = 200UL << 32 | WORLD_SEND;
	memset(world_at(llan, WORLD_SEND), 0xff, 256);
	assert_int_equal(world_hcall(llan, H_VIOCTL, &vp, regs, 4), H_SUCCESS);
	assert_string_equal((char *)world_at(llan, WORLD_SEND), "BACKUP");
	assert_int_equal(*world_at(llan, WORLD_SEND + 199), 0);
	assert_int_equal(*world_at(llan, WORLD_SEND + 200), 0xff);
	regs[1] = 200UL << 32 | (WORLD_SIZE - 199);
	assert_int_equal(world_hcall(llan, H_VIOCTL, &vp, regs, 4), H_PARAMETER);
}

static void test_tree(void **state)
{
	static u8 tree[4 * KiB] __aligned(8);
	struct tree_writer writer = {.fdt = tree};
	static const u8 mac[] = {0x02, 0, 0, 2, 2, 0};
	struct plan_eth eth = world_eth(3, 2);

	(void)state;
	fdt_create_empty_tree(tree, sizeof(tree));
	llan_type.tree(&receiver->adapter, &writer);
	assert_int_equal(writer.error, 0);
	assert_memory_equal(fdt_getprop(tree, 0, "local-mac-address", NULL), mac, 6);
	assert_non_null(fdt_getprop(tree, 0, "ibm,mac-address-filters", NULL));
	assert_non_null(fdt_getprop(tree, 0, "ibm,illan-options", NULL));
	assert_null(fdt_getprop(tree, 0, "ibm,trunk-adapter", NULL));
	eth.trunk_priority = 1;
	llan_type.tree(&world_open(3, 2, &eth)->adapter, &writer);
	assert_non_null(fdt_getprop(tree, 0, "ibm,trunk-adapter", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lengths, setup),
		cmocka_unit_test_setup(test_longest, setup),
		cmocka_unit_test_setup(test_pieces, setup),
		cmocka_unit_test_setup(test_queue_round, setup),
		cmocka_unit_test_setup(test_no_buffers, setup),
		cmocka_unit_test_setup(test_pools, setup),
		cmocka_unit_test_setup(test_pool_limit, setup),
		cmocka_unit_test_setup(test_bad_buffers, setup),
		cmocka_unit_test_setup(test_free_buffer, setup),
		cmocka_unit_test_setup(test_bad_registration, setup),
		cmocka_unit_test_setup(test_unit_address, setup),
		cmocka_unit_test_setup(test_interrupts, setup),
		cmocka_unit_test_setup(test_lists_destroyed, setup),
		cmocka_unit_test_setup(test_buffer_repeated, setup),
		cmocka_unit_test_setup(test_unmapped, setup),
		cmocka_unit_test_setup(test_reset, setup),
		cmocka_unit_test_setup(test_attributes, setup),
		cmocka_unit_test_setup(test_trunk_attributes, setup),
		cmocka_unit_test_setup(test_mac, setup),
		cmocka_unit_test_setup(test_vioctl, setup),
		cmocka_unit_test_setup(test_tree, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
