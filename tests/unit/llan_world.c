// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/llan_world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/page.h"
#include "hv/real.h"
#include "papr/vio.h"
#include "vio/bus.h"

u32 lmb_shift = 21;
u8 real_memory[(WORLD_LPARS + 1) * WORLD_SLOTS * WORLD_SIZE] __aligned(4096);
struct lpar world_lpars[WORLD_LPARS + 1];
u32 world_pulses[WORLD_LPARS + 1];

static u32 lmbs[WORLD_LPARS + 1];
static struct llan *adapters[WORLD_LPARS + 1][WORLD_SLOTS];
static u64 entries[WORLD_LPARS + 1][WORLD_SLOTS][WORLD_PAGES];
static u32 read_at[WORLD_LPARS + 1][WORLD_SLOTS];
static u8 valid[WORLD_LPARS + 1][WORLD_SLOTS];

static struct {
	struct bus bus;
	struct adapter *slot[WORLD_SLOTS + 2];
} buses[WORLD_LPARS + 1];

u32 bus_liobn(u32 lpar_id, u32 slot, u32 window)
{
	return VIO_LIOBN_BASE + (lpar_id << VIO_LIOBN_LPAR_SHIFT) + (slot << VIO_LIOBN_SLOT_SHIFT) +
	       window;
}

void ics_pulse(struct lpar *lpar, u32 irq)
{
	(void)irq;
	__atomic_fetch_add(&world_pulses[lpar->id], 1, __ATOMIC_RELAXED);
}

void *page_alloc(u32 shift)
{
	return malloc(1UL << shift);
}

void page_free(void *page, u32 shift)
{
	(void)shift;
	free(page);
}

u32 page_shift_for(u64 size)
{
	u32 shift = PAGE_MIN_SHIFT;

	while (size > 1UL << shift)
		shift++;
	return shift;
}

static u32 index_of(const struct llan *llan)
{
	return llan->adapter.slot - 2;
}

void world_close(struct llan *llan)
{
	u32 id = llan->adapter.lpar->id;

	llan_type.reset(&llan->adapter);
	llan_type.close(&llan->adapter);
	adapters[id][index_of(llan)] = NULL;
	buses[id].bus.slot[llan->adapter.slot] = NULL;
	free(llan);
}

void world_reset(void)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++) {
		for (u32 i = 0; i < WORLD_SLOTS; i++)
			if (adapters[id][i])
				world_close(adapters[id][i]);
		lmbs[id] = id;
		world_lpars[id].id = (u16)id;
		world_lpars[id].map = (struct lmap){.nr_lmbs = 1, .lmb = &lmbs[id]};
		world_lpars[id].bus = &buses[id].bus;
		buses[id].bus.nr_slots = WORLD_SLOTS + 2;
	}
	memset(world_pulses, 0, sizeof(world_pulses));
}

struct plan_eth world_eth(u32 id, u32 slot)
{
	u64 mac = slot == 2 ? WORLD_MAC(id) : WORLD_MAC3(id);
	struct plan_eth eth = {.port_vlan_id = 1, .vswitch = PLAN_VSWITCH_DEFAULT};

	for (u32 i = 0; i < PLAN_MAC_SIZE; i++)
		eth.mac[i] = (u8)(mac >> (40 - 8 * i));
	return eth;
}

void world_map(struct llan *llan, u64 ioba, u32 access)
{
	u64 page = ioba / TCE_PAGE_SIZE;
	u64 logical = index_of(llan) * WORLD_SIZE + page * TCE_PAGE_SIZE;

	__atomic_store_n(&entries[llan->adapter.lpar->id][index_of(llan)][page], logical | access,
			 __ATOMIC_RELAXED);
}

struct llan *world_open(u32 id, u32 slot, const struct plan_eth *eth)
{
	const struct plan_adapter plan = {.kind = PLAN_ADAPTER_ETH, .slot = slot, .eth = *eth};
	struct llan *llan = calloc(1, sizeof(*llan));
	char reason[LPAR_REASON_SIZE];

	llan->adapter = (struct adapter){
		.type = &llan_type, .lpar = &world_lpars[id], .slot = slot, .irq = slot};
	llan->adapter.window =
		(struct tce_table){.entry = entries[id][slot - 2], .nr_entries = WORLD_PAGES};
	if (!llan_type.open(&llan->adapter, &plan, reason)) {
		free(llan);
		return NULL;
	}
	adapters[id][slot - 2] = llan;
	buses[id].bus.slot[slot] = &llan->adapter;
	memset(world_at(llan, 0), 0, WORLD_SIZE);
	for (u64 ioba = 0; ioba < WORLD_SIZE; ioba += TCE_PAGE_SIZE)
		world_map(llan, ioba, TCE_READ | TCE_WRITE);
	return llan;
}

s64 world_hcall(struct llan *llan, u32 number, struct vp *shown, const u64 *r5, u32 count)
{
	struct vp *vp = calloc(1, sizeof(*vp));
	const struct hcall *line = __start_hcalls;
	s64 code;

	vp->lpar = llan->adapter.lpar;
	vp->gpr[4] = VIO_UNIT_BASE + llan->adapter.slot;
	memcpy(&vp->gpr[5], r5, count * sizeof(*r5));
	while (line->number != number)
		line++;
	code = line->handler(vp);
	if (shown)
		*shown = *vp;
	free(vp);
	return code;
}

u64 world_descriptor(u64 ioba, u64 length)
{
	return LLAN_DESC_VALID | length << 32 | ioba;
}

s64 world_register(struct llan *llan, u64 mac)
{
	u32 id = llan->adapter.lpar->id;

	memset(world_at(llan, WORLD_QUEUE), 0, WORLD_QUEUE_SIZE);
	read_at[id][index_of(llan)] = 0;
	valid[id][index_of(llan)] = LLAN_ENTRY_VALID;
	return world_call(llan, H_REGISTER_LOGICAL_LAN, WORLD_LIST,
			  world_descriptor(WORLD_QUEUE, WORLD_QUEUE_SIZE), WORLD_FILTER, mac);
}

s64 world_add(struct llan *llan, u32 i, u32 size)
{
	u64 ioba = WORLD_BUFFER + i * WORLD_BUFFER_STEP;
	u64 handle = 0xabcd00000000 | i;

	memcpy(world_at(llan, ioba), &handle, sizeof(handle));
	return world_call(llan, H_ADD_LOGICAL_LAN_BUFFER, world_descriptor(ioba, size));
}

struct llan *world_join(u32 id, u32 slot, const struct plan_eth *eth, u64 attributes, u32 size)
{
	struct llan *llan = world_open(id, slot, eth);

	assert_non_null(llan);
	assert_int_equal(world_call(llan, H_ILLAN_ATTRIBUTES, 0, attributes), H_SUCCESS);
	assert_int_equal(world_register(llan, llan->port.given), H_SUCCESS);
	assert_int_equal(
		world_call(llan, H_MULTICAST_CTRL, LLAN_MCAST_MODIFY_ENABLE | LLAN_MCAST_ENABLE),
		H_SUCCESS);
	assert_int_equal(world_call(llan, H_VIO_SIGNAL, 1), H_SUCCESS);
	for (u32 i = 0; i < WORLD_BUFFERS; i++)
		assert_int_equal(world_add(llan, i, size), H_SUCCESS);
	return llan;
}

u8 *world_at(const struct llan *llan, u64 ioba)
{
	u32 id = llan->adapter.lpar->id;

	return real_memory + (u64)id * WORLD_SLOTS * WORLD_SIZE + index_of(llan) * WORLD_SIZE +
	       ioba;
}

static void put_mac(u8 *at, u64 mac)
{
	for (u32 i = 0; i < PLAN_MAC_SIZE; i++)
		at[i] = (u8)(mac >> (40 - 8 * i));
}

void world_frame(struct llan *llan, u64 to, u64 from, u32 type, u32 length)
{
	u8 *frame = world_at(llan, WORLD_SEND);

	for (u32 i = 0; i < length; i++)
		frame[i] = (u8)(i * 7 + (i >> 8) * 31 + llan->adapter.lpar->id);
	put_mac(frame, to);
	put_mac(frame + 6, from);
	packet_put16(frame + 12, type);
}

s64 world_send(struct llan *llan, u32 length, u64 control, u64 mss)
{
	u64 regs[8] = {world_descriptor(WORLD_SEND, length) | control << LLAN_DESC_CONTROL_SHIFT};
	struct vp vp;
	s64 code;

	regs[7] = mss;
	while ((code = world_hcall(llan, H_SEND_LOGICAL_LAN, &vp, regs, 8)) == H_BUSY)
		regs[6] = vp.gpr[4];
	return code;
}

bool world_receive(struct llan *llan, struct world_message *message)
{
	u32 id = llan->adapter.lpar->id, i = index_of(llan);
	struct llan_entry entry;
	u64 ioba = WORLD_BUFFER;

	memcpy(&entry, world_at(llan, WORLD_QUEUE + read_at[id][i]), sizeof(entry));
	if ((entry.control & LLAN_ENTRY_VALID) != valid[id][i])
		return false;
	read_at[id][i] += sizeof(entry);
	if (read_at[id][i] == WORLD_QUEUE_SIZE) {
		read_at[id][i] = 0;
		valid[id][i] ^= LLAN_ENTRY_VALID;
	}
	message->control = entry.control & (u8)~LLAN_ENTRY_VALID;
	message->length = be32_to_cpu(entry.length);
	message->offset = be16_to_cpu(entry.offset);
	memcpy(&message->handle, &entry.handle, sizeof(message->handle));
	ioba += (message->handle & 0xff) * WORLD_BUFFER_STEP;
	message->bytes = world_at(llan, ioba + message->offset);
	return true;
}

void world_expect(struct llan *llan, const void *head, u32 head_length, struct llan *from,
		  u32 offset, u32 length)
{
	struct world_message message;

	assert_true(world_receive(llan, &message));
	assert_int_equal(message.control & LLAN_ENTRY_MESSAGE, LLAN_ENTRY_MESSAGE);
	assert_int_equal(message.handle >> 8, 0xabcd000000);
	assert_int_equal(message.length, head_length + length);
	assert_memory_equal(message.bytes, head, head_length);
	assert_memory_equal(message.bytes + head_length, world_at(from, WORLD_SEND + offset),
			    length);
}

void world_expect_none(struct llan *llan)
{
	struct world_message message;

	assert_false(world_receive(llan, &message));
}
