/* SPDX-License-Identifier: Apache-2.0 */
/* Starting partitions with their profiles, and waiting for their states. Threads only. */
#ifndef TOOLS_HMCD_ACTIVATION_H
#define TOOLS_HMCD_ACTIVATION_H

#include "hmc/message.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"
#include "types.h"

/*
 * Activates with @profile, which may have less memory than it desires but no less than its minimum.
 * The thread has the store. Returns 0, or -1 and in *@text why not.
 */
int activation_start(struct store *store, const struct lpar *lpar, struct profile *profile,
		     enum hmc_boot_mode mode, const char **text);

/* Waits up to @patience milliseconds for a partition to be over. Returns 0, or -1: it is not. */
int activation_wait_end(u32 lpar_id, u32 patience);

#endif
