/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much processor time each of the partition's processors gets: its PURR at every full second of
 * the time base, which are the same instants in all partitions and on all processors. A processor
 * that computes asks for the time again and again; so the PURR at an instant at which it had no
 * processor is known as well. Lines on the console:
 *
 * METER second PURR loops extra processors
 *
 * with sums over all processors since each began.
 */
#ifndef GUEST_METER_H
#define GUEST_METER_H

#include "types.h"

struct meter {
	u64 tb, purr, next; /* when it was last asked */
	u64 loops, extra;   /* counted by whoever uses it */
	u64 unused[3];
	struct meter_sample {
		u64 second, purr, loops, extra;
	} sample[16];
} __aligned(128);

/* The meter of processor_table[@index], which calls; starts at 0. */
struct meter *meter_start(u32 index);

/* One loop more. */
void meter_loop(struct meter *meter);

/*
 * Called often by processor 0: writes the lines of seconds that are over on all the processors that
 * have started; with the argument "every=N" only at seconds that N divides. Returns how many it has
 * written so far.
 */
u64 meter_report(void);

#endif
