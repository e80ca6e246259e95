// SPDX-License-Identifier: Apache-2.0
#include "hv/xics.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/vp.h"

static union icp_state icp_load(const struct icp *icp)
{
	return (union icp_state){.word = __atomic_load_n(&icp->word, __ATOMIC_SEQ_CST)};
}

/* Returns false, with the state found instead in *@old, when another processor was faster. */
static bool icp_swap(struct icp *icp, union icp_state *old, union icp_state new)
{
	return __atomic_compare_exchange_n(&icp->word, &old->word, new.word, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static bool state_holds_source(union icp_state state)
{
	return state.xisr != XICS_SPURIOUS && state.xisr != XICS_IPI;
}

/* An interrupt has to be more favored than this to be presented. */
static u8 state_limit(union icp_state state)
{
	return state.xisr != XICS_SPURIOUS ? state.priority : state.cppr;
}

static void state_clear(union icp_state *state)
{
	state->xisr = XICS_SPURIOUS;
	state->priority = XICS_MASKED;
}

/*
 * Makes of @new, in which cppr or mfrr differs from @old, what must follow. An IPI follows its
 * request: it is withdrawn with it, and comes back as long as it stands. Returns the source that
 * has to give way.
 */
static u32 state_settle(union icp_state old, union icp_state *new)
{
	u32 displaced = XICS_SPURIOUS;

	if (new->xisr == XICS_IPI)
		state_clear(new);
	if (state_holds_source(*new) && (new->priority >= new->cppr || new->mfrr < new->priority)) {
		displaced = new->xisr;
		state_clear(new);
	}
	if (new->xisr == XICS_SPURIOUS &&new->mfrr < new->cppr) {
		new->xisr = XICS_IPI;
		new->priority = new->mfrr;
	}
	if (state_limit(*new) > state_limit(old))
		new->resend = 0;
	return displaced;
}

/* What a change means for others; called once it is made. */
static void icp_changed(struct vp *vp, union icp_state old, union icp_state new, u32 displaced)
{
	if (new.xisr != XICS_SPURIOUS &&new.xisr != old.xisr)
		vp_external_raise(vp);
	if (displaced != XICS_SPURIOUS)
		ics_return(vp->lpar, displaced);
	if (old.resend && !new.resend)
		ics_resend(vp->lpar, vp->number);
}

/* Returns false, with nothing done, when @cppr is more favored than @least. */
static bool icp_write_cppr(struct vp *vp, u8 cppr, bool only_less_favored)
{
	union icp_state old = icp_load(&vp->icp), new;
	u32 displaced;

	do {
		if (only_less_favored && cppr < old.cppr)
			return false;
		new = old;
		new.cppr = cppr;
		displaced = state_settle(old, &new);
	} while (!icp_swap(&vp->icp, &old, new));
	icp_changed(vp, old, new, displaced);
	return true;
}

bool icp_pending(const struct vp *vp)
{
	union icp_state state = {.word = __atomic_load_n(&vp->icp.word, __ATOMIC_RELAXED)};

	return state.xisr != XICS_SPURIOUS;
}

void icp_reset(struct vp *vp)
{
	union icp_state old = icp_load(&vp->icp), new;

	do {
		new = (union icp_state){
			.xisr = XICS_SPURIOUS,
			.priority = XICS_MASKED,
			.cppr = XICS_MOST_FAVORED,
			.mfrr = XICS_MASKED,
			.resend = old.resend,
		};
	} while (!icp_swap(&vp->icp, &old, new));
	if (state_holds_source(old))
		ics_return(vp->lpar, old.xisr);
}

u32 icp_accept(struct vp *vp)
{
	union icp_state old = icp_load(&vp->icp), new;

	do {
		new = old;
		if (old.xisr == XICS_SPURIOUS)
			break;
		new.cppr = old.priority;
		state_clear(&new);
	} while (!icp_swap(&vp->icp, &old, new));
	return (u32)old.cppr << XIRR_CPPR_SHIFT | old.xisr;
}

u32 icp_poll(const struct vp *vp, u8 *mfrr)
{
	union icp_state state = icp_load(&vp->icp);

	*mfrr = state.mfrr;
	return (u32)state.cppr << XIRR_CPPR_SHIFT | state.xisr;
}

void icp_set_cppr(struct vp *vp, u8 cppr)
{
	icp_write_cppr(vp, cppr, false);
}

bool icp_end(struct vp *vp, u8 cppr)
{
	return icp_write_cppr(vp, cppr, true);
}

void icp_set_mfrr(struct vp *vp, u8 mfrr)
{
	union icp_state old = icp_load(&vp->icp), new;
	u32 displaced;

	if (mfrr != XICS_MASKED)
		__atomic_store_n(&vp->icp.ipi_timebase, machine_timebase(), __ATOMIC_RELAXED);
	do {
		new = old;
		new.mfrr = mfrr;
		displaced = state_settle(old, &new);
	} while (!icp_swap(&vp->icp, &old, new));
	icp_changed(vp, old, new, displaced);
}

u64 icp_ipi_timebase(const struct vp *vp)
{
	return __atomic_load_n(&vp->icp.ipi_timebase, __ATOMIC_RELAXED);
}

bool icp_present(struct vp *vp, u32 xisr, u8 priority, u32 *displaced)
{
	union icp_state old = icp_load(&vp->icp), new;
	bool room;

	do {
		new = old;
		room = priority < state_limit(old);
		if (room) {
			new.xisr = xisr;
			new.priority = priority;
		} else {
			new.resend = 1;
		}
	} while (!icp_swap(&vp->icp, &old, new));
	*displaced = room && state_holds_source(old) ? old.xisr : XICS_SPURIOUS;
	return room;
}
