// SPDX-License-Identifier: Apache-2.0
#include "hv/dispatch.h"
#include "hv/cpu.h"
#include "hv/dispatch_queue.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "hv/vpa.h"
#include "hv/work.h"

#define POLL_US	    1000 /* the management channel is looked after this often, if possible */
#define STEAL_DEPTH 8	 /* how many of another processor's waiting ones are looked at */

/* The same in ticks. */
static u64 window_ticks, least_ticks, surplus_ticks, poll_ticks;

u64 dispatch_window(void)
{
	return window_ticks;
}

static bool reached(u64 now, u64 when)
{
	return (s64)(now - when) >= 0;
}

/* Of two timebases less than half their range apart. */
static u64 earlier(u64 a, u64 b)
{
	return (s64)(a - b) < 0 ? a : b;
}

static void add(u64 *counter, u64 ticks)
{
	__atomic_fetch_add(counter, ticks, __ATOMIC_RELAXED);
}

/* A counter that only its own processor changes. */
static void add_own(u64 *counter, u64 ticks)
{
	__atomic_store_n(counter, *counter + ticks, __ATOMIC_RELAXED);
}

static u64 ticks_of(u64 us)
{
	return machine.timebase_hz / 1000000 * us;
}

static void set_window(struct dispatch_queue *queue, u64 now)
{
	u64 number = now / window_ticks;

	queue->window = (u32)number;
	queue->window_end = (number + 1) * window_ticks;
}

/* Somebody with nothing better to do is to come. */
static void call_for_work(void)
{
	if (!queue_call_idle())
		queue_resched(cpu_this());
}

void dispatch_cpu_init(struct cpu *cpu)
{
	u64 now = machine_timebase();

	work_added = call_for_work;

	window_ticks = ticks_of(DISPATCH_WINDOW_US);
	least_ticks = ticks_of(DISPATCH_LEAST_US);
	surplus_ticks = ticks_of(DISPATCH_SURPLUS_US);
	poll_ticks = ticks_of(POLL_US);
	set_window(&cpu->queue, now);
	cpu->queue.charged = cpu->use.since = now;
	cpu->queue.activity = DISPATCH_BUSY;
}

/* --- the ledger: every tick of the processor is somebody's --- */

static void charge_running(struct cpu *cpu, struct vp *vp, u64 ticks)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct lpar *lpar = vp->lpar;

	add_own(&vp->spr.purr, ticks);
	add_own(&vp->spr.spurr, ticks);
	add_own(&cpu->use.partitions, ticks);
	if (queue->owner && queue->owner != lpar)
		add(&queue->owner->use.donated, ticks);
	if (queue->granted || lpar_dedicated(lpar)) {
		add(&lpar->use.capped, ticks);
	} else {
		add(&lpar->use.uncapped, ticks);
		share_charge(&lpar->share, ticks);
	}
}

static void charge_idle(struct cpu *cpu, u64 ticks)
{
	add_own(&cpu->use.idle, ticks);
	if (cpu->queue.owner)
		add(&cpu->queue.owner->use.idle, ticks);
}

/* The time up to now was whoever's runs, or nobody's. */
static u64 account(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	u64 now = machine_timebase();
	u64 ticks = now - queue->charged;

	if (queue->running)
		charge_running(cpu, queue->running, ticks);
	else
		charge_idle(cpu, ticks);
	__atomic_store_n(&queue->charged, now, __ATOMIC_RELEASE);
	return now;
}

/* The time up to now was the hypervisor's; who runs is given it back. */
static u64 account_hypervisor(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	u64 now = machine_timebase();
	u64 ticks = now - queue->charged;

	add_own(&cpu->use.hypervisor, ticks);
	__atomic_store_n(&queue->charged, now, __ATOMIC_RELEASE);
	if (queue->running) {
		queue->granted_from += ticks;
		queue->slice_end = earlier(queue->slice_end + ticks, queue->window_end);
	}
	return now;
}

/* --- the end of a turn; the queue's lock is held --- */

static void settle(struct dispatch_queue *queue, struct vp *vp)
{
	if (queue->granted && !lpar_dedicated(vp->lpar))
		share_settle(&vp->lpar->share, queue->window, queue->granted,
			     queue->charged - queue->granted_from);
	queue->granted = 0;
}

/* When whoever waits first must have the processor to get all of its entitlement in this window. */
static u64 latest_start(const struct dispatch_queue *queue, const struct vp *vp)
{
	const struct share *share = &vp->lpar->share;
	u64 left = share_left(share, queue->window);
	u32 wanting = __atomic_load_n(&share->wanting, __ATOMIC_RELAXED);

	return queue->window_end - MIN(left / MAX(wanting, 1U), window_ticks);
}

/* When the one that runs is to give way to one that waits; its turn may end earlier. */
static u64 preempt_at(const struct dispatch_queue *queue)
{
	const struct vp *first = queue->entitled.first;
	u64 least, start;

	if (!first || queue->owner)
		return queue->slice_end;
	least = queue->run_from + least_ticks;
	if (!queue->granted || queue->urgent)
		return earlier(queue->slice_end, least);
	/* Two that are both late take turns. */
	start = latest_start(queue, first);
	return earlier(queue->slice_end, reached(start, least) ? start : least);
}

static bool entitled_elsewhere(const struct cpu *cpu)
{
	for (u32 i = 0; i < pool_nr_cpus; i++)
		if (pool_cpu[i] != cpu && !pool_cpu[i]->queue.owner &&
		    __atomic_load_n(&pool_cpu[i]->queue.entitled.length, __ATOMIC_RELAXED))
			return true;
	return false;
}

/* Does the owner of a dedicated processor want it back from the one that runs? */
static bool owner_calls(const struct dispatch_queue *queue)
{
	return queue->owner && queue->running->lpar != queue->owner &&
	       !(queue->dedicated && queue->dedicated->state == VP_CEDED);
}

static bool turn_is_over(struct cpu *cpu, u64 now)
{
	struct dispatch_queue *queue = &cpu->queue;

	if (queue->yield || reached(now, preempt_at(queue)) || owner_calls(queue))
		return true;
	return !queue->granted && !queue->owner && entitled_elsewhere(cpu) &&
	       reached(now, queue->run_from + least_ticks);
}

static void requeue(struct cpu *cpu, struct vp *vp, u64 now)
{
	struct dispatch_queue *queue = &cpu->queue;

	vp->ready_reason = VP_READY_SLICE;
	vp->left_at = vp->ready_at = vp->capacity_at = now;
	__atomic_store_n(&vp->state, VP_RUNNABLE, __ATOMIC_RELAXED);
	if (queue->yield) {
		queue_entitled(queue, vp, false);
		return;
	}
	vp->leave_reason = VP_LEAVE_SLICE;
	if (queue->granted && queue->urgent && !reached(now, queue->slice_end)) {
		vp->slice_left = queue->slice_end - now;
		queue_entitled_again(queue, vp);
	} else {
		queue_entitled(queue, vp, false);
	}
}

/* Takes the processor away from the one that has it, if it is time. Returns who goes on. */
static struct vp *end_turn(struct cpu *cpu, u64 now)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct vp *vp = queue->running;

	if (!vp)
		return NULL;
	if (vp->state == VP_RUNNING) {
		if (!turn_is_over(cpu, now))
			return vp;
		settle(queue, vp);
		requeue(cpu, vp, now);
	} else {
		settle(queue, vp);
		vp->left_at = now;
		/* Another processor woke it while it was still on its way out. */
		if (vp->state == VP_RUNNABLE)
			vp->ready_at = vp->capacity_at = now;
		__atomic_fetch_sub(&vp->lpar->share.wanting, 1, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&queue->running, NULL, __ATOMIC_RELAXED);
	return NULL;
}

/* --- who is next; the queue's lock is held --- */

static struct vp *begin_turn(struct cpu *cpu, struct vp *vp, u64 grant, u64 ticks)
{
	struct dispatch_queue *queue = &cpu->queue;

	if (vp->queued != VP_QUEUED_NOT)
		queue_remove(queue, vp);
	__atomic_store_n(&vp->state, VP_RUNNING, __ATOMIC_RELAXED);
	__atomic_store_n(&queue->running, vp, __ATOMIC_RELEASE);
	queue->run_from = queue->granted_from = queue->charged;
	queue->granted = grant;
	queue->slice_end = earlier(queue->charged + ticks, queue->window_end);
	vp->slice_left = 0;
	return vp;
}

/* @vp, in no queue or in this one, gets its turn if its partition has entitlement left. */
static struct vp *grant(struct cpu *cpu, struct vp *vp)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct share *share = &vp->lpar->share;
	u64 left = queue->window_end - queue->charged;
	u64 ticks;

	if (lpar_dedicated(vp->lpar))
		return begin_turn(cpu, vp, left, left);
	/* Who had to give way to others has the rest of his turn to come, not another one. */
	ticks = vp->slice_left ? vp->slice_left : share_slice(share, least_ticks);
	ticks = share_grant(share, queue->window, MIN(ticks, left));
	return ticks ? begin_turn(cpu, vp, ticks, ticks) : NULL;
}

static struct vp *begin_surplus(struct cpu *cpu, struct vp *vp)
{
	bool alone = cpu->queue.nr_surplus == 1;

	queue_virtual_advance(vp->surplus.key);
	return begin_turn(cpu, vp, 0, alone ? window_ticks : surplus_ticks);
}

static struct vp *pick_entitled(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct vp *vp;

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

static struct vp *steal_entitled(struct cpu *cpu)
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
		least = key - surplus_ticks;
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

static struct cpu *any_shared(void)
{
	for (u32 i = 0; i < pool_nr_cpus; i++)
		if (!pool_cpu[i]->queue.owner)
			return pool_cpu[i];
	return NULL;
}

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
static void move_guests(struct cpu *cpu)
{
	struct cpu *to = any_shared();
	struct vp *vp;

	for (;;) {
		lock_take(&cpu->queue.lock);
		vp = to ? guest_of(&cpu->queue) : NULL;
		if (vp && vp->loaded == cpu) {
			lock_drop(&cpu->queue.lock);
			cpu_load(cpu, NULL);
			continue;
		}
		if (vp && !dispatch_take(to, cpu, vp))
			vp = NULL;
		lock_drop(&cpu->queue.lock);
		if (!vp)
			return;
		lock_take(&to->queue.lock);
		if (dispatch_taken(vp))
			queue_entitled(&to->queue, vp, false);
		lock_drop(&to->queue.lock);
		queue_announce(to, true);
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

static struct vp *pick_shared(struct cpu *cpu)
{
	struct vp *vp;

	lock_take(&cpu->queue.lock);
	vp = pick_entitled(cpu);
	lock_drop(&cpu->queue.lock);
	if (!vp)
		vp = steal_entitled(cpu);
	return vp ? vp : pick_surplus(cpu);
}

static struct vp *pick(struct cpu *cpu)
{
	struct vp *vp;

	if (!cpu->queue.owner)
		return pick_shared(cpu);
	vp = pick_owner(cpu);
	if (vp || !queue_lends(cpu)) {
		move_guests(cpu);
		return vp;
	}
	return pick_shared(cpu);
}

/* --- the hypervisor's own --- */

static u64 poll_due;

static void poll(struct cpu *cpu)
{
	u64 now = cpu->queue.charged;

	if (!reached(now, __atomic_load_n(&poll_due, __ATOMIC_RELAXED)))
		return;
	__atomic_store_n(&poll_due, now + poll_ticks, __ATOMIC_RELAXED);
	machine_poll();
	account_hypervisor(cpu);
}

/* Work goes before surplus; when somebody is entitled it gets one step in a window. */
static void work(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	bool wanted = (queue->running && queue->granted) || queue->entitled.first;

	if (!work_pending() || (wanted && queue->worked == queue->window))
		return;
	queue->worked = queue->window;
	work_step();
	account_hypervisor(cpu);
}

/* Another processor waits in dispatch_left() for this one. */
static void forget(struct cpu *cpu)
{
	if (!__atomic_load_n(&cpu->queue.forget, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&cpu->queue.forget, 0, __ATOMIC_SEQ_CST);
	cpu_forget(cpu);
}

/* Is there anything to be done here but dispatching? */
static bool has_chores(const struct cpu *cpu)
{
	const struct dispatch_queue *queue = &cpu->queue;

	return queue->owner || __atomic_load_n(&queue->forget, __ATOMIC_RELAXED) ||
	       reached(queue->charged, __atomic_load_n(&poll_due, __ATOMIC_RELAXED)) ||
	       work_pending();
}

/* --- the loop --- */

/* @before gives its processor to @vp; either may be NULL. Both are told. */
static void change(struct cpu *cpu, struct vp *before, struct vp *vp)
{
	if (vp == before)
		return;
	if (before)
		vpa_preempt(before);
	if (!vp)
		return;
	vp->dispatched_at = cpu->queue.charged;
	vp->dispatches++;
	if (vp->last != cpu) {
		vp->dispersions++;
		add(&vp->lpar->use.dispersions, 1);
	}
	vpa_dispatch(vp, cpu);
	vp->last = cpu;
	add(&vp->lpar->use.dispatches, 1);
}

/* Ends the turn that is over, and the window. Returns who goes on. The lock is held. */
static struct vp *look_around(struct cpu *cpu, u64 now)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct vp *vp;

	dispatch_expire(cpu, now);
	vp = end_turn(cpu, now);
	queue->yield = false;
	if (reached(now, queue->window_end)) {
		set_window(queue, now);
		queue_turn(queue, now);
	}
	return vp;
}

/* Somebody else waits who could run here, or has just come to wait here. */
static bool missed_somebody(const struct cpu *cpu, bool lends)
{
	for (u32 i = 0; i < pool_nr_cpus; i++) {
		const struct dispatch_queue *queue = &pool_cpu[i]->queue;

		if ((pool_cpu[i] == cpu || (lends && !queue->owner)) && queue_waiting(queue))
			return true;
	}
	return false;
}

/*
 * Until when the processor may do what it was given to do. Whoever comes to wait later calls it.
 * The lock is held.
 */
static u64 next_event(const struct dispatch_queue *queue)
{
	u64 until = queue->running ? preempt_at(queue) : queue->window_end;

	return queue->timers.first ? earlier(until, queue->timers.first->key) : until;
}

static u64 idle_until(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	bool lends = queue_lends(cpu);
	u64 until;

	if (missed_somebody(cpu, lends))
		return queue->charged;
	lock_take(&queue->lock);
	until = next_event(queue);
	lock_drop(&queue->lock);
	/* The first processor that naps looks after the management channel, and after work. */
	if ((queue_idle_mask() & ((1U << cpu->number) - 1)) != 0)
		return until;
	return work_pending() ? queue->charged : earlier(until, queue->charged + poll_ticks);
}

static enum dispatch_activity activity_for(const struct dispatch_queue *queue)
{
	if (!queue->running)
		return DISPATCH_IDLE;
	if (!queue->granted || (queue->owner && queue->running->lpar != queue->owner))
		return DISPATCH_SURPLUS;
	return DISPATCH_ENTITLED;
}

/* The usual case: nothing but dispatching, and somebody here has entitlement. */
static struct vp *next_here(struct cpu *cpu, struct vp *vp, u64 *until)
{
	struct dispatch_queue *queue = &cpu->queue;

	if (has_chores(cpu))
		return NULL;
	if (!vp)
		vp = pick_entitled(cpu);
	if (!vp)
		return NULL;
	queue_set_activity(cpu, activity_for(queue));
	*until = next_event(queue);
	return vp;
}

static struct vp *next_anywhere(struct cpu *cpu, struct vp *vp, u64 *until)
{
	struct dispatch_queue *queue = &cpu->queue;

	forget(cpu);
	poll(cpu);
	work(cpu);
	if (!vp)
		vp = pick(cpu);
	queue_set_activity(cpu, activity_for(queue));
	if (!vp) {
		*until = idle_until(cpu);
		return NULL;
	}
	lock_take(&queue->lock);
	*until = next_event(queue);
	lock_drop(&queue->lock);
	return vp;
}

struct vp *dispatch_next(struct cpu *cpu, u64 *until)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct vp *before = queue->running, *goes_on, *vp;
	u64 now;

	/* Who runs somebody on entitlement is called just once more than necessary. */
	if (queue->activity != DISPATCH_ENTITLED)
		queue_set_activity(cpu, DISPATCH_BUSY);
	__atomic_store_n(&queue->resched, 0, __ATOMIC_RELAXED);
	now = account(cpu);
	lock_take(&queue->lock);
	goes_on = look_around(cpu, now);
	vp = next_here(cpu, goes_on, until);
	lock_drop(&queue->lock);
	if (vp) {
		change(cpu, before, vp);
		return vp;
	}
	/* Chores may take it away from here, or end it. */
	if (before != goes_on && has_chores(cpu)) {
		change(cpu, before, NULL);
		before = NULL;
	}
	vp = next_anywhere(cpu, goes_on, until);
	change(cpu, before, vp);
	return vp;
}

/*
 * Those who wait, here because their contexts had to be saved first, or anywhere, can be taken over
 * by processors that nap: each of them calls the next one.
 */
static void share_out(struct cpu *cpu)
{
	if (queue_idle_mask() && missed_somebody(cpu, true))
		queue_call_idle();
}

void dispatch_run(struct cpu *cpu)
{
	for (;;) {
		u64 until;
		struct vp *vp = dispatch_next(cpu, &until);

		cpu_load(cpu, vp);
		share_out(cpu);
		if (vp)
			cpu_run(cpu, vp, until);
		else if (!__atomic_load_n(&cpu->queue.resched, __ATOMIC_SEQ_CST))
			cpu_idle(cpu, until);
	}
}
