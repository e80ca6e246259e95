// SPDX-License-Identifier: Apache-2.0
// The hypervisor's end of the management UART.
#include <stdio.h>
#include <string.h>

#include "hv/link.h"

#define INDEX_LOG     0	 /* in the set of streams, where consoles have their lpar_id */
#define LOG_MARK_MAX  32 /* "\n[4294967295 lines lost]\n" */
#define LOG_WRITE_MAX (4 * KiB)
#define LOG_DROP      (8 * KiB)
#define REPLY_ROOM    (sizeof(u16) + LINK_REPLY_MAX) /* in the ring */

/* What waits for link_reply() has its room, whatever else is answered meanwhile. */
#define REPLIES_ROOM ((HMC_REQUESTS_MAX + 1) * REPLY_ROOM)

_Static_assert(REPLIES_ROOM < LINK_REPLIES_SIZE, "requests are taken");
_Static_assert(LINK_REPLY_MAX <= LINK_STREAM_MAX, "wire[] holds every reply");
_Static_assert(sizeof(struct hmc_partition) <= LINK_STREAM_MAX, "wire[] holds every message");

static void set_add(struct link_set *set, u32 i)
{
	set->word[i / 64] |= BIT(i % 64);
}

static void set_remove(struct link_set *set, u32 i)
{
	set->word[i / 64] &= ~BIT(i % 64);
}

/* The first member behind @i, going round; -1 when the set is empty. */
static int set_next(const struct link_set *set, u32 i)
{
	u32 start = (i + 1) / 64 % ARRAY_SIZE(set->word);
	u64 above = ~0UL << ((i + 1) % 64);

	if (set->word[start] & above)
		return (int)(start * 64) + __builtin_ctzl(set->word[start] & above);
	for (u32 n = 1; n <= ARRAY_SIZE(set->word); n++) {
		u32 at = (start + n) % ARRAY_SIZE(set->word);

		if (set->word[at])
			return (int)(at * 64) + __builtin_ctzl(set->word[at]);
	}
	return -1;
}

static struct link_console *console_find(const struct link *link, u32 lpar_id)
{
	return lpar_id <= HMC_LPAR_ID_MAX ? link->console[lpar_id] : NULL;
}

static struct stream *stream_find(struct link *link, u32 index)
{
	return index == INDEX_LOG ? &link->log : &link->console[index]->tx;
}

/* Index of the stream that @channel carries; -1 when there is none. */
static int channel_index(const struct link *link, u32 channel)
{
	if (channel == HMC_CHANNEL_LOG)
		return INDEX_LOG;
	if (channel > HMC_CHANNEL_CONSOLE && console_find(link, channel - HMC_CHANNEL_CONSOLE))
		return (int)(channel - HMC_CHANNEL_CONSOLE);
	return -1;
}

/* Sending: one frame at a time is coded into wire[] and leaves from there. */

static void wire_close(struct link *link, struct frame_encoder *encoder)
{
	link->wire_next = 0;
	link->wire_end = (u32)(frame_end(encoder) - link->wire);
}

static void message_send(struct link *link, const void *message, u32 length)
{
	struct frame_encoder encoder;

	frame_begin(&encoder, link->wire, HMC_CHANNEL_CONTROL);
	frame_add(&encoder, message, length);
	wire_close(link, &encoder);
}

static void boot_send(struct link *link)
{
	struct hmc_boot boot = {
		.control.type = HMC_BOOT,
		.version = cpu_to_be16(FRAME_VERSION),
		.boot_id = cpu_to_be64(link->boot_id),
	};

	link->boot_due = false;
	message_send(link, &boot, sizeof(boot));
}

/* What follows in a stream is where this reply says: nothing of the stream may go before it. */
static bool is_about_stream(u8 type)
{
	return type == (HMC_RESUME | HMC_REPLY) || type == (HMC_TYPED | HMC_REPLY);
}

static void reply_send(struct link *link)
{
	u8 message[LINK_REPLY_MAX];
	u16 length;

	stream_read(&link->replies, &length, sizeof(length));
	stream_read(&link->replies, message, length);
	message_send(link, message, length);
	link->replied = true;
	if (is_about_stream(message[0]))
		link->about_streams--;
}

static void partition_send(struct link *link, u32 lpar_id)
{
	struct hmc_partition partition = {0};

	link->events->describe(link->ctx, (u16)lpar_id, &partition);
	if (!console_find(link, lpar_id))
		partition.state = HMC_STATE_REMOVED;
	partition.control.type = HMC_PARTITION;
	partition.lpar_id = cpu_to_be16((u16)lpar_id);
	set_remove(&link->announce, lpar_id);
	message_send(link, &partition, sizeof(partition));
}

static void list_reply_send(struct link *link)
{
	struct hmc_list_reply reply = {
		.reply.control = {HMC_LIST | HMC_REPLY, cpu_to_be32(link->list_id)},
		.reply.status = cpu_to_be16(HMC_OK),
		.partitions = cpu_to_be16(link->partitions),
	};

	link->list_id = 0;
	message_send(link, &reply, sizeof(reply));
}

/* Returns whether there was something to send. */
static bool stats_send(struct link *link)
{
	union {
		struct hmc_control control;
		u8 bytes[LINK_STREAM_MAX];
	} message = {0};
	size_t length = link->events->stats(link->ctx, link->stats_next, &message.control);

	link->stats_put_off = !length;
	if (!length)
		return false;
	link->stats_next++;
	message.control.id = cpu_to_be32(link->stats_id);
	if (message.control.type & HMC_REPLY)
		link->stats_id = 0;
	message_send(link, &message, (u32)length);
	return true;
}

static u32 credit_limit(const struct stream *rx)
{
	return rx->head + stream_space(rx);
}

static void credit_send(struct link *link, u32 lpar_id)
{
	struct link_console *console = link->console[lpar_id];
	struct hmc_credit credit = {
		.control.type = HMC_CREDIT,
		.lpar_id = cpu_to_be16((u16)lpar_id),
		.received = cpu_to_be32(console->rx.head),
		.limit = cpu_to_be32(credit_limit(&console->rx)),
	};

	console->granted = credit_limit(&console->rx);
	set_remove(&link->credit, lpar_id);
	message_send(link, &credit, sizeof(credit));
}

static void stream_send(struct link *link, u32 index)
{
	struct stream *stream = stream_find(link, index);
	struct hmc_stream header = {.offset = cpu_to_be32(stream_offset(stream))};
	struct frame_encoder encoder;
	u32 left = LINK_STREAM_MAX;

	frame_begin(&encoder, link->wire,
		    index == INDEX_LOG ? HMC_CHANNEL_LOG : (u16)(HMC_CHANNEL_CONSOLE + index));
	frame_add(&encoder, &header, sizeof(header));
	while (left && stream_used(stream)) {
		u32 n;
		const u8 *data = stream_span(stream, &n);

		n = MIN(n, left);
		frame_add(&encoder, data, n);
		stream_take(stream, n);
		left -= n;
	}
	wire_close(link, &encoder);
	if (!stream_used(stream))
		set_remove(&link->streams, index);
	link->last_index = index;
	link->replied = false;
}

/* Replies and streams take turns when there are both: who asks for much must not silence others. */
static bool reply_is_next(const struct link *link)
{
	return stream_used(&link->replies) && (link->about_streams || !link->replied ||
					       set_next(&link->streams, link->last_index) < 0);
}

/* Codes what goes next: control before streams, streams in turn. False when there is nothing. */
static bool frame_next(struct link *link)
{
	int i;

	if (link->boot_due)
		boot_send(link);
	else if (reply_is_next(link))
		reply_send(link);
	else if ((i = set_next(&link->announce, 0)) >= 0)
		partition_send(link, (u32)i);
	else if (link->list_id)
		list_reply_send(link);
	else if (link->stats_id && !link->stats_put_off && stats_send(link))
		; /* sent */
	else if ((i = set_next(&link->credit, 0)) >= 0)
		credit_send(link, (u32)i);
	else if ((i = set_next(&link->streams, link->last_index)) >= 0)
		stream_send(link, (u32)i);
	else
		return false;
	return true;
}

static u32 transmit(struct link *link, u32 budget)
{
	u32 sent = 0;

	while (sent < budget && (link->wire_next != link->wire_end || frame_next(link))) {
		int ready = link->port->tx_ready(link->ctx);
		u32 n = MIN(link->wire_end - link->wire_next, budget - sent);

		if (ready <= 0)
			break;
		n = MIN(n, (u32)ready);
		sent += n;
		while (n--)
			link->port->tx(link->ctx, link->wire[link->wire_next++]);
	}
	return sent;
}

/* Receiving. */

static void reply_queue(struct link *link, const void *reply, u16 length)
{
	stream_write(&link->replies, &length, sizeof(length));
	stream_write(&link->replies, reply, length);
	if (is_about_stream(((const struct hmc_control *)reply)->type))
		link->about_streams++;
}

static struct hmc_reply reply_to(const struct hmc_control *request, u16 status)
{
	return (struct hmc_reply){
		.control = {request->type | HMC_REPLY, request->id},
		.status = cpu_to_be16(status),
	};
}

static void hello_receive(struct link *link, const struct hmc_control *request)
{
	struct hmc_hello_reply reply = {
		.reply = reply_to(request, HMC_OK),
		.version = cpu_to_be16(FRAME_VERSION),
		.boot_id = cpu_to_be64(link->boot_id),
	};

	if (link->ready)
		reply_queue(link, &reply, sizeof(reply));
}

static void list_receive(struct link *link, const struct hmc_control *request)
{
	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		if (link->console[i])
			link_announce(link, (u16)i);
	link->list_id = be32_to_cpu(request->id);
}

/* Sent again, or another one: the answer starts afresh. */
static void stats_receive(struct link *link, const struct hmc_control *request)
{
	link->stats_id = link->ready ? be32_to_cpu(request->id) : 0;
	link->stats_next = 0;
}

static void resume_receive(struct link *link, const struct hmc_control *request, size_t length)
{
	const struct hmc_resume *resume = container_of(request, const struct hmc_resume, control);
	struct hmc_resume_reply reply = {.reply = reply_to(request, HMC_OK)};
	int index = -1;

	if (length >= sizeof(*resume)) {
		reply.channel = resume->channel;
		index = channel_index(link, be16_to_cpu(resume->channel));
		reply.reply.status = cpu_to_be16(index < 0 ? HMC_BAD_VALUE : HMC_OK);
	} else {
		reply.reply.status = cpu_to_be16(HMC_BAD_LENGTH);
	}
	if (index >= 0) {
		struct stream *stream = stream_find(link, (u32)index);
		u32 offset = stream_rewind(stream, be32_to_cpu(resume->offset));

		reply.offset = cpu_to_be32(offset);
		if (stream_used(stream))
			set_add(&link->streams, (u32)index);
	}
	reply_queue(link, &reply, sizeof(reply));
}

static void typed_receive(struct link *link, const struct hmc_control *request, size_t length)
{
	const struct hmc_typed *typed = container_of(request, const struct hmc_typed, control);
	struct hmc_typed_reply reply = {.reply = reply_to(request, HMC_OK)};
	struct link_console *console = NULL;

	if (length >= sizeof(*typed)) {
		reply.lpar_id = typed->lpar_id;
		console = console_find(link, be16_to_cpu(typed->lpar_id));
		reply.reply.status = cpu_to_be16(console ? HMC_OK : HMC_BAD_VALUE);
	} else {
		reply.reply.status = cpu_to_be16(HMC_BAD_LENGTH);
	}
	if (console) {
		console->granted = credit_limit(&console->rx);
		reply.received = cpu_to_be32(console->rx.head);
		reply.limit = cpu_to_be32(console->granted);
	}
	reply_queue(link, &reply, sizeof(reply));
}

static void control_receive(struct link *link, const u8 *payload, size_t length)
{
	const struct hmc_control *request = (const void *)payload;
	struct hmc_reply reply;
	u16 status;

	if (length < sizeof(*request) || !be32_to_cpu(request->id))
		return;
	switch (request->type) {
	case HMC_HELLO:
		hello_receive(link, request);
		break;
	case HMC_LIST:
		list_receive(link, request);
		break;
	case HMC_STATS:
		stats_receive(link, request);
		break;
	case HMC_RESUME:
		resume_receive(link, request, length);
		break;
	case HMC_TYPED:
		typed_receive(link, request, length);
		break;
	default:
		status = link->events->request(link->ctx, request, length);
		reply = reply_to(request, status);
		if (status != LINK_LATER)
			reply_queue(link, &reply, sizeof(reply));
	}
}

static void console_receive(struct link *link, u32 lpar_id, const u8 *payload, size_t length)
{
	const struct hmc_stream *piece = (const void *)payload;
	struct link_console *console = console_find(link, lpar_id);
	u32 n, skip;

	if (!console || length < sizeof(*piece))
		return;
	n = (u32)(length - sizeof(*piece));
	skip = console->rx.head - be32_to_cpu(piece->offset);
	/* Whatever comes, also bytes had before or behind a hole: say what has arrived. */
	set_add(&link->credit, lpar_id);
	if (skip >= n)
		return;
	n = MIN(n - skip, stream_space(&console->rx));
	stream_write(&console->rx, piece->data + skip, n);
	if (n)
		link->events->console_input(link->ctx, (u16)lpar_id);
}

static void frame_receive(struct link *link)
{
	const struct frame_decoder *decoder = &link->decoder;

	if (decoder->channel == HMC_CHANNEL_CONTROL)
		control_receive(link, decoder->payload, decoder->length);
	else if (decoder->channel > HMC_CHANNEL_CONSOLE)
		console_receive(link, decoder->channel - HMC_CHANNEL_CONSOLE, decoder->payload,
				decoder->length);
}

static u32 receive(struct link *link, u32 budget)
{
	u32 taken = 0;

	/* Whoever does not read the replies gets no further requests served. */
	while (taken < budget && stream_space(&link->replies) >= REPLIES_ROOM) {
		int byte = link->port->rx(link->ctx);

		if (byte < 0)
			break;
		taken++;
		if (frame_decoder_push(&link->decoder, (u8)byte) == FRAME_READY)
			frame_receive(link);
	}
	return taken;
}

/* The log. */

/* Makes room for @n bytes in a full log, and leaves a mark that counts what was dropped. */
static void log_drop(struct link *link, u32 n)
{
	struct stream *log = &link->log;
	bool marked = link->log_lost && link->log_mark == log->tail;
	u32 lines = stream_drop_lines(log, MAX(n + LOG_MARK_MAX, LOG_DROP));
	char mark[LOG_MARK_MAX];
	int length;

	/* A mark that was not sent yet went with the lines behind it; the new one replaces it. */
	if (marked)
		lines += link->log_lost - link->log_mark_lines;
	length = snprintf(mark, sizeof(mark), "%s[%u lines lost]\n",
			  log->before == '\n' ? "" : "\n", (unsigned int)lines);
	stream_prepend(log, mark, (u32)length);
	link->log_lost = lines;
	link->log_mark = log->tail;
	link->log_mark_lines = log->before == '\n' ? 1 : 2;
}

static void log_add(struct link *link, const char *text, u32 n)
{
	if (stream_space(&link->log) < n)
		log_drop(link, n);
	stream_write(&link->log, text, n);
	set_add(&link->streams, INDEX_LOG);
}

void link_init(struct link *link, const struct link_port *port, const struct link_events *events,
	       void *ctx, u64 boot_id)
{
	memset(link, 0, sizeof(*link));
	link->port = port;
	link->events = events;
	link->ctx = ctx;
	link->boot_id = boot_id;
	link->boot_due = true;
	stream_init(&link->log, link->log_data, sizeof(link->log_data), 0);
	stream_init(&link->replies, link->replies_data, sizeof(link->replies_data), 0);
	frame_decoder_init(&link->decoder);
}

void link_ready(struct link *link)
{
	link->ready = true;
}

int link_console_open(struct link *link, u16 lpar_id, struct link_console *console)
{
	if (!lpar_id || lpar_id > HMC_LPAR_ID_MAX || link->console[lpar_id])
		return -1;
	stream_init(&console->tx, console->tx_data, LINK_CONSOLE_TX, link->closed_tx[lpar_id]);
	stream_init(&console->rx, console->rx_data, LINK_CONSOLE_RX, link->closed_rx[lpar_id]);
	link->console[lpar_id] = console;
	link->partitions++;
	link_announce(link, lpar_id);
	return 0;
}

void link_console_close(struct link *link, u16 lpar_id)
{
	struct link_console *console = console_find(link, lpar_id);

	if (!console)
		return;
	link->closed_tx[lpar_id] = stream_offset(&console->tx);
	link->closed_rx[lpar_id] = console->rx.head;
	link->console[lpar_id] = NULL;
	link->partitions--;
	set_remove(&link->streams, lpar_id);
	set_remove(&link->credit, lpar_id);
	set_add(&link->announce, lpar_id);
}

void link_announce(struct link *link, u16 lpar_id)
{
	if (!console_find(link, lpar_id))
		return;
	set_add(&link->announce, lpar_id);
	set_add(&link->credit, lpar_id);
}

void link_reply(struct link *link, const void *reply, u32 length)
{
	reply_queue(link, reply, (u16)length);
}

int link_console_write(struct link *link, u16 lpar_id, const void *data, size_t n)
{
	struct link_console *console = console_find(link, lpar_id);

	if (!console || n > LINK_CONSOLE_TX - LINK_CONSOLE_KEPT ||
	    stream_used(&console->tx) + n > LINK_CONSOLE_TX - LINK_CONSOLE_KEPT)
		return -1;
	if (!n)
		return 0;
	stream_write(&console->tx, data, (u32)n);
	set_add(&link->streams, lpar_id);
	return 0;
}

u32 link_console_waiting(const struct link *link, u16 lpar_id)
{
	const struct link_console *console = console_find(link, lpar_id);

	return console ? stream_used(&console->tx) : 0;
}

size_t link_console_read(struct link *link, u16 lpar_id, void *data, size_t n)
{
	struct link_console *console = console_find(link, lpar_id);

	if (!console)
		return 0;
	n = stream_read(&console->rx, data, (u32)MIN(n, LINK_CONSOLE_RX));
	/* New credit is worth a frame only when the daemon may soon run out of it. */
	if (n && console->granted - console->rx.head < LINK_CONSOLE_RX / 2)
		set_add(&link->credit, lpar_id);
	return n;
}

void link_log_write(struct link *link, const char *text, size_t n)
{
	while (n) {
		u32 piece = (u32)MIN(n, LOG_WRITE_MAX);

		log_add(link, text, piece);
		text += piece;
		n -= piece;
	}
}

u32 link_poll(struct link *link, u32 budget)
{
	u32 taken = receive(link, budget);

	link->stats_put_off = false;
	return taken + transmit(link, budget);
}

bool link_idle(const struct link *link)
{
	return link->wire_next == link->wire_end && !link->boot_due && !link->list_id &&
	       !link->stats_id && !stream_used(&link->replies) &&
	       set_next(&link->announce, 0) < 0 && set_next(&link->credit, 0) < 0 &&
	       set_next(&link->streams, 0) < 0;
}
