// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/vterm_world.c vio/vterm.c vio/vterm_server.c vio/cable.c vio/adapter.c
// SOURCES: hv/stream.c partition/console.c partition/tree_writer.c
// Server vterms: who may be reached, who has which console, what goes between two partitions.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "papr/vio.h"
#include "partition/console.h"
#include "partition/tree_writer.h"
#include "tests/unit/vterm_world.h"
#include "vio/adapter.h"
#include "vio/bus.h"
#include "vio/cable.h"

/* Partition 1 serves: slot 2 anybody, slot 3 partition 2, slot 4 a slot that is no console. */
#define SERVER 1
#define CLIENT 2
#define OTHER  3
#define ANYONE (VIO_UNIT_BASE + 2)
#define ONE    (VIO_UNIT_BASE + 3)
#define NOBODY (VIO_UNIT_BASE + 4)
#define NONE   ~0UL
#define BUFFER 0x1000

static int setup(void **state)
{
	(void)state;
	world_reset();
	world_plug(SERVER, 2, PLAN_PEER_ANY, PLAN_PEER_ANY);
	world_plug(SERVER, 3, CLIENT, 0);
	world_plug(SERVER, 4, CLIENT, 7);
	world_plug(OTHER, 2, CLIENT, 0);
	return 0;
}

static int teardown_group(void **state)
{
	(void)state;
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		if (world[id].active)
			world_stop(id);
	return 0;
}

static s64 info(u64 unit, u64 lpar_id, u64 partner, u64 buffer)
{
	return world_hcall(SERVER, H_VTERM_PARTNER_INFO, unit, lpar_id, partner, buffer);
}

static u64 cell(u32 i)
{
	be64 value;

	memcpy(&value, world[SERVER].memory + BUFFER + 8 * i, sizeof(value));
	return be64_to_cpu(value);
}

static s64 connect(u32 id, u64 unit, u64 lpar_id, u64 partner)
{
	return world_hcall(id, H_REGISTER_VTERM, unit, lpar_id, partner, 0);
}

static s64 disconnect(u32 id, u64 unit)
{
	return world_hcall(id, H_FREE_VTERM, unit, 0, 0, 0);
}

static void join(void)
{
	assert_int_equal(connect(SERVER, ONE, CLIENT, VTERM_CONSOLE), H_SUCCESS);
	assert_int_equal(world_hcall(SERVER, H_VIO_SIGNAL, ONE, 1, 0, 0), H_SUCCESS);
}

/* One after the other, as Linux does, into @text. */
static void list(u64 unit, char *text)
{
	u64 id = NONE, partner = NONE;

	for (*text = '\0';; text += strlen(text)) {
		memset(world[SERVER].memory + BUFFER, 0x55, 128);
		assert_int_equal(info(unit, id, partner, BUFFER), H_SUCCESS);
		id = cell(0);
		partner = cell(1);
		if (id == NONE)
			break;
		sprintf(text, "%lu:%lx:%s ", id, partner,
			(const char *)world[SERVER].memory + BUFFER + 16);
	}
	assert_true(partner == NONE);
	assert_string_equal((const char *)world[SERVER].memory + BUFFER + 16, "");
}

static void test_list(void **state)
{
	char text[512];

	(void)state;
	list(ANYONE, text);
	assert_string_equal(text, "2:30000000:UTEST-V2-C0-T1 3:30000000:UTEST-V3-C0-T1 "
				  "4:30000000:UTEST-V4-C0-T1 ");
	list(ONE, text);
	assert_string_equal(text, "2:30000000:UTEST-V2-C0-T1 ");
	list(NOBODY, text);
	assert_string_equal(text, "");
	/* What is connected stays in the list; what does not exist does not. */
	join();
	list(ONE, text);
	assert_string_equal(text, "2:30000000:UTEST-V2-C0-T1 ");
	world_stop(CLIENT);
	list(ONE, text);
	assert_string_equal(text, "2:30000000:UTEST-V2-C0-T1 ");
	world_remove(CLIENT);
	list(ONE, text);
	assert_string_equal(text, "");
	list(ANYONE, text);
	assert_string_equal(text, "3:30000000:UTEST-V3-C0-T1 4:30000000:UTEST-V4-C0-T1 ");
}

static void test_list_refused(void **state)
{
	static const u64 units[] = {
		0, VTERM_CONSOLE, VIO_UNIT_BASE + 1, VIO_UNIT_BASE + 5, ANYONE | 1UL << 32, NONE};
	static const u64 buffers[] = {BUFFER + 1, BUFFER + 8,  WORLD_MEMORY, WORLD_MEMORY - 4095,
				      NONE,	  NONE - 4095, 1UL << 63};
	static const u64 ids[] = {0, SERVER, 5, 254, 255, 1UL << 32 | 2, NONE - 1};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(units); i++)
		assert_int_equal(info(units[i], NONE, NONE, BUFFER), H_PARAMETER);
	for (u32 i = 0; i < ARRAY_SIZE(buffers); i++)
		assert_int_equal(info(ANYONE, NONE, NONE, buffers[i]), H_PARAMETER);
	for (u32 i = 0; i < ARRAY_SIZE(ids); i++)
		assert_int_equal(info(ANYONE, ids[i], VTERM_CONSOLE, BUFFER), H_PARAMETER);
	assert_int_equal(info(ANYONE, 2, VTERM_CONSOLE + 1, BUFFER), H_PARAMETER);
	assert_int_equal(info(ANYONE, 2, NONE, BUFFER), H_PARAMETER);
	assert_int_equal(info(ONE, 3, VTERM_CONSOLE, BUFFER), H_PARAMETER);
	/* Only the ID says where the list begins. */
	assert_int_equal(info(ANYONE, NONE, 5, BUFFER), H_SUCCESS);
	assert_int_equal(cell(0), 2);
	/* The last page. */
	assert_int_equal(info(ANYONE, NONE, NONE, WORLD_MEMORY - 4096), H_SUCCESS);
}

static void test_connect(void **state)
{
	(void)state;
	assert_int_equal(connect(SERVER, VTERM_CONSOLE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ONE, OTHER, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ONE, CLIENT, ONE), H_PARAMETER);
	assert_int_equal(connect(SERVER, NOBODY, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ANYONE, SERVER, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ANYONE, 200, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ANYONE, 0, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ANYONE, NONE, NONE), H_PARAMETER);
	assert_int_equal(disconnect(SERVER, ONE), H_PARAMETER);

	assert_int_equal(connect(SERVER, ONE, CLIENT, VTERM_CONSOLE), H_SUCCESS);
	assert_int_equal(connect(SERVER, ONE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ANYONE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(OTHER, ANYONE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ANYONE, OTHER, VTERM_CONSOLE), H_SUCCESS);
	assert_int_equal(connect(SERVER, ANYONE, 4, VTERM_CONSOLE), H_PARAMETER);

	assert_int_equal(disconnect(OTHER, ANYONE), H_PARAMETER);
	assert_int_equal(disconnect(SERVER, ONE), H_SUCCESS);
	assert_int_equal(disconnect(SERVER, ONE), H_PARAMETER);
	assert_int_equal(connect(OTHER, ANYONE, CLIENT, VTERM_CONSOLE), H_SUCCESS);
	assert_int_equal(connect(SERVER, ONE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(disconnect(OTHER, VTERM_CONSOLE), H_PARAMETER);
}

static void test_characters(void **state)
{
	u32 before = world[CLIENT].pulses[0];

	(void)state;
	assert_int_equal(world_put(SERVER, ONE, ""), H_CLOSED);
	assert_int_equal(world_put(SERVER, ONE, "x"), H_CLOSED);
	assert_int_equal(world_hcall(SERVER, H_GET_TERM_CHAR, ONE, 5, 6, 7), H_CLOSED);
	assert_int_equal(world[SERVER].vp.gpr[5], 5);
	join();
	assert_int_equal(world_put(SERVER, ONE, ""), H_SUCCESS);
	assert_int_equal(world_hcall(SERVER, H_PUT_TERM_CHAR, ONE, 17, 0, 0), H_PARAMETER);
	assert_int_equal(world[CLIENT].pulses[0], before);
	assert_int_equal(world_put(SERVER, ONE, "root\r"), H_SUCCESS);
	assert_int_equal(world[CLIENT].pulses[0], before + 1);
	assert_string_equal(world_get(CLIENT, 0), "root\r");
	assert_string_equal(world_get(SERVER, ONE), "");

	assert_int_equal(world_put(CLIENT, VTERM_CONSOLE, "Welcome, "), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[3], 1);
	assert_int_equal(world_put(CLIENT, 0, "you."), H_SUCCESS);
	assert_string_equal(world_get(SERVER, ONE), "Welcome, you.");
	assert_string_equal(world_get(SERVER, ANYONE), "");
	/* What the firmware says and reads, too. */
	console_write(&world[CLIENT].partition.lpar, "0 > ", 4);
	assert_string_equal(world_get(SERVER, ONE), "0 > ");
	assert_int_equal(world_put(SERVER, ONE, "boot"), H_SUCCESS);
	assert_int_equal(console_read(&world[CLIENT].partition.lpar, world[CLIENT].memory, 9), 4);
	assert_memory_equal(world[CLIENT].memory, "boot", 4);
	/* The console's log goes on. */
	assert_int_equal(world[CLIENT].output_length, 17);
	assert_memory_equal(world[CLIENT].output, "Welcome, you.0 > ", 17);
	/* What came from people before is not lost. */
	world_type(CLIENT, "x");
	assert_string_equal(world_get(CLIENT, 0), "x");
}

/* A management channel that is full or silent holds no one up who has a server. */
static void test_without_channel(void **state)
{
	(void)state;
	world[CLIENT].output_room = 0;
	assert_int_equal(world_put(CLIENT, 0, "lost"), H_BUSY);
	join();
	assert_int_equal(world_put(CLIENT, 0, "seen"), H_SUCCESS);
	assert_string_equal(world_get(SERVER, ONE), "seen");
	assert_int_equal(disconnect(SERVER, ONE), H_SUCCESS);
	assert_int_equal(world_put(CLIENT, 0, "lost"), H_BUSY);
}

static void test_full(void **state)
{
	static const char text[] = "0123456789abcdef";
	const char *read;

	(void)state;
	join();
	for (u32 i = 0; i < CABLE_RING / 16; i++) {
		assert_int_equal(world_put(SERVER, ONE, text), H_SUCCESS);
		assert_int_equal(world_put(CLIENT, 0, text), H_SUCCESS);
	}
	/* From the server: all or nothing, as long as the client likes. */
	assert_int_equal(world_put(SERVER, ONE, "x"), H_BUSY);
	assert_int_equal(world_put(SERVER, ONE, ""), H_SUCCESS);
	world_now = 10 * WORLD_HZ;
	assert_int_equal(world_put(SERVER, ONE, "x"), H_BUSY);
	assert_int_equal(strlen(world_get(CLIENT, 0)), CABLE_RING);
	assert_int_equal(world_put(SERVER, ONE, "x"), H_SUCCESS);
	/* To the server: a second. */
	assert_int_equal(world_put(CLIENT, 0, "x"), H_BUSY);
	world_now += WORLD_HZ - 1;
	assert_int_equal(world_put(CLIENT, 0, "x"), H_BUSY);
	world_now += 1;
	assert_int_equal(world_put(CLIENT, 0, "x"), H_SUCCESS);
	assert_int_equal(world_put(CLIENT, 0, "yz"), H_SUCCESS);
	read = world_get(SERVER, ONE);
	assert_int_equal(strlen(read), CABLE_RING);
	assert_memory_equal(read, text + 3, 13);
	assert_string_equal(read + CABLE_RING - 4, "fxyz");
	/* It reads again: so it has its second again. */
	for (u32 i = 0; i < CABLE_RING / 16; i++)
		assert_int_equal(world_put(CLIENT, 0, text), H_SUCCESS);
	assert_int_equal(world_put(CLIENT, 0, "x"), H_BUSY);
	/* No more give way than have to. */
	assert_int_equal(world_hcall(SERVER, H_GET_TERM_CHAR, ONE, 0, 0, 0), H_SUCCESS);
	assert_int_equal(world_put(CLIENT, 0, "eleven char"), H_SUCCESS);
	assert_int_equal(world_put(CLIENT, 0, text), H_BUSY);
	world_now += WORLD_HZ;
	assert_int_equal(world_put(CLIENT, 0, text), H_SUCCESS);
	assert_int_equal(strlen(world_get(SERVER, ONE)), CABLE_RING);
}

static void test_interrupts(void **state)
{
	(void)state;
	join();
	assert_int_equal(world_hcall(SERVER, H_VIO_SIGNAL, ONE, 0, 0, 0), H_SUCCESS);
	assert_int_equal(world_put(CLIENT, 0, "a"), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[3], 0);
	/* Came while they were off. */
	assert_int_equal(world_hcall(SERVER, H_VIO_SIGNAL, ONE, 1, 0, 0), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[3], 1);
	assert_string_equal(world_get(SERVER, ONE), "a");
	assert_int_equal(world_hcall(SERVER, H_VIO_SIGNAL, ONE, 1, 0, 0), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[3], 1);
	/* The end that others bring about interrupts, one's own does not. */
	assert_int_equal(disconnect(SERVER, ONE), H_SUCCESS);
	assert_int_equal(world_hcall(SERVER, H_VIO_SIGNAL, ONE, 1, 0, 0), H_SUCCESS);
	assert_int_equal(world[SERVER].pulses[3], 1);
	join();
	console_take(CLIENT);
	assert_int_equal(world[SERVER].pulses[3], 2);
}

static void test_people(void **state)
{
	char text[80] = "";

	(void)state;
	join();
	assert_false(console_open(CLIENT, text, sizeof(text)));
	assert_string_equal(text,
			    "partition part1 has it, through its virtual serial adapter in slot 3");
	console_close(CLIENT);
	assert_int_equal(world_put(SERVER, ONE, "still"), H_SUCCESS);
	console_take(CLIENT);
	assert_int_equal(world_put(SERVER, ONE, "x"), H_CLOSED);
	assert_int_equal(disconnect(SERVER, ONE), H_PARAMETER);
	/* What was on its way is gone with the cable. */
	join();
	assert_string_equal(world_get(CLIENT, 0), "");
	console_take(CLIENT);

	assert_true(console_open(CLIENT, text, sizeof(text)));
	assert_true(console_open(CLIENT, text, sizeof(text)));
	assert_int_equal(connect(SERVER, ONE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	console_take(CLIENT);
	assert_int_equal(connect(SERVER, ONE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	assert_int_equal(connect(SERVER, ANYONE, OTHER, VTERM_CONSOLE), H_SUCCESS);
	console_close(CLIENT);
	join();
}

/* The client's end: at a start afresh and at power-off the cable stays, at its removal not. */
static void test_client_ends(void **state)
{
	char text[80];

	(void)state;
	join();
	assert_int_equal(world_put(SERVER, ONE, "early"), H_SUCCESS);
	world[CLIENT].pulses[0] = 0;
	world_restart(CLIENT);
	assert_int_equal(world[CLIENT].pulses[0], 1);
	assert_string_equal(world_get(CLIENT, 0), "early");
	world_stop(CLIENT);
	assert_int_equal(world_put(SERVER, ONE, "off"), H_SUCCESS);
	world_start(CLIENT);
	assert_string_equal(world_get(CLIENT, 0), "off");
	assert_int_equal(world_put(CLIENT, 0, "up"), H_SUCCESS);
	assert_string_equal(world_get(SERVER, ONE), "up");
	world_stop(CLIENT);
	world_remove(CLIENT);
	assert_int_equal(world_put(SERVER, ONE, "x"), H_CLOSED);
	assert_int_equal(world[SERVER].pulses[3], 2);
	assert_int_equal(connect(SERVER, ONE, CLIENT, VTERM_CONSOLE), H_PARAMETER);
	world_create(CLIENT);
	join();
	console_take(CLIENT);
	/* People lose a console that is removed. */
	assert_true(console_open(CLIENT, text, sizeof(text)));
	world_remove(CLIENT);
	world_create(CLIENT);
	world_start(CLIENT);
	join();
}

static void test_server_ends(void **state)
{
	char text[80];

	(void)state;
	join();
	assert_int_equal(world_put(CLIENT, 0, "old"), H_SUCCESS);
	world_restart(SERVER);
	assert_int_equal(disconnect(SERVER, ONE), H_PARAMETER);
	assert_int_equal(connect(OTHER, ANYONE, CLIENT, VTERM_CONSOLE), H_SUCCESS);
	assert_string_equal(world_get(OTHER, ANYONE), "");
	world_stop(OTHER);
	assert_true(console_open(CLIENT, text, sizeof(text)));
	console_close(CLIENT);
	join();
	world_stop(SERVER);
	assert_int_equal(world_put(CLIENT, 0, "alone"), H_SUCCESS);
	assert_true(console_open(CLIENT, text, sizeof(text)));
}

static void test_node(void **state)
{
	struct adapter *adapter = world[SERVER].partition.lpar.bus->slot[3];
	u8 tree[1024] __aligned(8);
	struct tree_writer writer = {.fdt = tree};

	(void)state;
	assert_string_equal(adapter->type->name, "vty-server");
	assert_string_equal(adapter->type->device_type, "serial-server");
	assert_string_equal(adapter->type->compatible, "hvterm2");
	assert_int_equal(fdt_create_empty_tree(tree, sizeof(tree)), 0);
	adapter->type->tree(adapter, &writer);
	assert_int_equal(writer.error, 0);
	assert_non_null(fdt_getprop(tree, 0, "ibm,vserver", NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_list, setup),
		cmocka_unit_test_setup(test_list_refused, setup),
		cmocka_unit_test_setup(test_connect, setup),
		cmocka_unit_test_setup(test_characters, setup),
		cmocka_unit_test_setup(test_without_channel, setup),
		cmocka_unit_test_setup(test_full, setup),
		cmocka_unit_test_setup(test_interrupts, setup),
		cmocka_unit_test_setup(test_people, setup),
		cmocka_unit_test_setup(test_client_ends, setup),
		cmocka_unit_test_setup(test_server_ends, setup),
		cmocka_unit_test_setup(test_node, setup),
	};

	return cmocka_run_group_tests(tests, NULL, teardown_group);
}
