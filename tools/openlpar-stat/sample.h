/* SPDX-License-Identifier: Apache-2.0 */
/* Counters of the managed system at one time, as the daemon says them. */
#ifndef TOOLS_OPENLPAR_STAT_SAMPLE_H
#define TOOLS_OPENLPAR_STAT_SAMPLE_H

#include "hmc/message.h"
#include "tools/hmcd/client.h"
#include "types.h"

#define SAMPLE_PROCESSORS_MAX 1024

/* Cycles are ticks of the timebase. */
struct sample_processor {
	u32 number;
	u32 owner; /* lpar_id, 0: shared */
	u64 partitions, idle, hypervisor;
};

struct sample_partition {
	u32 id;
	char name[HMC_NAME_SIZE];
	char state[32], sharing_mode[32];
	bool dedicated;
	u32 procs, units, weight; /* units: hundredths of a processor */
	u64 entitled, capped, uncapped, idle, donated, dispatches, dispersions;
};

struct sample {
	u64 timebase, timebase_hz;
	u32 pool_units, pool_free; /* hundredths of a processor */
	u32 processors, partitions;
	struct sample_processor processor[SAMPLE_PROCESSORS_MAX];
	struct sample_partition partition[HMC_LPAR_ID_MAX];
};

/*
 * Asks the daemon and fills in @sample; with @raw its lines are printed instead. Returns NULL, or
 * what went wrong, for people.
 */
const char *sample_take(struct sample *sample, struct client *client, bool raw);

#endif
