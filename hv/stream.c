// SPDX-License-Identifier: Apache-2.0
// A byte stream in a ring that remembers some of what was taken from it.
#include <string.h>

#include "hv/stream.h"

static void bytes_put(struct stream *stream, u32 position, const u8 *data, u32 n)
{
	u32 start = position & (stream->size - 1);
	u32 first = MIN(n, stream->size - start);

	memcpy(stream->data + start, data, first);
	memcpy(stream->data, data + first, n - first);
}

void stream_init(struct stream *stream, u8 *data, u32 size, u32 offset)
{
	*stream = (struct stream){
		.data = data,
		.size = size,
		.head = offset,
		.tail = offset,
		.floor = offset,
		.before = '\n',
	};
}

void stream_write(struct stream *stream, const void *data, u32 n)
{
	bytes_put(stream, stream->head, data, n);
	stream->head += n;
	if (stream->head - stream->floor > stream->size)
		stream->floor = stream->head - stream->size;
}

const u8 *stream_span(const struct stream *stream, u32 *n)
{
	u32 start = stream->tail & (stream->size - 1);

	*n = MIN(stream_used(stream), stream->size - start);
	return stream->data + start;
}

void stream_take(struct stream *stream, u32 n)
{
	if (!n)
		return;
	stream->tail += n;
	stream->before = stream->data[(stream->tail - 1) & (stream->size - 1)];
}

u32 stream_read(struct stream *stream, void *to, u32 n)
{
	u8 *next = to;

	while (n) {
		u32 length;
		const u8 *span = stream_span(stream, &length);

		length = MIN(length, n);
		if (!length)
			break;
		memcpy(next, span, length);
		stream_take(stream, length);
		next += length;
		n -= length;
	}
	return (u32)(next - (u8 *)to);
}

u32 stream_rewind(struct stream *stream, u32 offset)
{
	u32 back = stream_offset(stream) - offset;

	/* Half of all offsets are behind the current one, the other half ahead of it. */
	if (back > INT32_MAX)
		return stream_offset(stream);
	stream->tail -= MIN(back, stream->tail - stream->floor);
	if (stream->tail != stream->floor)
		stream->before = stream->data[(stream->tail - 1) & (stream->size - 1)];
	return stream_offset(stream);
}

u32 stream_drop_lines(struct stream *stream, u32 room)
{
	u32 keep = stream->size - room;
	u32 next = stream->tail;
	u32 lines = 0;
	bool whole = true;

	while (next != stream->head && (stream->head - next > keep || !whole)) {
		whole = stream->data[next & (stream->size - 1)] == '\n';
		lines += whole;
		next++;
	}
	stream->skew += next - stream->tail;
	stream->tail = next;
	stream->floor = next;
	return lines;
}

void stream_prepend(struct stream *stream, const void *data, u32 n)
{
	stream->tail -= n;
	stream->floor = stream->tail;
	stream->skew -= n;
	bytes_put(stream, stream->tail, data, n);
}
