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
#define TABLES_SHARE \
	32 /* of free memory, one part that a partition with the rest may need in tables */
#define FIT_TRIES 8

/* Memory in MiB that a partition can have, and how much less is worth another try. */
struct memory {
	u32 least, step;
	u32 tries;
};

/*
 * With less memory free than desired a partition has what there is, if that is its minimum, but for
 * what the hypervisor needs of it for the page table and the like.
 */
static struct memory memory_fit(const struct profile *profile, struct config_lpar *config)
{
	struct memory memory = {.tries = 1};
	struct hmc_system_reply system;
	const char *text, *min = profile_get(profile, "min_mem");
	u64 free, lmb;

	memory.least = min ? (u32)strtoul(min, NULL, 10) : config->desired_mem;
	if (memory.least >= config->desired_mem || manage_system(&system, &text))
		return memory;
	lmb = MAX(be64_to_cpu(system.lmb_size), (u64)MiB) / MiB;
	free = be64_to_cpu(system.mem_free) / MiB;
	memory.step = (u32)(ALIGN_UP(free / TABLES_SHARE + 1, lmb));
	free -= free % lmb;
	if (free < (u64)config->desired_mem + memory.step) {
		memory.tries = FIT_TRIES;
		config->desired_mem =
			(u32)MAX(MIN(free - MIN(free, (u64)memory.step), (u64)config->desired_mem),
				 (u64)memory.least);
	}
	return memory;
}

/* Activates with what memory there is. Returns 0, or -1 and in *@text why not. */
static int config_activate(const char *system, const struct lpar *lpar, struct profile *profile,
			   struct config_lpar *config, enum hmc_boot_mode mode, const char **text)
{
	struct memory memory = memory_fit(profile, config);
	int result = -1;

	while (result && memory.tries--) {
		size_t size;
		void *blob = blob_lpar_build(config, system, &size);

		result = manage_activate(lpar->id, blob, size, mode, text);
		free(blob);
		if (config->desired_mem < memory.least + memory.step)
			break;
		config->desired_mem -= memory.step;
	}
	return result;
}

int activation_start(struct store *store, const struct lpar *lpar, struct profile *profile,
		     enum hmc_boot_mode mode, const char **text)
{
	static _Thread_local char why[256];
	struct problems problems = {0};
	struct config_lpar config;
	struct system system;
	int result;

	system_load(store, &system);
	profile_complete(profile, lpar->name, &system.config, &config, &problems);
	if (problems.count) {
		snprintf(why, sizeof(why), "%s", problems.entries[0].text);
		*text = why;
		problems_clear(&problems);
		return -1;
	}
	result = config_activate(system.name, lpar, profile, &config, mode, text);
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
