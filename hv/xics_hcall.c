// SPDX-License-Identifier: Apache-2.0
/* LoPAR "Interrupt Support hcall()s". */
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/vp.h"
#include "hv/xics.h"

/* R4 = XIRR; what was presented is accepted. The processor priority that Linux passes is not
 * needed. */
static s64 h_xirr(struct vp *vp)
{
	vp->gpr[4] = icp_accept(vp);
	return H_SUCCESS;
}
HCALL(H_XIRR, h_xirr, "hcall-interrupt");

/* The same, and R5 = timebase at which the interrupt came. */
static s64 h_xirr_x(struct vp *vp)
{
	u32 xirr = icp_accept(vp), xisr = xirr & XIRR_XISR_MASK;
	u64 came;

	if (xisr == XICS_SPURIOUS)
		came = machine_timebase();
	else if (xisr == XICS_IPI)
		came = icp_ipi_timebase(vp);
	else
		came = ics_timebase(vp->lpar, xisr);
	vp->gpr[4] = xirr;
	vp->gpr[5] = came;
	return H_SUCCESS;
}
HCALL(H_XIRR_X, h_xirr_x, "hcall-interrupt");

/* R4 = XIRR: the source whose interrupt ends, and the processor priority to go back to. */
static s64 h_eoi(struct vp *vp)
{
	u32 xirr = (u32)vp->gpr[4], xisr = xirr & XIRR_XISR_MASK;

	if (xisr != XICS_IPI && !ics_source_valid(vp->lpar, xisr))
		return H_PARAMETER;
	if (!icp_end(vp, (u8)(xirr >> XIRR_CPPR_SHIFT)))
		return H_PARAMETER;
	if (xisr != XICS_IPI)
		ics_eoi(vp->lpar, xisr);
	return H_SUCCESS;
}
HCALL(H_EOI, h_eoi, "hcall-interrupt");

static s64 h_cppr(struct vp *vp)
{
	icp_set_cppr(vp, (u8)vp->gpr[4]);
	return H_SUCCESS;
}
HCALL(H_CPPR, h_cppr, "hcall-interrupt");

/* R4 = processor, R5 = priority of the interprocessor interrupt. */
static s64 h_ipi(struct vp *vp)
{
	struct vp *target = lpar_vp(vp->lpar, vp->gpr[4]);

	if (!target)
		return H_PARAMETER;
	icp_set_mfrr(target, (u8)vp->gpr[5]);
	return H_SUCCESS;
}
HCALL(H_IPI, h_ipi, "hcall-interrupt");

/* R4 = processor; out R4 = its XIRR, R5 = its MFRR. */
static s64 h_ipoll(struct vp *vp)
{
	const struct vp *target = lpar_vp(vp->lpar, vp->gpr[4]);
	u8 mfrr;

	if (!target)
		return H_PARAMETER;
	vp->gpr[4] = icp_poll(target, &mfrr);
	vp->gpr[5] = mfrr;
	return H_SUCCESS;
}
HCALL(H_IPOLL, h_ipoll, "hcall-interrupt");
