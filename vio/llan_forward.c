// SPDX-License-Identifier: Apache-2.0
// One frame to one receiver. LoPAR "H_SEND_LOGICAL_LAN", "ILLAN Checksum Offload Support Option",
// "ILLAN Large Send/Receive option".
#include "vio/llan.h"
#include <string.h>

#define MESSAGE_COST 512 /* of a message without a byte, in bytes copied, about */

#define IP4_LENGTH   2
#define IP4_IDENT    4
#define IP4_CHECKSUM 10
#define IP4_ADDRESS  12
#define IP6_LENGTH   4
#define IP6_ADDRESS  8
#define IP6_HEADER   40
#define TCP_SEQUENCE 4
#define TCP_FLAGS    13
#define TCP_CHECKSUM 16
#define TCP_PROTOCOL 6

#define TCP_FIN 0x01
#define TCP_PSH 0x08
#define TCP_CWR 0x80

/* Has the partition enabled checksum offload for what the packet is? */
static bool offloads(const struct llan *llan, const struct packet *packet)
{
	return llan->attributes & (packet->version == 4 ? LLAN_ATTR_TCP4 : LLAN_ATTR_TCP6);
}

/* The headers as the receiver gets them, tagged unless the VLAN is its own. */
static u32 address_to(const struct llan *to, const struct llan_order *order)
{
	bool tagged = to->port.aware && order->vlan != to->port.pvid;

	return packet_address(order->packet, tagged,
			      (u16)((order->packet->tag & ~VLAN_ID_MASK) | order->vlan));
}

/* Begins TCP's checksum: addresses, protocol and length; its field in the header becomes 0. */
static void sum_pseudo_header(struct packet *packet, u32 length, struct checksum *sum)
{
	u8 words[4] = {0, TCP_PROTOCOL};

	packet_put16(words + 2, length);
	checksum_add(sum, words, sizeof(words));
	if (packet->version == 4)
		checksum_add(sum, packet->head + packet->ip + IP4_ADDRESS, 8);
	else
		checksum_add(sum, packet->head + packet->ip + IP6_ADDRESS, 32);
	packet_put16(packet->head + packet->tcp + TCP_CHECKSUM, 0);
}

/* The message is to have TCP's checksum in it, over [@tcp, @end) of the packet. */
static void checksum_whole(struct packet *packet, struct llan_message *message)
{
	u32 end = packet->packet_end;
	u32 head_end = MIN(packet->end, end);

	sum_pseudo_header(packet, end - packet->tcp, &message->sum);
	checksum_add(&message->sum, packet->head + packet->tcp, head_end - packet->tcp);
	message->sum_rest = end - head_end;
	message->checksum = packet->head + packet->tcp + TCP_CHECKSUM;
}

/* The frame in one piece. */
static enum llan_result forward_whole(struct llan *to, const struct llan_order *order, bool large)
{
	struct packet *packet = order->packet;
	u32 start = address_to(to, order);
	struct llan_message message = {
		.head = packet->head + start,
		.head_length = packet->end - start,
		.rest = packet->end,
		.rest_length = packet_total(packet) - packet->end,
		.control = large ? LLAN_LARGE : 0,
		.mss = order->mss,
	};

	if (order->control & LLAN_OFFLOAD) {
		if (offloads(to, packet))
			message.control |= order->control & LLAN_OFFLOAD;
		else if (order->control & LLAN_NO_CHECKSUM)
			checksum_whole(packet, &message);
	}
	return llan_receive(to, packet, &message);
}

/* What differs from segment to segment, as the sender has it. */
struct original {
	u32 length, ident, ip_checksum, sequence, checksum;
	u8 flags;
};

static struct original headers_save(const struct packet *packet)
{
	const u8 *ip = packet->head + packet->ip, *tcp = packet->head + packet->tcp;
	u32 length_at = packet->version == 4 ? IP4_LENGTH : IP6_LENGTH;

	return (struct original){
		.length = packet_get16(ip + length_at),
		.ident = packet_get16(ip + IP4_IDENT),
		.ip_checksum = packet_get16(ip + IP4_CHECKSUM),
		.sequence = packet_get32(tcp + TCP_SEQUENCE),
		.checksum = packet_get16(tcp + TCP_CHECKSUM),
		.flags = tcp[TCP_FLAGS],
	};
}

static void headers_restore(struct packet *packet, const struct original *original)
{
	u8 *ip = packet->head + packet->ip, *tcp = packet->head + packet->tcp;

	if (packet->version == 4) {
		packet_put16(ip + IP4_LENGTH, original->length);
		packet_put16(ip + IP4_IDENT, original->ident);
		packet_put16(ip + IP4_CHECKSUM, original->ip_checksum);
	} else {
		packet_put16(ip + IP6_LENGTH, original->length);
	}
	packet_put32(tcp + TCP_SEQUENCE, original->sequence);
	packet_put16(tcp + TCP_CHECKSUM, original->checksum);
	tcp[TCP_FLAGS] = original->flags;
}

/* The headers of segment @i, with @length bytes of payload. */
static void headers_set(struct packet *packet, const struct original *original, u32 i, u32 mss,
			u32 length, bool last)
{
	u8 *ip = packet->head + packet->ip, *tcp = packet->head + packet->tcp;
	u32 headers = packet->payload - packet->ip;
	struct checksum sum = {0};

	if (packet->version == 4) {
		packet_put16(ip + IP4_LENGTH, headers + length);
		packet_put16(ip + IP4_IDENT, original->ident + i);
		packet_put16(ip + IP4_CHECKSUM, 0);
		checksum_add(&sum, ip, packet->tcp - packet->ip);
		checksum_store(&sum, ip + IP4_CHECKSUM);
	} else {
		packet_put16(ip + IP6_LENGTH, headers - IP6_HEADER + length);
	}
	packet_put32(tcp + TCP_SEQUENCE, original->sequence + i * mss);
	tcp[TCP_FLAGS] = original->flags;
	if (!last)
		tcp[TCP_FLAGS] &= 0xff ^ (TCP_FIN | TCP_PSH);
	if (i > 0)
		tcp[TCP_FLAGS] &= 0xff ^ TCP_CWR;
}

/* Segment @i of the frame. */
static enum llan_result forward_segment(struct llan *to, const struct llan_order *order,
					const struct original *original, u32 i)
{
	struct packet *packet = order->packet;
	u32 at = packet->payload + i * order->mss;
	u32 length = MIN((u32)order->mss, packet->packet_end - at);
	u32 start = address_to(to, order);
	struct llan_message message = {
		.head = packet->head + start,
		.head_length = packet->payload - start,
		.rest = at,
		.rest_length = length,
	};

	headers_set(packet, original, i, order->mss, length, at + length == packet->packet_end);
	sum_pseudo_header(packet, packet->payload - packet->tcp + length, &message.sum);
	if ((order->control & LLAN_NO_CHECKSUM) && offloads(to, packet)) {
		message.control = LLAN_OFFLOAD;
	} else {
		checksum_add(&message.sum, packet->head + packet->tcp,
			     packet->payload - packet->tcp);
		message.sum_rest = length;
		message.checksum = packet->head + packet->tcp + TCP_CHECKSUM;
	}
	return llan_receive(to, packet, &message);
}

static enum llan_result forward_segments(struct llan *to, const struct llan_order *order,
					 u32 *segment, s64 *budget, bool *dropped)
{
	struct packet *packet = order->packet;
	u32 length = packet->packet_end - packet->payload;
	u32 count = (length + order->mss - 1) / order->mss;
	struct original original = headers_save(packet);
	enum llan_result result = LLAN_DELIVERED;

	while (*budget > 0 && *segment < count && result != LLAN_SENDER) {
		result = forward_segment(to, order, &original, *segment);
		if (result == LLAN_DROPPED)
			*dropped = true;
		*budget -= MESSAGE_COST + order->mss;
		++*segment;
	}
	if (*segment >= count)
		*segment = 0;
	headers_restore(packet, &original);
	return result;
}

bool llan_forward(struct llan *to, const struct llan_order *order, u32 *segment, s64 *budget,
		  bool *dropped)
{
	const struct packet *packet = order->packet;
	bool exceeds = order->mss && packet->packet_end - packet->payload > order->mss;
	bool enabled = to->attributes & LLAN_ATTR_LARGE;
	enum llan_result result;

	if (exceeds && !enabled)
		return forward_segments(to, order, segment, budget, dropped) != LLAN_SENDER;
	*segment = 0;
	*budget -= MESSAGE_COST + packet->length;
	result = forward_whole(to, order, enabled && (exceeds || (order->control & LLAN_LARGE)));
	if (result == LLAN_DROPPED)
		*dropped = true;
	return result != LLAN_SENDER;
}
