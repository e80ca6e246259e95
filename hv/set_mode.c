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
 * The partition's LPCR has changed: the caller's processor gets it here, those that run others of
 * the partition leave it and come back with it.
 */
static void lpcr_changed(struct vp *caller)
{
	const struct lpar *lpar = caller->lpar;

	cpu_refresh(caller);
	for (u32 i = 0; i < lpar->nr_vps; i++) {
		struct vp *vp = lpar->vps[i];

		if (vp != caller && __atomic_load_n(&vp->state, __ATOMIC_SEQ_CST) == VP_RUNNING)
			vp_external_raise(vp);
	}
}

static s64 set_translation(struct vp *vp, u64 flags, u64 value1, u64 value2)
{
	struct lpar *lpar = vp->lpar;

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
	__atomic_store_n(&lpar->lpcr, (lpar->lpcr & ~LPCR_AIL) | flags << LPCR_AIL_SHIFT,
			 __ATOMIC_SEQ_CST);
	lock_drop(&lpar->lock);
	lpcr_changed(vp);
	return H_SUCCESS;
}

/*
 * Whether no processor of the partition could take an interrupt between the old byte order and the
 * new. What another one that is dispatched right now does cannot be seen from here: operating
 * systems leave them in a loop with interrupts disabled when they change it.
 */
static bool interrupts_disabled(const struct vp *caller)
{
	const struct lpar *lpar = caller->lpar;

	for (u32 i = 0; i < lpar->nr_vps; i++) {
		const struct vp *vp = lpar->vps[i];
		u32 state = __atomic_load_n(&vp->state, __ATOMIC_ACQUIRE);
		bool visible = vp == caller || state == VP_RUNNABLE || state == VP_CEDED;

		if (visible && (__atomic_load_n(&vp->msr, __ATOMIC_RELAXED) & MSR_EE))
			return false;
	}
	return true;
}

static s64 set_endian(struct vp *vp, u64 flags, u64 value1, u64 value2)
{
	struct lpar *lpar = vp->lpar;
	s64 status = H_BAD_MODE;

	if (value1 != 0)
		return H_P3;
	if (value2 != 0)
		return H_P4;
	if (flags > MODE_LITTLE_ENDIAN)
		return unsupported_flag(flags);
	lock_take(&lpar->lock);
	if (interrupts_disabled(vp)) {
		u64 ile = flags == MODE_LITTLE_ENDIAN ? LPCR_ILE : 0;

		__atomic_store_n(&lpar->lpcr, (lpar->lpcr & ~LPCR_ILE) | ile, __ATOMIC_SEQ_CST);
		status = H_SUCCESS;
	}
	lock_drop(&lpar->lock);
	if (status == H_SUCCESS)
		lpcr_changed(vp);
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
