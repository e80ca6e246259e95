// SPDX-License-Identifier: Apache-2.0
#include "hv/pick.h"
#include "hv/cpu.h"
#include "hv/dispatch.h"
#include "hv/dispatch_queue.h"
#include "hv/late.h"
#include "hv/lpar.h"
#include "hv/pool.h"

#define STEAL_DEPTH 8 /* how many of another processor's waiting ones are looked at */

/* --- who is next here; the queue's lock is held --- */

static __always_inline struct vp *begin_turn(struct cpu *cpu, struct vp *vp, u64 grant, u64 ticks)
{
	struct dispatch_queue *queue = &cpu->queue;

	if (vp->queued != VP_QUEUED_NOT) {
		if (vp == queue->entitled.first)
			queue_remove_first(queue, vp);
		else
			queue_remove(queue, vp);
	}
	__atomic_store_n(&vp->state, VP_RUNNING, __ATOMIC_RELAXED);
	__atomic_store_n(&queue->running, vp, __ATOMIC_RELEASE);
	queue->run_from = queue->granted_from = queue->charged;
	queue->granted = grant;
	queue->slice_end = earlier(queue->charged + ticks, queue->window_end);
	vp->slice_left = 0;
	vp->turn_window = queue->window;
	return vp;
}

/* @vp, in no queue or in this one, gets its turn if its partition has entitlement left. */
static __always_inline struct vp *grant(struct cpu *cpu, struct vp *vp)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct share *share = &vp->lpar->share;
	u64 left = queue->window_end - queue->charged;
	u64 wanted, ticks;

	if (lpar_dedicated(vp->lpar))
		return begin_turn(cpu, vp, left, left);
	/* Who had to give way to others has the rest of his turn to come, not another one. */
	wanted = vp->slice_left ? vp->slice_left : share_slice(share, dispatch_ticks.least);
	ticks = share_grant(share, queue->window, MIN(wanted, left));
	queue->cut = ticks == left && ticks < wanted;
	vp->denied = queue->cut ? wanted - ticks : 0;
	return ticks ? begin_turn(cpu, vp, ticks, ticks) : NULL;
}

/* The weights of all who wait for surplus, anywhere; the one who is about to get it among them. */
static u32 surplus_weights(void)
{
	u32 weights = 0;

	for (u32 i = 0; i < pool_nr_cpus; i++)
		weights += __atomic_load_n(&pool_cpu[i]->queue.surplus_weight, __ATOMIC_RELAXED);
	return weights;
}

/*
 * A part, according to weight, of what the pool's processors have left in this window: so each who
 * waits has one turn in each window, if possible. Who is alone keeps the processor.
 */
static u64 surplus_turn(struct dispatch_queue *queue, const struct vp *vp)
{
	u32 weights = MAX(surplus_weights(), 1U);
	u64 ticks;

	if (!queue->surplus_ticks)
		queue->surplus_ticks = queue->window_end - queue->charged;
	if (vp->surplus_weight == weights)
		return dispatch_ticks.window;
	ticks = queue->surplus_ticks * pool_nr_shared * vp->surplus_weight / weights;
	return MAX(MIN(ticks, dispatch_ticks.surplus), dispatch_ticks.surplus_least);
}

static struct vp *begin_surplus(struct cpu *cpu, struct vp *vp)
{
	struct dispatch_queue *queue = &cpu->queue;
	u64 ticks = surplus_turn(queue, vp);

	queue->cut = false;
	queue_virtual_advance(vp->surplus.key);
	return begin_turn(cpu, vp, 0, ticks);
}

static struct vp *__noinline pick_any_entitled(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct vp *vp;

	if (pool_nr_shared > 1) {
		vp = late_first(queue, queue->charged);
		if (vp && grant(cpu, vp))
			return vp;
	}
	while ((vp = queue->entitled.first) != NULL) {
		bool conferred = vp->ready_reason == VP_READY_CONFER;

		if (grant(cpu, vp))
			return vp;
		queue_remove(queue, vp);
		queue_used_up(queue, vp);
		if (conferred && vp->queued == VP_QUEUED_SURPLUS)
			return begin_surplus(cpu, vp);
	}
	return NULL;
}

struct vp *pick_entitled(struct cpu *cpu)
{
	struct vp *first = cpu->queue.entitled.first;

	/* The usual case. */
	if (first && pool_nr_shared == 1 && grant(cpu, first))
		return first;
	return pick_any_entitled(cpu);
}

struct vp *pick_woken(struct cpu *cpu, struct vp *vp)
{
	if (grant(cpu, vp))
		return vp;
	queue_used_up(&cpu->queue, vp);
	return NULL;
}

/* --- from other processors; no lock is held --- */

static struct vp *take_entitled(struct cpu *cpu, struct cpu *from)
{
	u32 depth = STEAL_DEPTH;
	struct vp *vp;

	lock_take(&from->queue.lock);
	vp = from->queue.entitled.first;
	while (vp && !dispatch_take(cpu, from, vp))
		vp = --depth ? vp->next : NULL;
	lock_drop(&from->queue.lock);
	return vp;
}

static struct vp *take_surplus(struct cpu *cpu, struct cpu *from)
{
	struct vp *vp;

	lock_take(&from->queue.lock);
	vp = queue_surplus_first(&from->queue);
	if (vp && !dispatch_take(cpu, from, vp))
		vp = NULL;
	lock_drop(&from->queue.lock);
	return vp;
}

/* @vp is on its way here. Returns it if it gets its turn now. */
static struct vp *arrive(struct cpu *cpu, struct vp *vp, bool surplus)
{
	struct vp *next = NULL;

	lock_take(&cpu->queue.lock);
	if (dispatch_taken(vp)) {
		next = grant(cpu, vp);
		if (!next)
			queue_used_up(&cpu->queue, vp);
		if (!next && surplus && vp->queued == VP_QUEUED_SURPLUS)
			next = begin_surplus(cpu, vp);
	}
	lock_drop(&cpu->queue.lock);
	return next;
}

static struct vp *__noinline steal_entitled(struct cpu *cpu)
{
	for (u32 i = 1; i < pool_nr_cpus; i++) {
		struct cpu *from = pool_cpu[(cpu->number + i) % pool_nr_cpus];
		struct vp *vp;

		while (!from->queue.owner &&
		       __atomic_load_n(&from->queue.entitled.length, __ATOMIC_SEQ_CST)) {
			vp = take_entitled(cpu, from);
			if (!vp)
				break;
			if (arrive(cpu, vp, false))
				return vp;
		}
	}
	return NULL;
}

/* The virtual time of the first that waits for surplus on @cpu; a look without the lock. */
static bool surplus_key(const struct cpu *cpu, u64 *key)
{
	if (!__atomic_load_n(&cpu->queue.nr_surplus, __ATOMIC_SEQ_CST))
		return false;
	*key = __atomic_load_n(&cpu->queue.surplus_key, __ATOMIC_RELAXED);
	return true;
}

/* Where the one waits that is due most: here, unless another is due a whole turn earlier. */
static struct cpu *surplus_source(struct cpu *cpu)
{
	struct cpu *best = NULL;
	u64 least = 0, key;

	if (surplus_key(cpu, &key)) {
		best = cpu;
		least = key - dispatch_ticks.surplus;
	}
	for (u32 i = 0; i < pool_nr_cpus; i++) {
		if (pool_cpu[i] == cpu || !surplus_key(pool_cpu[i], &key) ||
		    (best && !reached(least, key + 1)))
			continue;
		best = pool_cpu[i];
		least = key;
	}
	return best;
}

static struct vp *pick_surplus(struct cpu *cpu)
{
	struct cpu *from;
	struct vp *vp = NULL;

	from = surplus_source(cpu);
	if (from && from != cpu)
		vp = take_surplus(cpu, from);
	if (vp)
		return arrive(cpu, vp, true);
	lock_take(&cpu->queue.lock);
	vp = queue_surplus_first(&cpu->queue);
	if (vp)
		begin_surplus(cpu, vp);
	lock_drop(&cpu->queue.lock);
	return vp;
}

/* --- a dedicated processor --- */

/* One that waits here and is not the owner's own. The lock is held. */
static struct vp *guest_of(struct dispatch_queue *queue)
{
	struct vp *vp = queue->entitled.first;

	if (vp && vp == queue->dedicated)
		vp = vp->next;
	if (!vp)
		vp = queue->parked.first;
	return vp ? vp : queue_surplus_first(queue);
}

/* Those who wait here but belong to the shared pool go there. */
void pick_move_guests(struct cpu *cpu)
{
	struct cpu *to;
	struct vp *vp;

	for (;;) {
		lock_take(&cpu->queue.lock);
		vp = guest_of(&cpu->queue);
		if (vp && vp->loaded == cpu) {
			lock_drop(&cpu->queue.lock);
			cpu_unload(cpu);
			continue;
		}
		to = vp ? dispatch_guest_take(cpu, vp) : NULL;
		lock_drop(&cpu->queue.lock);
		if (!to)
			return;
		dispatch_guest_arrive(to, vp, true);
	}
}

static struct vp *pick_owner(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct vp *vp;

	lock_take(&queue->lock);
	vp = queue->dedicated;
	if (vp && vp->queued == VP_QUEUED_ENTITLED)
		grant(cpu, vp);
	else
		vp = NULL;
	lock_drop(&queue->lock);
	return vp;
}

/* Has the first here had a turn in this window, while others wait elsewhere? */
static bool is_second_turn(const struct cpu *cpu)
{
	const struct vp *first = cpu->queue.entitled.first;

	if (!first || first->turn_window != cpu->queue.window)
		return false;
	for (u32 i = 0; i < pool_nr_cpus; i++)
		if (pool_cpu[i] != cpu && !pool_cpu[i]->queue.owner &&
		    __atomic_load_n(&pool_cpu[i]->queue.entitled.length, __ATOMIC_RELAXED))
			return true;
	return false;
}

bool __noinline pick_elsewhere(const struct cpu *cpu)
{
	if (pool_nr_shared < 2)
		return false;
	return (late_elsewhere(cpu) && !late_first(&cpu->queue, cpu->queue.charged)) ||
	       is_second_turn(cpu);
}

/* One who waits on @from and has not had a turn in this window. */
static struct vp *take_unserved(struct cpu *cpu, struct cpu *from)
{
	u32 depth = STEAL_DEPTH;
	struct vp *vp;

	lock_take(&from->queue.lock);
	vp = from->queue.entitled.first;
	while (vp && (vp->turn_window == cpu->queue.window || !dispatch_take(cpu, from, vp)))
		vp = --depth ? vp->next : NULL;
	lock_drop(&from->queue.lock);
	return vp;
}

static struct vp *take_any_unserved(struct cpu *cpu)
{
	struct vp *vp = NULL;

	for (u32 i = 1; i < pool_nr_cpus && !vp; i++) {
		struct cpu *from = pool_cpu[(cpu->number + i) % pool_nr_cpus];

		if (!from->queue.owner &&
		    __atomic_load_n(&from->queue.entitled.length, __ATOMIC_RELAXED))
			vp = take_unserved(cpu, from);
	}
	return vp;
}

static struct vp *take_late(struct cpu *cpu)
{
	struct cpu *from = late_elsewhere(cpu);
	struct vp *vp;

	if (!from)
		return NULL;
	lock_take(&from->queue.lock);
	vp = late_first(&from->queue, cpu->queue.charged);
	if (vp && !dispatch_take(cpu, from, vp))
		vp = NULL;
	late_publish(&from->queue);
	lock_drop(&from->queue.lock);
	return vp;
}

/* From another processor, although somebody may wait here. */
static struct vp *__noinline pick_from_other(struct cpu *cpu)
{
	struct vp *vp;
	bool late, second;

	if (pool_nr_shared < 2)
		return NULL;
	lock_take(&cpu->queue.lock);
	late = late_first(&cpu->queue, cpu->queue.charged) != NULL;
	second = is_second_turn(cpu);
	lock_drop(&cpu->queue.lock);
	if (late)
		return NULL;
	vp = take_late(cpu);
	if (!vp && second)
		vp = take_any_unserved(cpu);
	return vp ? arrive(cpu, vp, false) : NULL;
}

static struct vp *pick_shared(struct cpu *cpu)
{
	struct vp *vp = pick_from_other(cpu);

	if (vp)
		return vp;
	lock_take(&cpu->queue.lock);
	vp = pick_entitled(cpu);
	lock_drop(&cpu->queue.lock);
	if (!vp)
		vp = steal_entitled(cpu);
	return vp ? vp : pick_surplus(cpu);
}

struct vp *pick(struct cpu *cpu)
{
	struct vp *vp;

	if (!cpu->queue.owner)
		return pick_shared(cpu);
	vp = pick_owner(cpu);
	return vp || !queue_lends(cpu) ? vp : pick_shared(cpu);
}
