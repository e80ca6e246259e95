// SPDX-License-Identifier: Apache-2.0
// Starting partitions with their profiles, and waiting for their states.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/hmcd/activation.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/manage.h"
#include "tools/openlpar-plan/blob.h"

#define POLL_MS 50

/* With less memory free than desired, a partition has what there is if that is its minimum. */
static void memory_fit(const struct profile *profile, struct config_lpar *config)
{
	struct hmc_system_reply system;
	const char *text, *min = profile_get(profile, "min_mem");
	u64 free, least = min ? (u64)strtoul(min, NULL, 10) : config->desired_mem;

	if (manage_system(&system, &text))
		return;
	free = be64_to_cpu(system.mem_free);
	free -= free % MAX(be64_to_cpu(system.lmb_size), (u64)MiB);
	free /= MiB;
	if (free >= least && free < config->desired_mem)
		config->desired_mem = (u32)free;
}

int activation_start(struct store *store, const struct lpar *lpar, struct profile *profile,
		     enum hmc_boot_mode mode, const char **text)
{
	static _Thread_local char why[256];
	struct problems problems = {0};
	struct config_lpar config;
	struct system system;
	size_t size;
	void *blob;
	int result;

	system_load(store, &system);
	profile_complete(profile, lpar->name, &system.config, &config, &problems);
	if (problems.count) {
		snprintf(why, sizeof(why), "%s", problems.entries[0].text);
		*text = why;
		problems_clear(&problems);
		return -1;
	}
	memory_fit(profile, &config);
	blob = blob_lpar_build(&config, &size);
	result = manage_activate(lpar->id, blob, size, mode, text);
	free(blob);
	if (!result) {
		store_change(store, "UPDATE lpar SET curr_profile = ? WHERE lpar_id = ?", "si",
			     profile->name, (s64)lpar->id);
		store_event(store, "hmcd", "partition %s was activated with the profile %s",
			    lpar->name, profile->name);
	}
	return result;
}

int activation_wait_end(u32 lpar_id, u32 patience)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
	struct hmc_partition now;

	for (u32 waited = 0; waited <= patience; waited += POLL_MS) {
		if (!call_partition(lpar_id, &now) || now.state == HMC_STATE_NOT_ACTIVATED ||
		    now.state == HMC_STATE_ERROR)
			return 0;
		nanosleep(&pause, NULL);
	}
	return -1;
}
