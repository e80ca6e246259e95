// SPDX-License-Identifier: Apache-2.0
// What every adapter can: to be found, to interrupt, to answer H_VIO_SIGNAL and H_VIOCTL.
#include "vio/adapter.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "vio/bus.h"

#include <stdio.h>
#include <string.h>

/* What VIOCTL_VIOA_DUMP hands out, opaque to the partition; no address of the hypervisor's. */
#define DUMP_SIZE 128

static struct adapter *adapter_at(const struct lpar *lpar, u64 slot)
{
	const struct bus *bus = lpar->bus;

	return bus && slot < bus->nr_slots ? bus->slot[slot] : NULL;
}

struct adapter *adapter_find(const struct lpar *lpar, u64 unit_address,
			     const struct adapter_type *type)
{
	struct adapter *adapter = adapter_at(lpar, unit_address - VIO_UNIT_BASE);

	return adapter && (!type || adapter->type == type) ? adapter : NULL;
}

struct adapter *adapter_find_window(const struct lpar *lpar, u64 liobn, u32 *window)
{
	u64 number = liobn - bus_liobn(lpar->id, 0, 0);
	struct adapter *adapter = adapter_at(lpar, number >> VIO_LIOBN_SLOT_SHIFT);

	*window = number & VIO_LIOBN_WINDOW_MASK;
	return adapter && *window < adapter->type->nr_windows ? adapter : NULL;
}

/*
 * The event was stored before its adapter's interrupts are looked at; a partition that enables
 * them stores that before it looks for events (h_vio_signal()). So one of the two sees the other.
 */
void adapter_signal(struct adapter *adapter)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&adapter->signals, __ATOMIC_RELAXED))
		ics_pulse(adapter->lpar, adapter->irq);
}

/*
 * R4 = unit address, R5 = mode, a bit for each interrupt. Every adapter has one interrupt; the
 * other bits count for nothing. LoPAR "H_VIO_SIGNAL".
 */
static s64 h_vio_signal(struct vp *vp)
{
	struct adapter *adapter = adapter_find(vp->lpar, vp->gpr[4], NULL);
	u32 signals = vp->gpr[5] & 1, before;

	if (!adapter)
		return H_PARAMETER;
	before = __atomic_exchange_n(&adapter->signals, signals, __ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (signals && adapter->type->enabled)
		adapter->type->enabled(adapter, before != 0);
	return H_SUCCESS;
}
HCALL(H_VIO_SIGNAL, h_vio_signal, "hcall-vio");

static s64 dump_size(struct vp *vp)
{
	if (vp->gpr[6] || vp->gpr[7] || vp->gpr[8])
		return H_PARAMETER;
	vp->gpr[4] = DUMP_SIZE;
	return H_SUCCESS;
}

static void dump_write(const struct adapter *adapter, char dump[DUMP_SIZE])
{
	memset(dump, 0, DUMP_SIZE);
	snprintf(dump, DUMP_SIZE, "OpenLPAR %.24s slot %u irq %#x signals %u window %llu",
		 adapter->type->name, (unsigned int)adapter->slot, (unsigned int)adapter->irq,
		 (unsigned int)adapter->signals,
		 (unsigned long long)(adapter->window.nr_entries << TCE_PAGE_SHIFT));
}

/* Through the window, as far as the descriptor has room, … */
static s64 dump_to_window(const struct adapter *adapter, u64 descriptor, const char *dump)
{
	u64 length = descriptor >> VIOCTL_DUMP_LENGTH_SHIFT & VIOCTL_DUMP_LENGTH_MASK;
	u64 ioba = descriptor & VIOCTL_DUMP_IOBA_MASK;

	if (descriptor >> VIOCTL_DUMP_CONTROL_SHIFT ||
	    !tce_range_mapped(adapter->lpar, &adapter->window, ioba, length, TCE_WRITE) ||
	    !tce_copy_out(adapter->lpar, &adapter->window, ioba, dump, MIN(length, DUMP_SIZE)))
		return H_PARAMETER;
	return length < DUMP_SIZE ? H_CONSTRAINED : H_SUCCESS;
}

/* … or into a page of memory. */
static s64 dump_to_page(const struct adapter *adapter, u64 page, const char *dump)
{
	if (!IS_ALIGNED(page, TCE_PAGE_SIZE) || !lpar_ptr(adapter->lpar, page, TCE_PAGE_SIZE) ||
	    !lpar_copy_out(adapter->lpar, page, dump, DUMP_SIZE))
		return H_PARAMETER;
	return H_SUCCESS;
}

/* LoPAR "GET_VIOA_DUMP Subfunction Semantics" */
static s64 dump_get(struct vp *vp, const struct adapter *adapter)
{
	char dump[DUMP_SIZE];

	if (vp->gpr[7] || vp->gpr[8])
		return H_PARAMETER;
	dump_write(adapter, dump);
	if (adapter->window.nr_entries)
		return dump_to_window(adapter, vp->gpr[6], dump);
	return dump_to_page(adapter, vp->gpr[6], dump);
}

/* The line of @subfunction for adapters of @type (NULL: of any), or NULL. */
static const struct vioctl *vioctl_find(u64 subfunction, const struct adapter_type *type)
{
	for (const struct vioctl *const *line = __start_vioctls; line < __stop_vioctls; line++)
		if ((*line)->subfunction == subfunction && (!type || (*line)->type == type))
			return *line;
	return NULL;
}

/* R4 = unit address, R5 = subfunction, R6 to R8 = its parameters. LoPAR "H_VIOCTL". */
static s64 h_vioctl(struct vp *vp)
{
	u64 subfunction = vp->gpr[5];
	bool is_common = subfunction == VIOCTL_VIOA_DUMP_SIZE || subfunction == VIOCTL_VIOA_DUMP;
	const struct vioctl *line;
	struct adapter *adapter;

	if (!is_common && !vioctl_find(subfunction, NULL))
		return H_NOT_FOUND;
	adapter = adapter_find(vp->lpar, vp->gpr[4], NULL);
	if (!adapter)
		return H_PARAMETER;
	if (is_common)
		return subfunction == VIOCTL_VIOA_DUMP ? dump_get(vp, adapter) : dump_size(vp);
	line = vioctl_find(subfunction, adapter->type);
	return line ? line->handler(vp, adapter) : H_PARAMETER;
}
HCALL(H_VIOCTL, h_vioctl, "hcall-vioctl");
