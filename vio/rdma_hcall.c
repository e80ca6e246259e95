// SPDX-License-Identifier: Apache-2.0
// LoPAR "Copy RDMA": a server copies between its memory and what its client has mapped.
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "vio/crq.h"

/* One end of a copy: the window, and the gate that keeps it there if it is the partner's. */
struct end {
	struct tce_place place;
	const struct crq *owner; /* of the second window, whose partner's it is; or NULL … */
	struct gate *gate;	 /* … likewise; NULL too when the other end has entered it */
	bool is_shut;		 /* the second window, which leads to nobody now */
};

static void end_leave(const struct end *end)
{
	if (end->gate)
		gate_leave(end->gate);
}

/* Enters the second window of @crq, its partner's, where @other may be already: not twice. */
static void remote_enter(struct end *end, struct crq *crq, const struct end *other)
{
	end->gate = other && other->owner == crq ? NULL : &crq->gate;
	if (end->gate)
		gate_enter(end->gate);
	end->owner = crq;
	if (crq->target) {
		end->place.lpar = crq->target->adapter.lpar;
		end->place.table = &crq->target->adapter.window;
	} else {
		end->is_shut = true; /* and as large as the first one */
	}
}

/*
 * Returns false when @lpar may not use the window. @other is the other end of the copy if that has
 * been entered, or NULL.
 */
static bool end_enter(struct end *end, const struct lpar *lpar, u64 liobn, u64 ioba,
		      const struct end *other)
{
	u32 window;
	struct adapter *adapter = adapter_find_window(lpar, liobn, &window);

	if (!adapter)
		return false;
	*end = (struct end){.place = {lpar, &adapter->window, ioba}};
	if (window)
		remote_enter(end, crq_of(adapter), other);
	return true;
}

static bool in_window(const struct end *end, u64 length)
{
	return tce_range_valid(end->place.table, end->place.ioba, length);
}

/* A window that leads to nobody has no page that allows anything. */
static s64 ends_copy(const struct end *to, const struct end *from, u64 length)
{
	if (!from->is_shut && !to->is_shut)
		return tce_copy(&to->place, &from->place, length);
	if (!in_window(from, length))
		return H_SOURCE_PARM;
	return in_window(to, length) ? H_PERMISSION : H_DEST_PARM;
}

/* R4 = length, R5 and R6 = source LIOBN and I/O address, R7 and R8 = destination. */
static s64 h_copy_rdma(struct vp *vp)
{
	struct end from, to;
	s64 result;

	if (vp->gpr[4] > VIO_MAX_DMA_SIZE)
		return H_PARAMETER;
	if (!end_enter(&from, vp->lpar, vp->gpr[5], vp->gpr[6], NULL))
		return H_SOURCE_PARM;
	if (!end_enter(&to, vp->lpar, vp->gpr[7], vp->gpr[8], &from)) {
		end_leave(&from);
		return H_DEST_PARM;
	}
	result = ends_copy(&to, &from, vp->gpr[4]);
	end_leave(&to);
	end_leave(&from);
	return result;
}
HCALL(H_COPY_RDMA, h_copy_rdma, "hcall-rdma");

/* Only the partner's window counts. */
static bool remote_find(struct end *end, const struct lpar *lpar, u64 liobn, u64 ioba)
{
	return end_enter(end, lpar, liobn, ioba, NULL) && end->owner;
}

/* R4 = length, R5 and R6 = destination LIOBN and I/O address, R7 to R12 = the bytes. */
static s64 h_write_rdma(struct vp *vp)
{
	u64 length = vp->gpr[4];
	be64 data[RDMA_WRITE_MAX / sizeof(be64)];
	struct end to;
	s64 result;

	if (length > RDMA_WRITE_MAX)
		return H_PARAMETER;
	if (!remote_find(&to, vp->lpar, vp->gpr[5], vp->gpr[6]))
		return H_DEST_PARM;
	for (u32 i = 0; i < ARRAY_SIZE(data); i++)
		data[i] = cpu_to_be64(vp->gpr[7 + i]);
	if (!in_window(&to, length))
		result = H_DEST_PARM;
	else if (!to.is_shut &&
		 tce_copy_out(to.place.lpar, to.place.table, to.place.ioba, data, length))
		result = H_SUCCESS;
	else
		result = H_PERMISSION;
	end_leave(&to);
	return result;
}
HCALL(H_WRITE_RDMA, h_write_rdma, "hcall-rdma");

/* R4 = length, R5 and R6 = source LIOBN and I/O address; out R4 to R12 = the bytes, then zeros. */
static s64 h_read_rdma(struct vp *vp)
{
	u64 length = vp->gpr[4];
	be64 data[RDMA_READ_MAX / sizeof(be64)] = {0};
	struct end from;
	s64 result;

	if (length > RDMA_READ_MAX)
		return H_PARAMETER;
	if (!remote_find(&from, vp->lpar, vp->gpr[5], vp->gpr[6]))
		return H_SOURCE_PARM;
	if (!in_window(&from, length))
		result = H_SOURCE_PARM;
	else if (!from.is_shut &&
		 tce_copy_in(from.place.lpar, from.place.table, data, from.place.ioba, length))
		result = H_SUCCESS;
	else
		result = H_PERMISSION;
	end_leave(&from);
	for (u32 i = 0; result == H_SUCCESS && i < ARRAY_SIZE(data); i++)
		vp->gpr[4 + i] = be64_to_cpu(data[i]);
	return result;
}
HCALL(H_READ_RDMA, h_read_rdma, "hcall-rdma");
