// SPDX-License-Identifier: Apache-2.0
/* Virtual processors of a partition that wait for, yield to and interrupt one another. */
#include "papr/splpar.h"
#include "hv/cpu.h"
#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/msr.h"
#include "hv/vpa.h"
#include "hv/work.h"

static u32 state_of(const struct vp *vp)
{
	return __atomic_load_n(&vp->state, __ATOMIC_RELAXED);
}

/*
 * It waits for H_PROD or a system reset, and with external interrupts enabled also for them and
 * the decrementer, which is what H_CEDE waits for.
 */
static void __cold confer_to_itself(struct vp *vp)
{
	if (vp->msr & MSR_EE)
		dispatch_cede(vp);
	else
		dispatch_join(vp);
}

/*
 * R4 = processor, -1: all, as a 32-bit number, in whichever way it was extended; R5 = its dispatch
 * count, 32 bits. A count that is even or not the present one is of a processor that runs, or has
 * run since the caller looked. Who has conferred is still ready to run and gets its turn, so one
 * that confers to it cannot wait for ever. LoPAR "H_CONFER".
 */
static s64 h_confer(struct vp *vp)
{
	u64 number = vp->gpr[4];
	u32 count = (u32)vp->gpr[5];
	struct vp *target;

	if (number == CONFER_ALL || number == (u32)CONFER_ALL) {
		dispatch_confer(vp, NULL);
		return H_SUCCESS;
	}
	target = lpar_vp(vp->lpar, number);
	if (!target)
		return H_PARAMETER;
	if (target == vp)
		confer_to_itself(vp);
	else if (count % 2 == 1 && count == vpa_dispatch_count(target))
		dispatch_confer(vp, target);
	return H_SUCCESS;
}
HCALL(H_CONFER, h_confer, "hcall-splpar");

/* Is no other processor of the partition neither stopped nor joined? The lock is held. */
static bool is_last_active(const struct vp *vp)
{
	const struct lpar *lpar = vp->lpar;

	for (u32 i = 0; i < lpar->nr_vps; i++) {
		u32 state = state_of(lpar->vps[i]);

		if (lpar->vps[i] != vp && state != VP_STOPPED && state != VP_JOINED)
			return false;
	}
	return true;
}

/*
 * The lock lets one join after the other: of two that are left, the second sees the first as
 * joined. Starting and stopping take it as well. LoPAR "H_JOIN".
 */
static s64 h_join(struct vp *vp)
{
	struct lpar *lpar = vp->lpar;
	bool last;

	if (vp->msr & MSR_EE)
		return H_BAD_MODE;
	lock_take(&lpar->lock);
	last = is_last_active(vp);
	if (!last)
		dispatch_join(vp);
	lock_drop(&lpar->lock);
	return last ? H_CONTINUE : H_SUCCESS;
}
HCALL(H_JOIN, h_join, "hcall-join");

/*
 * Would this processor have something else to do if the caller ceded: another virtual processor
 * that waits for it, or work of the hypervisor's own? LoPAR "H_POLL_PENDING".
 */
static s64 h_poll_pending(struct vp *vp)
{
	return queue_waiting(&vp->cpu->queue) || work_pending() ? H_PENDING : H_SUCCESS;
}
HCALL(H_POLL_PENDING, h_poll_pending, "hcall-poll-pending");

/* A stopped processor listens to nothing but start-cpu. LoPAR "stop-self". */
static void system_reset(struct vp *vp)
{
	if (state_of(vp) != VP_STOPPED)
		dispatch_system_reset(vp);
}

/*
 * R4 = processor, -1: all, -2: all but the caller. No function set promises this call; Linux finds
 * out by calling. LoPAR "System Reset Interrupt".
 */
static s64 h_signal_sys_reset(struct vp *vp)
{
	const struct lpar *lpar = vp->lpar;
	s64 number = (s64)vp->gpr[4];
	struct vp *target;

	if (number == SYS_RESET_ALL || number == SYS_RESET_ALL_OTHERS) {
		for (u32 i = 0; i < lpar->nr_vps; i++)
			if (lpar->vps[i] != vp || number == SYS_RESET_ALL)
				system_reset(lpar->vps[i]);
		return H_SUCCESS;
	}
	target = lpar_vp(lpar, (u64)number);
	if (!target)
		return H_PARAMETER;
	system_reset(target);
	return H_SUCCESS;
}
HCALL(H_SIGNAL_SYS_RESET, h_signal_sys_reset, NULL);
