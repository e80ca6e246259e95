// SPDX-License-Identifier: Apache-2.0
// SOURCES: vio/tce.c vio/tce_hcall.c vio/adapter.c hv/lpar.c tests/unit/tce_world.c
// TCE hypercalls and what goes through the tables, beside a model that is an array.
#include <stdlib.h>
#include <string.h>

#include "papr/hcall.h"
#include "papr/vio.h"
#include "tests/unit/tce_world.h"
#include "vio/tce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *next, *end;
static u64 model[WORLD_LPARS + 1][WORLD_PAGES];

static u64 byte(void)
{
	return next < end ? *next++ : 0;
}

/* Numbers near the limits of something, or any. */
static u64 number(u64 unit, u64 limit)
{
	u64 value = byte();

	switch (value & 7) {
	case 0:
		return limit + (value >> 3) - 16;
	case 1:
		return ~0UL << (value >> 3 << 1);
	case 2:
		return byte() << 56 | byte() << 32 | byte() << 8 | byte();
	default:
		return byte() * unit + (value >> 3 & 3);
	}
}

static bool is_mapped(u64 entry)
{
	return entry & 3;
}

static bool is_good(u64 entry)
{
	return !is_mapped(entry) || entry < WORLD_MEMORY;
}

static void expect(bool truth)
{
	if (!truth)
		abort();
}

/* The range that a call names, if it is one. */
static bool range(u32 id, u64 liobn, u64 ioba, u64 count)
{
	u64 first = ioba / TCE_PAGE_SIZE;

	return liobn == WORLD_LIOBN(id) && first <= WORLD_PAGES && count <= WORLD_PAGES - first;
}

static void put(u32 id, u64 liobn)
{
	u64 ioba = number(TCE_PAGE_SIZE, WORLD_PAGES * TCE_PAGE_SIZE);
	u64 entry = number(TCE_PAGE_SIZE, WORLD_MEMORY);
	bool good = range(id, liobn, ioba, 1) && is_good(entry);

	expect(world_hcall(id, H_PUT_TCE, liobn, ioba, entry, 0) ==
	       (good ? H_SUCCESS : H_PARAMETER));
	if (good)
		model[id][ioba / TCE_PAGE_SIZE] = entry & ~0xffcUL;
}

static void stuff(u32 id, u64 liobn)
{
	u64 ioba = number(TCE_PAGE_SIZE, WORLD_PAGES * TCE_PAGE_SIZE);
	u64 entry = number(TCE_PAGE_SIZE, WORLD_MEMORY), count = number(1, WORLD_PAGES);
	s64 result = H_SUCCESS;

	if (!range(id, liobn, ioba, 1))
		result = H_PARAMETER;
	else if (count > TCE_MAX_COUNT)
		result = H_P4;
	else if (!range(id, liobn, ioba, count) || !is_good(entry))
		result = H_PARAMETER;
	expect(world_hcall(id, H_STUFF_TCE, liobn, ioba, entry, count) == result);
	for (u64 i = 0; result == H_SUCCESS && i < count; i++)
		model[id][ioba / TCE_PAGE_SIZE + i] = entry & ~0xffcUL;
}

static void put_list(u32 id, u64 liobn)
{
	u64 ioba = number(TCE_PAGE_SIZE, WORLD_PAGES * TCE_PAGE_SIZE);
	u64 page = number(TCE_PAGE_SIZE, WORLD_MEMORY), count = number(1, WORLD_PAGES);
	be64 *list = lpar_ptr(&world[id].lpar, page, TCE_PAGE_SIZE);
	bool good = range(id, liobn, ioba, count) && list && page % TCE_PAGE_SIZE == 0 &&
		    count <= TCE_MAX_COUNT;
	s64 result;

	for (u64 i = 0; good && i < count; i++) {
		u64 entry = number(TCE_PAGE_SIZE, WORLD_MEMORY);

		list[i] = cpu_to_be64(entry);
		good = is_good(entry);
	}
	result = world_hcall(id, H_PUT_TCE_INDIRECT, liobn, ioba, page, count);
	expect(result == ((s64)liobn < 0 ? H_FUNCTION : good ? H_SUCCESS : H_PARAMETER));
	for (u64 i = 0; good && i < count; i++)
		model[id][ioba / TCE_PAGE_SIZE + i] = be64_to_cpu(list[i]) & ~0xffcUL;
}

static void get(u32 id, u64 liobn)
{
	u64 ioba = number(TCE_PAGE_SIZE, WORLD_PAGES * TCE_PAGE_SIZE);
	bool good = range(id, liobn, ioba, 1);

	expect(world_hcall(id, H_GET_TCE, liobn, ioba, 0, 0) == (good ? H_SUCCESS : H_PARAMETER));
	if (good)
		expect(world[id].vp.gpr[4] == model[id][ioba / TCE_PAGE_SIZE]);
}

/* Is all of it mapped, by the model? */
static bool reach(u32 id, u64 ioba, u64 length, u64 access)
{
	u64 limit = WORLD_PAGES * TCE_PAGE_SIZE;

	if (length > limit || ioba > limit - length)
		return false;
	for (u64 at = ioba; at < ioba + length; at++)
		if ((model[id][at / TCE_PAGE_SIZE] & access) != access)
			return false;
	return true;
}

static void copy(u32 id)
{
	static u8 buffer[WORLD_PAGES * TCE_PAGE_SIZE];
	u64 ioba = number(TCE_PAGE_SIZE / 2, WORLD_PAGES * TCE_PAGE_SIZE);
	u64 other = number(TCE_PAGE_SIZE / 2, WORLD_PAGES * TCE_PAGE_SIZE);
	u64 length = number(97, WORLD_PAGES * TCE_PAGE_SIZE);
	u32 to = 1 + (byte() & 1);
	const struct tce_place from_place = {&world[id].lpar, &world[id].adapter->window, ioba};
	const struct tce_place to_place = {&world[to].lpar, &world[to].adapter->window, other};
	bool in = reach(id, ioba, length, TCE_READ), out = reach(to, other, length, TCE_WRITE);

	expect(tce_range_mapped(&world[id].lpar, from_place.table, ioba, length, TCE_READ) == in);
	expect((tce_copy(&to_place, &from_place, length) == H_SUCCESS) == (in && out));
	if (length <= sizeof(buffer)) {
		expect(tce_copy_in(&world[id].lpar, from_place.table, buffer, ioba, length) == in);
		expect(tce_copy_out(&world[to].lpar, to_place.table, other, buffer, length) == out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	next = data;
	end = data + size;
	memset(model, 0, sizeof(model));
	world_open();
	while (next < end) {
		u64 what = byte();
		u32 id = 1 + (what >> 3 & 1);
		u64 liobn = what & 0x10 ? number(1, WORLD_LIOBN(id)) : WORLD_LIOBN(id);

		switch (what & 7) {
		case 0:
		case 1:
			put(id, liobn);
			break;
		case 2:
			stuff(id, liobn);
			break;
		case 3:
			put_list(id, liobn);
			break;
		case 4:
			get(id, liobn);
			break;
		default:
			copy(id);
		}
	}
	world_check();
	world_close();
	return 0;
}
