/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partitions with adapters on virtual switches. Every adapter has 1 MiB of its partition's memory
 * of its own, and sees it at I/O address 0.
 */
#ifndef TESTS_UNIT_LLAN_WORLD_H
#define TESTS_UNIT_LLAN_WORLD_H

#include "hv/lpar.h"
#include "hv/vp.h"
#include "vio/llan.h"

#define WORLD_LPARS 8 /* IDs 1 to 8 */
#define WORLD_SLOTS 2 /* adapters in each: slots 2 and 3 */
#define WORLD_SIZE  MiB
#define WORLD_PAGES (WORLD_SIZE / TCE_PAGE_SIZE)

/* Where the world puts things. */
#define WORLD_LIST	   0x0UL
#define WORLD_FILTER	   0x1000UL
#define WORLD_QUEUE	   0x2000UL
#define WORLD_QUEUE_SIZE   0x100UL /* 16 entries */
#define WORLD_BUFFER	   0x10000UL
#define WORLD_BUFFER_STEP  0x11000UL
#define WORLD_BUFFERS	   6
#define WORLD_BUFFER_LARGE 0x10ff0UL /* bytes */
#define WORLD_SEND	   0x80000UL

/* Addresses of the adapter in slot 2 of partition @id; of that in slot 3. */
#define WORLD_MAC(id)  (0x020000000200UL | (u64)(id) << 16)
#define WORLD_MAC3(id) (0x020000000300UL | (u64)(id) << 16)

extern struct lpar world_lpars[WORLD_LPARS + 1]; /* by ID */
extern u32 world_pulses[WORLD_LPARS + 1];	 /* interrupts, by partition */

/* No adapters. */
void world_reset(void);

/* What a profile says of most adapters: VLAN 1, no tags, no trunk, switch ETHERNET0. */
struct plan_eth world_eth(u32 id, u32 slot);

/* The partition has an adapter in @slot from now on. */
struct llan *world_open(u32 id, u32 slot, const struct plan_eth *eth);

/* Opened and registered, interrupts on, all groups wanted, with WORLD_BUFFERS buffers of @size. */
struct llan *world_join(u32 id, u32 slot, const struct plan_eth *eth, u64 attributes, u32 size);

/* The adapter is reset, and then closed: none of its memory may change any more. */
void world_close(struct llan *llan);

/* A call about @llan; the rest are R5 to R12, and 0. @vp, unless NULL, shows the registers. */
s64 world_hcall(struct llan *llan, u32 number, struct vp *shown, const u64 *r5, u32 count);
#define world_call(llan, number, ...)                                                \
	({                                                                           \
		const u64 registers_[] = {__VA_ARGS__};                              \
		world_hcall(llan, number, NULL, registers_, ARRAY_SIZE(registers_)); \
	})

u64 world_descriptor(u64 ioba, u64 length);
s64 world_register(struct llan *llan, u64 mac);
s64 world_add(struct llan *llan, u32 i, u32 size);

/* The adapter's memory. */
u8 *world_at(const struct llan *llan, u64 ioba);

/* May the adapter's I/O page be accessed so? */
void world_map(struct llan *llan, u64 ioba, u32 access);

/* A frame in the send area: addresses, type, and bytes that say where they are. */
void world_frame(struct llan *llan, u64 to, u64 from, u32 type, u32 length);

/* Sends @length bytes of the send area; as often as H_BUSY asks for it. */
s64 world_send(struct llan *llan, u32 length, u64 control, u64 mss);

/* What has come next. */
struct world_message {
	u8 control;
	u32 length, offset;
	u64 handle;
	const u8 *bytes;
};
bool world_receive(struct llan *llan, struct world_message *message);

/* A message that must have come: @length bytes of @from's send area from @offset on, first @head.
 */
void world_expect(struct llan *llan, const void *head, u32 head_length, struct llan *from,
		  u32 offset, u32 length);

/* Nothing may have come. */
void world_expect_none(struct llan *llan);

#endif
