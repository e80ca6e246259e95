/* SPDX-License-Identifier: Apache-2.0 */
/* What partitions that want all they can get ought to get. */
#ifndef TESTS_UNIT_SIM_SHARE_H
#define TESTS_UNIT_SIM_SHARE_H

#include "tests/unit/sim.h"

/*
 * Ticks in a window for each of sim.lpar, of which all virtual processors are hogs: the
 * entitlement, and what is left over by weight, but no more than there are virtual processors for.
 */
void sim_share_expect(u64 expected[SIM_LPARS]);

/* What @slpar got in a window on average, of @windows since sim_measure(). */
static inline u64 sim_share_of(const struct sim_lpar *slpar, u32 windows)
{
	return (slpar->used - slpar->used_begin) / windows;
}

/* Hogs at random that share @nr_cpus processors; up to @lpars of them. */
void sim_share_mix(u64 seed, u32 nr_cpus, u32 lpars);

#endif
