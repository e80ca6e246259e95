/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two uncapped partitions, each with half of one processor (tests/unit/fake_cpu.h), for the
 * dispatcher to give it to them.
 */
#ifndef TESTS_UNIT_DISPATCH_WORLD_H
#define TESTS_UNIT_DISPATCH_WORLD_H

#include "hv/lpar.h"
#include "hv/vp.h"
#include "types.h"

#define WORLD_VPS 6 /* of each partition */
#define HZ	  512000000UL
#define WINDOW	  (HZ / 100)
#define POLL	  (HZ / 1000) /* an idle processor looks after the management channel this often */

extern struct lpar lpars[2];
extern struct vp vps[2][WORLD_VPS];
#define vp0 (vps[0])

/* What the processor was given to: @vp, or NULL when it had nothing to do. */
struct turn {
	struct vp *vp;
	u64 from, until;
};

#define WORLD_TURNS 256

extern struct world {
	struct turn turn[WORLD_TURNS];
	u32 turns;
	u32 polls;
	bool (*work)(void);	 /* what work_step() does; NULL: there is none */
	void (*idle)(u64 until); /* what happens in idle turns; NULL: the time passes */
	bool work_pending;	 /* what the last one returned; set it to begin with */
	u64 start;		 /* of the test, as timebase */
} world;

/*
 * For every test: all processors stopped, nothing pending anywhere, the processor just starts its
 * dispatcher at the turn of a window.
 */
int world_setup(void **state);

/* Starts the first @n virtual processors of the first partition. */
void world_ready(u32 n);

/* The processor of the thread that calls joins the machine as number @number. */
void world_add_cpu(u32 number);

/*
 * Runs the dispatcher for @turns turns. In each of them @act, or use_all() if it is NULL, is what
 * the partition does; in idle turns, vp NULL, the time passes by itself. Whoever has the processor
 * at the end of the last turn has it still at the beginning of the next play().
 */
void play(u32 turns, void (*act)(struct vp *vp, u64 until));

/* The partition computes all the time. */
void use_all(struct vp *vp, u64 until);

/* Makes hypercall @number with @r4 on @vp and returns its answer. */
s64 hcall(struct vp *vp, u64 number, u64 r4);

/* The processor's priority lets every interrupt through; sends it an IPI; takes that. */
void icp_open(struct vp *vp);
void ipi(struct vp *vp);
void ipi_take(struct vp *vp);

#endif
