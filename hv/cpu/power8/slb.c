// SPDX-License-Identifier: Apache-2.0
/*
 * The segment lookaside buffer. A partition that keeps a shadow of its bolted entries gets those
 * back and fills in the others again; of any other partition all entries are kept.
 */
#include "hv/cpu/power8/power8.h"
#include "hv/vpa.h"

#define SLB_E 0xfffffffff8000000UL /* ESID and valid bit */

void slb_save(struct vp *vp)
{
	int n = vpa_slb_shadow(vp, vp->slb, VP_SLB_SIZE);

	if (n >= 0) {
		vp->slb_kept = (u32)n;
		return;
	}
	for (u64 i = 0; i < VP_SLB_SIZE; i++) {
		u64 e, v;

		__asm__ volatile("slbmfee %0,%1" : "=r"(e) : "r"(i));
		__asm__ volatile("slbmfev %0,%1" : "=r"(v) : "r"(i));
		vp->slb[i] = (struct vp_slb){.e = e & SLB_E, .v = v};
	}
	vp->slb_kept = VP_SLB_SIZE;
}

/*
 * Writes all entries, empty ones as well: slbia leaves in them what can still be read. It is there
 * for what the processor has derived from the old entries, and spares entry 0.
 */
void slb_load(const struct vp *vp)
{
	u64 i;

	__asm__ volatile("slbmte %0,%0; slbia" : : "r"(0UL) : "memory");
	for (i = 0; i < vp->slb_kept; i++)
		__asm__ volatile("slbmte %0,%1"
				 :
				 : "r"(vp->slb[i].v), "r"(vp->slb[i].e | i)
				 : "memory");
	for (; i < VP_SLB_SIZE; i++)
		__asm__ volatile("slbmte %0,%1" : : "r"(0UL), "r"(i) : "memory");
	__asm__ volatile("isync" : : : "memory");
}
