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
#include "partition/activation.h"
#include "partition/nvram.h"
#include "partition/of.h"
#include "partition/plan.h"
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
	u32 state; /* enum partition_state; lpar.lock, others look: partition_state() */
	char reason[LPAR_REASON_SIZE]; /* of state Error, for people */
	struct activation activation;
	struct work work; /* what brings it from one state to the next */
	bool restart;	  /* when it has stopped, it starts afresh */

	void *tree;	  /* its device tree, writable (libfdt); NULL while not activated */
	size_t tree_size; /* bytes allocated */
	struct of of;
	struct rtas rtas;
	struct nvram nvram; /* lives as long as the partition, not only one activation */
	struct link_console console;
	struct partition *next;
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
 * Makes a partition, not activated, with this profile. What @profile points to has to stay.
 * Returns it, or NULL (logged) when the hypervisor has no memory for it.
 */
struct partition *partition_create(const struct plan_lpar *profile);

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

/* The partition is stopped and starts afresh in its own memory. */
void partition_reboot(struct partition *partition);

/* Ends the partition in state Error; @format says why, for people. */
void partition_fail(struct partition *partition, const char *format, ...) __printf(2, 3);

/* The activation is complete, virtual processor 0 prepared: it runs, in @state. */
void partition_run(struct partition *partition, enum partition_state state);

/* The running partition has come to @state (Running, from Open Firmware). */
void partition_set_state(struct partition *partition, enum partition_state state);

#endif
