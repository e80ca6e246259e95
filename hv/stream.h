/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte stream in a ring that remembers some of what was taken from it, so that it can be sent
 * again. Positions count bytes since the stream began, modulo 2^32. Callers serialise.
 */
#ifndef HV_STREAM_H
#define HV_STREAM_H

#include "types.h"

struct stream {
	u8 *data;
	u32 size;  /* of data, a power of two */
	u32 head;  /* where the next byte is written */
	u32 tail;  /* the next to be taken; tail <= head <= floor + size */
	u32 floor; /* the oldest byte still there; floor <= tail */
	u32 skew;  /* position in the ring minus offset in the stream, after bytes were dropped */
	u8 before; /* the last byte taken */
};

/* @size is a power of two; the stream's first byte has the given @offset. */
void stream_init(struct stream *stream, u8 *data, u32 size, u32 offset);

/* Bytes written and not yet taken. */
static inline u32 stream_used(const struct stream *stream)
{
	return stream->head - stream->tail;
}

/* Bytes that can be written. */
static inline u32 stream_space(const struct stream *stream)
{
	return stream->size - stream_used(stream);
}

/* Offset in the stream of the next byte to be taken. */
static inline u32 stream_offset(const struct stream *stream)
{
	return stream->tail - stream->skew;
}

/* Writes @n bytes, at most stream_space(). */
void stream_write(struct stream *stream, const void *data, u32 n);

/*
 * The bytes from tail on that lie in one piece: *@n of them, none only when nothing is there.
 * stream_take() then counts @n of them as taken.
 */
const u8 *stream_span(const struct stream *stream, u32 *n);
void stream_take(struct stream *stream, u32 n);

/* Takes up to @n bytes into @to. Returns how many. */
u32 stream_read(struct stream *stream, void *to, u32 n);

/*
 * Goes back to @offset, or as near to it as what is still there allows; an offset not yet reached
 * changes nothing. Returns the offset reached.
 */
u32 stream_rewind(struct stream *stream, u32 offset);

/*
 * Drops the oldest lines not yet taken, only whole ones, until @room bytes (at most the size) can
 * be written. The stream's offsets go on as if they had never been written. Returns how many.
 */
u32 stream_drop_lines(struct stream *stream, u32 room);

/* Puts @n bytes, at most stream_space(), before the next byte to be taken. */
void stream_prepend(struct stream *stream, const void *data, u32 n);

#endif
