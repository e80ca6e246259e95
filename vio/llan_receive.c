// SPDX-License-Identifier: Apache-2.0
#include "vio/llan.h"
#include "hv/hcall.h"
#include <string.h>

#define POOL_EMPTY 1 /* no buffer can be there: it is not aligned */

/* What begins a free buffer; no page boundary divides a word of it. */
enum { HANDLE_HIGH, HANDLE_LOW, LINK, WORDS };

static volatile be32 *buffer_word(const struct llan *llan, u32 ioba, u32 word)
{
	const struct adapter *adapter = &llan->adapter;

	return tce_ptr(adapter->lpar, &adapter->window, (u64)ioba + word * 4, 4, TCE_WRITE);
}

/* Reads all of them, once. Returns false when they are not mapped. */
static bool buffer_read(const struct llan *llan, u32 ioba, be32 words[WORDS])
{
	const struct adapter *adapter = &llan->adapter;
	const volatile be32 *word =
		tce_ptr(adapter->lpar, &adapter->window, ioba, WORDS * 4, TCE_WRITE);

	for (u32 i = 0; word && i < WORDS; i++)
		words[i] = word[i];
	if (word || (ioba & TCE_PAGE_MASK) <= TCE_PAGE_SIZE - WORDS * 4)
		return word;
	for (u32 i = 0; i < WORDS; i++) {
		word = buffer_word(llan, ioba, i);
		if (!word)
			return false;
		words[i] = *word;
	}
	return true;
}

static void *list_ptr(const struct llan *llan, u32 offset)
{
	const struct adapter *adapter = &llan->adapter;

	return tce_ptr(adapter->lpar, &adapter->window, llan->buffer_list + offset, 8, TCE_WRITE);
}

static bool pool_put(const struct llan *llan, struct llan_pool *pool, u32 ioba)
{
	volatile be32 *link = buffer_word(llan, ioba, LINK);

	if (!link)
		return false;
	*link = cpu_to_be32(pool->first);
	pool->first = ioba;
	return true;
}

struct buffer {
	struct llan_pool *pool;
	u32 ioba;
	be32 handle[2];
};

/* Takes a buffer. Where the list leads to what is not mapped it ends. */
static bool pool_take(const struct llan *llan, struct llan_pool *pool, struct buffer *buffer)
{
	u32 ioba = pool->first;
	be32 words[WORDS];

	if (ioba == POOL_EMPTY)
		return false;
	pool->first = POOL_EMPTY;
	if (!buffer_read(llan, ioba, words))
		return false;
	buffer->pool = pool;
	buffer->ioba = ioba;
	memcpy(buffer->handle, words, sizeof(buffer->handle));
	ioba = be32_to_cpu(words[LINK]);
	if (IS_ALIGNED(ioba, LLAN_BUFFER_ALIGN))
		pool->first = ioba;
	return true;
}

/* The smallest buffer for @size bytes. LoPAR "ILLAN Buffer Size Control Option". */
static bool buffer_take(struct llan *llan, u32 size, struct buffer *buffer)
{
	struct llan_pool *end = llan->pool + llan->nr_pools;

	for (struct llan_pool *pool = llan->pool; pool < end; pool++) {
		if (pool->size < size)
			continue;
		if (pool_take(llan, pool, buffer))
			return true;
		if (llan->attributes & LLAN_ATTR_SIZE_CONTROL)
			return false;
	}
	return false;
}

/* The pool of buffers of @size; NULL: there is none, nor room for one. */
static struct llan_pool *pool_find(struct llan *llan, u32 size, bool make)
{
	u32 i = 0;

	while (i < llan->nr_pools && llan->pool[i].size < size)
		i++;
	if (i < llan->nr_pools && llan->pool[i].size == size)
		return &llan->pool[i];
	if (!make || llan->nr_pools == LLAN_POOLS_MAX)
		return NULL;
	memmove(&llan->pool[i + 1], &llan->pool[i], (llan->nr_pools - i) * sizeof(*llan->pool));
	llan->nr_pools++;
	llan->pool[i] = (struct llan_pool){.size = size, .first = POOL_EMPTY};
	return &llan->pool[i];
}

static struct llan_entry *queue_entry(const struct llan *llan)
{
	const struct adapter *adapter = &llan->adapter;

	return tce_ptr(adapter->lpar, &adapter->window, (u64)llan->queue + llan->queue_at,
		       sizeof(struct llan_entry), TCE_WRITE);
}

/*
 * Control is seen after the rest of the entry, which is seen after the message.
 * LoPAR "Receive Queue".
 */
static void queue_put(struct llan *llan, struct llan_entry *to, const struct buffer *buffer,
		      u8 control, u32 offset, u32 length)
{
	union {
		struct {
			u8 control, reserved;
			be16 offset;
		};
		u32 word;
	} first = {.control = control | llan->valid, .offset = cpu_to_be16((u16)offset)};

	memcpy(&to->handle, buffer->handle, sizeof(to->handle));
	to->length = cpu_to_be32(length);
	__atomic_store_n((u32 *)to, first.word, __ATOMIC_RELEASE);
	llan->queue_at += sizeof(*to);
	if (llan->queue_at == llan->queue_size) {
		llan->queue_at = 0;
		llan->valid ^= LLAN_ENTRY_VALID;
		llan_write_queue_descriptor(llan);
	}
	adapter_signal(&llan->adapter);
}

/* Puts the message into the buffer, the head last: the checksum in it is of all that went there. */
static enum packet_result buffer_fill(const struct llan *llan, const struct buffer *buffer,
				      u32 offset, const struct packet *packet,
				      struct llan_message *message)
{
	const struct adapter *adapter = &llan->adapter;
	struct tce_place to = {adapter->lpar, &adapter->window, (u64)buffer->ioba + offset};
	struct tce_place start = {to.lpar, to.table, (u64)buffer->ioba + LLAN_BUFFER_MSS};
	struct tce_place rest = to;
	enum packet_result result;
	be64 mss;

	rest.ioba += message->head_length;
	result = packet_copy(packet, message->rest, message->sum_rest, rest, &message->sum);
	rest.ioba += message->sum_rest;
	if (result == PACKET_COPIED)
		result = packet_copy(packet, message->rest + message->sum_rest,
				     message->rest_length - message->sum_rest, rest, NULL);
	if (result != PACKET_COPIED)
		return result;
	if (message->checksum)
		checksum_store(&message->sum, message->checksum);
	mss = cpu_to_be64(message->mss);
	if ((message->control & LLAN_LARGE) && !packet_write(start, (const u8 *)&mss, sizeof(mss)))
		return PACKET_RECEIVER;
	return packet_write(to, message->head, message->head_length) ? PACKET_COPIED
								     : PACKET_RECEIVER;
}

static void count_no_buffer(struct llan *llan)
{
	be64 *counter = list_ptr(llan, LLAN_LIST_DROPPED);

	llan->stats.no_buffer++;
	llan->dropped++;
	if (counter)
		*counter = cpu_to_be64(llan->dropped);
}

static void count_message(struct llan *llan, const struct packet *packet, u32 length, bool large)
{
	llan->stats.in_frames++;
	llan->stats.in_bytes += length;
	if (packet->destination & MAC_MULTICAST)
		llan->stats.in_groups++;
	if (large)
		llan->stats.in_large++;
}

static enum llan_result receive(struct llan *llan, const struct packet *packet,
				struct llan_message *message)
{
	bool large = message->control & LLAN_LARGE;
	u32 offset = large ? LLAN_BUFFER_LARGE : LLAN_BUFFER_MESSAGE;
	u32 length = message->head_length + message->rest_length;
	struct llan_entry *entry;
	struct buffer buffer;

	if ((packet->destination & MAC_MULTICAST) && packet->destination != MAC_BROADCAST &&
	    !mcast_filter_wants(&llan->filter, packet->destination))
		return LLAN_UNWANTED;
	entry = queue_entry(llan);
	if (!entry) {
		llan->stats.unmapped++;
		return LLAN_DROPPED;
	}
	if (!buffer_take(llan, offset + length, &buffer)) {
		count_no_buffer(llan);
		return LLAN_DROPPED;
	}
	switch (buffer_fill(llan, &buffer, offset, packet, message)) {
	case PACKET_SENDER:
		pool_put(llan, buffer.pool, buffer.ioba);
		return LLAN_SENDER;
	case PACKET_RECEIVER:
		llan->stats.unmapped++;
		queue_put(llan, entry, &buffer, 0, 0, 0);
		return LLAN_DROPPED;
	default:
		queue_put(llan, entry, &buffer, LLAN_ENTRY_MESSAGE | message->control, offset,
			  length);
		count_message(llan, packet, length, large);
		return LLAN_DELIVERED;
	}
}

void llan_receive_reset(struct llan *llan)
{
	llan->queue_at = 0;
	llan->valid = LLAN_ENTRY_VALID;
	llan->nr_pools = 0;
	llan->dropped = 0;
}

void llan_write_queue_descriptor(struct llan *llan)
{
	be64 *descriptor = list_ptr(llan, LLAN_LIST_QUEUE);
	u64 toggle = llan->valid ? 0 : LLAN_DESC_TOGGLE;

	if (descriptor)
		*descriptor = cpu_to_be64(LLAN_DESC_VALID | toggle | (u64)llan->queue_size << 32 |
					  llan->queue);
}

s64 llan_add_buffer(struct llan *llan, u64 descriptor)
{
	u32 size = LLAN_DESC_LENGTH(descriptor), ioba = LLAN_DESC_ADDRESS(descriptor);
	struct llan_pool *pool;

	if (!(descriptor & LLAN_DESC_VALID) || size < LLAN_BUFFER_MIN ||
	    !IS_ALIGNED(ioba, LLAN_BUFFER_ALIGN) ||
	    !tce_range_valid(&llan->adapter.window, ioba, size) || !buffer_word(llan, ioba, LINK))
		return H_PARAMETER;
	pool = pool_find(llan, size, true);
	if (!pool)
		return H_RESOURCE;
	return pool_put(llan, pool, ioba) ? H_SUCCESS : H_PARAMETER;
}

s64 llan_return_buffer(struct llan *llan, u64 size)
{
	struct llan_pool *pool = size >> 32 ? NULL : pool_find(llan, (u32)size, false);
	struct llan_entry *entry = queue_entry(llan);
	struct buffer buffer;

	if (!pool || !entry || !pool_take(llan, pool, &buffer))
		return H_NOT_FOUND;
	queue_put(llan, entry, &buffer, 0, 0, 0);
	return H_SUCCESS;
}

enum llan_result llan_receive(struct llan *llan, const struct packet *packet,
			      struct llan_message *message)
{
	enum llan_result result;

	lock_take(&llan->lock);
	result = receive(llan, packet, message);
	lock_drop(&llan->lock);
	return result;
}
