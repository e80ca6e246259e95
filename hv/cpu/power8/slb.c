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

/* All entries are kept. */
static void __noinline all_save(struct vp *vp)
{
#pragma GCC unroll 32
	for (u64 i = 0; i < VP_SLB_SIZE; i++) {
		u64 e, v;

		__asm__ volatile("slbmfee %0,%1" : "=r"(e) : "r"(i));
		__asm__ volatile("slbmfev %0,%1" : "=r"(v) : "r"(i));
		vp->slb[i] = (struct vp_slb){.e = e, .v = v};
	}
}

static void __noinline all_load(const struct vp *vp)
{
#pragma GCC unroll 32
	for (u64 i = 0; i < VP_SLB_SIZE; i++)
		entry_load(i, vp->slb[i].e, vp->slb[i].v);
}

/* Entry 0 is clear. slbia has left in the others what can still be read. */
static void bolted_load(u64 shadow)
{
	u32 n = shadow ? vpa_slb_bolted(shadow) : 0;

#pragma GCC unroll 32
	for (u64 i = 1; i < VP_SLB_SIZE; i++)
		entry_load(i, 0, 0);
	for (u32 i = 0; i < n; i++) {
		struct vp_slb slb = vpa_slb_entry(shadow, i);

		entry_load(i, slb.e, slb.v);
	}
}

void slb_save(struct vp *vp)
{
	vp->slb_kept = !vpa_slb_shadow(vp);
	if (vp->slb_kept)
		all_save(vp);
}

/* slbia, which spares entry 0, is there for what the processor has derived from the old ones. */
void slb_load(const struct vp *vp)
{
	entry_load(0, 0, 0);
	__asm__ volatile("slbia" : : : "memory");
	if (vp->slb_kept)
		all_load(vp);
	else
		bolted_load(vpa_slb_shadow(vp));
	__asm__ volatile("isync" : : : "memory");
}
