/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's processors and whom they belong to: the shared pool, or as dedicated processors to
 * one partition each. Nothing here is on the dispatch path.
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

/* Of the shared pool: how many processors, and the entitlements of its partitions, in hundredths. */
extern u32 pool_nr_shared, pool_units;

/* @cpu, number pool_nr_cpus, joins the shared pool. */
void pool_add(struct cpu *cpu);

/*
 * Takes what @lpar->procs asks for: the desired entitlement or, while other partitions have too much
 * of it, what is left but at least the minimum; or as many dedicated processors. Sets lpar->share
 * and *@procs, the number of virtual processors. Returns true, or false with a sentence for people in
 * @reason (@size bytes): nothing is taken then. Takes the pool lock.
 */
bool pool_claim(struct lpar *lpar, u32 *procs, char *reason, size_t size);

/*
 * @lpar is not activated any more: gives back its entitlement, and its dedicated processors unless
 * its mode keeps them (SHARING_KEEP_IDLE, SHARING_SHARE_IDLE_ACTIVE); those wait, unused, for its
 * next activation or for one that needs them.
 */
void pool_release(struct lpar *lpar);

/* The partition exists no longer, or changes its profile: it keeps nothing. */
void pool_forget(struct lpar *lpar);

/*
 * Changes the entitlement (@units, hundredths) and weight of an activated shared-processor
 * partition; values out of its and the pool's limits are brought into them. Returns whether they
 * had to be. LoPAR "H_SET_PPP".
 */
bool pool_set(struct lpar *lpar, u32 units, u32 weight);

/* Ticks that the processors of the shared pool have been idle, up to now. LoPAR "H_PIC". */
u64 pool_idle_ticks(void);

#endif
