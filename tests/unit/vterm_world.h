/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions that have nothing but terminals, and the management channel as far as it goes. */
#ifndef TESTS_UNIT_VTERM_WORLD_H
#define TESTS_UNIT_VTERM_WORLD_H

#include "hmc/adapter.h"
#include "hv/hcall.h"
#include "hv/vp.h"
#include "partition/partition.h"
#include "types.h"

#define WORLD_LPARS  4 /* partitions 1 to 4 */
#define WORLD_SLOTS  6
#define WORLD_MEMORY (16 * KiB)
#define WORLD_OUTPUT (64 * KiB)
#define WORLD_INPUT  64
#define WORLD_HZ     1000

struct world_lpar {
	struct partition partition;
	struct vp vp; /* which makes the calls */
	bool exists, active;
	u32 pulses[WORLD_SLOTS]; /* interrupts that came, by slot */
	u8 memory[WORLD_MEMORY] __aligned(4096);
	u8 output[WORLD_OUTPUT]; /* what was written to the channel … */
	u32 output_length, output_room;
	u8 input[WORLD_INPUT]; /* … and waits in it */
	u32 input_length;
};

extern struct world_lpar world[WORLD_LPARS + 1]; /* by lpar_id */
extern u64 world_now;				 /* the timebase, in WORLD_HZ */

/* All partitions exist, with a console each, are active, and nobody is connected with anybody. */
void world_reset(void);

/* A server vterm in @slot (from 2 on) of partition @id, which may reach @lpar_id and @peer_slot. */
void world_plug(u32 id, u32 slot, u32 lpar_id, u32 peer_slot);

/* The partition starts, starts afresh, ends; comes to exist, is removed. */
void world_start(u32 id);
void world_restart(u32 id);
void world_stop(u32 id);
void world_create(u32 id);
void world_remove(u32 id);

/* Partition @id calls; results are in world[id].vp.gpr. */
s64 world_hcall(u32 id, u32 number, u64 r4, u64 r5, u64 r6, u64 r7);

/* The same with @text, at most 16 characters, and H_PUT_TERM_CHAR. */
s64 world_put(u32 id, u64 termno, const char *text);

/* What H_GET_TERM_CHAR returns, as a string, as long as it returns something. */
const char *world_get(u32 id, u64 termno);

/* Typed at the management console. */
void world_type(u32 id, const char *text);

#endif
