// SPDX-License-Identifier: Apache-2.0
#include "hv/dispatch.h"
#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/msr.h"
#include "hv/trace.h"
#include "hv/vp.h"
#include "hv/work.h"

/*
 * Runnable virtual processors in the order of their turn, and ceded ones in the order in which
 * their decrementers will wake them. The lock nests inside the interrupt controllers'.
 */
static struct dispatch {
	struct lock lock;
	struct vp *ready, **ready_tail;
	struct vp *ceded;
} dispatch = {.ready_tail = &dispatch.ready};

/* Of two timebases less than half its range apart. */
static u64 earlier(u64 a, u64 b)
{
	return (s64)(a - b) < 0 ? a : b;
}

/* --- lists; the lock is held --- */

static void ready_append(struct vp *vp)
{
	vp->state = VP_RUNNABLE;
	vp->next = NULL;
	*dispatch.ready_tail = vp;
	dispatch.ready_tail = &vp->next;
}

static struct vp *ready_take(void)
{
	struct vp *vp = dispatch.ready;

	if (vp) {
		dispatch.ready = vp->next;
		if (!dispatch.ready)
			dispatch.ready_tail = &dispatch.ready;
		vp->state = VP_RUNNING;
	}
	return vp;
}

static void ready_remove(struct vp *vp)
{
	struct vp **link = &dispatch.ready;

	while (*link != vp)
		link = &(*link)->next;
	*link = vp->next;
	if (dispatch.ready_tail == &vp->next)
		dispatch.ready_tail = link;
}

static void ceded_insert(struct vp *vp)
{
	struct vp **link = &dispatch.ceded;

	while (*link && (s64)((*link)->wake_at - vp->wake_at) <= 0)
		link = &(*link)->next;
	vp->next = *link;
	*link = vp;
}

static void ceded_remove(struct vp *vp)
{
	struct vp **link = &dispatch.ceded;

	while (*link != vp)
		link = &(*link)->next;
	*link = vp->next;
}

static void wake(struct vp *vp)
{
	ceded_remove(vp);
	ready_append(vp);
}

/* --- what hypercalls and interrupts do to a virtual processor --- */

void dispatch_ready(struct vp *vp)
{
	lock_take(&dispatch.lock);
	ready_append(vp);
	lock_drop(&dispatch.lock);
	trace(TRACE_VP_STATE, vp->lpar->id, (u16)vp->number, vp->number, VP_RUNNABLE);
}

void dispatch_start(struct vp *vp, u64 pc, u64 r3)
{
	vp_reset(vp, pc, r3);
	dispatch_ready(vp);
}

void dispatch_stop(struct vp *vp)
{
	u32 state;

	lock_take(&dispatch.lock);
	state = vp->state;
	if (state == VP_RUNNABLE)
		ready_remove(vp);
	else if (state == VP_CEDED)
		ceded_remove(vp);
	vp->state = VP_STOPPED;
	__atomic_store_n(&vp->leave, 1, __ATOMIC_RELEASE);
	lock_drop(&dispatch.lock);
	if (state != VP_STOPPED)
		trace(TRACE_VP_STATE, vp->lpar->id, (u16)vp->number, vp->number, VP_STOPPED);
}

void dispatch_wake(struct vp *vp)
{
	lock_take(&dispatch.lock);
	if (vp->state == VP_CEDED)
		wake(vp);
	lock_drop(&dispatch.lock);
}

void vp_external_raise(struct vp *vp)
{
	__atomic_store_n(&vp->leave, 1, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&vp->state, __ATOMIC_SEQ_CST) == VP_CEDED)
		dispatch_wake(vp);
}

/*
 * @vp waits, unless its decrementer has expired: that arrives by itself once MSR[EE] is on. The
 * lock is held.
 */
static void cede(struct vp *vp)
{
	vp->wake_at = cpu_dec_expires(vp);
	if ((s64)(vp->wake_at - machine_timebase()) < 0)
		return;
	vp->leave = 1;
	__atomic_store_n(&vp->state, VP_CEDED, __ATOMIC_SEQ_CST);
	/* Whoever raises an interrupt after this look sees the new state and waits for the lock. */
	if (icp_pending(vp))
		vp->state = VP_RUNNING;
	else
		ceded_insert(vp);
}

/*
 * The processor is given up until an external interrupt, the decrementer or H_PROD; external
 * interrupts are enabled. Another processor may have stopped this one. LoPAR "H_CEDE".
 */
static s64 h_cede(struct vp *vp)
{
	vp->msr |= MSR_EE;
	if (icp_pending(vp))
		vp->leave = 1; /* to have it delivered */
	lock_take(&dispatch.lock);
	if (vp->prodded)
		vp->prodded = false;
	else if (vp->state == VP_RUNNING)
		cede(vp);
	lock_drop(&dispatch.lock);
	return H_SUCCESS;
}
HCALL(H_CEDE, h_cede, NULL);

/* Ends another's H_CEDE, or keeps its next one from waiting. LoPAR "H_PROD". */
static s64 h_prod(struct vp *vp)
{
	struct vp *target = lpar_vp(vp->lpar, vp->gpr[4]);

	if (!target)
		return H_PARAMETER;
	lock_take(&dispatch.lock);
	if (target->state == VP_CEDED)
		wake(target);
	else
		target->prodded = true;
	lock_drop(&dispatch.lock);
	return H_SUCCESS;
}
HCALL(H_PROD, h_prod, NULL);

/* --- the loop --- */

static u64 slice_ticks(void)
{
	return machine.timebase_hz / 1000000 * DISPATCH_SLICE_US;
}

/* An idle processor looks after the management channel this often. */
static u64 idle_ticks(void)
{
	return machine.timebase_hz / 1000;
}

/* Wakes those whose decrementer has expired. Returns when the next one does. */
static u64 expire(u64 now)
{
	u64 next = now + slice_ticks();

	lock_take(&dispatch.lock);
	while (dispatch.ceded && (s64)(dispatch.ceded->wake_at - now) <= 0)
		wake(dispatch.ceded);
	if (dispatch.ceded)
		next = earlier(next, dispatch.ceded->wake_at);
	lock_drop(&dispatch.lock);
	return next;
}

/* The one to run now: @vp (NULL for none) goes on, or the next one has its turn. */
static struct vp *pick(struct cpu *cpu, struct vp *vp, u64 now)
{
	lock_take(&dispatch.lock);
	if (vp && vp->state != VP_RUNNING)
		vp = NULL;
	if (vp && (s64)(cpu->slice_end - now) <= 0) {
		ready_append(vp);
		vp = NULL;
	}
	if (!vp) {
		vp = ready_take();
		cpu->slice_end = now + slice_ticks();
	}
	lock_drop(&dispatch.lock);
	return vp;
}

void dispatch_run(struct cpu *cpu)
{
	struct vp *vp = NULL;

	for (;;) {
		u64 now = machine_timebase();
		u64 next = expire(now);
		bool busy;

		machine_poll();
		/* Work may free one that has been stopped: do not touch it after this. */
		if (vp && vp->state != VP_RUNNING)
			vp = NULL;
		busy = work_step();
		vp = pick(cpu, vp, now);
		cpu_load(cpu, vp);
		if (vp)
			cpu_run(cpu, vp, earlier(cpu->slice_end, next));
		else if (!busy)
			cpu_idle(cpu, earlier(next, now + idle_ticks()));
	}
}
