/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work of the hypervisor's own that is too long for a hypercall: done in steps, one between two
 * time slices, so that no partition waits for it; and one at a time in the whole machine, so that
 * work has only those for company whom it finds in its own data.
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

/*
 * Queues @work; nothing happens when it is queued already. Any processor; may be called with a
 * partition's lock held. Added during its own step it has another one.
 */
void work_add(struct work *work);

/* Is there a step to be done, and nobody at it? Any processor, no lock. */
bool work_pending(void);

/*
 * Does one step of the oldest work, unless another processor is at one. Returns work_pending():
 * false also means that somebody else takes care of it.
 */
bool work_step(void);

/*
 * Called, unless NULL, when work was queued: whoever has nothing better to do should come to
 * work_step(). A partition's lock may be held. The dispatcher's.
 */
extern void (*work_added)(void);

#endif
