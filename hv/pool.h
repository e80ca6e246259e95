/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's processors and whom they belong to: the shared pool, or as dedicated processors to
 * one partition each. Nothing here is on the dispatch path.
 *
 * A partition that has something of the pool has it in lpar->share.units: its entitlement, or 100
 * for each of its dedicated processors. A processor whose owner has 0 there is kept idle for a
 * partition that is not activated.
 */
#ifndef HV_POOL_H
#define HV_POOL_H

#include "hv/cpu.h"
#include "hv/machine.h"
#include "types.h"

struct lpar;

/* All processors that run a dispatcher, by number; only ever grows, while the machine starts. */
extern struct cpu *pool_cpu[MACHINE_MAX_CPUS];
extern u32 pool_nr_cpus;

/* Of the shared pool: how many processors, and the entitlements of its partitions, in hundredths.
 */
extern u32 pool_nr_shared, pool_units;

/*
 * The least entitlement for each virtual processor, in hundredths; the plan's, set before the first
 * partition is activated. 0 … 10. LoPAR "Minimum Entitled Capacity per Virtual Processor".
 */
extern u32 pool_min_units_per_vp;

/* @cpu, number pool_nr_cpus, joins the shared pool. */
void pool_add(struct cpu *cpu);

/*
 * Takes what @lpar->procs asks for: the desired entitlement or, while other partitions have too
 * much of it, what is left but at least the minimum; or as many dedicated processors. With less
 * than the desired entitlement there are only as many virtual processors as it is enough for. Sets
 * lpar->share and *@procs, the number of virtual processors. Returns true, or false with a sentence
 * for people in @reason (@size bytes): nothing is taken then. @lpar has nothing but processors kept
 * for it. Takes the pool lock.
 */
bool pool_claim(struct lpar *lpar, u32 *procs, char *reason, size_t size);

/*
 * @lpar's virtual processors exist now (*@procs of the claim): each gets its dedicated processor.
 * Nothing is done for a shared-processor partition.
 */
void pool_attach(struct lpar *lpar);

/*
 * @lpar is not activated any more: gives back its entitlement, and its dedicated processors unless
 * its mode keeps them (SHARING_KEEP_IDLE, SHARING_SHARE_IDLE_ACTIVE); those wait, unused, for its
 * next activation or for one that needs them. All its virtual processors have been let go of
 * (dispatch_left()), and still exist. Nothing is done when it has nothing.
 */
void pool_release(struct lpar *lpar);

/* The partition exists no longer, or changes its profile: as pool_release(), and it keeps nothing.
 */
void pool_forget(struct lpar *lpar);

/*
 * Changes the entitlement (@units, hundredths) and weight of an activated shared-processor
 * partition; values out of its and the pool's limits are brought into them: the profile's minimum
 * and maximum, pool_min_units_per_vp to 100 for each virtual processor, what is left in the pool;
 * the profile's weight, 0 if capped. Returns whether they had to be. LoPAR "H_SET_PPP".
 */
bool pool_set(struct lpar *lpar, u32 units, u32 weight);

/*
 * What the next partition could have: hundredths of a processor in the shared pool, and whole
 * processors. Those that are kept idle for a partition that is not activated count.
 */
void pool_left(u32 *units, u32 *procs);

/*
 * Ticks that the processors of the shared pool have been idle in it, up to now; never less than the
 * last time. LoPAR "H_PIC".
 */
u64 pool_idle_ticks(void);

/*
 * All ticks of the processors of the shared pool while they were in it, up to now; not less than
 * pool_idle_ticks() has said.
 */
u64 pool_all_ticks(void);

/* Ticks that @lpar was entitled to up to now (lpar->use.entitled with what it has since). */
u64 pool_entitled_ticks(struct lpar *lpar);

#endif
