// SPDX-License-Identifier: Apache-2.0
#include "partition/partition.h"
#include "hv/dispatch.h"
#include "hv/log.h"
#include "hv/management.h"
#include "hv/stats.h"
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
	struct partition *partition = __atomic_load_n(&partitions, __ATOMIC_ACQUIRE);

	while (partition && partition->lpar.id != lpar_id)
		partition = partition->next;
	return partition;
}

static struct lpar *next_lpar(struct lpar *lpar)
{
	struct partition *next = lpar ? partition_of(lpar)->next : partitions;

	return next ? &next->lpar : NULL;
}

static void describe(u16 lpar_id, struct hmc_partition *message)
{
	const struct partition *partition = partition_find(lpar_id);
	enum partition_state state = partition_state(partition);

	message->state = (u8)state;
	snprintf(message->name, sizeof(message->name), "%s", partition->lpar.name);
	/* The reason was there before the state, and stays until that has been announced anew. */
	if (state == PARTITION_ERROR)
		snprintf(message->reason, sizeof(message->reason), "%.*s", HMC_REASON_SIZE - 1,
			 partition->reason);
}

/* The partition's lock is held from here on where it says "locked". */

static void set_state_locked(struct partition *partition, enum partition_state state)
{
	static const char *const name[] = {"Not Activated", "Starting",	     "Open Firmware",
					   "Running",	    "Shutting Down", "Error"};

	if (partition->state == state)
		return;
	__atomic_store_n(&partition->state, state, __ATOMIC_RELEASE);
	trace(TRACE_PARTITION_STATE, partition->lpar.id, 0, state, 0);
	if (state == PARTITION_ERROR)
		log_line("%s: Error: %s", partition->lpar.name, partition->reason);
	else
		log_line("%s: %s", partition->lpar.name, name[state]);
	management_announce(partition->lpar.id);
}

static bool has_run_locked(const struct partition *partition)
{
	return partition->state == PARTITION_OPEN_FIRMWARE || partition->state == PARTITION_RUNNING;
}

static bool is_active_locked(const struct partition *partition)
{
	return partition->state == PARTITION_STARTING || has_run_locked(partition);
}

/*
 * The processors stop at once, or soon where they are in the partition now; what @state asks for is
 * done as work. In states in which none can run, work may be just making or freeing them.
 */
static void end_locked(struct partition *partition, enum partition_state state)
{
	if (has_run_locked(partition))
		for (u32 i = 0; i < partition->lpar.nr_vps; i++)
			dispatch_stop(partition->lpar.vps[i]);
	set_state_locked(partition, state);
	work_add(&partition->work);
}

/* Returns whether there is more to do: the partition starts afresh. */
static bool shut_down_locked(struct partition *partition)
{
	if (partition->restart) {
		partition->restart = false;
		activation_begin(partition);
		set_state_locked(partition, PARTITION_STARTING);
		return true;
	}
	activation_release(partition);
	set_state_locked(partition, PARTITION_NOT_ACTIVATED);
	return false;
}

/* An end of the partition goes on. Returns whether there is more to do. */
static bool end_step_locked(struct partition *partition)
{
	if (partition->state != PARTITION_SHUTTING_DOWN && partition->state != PARTITION_ERROR)
		return false;
	if (!dispatch_left(&partition->lpar))
		return true;
	if (partition->state == PARTITION_SHUTTING_DOWN)
		return shut_down_locked(partition);
	activation_release(partition);
	return false;
}

/* The work of a partition: what it does depends on its state. */
static bool partition_step(struct work *work)
{
	struct partition *partition = container_of(work, struct partition, work);
	bool more;

	if (partition_state(partition) == PARTITION_STARTING)
		return activation_step(partition) > 0;
	lock_take(&partition->lpar.lock);
	more = end_step_locked(partition);
	lock_drop(&partition->lpar.lock);
	return more;
}

static void fail_hook(struct lpar *lpar, const char *reason)
{
	partition_fail(partition_of(lpar), "%s", reason);
}

void partition_init(void)
{
	management_describe = describe;
	stats_next_lpar = next_lpar;
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
	partition->lpar.procs = profile->procs;
	snprintf(partition->lpar.name, sizeof(partition->lpar.name), "%s", profile->name);
	partition->work.step = partition_step;
	partition->next = partitions;
	__atomic_store_n(&partitions, partition, __ATOMIC_RELEASE);
	management_console_open(partition->lpar.id, &partition->console);
	return partition;
}

void partition_activate(struct partition *partition)
{
	lock_take(&partition->lpar.lock);
	if (partition->state == PARTITION_NOT_ACTIVATED) {
		activation_begin(partition);
		set_state_locked(partition, PARTITION_STARTING);
		work_add(&partition->work);
	}
	lock_drop(&partition->lpar.lock);
}

void partition_run(struct partition *partition, enum partition_state state)
{
	lock_take(&partition->lpar.lock);
	if (partition->state == PARTITION_STARTING) {
		set_state_locked(partition, state);
		dispatch_ready(partition->lpar.vps[0]);
	}
	lock_drop(&partition->lpar.lock);
}

void partition_set_state(struct partition *partition, enum partition_state state)
{
	lock_take(&partition->lpar.lock);
	if (is_active_locked(partition))
		set_state_locked(partition, state);
	lock_drop(&partition->lpar.lock);
}

void partition_power_off(struct partition *partition)
{
	lock_take(&partition->lpar.lock);
	partition->restart = false;
	if (is_active_locked(partition) || partition->state == PARTITION_ERROR)
		end_locked(partition, PARTITION_SHUTTING_DOWN);
	lock_drop(&partition->lpar.lock);
}

void partition_reboot(struct partition *partition)
{
	lock_take(&partition->lpar.lock);
	if (is_active_locked(partition)) {
		partition->restart = true;
		end_locked(partition, PARTITION_SHUTTING_DOWN);
	}
	lock_drop(&partition->lpar.lock);
}

void partition_fail(struct partition *partition, const char *format, ...)
{
	va_list args;

	lock_take(&partition->lpar.lock);
	if (is_active_locked(partition)) {
		va_start(args, format);
		vsnprintf(partition->reason, sizeof(partition->reason), format, args);
		va_end(args);
		end_locked(partition, PARTITION_ERROR);
	}
	lock_drop(&partition->lpar.lock);
}
