// SPDX-License-Identifier: Apache-2.0
#include "hv/vp.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/msr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PPR_MEDIUM (UL(4) << 50)
#define MMCR0_FC   (UL(1) << 31)

/* Where interrupts go with translation on, by LPCR[AIL]. Power ISA 2.07 Book III-S 6.4. */
#define AIL_SHIFTED_REAL    2
#define AIL_SHIFTED_VIRTUAL 3
#define AIL2_OFFSET	    0x18000UL
#define AIL3_BASE	    0xc000000000004000UL

void (*lpar_fail_hook)(struct lpar *lpar, const char *reason);

void vp_reset(struct vp *vp, u64 pc, u64 r3)
{
	struct vp_spr old = vp->spr;

	memset(vp->gpr, 0, sizeof(vp->gpr));
	memset(&vp->fp, 0, sizeof(vp->fp));
	memset(&vp->spr, 0, sizeof(vp->spr));
	memset(vp->slb, 0, sizeof(vp->slb));
	vp->slb_kept = true;
	vp->lr = vp->ctr = vp->xer = vp->cr = vp->srr0 = vp->srr1 = vp->cfar = 0;
	vp->pc = pc;
	vp->msr = MSR_ME | vp->lpar->start_msr;
	vp->gpr[3] = r3;
	vp->spr.ppr = PPR_MEDIUM;
	vp->spr.ctrl = 1;
	vp->spr.mmcr0 = MMCR0_FC;
	/* What counts the processor's time goes on. */
	vp->spr.purr = old.purr;
	vp->spr.vtb = old.vtb;
	vp->spr.ic = old.ic;
	vp->dec_expires = machine_timebase() + INT32_MAX;
	vp->prodded = false;
	vp->resets = 0;
	vp->leave = 0;
	icp_reset(vp);
}

void vp_interrupt(struct vp *vp, u32 vector, u64 srr1_bits)
{
	u64 lpcr = vp->lpar->lpcr;
	u64 ail = (lpcr & LPCR_AIL) >> LPCR_AIL_SHIFT;
	bool translated = (vp->msr & (MSR_IR | MSR_DR)) == (MSR_IR | MSR_DR);
	u64 msr = MSR_SF | MSR_ME;

	if (lpcr & LPCR_ILE)
		msr |= MSR_LE;
	vp->srr0 = vp->pc;
	vp->srr1 = (vp->msr & ~SRR1_INFO_MASK) | srr1_bits;
	vp->pc = vector;
	/* A machine check always finds translation off. */
	if (translated && vector != 0x100 && vector != 0x200) {
		if (ail == AIL_SHIFTED_REAL)
			vp->pc = AIL2_OFFSET + vector;
		else if (ail == AIL_SHIFTED_VIRTUAL)
			vp->pc = AIL3_BASE + vector;
		if (ail >= AIL_SHIFTED_REAL)
			msr |= MSR_IR | MSR_DR;
	}
	vp->msr = msr;
}

void lpar_fail(struct lpar *lpar, const char *format, ...)
{
	char reason[LPAR_REASON_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	lpar_fail_hook(lpar, reason);
}
