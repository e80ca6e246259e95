// SPDX-License-Identifier: Apache-2.0
#include "hv/vpa.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/vpa.h"

#include <string.h>

_Static_assert(sizeof(struct vpa) == VPA_MIN_SIZE, "LoPAR's size of the VPA");
_Static_assert(offsetof(struct vpa, cede_latency) == 0xb0, "LoPAR's layout of the VPA");
_Static_assert(offsetof(struct vpa, idle_cycles) == 0xd8, "LoPAR's layout of the VPA");
_Static_assert(offsetof(struct vpa, dispatch_count) == 0x100, "LoPAR's layout of the VPA");
_Static_assert(offsetof(struct vpa, wait_processor) == 0x158, "LoPAR's layout of the VPA");
_Static_assert(offsetof(struct vpa, dtl_index) == 0x218, "LoPAR's layout of the VPA");

/* The address is what the dispatcher looks at, without a lock. */
static u64 area_logical(const struct vp_area *area)
{
	return __atomic_load_n(&area->logical, __ATOMIC_RELAXED);
}

static void area_set(struct vp_area *area, u64 logical, u64 length)
{
	area->length = length;
	__atomic_store_n(&area->logical, logical, __ATOMIC_RELEASE);
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
 * Sets what is the hypervisor's to keep; the rest the partition has filled in already.
 * LoPAR "Per Virtual Processor Area".
 */
static void vpa_fill(struct vpa *vpa, bool dispatched)
{
	vpa->fru_id = cpu_to_be32(0);
	vpa->processor_on_fru_id = cpu_to_be32(0);
	memset(vpa->home_node_changes, 0, sizeof(vpa->home_node_changes));
	memset(&vpa->dispatch_count, 0,
	       offsetof(struct vpa, reserved_170) - offsetof(struct vpa, dispatch_count));
	vpa->dispatch_count = cpu_to_be32(dispatched ? 0 : 1);
}

static s64 register_vpa(struct vp *vp, u64 logical, u64 size, bool dispatched)
{
	struct vpa *vpa;

	if (size < VPA_MIN_SIZE || spans_boundary(logical, size))
		return H_PARAMETER;
	vpa = lpar_ptr(vp->lpar, logical, size);
	if (!vpa)
		return H_PARAMETER;
	vpa_fill(vpa, dispatched);
	area_set(&vp->vpa, logical, size);
	return H_SUCCESS;
}

static s64 register_dtl(struct vp *vp, u64 logical, u64 size)
{
	if (size < DTL_ENTRY_SIZE || size > DTL_MAX_SIZE || !lpar_ptr(vp->lpar, logical, size))
		return H_PARAMETER;
	if (vp->vpa.logical == 0)
		return H_RESOURCE;
	area_set(&vp->dtl, logical, size - size % DTL_ENTRY_SIZE);
	return H_SUCCESS;
}

static s64 register_slb_shadow(struct vp *vp, u64 logical, u64 size)
{
	if (size < SLB_SHADOW_MIN_SIZE || spans_boundary(logical, size) ||
	    !lpar_ptr(vp->lpar, logical, size))
		return H_PARAMETER;
	if (vp->vpa.logical == 0)
		return H_RESOURCE;
	area_set(&vp->slb_shadow, logical, size);
	return H_SUCCESS;
}

static s64 deregister_vpa(struct vp *vp)
{
	if (vp->dtl.logical != 0 || vp->slb_shadow.logical != 0)
		return H_RESOURCE;
	area_set(&vp->vpa, 0, 0);
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
		area_set(&vp->dtl, 0, 0);
		return H_SUCCESS;
	case VPA_DEREGISTER_SLB_SHADOW:
		area_set(&vp->slb_shadow, 0, 0);
		return H_SUCCESS;
	default:
		return H_PARAMETER;
	}
}

/*
 * R4 = flags, R5 = processor, R6 = logical address. The SLB is kept as a whole, so a shadow of it
 * is accepted and not needed. Not promised by any function set: "hcall-splpar" has more calls.
 * LoPAR "H_REGISTER_VPA".
 */
static s64 h_register_vpa(struct vp *vp)
{
	u64 function = vp->gpr[4] >> VPA_FUNCTION_SHIFT & VPA_FUNCTION_MASK;
	struct vp *target = lpar_vp(vp->lpar, vp->gpr[5]);
	s64 status;

	if (!target)
		return H_PARAMETER;
	lock_take(&vp->lpar->lock);
	status = area_change(target, function, vp->gpr[6], target->state == VP_RUNNING);
	lock_drop(&vp->lpar->lock);
	return status;
}
HCALL(H_REGISTER_VPA, h_register_vpa, NULL);

/* A partition that starts has registered nothing. */
static void vpa_reset(struct lpar *lpar)
{
	for (u32 i = 0; i < lpar->nr_vps; i++) {
		area_set(&lpar->vps[i]->vpa, 0, 0);
		area_set(&lpar->vps[i]->dtl, 0, 0);
		area_set(&lpar->vps[i]->slb_shadow, 0, 0);
	}
}
LPAR_RESET_HOOK(vpa_reset);

static struct vpa *vpa_of(const struct vp *vp)
{
	u64 logical = area_logical(&vp->vpa);

	return logical != 0 ? lpar_ptr(vp->lpar, logical, sizeof(struct vpa)) : NULL;
}

void vpa_dispatch(struct vp *vp)
{
	struct vpa *vpa = vpa_of(vp);

	if (vpa)
		vpa->dispatch_count = cpu_to_be32((be32_to_cpu(vpa->dispatch_count) | 1) + 1);
}

void vpa_preempt(struct vp *vp)
{
	struct vpa *vpa = vpa_of(vp);

	if (vpa)
		vpa->dispatch_count = cpu_to_be32((be32_to_cpu(vpa->dispatch_count) + 1) | 1);
}
