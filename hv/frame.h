/* SPDX-License-Identifier: Apache-2.0 */
/* Coder and decoder of management frames (hmc/frame.h), for both ends of the UART. */
#ifndef HV_FRAME_H
#define HV_FRAME_H

#include "hmc/frame.h"
#include "types.h"

/* A frame being written into the caller's buffer. */
struct frame_encoder {
	u8 *next;
	u32 crc;
};

/*
 * Starts a frame for @channel at @wire, which has room for FRAME_WIRE_MAX of all the payload that
 * will be added.
 */
void frame_begin(struct frame_encoder *encoder, u8 *wire, u16 channel);

/* Adds @n bytes of payload; all additions to one frame are FRAME_PAYLOAD_MAX bytes at most. */
void frame_add(struct frame_encoder *encoder, const void *data, size_t n);

/* Completes the frame. Returns the first byte behind it. */
u8 *frame_end(struct frame_encoder *encoder);

enum frame_event {
	FRAME_NONE,    /* nothing complete yet */
	FRAME_READY,   /* channel, payload and length are those of a good frame */
	FRAME_DAMAGED, /* something was dropped; the decoder goes on at the next flag */
};

struct frame_decoder {
	u16 channel;
	u16 length; /* of the payload */
	const u8 *payload;

	u16 used;
	bool synced;  /* a flag was seen since the last damage */
	bool escaped; /* the byte before was FRAME_ESCAPE */
	u8 body[FRAME_BODY_MAX];
};

/* What a receiver starts with; what comes before the first flag is not reported as damage. */
void frame_decoder_init(struct frame_decoder *decoder);

/*
 * Takes the next @byte of the wire; any byte is allowed at any time. After FRAME_READY channel,
 * payload and length are good until the next call.
 */
enum frame_event frame_decoder_push(struct frame_decoder *decoder, u8 byte);

/*
 * CRC-32 of @n bytes behind others whose CRC is @crc, 0 for none: with the result for the first
 * half of something and the second half it returns that of all of it. As zlib's crc32().
 */
u32 frame_crc(u32 crc, const void *bytes, u32 n);

#endif
