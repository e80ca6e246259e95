// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/crq_world.c vio/crq.c vio/crq_hcall.c vio/vscsi.c vio/adapter.c vio/tce.c
// SOURCES: vio/tce_hcall.c vio/rdma_hcall.c partition/tree_writer.c
// Command/response queues: who is connected with whom, what is delivered, what an end tells the
// other.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/crq_world.h"
#include "vio/bus.h"

#define BOTH 3 /* TCE_READ | TCE_WRITE */
#define ANY  PLAN_PEER_ANY

#define CLIENT	    1
#define CLIENT_SLOT 2
#define SERVER	    2
#define SERVER_SLOT 3
#define QUEUE	    0x8000
#define ENTRIES	    (CRQ_PAGE_SIZE / sizeof(struct crq_entry))

#define MESSAGE 0x8001000000000000UL
#define INIT	0xc001000000000000UL

static s64 reg(u32 id, u32 slot, u32 pages)
{
	world_map(id, slot, QUEUE, pages, BOTH);
	return WORLD_CALL(id, H_REG_CRQ, world_unit(slot), QUEUE, pages * CRQ_PAGE_SIZE);
}

static s64 send(u32 id, u32 slot, u64 high, u64 low)
{
	return WORLD_CALL(id, H_SEND_CRQ, world_unit(slot), high, low);
}

static s64 release(u32 id, u32 slot)
{
	return WORLD_CALL(id, H_FREE_CRQ, world_unit(slot));
}

static struct crq_entry *entry(u32 id, u32 index)
{
	return (struct crq_entry *)world_memory(id, QUEUE) + index;
}

static u64 high(u32 id, u32 index)
{
	return be64_to_cpu(entry(id, index)->high);
}

/* The receiver is done with an entry. */
static void take(u32 id, u32 index)
{
	*(u8 *)entry(id, index) = 0;
}

/* A pair that is made for each other. */
static int setup_pair(void **state __unused)
{
	world_reset();
	world_client(CLIENT, CLIENT_SLOT, SERVER, SERVER_SLOT);
	world_server(SERVER, SERVER_SLOT, CLIENT, CLIENT_SLOT);
	return 0;
}

static int setup_connected(void **state)
{
	setup_pair(state);
	assert_int_equal(reg(SERVER, SERVER_SLOT, 1), H_CLOSED);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	return 0;
}

static int teardown(void **state __unused)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		world_stop(id);
	return 0;
}

static void test_register_arguments(void **state __unused)
{
	u64 unit = world_unit(CLIENT_SLOT);

	world_map(CLIENT, CLIENT_SLOT, QUEUE, 2, BOTH);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit + 1, QUEUE, 4096), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, ~0UL, QUEUE, 4096), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE + 8, 4096), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE, 4095), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE, 0), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE, 3 * 4096), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE, -4096UL), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, -4096UL, 8192), H_PARAMETER);
	world_map(CLIENT, CLIENT_SLOT, QUEUE + 4096, 1, 1);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE, 8192), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE, 4096), H_CLOSED);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, unit, QUEUE, 4096), H_RESOURCE);
}

static void test_partners(void **state __unused)
{
	world_reset();
	world_client(1, 2, 2, 3);
	/* The server is not activated: it may come. */
	assert_int_equal(reg(1, 2, 1), H_CLOSED);
	assert_int_equal(send(1, 2, MESSAGE, 0), H_CLOSED);
	assert_int_equal(release(1, 2), H_SUCCESS);
	/* It is, with a slot for somebody else, … */
	world_server(2, 3, 3, 2);
	assert_int_equal(reg(1, 2, 1), H_NOT_FOUND);
	/* … or with a client's. */
	world_stop(2);
	world_client(2, 3, 1, 2);
	assert_int_equal(reg(1, 2, 1), H_NOT_FOUND);
	/* Its adapters are not all there yet, or some have gone. */
	world[2].lpar.bus->is_open = false;
	assert_int_equal(reg(1, 2, 1), H_CLOSED);
	assert_int_equal(release(1, 2), H_SUCCESS);
	/* The other slot is for the client's. */
	world_stop(2);
	world_server(2, 3, 1, ANY);
	assert_int_equal(reg(1, 2, 1), H_CLOSED);
	assert_int_equal(reg(2, 3, 1), H_SUCCESS);
}

/* A server for anybody serves one at a time, and the next one when that has gone. */
static void test_any(void **state __unused)
{
	world_reset();
	world_server(2, 3, ANY, ANY);
	world_client(1, 2, 2, 3);
	world_client(3, 2, 2, 3);
	world_client(4, 5, 2, 4);
	assert_int_equal(reg(2, 3, 1), H_CLOSED);
	assert_int_equal(reg(4, 5, 1), H_NOT_FOUND);
	assert_int_equal(reg(3, 2, 1), H_SUCCESS);
	assert_int_equal(reg(1, 2, 1), H_RESOURCE);
	assert_int_equal(release(2, 3), H_SUCCESS);
	assert_int_equal(high(3, 0), CRQ_PARTNER_DEREGISTERED);
	assert_int_equal(reg(1, 2, 1), H_CLOSED);
	/* Both wait, and the server takes one of them; the other one has its turn. */
	assert_int_equal(reg(2, 3, 1), H_SUCCESS);
	assert_int_equal(send(2, 3, MESSAGE, 7), H_SUCCESS);
	assert_int_equal(high(1, 0), MESSAGE);
	assert_int_equal(release(1, 2), H_SUCCESS);
	assert_int_equal(high(2, 0), CRQ_PARTNER_DEREGISTERED);
	assert_int_equal(send(2, 3, MESSAGE, 8), H_CLOSED);
	assert_int_equal(send(2, 3, INIT, 8), H_CLOSED);
	take(2, 0);
	assert_int_equal(send(3, 2, MESSAGE, 8), H_CLOSED);
	assert_int_equal(send(2, 3, MESSAGE, 8), H_CLOSED);
	assert_int_equal(send(2, 3, INIT, 8), H_SUCCESS);
	assert_int_equal(high(3, 1), INIT);
	/* It was told of the one before too, and has to read that. */
	assert_int_equal(send(3, 2, MESSAGE, 9), H_CLOSED);
	take(3, 0);
	assert_int_equal(send(3, 2, INIT, 9), H_SUCCESS);
	assert_int_equal(send(3, 2, MESSAGE, 10), H_SUCCESS);
	assert_int_equal(high(2, 2), MESSAGE);
}

/* Who waits may be first to say so. */
static void test_any_is_asked(void **state __unused)
{
	world_reset();
	world_server(2, 3, ANY, ANY);
	world_client(1, 2, 2, 3);
	world_client(3, 2, 2, 3);
	assert_int_equal(reg(1, 2, 1), H_CLOSED);
	assert_int_equal(reg(3, 2, 1), H_CLOSED);
	assert_int_equal(reg(2, 3, 1), H_SUCCESS);
	assert_int_equal(send(3, 2, INIT, 0), H_CLOSED);
	assert_int_equal(release(1, 2), H_SUCCESS);
	assert_int_equal(send(3, 2, INIT, 1), H_SUCCESS);
	assert_int_equal(high(2, 1), INIT);
	assert_int_equal(reg(1, 2, 1), H_RESOURCE);
	/* The server gets it, but is not let out before it knows whose it is. */
	assert_int_equal(send(2, 3, INIT, 2), H_CLOSED);
	take(2, 0);
	assert_int_equal(send(2, 3, INIT, 3), H_SUCCESS);
	assert_int_equal(be64_to_cpu(entry(3, 0)->low), 3);
}

/* Who takes anybody waits when all are taken, and finds the one that is not. */
static void test_any_waits(void **state __unused)
{
	world_reset();
	world_server(1, 2, ANY, ANY);
	world_server(2, 2, ANY, ANY);
	world_client(3, 2, ANY, ANY);
	world_client(4, 2, ANY, ANY);
	assert_int_equal(reg(1, 2, 1), H_CLOSED);
	assert_int_equal(reg(4, 2, 1), H_SUCCESS);
	assert_int_equal(reg(2, 2, 1), H_CLOSED);
	assert_int_equal(reg(3, 2, 1), H_SUCCESS);
	assert_int_equal(release(2, 2), H_SUCCESS);
	assert_int_equal(release(3, 2), H_SUCCESS);
	world_stop(3);
	assert_int_equal(reg(2, 2, 1), H_CLOSED);
	assert_int_equal(release(1, 2), H_SUCCESS);
	assert_int_equal(send(4, 2, INIT, 5), H_CLOSED);
	take(4, 0);
	assert_int_equal(send(4, 2, INIT, 6), H_SUCCESS);
	assert_int_equal(be64_to_cpu(entry(2, 0)->low), 6);
}

static void test_send(void **state __unused)
{
	u64 unit = world_unit(CLIENT_SLOT);

	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 0x1122334455667788), H_SUCCESS);
	assert_int_equal(high(SERVER, 0), MESSAGE);
	assert_int_equal(be64_to_cpu(entry(SERVER, 0)->low), 0x1122334455667788);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], 0);
	take(SERVER, 0);
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, world_unit(SERVER_SLOT), 1), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 1), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], 1);
	for (u64 header = 0; header <= 0xff; header++)
		assert_int_equal(send(CLIENT, CLIENT_SLOT, header << 56, 0),
				 header < 0x80 || header == 0xff ? H_PARAMETER : H_SUCCESS);
	assert_int_equal(WORLD_CALL(CLIENT, H_SEND_CRQ, unit + 1, MESSAGE, 0), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_ENABLE_CRQ, unit + 1), H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_ENABLE_CRQ, unit), H_SUCCESS);
	assert_int_equal(WORLD_CALL(CLIENT, H_FREE_CRQ, unit + 1), H_PARAMETER);
}

/* Nothing is lost or overwritten when the queue is full, and it goes on where it stopped. */
static void test_full(void **state __unused)
{
	for (u64 i = 0; i < ENTRIES; i++)
		assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, i), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, ~0UL), H_DROPPED);
	for (u32 i = 0; i < ENTRIES; i++)
		assert_int_equal(be64_to_cpu(entry(SERVER, i)->low), i);
	*(u8 *)entry(SERVER, 1) = 0;
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 99), H_DROPPED);
	*(u8 *)entry(SERVER, 0) = 0;
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 100), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 101), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 102), H_DROPPED);
	assert_int_equal(be64_to_cpu(entry(SERVER, 0)->low), 100);
	assert_int_equal(be64_to_cpu(entry(SERVER, 1)->low), 101);
	/* An event takes the place of the last one. */
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(high(SERVER, 1), CRQ_PARTNER_DEREGISTERED);
	assert_int_equal(be64_to_cpu(entry(SERVER, 0)->low), 100);
}

static void test_full_at_the_end(void **state __unused)
{
	for (u64 i = 0; i < ENTRIES; i++)
		assert_int_equal(send(SERVER, SERVER_SLOT, MESSAGE, i), H_SUCCESS);
	world_stop(SERVER);
	assert_int_equal(high(CLIENT, ENTRIES - 1), CRQ_PARTNER_FAILED);
	assert_int_equal(be64_to_cpu(entry(CLIENT, ENTRIES - 2)->low), ENTRIES - 2);
}

static void test_unmapped(void **state __unused)
{
	world_map(SERVER, SERVER_SLOT, QUEUE, 1, 1);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 0), H_DROPPED);
	world_map(SERVER, SERVER_SLOT, QUEUE, 1, 0);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 0), H_DROPPED);
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(high(SERVER, 0), 0);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	world_map(SERVER, SERVER_SLOT, QUEUE, 1, BOTH);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 5), H_SUCCESS);
	assert_int_equal(be64_to_cpu(entry(SERVER, 0)->low), 5);
}

/* An event has no place but the next one or that of an entry which is still to be read. */
static void test_event_without_room(void **state __unused)
{
	assert_int_equal(release(SERVER, SERVER_SLOT), H_SUCCESS);
	assert_int_equal(reg(SERVER, SERVER_SLOT, 2), H_SUCCESS);
	take(CLIENT, 0);
	for (u64 i = 0; i < ENTRIES; i++)
		assert_int_equal(send(CLIENT, CLIENT_SLOT, INIT, i), H_SUCCESS);
	world_map(SERVER, SERVER_SLOT, QUEUE + CRQ_PAGE_SIZE, 1, 0);
	*(u8 *)entry(SERVER, ENTRIES - 1) = 0;
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(*(u8 *)entry(SERVER, ENTRIES - 1), 0);
	assert_int_equal(high(SERVER, ENTRIES), 0);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	*(u8 *)entry(SERVER, ENTRIES - 1) = 0x80;
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(high(SERVER, ENTRIES - 1), CRQ_PARTNER_DEREGISTERED);
}

/* The client comes back, the server's queue stays where it was. */
static void test_again(void **state __unused)
{
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 1), H_SUCCESS);
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(send(SERVER, SERVER_SLOT, MESSAGE, 0), H_CLOSED);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 2), H_SUCCESS);
	assert_int_equal(high(SERVER, 1), CRQ_PARTNER_DEREGISTERED);
	assert_int_equal(be64_to_cpu(entry(SERVER, 2)->low), 2);
	assert_int_equal(high(CLIENT, 0), 0);
	take(SERVER, 1);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 3), H_SUCCESS);
	assert_int_equal(be64_to_cpu(entry(CLIENT, 0)->low), 3);
}

/*
 * What was meant for the last life of the client does not reach the next one, whatever it is, until
 * the server has read of the end and begins anew.
 */
static void test_stale(void **state __unused)
{
	assert_int_equal(send(SERVER, SERVER_SLOT, MESSAGE, 0), H_SUCCESS);
	world_restart(CLIENT);
	memset(entry(CLIENT, 0), 0, CRQ_PAGE_SIZE);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, INIT, 1), H_SUCCESS);
	assert_int_equal(high(SERVER, 1), INIT);
	for (u64 header = 0x80; header < 0xff; header++)
		assert_int_equal(send(SERVER, SERVER_SLOT, header << 56, 0), H_CLOSED);
	take(SERVER, 0);
	for (u64 header = 0x80; header < 0xff; header++)
		if (header != 0xc0)
			assert_int_equal(send(SERVER, SERVER_SLOT, header << 56, 0), H_CLOSED);
	assert_int_equal(high(CLIENT, 0), 0);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 2), H_SUCCESS);
	assert_int_equal(send(SERVER, SERVER_SLOT, MESSAGE, 3), H_SUCCESS);
	assert_int_equal(be64_to_cpu(entry(CLIENT, 1)->low), 3);
}

/* The last of several ends counts. */
static void test_two_ends(void **state __unused)
{
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	world_restart(CLIENT);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	assert_int_equal(high(SERVER, 0), CRQ_PARTNER_DEREGISTERED);
	assert_int_equal(high(SERVER, 1), CRQ_PARTNER_FAILED);
	take(SERVER, 0);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 0), H_CLOSED);
	take(SERVER, 1);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 0), H_SUCCESS);
}

/* That the place of the event has been used again does not matter. */
static void test_event_is_overwritten(void **state __unused)
{
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	take(SERVER, 0);
	for (u64 i = 0; i < ENTRIES; i++)
		assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, i), H_SUCCESS);
	assert_int_equal(high(SERVER, 0), MESSAGE);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 0), H_SUCCESS);
}

/* Registering again is a beginning too, and the only one when the event could not be put anywhere.
 */
static void test_begin_by_registering(void **state __unused)
{
	world_map(SERVER, SERVER_SLOT, QUEUE, 1, 1);
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	world_map(SERVER, SERVER_SLOT, QUEUE, 1, BOTH);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 0), H_CLOSED);
	assert_int_equal(reg(SERVER, SERVER_SLOT, 1), H_RESOURCE);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 0), H_CLOSED);
	assert_int_equal(release(SERVER, SERVER_SLOT), H_SUCCESS);
	assert_int_equal(reg(SERVER, SERVER_SLOT, 1), H_SUCCESS);
	assert_int_equal(send(SERVER, SERVER_SLOT, MESSAGE, 1), H_SUCCESS);
	/* The event is not there to be read while its page is not. */
	assert_int_equal(high(CLIENT, 0), CRQ_PARTNER_DEREGISTERED);
	world_map(CLIENT, CLIENT_SLOT, QUEUE, 1, 0);
	take(CLIENT, 0);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, INIT, 0), H_CLOSED);
	world_map(CLIENT, CLIENT_SLOT, QUEUE, 1, BOTH);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, INIT, 0), H_SUCCESS);
}

/* Interrupts are enabled: what came before does not wait for what comes next. */
static void test_enabled(void **state __unused)
{
	u64 unit = world_unit(SERVER_SLOT);

	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], 0);
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 0), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 0), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], 0);
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], 1);
	take(SERVER, 0);
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
	world_map(SERVER, SERVER_SLOT, QUEUE, 1, 0);
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
	assert_int_equal(release(SERVER, SERVER_SLOT), H_SUCCESS);
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], 1);
}

/* Whoever answers each interrupt by enabling the next one, and takes nothing, is left alone. */
static void test_enabled_for_nothing(void **state __unused)
{
	u64 unit = world_unit(SERVER_SLOT);
	u32 before;

	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 0), H_SUCCESS);
	for (u32 messages = 1; messages <= 2; messages++) {
		assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 0), H_SUCCESS);
		for (u32 i = 0; i < 1000; i++) {
			assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
			assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 0), H_SUCCESS);
		}
		assert_int_equal(world[SERVER].pulses[SERVER_SLOT], messages * 64);
	}
	/* Enabling them twice asks once more. */
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
	before = world[SERVER].pulses[SERVER_SLOT];
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, unit, 1), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], before + 1);
}

/* A partition that starts afresh or ends takes its registration with it. */
static void test_ends(void **state __unused)
{
	assert_int_equal(WORLD_CALL(SERVER, H_VIO_SIGNAL, world_unit(SERVER_SLOT), 1), H_SUCCESS);
	world_restart(CLIENT);
	assert_int_equal(high(SERVER, 0), CRQ_PARTNER_FAILED);
	assert_int_equal(world[SERVER].pulses[SERVER_SLOT], 1);
	assert_int_equal(send(SERVER, SERVER_SLOT, MESSAGE, 0), H_CLOSED);
	assert_int_equal(high(CLIENT, 0), 0);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	world_stop(SERVER);
	assert_int_equal(high(CLIENT, 0), CRQ_PARTNER_FAILED);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 0), H_CLOSED);
	world_server(SERVER, SERVER_SLOT, CLIENT, CLIENT_SLOT);
	memset(entry(SERVER, 0), 0, CRQ_PAGE_SIZE);
	assert_int_equal(reg(SERVER, SERVER_SLOT, 2), H_SUCCESS);
	take(CLIENT, 0);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 4), H_CLOSED);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, INIT, 4), H_SUCCESS);
	assert_int_equal(send(CLIENT, CLIENT_SLOT, MESSAGE, 4), H_SUCCESS);
}

static void test_registering_disables_interrupts(void **state __unused)
{
	assert_int_equal(WORLD_CALL(CLIENT, H_VIO_SIGNAL, world_unit(CLIENT_SLOT), 1), H_SUCCESS);
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(WORLD_CALL(CLIENT, H_VIO_SIGNAL, world_unit(CLIENT_SLOT), 1), H_SUCCESS);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	take(SERVER, 0);
	assert_int_equal(send(SERVER, SERVER_SLOT, INIT, 0), H_SUCCESS);
	assert_int_equal(world[CLIENT].pulses[CLIENT_SLOT], 0);
}

static s64 partner_info(u64 length, u64 ioba)
{
	return WORLD_CALL(SERVER, H_VIOCTL, world_unit(SERVER_SLOT), VIOCTL_PARTNER_INFO,
			  length << 32 | ioba);
}

static void test_partner_info(void **state __unused)
{
	const char *location = "UTEST-V1-C2-T1";
	be64 *info = (be64 *)world_memory(SERVER, 0x1000);

	world_map(SERVER, SERVER_SLOT, 0x1000, 1, BOTH);
	memset(info, 0xaa, 4096);
	assert_int_equal(partner_info(4096, 0x1000), H_SUCCESS);
	assert_int_equal(be64_to_cpu(info[0]), CLIENT);
	assert_int_equal(be64_to_cpu(info[1]), world_unit(CLIENT_SLOT));
	assert_string_equal((const char *)&info[2], location);
	for (u32 i = 16 + (u32)strlen(location); i < 4096; i++)
		assert_int_equal(((const u8 *)info)[i], 0);
	assert_int_equal(partner_info(16 + strlen(location) + 1, 0x1000), H_SUCCESS);
	assert_int_equal(partner_info(16 + strlen(location), 0x1000), H_CONSTRAINED);
	assert_int_equal(partner_info(4097, 0x1000), H_PARAMETER);
	assert_int_equal(partner_info(4096, 0x2000), H_PARAMETER);
	assert_int_equal(partner_info(4096 | 1UL << 24, 0x1000), H_PARAMETER);
	assert_int_equal(WORLD_CALL(SERVER, H_VIOCTL, world_unit(SERVER_SLOT), VIOCTL_PARTNER_INFO,
				    4096UL << 32 | 0x1000, 1),
			 H_PARAMETER);
	assert_int_equal(WORLD_CALL(CLIENT, H_VIOCTL, world_unit(CLIENT_SLOT), VIOCTL_PARTNER_INFO,
				    4096UL << 32 | 0x1000),
			 H_PARAMETER);
}

static void test_partner_info_of_any(void **state __unused)
{
	world_reset();
	world_server(SERVER, SERVER_SLOT, ANY, ANY);
	world_client(CLIENT, CLIENT_SLOT, SERVER, SERVER_SLOT);
	world_map(SERVER, SERVER_SLOT, 0x1000, 1, BOTH);
	assert_int_equal(partner_info(4096, 0x1000), H_CLOSED);
	assert_int_equal(reg(SERVER, SERVER_SLOT, 1), H_CLOSED);
	assert_int_equal(partner_info(4096, 0x1000), H_CLOSED);
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	assert_int_equal(partner_info(4096, 0x1000), H_SUCCESS);
	assert_int_equal(be64_to_cpu(*(be64 *)world_memory(SERVER, 0x1000)), CLIENT);
	assert_int_equal(release(CLIENT, CLIENT_SLOT), H_SUCCESS);
	assert_int_equal(partner_info(4096, 0x1000), H_CLOSED);
	/* Who it is can be asked before it is answered, as Linux's driver does. */
	assert_int_equal(reg(CLIENT, CLIENT_SLOT, 1), H_SUCCESS);
	assert_int_equal(partner_info(4096, 0x1000), H_SUCCESS);
}

#define PAIR(name)	  test(name, setup_pair)
#define CONNECTED(name)	  test(name, setup_connected)
#define test(name, setup) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIR(test_register_arguments),
		PAIR(test_partners),
		PAIR(test_any),
		PAIR(test_any_is_asked),
		PAIR(test_any_waits),
		CONNECTED(test_send),
		CONNECTED(test_full),
		CONNECTED(test_full_at_the_end),
		CONNECTED(test_unmapped),
		CONNECTED(test_event_without_room),
		CONNECTED(test_again),
		CONNECTED(test_stale),
		CONNECTED(test_two_ends),
		CONNECTED(test_event_is_overwritten),
		CONNECTED(test_begin_by_registering),
		CONNECTED(test_enabled),
		CONNECTED(test_enabled_for_nothing),
		CONNECTED(test_ends),
		CONNECTED(test_registering_disables_interrupts),
		CONNECTED(test_partner_info),
		PAIR(test_partner_info_of_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
