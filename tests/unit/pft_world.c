// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/pft_world.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/real.h"
#include "hv/trace.h"
#include "tests/unit/fake_tlb.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

u8 real_memory[WORLD_REAL_LMBS * WORLD_LMB] __aligned(4096);

struct world world;
const u64 world_size = WORLD_LMBS * WORLD_LMB;

const struct page_kind page_kinds[NR_PAGE_KINDS] = {
	{12, 12, 0, 0x00},	{12, 16, PTEH_L, 0x07}, {16, 16, PTEH_L, 0x01},
	{12, 24, PTEH_L, 0x38}, {16, 24, PTEH_L, 0x08}, {24, 24, PTEH_L, 0x00},
};

static struct lmb lmbs[WORLD_REAL_LMBS];
static u32 map[WORLD_LMBS] = {4, 1, 5, 2};
static struct hpte table[WORLD_PTES] __aligned(1 << HPT_MIN_SHIFT);

void trace(enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b)
{
	(void)a;
	(void)b;
	if (type == TRACE_HCALL_REFUSED && lpar_id == world.lpar.id && vp == world.vp.number)
		__atomic_fetch_add(&world.traced, 1, __ATOMIC_RELAXED);
}

void world_reset(void)
{
	memset(&world, 0, sizeof(world));
	memset(&fake_tlb, 0, sizeof(fake_tlb));
	memset(table, 0, sizeof(table));
	lmb_init(lmbs, sizeof(real_memory), WORLD_LMB);
	for (u32 i = 0; i < WORLD_LMBS; i++)
		lmbs[map[i]] = (struct lmb){.owner = 7, .logical = i};
	lmbs[3] = (struct lmb){.owner = 8, .logical = 0};
	lmbs[0] = (struct lmb){.owner = LMB_HYPERVISOR};

	world.table = table;
	world.lpar.id = 7;
	world.lpar.map.nr_lmbs = WORLD_LMBS;
	world.lpar.map.lmb = map;
	world.lpar.hpt.table = table;
	world.lpar.hpt.shift = HPT_MIN_SHIFT;
	world.vp.lpar = &world.lpar;
	world.vp.number = 3;
}

u64 world_real(u64 logical)
{
	return map[logical / WORLD_LMB] * WORLD_LMB + logical % WORLD_LMB;
}

/* Actual page size by the letter of the encodings, 0 = none. */
static u64 page_size(u64 v, u64 r)
{
	u64 lp = r >> 12 & 0xff;

	if (!(v & PTEH_L))
		return 4 * KiB;
	if ((lp & 15) == 1 || (lp & 15) == 7)
		return 64 * KiB;
	return lp == 0 || lp == 8 || lp == 0x38 ? 16 * MiB : 0;
}

static bool entry_is_good(u64 v, u64 r)
{
	u64 size = page_size(v, r);
	u64 real = r & PTEL_RPN & ~(size - 1);

	if (v == 0)
		return true;
	return (v & PTEH_V) && !(v & PTEH_FIRMWARE) && !(v & PTEH_B_RESERVED) && size &&
	       !(r & PTEL_RESERVED) && real + size <= sizeof(real_memory) &&
	       lmbs[real / WORLD_LMB].owner == world.lpar.id &&
	       real / WORLD_LMB == (real + size - 1) / WORLD_LMB &&
	       ((r & PTEL_WIMG) == PTEL_M || (r & PTEL_WIMG) == PTEL_SAO);
}

bool world_check(void)
{
	for (u64 i = 0; i < WORLD_PTES; i++) {
		u64 v = be64_to_cpu(table[i].v), r = be64_to_cpu(table[i].r);

		if (!entry_is_good(v, r)) {
			fprintf(stderr, "entry %lu is %016lx %016lx\n", i, v, r);
			return false;
		}
	}
	return true;
}

void world_hardware(u64 ptex, u64 bits)
{
	u8 *r = (u8 *)&table[ptex].r;

	__atomic_fetch_or(r + 6, (u8)((bits & PTEL_R) >> 8), __ATOMIC_RELAXED);
	__atomic_fetch_or(r + 7, (u8)(bits & PTEL_C), __ATOMIC_RELAXED);
}

u64 world_random(void)
{
	return (u64)random() << 42 ^ (u64)random() << 21 ^ (u64)random();
}

s64 hcall_on(struct vp *vp, u64 number)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++)
		if (line->number == number)
			return line->handler(vp);
	abort();
}

s64 hcall(u64 number)
{
	return hcall_on(&world.vp, number);
}

s64 hcall_4(u64 number, u64 r4, u64 r5, u64 r6, u64 r7)
{
	for (u32 i = 0; i < 32; i++)
		world.vp.gpr[i] = i;
	world.vp.gpr[4] = r4;
	world.vp.gpr[5] = r5;
	world.vp.gpr[6] = r6;
	world.vp.gpr[7] = r7;
	return hcall(number);
}
