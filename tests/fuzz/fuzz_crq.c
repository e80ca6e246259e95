// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/crq_world.c vio/crq.c vio/crq_hcall.c vio/vscsi.c vio/adapter.c vio/tce.c
// SOURCES: vio/tce_hcall.c vio/rdma_hcall.c partition/tree_writer.c
/*
 * Command/response queues and remote DMA of four partitions, called with any arguments while
 * windows change and partitions start afresh and end: each answer is the one that a model of
 * registrations, connections and windows demands, and so is every byte of memory afterwards. The
 * input is steps of six bytes: what, which adapter, four arguments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/check.h"
#include "tests/unit/crq_world.h"
#include "vio/bus.h"
#include "vio/crq.h"
#include "vio/tce.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define PAGE   TCE_PAGE_SIZE
#define PAGES  12 /* of memory, and of I/O addresses, where pages are mapped … */
#define MEMORY (PAGES * PAGE)
#define WINDOW (256 * MiB) /* … of these */

struct port {
	u32 id, slot;
	bool server;
	u32 peer_lpar, peer_slot;
	u32 tce[PAGES];
	struct port *partner;
	u32 queue, size, at; /* @size 0: not registered */
	u32 event;	     /* offset of the last transport event, or LOST */
	bool is_told;	     /* by it, and has not begun anew */
};

#define LOST ~0u

static struct port ports[] = {
	{1, 2, true, 2, 2},  {2, 2, false, 1, 2}, {4, 2, true, PLAN_PEER_ANY, PLAN_PEER_ANY},
	{2, 3, false, 4, 2}, {3, 2, false, 4, 2}, {3, 3, true, 1, 5}, /* for whom there is nobody */
};

#define PORTS ARRAY_SIZE(ports)

static u8 expected[WORLD_LPARS + 1][MEMORY];
static const u8 *argument; /* of this step */

static u64 number(u8 byte)
{
	static const u64 numbers[] = {
		0,
		1,
		8,
		15,
		48,
		49,
		72,
		73,
		PAGE - 8,
		PAGE - 1,
		PAGE,
		PAGE + 1,
		2 * PAGE,
		3 * PAGE,
		MEMORY,
		VIO_MAX_DMA_SIZE,
		VIO_MAX_DMA_SIZE + 1,
		WINDOW - 1,
		WINDOW,
		WINDOW - PAGE,
		1UL << 32,
		1UL << 63,
		-PAGE,
		~0UL,
	};

	return byte < 200 ? byte * 256UL % MEMORY + byte % 3 : numbers[byte % ARRAY_SIZE(numbers)];
}

/* --- the model --- */

static bool is_any(const struct port *port)
{
	return port->peer_lpar == PLAN_PEER_ANY;
}

static bool fits(const struct port *one, const struct port *other)
{
	return is_any(one) || (one->peer_lpar == other->id && one->peer_slot == other->slot);
}

static bool may_connect(const struct port *one, const struct port *other)
{
	return one->server != other->server && fits(one, other) && fits(other, one);
}

/* The only one whose partner @port may be has another one. */
static bool is_refused(const struct port *port)
{
	for (const struct port *other = ports; other < ports + PORTS; other++)
		if (!is_any(port) && may_connect(port, other))
			return other->partner;
	return false;
}

static bool has_nobody(const struct port *port)
{
	return port->peer_lpar == 1 && port->peer_slot == 5;
}

/* Where an I/O address is in the memory of @port's partition, or NULL. */
static u8 *place(const struct port *port, u64 ioba, u32 access)
{
	u32 entry = ioba < MEMORY ? port->tce[ioba / PAGE] : 0;

	if ((entry & access) != access)
		return NULL;
	return &expected[port->id][(entry & ~TCE_PAGE_MASK) + ioba % PAGE];
}

static bool put(struct port *port, u64 high, u64 low)
{
	u8 *entry = place(port, port->queue + port->at, TCE_READ | TCE_WRITE);
	be64 words[] = {cpu_to_be64(high), cpu_to_be64(low)};

	if (!entry || *entry)
		return false;
	memcpy(entry, words, sizeof(words));
	port->at = (port->at + 16) % port->size;
	return true;
}

static void put_event(struct port *port, u64 event)
{
	be64 words[] = {cpu_to_be64(event), cpu_to_be64(0)};
	u32 at = port->at, before = (at + port->size - 16) % port->size;
	u8 *last = place(port, port->queue + before, TCE_READ | TCE_WRITE);

	port->is_told = true;
	if (put(port, event, 0)) {
		port->event = at;
	} else if (last && *last) {
		memcpy(last, words, sizeof(words));
		port->event = before;
	} else {
		port->event = LOST;
	}
}

static bool event_is_taken(const struct port *port)
{
	const u8 *entry = NULL;

	if (port->event != LOST)
		entry = place(port, port->queue + port->event, TCE_READ | TCE_WRITE);
	return entry && *entry != CRQ_HEADER_EVENT;
}

/* Whom it may send to, and whose window it reaches. */
static struct port *target_of(const struct port *port)
{
	return port->is_told ? NULL : port->partner;
}

static struct crq *crq_at(const struct port *port)
{
	return crq_of(world[port->id].lpar.bus->slot[port->slot]);
}

static bool waits_for(const struct port *other, const struct port *port)
{
	return may_connect(port, other) && other->size && !other->partner;
}

/* Which of several that wait is the hypervisor's choice. */
static void connect(struct port *port)
{
	struct port *partner = NULL;
	u32 id, slot;

	for (struct port *other = ports; other < ports + PORTS; other++)
		if (waits_for(other, port) && crq_partner(crq_at(port), &id, &slot) &&
		    other->id == id && other->slot == slot)
			partner = other;
	for (struct port *other = ports; other < ports + PORTS; other++)
		CHECK(partner || !waits_for(other, port));
	if (!partner)
		return;
	port->partner = partner;
	partner->partner = port;
}

static void model_free(struct port *port, u64 event)
{
	struct port *partner = port->partner;

	port->size = 0;
	port->partner = NULL;
	if (!partner)
		return;
	partner->partner = NULL;
	put_event(partner, event);
}

/* An initialization entry has been sent to nobody. */
static void model_begin(struct port *port)
{
	if (!port->size || (port->is_told && !event_is_taken(port)))
		return;
	port->is_told = false;
	if (!port->partner)
		connect(port);
}

/* One end of a copy: may the caller use it, and whose window is it, if anybody's. */
static bool has_window(const struct port *port, u8 which)
{
	return which % 4 == 0 || (which % 4 == 1 && port->server);
}

static bool has_remote(const struct port *port, u8 which)
{
	return which % 4 && has_window(port, which);
}

static const struct port *window_of(const struct port *port, u8 which)
{
	return which % 4 ? target_of(port) : port;
}

static u64 liobn_of(const struct port *port, u8 which)
{
	return world_liobn(port->id, port->slot, 0) + which % 4;
}

static bool in_window(u64 ioba, u64 length)
{
	return length <= WINDOW && ioba <= WINDOW - length;
}

/* Byte by byte, as far as both ends allow it. */
static s64 model_copy(const struct port *to, u64 to_ioba, const struct port *from, u64 from_ioba,
		      u64 length)
{
	static u8 bytes[VIO_MAX_DMA_SIZE];

	for (u64 done = 0, n; done < length; done += n) {
		const u8 *source = place(from, from_ioba + done, TCE_READ);
		u8 *dest = place(to, to_ioba + done, TCE_WRITE);
		u64 left = PAGE - MAX((from_ioba + done) % PAGE, (to_ioba + done) % PAGE);

		if (!source || !dest)
			return H_PERMISSION;
		n = MIN(left, length - done);
		memcpy(bytes, source, n);
		memcpy(dest, bytes, n);
	}
	return H_SUCCESS;
}

/* --- calls --- */

static bool is_mapped(const struct port *port, u64 ioba, u64 length, u32 access)
{
	if (!in_window(ioba, length))
		return false;
	for (u64 at = ioba & ~TCE_PAGE_MASK; length && at < ioba + length; at += PAGE)
		if (!place(port, at, access))
			return false;
	return true;
}

static void call_register(struct port *port)
{
	u64 queue = number(argument[0]), size = number(argument[1]);
	s64 code;

	if (argument[2] % 8)
		queue &= ~TCE_PAGE_MASK, size &= ~TCE_PAGE_MASK;
	code = WORLD_CALL(port->id, H_REG_CRQ, world_unit(port->slot), queue, size);
	if (!size || queue % PAGE || size % PAGE ||
	    !is_mapped(port, queue, size, TCE_READ | TCE_WRITE)) {
		CHECK(code == H_PARAMETER);
	} else if (has_nobody(port)) {
		CHECK(code == H_NOT_FOUND);
	} else if (port->size || is_refused(port)) {
		CHECK(code == H_RESOURCE);
	} else {
		port->queue = (u32)queue;
		port->size = (u32)size;
		port->at = 0;
		port->is_told = false;
		connect(port);
		CHECK(code == (port->partner ? H_SUCCESS : H_CLOSED));
	}
}

static void call_free(struct port *port)
{
	CHECK(WORLD_CALL(port->id, H_FREE_CRQ, world_unit(port->slot)) == H_SUCCESS);
	model_free(port, CRQ_PARTNER_DEREGISTERED);
}

static void call_send(struct port *port)
{
	u8 header = argument[3] % 4 ? argument[0] : CRQ_HEADER_INIT;
	u64 high = (u64)header << CRQ_HEADER_SHIFT | argument[1];
	s64 code = WORLD_CALL(port->id, H_SEND_CRQ, world_unit(port->slot), high, argument[2]);

	if (header < CRQ_HEADER_VALID || header == CRQ_HEADER_EVENT) {
		CHECK(code == H_PARAMETER);
		return;
	}
	if (!target_of(port) && header == CRQ_HEADER_INIT)
		model_begin(port);
	if (!target_of(port))
		CHECK(code == H_CLOSED);
	else
		CHECK(code == (put(target_of(port), high, argument[2]) ? H_SUCCESS : H_DROPPED));
}

static void call_copy(const struct port *port, u64 length)
{
	u8 from = argument[1] >> 2, to = argument[1];
	u64 from_ioba = number(argument[2]), to_ioba = number(argument[3]);
	s64 code = WORLD_CALL(port->id, H_COPY_RDMA, length, liobn_of(port, from), from_ioba,
			      liobn_of(port, to), to_ioba);

	if (length > VIO_MAX_DMA_SIZE)
		CHECK(code == H_PARAMETER);
	else if (!has_window(port, from))
		CHECK(code == H_SOURCE_PARM);
	else if (!has_window(port, to))
		CHECK(code == H_DEST_PARM);
	else if (!in_window(from_ioba, length))
		CHECK(code == H_SOURCE_PARM);
	else if (!in_window(to_ioba, length))
		CHECK(code == H_DEST_PARM);
	else if (!window_of(port, from) || !window_of(port, to))
		CHECK(code == H_PERMISSION);
	else
		CHECK(code == model_copy(window_of(port, to), to_ioba, window_of(port, from),
					 from_ioba, length));
}

static void call_write(const struct port *port, u64 length)
{
	u64 ioba = number(argument[1]), byte = argument[2] * 0x0101010101010101UL;
	s64 code = WORLD_CALL(port->id, H_WRITE_RDMA, length, liobn_of(port, argument[3]), ioba,
			      byte, byte, byte, byte, byte, byte);
	const struct port *to = window_of(port, argument[3]);
	u64 done = 0;

	if (length > RDMA_WRITE_MAX) {
		CHECK(code == H_PARAMETER);
	} else if (!has_remote(port, argument[3]) || !in_window(ioba, length)) {
		CHECK(code == H_DEST_PARM);
	} else if (!to) {
		CHECK(code == H_PERMISSION);
	} else {
		for (u8 *dest; done < length && (dest = place(to, ioba + done, TCE_WRITE)); done++)
			*dest = argument[2];
		CHECK(code == (done == length ? H_SUCCESS : H_PERMISSION));
	}
}

static void call_read(const struct port *port, u64 length)
{
	u64 ioba = number(argument[1]);
	s64 code = WORLD_CALL(port->id, H_READ_RDMA, length, liobn_of(port, argument[3]), ioba);
	const struct port *from = window_of(port, argument[3]);
	const u64 *gpr = &world[port->id].vp.gpr[4];

	if (length > RDMA_READ_MAX) {
		CHECK(code == H_PARAMETER);
	} else if (!has_remote(port, argument[3]) || !in_window(ioba, length)) {
		CHECK(code == H_SOURCE_PARM);
	} else if (!from || !is_mapped(from, ioba, length, TCE_READ)) {
		CHECK(code == H_PERMISSION);
	} else {
		CHECK(code == H_SUCCESS);
		for (u64 i = 0; i < RDMA_READ_MAX; i++)
			CHECK((u8)(gpr[i / 8] >> (56 - i % 8 * 8)) ==
			      (i < length ? *place(from, ioba + i, TCE_READ) : 0));
	}
}

/* Of the model: who the partner is; of the hypervisor: what it writes. */
static void call_partner_info(const struct port *port)
{
	u64 ioba = number(argument[0]), length = number(argument[1]), known = 16;
	u64 descriptor = (length & VIOCTL_DUMP_LENGTH_MASK) << VIOCTL_DUMP_LENGTH_SHIFT |
			 (ioba & VIOCTL_DUMP_IOBA_MASK);
	s64 code = WORLD_CALL(port->id, H_VIOCTL, world_unit(port->slot), VIOCTL_PARTNER_INFO,
			      descriptor, argument[2] == 9);

	length &= VIOCTL_DUMP_LENGTH_MASK;
	ioba &= VIOCTL_DUMP_IOBA_MASK;
	if (!port->server || argument[2] == 9 || length > VIO_MAX_DMA_SIZE ||
	    !is_mapped(port, ioba, length, TCE_WRITE)) {
		CHECK(code == H_PARAMETER);
	} else if (!port->partner && is_any(port)) {
		CHECK(code == H_CLOSED);
	} else {
		u32 id = port->partner ? port->partner->id : port->peer_lpar;
		u32 slot = port->partner ? port->partner->slot : port->peer_slot;
		be64 words[] = {cpu_to_be64(id), cpu_to_be64(world_unit(slot))};
		char text[ADAPTER_LOCATION_SIZE];

		adapter_location(id, slot, text);
		known += strlen(text) + 1;
		CHECK(code == (length < known ? H_CONSTRAINED : H_SUCCESS));
		for (u64 i = 0; code == H_SUCCESS && i < length; i++)
			*place(port, ioba + i, TCE_WRITE) = i < 16	? ((u8 *)words)[i]
							    : i < known ? (u8)text[i - 16]
									: 0;
	}
}

/* Pages within reach of the model only. */
static void call_map(struct port *port)
{
	u64 ioba = argument[0] % PAGES * PAGE;
	u32 entry = argument[1] % PAGES * PAGE | (argument[2] & 7 ? 3 : argument[2] >> 3 & 3);

	CHECK(WORLD_CALL(port->id, H_PUT_TCE, liobn_of(port, 0), ioba, entry) == H_SUCCESS);
	port->tce[ioba / PAGE] = entry;
	CHECK(WORLD_CALL(port->id, H_PUT_TCE, liobn_of(port, 1), ioba, entry) == H_PARAMETER);
	CHECK(WORLD_CALL(port->id, H_PUT_TCE, liobn_of(port, 0), ioba, WORLD_MEMORY | 3) ==
	      H_PARAMETER);
}

static void call_other(const struct port *port)
{
	u64 unit = argument[0] % 2 ? world_unit(port->slot) : number(argument[1]);
	s64 good = argument[0] % 2 ? H_SUCCESS : H_PARAMETER;

	CHECK(WORLD_CALL(port->id, H_VIO_SIGNAL, unit, argument[2]) == good);
	CHECK(WORLD_CALL(port->id, H_ENABLE_CRQ, unit) == good);
	if (good != H_SUCCESS) {
		CHECK(WORLD_CALL(port->id, H_REG_CRQ, unit, 0, PAGE) == H_PARAMETER);
		CHECK(WORLD_CALL(port->id, H_FREE_CRQ, unit) == H_PARAMETER);
		CHECK(WORLD_CALL(port->id, H_SEND_CRQ, unit, ~0UL << 63) == H_PARAMETER);
	}
}

/* The receiver is done with an entry, or with all. */
static void consume(const struct port *port)
{
	for (u32 i = argument[0] % 16; port->size && i < port->size / 16;
	     i += 1 + argument[1] % 4) {
		u64 ioba = port->queue + i * 16;
		u8 *entry = place(port, ioba, 0);

		*entry = 0;
		*world_memory(port->id, (u64)(entry - expected[port->id])) = 0;
	}
}

static void restart(u32 id)
{
	world_restart(id);
	for (struct port *port = ports; port < ports + PORTS; port++) {
		if (port->id != id)
			continue;
		model_free(port, CRQ_PARTNER_FAILED);
		memset(port->tce, 0, sizeof(port->tce));
	}
}

static void step(u32 what, struct port *port)
{
	if (what < 2)
		call_register(port);
	else if (what == 2)
		call_free(port);
	else if (what < 5)
		call_send(port);
	else if (what < 8)
		call_copy(port, number(argument[0]));
	else if (what == 8)
		call_write(port, argument[0] % 2 ? argument[0] % 64 : number(argument[0]));
	else if (what == 9)
		call_read(port, argument[0] % 2 ? argument[0] % 128 : number(argument[0]));
	else if (what == 10)
		call_partner_info(port);
	else if (what < 13)
		call_map(port);
	else if (what == 13)
		call_other(port);
	else if (what == 14)
		consume(port);
	else
		restart(port->id);
}

static void plug_all(void)
{
	world_reset();
	for (const struct port *port = ports; port < ports + PORTS; port++)
		(port->server ? world_server : world_client)(port->id, port->slot, port->peer_lpar,
							     port->peer_slot);
}

/* Nobody is registered, and memory is zero and mapped. */
static void start(void)
{
	if (!world[1].lpar.bus)
		plug_all();
	for (struct port *port = ports; port < ports + PORTS; port++) {
		CHECK(WORLD_CALL(port->id, H_FREE_CRQ, world_unit(port->slot)) == H_SUCCESS);
		world_map(port->id, port->slot, 0, PAGES, TCE_READ | TCE_WRITE);
		for (u32 page = 0; page < PAGES; page++)
			port->tce[page] = (u32)(page * PAGE) | TCE_READ | TCE_WRITE;
		port->partner = NULL;
		port->size = 0;
		port->is_told = false;
	}
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		memset(world_memory(id, 0), 0, MEMORY);
	memset(expected, 0, sizeof(expected));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	start();
	for (argument = data + 2; size >= 6; argument += 6, size -= 6) {
		step(argument[-2] % 16, &ports[argument[-1] % PORTS]);
		for (u32 id = 1; id <= WORLD_LPARS; id++)
			CHECK(memcmp(world_memory(id, 0), expected[id], MEMORY) == 0);
	}
	return 0;
}
