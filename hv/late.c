// SPDX-License-Identifier: Apache-2.0
#include "hv/late.h"
#include "hv/cpu.h"
#include "hv/dispatch_queue.h"
#include "hv/lpar.h"
#include "hv/pool.h"
#include "hv/vp.h"

#define DEPTH 8 /* how many of those who wait are looked at */

/* Other processors look after somebody's late start this much later than his own. */
static u64 stagger(void)
{
	return dispatch_ticks.least / 16;
}

/* What each processor of the partition may still use in this window, apart from what is granted. */
static u64 need(const struct dispatch_queue *queue, const struct vp *vp)
{
	const struct share *share = &vp->lpar->share;
	u64 left = share_left(share, queue->window);
	u32 wanting = __atomic_load_n(&share->wanting, __ATOMIC_RELAXED);

	return MIN(left / MAX(wanting, 1U), dispatch_ticks.window);
}

static struct vp *latest(const struct dispatch_queue *queue, u64 *start)
{
	u32 depth = DEPTH;
	u64 most = 0;
	struct vp *found = NULL;

	for (struct vp *vp = queue->entitled.first; vp && depth; vp = vp->next, depth--) {
		u64 needed = need(queue, vp);

		if (needed > most) {
			most = needed;
			found = vp;
		}
	}
	*start = queue->window_end - most;
	return found;
}

void late_publish(struct dispatch_queue *queue)
{
	u64 start;

	latest(queue, &start);
	__atomic_store_n(&queue->late_at, start, __ATOMIC_RELAXED);
}

struct vp *late_first(const struct dispatch_queue *queue, u64 now)
{
	u64 start;
	struct vp *vp = latest(queue, &start);

	return vp && reached(now, start) ? vp : NULL;
}

/* Of a queue in another window nothing can be said until its processor has looked. */
static bool is_comparable(const struct cpu *cpu, const struct cpu *other)
{
	return !other->queue.owner &&
	       __atomic_load_n(&other->queue.window, __ATOMIC_RELAXED) == cpu->queue.window;
}

u64 late_until(const struct cpu *cpu)
{
	const struct dispatch_queue *queue = &cpu->queue;
	u64 least = queue->run_from + dispatch_ticks.least;
	u64 until = queue->slice_end;

	if (queue->window_end - queue->slice_end <= need(queue, queue->running) + stagger())
		return until;
	for (u32 i = 0; i < pool_nr_cpus; i++) {
		u64 at = __atomic_load_n(&pool_cpu[i]->queue.late_at, __ATOMIC_RELAXED);

		if (pool_cpu[i] == cpu)
			until = earlier(until, at);
		else if (is_comparable(cpu, pool_cpu[i]))
			until = earlier(until, at + stagger());
	}
	return reached(until, least) ? until : earlier(least, queue->slice_end);
}

struct cpu *late_elsewhere(const struct cpu *cpu)
{
	u64 now = cpu->queue.charged;

	for (u32 i = 0; i < pool_nr_cpus; i++) {
		const struct cpu *other = pool_cpu[i];

		if (other != cpu && is_comparable(cpu, other) &&
		    __atomic_load_n(&other->queue.entitled.length, __ATOMIC_RELAXED) &&
		    reached(now,
			    __atomic_load_n(&other->queue.late_at, __ATOMIC_RELAXED) + stagger()))
			return pool_cpu[i];
	}
	return NULL;
}
