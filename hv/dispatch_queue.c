// SPDX-License-Identifier: Apache-2.0
#include "hv/dispatch_queue.h"
#include "hv/cpu.h"
#include "hv/lpar.h"
#include "hv/pool.h"
#include "hv/vp.h"
#include "hv/vpa.h"

#define CARRY_DEPTH 16 /* how many of those who wait are looked at when a window turns */
#define AWAY_TURNS  16 /* of surplus that a partition may be behind the others */
#define STALE_TURNS 2  /* of surplus that a partition may have had since one of it began to wait */

/* Processors that nap, and those that run somebody on surplus. */
static u32 idle_mask, surplus_mask;

/* The virtual time of the last one that got surplus, anywhere. */
static u64 virtual_now;

/* --- lists --- */

static void list_insert(struct vp_list *list, struct vp *vp, struct vp *before)
{
	vp->next = before;
	vp->prev = before ? before->prev : list->last;
	*(vp->prev ? &vp->prev->next : &list->first) = vp;
	*(before ? &before->prev : &list->last) = vp;
	__atomic_store_n(&list->length, list->length + 1, __ATOMIC_SEQ_CST);
}

static void list_remove(struct vp_list *list, struct vp *vp)
{
	*(vp->prev ? &vp->prev->next : &list->first) = vp->next;
	*(vp->next ? &vp->next->prev : &list->last) = vp->prev;
	__atomic_store_n(&list->length, list->length - 1, __ATOMIC_RELAXED);
}

/* --- waiting --- */

static void entitled_insert(struct dispatch_queue *queue, struct vp *vp, struct vp *before)
{
	list_insert(&queue->entitled, vp, before);
	vp->queued = VP_QUEUED_ENTITLED;
}

static struct vp *first_not_urgent(const struct dispatch_queue *queue)
{
	return queue->urgent ? queue->urgent->next : queue->entitled.first;
}

/* Those who wake again and again do not keep one who waits from his turn for ever. */
static bool has_waited_long(const struct dispatch_queue *queue, const struct vp *vp)
{
	return vp && (s64)(queue->charged - vp->ready_at) > (s64)dispatch_ticks.window;
}

/* Nobody else waits. */
static void entitled_only(struct dispatch_queue *queue, struct vp *vp)
{
	vp->next = vp->prev = NULL;
	queue->entitled.first = queue->entitled.last = vp;
	__atomic_store_n(&queue->entitled.length, 1, __ATOMIC_SEQ_CST);
	vp->queued = VP_QUEUED_ENTITLED;
}

static void __noinline entitled_among(struct dispatch_queue *queue, struct vp *vp, bool urgent)
{
	if (urgent && has_waited_long(queue, first_not_urgent(queue)))
		queue->urgent = first_not_urgent(queue);
	entitled_insert(queue, vp, urgent ? first_not_urgent(queue) : NULL);
}

void queue_entitled(struct dispatch_queue *queue, struct vp *vp, bool urgent)
{
	if (queue->entitled.first)
		entitled_among(queue, vp, urgent);
	else
		entitled_only(queue, vp);
	if (urgent)
		queue->urgent = vp;
}

void queue_entitled_first(struct dispatch_queue *queue, struct vp *vp)
{
	entitled_insert(queue, vp, queue->entitled.first);
	if (!queue->urgent)
		queue->urgent = vp;
}

void queue_entitled_again(struct dispatch_queue *queue, struct vp *vp)
{
	entitled_insert(queue, vp, first_not_urgent(queue));
}

static void surplus_publish(struct dispatch_queue *queue)
{
	if (queue->surplus.first)
		__atomic_store_n(&queue->surplus_key, queue->surplus.first->key, __ATOMIC_RELAXED);
}

static void surplus_insert(struct dispatch_queue *queue, struct vp *vp)
{
	struct share *share = &vp->lpar->share;
	u64 now = __atomic_load_n(&virtual_now, __ATOMIC_RELAXED);

	/* Those of one partition, whose virtual time is the same, in the order in which they came.
	 */
	vp->surplus.order = queue->charged;
	/* One that is a little behind is owed that; one that was away is not. */
	pqueue_insert(&queue->surplus, &vp->surplus,
		      share_queue_key(share, now - AWAY_TURNS * dispatch_ticks.surplus));
	vp->queued = VP_QUEUED_SURPLUS;
	vp->surplus_weight = __atomic_load_n(&share->weight, __ATOMIC_RELAXED);
	__atomic_store_n(&queue->surplus_weight, queue->surplus_weight + vp->surplus_weight,
			 __ATOMIC_RELAXED);
	surplus_publish(queue);
	__atomic_store_n(&queue->nr_surplus, queue->nr_surplus + 1, __ATOMIC_SEQ_CST);
}

void queue_virtual_advance(u64 key)
{
	u64 now = __atomic_load_n(&virtual_now, __ATOMIC_RELAXED);

	while ((s64)(key - now) > 0)
		if (__atomic_compare_exchange_n(&virtual_now, &now, key, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return;
}

static void surplus_remove(struct dispatch_queue *queue, struct vp *vp)
{
	pqueue_remove(&queue->surplus, &vp->surplus);
	__atomic_store_n(&queue->surplus_weight, queue->surplus_weight - vp->surplus_weight,
			 __ATOMIC_RELAXED);
	surplus_publish(queue);
	__atomic_store_n(&queue->nr_surplus, queue->nr_surplus - 1, __ATOMIC_RELAXED);
}

/* While one waits, its partition may get surplus elsewhere: then it waits its turn anew. */
struct vp *queue_surplus_first(struct dispatch_queue *queue)
{
	struct pqueue_node *node;

	while ((node = queue->surplus.first) != NULL) {
		struct vp *vp = container_of(node, struct vp, surplus);
		u64 virtual = __atomic_load_n(&vp->lpar->share.virtual, __ATOMIC_RELAXED);

		/* A little is no matter, or all of a partition would wait anew after each turn. */
		if ((s64)(virtual - node->key) <=
		    (s64)share_virtual(&vp->lpar->share, STALE_TURNS * dispatch_ticks.surplus))
			return vp;
		pqueue_remove_first(&queue->surplus);
		pqueue_insert(&queue->surplus, node, virtual);
		surplus_publish(queue);
	}
	return NULL;
}

void queue_used_up(struct dispatch_queue *queue, struct vp *vp)
{
	if (vp->lpar->share.weight != 0) {
		surplus_insert(queue, vp);
		return;
	}
	list_insert(&queue->parked, vp, NULL);
	vp->queued = VP_QUEUED_PARKED;
}

/* Before the last urgent one are urgent ones only. */
static void entitled_remove(struct dispatch_queue *queue, struct vp *vp)
{
	if (vp == queue->urgent)
		queue->urgent = vp->prev;
	list_remove(&queue->entitled, vp);
}

void queue_remove_first(struct dispatch_queue *queue, struct vp *vp)
{
	struct vp *next = vp->next;

	if (vp == queue->urgent)
		queue->urgent = NULL;
	queue->entitled.first = next;
	*(next ? &next->prev : &queue->entitled.last) = NULL;
	__atomic_store_n(&queue->entitled.length, queue->entitled.length - 1, __ATOMIC_RELAXED);
	vp->queued = VP_QUEUED_NOT;
}

void queue_remove(struct dispatch_queue *queue, struct vp *vp)
{
	switch (vp->queued) {
	case VP_QUEUED_ENTITLED:
		entitled_remove(queue, vp);
		break;
	case VP_QUEUED_SURPLUS:
		surplus_remove(queue, vp);
		break;
	case VP_QUEUED_PARKED:
		list_remove(&queue->parked, vp);
		break;
	default:
		return;
	}
	vp->queued = VP_QUEUED_NOT;
}

void queue_set_window(struct dispatch_queue *queue, u64 now)
{
	u64 number = now / dispatch_ticks.window;

	__atomic_store_n(&queue->window, (u32)number, __ATOMIC_RELAXED);
	queue->window_end = (number + 1) * dispatch_ticks.window;
	queue->surplus_ticks = 0;
}

/* What @vp, which waits, could not get in the window that is over. */
static u64 denied(const struct dispatch_queue *queue, const struct vp *vp)
{
	u64 began = queue->window_end - dispatch_ticks.window;

	if (reached(vp->capacity_at, queue->window_end))
		return vp->denied;
	return queue->window_end - (reached(vp->capacity_at, began) ? vp->capacity_at : began);
}

/*
 * One processor gives everybody what he is entitled to; of several, one may have too little time
 * left at the end of a window for somebody while another had some over.
 */
static void carry_over(const struct dispatch_queue *queue)
{
	u32 depth = CARRY_DEPTH;

	for (struct vp *vp = queue->entitled.first; vp && depth; vp = vp->next, depth--)
		if (!lpar_dedicated(vp->lpar))
			share_carry(&vp->lpar->share, queue->window, denied(queue, vp));
}

/*
 * @vp, in no queue, waits for a turn in the new window: behind all others if it had one in window
 * number @over, else before *@front, the first of those who wait already or had one. Else one that
 * wakes again and again could use up what the others of its partition wait for, in each window.
 */
static void wait_anew(struct dispatch_queue *queue, struct vp *vp, u32 over, struct vp **front)
{
	bool had_turn = vp->turn_window == over;

	entitled_insert(queue, vp, had_turn ? NULL : *front);
	if (had_turn && !*front)
		*front = vp;
}

void __noinline queue_turn(struct dispatch_queue *queue, u64 now)
{
	struct vp *front = first_not_urgent(queue), *vp;
	u32 over = queue->window;

	if (pool_nr_shared > 1)
		carry_over(queue);
	queue_set_window(queue, now);
	while ((vp = queue->parked.first) != NULL) {
		queue_remove(queue, vp);
		vp->capacity_at = now;
		wait_anew(queue, vp, over, &front);
	}
	while ((vp = queue_surplus_first(queue)) != NULL) {
		queue_remove(queue, vp);
		wait_anew(queue, vp, over, &front);
	}
}

/* --- timers --- */

/*
 * One that is woken early stays in the queue: when it cedes again, its next time is mostly later,
 * and the entry, when it comes up, is put where it belongs.
 */
void queue_timer_add(struct dispatch_queue *queue, struct vp *vp)
{
	if (vp->timer.queued) {
		if ((s64)(vp->timer.key - vp->wake_at) <= 0)
			return;
		pqueue_remove(&queue->timers, &vp->timer);
	}
	pqueue_insert(&queue->timers, &vp->timer, vp->wake_at);
}

void queue_timer_remove(struct dispatch_queue *queue, struct vp *vp)
{
	if (vp->timer.queued)
		pqueue_remove(&queue->timers, &vp->timer);
}

struct vp *queue_timer_expired(struct dispatch_queue *queue, u64 now)
{
	struct pqueue_node *node;

	while ((node = queue->timers.first) != NULL && (s64)(node->key - now) <= 0) {
		struct vp *vp = container_of(node, struct vp, timer);

		pqueue_remove_first(&queue->timers);
		if (vp->state != VP_CEDED)
			continue;
		if ((s64)(vp->wake_at - now) <= 0)
			return vp;
		pqueue_insert(&queue->timers, node, vp->wake_at);
	}
	return NULL;
}

/* --- who has to know --- */

struct cpu *queue_lock_home(const struct vp *vp)
{
	for (;;) {
		struct cpu *home = __atomic_load_n(&vp->cpu, __ATOMIC_ACQUIRE);

		if (!home)
			return NULL;
		lock_take(&home->queue.lock);
		if (__atomic_load_n(&vp->cpu, __ATOMIC_RELAXED) == home)
			return home;
		lock_drop(&home->queue.lock);
	}
}

static u32 activity_of(const struct cpu *cpu)
{
	return __atomic_load_n(&cpu->queue.activity, __ATOMIC_SEQ_CST);
}

void queue_resched(struct cpu *cpu)
{
	__atomic_store_n(&cpu->queue.resched, 1, __ATOMIC_SEQ_CST);
	if (cpu == cpu_this()) {
		if (cpu->queue.running)
			__atomic_store_n(&cpu->queue.running->leave, 1, __ATOMIC_RELAXED);
	} else if (activity_of(cpu) != DISPATCH_BUSY) {
		cpu_kick(cpu);
	}
}

bool queue_lends(struct cpu *cpu)
{
	const struct vp *vp;
	bool lends;

	if (!cpu->queue.owner)
		return true;
	/* It may be about to go. */
	lock_take(&cpu->queue.lock);
	vp = cpu->queue.dedicated;
	lends = vp && vp->state == VP_CEDED && vpa_donates(vp);
	lock_drop(&cpu->queue.lock);
	return lends;
}

static void mask_set(u32 *mask, u32 bit, bool on)
{
	if (((__atomic_load_n(mask, __ATOMIC_RELAXED) & bit) != 0) == on)
		return;
	if (on)
		__atomic_fetch_or(mask, bit, __ATOMIC_SEQ_CST);
	else
		__atomic_fetch_and(mask, ~bit, __ATOMIC_SEQ_CST);
}

static bool is_in_mask(enum dispatch_activity activity)
{
	return activity == DISPATCH_IDLE || activity == DISPATCH_SURPLUS;
}

void queue_set_activity(struct cpu *cpu, enum dispatch_activity activity)
{
	struct dispatch_queue *queue = &cpu->queue;
	u32 bit = 1U << cpu->number;
	bool masked = is_in_mask(activity) || is_in_mask(queue->activity);

	if (queue->activity == activity)
		return;
	__atomic_store_n(&queue->activity, activity, __ATOMIC_RELAXED);
	/* Before looking at @resched and at the queues again: see queue_resched(). */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!masked)
		return;
	mask_set(&idle_mask, bit, activity == DISPATCH_IDLE && queue_lends(cpu));
	mask_set(&surplus_mask, bit, activity == DISPATCH_SURPLUS && !queue->owner);
}

u32 queue_idle_mask(void)
{
	return __atomic_load_n(&idle_mask, __ATOMIC_SEQ_CST);
}

/* A processor of @mask, which then is in it no longer: the next one who calls calls another. */
static struct cpu *claim(u32 *mask)
{
	u32 seen = __atomic_load_n(mask, __ATOMIC_SEQ_CST);

	for (; seen; seen &= seen - 1) {
		u32 bit = seen & -seen;

		if (__atomic_fetch_and(mask, ~bit, __ATOMIC_SEQ_CST) & bit)
			return pool_cpu[__builtin_ctz(bit)];
	}
	return NULL;
}

bool queue_call_idle(void)
{
	struct cpu *cpu = claim(&idle_mask);

	if (cpu)
		queue_resched(cpu);
	return cpu != NULL;
}

void queue_announce(struct cpu *home, bool entitled)
{
	u32 activity = activity_of(home);
	struct cpu *other;

	if (activity == DISPATCH_IDLE || home->queue.owner) {
		queue_resched(home);
		return;
	}
	if (queue_call_idle() || !entitled)
		return;
	other = activity == DISPATCH_SURPLUS ? home : claim(&surplus_mask);
	queue_resched(other ? other : home);
}
