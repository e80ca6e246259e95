// SPDX-License-Identifier: Apache-2.0
#include "hv/work.h"

static struct lock work_lock;
static struct work *work_head;
static struct work **work_tail = &work_head;

static void work_append(struct work *work)
{
	work->next = NULL;
	*work_tail = work;
	work_tail = &work->next;
}

static struct work *work_take(void)
{
	struct work *work;

	lock_take(&work_lock);
	work = work_head;
	if (work) {
		work_head = work->next;
		if (!work_head)
			work_tail = &work_head;
		work->queued = false;
	}
	lock_drop(&work_lock);
	return work;
}

void work_add(struct work *work)
{
	lock_take(&work_lock);
	if (!work->queued) {
		work->queued = true;
		work_append(work);
	}
	lock_drop(&work_lock);
}

bool work_step(void)
{
	struct work *work = work_take();

	if (work && work->step(work))
		work_add(work);
	return __atomic_load_n(&work_head, __ATOMIC_RELAXED) != NULL;
}
