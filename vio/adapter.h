/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual adapters: what all kinds of them have in common, and the line by which a kind joins the
 * virtual bus. LoPAR "VIO Infrastructure - General".
 *
 * An adapter lives from the partition's activation to its power-off (vio/bus.c); at a reboot it is
 * reset. A partition that calls finds its own adapters without a lock: they come and go only while
 * none of its processors runs. Others that reach an adapter (switch ports, partners) do so through
 * tables of its kind, under a lock of its kind, see ARCHITECTURE.md "Locks"; inside it the
 * adapter's interrupt may be signaled.
 */
#ifndef VIO_ADAPTER_H
#define VIO_ADAPTER_H

#include "hmc/adapter.h"
#include "types.h"
#include "vio/tce.h"

struct lpar;
struct tree_writer;
struct vp;

/* Of every adapter: the first thing in the structure of its kind. Set by the bus. */
struct adapter {
	const struct adapter_type *type;
	struct lpar *lpar;
	u32 slot;
	u32 irq;		 /* its interrupt source */
	u32 signals;		 /* which of its interrupts are enabled, bit 0 the first; atomic */
	struct tce_table window; /* its own, the first window; without entries if it has none */
};

/* A kind of adapter. */
struct adapter_type {
	const char *name;	 /* of the node, without the unit address: "l-lan" */
	const char *device_type; /* "network" */
	const char *compatible;	 /* "IBM,l-lan" */
	enum plan_adapter_kind kind;
	size_t size; /* bytes of the structure that begins with struct adapter */
	/*
	 * Bytes of the DMA window, a multiple of 4 KiB below 4 GiB; 0: none. @nr_windows: 2 for one
	 * that also reaches its partner's window, of the same size; the kind resolves that one.
	 */
	u64 window_size;
	u32 nr_windows;
	u32 signals; /* which interrupts are enabled before the partition says so: 0 or 1 */

	/*
	 * At activation, with nothing held; the memory behind struct adapter is zero. @plan may be
	 * used during the call only. Returns false, with nothing left behind and a phrase for
	 * people in @reason (LPAR_REASON_SIZE bytes), when it cannot be. NULL: nothing to do.
	 */
	bool (*open)(struct adapter *adapter, const struct plan_adapter *plan, char *reason);

	/*
	 * The partition starts afresh, or ends (close() follows): as if it had freed, unregistered
	 * and closed all. None of its processors runs. Others may still reach the adapter, but
	 * afterwards nobody writes into the partition's memory through it, which is cleared next.
	 * The partition's lock may be held. NULL: nothing to do.
	 */
	void (*reset)(struct adapter *adapter);

	/*
	 * The partition has just enabled interrupts with H_VIO_SIGNAL: what came while they were
	 * disabled has not been signaled. @again: they were enabled. Nothing is held. NULL: nothing
	 * to do.
	 */
	void (*enabled)(struct adapter *adapter, bool again);

	/* The end, after reset(): afterwards nobody has a pointer to it. NULL: nothing to do. */
	void (*close)(struct adapter *adapter);

	/*
	 * Writes the properties of its node that are not common to all: name, reg, device_type,
	 * compatible, interrupts, ibm,loc-code, ibm,my-drc-index and ibm,my-dma-window are there.
	 * NULL: none.
	 */
	void (*tree)(const struct adapter *adapter, struct tree_writer *writer);
};

/* One line beside each kind: ADAPTER_TYPE(illan_type), a static const struct adapter_type. */
#define ADAPTER_TYPE(type) \
	static const struct adapter_type *const type##_line __section("adapter_types") = &(type)

/* Weak: test programs may be without. */
extern const struct adapter_type *const __start_adapter_types[] __attribute__((weak)),
	*const __stop_adapter_types[] __attribute__((weak));

/*
 * A subfunction of H_VIOCTL (papr/vio.h: VIOCTL_…) for adapters of kind @type; one line for each
 * kind that has it: VIOCTL(VIOCTL_ILLAN_SWITCH_ID, illan_switch_id, &illan_type).
 * The handler has its parameters in vp->gpr[6] to vp->gpr[8] and puts outputs into vp->gpr[4] and
 * up. It returns the LoPAR code.
 */
typedef s64 vioctl_handler(struct vp *vp, struct adapter *adapter);

struct vioctl {
	u64 subfunction;
	vioctl_handler *handler;
	const struct adapter_type *type;
};

#define VIOCTL(subfunction, handler, type)                                          \
	static const struct vioctl handler##_vioctl = {subfunction, handler, type}; \
	static const struct vioctl *const handler##_line __section("vioctls") = &handler##_vioctl

/* Weak: test programs may be without. */
extern const struct vioctl *const __start_vioctls[] __attribute__((weak)), *const __stop_vioctls[]
	__attribute__((weak));

/*
 * The adapter of @lpar with this unit address, any number, when it is of @type (NULL: of any);
 * else NULL: H_PARAMETER. For hypercalls of @lpar.
 */
struct adapter *adapter_find(const struct lpar *lpar, u64 unit_address,
			     const struct adapter_type *type);

/*
 * The adapter of @lpar one of whose windows has this LIOBN, any number, and the number of the
 * window in *@window: 0 its own, 1 its partner's; else NULL. For hypercalls of @lpar.
 */
struct adapter *adapter_find_window(const struct lpar *lpar, u64 liobn, u32 *window);

/*
 * Signals the adapter's interrupt if the partition has enabled it: an event was put where the
 * partition finds it. Any processor; nothing may be held that is ordered after the ICS lock.
 */
void adapter_signal(struct adapter *adapter);

/*
 * The location code of the connector @slot of partition @lpar_id's bus, as in "ibm,loc-code".
 * LoPAR "Virtual Card Connector Location Codes".
 */
#define ADAPTER_LOCATION_SIZE 88
void adapter_location(u32 lpar_id, u32 slot, char location[ADAPTER_LOCATION_SIZE]);

#endif
