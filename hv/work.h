/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work of the hypervisor's own that is too long for a hypercall: done in steps, one between two
 * time slices, so that no partition waits for it.
 */
#ifndef HV_WORK_H
#define HV_WORK_H

#include "hv/lock.h"
#include "types.h"

#define WORK_STEP_US 1000 /* how long a step may take, about */

struct work {
	bool (*step)(struct work *work); /* true = there is more */
	struct work *next;
	bool queued;
};

/* Queues @work; nothing happens when it is queued already. Any processor, no lock needed. */
void work_add(struct work *work);

/* Does one step of the oldest work. Returns whether there is more to do, by anybody. */
bool work_step(void);

#endif
