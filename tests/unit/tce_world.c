// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "hv/page.h"
#include "hv/real.h"
#include "tests/unit/tce_world.h"
#include "vio/bus.h"

#define LMBS	 (4 * WORLD_LMBS)
#define STRANGER 0xa5

struct world_lpar world[WORLD_LPARS + 1];
u32 lmb_shift = WORLD_SHIFT;
u8 real_memory[(u64)LMBS << WORLD_SHIFT] __aligned(4096);

static const struct adapter_type type = {
	.name = "window",
	.window_size = WORLD_PAGES * TCE_PAGE_SIZE,
	.nr_windows = 2,
};

void *page_alloc(u32 shift)
{
	void *page = malloc(1UL << shift);

	memset(page, 0xff, 1UL << shift);
	return page;
}

void page_free(void *page, u32 shift __unused)
{
	free(page);
}

/* No rounding: the sanitizer sees what is beyond the table. */
u32 page_shift_for(u64 size)
{
	u32 shift = 0;

	while (1UL << shift < size)
		shift++;
	return shift;
}

u32 bus_liobn(u32 lpar_id, u32 slot, u32 window)
{
	return 0x10000000 | lpar_id << 16 | slot << 4 | window;
}

void ics_pulse(struct lpar *lpar __unused, u32 irq __unused)
{
	fail();
}

static void lpar_open(u32 id)
{
	struct world_lpar *of = &world[id];
	struct lpar *lpar = &of->lpar;

	lpar->id = (u16)id;
	of->vp.lpar = lpar;
	/* Every other LMB, from the top: what is next to a page is somebody else's. */
	for (u32 i = 0; i < WORLD_LMBS; i++)
		of->lmb[i] = LMBS - 1 - (2 * WORLD_LMBS * (id - 1) + 2 * i);
	lpar->map.lmb = of->lmb;
	lpar->map.nr_lmbs = WORLD_LMBS;
	of->adapter = calloc(1, sizeof(*of->adapter));
	of->adapter->type = &type;
	of->adapter->lpar = lpar;
	of->adapter->slot = WORLD_SLOT;
	assert_true(tce_table_open(&of->adapter->window, type.window_size));
	lpar->bus = calloc(1, sizeof(*lpar->bus) + 4 * sizeof(struct adapter *));
	lpar->bus->nr_slots = 4;
	lpar->bus->slot[WORLD_SLOT] = of->adapter;
}

void world_open(void)
{
	memset(world, 0, sizeof(world));
	memset(real_memory, STRANGER, sizeof(real_memory));
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		lpar_open(id);
}

void world_close(void)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++) {
		tce_table_close(&world[id].adapter->window);
		free(world[id].adapter);
		free(world[id].lpar.bus);
	}
}

s64 world_hcall(u32 id, u32 number, u64 r4, u64 r5, u64 r6, u64 r7)
{
	struct vp *vp = &world[id].vp;

	vp->gpr[4] = r4;
	vp->gpr[5] = r5;
	vp->gpr[6] = r6;
	vp->gpr[7] = r7;
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++)
		if (line->number == number)
			return line->handler(vp);
	fail_msg("no handler for %#x", number);
	return 0;
}

u8 *world_at(u32 id, u64 logical)
{
	return lpar_ptr(&world[id].lpar, logical, 1);
}

/* A real LMB that no partition has. */
static bool is_strange(u32 lmb)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		for (u32 i = 0; i < WORLD_LMBS; i++)
			if (world[id].lmb[i] == lmb)
				return false;
	return true;
}

void world_check(void)
{
	for (u32 lmb = 0; lmb < LMBS; lmb++) {
		const u8 *byte = &real_memory[(u64)lmb << WORLD_SHIFT];

		if (is_strange(lmb) &&
		    (byte[0] != STRANGER || memcmp(byte, byte + 1, (1UL << WORLD_SHIFT) - 1) != 0))
			fail_msg("LMB %u, which nobody has, has changed", lmb);
	}
}
