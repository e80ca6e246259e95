// SPDX-License-Identifier: Apache-2.0
#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/msr.h"

/*
 * The processor is given up until an external interrupt, the decrementer or H_PROD; external
 * interrupts are enabled. LoPAR "H_CEDE".
 */
static s64 __flatten h_cede(struct vp *vp)
{
	vp->msr |= MSR_EE;
	dispatch_cede(vp);
	if (!vp->leave && icp_pending(vp))
		vp->leave = 1; /* to have it delivered */
	return H_SUCCESS;
}
HCALL(H_CEDE, h_cede, "hcall-splpar");

/* Ends another's H_CEDE, or keeps its next one from waiting. LoPAR "H_PROD". */
static s64 h_prod(struct vp *vp)
{
	struct vp *target = lpar_vp(vp->lpar, vp->gpr[4]);

	if (!target)
		return H_PARAMETER;
	dispatch_prod(target);
	return H_SUCCESS;
}
HCALL(H_PROD, h_prod, "hcall-splpar");
