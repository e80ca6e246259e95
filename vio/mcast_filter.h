/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which frames to groups an adapter wants, as H_MULTICAST_CTRL has it. All zero: none. The
 * broadcast address is none of its business. Whoever has it locks it.
 */
#ifndef VIO_MCAST_FILTER_H
#define VIO_MCAST_FILTER_H

#include "types.h"

#define MCAST_FILTER_SIZE 32

struct mcast_filter {
	bool enabled;	/* it wants some … */
	bool filtering; /* … but only to these: */
	u32 count;
	u64 mac[MCAST_FILTER_SIZE];
};

/*
 * Does what @flags (LLAN_MCAST_…) say, to @mac if they name one. Returns the return code of
 * H_MULTICAST_CTRL; H_PARAMETER: nothing was done. LoPAR "H_MULTICAST_CTRL".
 */
s64 mcast_filter_change(struct mcast_filter *filter, u64 flags, u64 mac);

/* The filter as H_MULTICAST_CTRL describes it in R4. */
u64 mcast_filter_state(const struct mcast_filter *filter);

/* Does the adapter want frames to this group? */
bool mcast_filter_wants(const struct mcast_filter *filter, u64 mac);

#endif
