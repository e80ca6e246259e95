// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/page.h"
#include "hv/real.h"
#include "hv/xics.h"
#include "tests/unit/crq_world.h"
#include "vio/adapter.h"
#include "vio/bus.h"

void (*world_pause)(void);
struct world_lpar world[WORLD_LPARS + 1];
u8 real_memory[(WORLD_LPARS + 1) * WORLD_MEMORY] __aligned(4096);

/* --- what adapters use of the others --- */

u64 lpar_mem_size(const struct lpar *lpar __unused)
{
	return WORLD_MEMORY;
}

u64 lpar_real(const struct lpar *lpar, u64 logical)
{
	if (world_pause)
		world_pause();
	return logical < WORLD_MEMORY ? lpar->id * WORLD_MEMORY + logical : REAL_NONE;
}

void *lpar_ptr(const struct lpar *lpar, u64 logical, u64 length)
{
	if (logical >= WORLD_MEMORY || length > WORLD_MEMORY - logical)
		return NULL;
	return real_ptr(lpar_real(lpar, logical));
}

bool lpar_copy_out(const struct lpar *lpar, u64 logical, const void *from, u64 length)
{
	void *to = lpar_ptr(lpar, logical, length);

	if (to)
		memcpy(to, from, length);
	return to;
}

void ics_pulse(struct lpar *lpar, u32 irq)
{
	assert_in_range(irq, 0, WORLD_SLOTS - 1);
	__atomic_fetch_add(&world[lpar->id].pulses[irq], 1, __ATOMIC_RELAXED);
}

void *page_alloc(u32 shift)
{
	return malloc(1UL << shift);
}

void page_free(void *page, u32 shift __unused)
{
	free(page);
}

u32 page_shift_for(u64 size)
{
	u32 shift = PAGE_MIN_SHIFT;

	while (1UL << shift < size)
		shift++;
	return shift;
}

u32 bus_liobn(u32 lpar_id, u32 slot, u32 window)
{
	return VIO_LIOBN_BASE | lpar_id << VIO_LIOBN_LPAR_SHIFT | slot << VIO_LIOBN_SLOT_SHIFT |
	       window;
}

void adapter_location(u32 lpar_id, u32 slot, char location[ADAPTER_LOCATION_SIZE])
{
	snprintf(location, ADAPTER_LOCATION_SIZE, "UTEST-V%u-C%u-T1", (unsigned int)lpar_id,
		 (unsigned int)slot);
}

/* --- partitions --- */

static void plug(u32 id, enum plan_adapter_kind kind, u32 slot, const struct plan_peer *peer)
{
	const struct plan_adapter plan = {.kind = kind, .slot = slot, .peer = *peer};
	const struct adapter_type *type = NULL;
	struct adapter *adapter;

	for (const struct adapter_type *const *line = __start_adapter_types;
	     line < __stop_adapter_types; line++)
		if ((*line)->kind == kind)
			type = *line;
	assert_non_null(type);
	adapter = calloc(1, type->size);
	adapter->type = type;
	adapter->lpar = &world[id].lpar;
	adapter->slot = slot;
	adapter->irq = slot;
	assert_true(tce_table_open(&adapter->window, type->window_size));
	assert_true(type->open(adapter, &plan, NULL));
	world[id].lpar.bus->slot[slot] = adapter;
	world[id].lpar.bus->is_open = true;
}

void world_client(u32 id, u32 slot, u32 peer_lpar, u32 peer_slot)
{
	plug(id, PLAN_ADAPTER_SCSI_CLIENT, slot, &(struct plan_peer){peer_lpar, peer_slot});
}

void world_server(u32 id, u32 slot, u32 peer_lpar, u32 peer_slot)
{
	plug(id, PLAN_ADAPTER_SCSI_SERVER, slot, &(struct plan_peer){peer_lpar, peer_slot});
}

static void reset(struct adapter *adapter)
{
	adapter->type->reset(adapter);
	adapter->signals = 0;
	tce_table_reset(&adapter->window);
}

void world_restart(u32 id)
{
	for (u32 slot = 0; slot < WORLD_SLOTS; slot++)
		if (world[id].lpar.bus->slot[slot])
			reset(world[id].lpar.bus->slot[slot]);
}

void world_stop(u32 id)
{
	world[id].lpar.bus->is_open = false;
	for (u32 slot = 0; slot < WORLD_SLOTS; slot++) {
		struct adapter *adapter = world[id].lpar.bus->slot[slot];

		if (!adapter)
			continue;
		reset(adapter);
		adapter->type->close(adapter);
		tce_table_close(&adapter->window);
		free(adapter);
		world[id].lpar.bus->slot[slot] = NULL;
	}
}

static void start(u32 id)
{
	struct bus *bus = world[id].lpar.bus;

	if (bus)
		world_stop(id);
	else
		bus = calloc(1, sizeof(*bus) + WORLD_SLOTS * sizeof(bus->slot[0]));
	world[id] = (struct world_lpar){.lpar = {.id = (u16)id, .bus = bus}};
	world[id].vp.lpar = &world[id].lpar;
	bus->nr_slots = WORLD_SLOTS;
}

void world_reset(void)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		start(id);
	memset(real_memory, 0, sizeof(real_memory));
}

/* --- calls --- */

s64 world_call_vp(struct vp *vp, u32 number, const u64 *argument, size_t count)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		memset(&vp->gpr[4], 0, 9 * sizeof(vp->gpr[4]));
		memcpy(&vp->gpr[4], argument, count * sizeof(*argument));
		return line->handler(vp);
	}
	fail_msg("no handler for %#x", (unsigned int)number);
	return 0;
}

s64 world_call(u32 id, u32 number, const u64 *argument, size_t count)
{
	return world_call_vp(&world[id].vp, number, argument, count);
}

u64 world_unit(u32 slot)
{
	return VIO_UNIT_BASE + slot;
}

u64 world_liobn(u32 id, u32 slot, u32 window)
{
	return bus_liobn(id, slot, window);
}

void world_map(u32 id, u32 slot, u64 ioba, u32 pages, u64 access)
{
	for (u64 end = ioba + pages * TCE_PAGE_SIZE; ioba < end; ioba += TCE_PAGE_SIZE)
		assert_int_equal(
			WORLD_CALL(id, H_PUT_TCE, world_liobn(id, slot, 0), ioba, ioba | access),
			H_SUCCESS);
}

u8 *world_memory(u32 id, u64 logical)
{
	return &real_memory[id * WORLD_MEMORY + logical];
}
