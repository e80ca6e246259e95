// SPDX-License-Identifier: Apache-2.0
#include "hv/work.h"

void (*work_added)(void);

static struct lock work_lock; /* the list */
static struct work *work_head;
static struct work **work_tail = &work_head;
static struct lock step_lock; /* held while a step is done */

/* Returns whether it was not there before. */
static bool work_append(struct work *work)
{
	bool added;

	lock_take(&work_lock);
	added = !work->queued;
	if (added) {
		work->queued = true;
		work->next = NULL;
		__atomic_store_n(work_tail, work, __ATOMIC_RELAXED);
		work_tail = &work->next;
	}
	lock_drop(&work_lock);
	return added;
}

static struct work *work_take(void)
{
	struct work *work;

	lock_take(&work_lock);
	work = work_head;
	if (work) {
		__atomic_store_n(&work_head, work->next, __ATOMIC_RELAXED);
		if (!work_head)
			work_tail = &work_head;
		work->queued = false;
	}
	lock_drop(&work_lock);
	return work;
}

void work_add(struct work *work)
{
	if (work_append(work) && work_added)
		work_added();
}

bool work_pending(void)
{
	return __atomic_load_n(&work_head, __ATOMIC_RELAXED) &&
	       !__atomic_load_n(&step_lock.held, __ATOMIC_RELAXED);
}

bool work_step(void)
{
	struct work *work;

	if (!lock_try(&step_lock))
		return false;
	work = work_take();
	if (work && work->step(work))
		work_append(work);
	lock_drop(&step_lock);
	return work_pending();
}
