// SPDX-License-Identifier: Apache-2.0
// What a frame goes through from its sender to those who get it.
#include "hv/hcall.h"
#include "hv/vp.h"
#include "vio/llan.h"

/*
 * How much one call does, in bytes, before it asks to be called again: about what a frame to all
 * ports of a large switch takes. The rest of a message in progress comes on top.
 */
#define BUDGET (192 * KiB)

/* The continuation token: the receiver's port, its segment, and whether somebody got nothing. */
#define TOKEN_PORT(token)    ((u32)(token))
#define TOKEN_SEGMENT(token) ((u32)((token) >> 32) & 0xffff)
#define TOKEN_DROPPED	     (1UL << 63)

/* The message's buffers, R5 to R10. Returns false when they are none that a frame can be in. */
static bool gather(struct packet *packet, const u64 *descriptor)
{
	u64 length = 0;

	packet->nr_pieces = 0;
	for (u32 i = 0; i < LLAN_SEND_BUFFERS; i++) {
		u32 size = LLAN_DESC_LENGTH(descriptor[i]);

		if (!(descriptor[i] & LLAN_DESC_VALID) || size == 0)
			break;
		packet->piece[packet->nr_pieces++] =
			(struct packet_piece){LLAN_DESC_ADDRESS(descriptor[i]), size};
		length += size;
	}
	packet->length = (u32)length;
	return length >= PACKET_MIN && length <= PACKET_MAX;
}

/* The frame's VLAN, or 0 when the sender may not use it. */
static u32 vlan_of(const struct llan *from, const struct packet *packet)
{
	u32 vlan = packet->tag & VLAN_ID_MASK;

	if (vlan == 0)
		vlan = from->port.pvid;
	return vswitch_member(&from->port, vlan) ? vlan : 0;
}

/*
 * What the sender says about checksum and segments: is it possible, of what it enabled?
 * LoPAR "Summary of H_SEND_LOGICAL_LAN Semantics with Checksum Offload".
 */
static bool order_valid(const struct llan *from, const struct llan_order *order)
{
	struct packet *packet = order->packet;
	u8 offload = order->control & LLAN_OFFLOAD;

	if (order->mss && order->mss < LLAN_MSS_MIN)
		return false;
	if ((order->mss || offload) && !packet_find_tcp(packet))
		return false;
	if (offload == LLAN_NO_CHECKSUM)
		return false;
	return !offload ||
	       (from->attributes & (packet->version == 4 ? LLAN_ATTR_TCP4 : LLAN_ATTR_TCP6));
}

/* May the frame go on? An adapter without trunk asks for checksums only for frames of its own. */
static bool allowed(const struct llan *from, const struct llan_order *order)
{
	const struct vswitch_port *port = &from->port;

	if ((order->control & LLAN_NO_CHECKSUM) && !port->priority &&
	    order->packet->source != port->mac)
		return false;
	return !vswitch_standby(port, order->vlan);
}

/* The first receiver of port number @id or above. */
static struct vswitch_port *receiver(const struct llan *from, const struct llan_order *order,
				     u32 id)
{
	u64 mac = order->packet->destination;

	if (mac & MAC_MULTICAST)
		return vswitch_next(&from->port, order->vlan, id);
	return vswitch_owner(&from->port, mac, order->vlan);
}

/* To everybody it is for, from where *@token says; it says where to go on if that is H_BUSY. */
static s64 forward(struct llan *from, const struct llan_order *order, u64 *token)
{
	bool group = order->packet->destination & MAC_MULTICAST;
	bool dropped = *token & TOKEN_DROPPED;
	struct vswitch_port *to = receiver(from, order, TOKEN_PORT(*token));
	u32 segment = 0;
	s64 budget = BUDGET;

	if (!to && !group) {
		llan_count(&from->stats.unknown, 1);
		return H_DROPPED;
	}
	if (to && to->id == TOKEN_PORT(*token))
		segment = TOKEN_SEGMENT(*token);
	while (to && budget > 0) {
		if (!llan_forward(llan_of_port(to), order, &segment, &budget, &dropped))
			return H_PARAMETER;
		if (segment == 0)
			to = group ? vswitch_next(&from->port, order->vlan, to->id + 1) : NULL;
	}
	if (to) {
		*token = to->id | (u64)segment << 32 | (dropped ? TOKEN_DROPPED : 0);
		return H_BUSY;
	}
	llan_count(&from->stats.out_frames, 1);
	llan_count(&from->stats.out_bytes, order->packet->length);
	return dropped ? H_DROPPED : H_SUCCESS;
}

/* Inside of the gate. */
static s64 send(struct llan *from, struct llan_order *order, u64 *token)
{
	if (!from->port.plugged) {
		llan_count(&from->stats.refused, 1);
		return H_DROPPED;
	}
	if (!packet_begin(order->packet, from->port.aware))
		return H_PARAMETER;
	order->vlan = vlan_of(from, order->packet);
	if (order->vlan == 0 || !order_valid(from, order))
		return H_PARAMETER;
	if (!allowed(from, order)) {
		llan_count(&from->stats.refused, 1);
		return H_DROPPED;
	}
	return forward(from, order, token);
}

/*
 * R4 = unit address, R5 … R10 = buffers, R11 = token, R12 = MSS; out R4 = token, with H_BUSY.
 * LoPAR "H_SEND_LOGICAL_LAN".
 */
static s64 h_send_logical_lan(struct vp *vp)
{
	struct llan *llan = llan_find(vp);
	struct packet packet;
	struct llan_order order = {.packet = &packet};
	u64 token = vp->gpr[11];
	s64 code;

	if (!llan)
		return H_PARAMETER;
	packet.from = (struct tce_place){vp->lpar, &llan->adapter.window, 0};
	order.control = (u8)(vp->gpr[5] >> LLAN_DESC_CONTROL_SHIFT);
	if (llan->attributes & LLAN_ATTR_LARGE)
		order.mss = (u16)MIN(vp->gpr[12], 0xffffUL);
	code = H_PARAMETER;
	if (gather(&packet, &vp->gpr[5])) {
		vswitch_enter(&llan->port);
		code = send(llan, &order, &token);
		vswitch_leave(&llan->port);
	}
	if (code == H_PARAMETER)
		llan_count(&llan->stats.invalid, 1);
	else if (code == H_BUSY)
		vp->gpr[4] = token;
	return code;
}
HCALL(H_SEND_LOGICAL_LAN, h_send_logical_lan, "hcall-lLAN");
