/* SPDX-License-Identifier: Apache-2.0 */
/* Where processor time went, as the hypervisor's answer to HMC_STATS says it. */
#ifndef TOOLS_HMCD_STATS_H
#define TOOLS_HMCD_STATS_H

#include <event2/buffer.h>

#include "hmc/message.h"
#include "types.h"

#define STATS_PROCESSORS_MAX 1024

struct console;

/* The answer as far as it has come. All zero: nothing of one has. */
struct stats {
	be64 timebase; /* what the records are about */
	u32 processors, partitions;
	struct hmc_stats_processor processor[STATS_PROCESSORS_MAX]; /* those that came */
	struct hmc_stats_partition partition[HMC_LPAR_ID_MAX];	    /* likewise */
	struct hmc_stats_reply reply;
};

/* A frame of type HMC_STATS_PROCESSOR or HMC_STATS_PARTITION arrived. */
void stats_record(struct stats *stats, const u8 *payload, size_t length);

/* The @reply arrived, of status HMC_OK. Returns whether nothing before it was lost. */
bool stats_complete(struct stats *stats, const struct hmc_stats_reply *reply);

/*
 * Appends the complete answer to @out, a line for each of the things that tools/hmcd/client.h
 * names; with names and states of the partitions from @console, by lpar_id.
 */
void stats_print(const struct stats *stats, struct console *const *console, struct evbuffer *out);

#endif
