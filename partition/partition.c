// SPDX-License-Identifier: Apache-2.0
#include "partition/partition.h"
#include "hv/dispatch.h"
#include "hv/log.h"
#include "hv/management.h"
#include "hv/trace.h"
#include "hv/vp.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct partition *partitions;

_Static_assert((int)PARTITION_ERROR == (int)HMC_STATE_ERROR, "the states are the HMC's");

static struct partition *partition_find(u16 lpar_id)
{
	struct partition *partition = partitions;

	while (partition && partition->lpar.id != lpar_id)
		partition = partition->next;
	return partition;
}

static void describe(u16 lpar_id, struct hmc_partition *message)
{
	const struct partition *partition = partition_find(lpar_id);

	message->state = (u8)partition->state;
	snprintf(message->name, sizeof(message->name), "%s", partition->lpar.name);
	if (partition->state == PARTITION_ERROR)
		snprintf(message->reason, sizeof(message->reason), "%s", partition->reason);
}

void partition_set_state(struct partition *partition, enum partition_state state)
{
	static const char *const name[] = {"Not Activated", "Starting",	     "Open Firmware",
					   "Running",	    "Shutting Down", "Error"};

	if (partition->state == state)
		return;
	partition->state = state;
	trace(TRACE_PARTITION_STATE, partition->lpar.id, 0, state, 0);
	if (state == PARTITION_ERROR)
		log_line("%s: Error: %s", partition->lpar.name, partition->reason);
	else
		log_line("%s: %s", partition->lpar.name, name[state]);
	management_announce(partition->lpar.id);
}

static void stop_processors(struct partition *partition)
{
	for (u32 i = 0; i < partition->lpar.nr_vps; i++)
		dispatch_stop(partition->lpar.vps[i]);
}

/* The work of a partition: what it does depends on its state. */
static bool partition_step(struct work *work)
{
	struct partition *partition = container_of(work, struct partition, work);

	switch (partition->state) {
	case PARTITION_STARTING:
		return activation_step(partition) > 0;
	case PARTITION_SHUTTING_DOWN:
		if (partition->restart) {
			partition->restart = false;
			activation_begin(partition, true);
			partition_set_state(partition, PARTITION_STARTING);
			return true;
		}
		activation_release(partition);
		partition_set_state(partition, PARTITION_NOT_ACTIVATED);
		return false;
	case PARTITION_ERROR:
		activation_release(partition);
		return false;
	default:
		return false;
	}
}

static void fail_hook(struct lpar *lpar, const char *reason)
{
	partition_fail(partition_of(lpar), "%s", reason);
}

void partition_init(void)
{
	management_describe = describe;
	lpar_fail_hook = fail_hook;
}

struct partition *partition_create(const struct plan_lpar *profile)
{
	struct partition *partition = calloc(1, sizeof(*partition));

	if (!partition) {
		log_line("%s: no memory for another partition", profile->name);
		return NULL;
	}
	partition->profile = *profile;
	partition->lpar.id = (u16)profile->id;
	snprintf(partition->lpar.name, sizeof(partition->lpar.name), "%s", profile->name);
	partition->work.step = partition_step;
	partition->next = partitions;
	partitions = partition;
	management_console_open(partition->lpar.id, &partition->console);
	return partition;
}

void partition_activate(struct partition *partition)
{
	activation_begin(partition, false);
	partition_set_state(partition, PARTITION_STARTING);
	work_add(&partition->work);
}

void partition_power_off(struct partition *partition)
{
	stop_processors(partition);
	partition->restart = false;
	partition_set_state(partition, PARTITION_SHUTTING_DOWN);
	work_add(&partition->work);
}

void partition_reboot(struct partition *partition)
{
	stop_processors(partition);
	partition->restart = true;
	partition_set_state(partition, PARTITION_SHUTTING_DOWN);
	work_add(&partition->work);
}

void partition_fail(struct partition *partition, const char *format, ...)
{
	va_list args;

	stop_processors(partition);
	va_start(args, format);
	vsnprintf(partition->reason, sizeof(partition->reason), format, args);
	va_end(args);
	partition_set_state(partition, PARTITION_ERROR);
	work_add(&partition->work);
}
