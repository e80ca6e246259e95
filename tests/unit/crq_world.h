/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions with virtual SCSI adapters and memory behind their windows. */
#ifndef TESTS_UNIT_CRQ_WORLD_H
#define TESTS_UNIT_CRQ_WORLD_H

#include "hmc/adapter.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/crq.h"
#include "papr/vio.h"
#include "types.h"

#define WORLD_LPARS  4 /* partitions 1 to 4 */
#define WORLD_SLOTS  8
#define WORLD_MEMORY (512 * KiB) /* of each */

struct world_lpar {
	struct lpar lpar;
	struct vp vp;		 /* which makes the calls */
	u32 pulses[WORLD_SLOTS]; /* interrupts that came, by slot */
};

extern struct world_lpar world[WORLD_LPARS + 1]; /* by lpar_id */

/* Called, unless NULL, whenever a page is looked up: in the midst of whatever uses it. */
extern void (*world_pause)(void);

/* All partitions are active without adapters, their memory zero. */
void world_reset(void);

/* Plugs an adapter whose partner may be @peer_lpar's @peer_slot, or PLAN_PEER_ANY. */
void world_client(u32 id, u32 slot, u32 peer_lpar, u32 peer_slot);
void world_server(u32 id, u32 slot, u32 peer_lpar, u32 peer_slot);

/* The partition starts afresh; ends, and is active again without adapters. */
void world_restart(u32 id);
void world_stop(u32 id);

/* Partition @id calls with R4 and up from the list; results are in world[id].vp.gpr. */
#define WORLD_CALL(id, number, ...)                        \
	world_call(id, number, (const u64[]){__VA_ARGS__}, \
		   sizeof((u64[]){__VA_ARGS__}) / sizeof(u64))
s64 world_call(u32 id, u32 number, const u64 *argument, size_t count);

/* The same on another processor, whose results are in its gpr. */
s64 world_call_vp(struct vp *vp, u32 number, const u64 *argument, size_t count);

/* Maps @pages pages from @ioba on in the window of @slot to logical memory of that address. */
void world_map(u32 id, u32 slot, u64 ioba, u32 pages, u64 access);

u64 world_unit(u32 slot);
u64 world_liobn(u32 id, u32 slot, u32 window);

/* Logical memory of partition @id. */
u8 *world_memory(u32 id, u64 logical);

#endif
