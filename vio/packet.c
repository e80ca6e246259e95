// SPDX-License-Identifier: Apache-2.0
#include "vio/packet.h"
#include <string.h>

#define FIRST_COPY 64 /* bytes: addresses, type, and IPv4 and TCP headers without options */

/* Where in the sender's memory a copy goes on. */
struct cursor {
	const struct packet *packet;
	u32 piece, offset;
};

static struct cursor cursor_at(const struct packet *packet, u32 offset)
{
	struct cursor cursor = {.packet = packet, .offset = offset};

	while (cursor.piece < packet->nr_pieces &&
	       cursor.offset >= packet->piece[cursor.piece].length)
		cursor.offset -= packet->piece[cursor.piece++].length;
	return cursor;
}

/* The next bytes that are in one piece and one page, *@length at most; NULL: not mapped. */
static const u8 *cursor_take(struct cursor *cursor, u32 *length)
{
	const struct packet *packet = cursor->packet;
	const struct packet_piece *piece = &packet->piece[cursor->piece];
	u64 ioba = (u64)piece->ioba + cursor->offset;
	u32 n = MIN(*length, piece->length - cursor->offset);

	n = MIN(n, (u32)(TCE_PAGE_SIZE - (ioba & TCE_PAGE_MASK)));
	*length = n;
	cursor->offset += n;
	if (cursor->offset == piece->length) {
		cursor->offset = 0;
		cursor->piece++;
	}
	return tce_ptr(packet->from.lpar, packet->from.table, ioba, n, TCE_READ);
}

/* A partition may have both ends of a copy in the same page. */
static void copy_bytes(u8 *to, const u8 *from, u32 length)
{
	if ((u64)(to - from) < length || (u64)(from - to) < length)
		memmove(to, from, length);
	else
		memcpy(to, from, length);
}

/* Fills the copy up to @end. Returns false when the frame does not go so far, or is not mapped. */
static bool head_extend(struct packet *packet, u32 end)
{
	struct cursor cursor;

	if (end <= packet->end)
		return true;
	if (end > packet_total(packet) || end > PACKET_HEAD_MAX)
		return false;
	cursor = cursor_at(packet, packet_offset(packet, packet->end));
	while (packet->end < end) {
		u32 n = end - packet->end;
		const u8 *from = cursor_take(&cursor, &n);

		if (!from)
			return false;
		copy_bytes(packet->head + packet->end, from, n);
		packet->end += n;
	}
	return true;
}

static u64 get_mac(const u8 *at)
{
	return (u64)packet_get16(at) << 32 | packet_get32(at + 2);
}

static void put_mac(u8 *at, u64 mac)
{
	packet_put16(at, (u32)(mac >> 32));
	packet_put32(at + 2, (u32)mac);
}

bool packet_begin(struct packet *packet, bool aware)
{
	packet->tagged = packet->shows_tag = false;
	packet->tag = 0;
	packet->version = 0;
	packet->end = PACKET_TAG;
	if (!head_extend(packet, PACKET_TAG + MIN(packet->length, FIRST_COPY)))
		return false;
	packet->destination = get_mac(packet->head + PACKET_TAG);
	packet->source = get_mac(packet->head + PACKET_TAG + 6);
	if (!aware || packet_get16(packet->head + PACKET_TYPE) != ETHERTYPE_VLAN)
		return true;
	if (packet->length < PACKET_MIN + PACKET_TAG)
		return false;
	packet->tagged = packet->shows_tag = true;
	packet->tag = (u16)packet_get16(packet->head + PACKET_TYPE + 2);
	packet->end -= PACKET_TAG;
	memmove(packet->head + PACKET_TYPE, packet->head + PACKET_TYPE + PACKET_TAG,
		packet->end - PACKET_TYPE);
	return true;
}

#define IP_PROTOCOL_TCP 6

/* IPv4 at @packet->ip, without options or with. */
static bool find_ip4(struct packet *packet)
{
	const u8 *ip = packet->head + packet->ip;

	if (!head_extend(packet, packet->ip + 20) || ip[0] >> 4 != 4)
		return false;
	packet->tcp = packet->ip + (ip[0] & 0xf) * 4u;
	packet->packet_end = packet->ip + packet_get16(ip + 2);
	return packet->tcp >= packet->ip + 20 && ip[9] == IP_PROTOCOL_TCP &&
	       (packet_get16(ip + 6) & 0x3fff) == 0;
}

/* Length of the IPv6 extension header at @at of this type; 0: none that may come before TCP. */
static u32 extension_length(u32 type, const u8 *at)
{
	switch (type) {
	case 43: /* routing: what the checksum is over is still the next hop's address */
		if (at[3] != 0)
			return 0;
		/* fall through */
	case 0:	  /* hop-by-hop options */
	case 60:  /* destination options */
	case 135: /* mobility */
		return (at[1] + 1u) * 8;
	case 51: /* authentication */
		return (at[1] + 2u) * 4;
	default:
		return 0;
	}
}

static bool find_ip6(struct packet *packet)
{
	const u8 *ip = packet->head + packet->ip;
	u32 type, length;

	if (!head_extend(packet, packet->ip + 40) || ip[0] >> 4 != 6)
		return false;
	packet->packet_end = packet->ip + 40 + packet_get16(ip + 4);
	packet->tcp = packet->ip + 40;
	for (type = ip[6]; type != IP_PROTOCOL_TCP; type = packet->head[packet->tcp - length]) {
		if (!head_extend(packet, packet->tcp + 8))
			return false;
		length = extension_length(type, packet->head + packet->tcp);
		if (length == 0)
			return false;
		packet->tcp += length;
	}
	return true;
}

bool packet_find_tcp(struct packet *packet)
{
	u32 type = packet_get16(packet->head + PACKET_TYPE);

	if (packet->version)
		return true;
	packet->ip = PACKET_BODY;
	if (type == ETHERTYPE_IP4 ? !find_ip4(packet) : type != ETHERTYPE_IP6 || !find_ip6(packet))
		return false;
	if (!head_extend(packet, packet->tcp + 20))
		return false;
	packet->payload = packet->tcp + (packet->head[packet->tcp + 12] >> 4) * 4u;
	if (packet->payload < packet->tcp + 20 || packet->payload > packet->packet_end ||
	    packet->packet_end > packet_total(packet) || !head_extend(packet, packet->payload))
		return false;
	packet->version = type == ETHERTYPE_IP4 ? 4 : 6;
	return true;
}

u32 packet_address(struct packet *packet, bool tagged, u16 tag)
{
	u32 start = tagged ? 0 : PACKET_TAG;

	if (packet->shows_tag == tagged && !tagged)
		return start;
	packet->shows_tag = tagged;
	put_mac(packet->head + start, packet->destination);
	put_mac(packet->head + start + 6, packet->source);
	if (tagged) {
		packet_put16(packet->head + 12, ETHERTYPE_VLAN);
		packet_put16(packet->head + 14, tag);
	}
	return start;
}

enum packet_result packet_copy(const struct packet *packet, u32 at, u32 length, struct tce_place to,
			       struct checksum *checksum)
{
	struct cursor cursor = cursor_at(packet, packet_offset(packet, at));

	while (length) {
		u32 left = (u32)(TCE_PAGE_SIZE - (to.ioba & TCE_PAGE_MASK));
		u32 n = MIN(length, left);
		const u8 *from = cursor_take(&cursor, &n);
		u8 *into = tce_ptr(to.lpar, to.table, to.ioba, n, TCE_WRITE);

		if (!from)
			return PACKET_SENDER;
		if (!into)
			return PACKET_RECEIVER;
		copy_bytes(into, from, n);
		if (checksum)
			checksum_add(checksum, from, n);
		to.ioba += n;
		length -= n;
	}
	return PACKET_COPIED;
}

bool packet_write(struct tce_place to, const u8 *from, u32 length)
{
	while (length) {
		u32 n = MIN(length, (u32)(TCE_PAGE_SIZE - (to.ioba & TCE_PAGE_MASK)));
		u8 *into = tce_ptr(to.lpar, to.table, to.ioba, n, TCE_WRITE);

		if (!into)
			return false;
		copy_bytes(into, from, n);
		to.ioba += n;
		from += n;
		length -= n;
	}
	return true;
}
