// SPDX-License-Identifier: Apache-2.0
/* Starting and stopping virtual processors. */
#include "hv/dispatch.h"
#include "hv/log.h"
#include "hv/vp.h"
#include "partition/partition.h"
#include "partition/rtas.h"

/* Whether @address is where a processor in real mode can fetch instructions. */
static bool is_code_address(const struct lpar *lpar, u64 address)
{
	return IS_ALIGNED(address, 4) && address < lpar->rmo_size;
}

static u32 state_of(const struct vp *vp)
{
	return __atomic_load_n(&vp->state, __ATOMIC_RELAXED);
}

/*
 * Inputs: number of the processor, logical address at which it starts, its R3. One whose stop-self
 * is still in progress is for another time. LoPAR "start-cpu".
 */
static s32 rtas_start_cpu(struct rtas_call *call)
{
	struct lpar *lpar = &call->partition->lpar;
	struct vp *target = lpar_vp(lpar, call->arg[0]);
	s32 status = RTAS_PARAMETER;

	if (target == NULL || !is_code_address(lpar, call->arg[1]))
		return RTAS_PARAMETER;
	lock_take(&lpar->lock);
	/* A caller that is being stopped with its whole partition starts nobody any more. */
	if (state_of(target) == VP_STOPPED && state_of(call->vp) == VP_RUNNING)
		status = dispatch_start(target, call->arg[1], call->arg[2]) ? RTAS_SUCCESS
									    : RTAS_BUSY;
	lock_drop(&lpar->lock);
	return status;
}
RTAS_CALL("start-cpu", 3, 1, rtas_start_cpu);

/* Whether @vp is the only processor of its partition that is not stopped. The lock is held. */
static bool is_last(const struct vp *vp)
{
	const struct lpar *lpar = vp->lpar;

	for (u32 i = 0; i < lpar->nr_vps; i++)
		if (lpar->vps[i] != vp && state_of(lpar->vps[i]) != VP_STOPPED)
			return false;
	return true;
}

/*
 * Without its last processor nothing can happen in the partition any more, so that gives back what
 * it has. LoPAR "stop-self".
 */
static s32 rtas_stop_self(struct rtas_call *call)
{
	struct lpar *lpar = &call->partition->lpar;
	bool last;

	lock_take(&lpar->lock);
	/* Not the last one is who was stopped already: its partition ends, or starts afresh. */
	last = state_of(call->vp) == VP_RUNNING && is_last(call->vp);
	if (!last)
		dispatch_stop(call->vp);
	lock_drop(&lpar->lock);
	if (last) {
		log_line("%s: the last processor has stopped itself", lpar->name);
		partition_os_power_off(call->partition);
	}
	return RTAS_NO_RETURN;
}
RTAS_CALL("stop-self", 0, 1, rtas_stop_self);

/* Stopped is who can be started again. */
static u32 stopped_state(const struct vp *vp)
{
	if (state_of(vp) != VP_STOPPED)
		return RTAS_CPU_STARTED;
	return dispatch_vp_left(vp) ? RTAS_CPU_STOPPED : RTAS_CPU_STOPPING;
}

/* Input: number of the processor. Output: its state. LoPAR "query-cpu-stopped state". */
static s32 rtas_query_cpu_stopped_state(struct rtas_call *call)
{
	const struct vp *target = lpar_vp(&call->partition->lpar, call->arg[0]);

	if (target == NULL)
		return RTAS_PARAMETER;
	call->ret[1] = stopped_state(target);
	return RTAS_SUCCESS;
}
RTAS_CALL("query-cpu-stopped-state", 1, 2, rtas_query_cpu_stopped_state);
