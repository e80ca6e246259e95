// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/vterm_world.c vio/vterm.c vio/vterm_server.c vio/cable.c vio/adapter.c
// SOURCES: hv/stream.c partition/console.c partition/tree_writer.c
/*
 * Terminals of four partitions, called with any arguments while partitions start, end, come to be
 * and are removed, and people take consoles: each answer is the one that who is connected with whom
 * demands, and nothing but the answer is written. The input is steps of four bytes: what, which
 * partition, two arguments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "papr/vio.h"
#include "partition/console.h"
#include "tests/unit/check.h"
#include "tests/unit/vterm_world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define NONE	  ~0UL
#define UNTOUCHED 0x7777777777777777UL
#define PAGE	  4096

/* Who is connected with whom: by partition and slot, the partition at the other end. */
static u32 client_of[WORLD_LPARS + 1][WORLD_SLOTS];
static bool people[WORLD_LPARS + 1];

static u64 number(u8 byte)
{
	static const u64 numbers[] = {
		0,
		1,
		2,
		3,
		4,
		5,
		16,
		17,
		254,
		255,
		NONE,
		VTERM_CONSOLE,
		VIO_UNIT_BASE + 1,
		VIO_UNIT_BASE + 2,
		VIO_UNIT_BASE + 3,
		VIO_UNIT_BASE + 4,
		VIO_UNIT_BASE + 5,
		VIO_UNIT_BASE + 6,
		PAGE,
		WORLD_MEMORY - PAGE,
		WORLD_MEMORY,
		1UL << 32 | 2,
		1UL << 63,
		VTERM_CONSOLE | 1UL << 32,
	};

	return numbers[byte % ARRAY_SIZE(numbers)];
}

/* The slot of the server with this unit address, or 0. */
static u32 server_slot(u64 unit)
{
	return unit >= VIO_UNIT_BASE + 2 && unit <= VIO_UNIT_BASE + 4 ? (u32)(unit - VIO_UNIT_BASE)
								      : 0;
}

static void start(u32 id)
{
	world_start(id);
	world_plug(id, 2, PLAN_PEER_ANY, PLAN_PEER_ANY);
	world_plug(id, 3, id % WORLD_LPARS + 1, 0);
	world_plug(id, 4, PLAN_PEER_ANY, 7);
}

static bool reaches(u32 id, u32 slot, u64 client, u64 unit)
{
	if (slot == 4 || client < 1 || client > WORLD_LPARS || client == id ||
	    unit != VTERM_CONSOLE)
		return false;
	return world[client].exists && (slot == 2 || client == id % WORLD_LPARS + 1);
}

static bool is_served(u32 client)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		for (u32 slot = 2; slot < WORLD_SLOTS; slot++)
			if (client_of[id][slot] == client)
				return true;
	return false;
}

static void forget_servers(u32 id)
{
	memset(client_of[id], 0, sizeof(client_of[id]));
}

static void forget_client(u32 client)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		for (u32 slot = 2; slot < WORLD_SLOTS; slot++)
			if (client_of[id][slot] == client)
				client_of[id][slot] = 0;
}

/* --- calls --- */

static void ask_partner(u32 id, u64 unit, u64 last, u64 last_unit, u64 buffer)
{
	u32 slot = server_slot(unit);
	u64 next = last == NONE ? 1 : last + 1;
	static u8 before[WORLD_MEMORY];
	u8 *memory = world[id].memory;
	be64 reply[2];
	s64 code;

	memcpy(before, memory, WORLD_MEMORY);
	code = world_hcall(id, H_VTERM_PARTNER_INFO, unit, last, last_unit, buffer);
	if (!slot || (last != NONE && !reaches(id, slot, last, last_unit)) || buffer % PAGE ||
	    buffer > WORLD_MEMORY - PAGE) {
		CHECK(code == H_PARAMETER);
		CHECK(memcmp(before, memory, WORLD_MEMORY) == 0);
		return;
	}
	CHECK(code == H_SUCCESS);
	while (next <= WORLD_LPARS && !reaches(id, slot, next, VTERM_CONSOLE))
		next++;
	memcpy(reply, memory + buffer, sizeof(reply));
	CHECK(be64_to_cpu(reply[0]) == (next <= WORLD_LPARS ? next : NONE));
	CHECK(be64_to_cpu(reply[1]) == (next <= WORLD_LPARS ? VTERM_CONSOLE : NONE));
	CHECK(memchr(memory + buffer + sizeof(reply), 0, 80));
	memcpy(memory + buffer, before + buffer, PAGE);
	CHECK(memcmp(before, memory, WORLD_MEMORY) == 0);
}

static void connect(u32 id, u64 unit, u64 client, u64 client_unit)
{
	u32 slot = server_slot(unit);
	bool possible = slot && !client_of[id][slot] && reaches(id, slot, client, client_unit) &&
			!is_served((u32)client) && !people[client];

	CHECK(world_hcall(id, H_REGISTER_VTERM, unit, client, client_unit, 0) ==
	      (possible ? H_SUCCESS : H_PARAMETER));
	if (possible)
		client_of[id][slot] = (u32)client;
}

static void disconnect(u32 id, u64 unit)
{
	u32 slot = server_slot(unit);
	bool possible = slot && client_of[id][slot];

	CHECK(world_hcall(id, H_FREE_VTERM, unit, 0, 0, 0) == (possible ? H_SUCCESS : H_PARAMETER));
	if (possible)
		client_of[id][slot] = 0;
}

static void put(u32 id, u64 unit, u64 n)
{
	u32 slot = server_slot(unit);
	bool console = unit == 0 || unit == VTERM_CONSOLE;
	s64 code = world_hcall(id, H_PUT_TERM_CHAR, unit, n, UNTOUCHED, UNTOUCHED);

	if ((!slot && !console) || n > VTERM_MAX_CHARS)
		CHECK(code == H_PARAMETER);
	else if (slot && !client_of[id][slot])
		CHECK(code == H_CLOSED);
	else
		CHECK(code == H_SUCCESS || (n && code == H_BUSY));
	world[id].output_length = 0;
}

static void get(u32 id, u64 unit)
{
	const u64 *gpr = world[id].vp.gpr;
	u32 slot = server_slot(unit);
	bool console = unit == 0 || unit == VTERM_CONSOLE;
	s64 code = world_hcall(id, H_GET_TERM_CHAR, unit, UNTOUCHED, UNTOUCHED, UNTOUCHED);

	if (!slot && !console)
		CHECK(code == H_PARAMETER);
	else if (slot && !client_of[id][slot])
		CHECK(code == H_CLOSED);
	else
		CHECK(code == H_SUCCESS && gpr[4] <= VTERM_MAX_CHARS);
	if (code != H_SUCCESS)
		CHECK(gpr[5] == UNTOUCHED && gpr[6] == UNTOUCHED);
	else /* only what was put */
		for (u64 i = 0; i < gpr[4]; i++)
			CHECK((u8)(gpr[5 + i / 8] >> (56 - i % 8 * 8)) == (u8)UNTOUCHED);
	CHECK(gpr[7] == UNTOUCHED);
}

static void call(u32 what, u32 id, u8 a, u8 b)
{
	if (what == 0)
		ask_partner(id, number(a), number(b), VTERM_CONSOLE, PAGE);
	else if (what == 1)
		ask_partner(id, VIO_UNIT_BASE + 2, NONE, number(a), number(b));
	else if (what == 2)
		ask_partner(id, VIO_UNIT_BASE + 3, number(a), number(b), 0);
	else if (what == 3)
		connect(id, number(a), number(b), VTERM_CONSOLE);
	else if (what == 4)
		connect(id, VIO_UNIT_BASE + 2, number(a), number(b));
	else if (what == 5)
		disconnect(id, number(a));
	else if (what == 6)
		put(id, number(a), number(b));
	else if (what == 7)
		get(id, number(a));
	else
		world_hcall(id, H_VIO_SIGNAL, number(a), number(b), 0, 0);
}

/* --- life --- */

static void live(u32 id, u8 what)
{
	if (!world[id].exists) {
		world_create(id);
	} else if (!world[id].active && what % 2) {
		start(id);
	} else if (!world[id].active) {
		world_remove(id);
		forget_client(id);
		people[id] = false;
	} else {
		if (what % 2)
			world_restart(id);
		else
			world_stop(id);
		forget_servers(id);
	}
}

static void use(u32 id, u8 what)
{
	char text[40];

	if (!world[id].exists)
		return;
	if (what % 3 == 0) {
		console_take(id);
		forget_client(id);
	} else if (what % 3 == 1) {
		console_close(id);
		people[id] = false;
	} else {
		bool open = console_open(id, text, sizeof(text));

		CHECK(open == !is_served(id));
		people[id] |= open;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	world_reset();
	memset(client_of, 0, sizeof(client_of));
	memset(people, 0, sizeof(people));
	for (u32 id = 1; id <= WORLD_LPARS; id++) {
		world_stop(id);
		start(id);
	}
	for (size_t at = 0; at + 4 <= size; at += 4) {
		u32 what = data[at] % 12, id = 1 + data[at + 1] % WORLD_LPARS;

		if (what == 9)
			live(id, data[at + 2]);
		else if (what == 10)
			use(id, data[at + 2]);
		else if (what == 11)
			world_now += data[at + 2] * 10u;
		else if (world[id].active)
			call(what, id, data[at + 2], data[at + 3]);
	}
	return 0;
}
