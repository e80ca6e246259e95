// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/crq_world.c vio/crq.c vio/crq_hcall.c vio/vscsi.c vio/adapter.c vio/tce.c
// SOURCES: vio/tce_hcall.c vio/rdma_hcall.c partition/tree_writer.c
// Partitions of two processors each that register, send, copy, free, start afresh and end at once.
// What was accepted arrives in its order and once; what a copy brings is the client's that is
// connected, and the same one's until the server begins anew; and nobody writes into the memory of
// one that has freed its queue or been reset. What is looked at after an adapter is freed, the
// sanitizer sees.
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/check.h"
#include "tests/unit/crq_world.h"
#include "vio/bus.h"
#include "vio/tce.h"

#define ACCESS	   3 /* read and write */
#define PROCESSORS 2
#define LIVES	   12 /* of each partition */
#define ROUNDS	   80 /* of its processors in one life */
#define ENTRIES	   (CRQ_PAGE_SIZE / sizeof(struct crq_entry))
#define SENDERS	   (PROCESSORS * (WORLD_LPARS + 1) * WORLD_SLOTS)
#define MESSAGE	   0x80
#define INIT	   0xc0
#define SEED	   0x2545f491

/* A partition's memory: a queue for each slot, and what is copied from and to. */
#define QUEUE(slot) (0x8000 + (slot)*CRQ_PAGE_SIZE)
#define FROM(slot)  (0x10000 + ((slot)-2) * COPY) /* COPY bytes, all the same */
#define TO	    0x18000 /* COPY bytes for each server's processor and slot */
#define LOCAL	    0x58000 /* the same for each processor */
#define END	    0x60000
#define COPY	    0x2000 /* bytes at most */
#define NOBODY	    0xa5   /* what memory is that nobody may write */

/* The last message from each sender that a queue has had; 0: none since it was registered. */
struct receiver {
	u32 at;
	u64 last[SENDERS];
	u32 events[SENDERS]; /* since then; each may have taken the place of one */
	bool told;	     /* by an event, and has not begun anew */
};

struct processor {
	struct vp vp;
	u32 number, random;
	u64 sent[WORLD_SLOTS];
	struct receiver receiver[WORLD_SLOTS];
};

struct connector {
	u32 id, slot;
	bool server;
	u32 peer_lpar, peer_slot;
};

static const struct connector connectors[] = {
	{1, 2, true, 3, 2},  {1, 3, true, 4, 2},
	{2, 2, true, 3, 3},  {2, 3, true, PLAN_PEER_ANY, PLAN_PEER_ANY},
	{3, 2, false, 1, 2}, {3, 3, false, 2, 2},
	{3, 4, false, 2, 3}, {4, 2, false, 1, 3},
	{4, 4, false, 2, 3},
};

/* What a slot's registrations and beginnings are. */
struct conversation {
	u32 registrations;
	u32 number; /* of the conversation; it goes up before the next one may begin */
	u64 copied; /* which bytes it has copied: that number and the byte */
};

static struct processor processors[WORLD_LPARS + 1][PROCESSORS];
static struct conversation conversations[WORLD_LPARS + 1][WORLD_SLOTS];
static u64 received, copied, events, refused, begun;

#define CALL(processor, number, ...)                                        \
	world_call_vp(&(processor)->vp, number, (const u64[]){__VA_ARGS__}, \
		      sizeof((u64[]){__VA_ARGS__}) / sizeof(u64))

static u32 random_next(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Others have their turn where they must not notice it. */
static void pause_sometimes(void)
{
	static _Thread_local u32 random = SEED;

	if (random_next(&random) % 64 == 0)
		sched_yield();
}

static void count(u64 *what)
{
	__atomic_add_fetch(what, 1, __ATOMIC_RELAXED);
}

static u32 id_of(const struct processor *processor)
{
	return processor->vp.lpar->id;
}

static void expect_bytes(u32 id, u64 logical, u64 length, u8 byte)
{
	const u8 *memory = world_memory(id, logical);

	for (u64 i = 0; i < length; i++)
		CHECK(memory[i] == byte);
}

/* Nobody writes there now, nor a little later. */
static void expect_nobody(u32 id, u64 logical, u64 length)
{
	memset(world_memory(id, logical), NOBODY, length);
	for (u32 i = 0; i < 3; i++) {
		sched_yield();
		expect_bytes(id, logical, length, NOBODY);
	}
}

/* --- messages --- */

static u32 sender_number(const struct processor *processor, u32 slot)
{
	return (id_of(processor) * WORLD_SLOTS + slot) * PROCESSORS + processor->number;
}

static void message_send(struct processor *processor, u32 slot)
{
	u64 high = (u64)MESSAGE << CRQ_HEADER_SHIFT | sender_number(processor, slot);
	s64 code = CALL(processor, H_SEND_CRQ, world_unit(slot), high, processor->sent[slot] + 1);

	CHECK(code == H_SUCCESS || code == H_CLOSED || code == H_DROPPED);
	if (code == H_SUCCESS)
		processor->sent[slot]++;
	else
		count(&refused);
}

/* Messages of a server for anybody may have gone to somebody else. */
static bool is_for_me_alone(u32 sender)
{
	u32 id = sender / PROCESSORS / WORLD_SLOTS, slot = sender / PROCESSORS % WORLD_SLOTS;

	return id != 2 || slot != 3;
}

static void message_check(struct receiver *receiver, u32 sender, u64 number)
{
	u64 last = receiver->last[sender];

	CHECK(sender < SENDERS && number > last);
	if (last && is_for_me_alone(sender))
		CHECK(number - last - 1 <= receiver->events[sender]);
	receiver->last[sender] = number;
	receiver->events[sender] = 0;
	count(&received);
}

static void event_check(struct receiver *receiver, u64 high)
{
	CHECK(high == CRQ_PARTNER_FAILED || high == CRQ_PARTNER_DEREGISTERED);
	for (u32 sender = 0; sender < SENDERS; sender++)
		receiver->events[sender]++;
	receiver->told = true;
	count(&events);
}

/* Takes the next entry of the queue, if there is one; an event may take its place meanwhile. */
static bool entry_take(u32 id, u32 slot, struct receiver *receiver)
{
	struct crq_entry *entry =
		(struct crq_entry *)world_memory(id, QUEUE(slot)) + receiver->at % ENTRIES;
	u64 high = be64_to_cpu(__atomic_load_n(&entry->high, __ATOMIC_ACQUIRE));
	be64 expected = cpu_to_be64(high);
	u64 low;

	if (!(high >> CRQ_HEADER_SHIFT))
		return false;
	low = be64_to_cpu(__atomic_load_n(&entry->low, __ATOMIC_ACQUIRE));
	if (!__atomic_compare_exchange_n(&entry->high, &expected, 0, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE))
		return true;
	receiver->at++;
	if (high >> CRQ_HEADER_SHIFT == MESSAGE)
		message_check(receiver, (u32)high, low);
	else if (high >> CRQ_HEADER_SHIFT != INIT)
		event_check(receiver, high);
	return true;
}

static void conversation_end(struct processor *processor, u32 slot)
{
	__atomic_add_fetch(&conversations[id_of(processor)][slot].number, 1, __ATOMIC_SEQ_CST);
}

/* Bytes of which another registration has others: the lowest bit says which partition's. */
static void memory_fill(u32 id, u32 slot)
{
	u32 n = ++conversations[id][slot].registrations;

	memset(world_memory(id, FROM(slot)), (int)(n % 127 << 1 | (id & 1)), COPY);
}

static void queue_register(struct processor *processor, u32 slot)
{
	u32 id = id_of(processor);
	s64 code;

	conversation_end(processor, slot);
	memory_fill(id, slot);
	memset(world_memory(id, QUEUE(slot)), 0, CRQ_PAGE_SIZE);
	processor->receiver[slot] = (struct receiver){0};
	code = CALL(processor, H_REG_CRQ, world_unit(slot), QUEUE(slot), CRQ_PAGE_SIZE);
	CHECK(code == H_SUCCESS || code == H_CLOSED || code == H_RESOURCE || code == H_NOT_FOUND ||
	      code == H_PARAMETER); /* its page is away */
}

static void queue_free(struct processor *processor, u32 slot)
{
	conversation_end(processor, slot);
	CHECK(CALL(processor, H_FREE_CRQ, world_unit(slot)) == H_SUCCESS);
	expect_nobody(id_of(processor), QUEUE(slot), CRQ_PAGE_SIZE);
	memset(world_memory(id_of(processor), QUEUE(slot)), 0, CRQ_PAGE_SIZE);
}

/* What was before is over; there may have been nothing. */
static void queue_begin(struct processor *processor, u32 slot)
{
	s64 code;

	conversation_end(processor, slot);
	code = CALL(processor, H_SEND_CRQ, world_unit(slot), (u64)INIT << CRQ_HEADER_SHIFT);
	CHECK(code == H_SUCCESS || code == H_CLOSED || code == H_DROPPED);
	if (code == H_SUCCESS)
		count(&begun);
}

/* As much as there is; after an event, sooner or later, it begins anew. */
static void queue_read(struct processor *processor, u32 slot)
{
	struct receiver *receiver = &processor->receiver[slot];

	while (entry_take(id_of(processor), slot, receiver))
		;
	if (receiver->told && random_next(&processor->random) & 256) {
		queue_begin(processor, slot);
		receiver->told = false;
	}
}

/* --- copies --- */

/* All that is copied in one conversation is from one registration. */
static void copied_check(struct conversation *conversation, u32 number, u8 byte)
{
	u64 before = __atomic_load_n(&conversation->copied, __ATOMIC_SEQ_CST);
	u64 now = (u64)number << 8 | byte;

	if (__atomic_load_n(&conversation->number, __ATOMIC_SEQ_CST) != number)
		return;
	while (before >> 8 < number)
		if (__atomic_compare_exchange_n(&conversation->copied, &before, now, false,
						__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return;
	CHECK(before >> 8 != number || before == now);
}

static void copy_from_client(struct processor *processor, u32 slot, u64 local)
{
	u32 id = id_of(processor), client = id == 1 && slot == 3 ? 4 : 3;
	u32 client_slot = id == 1 ? 2 : slot + 1;
	u64 window = world_liobn(id, slot, 0), remote = world_liobn(id, slot, 1);
	u64 length = 1 + random_next(&processor->random) % COPY;
	struct conversation *conversation = &conversations[id][slot];
	u32 number = __atomic_load_n(&conversation->number, __ATOMIC_SEQ_CST);
	s64 code;
	u8 byte;

	code = CALL(processor, H_COPY_RDMA, length, remote, FROM(client_slot), window, local);
	CHECK(code == H_SUCCESS || code == H_PERMISSION);
	if (code != H_SUCCESS)
		return;
	byte = *world_memory(id, local);
	expect_bytes(id, local, length, byte);
	CHECK(!is_for_me_alone(sender_number(processor, slot)) || (byte & 1) == (client & 1));
	copied_check(conversation, number, byte);
	count(&copied);
}

static void copy_to_client(struct processor *processor, u32 slot, u64 local)
{
	u32 id = id_of(processor);
	u64 window = world_liobn(id, slot, 0), remote = world_liobn(id, slot, 1);
	u64 place = ((id - 1) * PROCESSORS + processor->number) * WORLD_SLOTS + slot;
	s64 code = CALL(processor, H_COPY_RDMA, COPY, window, local, remote, TO + place * COPY);

	CHECK(code == H_SUCCESS || code == H_PERMISSION);
	code = CALL(processor, H_WRITE_RDMA, 48, remote, TO + place * COPY, 1, 2, 3);
	CHECK(code == H_SUCCESS || code == H_PERMISSION);
}

/* From the client of another slot, or to it: in both windows at once. */
static void copy_between_clients(struct processor *processor, u32 slot)
{
	u32 id = id_of(processor), other = slot ^ 1;
	u64 place = ((id - 1) * PROCESSORS + processor->number) * WORLD_SLOTS + 4;
	s64 code = CALL(processor, H_COPY_RDMA, COPY, world_liobn(id, slot, 1), FROM(2),
			world_liobn(id, other, 1), TO + place * COPY);

	CHECK(code == H_SUCCESS || code == H_PERMISSION);
}

static void copy(struct processor *processor, const struct connector *connector)
{
	u64 local = LOCAL + processor->number * COPY;

	if (!connector->server)
		return;
	copy_between_clients(processor, connector->slot);
	copy_from_client(processor, connector->slot, local);
	copy_to_client(processor, connector->slot, local);
}

/* A page of the window, the queue's too, goes away, or may not be written, and comes back. */
static void page_remap(struct processor *processor, u32 slot)
{
	u32 id = id_of(processor), random = random_next(&processor->random) >> 4;
	u64 page = (random & 1 ? QUEUE(slot) : FROM(2) + random % (END - FROM(2))) & ~TCE_PAGE_MASK;
	u64 liobn = world_liobn(id, slot, 0);

	CHECK(CALL(processor, H_PUT_TCE, liobn, page, page | (random >> 24 & ACCESS)) == H_SUCCESS);
	sched_yield();
	CHECK(CALL(processor, H_PUT_TCE, liobn, page, page | ACCESS) == H_SUCCESS);
}

/* --- life --- */

static void use(struct processor *processor, const struct connector *connector)
{
	u32 slot = connector->slot, dice = random_next(&processor->random) >> 8 & 63;
	bool owner = processor->number == 0; /* of the queues */

	if (dice < 24)
		for (u32 i = 0; i < dice; i++)
			message_send(processor, slot);
	else if (dice < 36)
		copy(processor, connector);
	else if (dice < 38)
		page_remap(processor, slot);
	else if (dice < 40)
		CALL(processor, H_VIO_SIGNAL, world_unit(slot), dice);
	else if (dice < 41 && owner)
		queue_free(processor, slot);
	else if (dice < 47 && owner)
		queue_free(processor, slot), queue_register(processor, slot);
	if (owner && dice % 4 == 0)
		queue_read(processor, slot);
}

static void *processor_run(void *arg)
{
	struct processor *processor = arg;

	for (u32 i = 0; i < ROUNDS; i++)
		for (u32 n = 0; n < ARRAY_SIZE(connectors); n++)
			if (connectors[n].id == id_of(processor))
				use(processor, &connectors[n]);
	return NULL;
}

static void plug_all(u32 id)
{
	for (const struct connector *one = connectors; one < connectors + ARRAY_SIZE(connectors);
	     one++)
		if (one->id == id)
			(one->server ? world_server : world_client)(id, one->slot, one->peer_lpar,
								    one->peer_slot);
}

static void map_all(u32 id)
{
	struct processor *processor = &processors[id][0];

	for (const struct connector *one = connectors; one < connectors + ARRAY_SIZE(connectors);
	     one++) {
		if (one->id != id)
			continue;
		world_map(id, one->slot, QUEUE(one->slot), 1, ACCESS);
		world_map(id, one->slot, FROM(2), (END - FROM(2)) / TCE_PAGE_SIZE, ACCESS);
		queue_register(processor, one->slot);
	}
}

/* The partition runs on its processors, then starts afresh or ends and is activated again. */
static void *partition_run(void *arg)
{
	u32 id = (u32)(size_t)arg;
	struct processor *processor = processors[id];
	pthread_t second;

	for (u32 life = 0; life < LIVES; life++) {
		map_all(id);
		pthread_create(&second, NULL, processor_run, &processor[1]);
		processor_run(&processor[0]);
		pthread_join(second, NULL);
		if (random_next(&processor->random) & 256) {
			world_restart(id);
			expect_nobody(id, 0, END);
		} else {
			world_stop(id);
			expect_nobody(id, 0, END);
			plug_all(id);
		}
	}
	return NULL;
}

static void test_all_at_once(void **state __unused)
{
	pthread_t threads[WORLD_LPARS + 1];

	world_reset();
	world_pause = pause_sometimes;
	for (u32 id = 1; id <= WORLD_LPARS; id++) {
		plug_all(id);
		for (u32 number = 0; number < PROCESSORS; number++)
			processors[id][number] = (struct processor){
				.vp.lpar = &world[id].lpar,
				.number = number,
				.random = SEED * (id * 2 + number + 1),
			};
	}
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		pthread_create(&threads[id], NULL, partition_run, (void *)(size_t)id);
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		pthread_join(threads[id], NULL);
	/* The test has to have come across what it is about. */
	assert_true(received > 1000 && copied > 100 && events > 20 && refused > 100 && begun > 2);
}

/* --- storms --- */

static void *storm_run(void *arg)
{
	struct processor *processor = arg;

	for (u32 i = 0; i < 8 * LIVES * ROUNDS; i++) {
		u32 dice = random_next(&processor->random) >> 4;
		u32 slot = 2 + dice / 16 % 3;
		u64 unit = world_unit(slot);
		s64 code;

		if (dice % 16 < 6)
			code = CALL(processor, H_REG_CRQ, unit, QUEUE(slot), CRQ_PAGE_SIZE);
		else if (dice % 16 < 10)
			code = CALL(processor, H_FREE_CRQ, unit);
		else
			code = CALL(processor, H_SEND_CRQ, unit, 0xc0UL << CRQ_HEADER_SHIFT);
		CHECK(code == H_SUCCESS || code == H_PARAMETER || code == H_CLOSED ||
		      code == H_DROPPED || code == H_RESOURCE);
	}
	return NULL;
}

/* Whoever is registered after all has exactly one partner, which has it. */
static void expect_pairs(void)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		for (u32 slot = 2; slot < 5; slot++)
			if (world[id].lpar.bus->slot[slot])
				queue_free(&processors[id][0], slot);
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		map_all(id);
	for (u32 n = 0; n < ARRAY_SIZE(connectors); n++) {
		const struct connector *one = &connectors[n];
		struct processor *processor = &processors[one->id][0];
		s64 code =
			CALL(processor, H_SEND_CRQ, world_unit(one->slot), 0xc0UL << 56, one->slot);

		/* One of the two that want the server for anybody waits. */
		assert_int_equal(code, one->id == 4 && one->slot == 4 ? H_CLOSED : H_SUCCESS);
	}
}

static void test_storm(void **state __unused)
{
	pthread_t threads[WORLD_LPARS + 1][PROCESSORS];

	for (u32 id = 1; id <= WORLD_LPARS; id++)
		map_all(id);
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		for (u32 n = 0; n < PROCESSORS; n++)
			pthread_create(&threads[id][n], NULL, storm_run, &processors[id][n]);
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		for (u32 n = 0; n < PROCESSORS; n++)
			pthread_join(threads[id][n], NULL);
	expect_pairs();
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		world_stop(id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
