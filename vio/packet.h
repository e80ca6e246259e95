/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A frame on its way through a switch: the sender's buffers, and as much of its beginning as
 * anybody decides by, copied once into the hypervisor's memory, so that what was looked at is what
 * is delivered, whatever the sender does to its buffers meanwhile.
 *
 * In the copy the two addresses and a tag take the first 16 bytes, whether there is a tag or not:
 * the type field and what follows are always at the same place.
 */
#ifndef VIO_PACKET_H
#define VIO_PACKET_H

#include "papr/llan.h"
#include "types.h"
#include "vio/checksum.h"
#include "vio/tce.h"

#define PACKET_MIN	14		     /* two addresses and a type */
#define PACKET_TAG	4		     /* bytes of an 802.1Q tag */
#define PACKET_MAX	(65535 + 14 + 4)     /* the longest IP packet, tagged */
#define PACKET_TYPE	16		     /* in the copy */
#define PACKET_BODY	18		     /* … of what the type describes */
#define PACKET_HEAD_MAX (4096 + PACKET_BODY) /* LoPAR: TCP's header is within the first 4096 */

#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_IP4  0x0800
#define ETHERTYPE_IP6  0x86dd

struct packet_piece {
	u32 ioba, length;
};

struct packet {
	struct tce_place from; /* the sender's window */
	struct packet_piece piece[LLAN_SEND_BUFFERS];
	u32 nr_pieces;
	u32 length;	 /* as the sender has it, PACKET_MIN … PACKET_MAX */
	u64 destination; /* addresses, as in vio/vswitch.h */
	u64 source;
	bool tagged;
	u16 tag; /* priority and VLAN; 0 without */

	/* packet_find_tcp(): */
	u32 version;	/* 4 or 6; 0: not looked for */
	u32 ip, tcp;	/* where the headers are in the copy … */
	u32 payload;	/* … and what follows them */
	u32 packet_end; /* where the packet ends: what follows is padding */

	u32 end;	/* so much of @head is filled */
	bool shows_tag; /* packet_address(): how it begins now */
	u8 head[PACKET_HEAD_MAX];
};

static inline u32 packet_get16(const u8 *at)
{
	return (u32)at[0] << 8 | at[1];
}

static inline void packet_put16(u8 *at, u32 value)
{
	at[0] = value >> 8 & 0xff;
	at[1] = value & 0xff;
}

static inline u32 packet_get32(const u8 *at)
{
	return packet_get16(at) << 16 | packet_get16(at + 2);
}

static inline void packet_put32(u8 *at, u32 value)
{
	packet_put16(at, value >> 16);
	packet_put16(at + 2, value);
}

/* Where byte @at of the copy, behind the tag, is in the sender's message; and its length there. */
static inline u32 packet_offset(const struct packet *packet, u32 at)
{
	return at - (packet->tagged ? 0 : PACKET_TAG);
}

/* Where the frame would end in the copy. */
static inline u32 packet_total(const struct packet *packet)
{
	return packet->length + (packet->tagged ? 0 : PACKET_TAG);
}

/*
 * Begins: @packet has @from, the pieces and the length; the copy becomes at least the addresses,
 * the tag, which only counts if @aware, and the type. Returns false when the sender's memory is not
 * mapped, or the tag is not all there.
 */
bool packet_begin(struct packet *packet, bool aware);

/*
 * Looks for TCP over IPv4 or IPv6, unfragmented. Returns whether it is there: all headers in the
 * copy, the packet inside of the frame.
 */
bool packet_find_tcp(struct packet *packet);

/*
 * The copy's beginning as a receiver gets it, who sees a tag, @tag, or not. Returns where the
 * frame begins in @head.
 */
u32 packet_address(struct packet *packet, bool tagged, u16 tag);

enum packet_result {
	PACKET_COPIED,
	PACKET_SENDER,	 /* the sender's memory is not mapped */
	PACKET_RECEIVER, /* the receiver's is not */
};

/*
 * Copies [@at, @at + @length) of the frame, places as in the copy but not before its type, from the
 * sender's memory to @to. @checksum, unless NULL, continues over it.
 */
enum packet_result packet_copy(const struct packet *packet, u32 at, u32 length, struct tce_place to,
			       struct checksum *checksum);

/* Copies @length bytes from the hypervisor's memory. Returns false when @to is not mapped. */
bool packet_write(struct tce_place to, const u8 *from, u32 length);

#endif
