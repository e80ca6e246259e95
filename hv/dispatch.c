// SPDX-License-Identifier: Apache-2.0
#include "hv/dispatch.h"
#include "hv/cpu.h"
#include "hv/dispatch_queue.h"
#include "hv/late.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/pick.h"
#include "hv/pool.h"
#include "hv/vpa.h"
#include "hv/work.h"

#define POLL_US 1000 /* the management channel is looked after this often, if possible */

struct dispatch_ticks dispatch_ticks;

static u64 poll_ticks;

u64 dispatch_window(void)
{
	return dispatch_ticks.window;
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

	dispatch_ticks.window = ticks_of(DISPATCH_WINDOW_US);
	dispatch_ticks.least = ticks_of(DISPATCH_LEAST_US);
	dispatch_ticks.surplus = ticks_of(DISPATCH_SURPLUS_US);
	dispatch_ticks.surplus_least = ticks_of(DISPATCH_SURPLUS_LEAST_US);
	poll_ticks = ticks_of(POLL_US);
	queue_set_window(&cpu->queue, now);
	cpu->queue.charged = cpu->use.since = now;
	cpu->queue.activity = DISPATCH_BUSY;
}

/* --- the ledger: every tick of the processor is somebody's --- */

static void charge_running(struct cpu *cpu, struct vp *vp, u64 ticks)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct lpar *lpar = vp->lpar;

	add_own(&vp->spr.purr, ticks);
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

/*
 * When the one that runs is to give way to one that waits; its turn may end earlier. @several: the
 * shared pool has other processors.
 */
static __always_inline u64 preempt_at(const struct cpu *cpu, bool several)
{
	const struct dispatch_queue *queue = &cpu->queue;

	if (queue->owner)
		return queue->slice_end;
	if (queue->entitled.first && (!queue->granted || queue->urgent))
		return earlier(queue->slice_end, queue->run_from + dispatch_ticks.least);
	return several && queue->granted ? late_until(cpu) : queue->slice_end;
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

	if (queue->yield || reached(now, preempt_at(cpu, pool_nr_shared > 1)) || owner_calls(queue))
		return true;
	return !queue->granted && !queue->owner && entitled_elsewhere(cpu) &&
	       reached(now, queue->run_from + dispatch_ticks.least);
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
	if (queue->granted && !reached(now, queue->slice_end)) {
		vp->slice_left = queue->slice_end - now;
		queue_entitled_again(queue, vp);
	} else if (queue->cut) {
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
		requeue(cpu, vp, now);
		settle(queue, vp);
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
	if (vp->last != cpu) {
		vp->dispersions++;
		add(&vp->lpar->use.dispersions, 1);
		vp->last = cpu;
	}
	vpa_dispatch(vp, cpu);
	add(&vp->lpar->use.dispatches, 1);
}

static bool somebody_runs(const struct dispatch_queue *queue)
{
	return queue->running && queue->running->state == VP_RUNNING;
}

/*
 * Ends the turn that is over, and the window. Returns who goes on; *@woken, which is in no queue,
 * may have the processor before all others, that being free and the only one. The lock is held.
 */
static struct vp *look_around(struct cpu *cpu, u64 now, struct vp **woken)
{
	struct dispatch_queue *queue = &cpu->queue;
	bool turns = reached(now, queue->window_end);
	struct vp *vp;

	*woken = dispatch_expire(cpu, now);
	if (*woken && (turns || somebody_runs(queue) || pool_nr_cpus > 1)) {
		dispatch_enqueue(cpu, *woken);
		*woken = NULL;
	}
	vp = end_turn(cpu, now);
	queue->yield = false;
	if (turns)
		queue_turn(queue, now);
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
 * When to look after those whose decrementers wake them. On a single processor there is nothing to
 * be done for them before the one that runs may be interrupted.
 */
static __always_inline u64 wake_at(const struct dispatch_queue *queue, bool alone)
{
	u64 first = queue->timers.first->key;
	u64 least = queue->run_from + dispatch_ticks.least;

	return alone && queue->running && reached(least, first) ? least : first;
}

/*
 * Until when the processor may do what it was given to do. Whoever comes to wait later calls it.
 * @alone: there is no other processor. The lock is held.
 */
static __always_inline u64 next_event(struct cpu *cpu, bool alone)
{
	struct dispatch_queue *queue = &cpu->queue;
	bool several = !alone && pool_nr_shared > 1;
	u64 until;

	if (several)
		late_publish(queue);
	until = queue->running ? preempt_at(cpu, several) : queue->window_end;
	return queue->timers.first ? earlier(until, wake_at(queue, alone)) : until;
}

static u64 __noinline idle_until(struct cpu *cpu)
{
	struct dispatch_queue *queue = &cpu->queue;
	bool lends = queue_lends(cpu);
	u64 until;

	if (missed_somebody(cpu, lends))
		return queue->charged;
	lock_take(&queue->lock);
	until = next_event(cpu, pool_nr_cpus == 1);
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

static void set_activity(struct cpu *cpu, enum dispatch_activity activity)
{
	if (cpu->queue.activity != activity)
		queue_set_activity(cpu, activity);
}

/* Who is to run now that the processor is free; @woken may be NULL. */
static struct vp *next_free(struct cpu *cpu, struct vp *woken, bool alone)
{
	if (woken)
		return pick_woken(cpu, woken);
	return alone || !pick_elsewhere(cpu) ? pick_entitled(cpu) : NULL;
}

/* The usual case: nothing but dispatching, and somebody here has entitlement. */
static struct vp *next_here(struct cpu *cpu, struct vp *vp, struct vp *woken, u64 *until)
{
	bool alone = pool_nr_cpus == 1;

	if (has_chores(cpu)) {
		if (woken)
			dispatch_enqueue(cpu, woken);
		return NULL;
	}
	if (!vp)
		vp = next_free(cpu, woken, alone);
	if (!vp)
		return NULL;
	set_activity(cpu, cpu->queue.granted ? DISPATCH_ENTITLED : DISPATCH_SURPLUS);
	*until = next_event(cpu, alone);
	return vp;
}

static struct vp *__noinline next_anywhere(struct cpu *cpu, struct vp *vp, bool chores, u64 *until)
{
	struct dispatch_queue *queue = &cpu->queue;

	if (chores) {
		forget(cpu);
		poll(cpu);
		work(cpu);
	}
	if (!vp)
		vp = pick(cpu);
	if (queue->owner)
		pick_move_guests(cpu);
	queue_set_activity(cpu, activity_for(queue));
	if (!vp) {
		*until = idle_until(cpu);
		return NULL;
	}
	lock_take(&queue->lock);
	*until = next_event(cpu, pool_nr_cpus == 1);
	lock_drop(&queue->lock);
	return vp;
}

struct vp *dispatch_next(struct cpu *cpu, u64 *until)
{
	struct dispatch_queue *queue = &cpu->queue;
	struct vp *before = queue->running, *woken, *goes_on, *vp;
	bool chores;
	u64 now;

	/* Who runs somebody on entitlement is called just once more than necessary. */
	if (queue->activity != DISPATCH_ENTITLED)
		queue_set_activity(cpu, DISPATCH_BUSY);
	__atomic_store_n(&queue->resched, 0, __ATOMIC_RELAXED);
	now = account(cpu);
	lock_take(&queue->lock);
	goes_on = look_around(cpu, now, &woken);
	vp = next_here(cpu, goes_on, woken, until);
	lock_drop(&queue->lock);
	if (vp) {
		change(cpu, before, vp);
		return vp;
	}
	chores = has_chores(cpu);
	/* They may take it away from here, or end it. */
	if (before != goes_on && chores) {
		change(cpu, before, NULL);
		before = NULL;
	}
	vp = next_anywhere(cpu, goes_on, chores, until);
	change(cpu, before, vp);
	return vp;
}

/*
 * Those who wait, here because their contexts had to be saved first, or anywhere, can be taken over
 * by processors that nap: each of them calls the next one.
 */
static void share_out(struct cpu *cpu)
{
	if (pool_nr_cpus > 1 && queue_idle_mask() && missed_somebody(cpu, true))
		queue_call_idle();
}

/*
 * Whose registers stay in @cpu when nobody runs on it: of the one that has ceded and can come back
 * nowhere else. Taking them away and bringing them back takes longer than many of its waits.
 */
static struct vp *resting(const struct cpu *cpu)
{
	struct vp *vp = cpu->loaded;
	bool stays = vp && vp == __atomic_load_n(&cpu->queue.dedicated, __ATOMIC_RELAXED) &&
		     __atomic_load_n(&vp->state, __ATOMIC_RELAXED) == VP_CEDED;

	return stays ? vp : NULL;
}

void __flatten dispatch_run(struct cpu *cpu)
{
	/* cpu_run() leaves nothing in registers: @cpu is best found anew each time. */
	for (;; cpu = cpu_this()) {
		u64 until;
		struct vp *vp = dispatch_next(cpu, &until);

		cpu_load(cpu, vp ? vp : resting(cpu));
		share_out(cpu);
		if (vp)
			cpu_run(cpu, vp, until);
		else if (!__atomic_load_n(&cpu->queue.resched, __ATOMIC_SEQ_CST))
			cpu_idle(cpu, until);
	}
}
