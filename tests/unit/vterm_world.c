// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/machine.h"
#include "hv/management.h"
#include "papr/vio.h"
#include "tests/unit/vterm_world.h"
#include "vio/adapter.h"
#include "vio/bus.h"
#include "vio/vterm.h"

struct world_lpar world[WORLD_LPARS + 1];
u64 world_now;

struct machine machine = {.timebase_hz = WORLD_HZ};

/* --- what terminals use of the others --- */

void (*management_console_input)(u16 lpar_id);

int management_console_write(u16 lpar_id, const void *data, size_t n)
{
	struct world_lpar *of = &world[lpar_id];

	assert_in_range(n, 1, 16);
	if (n > of->output_room)
		return -1;
	memcpy(of->output + of->output_length, data, n);
	of->output_length += (u32)n;
	of->output_room -= (u32)n;
	return 0;
}

size_t management_console_read(u16 lpar_id, void *data, size_t n)
{
	struct world_lpar *of = &world[lpar_id];
	size_t taken = MIN(n, of->input_length);

	memcpy(data, of->input, taken);
	memmove(of->input, of->input + taken, of->input_length - taken);
	of->input_length -= (u32)taken;
	return taken;
}

u64 machine_timebase(void)
{
	return world_now;
}

struct partition *partition_find(u32 lpar_id)
{
	return lpar_id <= WORLD_LPARS && world[lpar_id].exists ? &world[lpar_id].partition : NULL;
}

void ics_pulse(struct lpar *lpar, u32 irq)
{
	assert_in_range(irq, 0, WORLD_SLOTS - 1);
	world[lpar->id].pulses[irq]++;
}

void *lpar_ptr(const struct lpar *lpar, u64 logical, u64 length)
{
	if (logical > WORLD_MEMORY || length > WORLD_MEMORY - logical)
		return NULL;
	return world[lpar->id].memory + logical;
}

bool lpar_copy_out(const struct lpar *lpar, u64 logical, const void *from, u64 length)
{
	void *to = lpar_ptr(lpar, logical, length);

	if (to)
		memcpy(to, from, length);
	return to;
}

void adapter_location(u32 lpar_id, u32 slot, char location[ADAPTER_LOCATION_SIZE])
{
	snprintf(location, ADAPTER_LOCATION_SIZE, "UTEST-V%u-C%u-T1", (unsigned int)lpar_id,
		 (unsigned int)slot);
}

/* For adapters with a window. */

bool tce_range_mapped(const struct lpar *lpar __unused, const struct tce_table *table __unused,
		      u64 ioba __unused, u64 length __unused, u32 access __unused)
{
	return false;
}

bool tce_copy_out(const struct lpar *lpar __unused, const struct tce_table *table __unused,
		  u64 ioba __unused, const void *from __unused, u64 length __unused)
{
	return false;
}

u32 bus_liobn(u32 lpar_id __unused, u32 slot __unused, u32 window __unused)
{
	return 0;
}

/* --- partitions --- */

static void plug(u32 id, const struct plan_adapter *plan)
{
	struct lpar *lpar = &world[id].partition.lpar;
	const struct adapter_type *type = NULL;
	struct adapter *adapter;

	for (const struct adapter_type *const *line = __start_adapter_types;
	     line < __stop_adapter_types; line++)
		if ((*line)->kind == plan->kind)
			type = *line;
	assert_non_null(type);
	adapter = calloc(1, type->size);
	adapter->type = type;
	adapter->lpar = lpar;
	adapter->slot = plan->slot;
	adapter->irq = plan->slot;
	adapter->signals = type->signals;
	assert_true(!type->open || type->open(adapter, plan, NULL));
	lpar->bus->slot[plan->slot] = adapter;
}

void world_plug(u32 id, u32 slot, u32 lpar_id, u32 peer_slot)
{
	const struct plan_adapter plan = {
		.kind = PLAN_ADAPTER_SERIAL_SERVER,
		.slot = slot,
		.peer = {lpar_id, peer_slot},
	};

	plug(id, &plan);
}

static void hooks_run(lpar_reset_hook *const *from, lpar_reset_hook *const *to, struct lpar *lpar)
{
	for (; from < to; from++)
		(*from)(lpar);
}

void world_start(u32 id)
{
	static const struct plan_adapter console = {.kind = PLAN_ADAPTER_CONSOLE};
	struct lpar *lpar = &world[id].partition.lpar;

	lpar->bus = calloc(1, sizeof(*lpar->bus) + WORLD_SLOTS * sizeof(lpar->bus->slot[0]));
	lpar->bus->nr_slots = WORLD_SLOTS;
	plug(id, &console);
	world[id].active = true;
	hooks_run(__start_reset_hooks, __stop_reset_hooks, lpar);
}

static void adapters_reset(struct bus *bus)
{
	for (u32 slot = 0; slot < WORLD_SLOTS; slot++) {
		struct adapter *adapter = bus->slot[slot];

		if (adapter && adapter->type->reset)
			adapter->type->reset(adapter);
		if (adapter)
			adapter->signals = adapter->type->signals;
	}
}

void world_restart(u32 id)
{
	adapters_reset(world[id].partition.lpar.bus);
	hooks_run(__start_reset_hooks, __stop_reset_hooks, &world[id].partition.lpar);
}

void world_stop(u32 id)
{
	struct bus *bus = world[id].partition.lpar.bus;

	adapters_reset(bus);
	for (u32 slot = 0; slot < WORLD_SLOTS; slot++) {
		if (bus->slot[slot] && bus->slot[slot]->type->close)
			bus->slot[slot]->type->close(bus->slot[slot]);
		free(bus->slot[slot]);
	}
	free(bus);
	world[id].partition.lpar.bus = NULL;
	world[id].active = false;
}

void world_create(u32 id)
{
	struct world_lpar *of = &world[id];

	memset(of, 0, sizeof(*of));
	of->partition.lpar.id = (u16)id;
	snprintf(of->partition.lpar.name, LPAR_NAME_SIZE, "part%u", (unsigned int)id);
	of->vp.lpar = &of->partition.lpar;
	of->output_room = WORLD_OUTPUT;
	of->exists = true;
}

void world_remove(u32 id)
{
	world[id].exists = false;
	hooks_run(__start_forget_hooks, __stop_forget_hooks, &world[id].partition.lpar);
}

void world_reset(void)
{
	world_now = 0;
	if (!management_console_input)
		vterm_init();
	for (u32 id = 1; id <= WORLD_LPARS; id++) {
		if (world[id].active)
			world_stop(id);
		if (world[id].exists)
			world_remove(id);
	}
	for (u32 id = 1; id <= WORLD_LPARS; id++) {
		world_create(id);
		world_start(id);
	}
}

/* --- calls --- */

s64 world_hcall(u32 id, u32 number, u64 r4, u64 r5, u64 r6, u64 r7)
{
	struct vp *vp = &world[id].vp;

	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		vp->gpr[4] = r4;
		vp->gpr[5] = r5;
		vp->gpr[6] = r6;
		vp->gpr[7] = r7;
		return line->handler(vp);
	}
	fail_msg("no handler for %#x", number);
	return 0;
}

s64 world_put(u32 id, u64 termno, const char *text)
{
	be64 chars[2] = {cpu_to_be64(0), cpu_to_be64(0)};

	memcpy(chars, text, MIN(strlen(text), sizeof(chars)));
	return world_hcall(id, H_PUT_TERM_CHAR, termno, strlen(text), be64_to_cpu(chars[0]),
			   be64_to_cpu(chars[1]));
}

const char *world_get(u32 id, u64 termno)
{
	static char text[WORLD_OUTPUT + 17];
	const u64 *gpr = world[id].vp.gpr;
	u32 length = 0;

	while (world_hcall(id, H_GET_TERM_CHAR, termno, 1, 2, 3) == H_SUCCESS && gpr[4] != 0) {
		const be64 chars[2] = {cpu_to_be64(gpr[5]), cpu_to_be64(gpr[6])};

		assert_in_range(gpr[4], 1, sizeof(chars));
		memcpy(text + length, chars, gpr[4]);
		length += (u32)gpr[4];
		assert_in_range(length, 1, WORLD_OUTPUT);
	}
	text[length] = '\0';
	return text;
}

void world_type(u32 id, const char *text)
{
	u32 n = (u32)strlen(text);

	assert_in_range(world[id].input_length + n, 0, WORLD_INPUT);
	memcpy(world[id].input + world[id].input_length, text, n);
	world[id].input_length += n;
	management_console_input((u16)id);
}
