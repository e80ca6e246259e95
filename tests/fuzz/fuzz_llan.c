// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/llan_world.c vio/llan.c vio/llan_hcall.c vio/llan_receive.c
// SOURCES: vio/llan_send.c vio/llan_forward.c vio/packet.c vio/checksum.c vio/vswitch.c
// SOURCES: vio/mcast_filter.c vio/tce.c vio/adapter.c hv/lpar.c partition/tree_writer.c
// Any sequence of logical LAN calls with any arguments, windows that change, and frames of any
// content, between four adapters of three partitions. No page is written that its partition has not
// mapped for writing, every send comes to an end, and at last frames arrive as they should.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "tests/unit/llan_world.h"

#define ADAPTERS  4
#define CALLS_MAX 400 /* to send one frame: 4096 segments of 16 bytes to everybody */
#define GUARD	  (WORLD_SIZE - TCE_PAGE_SIZE)
#define READ_ONLY (WORLD_SIZE - 2 * TCE_PAGE_SIZE)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct llan *llans[ADAPTERS];

/* What is left of the input; zeros behind it. */
static const u8 *input;
static size_t left;

static u64 take(u32 bytes)
{
	u64 value = 0;

	for (; bytes; bytes--) {
		value = value << 8 | (left ? *input : 0);
		if (left)
			input++, left--;
	}
	return value;
}

static struct llan *open_adapter(u32 id, u32 slot, u32 pvid, bool ieee, u32 trunk_priority)
{
	struct plan_eth eth = world_eth(id, slot);
	struct llan *llan;

	eth.port_vlan_id = pvid;
	eth.trunk_priority = trunk_priority;
	eth.ieee = ieee;
	if (ieee) {
		eth.nr_vlans = 2;
		eth.vlan[0] = 2, eth.vlan[1] = 3;
	}
	llan = world_join(id, slot, &eth, take(1) & 1 ? LLAN_ATTR_TCP4 | LLAN_ATTR_LARGE : 0, 4096);
	world_map(llan, GUARD, 0);
	world_map(llan, READ_ONLY, TCE_READ);
	memset(world_at(llan, READ_ONLY), 0x5a, 2 * TCE_PAGE_SIZE);
	return llan;
}

/* A number that may mean something. */
static u64 argument(void)
{
	u8 kind = (u8)take(1);

	switch (kind % 8) {
	case 0:
		return take(8);
	case 1:
		return world_descriptor(WORLD_BUFFER + take(1) % WORLD_BUFFERS * WORLD_BUFFER_STEP,
					take(2));
	case 2:
		return world_descriptor(WORLD_SEND + take(1), take(2)) | take(1) << 56;
	case 3:
		return world_descriptor(take(3), take(3));
	case 4:
		return take(1) * TCE_PAGE_SIZE;
	case 5:
		return 0x020000000000 | take(3);
	case 6:
		return take(3);
	default:
		return 0;
	}
}

static void call(struct llan *llan)
{
	static const u32 numbers[] = {
		H_REGISTER_LOGICAL_LAN,
		H_FREE_LOGICAL_LAN,
		H_ADD_LOGICAL_LAN_BUFFER,
		H_FREE_LOGICAL_LAN_BUFFER,
		H_SEND_LOGICAL_LAN,
		H_MULTICAST_CTRL,
		H_CHANGE_LOGICAL_LAN_MAC,
		H_ILLAN_ATTRIBUTES,
		H_VIO_SIGNAL,
		H_VIOCTL,
	};
	u32 number = numbers[take(1) % ARRAY_SIZE(numbers)];
	u64 regs[8];

	for (u32 i = 0; i < ARRAY_SIZE(regs); i++)
		regs[i] = argument();
	world_hcall(llan, number, NULL, regs, ARRAY_SIZE(regs));
}

/* A frame that looks like one, sent until it is done. */
static void send(struct llan *llan)
{
	u64 regs[8] = {world_descriptor(WORLD_SEND, take(2)) | (take(1) & 7) << 56};
	u8 *frame = world_at(llan, WORLD_SEND);
	u32 calls = 0, head = take(1) % 128;
	struct vp vp;

	regs[7] = take(2);
	for (u32 i = 0; i < head; i++)
		frame[i] = (u8)take(1);
	if (take(1) & 1)
		packet_put16(frame + 12, take(1) & 1 ? 0x800 : 0x86dd);
	while (world_hcall(llan, H_SEND_LOGICAL_LAN, &vp, regs, ARRAY_SIZE(regs)) == H_BUSY) {
		if (++calls > CALLS_MAX)
			abort();
		regs[6] = vp.gpr[4];
	}
}

static void step(void)
{
	struct llan *llan = llans[take(1) % ADAPTERS];

	switch (take(1) % 8) {
	case 0:
		world_map(llan, take(1) * TCE_PAGE_SIZE % READ_ONLY, (u32)take(1) & 3);
		break;
	case 1:
		*world_at(llan, take(3) % READ_ONLY) = (u8)take(1);
		break;
	case 2:
		world_register(llan, llan->port.given);
		break;
	case 3:
		world_add(llan, take(1) % WORLD_BUFFERS, (u32)take(2));
		break;
	case 4:
	case 5:
		send(llan);
		break;
	default:
		call(llan);
		break;
	}
}

static void check(void)
{
	for (u32 i = 0; i < ADAPTERS; i++)
		for (u32 at = 0; at < 2 * TCE_PAGE_SIZE; at++)
			if (*world_at(llans[i], READ_ONLY + at) != 0x5a)
				abort();
}

/* Started afresh, the first can send to the second. */
static void finish(void)
{
	for (u32 i = 0; i < ADAPTERS; i++) {
		llan_type.reset(&llans[i]->adapter);
		for (u64 ioba = 0; ioba < READ_ONLY; ioba += TCE_PAGE_SIZE)
			world_map(llans[i], ioba, TCE_READ | TCE_WRITE);
	}
	for (u32 i = 0; i < 2; i++)
		if (world_register(llans[i], llans[i]->port.given) != H_SUCCESS)
			abort();
	if (world_add(llans[1], 0, 2048) != H_SUCCESS)
		abort();
	world_frame(llans[0], llans[1]->port.given, llans[0]->port.given, 0x88b5, 100);
	if (world_send(llans[0], 100, 0, 0) != H_SUCCESS)
		abort();
	world_expect(llans[1], "", 0, llans[0], 0, 100);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	input = data;
	left = size;
	world_reset();
	llans[0] = open_adapter(1, 2, 1, false, 0);
	llans[1] = open_adapter(2, 2, 1, false, 0);
	llans[2] = open_adapter(3, 2, 1, true, 0);
	llans[3] = open_adapter(3, 3, 2, true, 1);
	for (u32 i = 0; i < 200 && left; i++)
		step();
	check();
	finish();
	return 0;
}
