// SPDX-License-Identifier: Apache-2.0
#include "partition/partition.h"
#include "hv/dispatch.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/management.h"
#include "hv/pool.h"
#include "hv/stats.h"
#include "hv/trace.h"
#include "hv/vp.h"
#include "partition/image_store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct partition *partitions[LPAR_MAX_ID + 1]; /* by lpar_id */

_Static_assert((int)PARTITION_ERROR == (int)HMC_STATE_ERROR, "the states are the HMC's");

/* Partitions come and go as work, so there it is stable; others have the link's lock. */
static struct partition *partition_at(u32 lpar_id)
{
	return __atomic_load_n(&partitions[lpar_id], __ATOMIC_ACQUIRE);
}

static struct lpar *next_lpar(struct lpar *lpar)
{
	struct partition *next = NULL;

	for (u32 id = lpar ? lpar->id + 1u : 1; id <= LPAR_MAX_ID && !next; id++)
		next = partition_at(id);
	return next ? &next->lpar : NULL;
}

static void describe_resources(const struct partition *partition, struct hmc_partition *message)
{
	const struct lpar *lpar = &partition->lpar;
	u32 units = __atomic_load_n(&lpar->share.units, __ATOMIC_RELAXED);
	u32 lmbs = __atomic_load_n(&lpar->map.nr_lmbs, __ATOMIC_RELAXED);

	message->mem = cpu_to_be64((u64)lmbs << lmb_shift);
	message->rmo_size = cpu_to_be64(lmbs ? lpar->rmo_size : 0);
	message->procs = cpu_to_be16(units ? (u16)lpar->nr_vps : 0);
	message->units = cpu_to_be16((u16)units);
	message->sharing_mode = (u8)lpar->procs.sharing_mode;
	message->weight = (u8)__atomic_load_n(&lpar->share.weight, __ATOMIC_RELAXED);
	if (!lmbs)
		return;
	message->boot_mode = partition->profile.open_firmware ? HMC_BOOT_OF : HMC_BOOT_FDT;
	snprintf(message->image, sizeof(message->image), "%s", partition->profile.image.name);
}

void partition_describe(u16 lpar_id, struct hmc_partition *message)
{
	struct partition *partition;
	enum partition_state state;

	/* Before anything is looked at: a change after this is announced with a later time. */
	message->timebase = cpu_to_be64(machine_timebase());
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	partition = partition_at(lpar_id);
	/* Its console is about to be closed. */
	if (!partition) {
		message->state = HMC_STATE_REMOVED;
		return;
	}
	state = partition_state(partition);
	message->state = (u8)state;
	snprintf(message->name, sizeof(message->name), "%s", partition->lpar.name);
	/* The reason was there before the state, and stays until that has been announced anew. */
	if (state == PARTITION_ERROR)
		snprintf(message->reason, sizeof(message->reason), "%.*s", HMC_REASON_SIZE - 1,
			 partition->reason);
	message->refcodes = cpu_to_be32(refcode_last(&partition->refcodes, &message->refcode));
	message->since = cpu_to_be64(__atomic_load_n(&partition->since, __ATOMIC_RELAXED));
	message->activated = cpu_to_be64(__atomic_load_n(&partition->activated, __ATOMIC_RELAXED));
	describe_resources(partition, message);
}

/* The partition's lock is held from here on where it says "locked". */

static void set_state_locked(struct partition *partition, enum partition_state state)
{
	static const char *const name[] = {"Not Activated", "Starting",	     "Open Firmware",
					   "Running",	    "Shutting Down", "Error"};

	if (partition->state == state)
		return;
	__atomic_store_n(&partition->since, machine_timebase(), __ATOMIC_RELAXED);
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
	refcode_add(partition, REFCODE_NONE, "");
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
	image_store_reap();
	return more;
}

static void fail_hook(struct lpar *lpar, const char *reason)
{
	partition_fail(partition_of(lpar), REFCODE_FATAL, "%s", reason);
}

/* Has it nothing, and does no work wait that would touch it? Its end in Error has been complete. */
static bool is_released_locked(const struct partition *partition)
{
	return (partition->state == PARTITION_NOT_ACTIVATED ||
		partition->state == PARTITION_ERROR) &&
	       partition->activation.step == ACTIVATION_ALLOCATE && !partition->work.queued;
}

/* What it asks for of processors is another from now on: it keeps none idle of those it had. */
static void set_procs(struct lpar *lpar, const struct lpar_procs *procs)
{
	if (memcmp(&lpar->procs, procs, sizeof(*procs)) == 0)
		return;
	pool_forget(lpar);
	lpar->procs = *procs;
}

static void set_profile(struct partition *partition, const struct plan_lpar *profile)
{
	snprintf(partition->boot_args, sizeof(partition->boot_args), "%s", profile->boot_args);
	snprintf(partition->image_name, sizeof(partition->image_name), "%s", profile->image.name);
	partition->profile = *profile;
	partition->profile.image.name = partition->image_name;
	partition->profile.id = partition->lpar.id;
	partition->profile.name = partition->lpar.name;
	partition->profile.boot_args = partition->boot_args;
	set_procs(&partition->lpar, &profile->procs);
}

static void starting_locked(struct partition *partition)
{
	partition->restart = false;
	partition->os_restart = false;
	partition->dumps = false;
	__atomic_store_n(&partition->activated, machine_timebase(), __ATOMIC_RELAXED);
	set_state_locked(partition, PARTITION_STARTING);
}

void partition_init(void)
{
	management_describe = partition_describe;
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
	__atomic_store_n(&partition->since, machine_timebase(), __ATOMIC_RELAXED);
	__atomic_store_n(&partitions[partition->lpar.id], partition, __ATOMIC_RELEASE);
	management_console_open(partition->lpar.id, &partition->console);
	return partition;
}

struct partition *partition_find(u32 lpar_id)
{
	return lpar_id <= LPAR_MAX_ID ? partition_at(lpar_id) : NULL;
}

void partition_rename(struct partition *partition, const char *name)
{
	char *old = partition->lpar.name;

	/* Others may just be reading it: its last byte is 0 all the time. */
	strncpy(old, name, LPAR_NAME_SIZE - 1);
	management_announce(partition->lpar.id);
}

bool partition_remove(struct partition *partition)
{
	struct lpar *lpar = &partition->lpar;
	lpar_reset_hook *const *hook;
	bool released;

	lock_take(&lpar->lock);
	released = is_released_locked(partition);
	lock_drop(&lpar->lock);
	if (!released)
		return false;
	__atomic_store_n(&partitions[lpar->id], NULL, __ATOMIC_RELEASE);
	/* Whoever found it before had the link's lock, which this takes. */
	management_console_close(lpar->id);
	for (hook = __start_forget_hooks; hook < __stop_forget_hooks; hook++)
		(*hook)(lpar);
	pool_forget(lpar);
	log_line("%s: removed", lpar->name);
	free(partition);
	return true;
}

bool partition_start(struct partition *partition, const struct plan_lpar *profile, char *reason)
{
	bool released;

	lock_take(&partition->lpar.lock);
	released = is_released_locked(partition);
	lock_drop(&partition->lpar.lock);
	if (!released) {
		snprintf(reason, LPAR_REASON_SIZE, "the partition is active, or is still ending");
		return false;
	}
	/* Nobody but work changes anything of it in this state. */
	set_profile(partition, profile);
	activation_begin(partition);
	if (!activation_allocate(partition)) {
		memcpy(reason, partition->activation.reason, LPAR_REASON_SIZE);
		return false;
	}
	lock_take(&partition->lpar.lock);
	starting_locked(partition);
	work_add(&partition->work);
	lock_drop(&partition->lpar.lock);
	return true;
}

void partition_activate(struct partition *partition)
{
	lock_take(&partition->lpar.lock);
	if (partition->state == PARTITION_NOT_ACTIVATED) {
		activation_begin(partition);
		starting_locked(partition);
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

/* Returns whether it was active. */
static bool reboot_locked(struct partition *partition)
{
	if (!is_active_locked(partition))
		return false;
	partition->restart = true;
	partition->os_restart = false;
	partition->dumps = false;
	end_locked(partition, PARTITION_SHUTTING_DOWN);
	return true;
}

void partition_os_power_off(struct partition *partition)
{
	lock_take(&partition->lpar.lock);
	if (partition->os_restart && has_run_locked(partition)) {
		refcode_add(partition, REFCODE_OS_RESTART, "");
		reboot_locked(partition);
	} else {
		partition->restart = false;
		if (has_run_locked(partition)) {
			refcode_add(partition, REFCODE_OS_POWER_OFF, "");
			end_locked(partition, PARTITION_SHUTTING_DOWN);
		}
	}
	lock_drop(&partition->lpar.lock);
}

bool partition_reboot(struct partition *partition)
{
	bool done;

	lock_take(&partition->lpar.lock);
	done = reboot_locked(partition);
	lock_drop(&partition->lpar.lock);
	return done;
}

bool partition_os_shutdown(struct partition *partition, bool restart)
{
	bool running;

	lock_take(&partition->lpar.lock);
	running = partition->state == PARTITION_RUNNING;
	if (running) {
		partition->os_restart = restart;
		epow_raise(partition);
	}
	lock_drop(&partition->lpar.lock);
	return running;
}

/* The processor that is interrupted: the first that its operating system has started. */
static struct vp *first_started(const struct lpar *lpar)
{
	for (u32 i = 0; i < lpar->nr_vps; i++)
		if (__atomic_load_n(&lpar->vps[i]->state, __ATOMIC_RELAXED) != VP_STOPPED)
			return lpar->vps[i];
	return NULL;
}

bool partition_dump(struct partition *partition)
{
	struct vp *vp = NULL;

	lock_take(&partition->lpar.lock);
	if (partition->state == PARTITION_RUNNING)
		vp = first_started(&partition->lpar);
	if (vp) {
		partition->dumps = true;
		dispatch_system_reset(vp);
	}
	lock_drop(&partition->lpar.lock);
	return vp != NULL;
}

bool partition_os_terminated(struct partition *partition)
{
	bool ends;

	refcode_add(partition, REFCODE_OS_TERMINATED, "");
	lock_take(&partition->lpar.lock);
	ends = partition->dumps && reboot_locked(partition);
	lock_drop(&partition->lpar.lock);
	return ends;
}

void partition_fail(struct partition *partition, enum refcode code, const char *format, ...)
{
	va_list args;

	lock_take(&partition->lpar.lock);
	if (is_active_locked(partition)) {
		va_start(args, format);
		vsnprintf(partition->reason, sizeof(partition->reason), format, args);
		va_end(args);
		refcode_add(partition, code, "");
		end_locked(partition, PARTITION_ERROR);
	}
	lock_drop(&partition->lpar.lock);
}
