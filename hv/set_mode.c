// SPDX-License-Identifier: Apache-2.0
/* LoPAR "H_SET_MODE" and the older calls for data breakpoints, which the same registers serve. */
#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/msr.h"
#include "hv/vp.h"
#include "papr/mode.h"

/* What a partition may ask of a data watchpoint: nothing about hypervisor state. */
#define DAWRX_ALLOWED \
	(DAWRX_MRD | DAWRX_DW | DAWRX_DR | DAWRX_WT | DAWRX_WTI | DAWRX_PNH | DAWRX_PRO)

/* H_UNSUPPORTED_FLAG for the highest of the bits in @flags, which is not 0. */
static s64 unsupported_flag(u64 flags)
{
	return H_UNSUPPORTED_FLAG - __builtin_clzl(flags);
}

static s64 set_ciabr(struct vp *vp, u64 flags, u64 value1, u64 value2)
{
	if (value2 != 0)
		return H_P4;
	if (flags != 0)
		return unsupported_flag(flags);
	if ((value1 & CIABR_STATE) == CIABR_HYPERVISOR)
		return H_P3;
	vp->spr.ciabr = value1;
	cpu_refresh(vp);
	return H_SUCCESS;
}

static s64 set_dawr(struct vp *vp, u64 flags, u64 value1, u64 value2)
{
	if (flags != 0)
		return unsupported_flag(flags);
	if (value2 & ~(u64)DAWRX_ALLOWED)
		return H_P4;
	vp->spr.dawr = value1;
	vp->spr.dawrx = value2;
	cpu_refresh(vp);
	return H_SUCCESS;
}

/*
 * Have all processors but the caller's been in the dispatcher since @since, with which they left
 * the partition and come back with its present LPCR? Those that have not are called. It takes one
 * with an external interrupt that it cannot take now until the end of its turn.
 */
static bool others_came(const struct vp *caller, u64 since)
{
	const struct lpar *lpar = caller->lpar;
	bool all = true;

	for (u32 i = 0; i < lpar->nr_vps; i++) {
		const struct vp *vp = lpar->vps[i];
		struct cpu *cpu = __atomic_load_n(&vp->cpu, __ATOMIC_ACQUIRE);

		if (vp == caller || __atomic_load_n(&vp->state, __ATOMIC_SEQ_CST) != VP_RUNNING ||
		    (s64)(__atomic_load_n(&cpu->queue.charged, __ATOMIC_ACQUIRE) - since) > 0)
			continue;
		queue_resched(cpu);
		all = false;
	}
	return all;
}

/* The caller holds the partition's lock. */
static void lpcr_change(struct lpar *lpar, u64 mask, u64 bits)
{
	__atomic_store_n(&lpar->lpcr, (lpar->lpcr & ~mask) | bits, __ATOMIC_SEQ_CST);
	lpar->lpcr_since = machine_timebase();
}

static s64 set_translation(struct vp *vp, u64 flags, u64 value1, u64 value2)
{
	struct lpar *lpar = vp->lpar;
	u64 ail = flags << LPCR_AIL_SHIFT;
	bool came;

	if (value1 != 0)
		return H_P3;
	if (value2 != 0)
		return H_P4;
	/* QEMU's POWER8 knows AIL=2, but does not go there. */
	if (flags == MODE_AIL_RESERVED || (flags == MODE_AIL_18000 && machine.emulated))
		return H_UNSUPPORTED_FLAG - 62; /* this very number in LoPAR */
	if (flags > MODE_AIL_C0004000)
		return unsupported_flag(flags);
	lock_take(&lpar->lock);
	if ((lpar->lpcr & LPCR_AIL) != ail)
		lpcr_change(lpar, LPCR_AIL, ail);
	came = others_came(vp, lpar->lpcr_since);
	lock_drop(&lpar->lock);
	cpu_refresh(vp);
	return came ? H_SUCCESS : H_LONG_BUSY_10_MS;
}

/*
 * Was any processor of the partition running with interrupts enabled, or has it ceded, when it was
 * last in the hypervisor?
 */
static bool interrupts_enabled(const struct lpar *lpar)
{
	for (u32 i = 0; i < lpar->nr_vps; i++) {
		const struct vp *vp = lpar->vps[i];
		u32 state = __atomic_load_n(&vp->state, __ATOMIC_ACQUIRE);

		if ((state == VP_RUNNING || state == VP_RUNNABLE || state == VP_CEDED) &&
		    (__atomic_load_n(&vp->msr, __ATOMIC_RELAXED) & MSR_EE))
			return true;
	}
	return false;
}

/*
 * All processors have to come to the hypervisor before, so that it is seen how they run, and after,
 * so that the new order counts for them. A call that is not repeated within a second is forgotten.
 */
static s64 ile_change(struct vp *vp, u64 ile)
{
	struct lpar *lpar = vp->lpar;
	u64 now = machine_timebase();

	if ((lpar->lpcr & LPCR_ILE) != ile) {
		if (!lpar->ile_wanted || now - lpar->ile_wanted > machine.timebase_hz)
			lpar->ile_wanted = now;
		if (!others_came(vp, lpar->ile_wanted))
			return H_LONG_BUSY_10_MS;
		lpar->ile_wanted = 0;
		if (interrupts_enabled(lpar))
			return H_BAD_MODE;
		lpcr_change(lpar, LPCR_ILE, ile);
	}
	return others_came(vp, lpar->lpcr_since) ? H_SUCCESS : H_LONG_BUSY_10_MS;
}

static s64 set_endian(struct vp *vp, u64 flags, u64 value1, u64 value2)
{
	struct lpar *lpar = vp->lpar;
	s64 status;

	if (value1 != 0)
		return H_P3;
	if (value2 != 0)
		return H_P4;
	if (flags > MODE_LITTLE_ENDIAN)
		return unsupported_flag(flags);
	lock_take(&lpar->lock);
	status = ile_change(vp, flags == MODE_LITTLE_ENDIAN ? LPCR_ILE : 0);
	lock_drop(&lpar->lock);
	if (status != H_BAD_MODE)
		cpu_refresh(vp);
	return status;
}

/* R4 = flags, R5 = resource, R6 and R7 = values. */
static s64 h_set_mode(struct vp *vp)
{
	u64 flags = vp->gpr[4], value1 = vp->gpr[6], value2 = vp->gpr[7];

	switch (vp->gpr[5]) {
	case MODE_CIABR:
		return set_ciabr(vp, flags, value1, value2);
	case MODE_DAWR0:
		return set_dawr(vp, flags, value1, value2);
	case MODE_TRANSLATION:
		return set_translation(vp, flags, value1, value2);
	case MODE_ENDIAN:
		return set_endian(vp, flags, value1, value2);
	default:
		return H_P2;
	}
}
HCALL(H_SET_MODE, h_set_mode, "hcall-set-mode");

/* A data breakpoint of the old kind, as a watchpoint of one doubleword. */
static s64 set_dabr(struct vp *vp, u64 dabr, u64 dabrx)
{
	u64 dawrx = dabrx & (DABRX_PNH | DABRX_PRO);

	if (dabrx & DABRX_BTI)
		dawrx |= DAWRX_WTI;
	if (dabr & DABR_BT)
		dawrx |= DAWRX_WT;
	if (dabr & DABR_DW)
		dawrx |= DAWRX_DW;
	if (dabr & DABR_DR)
		dawrx |= DAWRX_DR;
	vp->spr.dawr = dabr & DABR_ADDRESS;
	vp->spr.dawrx = dawrx;
	cpu_refresh(vp);
	return H_SUCCESS;
}

/*
 * R4 = DABR. There is an extended facility, so every value will do: H_RESERVED_DABR is for
 * machines without. LoPAR "H_SET_DABR".
 */
static s64 h_set_dabr(struct vp *vp)
{
	return set_dabr(vp, vp->gpr[4], DABRX_PNH | DABRX_PRO);
}
HCALL(H_SET_DABR, h_set_dabr, "hcall-dabr");

/* R4 = DABR, R5 = DABRX. LoPAR "H_SET_XDABR". */
static s64 h_set_xdabr(struct vp *vp)
{
	u64 dabrx = vp->gpr[5];

	if ((dabrx & ~(u64)(DABRX_BTI | DABRX_PRIVM)) != 0 || (dabrx & DABRX_HYP) ||
	    (dabrx & DABRX_PRIVM) == 0)
		return H_PARAMETER;
	return set_dabr(vp, vp->gpr[4], dabrx);
}
HCALL(H_SET_XDABR, h_set_xdabr, "hcall-xdabr");
