// SPDX-License-Identifier: Apache-2.0
// What a partition does to its logical LAN adapter, but for sending.
#include "hv/hcall.h"
#include "hv/vp.h"
#include "vio/llan.h"

#include <string.h>

#define MAC_MASK 0xffffffffffffUL

/* What can be enabled and disabled, while the adapter is not registered. */
#define ATTR_OPTIONS (LLAN_ATTR_LARGE | LLAN_ATTR_SIZE_CONTROL | LLAN_ATTR_TCP6 | LLAN_ATTR_TCP4)
/* What is so for every adapter. */
#define ATTR_ALWAYS (LLAN_ATTR_LARGE_SEND | LLAN_ATTR_PADDED)

/* Is there a page for a list at @ioba? */
static bool page_valid(const struct llan *llan, u64 ioba)
{
	return IS_ALIGNED(ioba, LLAN_LIST_SIZE) &&
	       tce_range_mapped(llan->adapter.lpar, &llan->adapter.window, ioba, LLAN_LIST_SIZE,
				TCE_WRITE);
}

static bool queue_valid(const struct llan *llan, u64 descriptor)
{
	u32 size = LLAN_DESC_LENGTH(descriptor), ioba = LLAN_DESC_ADDRESS(descriptor);

	return (descriptor & LLAN_DESC_VALID) && size > 0 &&
	       IS_ALIGNED(size | ioba, sizeof(struct llan_entry)) &&
	       tce_range_mapped(llan->adapter.lpar, &llan->adapter.window, ioba, size, TCE_WRITE);
}

static void page_clear(const struct llan *llan, u64 ioba)
{
	u64 *word =
		tce_ptr(llan->adapter.lpar, &llan->adapter.window, ioba, LLAN_LIST_SIZE, TCE_WRITE);

	for (u32 n = 0; word && n < LLAN_LIST_SIZE / sizeof(*word); n++)
		word[n] = 0;
}

/* The partition sees its lists empty, but for the descriptors of the queue and of the filter. */
static void lists_init(struct llan *llan, u64 filter_list)
{
	be64 filter = cpu_to_be64(LLAN_DESC_VALID | (u64)LLAN_LIST_SIZE << 32 | filter_list);

	page_clear(llan, llan->buffer_list);
	page_clear(llan, filter_list);
	tce_copy_out(llan->adapter.lpar, &llan->adapter.window,
		     llan->buffer_list + LLAN_LIST_FILTER, &filter, sizeof(filter));
	llan_write_queue_descriptor(llan);
}

/*
 * Registers what has been checked; @config is held. Frames to all groups are received until the
 * partition says which: Linux's driver registers anew by itself, and does not say it again.
 */
static void receive_start(struct llan *llan, u64 buffer_list, u64 queue, u64 filter_list)
{
	lock_take(&llan->lock);
	llan->buffer_list = (u32)buffer_list;
	llan->queue = LLAN_DESC_ADDRESS(queue);
	llan->queue_size = LLAN_DESC_LENGTH(queue);
	llan->filter = (struct mcast_filter){.enabled = true};
	llan_receive_reset(llan);
	lists_init(llan, filter_list);
	llan->registered = true;
	lock_drop(&llan->lock);
	__atomic_store_n(&llan->adapter.signals, 0, __ATOMIC_RELAXED);
}

/*
 * R4 = unit address, R5 = buffer list, R6 = receive queue, R7 = filter list, R8 = MAC address.
 * LoPAR "H_REGISTER_LOGICAL_LAN".
 */
static s64 h_register_logical_lan(struct vp *vp)
{
	u64 buffer_list = vp->gpr[5], queue = vp->gpr[6], filter_list = vp->gpr[7];
	struct llan *llan = llan_find(vp);
	s64 code = H_PARAMETER;

	if (!llan || !page_valid(llan, buffer_list) || !page_valid(llan, filter_list) ||
	    !queue_valid(llan, queue))
		return H_PARAMETER;
	lock_take(&llan->config);
	if (!llan->registered) {
		receive_start(llan, buffer_list, queue, filter_list);
		if (vswitch_plug(&llan->port, vp->gpr[8] & MAC_MASK)) {
			code = H_SUCCESS;
		} else {
			lock_take(&llan->lock);
			llan->registered = false;
			lock_drop(&llan->lock);
		}
	}
	lock_drop(&llan->config);
	return code;
}
HCALL(H_REGISTER_LOGICAL_LAN, h_register_logical_lan, "hcall-lLAN");

/* R4 = unit address. One that is not registered is freed all the same. LoPAR "H_FREE_LOGICAL_LAN"
 */
static s64 h_free_logical_lan(struct vp *vp)
{
	struct llan *llan = llan_find(vp);

	if (!llan)
		return H_PARAMETER;
	llan_unregister(llan);
	return H_SUCCESS;
}
HCALL(H_FREE_LOGICAL_LAN, h_free_logical_lan, "hcall-lLAN");

/* Has @change done to the receive side with @argument. */
static s64 with_buffers(struct vp *vp, s64 (*change)(struct llan *llan, u64 argument), u64 argument)
{
	struct llan *llan = llan_find(vp);
	s64 code = H_PARAMETER;

	if (!llan)
		return H_PARAMETER;
	lock_take(&llan->lock);
	if (llan->registered)
		code = change(llan, argument);
	lock_drop(&llan->lock);
	return code;
}

/* R4 = unit address, R5 = descriptor of the buffer. LoPAR "H_ADD_LOGICAL_LAN_BUFFER" */
static s64 h_add_logical_lan_buffer(struct vp *vp)
{
	return with_buffers(vp, llan_add_buffer, vp->gpr[5]);
}
HCALL(H_ADD_LOGICAL_LAN_BUFFER, h_add_logical_lan_buffer, "hcall-lLAN");

/* R4 = unit address, R5 = size of the buffer. LoPAR "H_FREE_LOGICAL_LAN_BUFFER" */
static s64 h_free_logical_lan_buffer(struct vp *vp)
{
	return with_buffers(vp, llan_return_buffer, vp->gpr[5]);
}
HCALL(H_FREE_LOGICAL_LAN_BUFFER, h_free_logical_lan_buffer, "hcall-lLAN");

/*
 * R4 = unit address, R5 = flags, R6 = MAC address; out R4 = state of the filter.
 * LoPAR "H_MULTICAST_CTRL".
 */
static s64 h_multicast_ctrl(struct vp *vp)
{
	struct llan *llan = llan_find(vp);
	s64 code;

	if (!llan)
		return H_PARAMETER;
	lock_take(&llan->lock);
	code = mcast_filter_change(&llan->filter, vp->gpr[5], vp->gpr[6]);
	if (code != H_PARAMETER)
		vp->gpr[4] = mcast_filter_state(&llan->filter);
	lock_drop(&llan->lock);
	return code;
}
HCALL(H_MULTICAST_CTRL, h_multicast_ctrl, "hcall-lLAN");

/* R4 = unit address, R5 = MAC address. LoPAR "H_CHANGE_LOGICAL_LAN_MAC" */
static s64 h_change_logical_lan_mac(struct vp *vp)
{
	struct llan *llan = llan_find(vp);

	if (!llan || !vswitch_set_mac(&llan->port, vp->gpr[5] & MAC_MASK))
		return H_PARAMETER;
	return H_SUCCESS;
}
HCALL(H_CHANGE_LOGICAL_LAN_MAC, h_change_logical_lan_mac, "hcall-ILAN");

static u64 attributes_get(struct llan *llan)
{
	const struct vswitch_port *port = &llan->port;

	return llan->attributes | ATTR_ALWAYS | (u64)port->priority << LLAN_ATTR_PRIORITY_SHIFT |
	       (vswitch_active(&llan->port) ? LLAN_ATTR_ACTIVE : 0);
}

/*
 * R4 = unit address, R5 = attributes to reset, R6 = to set; out R4 = attributes. A trunk adapter's
 * priority is the profile's. LoPAR "H_ILLAN_ATTRIBUTES".
 */
static s64 h_illan_attributes(struct vp *vp)
{
	u64 reset = vp->gpr[5], set = vp->gpr[6], implemented = ATTR_OPTIONS | ATTR_ALWAYS;
	struct llan *llan = llan_find(vp);
	u64 before, wanted;
	s64 code = H_SUCCESS;

	if (!llan)
		return H_PARAMETER;
	if (llan->port.priority)
		implemented |= LLAN_ATTR_PRIORITY | LLAN_ATTR_ACTIVE;
	else if (set & LLAN_ATTR_PRIORITY)
		return H_PARAMETER;
	lock_take(&llan->config);
	before = attributes_get(llan);
	wanted = ((before & ~reset) | set) & implemented;
	if (before & ~wanted & LLAN_ATTR_ACTIVE) {
		code = H_PARAMETER;
	} else {
		if (set & implemented & LLAN_ATTR_ACTIVE)
			vswitch_claim(&llan->port, true);
		if (!llan->registered)
			llan->attributes = wanted & ATTR_OPTIONS;
		vp->gpr[4] = attributes_get(llan);
		if (vp->gpr[4] != wanted)
			code = H_CONSTRAINED;
	}
	lock_drop(&llan->config);
	return code;
}
HCALL(H_ILLAN_ATTRIBUTES, h_illan_attributes, "hcall-illan-options");

/*
 * R6 to R8 = 0; out R4 = how many VLANs it is in.
 * LoPAR "GET_ILLAN_NUMBER_VLAN_IDS Subfunction Semantics".
 */
static s64 vioctl_nr_vlans(struct vp *vp, struct adapter *adapter)
{
	const struct vswitch_port *port = &container_of(adapter, struct llan, adapter)->port;
	u32 n = 0;

	if (vp->gpr[6] || vp->gpr[7] || vp->gpr[8])
		return H_PARAMETER;
	for (u32 i = 0; i < ARRAY_SIZE(port->vlans); i++)
		n += (u32)__builtin_popcountl(port->vlans[i]);
	vp->gpr[4] = n;
	return H_SUCCESS;
}
VIOCTL(VIOCTL_LLAN_NR_VLANS, vioctl_nr_vlans, &llan_type);

/* To where the descriptor in R6 says, a page at most, with zeros behind it. R7 and R8 = 0. */
static s64 put_list(const struct vp *vp, const struct adapter *adapter, const void *list, u32 size)
{
	u64 descriptor = vp->gpr[6];
	u32 length = LLAN_DESC_LENGTH(descriptor), ioba = LLAN_DESC_ADDRESS(descriptor);
	static const u8 zeros[64];

	if (length > LLAN_LIST_SIZE || descriptor >> LLAN_DESC_CONTROL_SHIFT || vp->gpr[7] ||
	    vp->gpr[8] ||
	    !tce_range_mapped(adapter->lpar, &adapter->window, ioba, length, TCE_WRITE) ||
	    !tce_copy_out(adapter->lpar, &adapter->window, ioba, list, MIN(size, length)))
		return H_PARAMETER;
	for (u32 at = size; at < length; at += sizeof(zeros))
		if (!tce_copy_out(adapter->lpar, &adapter->window, ioba + at, zeros,
				  MIN(length - at, sizeof(zeros))))
			return H_PARAMETER;
	return length < size ? H_CONSTRAINED : H_SUCCESS;
}

/*
 * The VLANs, its own first, two bytes each.
 * LoPAR "GET_ILLAN_VLAN_ID_LIST Subfunction Semantics".
 */
static s64 vioctl_vlans(struct vp *vp, struct adapter *adapter)
{
	const struct vswitch_port *port = &container_of(adapter, struct llan, adapter)->port;
	be16 list[PLAN_VLANS_MAX + 1];
	u32 n = 0;

	list[n++] = cpu_to_be16(port->pvid);
	for (u32 vlan = PLAN_VLAN_MIN; vlan <= PLAN_VLAN_MAX && n < ARRAY_SIZE(list); vlan++)
		if (vlan != port->pvid && vswitch_member(port, vlan))
			list[n++] = cpu_to_be16((u16)vlan);
	return put_list(vp, adapter, list, n * sizeof(*list));
}
VIOCTL(VIOCTL_LLAN_VLANS, vioctl_vlans, &llan_type);

/* The switch's name. LoPAR "GET_ILLAN_SWITCH_ID Subfunction Semantics" */
static s64 vioctl_switch_id(struct vp *vp, struct adapter *adapter)
{
	const char *name = vswitch_name(&container_of(adapter, struct llan, adapter)->port);

	return put_list(vp, adapter, name, (u32)strlen(name));
}
VIOCTL(VIOCTL_LLAN_SWITCH_ID, vioctl_switch_id, &llan_type);
