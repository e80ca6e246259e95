// SPDX-License-Identifier: Apache-2.0
/* What hypercalls and interrupts do to a virtual processor: it waits, wakes, starts, stops. */
#include "hv/cpu.h"
#include "hv/dispatch.h"
#include "hv/dispatch_queue.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "hv/trace.h"

static void wanting_add(struct vp *vp, s32 n)
{
	__atomic_fetch_add(&vp->lpar->share.wanting, (u32)n, __ATOMIC_RELAXED);
}

static void trace_state(const struct vp *vp, enum vp_state state)
{
	trace(TRACE_VP_STATE, vp->lpar->id, (u16)vp->number, vp->number, state);
}

/* --- becoming ready; home's lock is held --- */

/*
 * While another processor of the same partition runs there on what its partition was granted, part
 * of that is for this one.
 */
static bool is_entitled(const struct dispatch_queue *queue, const struct lpar *lpar)
{
	return lpar_dedicated(lpar) || share_left(&lpar->share, queue->window) != 0 ||
	       (queue->granted && queue->running && queue->running->lpar == lpar);
}

/* In no queue yet. */
static void make_ready(struct vp *vp, enum vp_ready_reason reason, u64 now)
{
	vp->ready_at = vp->capacity_at = now;
	vp->ready_reason = (u8)reason;
	__atomic_store_n(&vp->state, VP_RUNNABLE, __ATOMIC_RELAXED);
	wanting_add(vp, 1);
}

bool dispatch_enqueue(struct cpu *home, struct vp *vp)
{
	bool entitled = is_entitled(&home->queue, vp->lpar);

	queue_entitled(&home->queue, vp, entitled);
	return entitled;
}

struct vp *dispatch_expire(struct cpu *cpu, u64 now)
{
	struct vp *vp, *alone = NULL;

	while ((vp = queue_timer_expired(&cpu->queue, now)) != NULL) {
		make_ready(vp, VP_READY_DECREMENTER, now);
		if ((s64)(vp->wake_at - vp->left_at) > 0)
			vp->ready_at = vp->wake_at;
		if (!alone && !cpu->queue.entitled.first) {
			alone = vp;
			continue;
		}
		if (alone)
			dispatch_enqueue(cpu, alone);
		alone = NULL;
		dispatch_enqueue(cpu, vp);
	}
	return alone;
}

/* --- waking --- */

/* Where @vp, of the shared pool, is to wait; NULL: there is no processor in it. */
static struct cpu *shared_home(const struct vp *vp)
{
	u32 shared = __atomic_load_n(&pool_nr_shared, __ATOMIC_RELAXED);
	u32 turn = shared ? (vp->number + vp->lpar->id) % shared : 0;

	for (u32 idle = queue_idle_mask(); idle; idle &= idle - 1)
		if (!pool_cpu[__builtin_ctz(idle)]->queue.owner)
			return pool_cpu[__builtin_ctz(idle)];
	for (u32 i = 0; i < pool_nr_cpus; i++)
		if (!pool_cpu[i]->queue.owner && turn-- == 0)
			return pool_cpu[i];
	return NULL;
}

struct cpu *dispatch_guest_take(struct cpu *home, struct vp *vp)
{
	struct cpu *to = lpar_dedicated(vp->lpar) ? NULL : shared_home(vp);

	return to && dispatch_take(to, home, vp) ? to : NULL;
}

void dispatch_guest_arrive(struct cpu *to, struct vp *vp, bool entitled)
{
	lock_take(&to->queue.lock);
	if (dispatch_taken(vp))
		queue_entitled(&to->queue, vp, entitled);
	lock_drop(&to->queue.lock);
	queue_announce(to, entitled);
}

/*
 * @vp is ready on @home, whose lock is held, and dropped here. Only a dedicated processor's owner
 * waits for it while it runs somebody: who is on surplus there may not hear that others wait.
 */
static void announce(struct cpu *home, struct vp *vp, bool entitled)
{
	struct cpu *to = NULL;

	if (home->queue.owner && home->queue.running)
		to = dispatch_guest_take(home, vp);
	lock_drop(&home->queue.lock);
	if (to)
		dispatch_guest_arrive(to, vp, entitled);
	else
		queue_announce(home, entitled);
}

/* Makes @vp ready on @home, whose lock is held, and dropped here. */
static void wake(struct cpu *home, struct vp *vp, enum vp_ready_reason reason)
{
	make_ready(vp, reason, machine_timebase());
	announce(home, vp, dispatch_enqueue(home, vp));
}

void dispatch_wake(struct vp *vp, enum vp_ready_reason reason)
{
	struct cpu *home = queue_lock_home(vp);

	if (!home)
		return;
	if (vp->state == VP_CEDED)
		wake(home, vp, reason);
	else
		lock_drop(&home->queue.lock);
}

void dispatch_prod(struct vp *vp)
{
	struct cpu *home = queue_lock_home(vp);

	if (!home)
		return;
	if (vp->state == VP_CEDED || vp->state == VP_JOINED) {
		wake(home, vp, VP_READY_PROD);
		return;
	}
	vp->prodded = true;
	lock_drop(&home->queue.lock);
}

void vp_external_raise(struct vp *vp)
{
	struct cpu *cpu;
	u32 state;

	__atomic_store_n(&vp->leave, 1, __ATOMIC_SEQ_CST);
	state = __atomic_load_n(&vp->state, __ATOMIC_SEQ_CST);
	if (state == VP_CEDED) {
		dispatch_wake(vp, VP_READY_INTERRUPT);
	} else if (state == VP_RUNNING) {
		cpu = __atomic_load_n(&vp->cpu, __ATOMIC_RELAXED);
		if (cpu != cpu_this())
			cpu_kick(cpu);
	}
}

void dispatch_system_reset(struct vp *vp)
{
	struct cpu *home = queue_lock_home(vp);
	bool runs;

	if (!home)
		return;
	if (vp->state != VP_STOPPED)
		__atomic_store_n(&vp->resets, 1, __ATOMIC_SEQ_CST);
	if (vp->state == VP_CEDED || vp->state == VP_JOINED) {
		wake(home, vp, VP_READY_START);
		return;
	}
	runs = vp->state == VP_RUNNING;
	lock_drop(&home->queue.lock);
	if (runs)
		vp_external_raise(vp);
}

/* --- waiting; all of it on the vp's own processor --- */

static bool must_not_wait(struct vp *vp)
{
	if (vp->prodded) {
		vp->prodded = false;
		return true;
	}
	/* Another processor may have stopped it. */
	return vp->state != VP_RUNNING || __atomic_load_n(&vp->resets, __ATOMIC_RELAXED) != 0;
}

void dispatch_cede(struct vp *vp)
{
	struct dispatch_queue *queue = &vp->cpu->queue;

	lock_take(&queue->lock);
	if (must_not_wait(vp))
		goto out;
	vp->wake_at = cpu_dec_expires(vp);
	/* An expired decrementer arrives by itself, MSR[EE] being on. */
	if ((s64)(vp->wake_at - machine_timebase()) < 0)
		goto out;
	vp->leave = 1;
	__atomic_store_n(&vp->state, VP_CEDED, __ATOMIC_RELAXED);
	/* Whoever raises an interrupt after this look sees the new state and waits for the lock. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (icp_pending(vp)) {
		vp->state = VP_RUNNING;
		goto out;
	}
	vp->leave_reason = VP_LEAVE_CEDE;
	queue_timer_add(queue, vp);
out:
	lock_drop(&queue->lock);
}

bool dispatch_join(struct vp *vp)
{
	struct dispatch_queue *queue = &vp->cpu->queue;
	bool waits;

	lock_take(&queue->lock);
	waits = !must_not_wait(vp);
	if (waits) {
		vp->leave = 1;
		vp->leave_reason = VP_LEAVE_CONFER;
		__atomic_store_n(&vp->state, VP_JOINED, __ATOMIC_RELAXED);
	}
	lock_drop(&queue->lock);
	return waits;
}

/* --- giving a turn away --- */

/* Can @cpu run @vp, which waits on @home? That one is locked. */
static bool is_free(const struct vp *vp, const struct cpu *cpu)
{
	struct cpu *loaded = __atomic_load_n(&vp->loaded, __ATOMIC_ACQUIRE);

	return vp->state == VP_RUNNABLE && vp->queued != VP_QUEUED_TAKEN &&
	       !lpar_dedicated(vp->lpar) && (!loaded || loaded == cpu);
}

bool dispatch_take(struct cpu *cpu, struct cpu *home, struct vp *vp)
{
	if (!is_free(vp, cpu))
		return false;
	queue_remove(&home->queue, vp);
	queue_timer_remove(&home->queue, vp);
	vp->queued = VP_QUEUED_TAKEN;
	__atomic_store_n(&vp->cpu, cpu, __ATOMIC_RELEASE);
	return true;
}

bool dispatch_taken(struct vp *vp)
{
	vp->queued = VP_QUEUED_NOT;
	if (vp->state == VP_RUNNABLE)
		return true;
	wanting_add(vp, -1);
	return false;
}

/* What is left of the turn of the one that runs; 0 if that is on surplus. */
static u64 conferred_ticks(const struct dispatch_queue *queue)
{
	s64 left = (s64)(queue->slice_end - machine_timebase());

	return queue->granted && left > 0 ? (u64)left : 0;
}

void dispatch_confer(struct vp *vp, struct vp *target)
{
	struct cpu *cpu = vp->cpu;
	struct dispatch_queue *queue = &cpu->queue;
	struct cpu *home = target ? queue_lock_home(target) : NULL;
	bool taken = home && dispatch_take(cpu, home, target);

	if (home)
		lock_drop(&home->queue.lock);
	lock_take(&queue->lock);
	if (taken && dispatch_taken(target)) {
		target->ready_reason = VP_READY_CONFER;
		target->slice_left = conferred_ticks(queue);
		queue_entitled_first(queue, target);
	}
	vp->leave_reason = VP_LEAVE_CONFER;
	queue->yield = true;
	queue->resched = 1;
	vp->leave = 1;
	lock_drop(&queue->lock);
}

/* --- starting and stopping --- */

/* Locks and returns where a stopped @vp is to start; that becomes its home. */
static struct cpu *start_home(struct vp *vp)
{
	struct cpu *home = queue_lock_home(vp);

	if (home && (lpar_dedicated(vp->lpar) || !home->queue.owner))
		return home;
	if (home)
		lock_drop(&home->queue.lock);
	home = shared_home(vp);
	__atomic_store_n(&vp->cpu, home ? home : pool_cpu[0], __ATOMIC_RELEASE);
	return queue_lock_home(vp);
}

void dispatch_ready(struct vp *vp)
{
	struct cpu *home = start_home(vp);

	vp->left_at = machine_timebase();
	vp->leave_reason = VP_LEAVE_FIRMWARE;
	wake(home, vp, VP_READY_START);
	trace_state(vp, VP_RUNNABLE);
}

bool dispatch_vp_left(const struct vp *vp)
{
	struct cpu *home = queue_lock_home(vp);
	bool left;

	if (!home)
		return true;
	left = vp->state == VP_STOPPED && vp->queued == VP_QUEUED_NOT &&
	       home->queue.running != vp && !__atomic_load_n(&vp->loaded, __ATOMIC_ACQUIRE);
	lock_drop(&home->queue.lock);
	return left;
}

bool dispatch_start(struct vp *vp, u64 pc, u64 r3)
{
	if (!dispatch_vp_left(vp))
		return false;
	vp_reset(vp, pc, r3);
	dispatch_ready(vp);
	return true;
}

void dispatch_stop(struct vp *vp)
{
	struct cpu *home = queue_lock_home(vp);
	u32 state;

	if (!home)
		return;
	state = vp->state;
	if (state == VP_RUNNABLE && vp->queued != VP_QUEUED_TAKEN) {
		queue_remove(&home->queue, vp);
		wanting_add(vp, -1);
	}
	queue_timer_remove(&home->queue, vp);
	__atomic_store_n(&vp->state, VP_STOPPED, __ATOMIC_SEQ_CST);
	__atomic_store_n(&vp->leave, 1, __ATOMIC_RELEASE);
	lock_drop(&home->queue.lock);
	if (state == VP_RUNNING)
		queue_resched(home);
	if (state != VP_STOPPED)
		trace_state(vp, VP_STOPPED);
}

static bool runs(const struct cpu *cpu, const struct lpar *lpar)
{
	const struct vp *running = __atomic_load_n(&cpu->queue.running, __ATOMIC_ACQUIRE);

	return running && running->lpar == lpar;
}

static bool holds(const struct cpu *cpu, const struct lpar *lpar)
{
	const struct vp *loaded = __atomic_load_n(&cpu->loaded, __ATOMIC_ACQUIRE);

	return runs(cpu, lpar) || (loaded && loaded->lpar == lpar) ||
	       __atomic_load_n(&cpu->lpar, __ATOMIC_ACQUIRE) == lpar;
}

bool dispatch_left(struct lpar *lpar)
{
	bool left = true;

	for (u32 i = 0; i < pool_nr_cpus; i++) {
		struct cpu *cpu = pool_cpu[i];

		if (!holds(cpu, lpar))
			continue;
		if (cpu == cpu_this() && !runs(cpu, lpar)) {
			cpu_forget(cpu);
			continue;
		}
		left = false;
		__atomic_store_n(&cpu->queue.forget, 1, __ATOMIC_SEQ_CST);
		queue_resched(cpu);
	}
	for (u32 i = 0; i < lpar->nr_vps; i++)
		left = left && dispatch_vp_left(lpar->vps[i]);
	return left;
}
