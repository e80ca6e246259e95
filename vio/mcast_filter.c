// SPDX-License-Identifier: Apache-2.0
#include "vio/mcast_filter.h"
#include "papr/hcall.h"
#include "papr/llan.h"

/* Where @mac is in the table; its count: nowhere. */
static u32 find(const struct mcast_filter *filter, u64 mac)
{
	u32 i = 0;

	while (i < filter->count && filter->mac[i] != mac)
		i++;
	return i;
}

static s64 add(struct mcast_filter *filter, u64 mac)
{
	if (find(filter, mac) < filter->count)
		return H_SUCCESS;
	if (filter->count == MCAST_FILTER_SIZE)
		return H_CONSTRAINED;
	filter->mac[filter->count++] = mac;
	return H_SUCCESS;
}

static s64 remove_mac(struct mcast_filter *filter, u64 mac)
{
	u32 i = find(filter, mac);

	if (i == filter->count)
		return H_NOT_FOUND;
	filter->mac[i] = filter->mac[--filter->count];
	return H_SUCCESS;
}

s64 mcast_filter_change(struct mcast_filter *filter, u64 flags, u64 mac)
{
	u64 table = flags & LLAN_MCAST_TABLE;

	if (flags & ~(u64)LLAN_MCAST_FLAGS)
		return H_PARAMETER;
	if ((table == LLAN_MCAST_TABLE_ADD || table == LLAN_MCAST_TABLE_REMOVE) && mac >> 48)
		return H_PARAMETER;
	if (flags & LLAN_MCAST_MODIFY_ENABLE)
		filter->enabled = flags & LLAN_MCAST_ENABLE;
	if (flags & LLAN_MCAST_MODIFY_FILTER)
		filter->filtering = flags & LLAN_MCAST_FILTER;
	switch (table) {
	case LLAN_MCAST_TABLE_ADD:
		return add(filter, mac);
	case LLAN_MCAST_TABLE_REMOVE:
		return remove_mac(filter, mac);
	case LLAN_MCAST_TABLE_CLEAR:
		filter->count = 0;
		break;
	}
	return H_SUCCESS;
}

u64 mcast_filter_state(const struct mcast_filter *filter)
{
	return (filter->enabled ? LLAN_MCAST_ENABLE : 0) |
	       (filter->filtering ? LLAN_MCAST_FILTER : 0) | filter->count;
}

bool mcast_filter_wants(const struct mcast_filter *filter, u64 mac)
{
	return filter->enabled && (!filter->filtering || find(filter, mac) < filter->count);
}
