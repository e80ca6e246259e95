// SPDX-License-Identifier: Apache-2.0
/* The home node of a virtual processor. */
#include "papr/splpar.h"
#include "hv/associativity.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/pool.h"
#include "hv/vp.h"

_Static_assert(ASSOCIATIVITY_LEVELS == VPHN_FIELDS, "the domains fill one register");

/* Domain 0 at each level. */
#define ALL_LEVELS (~0UL / ((1UL << VPHN_FIELD_BITS) - 1) * VPHN_SHORT)

static bool is_processor(const struct lpar *lpar, u64 flags, u64 id)
{
	if (flags == VPHN_VIRTUAL)
		return lpar_vp(lpar, id) != NULL;
	return id < __atomic_load_n(&pool_nr_cpus, __ATOMIC_RELAXED);
}

/*
 * R4 = what R5 is, R5 = processor, started or not. Out: R4 to R9 = its associativity domains, as
 * "ibm,associativity" lists them. LoPAR "H_HOME_NODE_ASSOCIATIVITY".
 */
static s64 h_home_node_associativity(struct vp *vp)
{
	u64 flags = vp->gpr[4], id = vp->gpr[5];

	if (flags != VPHN_VIRTUAL && flags != VPHN_PHYSICAL)
		return H_PARAMETER;
	if (!is_processor(vp->lpar, flags, id))
		return H_P2;
	vp->gpr[4] = ALL_LEVELS;
	for (u32 i = 1; i < VPHN_REGISTERS; i++)
		vp->gpr[4 + i] = VPHN_UNUSED;
	return H_SUCCESS;
}
HCALL(H_HOME_NODE_ASSOCIATIVITY, h_home_node_associativity, "hcall-vphn");
