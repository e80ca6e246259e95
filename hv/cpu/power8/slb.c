// SPDX-License-Identifier: Apache-2.0
/*
 * The segment lookaside buffer. A partition that keeps a shadow of its bolted entries gets those
 * back and fills in the others again; of any other partition all entries are kept.
 */
#include "hv/cpu/power8/power8.h"
#include "hv/vpa.h"

static void entry_load(u64 index, u64 e, u64 v)
{
	__asm__ volatile("slbmte %0,%1" : : "r"(v), "r"(e | index) : "memory");
}

void slb_save(struct vp *vp)
{
	int n = vpa_slb_shadow(vp, vp->slb, VP_SLB_SIZE);

	if (n >= 0) {
		vp->slb_kept = (u32)n;
		return;
	}
#pragma GCC unroll 32
	for (u64 i = 0; i < VP_SLB_SIZE; i++) {
		u64 e, v;

		__asm__ volatile("slbmfee %0,%1" : "=r"(e) : "r"(i));
		__asm__ volatile("slbmfev %0,%1" : "=r"(v) : "r"(i));
		vp->slb[i] = (struct vp_slb){.e = e, .v = v};
	}
	vp->slb_kept = VP_SLB_SIZE;
}

/*
 * Clears what is not kept: slbia leaves in the entries what can still be read. It is there for what
 * the processor has derived from the old ones, and spares entry 0.
 */
void slb_load(const struct vp *vp)
{
	entry_load(0, 0, 0);
	__asm__ volatile("slbia" : : : "memory");
	if (vp->slb_kept == VP_SLB_SIZE) {
#pragma GCC unroll 32
		for (u64 i = 0; i < VP_SLB_SIZE; i++)
			entry_load(i, vp->slb[i].e, vp->slb[i].v);
	} else {
#pragma GCC unroll 32
		for (u64 i = 1; i < VP_SLB_SIZE; i++)
			entry_load(i, 0, 0);
		for (u64 i = 0; i < vp->slb_kept; i++)
			entry_load(i, vp->slb[i].e, vp->slb[i].v);
	}
	__asm__ volatile("isync" : : : "memory");
}
