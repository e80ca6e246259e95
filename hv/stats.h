/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the processors' time went, as the management channel tells it (HMC_STATS): a picture of all
 * counters, as they were at one time, and the messages that it is sent in.
 */
#ifndef HV_STATS_H
#define HV_STATS_H

#include "hmc/message.h"
#include "types.h"

struct lpar;

/*
 * The partition behind @lpar in some order in which all have their place, the first for NULL; NULL
 * behind the last. Registered by partition/. May be called on any processor, with the link's lock
 * held; what it returns stays.
 */
extern struct lpar *(*stats_next_lpar)(struct lpar *lpar);

/*
 * Message @i, all but its id, of the answer to HMC_STATS (link_events.stats). 0 takes a new
 * picture, which the others up to the reply, the last, are taken from. Returns its length, or 0
 * when no good picture can be had now: 0 is to be asked for again. The link's lock is held; takes
 * queues' locks and the pool lock.
 */
size_t stats_message(u32 i, struct hmc_control *message);

#endif
