/* SPDX-License-Identifier: Apache-2.0 */
/* A partition that makes RTAS calls, and what they do to the rest of the hypervisor. */
#ifndef TESTS_UNIT_RTAS_WORLD_H
#define TESTS_UNIT_RTAS_WORLD_H

#include "hv/vp.h"
#include "partition/partition.h"

#define WORLD_VPS     4
#define WORLD_LMB     (64 * KiB)
#define WORLD_MEM     (8 * WORLD_LMB)
#define WORLD_RMO     (4 * WORLD_LMB)
#define WORLD_BUFFER  (WORLD_LMB - 20) /* of arguments: over the end of an LMB */
#define WORLD_DATA    0x8000	       /* for what arguments point to */
#define WORLD_NOTHING 0xee	       /* all of memory before anything is done */

/* The partition "lp1"; vp 0 runs and makes the calls, the others are stopped. */
extern struct partition partition;
extern struct vp vps[WORLD_VPS];

/* What the fakes saw since world_reset(). */
extern struct world {
	u32 starts, stops, power_offs, reboots, logs, traces;
	struct vp *vp;		  /* of the last start or stop */
	const struct vp *leaving; /* stopped, but still on its processor; a test's choice */
	u64 pc, r3;		  /* of the last start */
	char log[256];		  /* the last line */
	u64 traced[2];		  /* of the last record: a and b */
	u64 time;		  /* of the machine, seconds */
	enum refcode refcode;	  /* the last one */
	bool dumps;		  /* it was told to dump; a test's choice */
	bool epow;		  /* there is a warning; likewise */
} world;

void world_reset(void);

/* Makes the hypervisor call behind the stub; returns what it leaves in R3. */
s64 world_hcall(u64 buffer);

/* The token of call @name; 0 when there is none. */
u32 world_token(const char *name);

/* Cells of the partition's memory. */
void world_put(u64 address, u32 value);
u32 world_get(u64 address);

/* Writes @token, @nargs, @nret and the inputs @args to @buffer. */
void world_write_call(u64 buffer, u32 token, u32 nargs, u32 nret, const u32 *args);

/* Makes call @name, whose outputs go to @rets (not NULL). Returns the status. */
s32 world_call(const char *name, u32 nargs, u32 nret, const u32 *args, u32 *rets);

/* … with one output, which is returned, and the inputs written out. */
#define WORLD_CALL(name, ...)                                                                  \
	({                                                                                     \
		const u32 world_args[] = {__VA_ARGS__};                                        \
		u32 world_ret;                                                                 \
		world_call(name, sizeof(world_args) / sizeof(u32), 1, world_args, &world_ret); \
	})

#endif
