/* SPDX-License-Identifier: Apache-2.0 */
/* A partition that makes the calls of shared processors, and what reaches dispatcher and pool. */
#ifndef TESTS_UNIT_SPLPAR_WORLD_H
#define TESTS_UNIT_SPLPAR_WORLD_H

#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"

#define WORLD_VPS   4
#define WORLD_COUNT 0x80000001u /* dispatch count of vp 1, which is not dispatched */
#define WORLD_PURR  0x123456789abUL

/* Partition 9, uncapped, with four processors that are ready; vp 0 runs on cpu and calls. */
extern struct lpar lpar;
extern struct vp vps[LPAR_MAX_VPS];
extern struct cpu cpu;

/* What was asked of the others, and what they answer. */
extern struct splpar_world {
	u32 confers, cedes, joins, resets, sets;
	struct vp *target; /* of the last H_CONFER */
	u64 reset_mask;	   /* who had a system reset, by number */
	u32 units, weight; /* of the last pool_set() */
	bool constrained, work;
	u64 idle, all;
} world;

/* As above; the pool has three of four processors, 2.70 of it are promised. */
void world_reset(void);

/* The line of the call, which has to be there. */
const struct hcall *world_line(u32 number);

/*
 * vp 0 makes call @number with @a and @b in R4 and R5. Ends the test if a register changes that is
 * not one of R4 to R@last, or a lock is left.
 */
s64 world_call(u32 number, u64 a, u64 b, u32 last);

#endif
