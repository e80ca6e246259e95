// SPDX-License-Identifier: Apache-2.0
/* What an operating system has to know of POWER8 to guard against speculative execution. */
#include "papr/characteristics.h"
#include "hv/hcall.h"
#include "hv/vp.h"

/*
 * Out: R4 = instructions that help, R5 = what is to be done. Only platform firmware knows which of
 * the former the chip's microcode has, so none is promised, and the partition flushes the cache by
 * loading other data into it. What speculates on data in the cache that is not accessible, and so
 * needs a flush on the way into the kernel and after accesses to user memory too, is POWER9. A
 * partition that cannot ask must take its processor for one.
 * The number's place: LoPAR "Hypervisor Call Function Table".
 */
static s64 h_get_cpu_characteristics(struct vp *vp)
{
	vp->gpr[4] = 0;
	vp->gpr[5] = BEHAVIOUR_FAVOUR_SECURITY | BEHAVIOUR_L1D_FLUSH_PR |
		     BEHAVIOUR_BOUNDS_CHECK_BARRIER | BEHAVIOUR_NO_L1D_FLUSH_ENTRY |
		     BEHAVIOUR_NO_L1D_FLUSH_UACCESS;
	return H_SUCCESS;
}
HCALL(H_GET_CPU_CHARACTERISTICS, h_get_cpu_characteristics, NULL);
