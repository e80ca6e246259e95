// SPDX-License-Identifier: Apache-2.0
/* H_REGISTER_VPA: which areas a partition has, and the rules for them. */
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "hv/vpa.h"
#include "papr/vpa.h"

#include <string.h>

/* The dispatcher may look at the handle at any time: 0 while the rest changes. */
static void area_set(struct vp_area *area, u64 logical, u64 length, u64 handle)
{
	__atomic_store_n(&area->handle, 0, __ATOMIC_RELAXED);
	area->logical = logical;
	area->length = length;
	__atomic_store_n(&area->handle, handle, __ATOMIC_RELEASE);
}

static void area_clear(struct vp_area *area)
{
	area_set(area, 0, 0, 0);
}

static u64 handle_of(const void *area, u64 entries)
{
	return (u64)(uintptr_t)area | entries;
}

static bool spans_boundary(u64 logical, u64 length)
{
	return logical % VPA_BOUNDARY + length > VPA_BOUNDARY;
}

/* The size that the partition wrote into the area: the first two or all four bytes of the word. */
static bool read_size(const struct lpar *lpar, u64 logical, u16 *half, u32 *word)
{
	u8 size[4];

	if (!lpar_copy_in(lpar, size, logical + VPA_SIZE_OFFSET, sizeof(size)))
		return false;
	*half = (u16)(size[0] << 8 | size[1]);
	*word = (u32)*half << 16 | (u32)(size[2] << 8 | size[3]);
	return true;
}

/*
 * Sets what is the hypervisor's to keep; the rest the partition has filled in already. The counts
 * that the hypervisor has of its own go on. LoPAR "Per Virtual Processor Area".
 */
static void vpa_fill(struct vpa *vpa, const struct vp *vp, bool dispatched)
{
	u32 count = vpa_dispatch_count(vp);

	vpa->status = lpar_dedicated(vp->lpar) ? 0 : VPA_STATUS_SHARED;
	vpa->fru_id = cpu_to_be32(0);
	vpa->processor_on_fru_id = cpu_to_be32(0);
	memset(vpa->home_node_changes, 0, sizeof(vpa->home_node_changes));
	memset(&vpa->faults, 0, offsetof(struct vpa, reserved_170) - offsetof(struct vpa, faults));
	vpa->dispersions = cpu_to_be32(vp->dispersions);
	vpa->dtl_index = cpu_to_be64(0);
	vpa->dispatch_count = cpu_to_be32(dispatched ? count : count | 1);
}

static s64 register_vpa(struct vp *vp, u64 logical, u64 size, bool dispatched)
{
	struct vpa *vpa;

	if (size < VPA_MIN_SIZE || spans_boundary(logical, size))
		return H_PARAMETER;
	vpa = lpar_ptr(vp->lpar, logical, size);
	if (!vpa)
		return H_PARAMETER;
	vpa_fill(vpa, vp, dispatched);
	area_set(&vp->vpa, logical, size, handle_of(vpa, 0));
	return H_SUCCESS;
}

static s64 register_dtl(struct vp *vp, u64 logical, u64 size)
{
	u64 entries = size / DTL_ENTRY_SIZE;
	struct vpa *vpa;
	void *dtl;

	if (entries == 0 || size > DTL_MAX_SIZE)
		return H_PARAMETER;
	dtl = lpar_ptr(vp->lpar, logical, size);
	if (!dtl)
		return H_PARAMETER;
	if (vp->vpa.logical == 0)
		return H_RESOURCE;
	vpa = lpar_ptr(vp->lpar, vp->vpa.logical, sizeof(*vpa));
	vpa->dtl_index = cpu_to_be64(0);
	area_set(&vp->dtl, logical, entries * DTL_ENTRY_SIZE, handle_of(dtl, entries));
	return H_SUCCESS;
}

/* How many SLB entries a shadow buffer of @size bytes can hold, but not more than there are. */
static u64 shadow_entries(u64 size)
{
	struct slb_shadow *shadow;

	if (size < sizeof(*shadow))
		return 0;
	size = (size - sizeof(*shadow)) / sizeof(shadow->entry[0]);
	return MIN(size, (u64)VP_SLB_SIZE);
}

static s64 register_slb_shadow(struct vp *vp, u64 logical, u64 size)
{
	void *shadow;

	if (size < SLB_SHADOW_MIN_SIZE || spans_boundary(logical, size))
		return H_PARAMETER;
	shadow = lpar_ptr(vp->lpar, logical, size);
	if (!shadow)
		return H_PARAMETER;
	if (vp->vpa.logical == 0)
		return H_RESOURCE;
	area_set(&vp->slb_shadow, logical, size, handle_of(shadow, shadow_entries(size)));
	return H_SUCCESS;
}

static s64 deregister_vpa(struct vp *vp)
{
	if (vp->dtl.logical != 0 || vp->slb_shadow.logical != 0)
		return H_RESOURCE;
	area_clear(&vp->vpa);
	return H_SUCCESS;
}

/* Logical address 0, which holds interrupt vectors, stands for no area and is refused. */
static s64 area_register(struct vp *vp, u64 function, u64 logical, bool dispatched)
{
	u16 half;
	u32 word;

	if (logical == 0 || !IS_ALIGNED(logical, VPA_ALIGN) ||
	    !read_size(vp->lpar, logical, &half, &word))
		return H_PARAMETER;
	if (function == VPA_REGISTER)
		return register_vpa(vp, logical, half, dispatched);
	if (function == VPA_REGISTER_DTL)
		return register_dtl(vp, logical, word);
	return register_slb_shadow(vp, logical, word);
}

static s64 area_change(struct vp *vp, u64 function, u64 logical, bool dispatched)
{
	switch (function) {
	case VPA_REGISTER:
	case VPA_REGISTER_DTL:
	case VPA_REGISTER_SLB_SHADOW:
		return area_register(vp, function, logical, dispatched);
	case VPA_DEREGISTER:
		return deregister_vpa(vp);
	case VPA_DEREGISTER_DTL:
		area_clear(&vp->dtl);
		return H_SUCCESS;
	case VPA_DEREGISTER_SLB_SHADOW:
		area_clear(&vp->slb_shadow);
		return H_SUCCESS;
	default:
		return H_PARAMETER;
	}
}

/*
 * Whose areas may be changed: one's own, and a stopped processor's; the trace log of any, as
 * turning that on and off is no more than imprecise. LoPAR "Virtual Processor Preempt/Dispatch",
 * "Virtual Processor Areas". The partition's lock is held, so a stopped one stays stopped.
 */
static bool may_change(const struct vp *vp, const struct vp *target, u64 function)
{
	return target == vp || function == VPA_REGISTER_DTL || function == VPA_DEREGISTER_DTL ||
	       __atomic_load_n(&target->state, __ATOMIC_ACQUIRE) == VP_STOPPED;
}

/*
 * R4 = flags, R5 = processor, R6 = logical address. Areas may overlap: what is in them is then
 * the partition's problem, and nobody else's. LoPAR "H_REGISTER_VPA".
 */
static s64 h_register_vpa(struct vp *vp)
{
	u64 function = vp->gpr[4] >> VPA_FUNCTION_SHIFT & VPA_FUNCTION_MASK;
	struct vp *target = lpar_vp(vp->lpar, vp->gpr[5]);
	s64 status = H_STATE;

	if (!target)
		return H_PARAMETER;
	lock_take(&vp->lpar->lock);
	if (may_change(vp, target, function))
		status = area_change(target, function, vp->gpr[6], target == vp);
	lock_drop(&vp->lpar->lock);
	return status;
}
HCALL(H_REGISTER_VPA, h_register_vpa, "hcall-splpar");

/* A partition that starts has registered nothing, and none of its processors was dispatched. */
static void vpa_reset(struct lpar *lpar)
{
	for (u32 i = 0; i < lpar->nr_vps; i++) {
		struct vp *vp = lpar->vps[i];

		area_clear(&vp->vpa);
		area_clear(&vp->dtl);
		area_clear(&vp->slb_shadow);
		vp->dispatch_count = 1;
	}
}
LPAR_RESET_HOOK(vpa_reset);
