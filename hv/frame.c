// SPDX-License-Identifier: Apache-2.0
// Coder and decoder of management frames. A byte costs one table look-up each way.
#include "hv/frame.h"

#define CRC_START   0xffffffffU
#define CRC_STEP(c) (((c) >> 1) ^ ((c)&1 ? 0xedb88320U : 0))

/*
 * The table is linear over exclusive-or, so eight values make it: CRC_7 is the remainder of bit 7
 * of a byte, the last to be shifted out, and each lower bit is one step further.
 */
enum crc_basis {
	CRC_7 = CRC_STEP(1U),
	CRC_6 = CRC_STEP(CRC_7),
	CRC_5 = CRC_STEP(CRC_6),
	CRC_4 = CRC_STEP(CRC_5),
	CRC_3 = CRC_STEP(CRC_4),
	CRC_2 = CRC_STEP(CRC_3),
	CRC_1 = CRC_STEP(CRC_2),
	CRC_0 = CRC_STEP(CRC_1),
};

#define CRC_ROW1(c)  (c), (c) ^ CRC_0
#define CRC_ROW2(c)  CRC_ROW1(c), CRC_ROW1((c) ^ CRC_1)
#define CRC_ROW3(c)  CRC_ROW2(c), CRC_ROW2((c) ^ CRC_2)
#define CRC_ROW4(c)  CRC_ROW3(c), CRC_ROW3((c) ^ CRC_3)
#define CRC_ROW5(c)  CRC_ROW4(c), CRC_ROW4((c) ^ CRC_4)
#define CRC_ROW6(c)  CRC_ROW5(c), CRC_ROW5((c) ^ CRC_5)
#define CRC_ROW7(c)  CRC_ROW6(c), CRC_ROW6((c) ^ CRC_6)
#define CRC_TABLE(c) CRC_ROW7(c), CRC_ROW7((c) ^ CRC_7)

static const u32 crc_table[256] = {CRC_TABLE(0U)};

static u32 crc_add(u32 crc, u8 byte)
{
	return crc >> 8 ^ crc_table[(u8)crc ^ byte];
}

static u8 *byte_put(u8 *next, u8 byte)
{
	if (byte == FRAME_FLAG || byte == FRAME_ESCAPE) {
		*next++ = FRAME_ESCAPE;
		byte ^= FRAME_FLIP;
	}
	*next++ = byte;
	return next;
}

/* Is the body between two flags a frame? Then its parts are laid out in the decoder. */
static enum frame_event body_check(struct frame_decoder *decoder)
{
	const u8 *body = decoder->body;
	u32 length = decoder->used - FRAME_TRAILER;
	u32 crc = CRC_START;

	if (decoder->used < FRAME_HEADER + FRAME_TRAILER)
		return FRAME_DAMAGED;
	for (u32 i = 0; i < length; i++)
		crc = crc_add(crc, body[i]);
	crc = ~crc;
	for (u32 i = 0; i < FRAME_TRAILER; i++)
		if (body[length + i] != (u8)(crc >> (24 - 8 * i)))
			return FRAME_DAMAGED;
	if (body[0] != FRAME_VERSION)
		return FRAME_DAMAGED;
	decoder->channel = (u16)(body[1] << 8 | body[2]);
	decoder->length = (u16)(length - FRAME_HEADER);
	decoder->payload = body + FRAME_HEADER;
	return FRAME_READY;
}

static enum frame_event damage(struct frame_decoder *decoder)
{
	decoder->synced = false;
	decoder->escaped = false;
	decoder->used = 0;
	return FRAME_DAMAGED;
}

static enum frame_event flag_push(struct frame_decoder *decoder)
{
	enum frame_event event = FRAME_NONE;

	/* Two flags in a row are the end of one frame and the start of the next. */
	if (decoder->escaped)
		event = FRAME_DAMAGED;
	else if (decoder->used)
		event = body_check(decoder);
	decoder->synced = true;
	decoder->escaped = false;
	decoder->used = 0;
	return event;
}

void frame_begin(struct frame_encoder *encoder, u8 *wire, u16 channel)
{
	const u8 header[FRAME_HEADER] = {FRAME_VERSION, (u8)(channel >> 8), (u8)channel};

	*wire = FRAME_FLAG;
	encoder->next = wire + 1;
	encoder->crc = CRC_START;
	frame_add(encoder, header, sizeof(header));
}

void frame_add(struct frame_encoder *encoder, const void *data, size_t n)
{
	const u8 *byte = data;
	u8 *next = encoder->next;
	u32 crc = encoder->crc;

	for (size_t i = 0; i < n; i++) {
		crc = crc_add(crc, byte[i]);
		next = byte_put(next, byte[i]);
	}
	encoder->next = next;
	encoder->crc = crc;
}

u8 *frame_end(struct frame_encoder *encoder)
{
	u32 crc = ~encoder->crc;
	u8 *next = encoder->next;

	for (int shift = 24; shift >= 0; shift -= 8)
		next = byte_put(next, (u8)(crc >> shift));
	*next++ = FRAME_FLAG;
	return next;
}

void frame_decoder_init(struct frame_decoder *decoder)
{
	decoder->used = 0;
	decoder->synced = false;
	decoder->escaped = false;
}

enum frame_event frame_decoder_push(struct frame_decoder *decoder, u8 byte)
{
	if (byte == FRAME_FLAG)
		return flag_push(decoder);
	if (!decoder->synced)
		return FRAME_NONE;
	if (decoder->escaped) {
		decoder->escaped = false;
		byte ^= FRAME_FLIP;
		if (byte != FRAME_FLAG && byte != FRAME_ESCAPE)
			return damage(decoder);
	} else if (byte == FRAME_ESCAPE) {
		decoder->escaped = true;
		return FRAME_NONE;
	}
	if (decoder->used == sizeof(decoder->body))
		return damage(decoder);
	decoder->body[decoder->used++] = byte;
	return FRAME_NONE;
}

u32 frame_crc(u32 crc, const void *bytes, u32 n)
{
	const u8 *byte = bytes;

	crc = ~crc;
	for (u32 i = 0; i < n; i++)
		crc = crc_add(crc, byte[i]);
	return ~crc;
}
