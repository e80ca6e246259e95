/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition: its profile, its life, its firmware. Life:
 * Not Activated -> Starting -> (Open Firmware ->) Running -> Shutting Down -> Not Activated, and
 * Error from anywhere.
 */
#ifndef PARTITION_PARTITION_H
#define PARTITION_PARTITION_H

#include "hv/link.h"
#include "hv/lpar.h"
#include "hv/work.h"
#include "hmc/plan.h"
#include "partition/activation.h"
#include "partition/epow.h"
#include "partition/nvram.h"
#include "partition/of.h"
#include "partition/plan.h"
#include "partition/refcode.h"
#include "partition/rtas.h"
#include "types.h"

enum partition_state {
	PARTITION_NOT_ACTIVATED,
	PARTITION_STARTING,
	PARTITION_OPEN_FIRMWARE,
	PARTITION_RUNNING,
	PARTITION_SHUTTING_DOWN,
	PARTITION_ERROR,
};

struct partition {
	struct lpar lpar;
	struct plan_lpar profile;
	char boot_args[PLAN_BOOT_ARGS_MAX + 1]; /* of a profile that came from the console … */
	char image_name[PLAN_NAME_MAX + 1];	/* … likewise */
	u32 state;     /* enum partition_state; lpar.lock, others look: partition_state() */
	u64 since;     /* timebase at which it came to that state … */
	u64 activated; /* … and was activated last, 0: never */
	char reason[LPAR_REASON_SIZE]; /* of state Error, for people */
	struct activation activation;
	struct work work; /* what brings it from one state to the next */
	bool restart;	  /* when it has stopped, it starts afresh */
	bool os_restart;  /* when its operating system powers it off, it is to start afresh */
	bool dumps;	  /* … and when that gives up: it was told to dump */
	u64 token;	  /* of what people wished last (hmc/message.h) */
	struct refcodes refcodes;

	void *tree;	  /* its device tree, writable (libfdt); NULL while not activated */
	size_t tree_size; /* bytes allocated */
	struct of of;
	struct rtas rtas;
	struct nvram nvram; /* lives as long as the partition, not only one activation */
	struct link_console console;
	struct epow epow;
};

static inline struct partition *partition_of(struct lpar *lpar)
{
	return container_of(lpar, struct partition, lpar);
}

/* The state now. Without the lock it may be another one soon. */
static inline enum partition_state partition_state(const struct partition *partition)
{
	return (enum partition_state)__atomic_load_n(&partition->state, __ATOMIC_ACQUIRE);
}

/* To be called once, before the first partition is created. */
void partition_init(void);

/*
 * Makes a partition, not activated, with the name and ID of this profile, which is what
 * partition_activate() uses; what it points to has to stay then. There is none with the ID yet.
 * Returns it, or NULL (logged) when the hypervisor has no memory for it. Partitions come and go
 * while the machine starts, and as work.
 */
struct partition *partition_create(const struct plan_lpar *profile);

/* The partition with this ID, any number, or NULL. As work it stays; else under the link's lock. */
struct partition *partition_find(u32 lpar_id);

/* Fills in @message, all zero before, but for its control and ID. As partition_find(). */
void partition_describe(u16 lpar_id, struct hmc_partition *message);

/* Has it anything that belongs to an activation? Called as work. */
static inline bool partition_has_resources(const struct partition *partition)
{
	return partition->activation.step != ACTIVATION_ALLOCATE;
}

/* It has another name from now on. */
void partition_rename(struct partition *partition, const char *name);

/*
 * @partition exists no longer, and nothing of it is left. Returns false, with nothing done, while
 * it has something: it is activated, or its end is not complete. Called as work.
 */
bool partition_remove(struct partition *partition);

/*
 * Activates @partition, Not Activated or ended in Error, with @profile; its image stays as long as
 * the partition is active, its strings are copied. What it asks for is assigned at once. Returns
 * false, with a phrase for people in @reason (LPAR_REASON_SIZE bytes), when that is not possible;
 * the partition stays as it was. Called as work.
 */
bool partition_start(struct partition *partition, const struct plan_lpar *profile, char *reason);

/*
 * What follows asks for another state; it takes the partition's lock. Any of it may come at any
 * time, from people or from the partition itself, and what the present state has no use for is
 * ignored:
 *
 *  - Not Activated can only be activated, and nothing else can.
 *  - While the partition shuts down, a power-off takes back a reboot, and nothing else counts:
 *    its processors have been stopped, whatever they were about to ask for.
 *  - Error keeps its first reason until it is powered off.
 *
 * Once one of these has been accepted the processors never run again in this activation. It may
 * be called on one of them: the caller returns normally, and the exit stub does not go back to
 * the partition. The others may be in a hypercall still, and may call any of this; what the
 * partition has is touched only after all of them have left (dispatch_left()).
 */

/* Starts the activation of @partition. */
void partition_activate(struct partition *partition);

/* The partition is stopped, and has nothing left when it is Not Activated. */
void partition_power_off(struct partition *partition);

/* The same, asked for by its operating system: unless people want it to start afresh. */
void partition_os_power_off(struct partition *partition);

/*
 * The partition is stopped and starts afresh in its own memory. Returns false when it is in no
 * state for that.
 */
bool partition_reboot(struct partition *partition);

/*
 * Asks the operating system to shut down; with @restart the partition starts afresh when it has.
 * Returns false unless the partition is Running.
 */
bool partition_os_shutdown(struct partition *partition, bool restart);

/*
 * Gives the operating system a system reset, to dump itself and restart. Returns false unless the
 * partition is Running.
 */
bool partition_dump(struct partition *partition);

/* Its operating system gave up. Returns whether that ends the partition: it was told to dump. */
bool partition_os_terminated(struct partition *partition);

/* Ends the partition in state Error; @format says why, for people. */
void partition_fail(struct partition *partition, enum refcode code, const char *format, ...)
	__printf(3, 4);

/* The activation is complete, virtual processor 0 prepared: it runs, in @state. */
void partition_run(struct partition *partition, enum partition_state state);

/* The running partition has come to @state (Running, from Open Firmware). */
void partition_set_state(struct partition *partition, enum partition_state state);

#endif
