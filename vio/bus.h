/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A partition's virtual bus: slots, and in some of them adapters (vio/adapter.h). It exists while
 * the partition is activated, and changes only while none of the partition's processors runs.
 * LoPAR "Properties of the /vdevice OF Tree Node".
 */
#ifndef VIO_BUS_H
#define VIO_BUS_H

#include "types.h"

struct adapter;

struct bus {
	u32 nr_slots;
	bool is_open;		/* all adapters of the profile are there; set last, cleared first */
	struct adapter *slot[]; /* NULL: empty */
};

/* The LIOBN of window @window of the adapter in @slot of partition @lpar_id. */
u32 bus_liobn(u32 lpar_id, u32 slot, u32 window);

#endif
