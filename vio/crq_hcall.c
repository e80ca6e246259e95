// SPDX-License-Identifier: Apache-2.0
// LoPAR "Reliable Command/Response Transport hcall()s".
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "vio/crq.h"
#include "vio/vscsi.h"

#include <string.h>

/* R4 = unit address, R5 = I/O address of the queue, R6 = its length in bytes. */
static s64 h_reg_crq(struct vp *vp)
{
	struct crq *crq = crq_find(vp, vp->gpr[4]);
	u64 queue = vp->gpr[5], size = vp->gpr[6];

	if (!crq || size == 0 || !IS_ALIGNED(queue, CRQ_PAGE_SIZE) ||
	    !IS_ALIGNED(size, CRQ_PAGE_SIZE))
		return H_PARAMETER;
	if (!tce_range_mapped(vp->lpar, &crq->adapter.window, queue, size, TCE_READ | TCE_WRITE))
		return H_PARAMETER;
	return crq_register(crq, queue, size);
}
HCALL(H_REG_CRQ, h_reg_crq, "hcall-crq");

/* R4 = unit address. */
static s64 h_free_crq(struct vp *vp)
{
	struct crq *crq = crq_find(vp, vp->gpr[4]);

	if (!crq)
		return H_PARAMETER;
	crq_free(crq);
	return H_SUCCESS;
}
HCALL(H_FREE_CRQ, h_free_crq, "hcall-crq");

/* R4 = unit address, R5 and R6 = the entry, its header first. */
static s64 h_send_crq(struct vp *vp)
{
	struct crq *crq = crq_find(vp, vp->gpr[4]);
	u32 header = (u32)(vp->gpr[5] >> CRQ_HEADER_SHIFT);

	if (!crq || !(header & CRQ_HEADER_VALID) || header == CRQ_HEADER_EVENT)
		return H_PARAMETER;
	return crq_send(crq, vp->gpr[5], vp->gpr[6]);
}
HCALL(H_SEND_CRQ, h_send_crq, "hcall-crq");

/*
 * R4 = unit address. Only a partner's suspension disables a queue, which no partition here can be;
 * so all queues are enabled, and all pages that are mapped are there.
 */
static s64 h_enable_crq(struct vp *vp)
{
	return crq_find(vp, vp->gpr[4]) ? H_SUCCESS : H_PARAMETER;
}
HCALL(H_ENABLE_CRQ, h_enable_crq, NULL);

/* What GET_PARTNER_INFO writes; as much of the location code as it has. */
struct partner_info {
	be64 lpar_id;
	be64 unit_address;
	char location[ADAPTER_LOCATION_SIZE];
};

static bool fill_zero(const struct adapter *adapter, u64 ioba, u64 length)
{
	static const u8 zeros[256];

	for (u64 n; length; ioba += n, length -= n) {
		n = MIN(length, sizeof(zeros));
		if (!tce_copy_out(adapter->lpar, &adapter->window, ioba, zeros, n))
			return false;
	}
	return true;
}

/* R6 = output descriptor. LoPAR "GET_PARTNER_INFO Subfunction Semantics" */
static s64 partner_info(struct vp *vp, struct adapter *adapter)
{
	u64 descriptor = vp->gpr[6];
	u64 length = descriptor >> VIOCTL_DUMP_LENGTH_SHIFT & VIOCTL_DUMP_LENGTH_MASK;
	u64 ioba = descriptor & VIOCTL_DUMP_IOBA_MASK;
	struct partner_info info = {0};
	u32 lpar_id, slot;
	u64 size;

	if (vp->gpr[7] || vp->gpr[8] || descriptor >> VIOCTL_DUMP_CONTROL_SHIFT ||
	    length > VIO_MAX_DMA_SIZE ||
	    !tce_range_mapped(vp->lpar, &adapter->window, ioba, length, TCE_WRITE))
		return H_PARAMETER;
	if (!crq_partner(crq_of(adapter), &lpar_id, &slot))
		return H_CLOSED;
	info.lpar_id = cpu_to_be64(lpar_id);
	info.unit_address = cpu_to_be64(VIO_UNIT_BASE + slot);
	adapter_location(lpar_id, slot, info.location);
	size = offsetof(struct partner_info, location) + strlen(info.location) + 1;
	if (length < size)
		return H_CONSTRAINED;
	if (!tce_copy_out(vp->lpar, &adapter->window, ioba, &info, size) ||
	    !fill_zero(adapter, ioba + size, length - size))
		return H_PARAMETER;
	return H_SUCCESS;
}
VIOCTL(VIOCTL_PARTNER_INFO, partner_info, &vscsi_server_type);
