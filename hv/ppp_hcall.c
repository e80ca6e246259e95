// SPDX-License-Identifier: Apache-2.0
/* Processor performance parameters: what a partition is entitled to, and what became of it. */
#include "papr/splpar.h"
#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/pool.h"
#include "hv/vp.h"

/* Each partition is a group of its own; groups have the high bit set. */
#define GROUP_BASE 0x8000

/* Others claim and release processors meanwhile: each number is right, the sum may not be. */
static u32 read_pool(const u32 *number)
{
	return __atomic_load_n(number, __ATOMIC_RELAXED);
}

static u64 unallocated_units(void)
{
	u32 all = read_pool(&pool_nr_shared) * SHARE_UNITS_PER_PROC;
	u32 used = read_pool(&pool_units);

	return all > used ? all - used : 0;
}

static void get_dedicated(struct vp *vp)
{
	const struct lpar *lpar = vp->lpar;

	vp->gpr[4] = (u64)lpar->nr_vps * SHARE_UNITS_PER_PROC;
	vp->gpr[5] = 0;
	vp->gpr[6] = (u64)(GROUP_BASE | lpar->id) << PPP_GROUP_SHIFT | PPP_POOL_DEDICATED;
	vp->gpr[7] = PPP_CAPPED | (u64)read_pool(&pool_nr_cpus) << PPP_SYSTEM_PROCESSORS_SHIFT;
	vp->gpr[8] = 0;
}

static void get_shared(struct vp *vp)
{
	const struct lpar *lpar = vp->lpar;
	bool capped = lpar->procs.sharing_mode == SHARING_CAP;
	u64 weight = __atomic_load_n(&lpar->share.weight, __ATOMIC_RELAXED);
	u64 most = capped ? 0 : lpar->procs.uncap_weight;
	u64 shared = read_pool(&pool_nr_shared);

	vp->gpr[4] = __atomic_load_n(&lpar->share.units, __ATOMIC_RELAXED);
	vp->gpr[5] = unallocated_units();
	vp->gpr[6] = (u64)(GROUP_BASE | lpar->id) << PPP_GROUP_SHIFT | PPP_POOL_SHARED;
	vp->gpr[7] = (capped ? PPP_CAPPED : 0) | weight << PPP_WEIGHT_SHIFT |
		     (most - MIN(weight, most)) << PPP_UNALLOCATED_SHIFT |
		     shared << PPP_POOL_PROCESSORS_SHIFT |
		     (u64)read_pool(&pool_nr_cpus) << PPP_SYSTEM_PROCESSORS_SHIFT;
	vp->gpr[8] = shared << PPP_PHYSICAL_SHIFT |
		     shared * SHARE_UNITS_PER_PROC << PPP_MAXIMUM_SHIFT |
		     (u64)read_pool(&pool_units) << PPP_ENTITLED_SHIFT;
}

/*
 * Out: R4 = entitlement, R5 = what of it is left to have, both in hundredths of a processor, R6 =
 * group and pool, R7 = mode, weight and processors, R8 = the pool's. LoPAR "H_GET_PPP".
 */
static s64 h_get_ppp(struct vp *vp)
{
	if (lpar_dedicated(vp->lpar))
		get_dedicated(vp);
	else
		get_shared(vp);
	return H_SUCCESS;
}
HCALL(H_GET_PPP, h_get_ppp, "hcall-splpar");

/*
 * R4 = entitlement in hundredths of a processor, R5 = weight. Dedicated processors are what they
 * are: any other values are brought back to them. LoPAR "H_SET_PPP".
 */
static s64 h_set_ppp(struct vp *vp)
{
	struct lpar *lpar = vp->lpar;
	u64 units = vp->gpr[4], weight = vp->gpr[5];
	bool constrained;

	if (weight > SHARE_WEIGHT_MAX)
		return H_PARAMETER;
	if (lpar_dedicated(lpar))
		constrained = units != (u64)lpar->nr_vps * SHARE_UNITS_PER_PROC || weight != 0;
	else
		constrained = pool_set(lpar, (u32)MIN(units, (u64)UINT32_MAX), (u32)weight);
	return constrained ? H_CONSTRAINED : H_SUCCESS;
}
HCALL(H_SET_PPP, h_set_ppp, "hcall-splpar");

/* Out: R4 = the processor utilization register. LoPAR "H_PURR". */
static s64 h_purr(struct vp *vp)
{
	vp->gpr[4] = cpu_purr();
	return H_SUCCESS;
}
HCALL(H_PURR, h_purr, "hcall-splpar");

/*
 * Out: R4 = idle ticks of the shared pool, R5 = its processors, R6 = all ticks, R7 and R8 = PURR
 * and SPURR ticks of those that were not idle (a processor is one thread and has one speed), R9 =
 * the pool's number, R10 to R12 = the whole platform's, which partitions may not see. Dedicated
 * processors are in no pool. LoPAR "H_PIC".
 */
static s64 h_pic(struct vp *vp)
{
	u64 idle, all;

	if (lpar_dedicated(vp->lpar))
		return H_AUTHORITY;
	idle = pool_idle_ticks();
	all = pool_all_ticks();
	vp->gpr[4] = idle;
	vp->gpr[5] = read_pool(&pool_nr_shared);
	vp->gpr[6] = all;
	vp->gpr[7] = vp->gpr[8] = all - idle;
	vp->gpr[9] = PPP_POOL_SHARED;
	vp->gpr[10] = vp->gpr[11] = vp->gpr[12] = PIC_NOT_AUTHORIZED;
	return H_SUCCESS;
}
HCALL(H_PIC, h_pic, "hcall-pic");
