// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/hpt.c hv/hpt_hcall.c hv/lpar.c hv/lmb.c tests/unit/fake_tlb.c
// SOURCES: tests/unit/pft_world.c
// Random page frame table calls against a plain model of LoPAR's semantics that knows no real
// addresses, locks or byte orders. Hardware sets reference and change bits now and then.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/log.h"
#include "papr/hcall.h"
#include "tests/unit/pft_world.h"

#define STEPS	   200000
#define USED_PTES  64 /* most calls go to these */
#define PROTECTION (PTEL_PP0 | PTEL_KEY_HI | PTEL_KEY_LO | PTEL_N | PTEL_PP)

/* v is 0 when the entry is free; r has the logical address. */
static struct {
	u64 v, r;
} model[WORLD_PTES];

static u64 args[32], want[32];

void panic(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

static bool one_in(u32 n)
{
	return random() % n == 0;
}

static u64 pick_ptex(void)
{
	static const u64 odd[] = {WORLD_PTES - 1, WORLD_PTES, 1UL << 32, 1UL << 60, ~0UL};

	return one_in(50) ? odd[random() % 5] : (u64)random() % USED_PTES;
}

static u64 pick_v(void)
{
	u64 v = (u64)(random() % 4) << 12 | (u64)(random() % 128);

	if (one_in(3))
		v |= PTEH_B_1T;
	return one_in(100) ? v | PTEH_B_RESERVED : v;
}

/* PTEL for a page of @kind, mostly a good one. */
static u64 pick_r(const struct page_kind *kind)
{
	u64 r = world_random() & (PTEL_PP0 | PTEL_RESERVED | PTEL_KEY_HI | 0xf87);
	u64 at = world_random() % world_size & ~(BIT(kind->page) - 1);

	r |= at | kind->lp << PTEL_LP_SHIFT | (one_in(2) ? PTEL_M : PTEL_SAO);
	if (one_in(30))
		r ^= BIT(12 + (u32)random() % 48);
	if (one_in(30))
		r ^= BIT(3 + (u32)random() % 4);
	return r;
}

static u64 pick_flags(void)
{
	static const u64 flags[] = {0,
				    PFT_EXACT,
				    PFT_AVPN,
				    PFT_ANDCOND,
				    PFT_READ_4,
				    PFT_R_XLATE,
				    PFT_AVPN | PFT_EXACT,
				    PFT_ZERO_PAGE,
				    PFT_ICACHE_SYNCHRONIZE};

	return flags[(size_t)random() % 9] | (u64)random() % 0x4000;
}

static u64 pick_avpn(u64 ptex)
{
	u64 v = ptex < WORLD_PTES && !one_in(4) ? model[ptex].v : pick_v();

	return one_in(4) ? BIT(random() % 7) : v & PTEH_AVPN;
}

static bool m_matches(u64 v, u64 flags, u64 avpn)
{
	if (v == 0)
		return false;
	if (flags & PFT_AVPN && (v & PTEH_AVPN) != avpn)
		return false;
	return !(flags & PFT_ANDCOND && v & avpn);
}

static u32 m_page_shift(u64 v, u64 r)
{
	for (u32 i = 0; i < NR_PAGE_KINDS; i++) {
		const struct page_kind *kind = &page_kinds[i];
		u64 mask = kind->page == 16 ? 0xf000 : kind->page == 12 ? 0 : 0xff000;

		if (kind->l == (v & PTEH_L) && (r & mask) == kind->lp << 12)
			return kind->page;
	}
	return 0;
}

static s64 m_enter(u64 flags, u64 ptex, u64 v, u64 r)
{
	u32 shift = m_page_shift(v, r);
	u64 lp = v & PTEH_L ? 0xff000 : 0;
	u64 in_page = BIT(shift) - 1;

	if (ptex >= WORLD_PTES || !shift || v & PTEH_B_RESERVED ||
	    (r & PTEL_RPN & ~in_page) >= world_size || r & PTEL_RPN & in_page & ~lp ||
	    ((r & PTEL_WIMG) != PTEL_M && (r & PTEL_WIMG) != PTEL_SAO))
		return H_PARAMETER;
	if (shift > 16 && flags & (PFT_ZERO_PAGE | PFT_ICACHE_SYNCHRONIZE))
		return H_TOO_BIG;
	if (!(flags & PFT_EXACT)) {
		ptex &= ~7UL;
		for (u64 i = 0; i < 7 && model[ptex].v; i++)
			ptex++;
	}
	if (model[ptex].v)
		return H_PTEG_FULL;
	model[ptex].v = (v & ~PTEH_FIRMWARE) | PTEH_V;
	model[ptex].r = r & ~PTEL_RESERVED;
	want[4] = ptex;
	return H_SUCCESS;
}

static s64 m_remove(u64 flags, u64 ptex, u64 avpn)
{
	if (ptex >= WORLD_PTES)
		return H_PARAMETER;
	if (!m_matches(model[ptex].v, flags, avpn))
		return H_NOT_FOUND;
	want[4] = model[ptex].v;
	want[5] = model[ptex].r;
	model[ptex].v = 0;
	return H_SUCCESS;
}

static s64 m_protect(u64 flags, u64 ptex, u64 avpn)
{
	u64 r;

	if (ptex >= WORLD_PTES)
		return H_PARAMETER;
	if (!m_matches(model[ptex].v, flags & PFT_AVPN, avpn))
		return H_NOT_FOUND;
	r = model[ptex].r & ~(PROTECTION | PTEL_R);
	model[ptex].r = r | (flags >> 8 & 1) << 63 | (flags >> 12 & 3) << 60 | (flags & 0xe07);
	return H_SUCCESS;
}

static s64 m_clear(u64 ptex, u64 bit)
{
	if (ptex >= WORLD_PTES)
		return H_PARAMETER;
	if (!model[ptex].v)
		return H_NOT_FOUND;
	want[4] = model[ptex].r;
	model[ptex].r &= ~bit;
	return H_SUCCESS;
}

static s64 m_read(u64 flags, u64 ptex)
{
	u64 n = 1;

	if (flags & PFT_READ_4) {
		n = 4;
		ptex &= ~3UL;
	}
	if (ptex >= WORLD_PTES)
		return H_PARAMETER;
	for (u64 i = 0; i < n; i++) {
		want[4 + 2 * i] = model[ptex + i].v;
		want[5 + 2 * i] = model[ptex + i].v ? model[ptex + i].r : 0;
	}
	return H_SUCCESS;
}

static s64 m_bulk_remove(void)
{
	static const u64 flags[] = {0, PFT_ANDCOND, PFT_AVPN};

	for (u32 i = 4; i < 12; i += 2) {
		u64 ts = want[i], ptex = ts & BULK_PTEX, how = ts >> 56 & 3;

		if (ts >> 62 == 3)
			return H_SUCCESS;
		want[i] = BULK_RESPONSE | how << 56 | ptex;
		if (ts >> 62 != 1 || how == 3 || ptex >= WORLD_PTES) {
			want[i] |= BULK_PARAMETER;
			return H_PARAMETER;
		}
		if (!m_matches(model[ptex].v, flags[how], want[i + 1])) {
			want[i] |= BULK_NOT_FOUND;
			continue;
		}
		want[i] |= model[ptex].r & PTEL_R ? BULK_R : 0;
		want[i] |= model[ptex].r & PTEL_C ? BULK_C : 0;
		model[ptex].v = 0;
	}
	return H_SUCCESS;
}

static s64 m_hcall(u64 number)
{
	switch (number) {
	case H_ENTER:
		return m_enter(args[4], args[5], args[6], args[7]);
	case H_REMOVE:
		return m_remove(args[4], args[5], args[6]);
	case H_PROTECT:
		return m_protect(args[4], args[5], args[6]);
	case H_CLEAR_MOD:
		return m_clear(args[5], PTEL_C);
	case H_CLEAR_REF:
		return m_clear(args[5], PTEL_R);
	case H_READ:
		return m_read(args[4], args[5]);
	default:
		return m_bulk_remove();
	}
}

static void hardware(void)
{
	u64 ptex = (u64)random() % USED_PTES, bits = one_in(2) ? PTEL_R : PTEL_C;

	if (!model[ptex].v)
		return;
	model[ptex].r |= bits;
	world_hardware(ptex, bits);
}

static void pick_args(u64 number)
{
	const struct page_kind *kind = &page_kinds[(size_t)random() % NR_PAGE_KINDS];

	for (u32 i = 0; i < 32; i++)
		args[i] = world_random();
	args[4] = pick_flags();
	args[5] = pick_ptex();
	if (number == H_ENTER) {
		args[6] = (pick_v() & ~PTEH_L) | kind->l;
		args[7] = pick_r(kind);
	} else {
		args[6] = pick_avpn(args[5]);
	}
	for (u32 i = 4; number == H_BULK_REMOVE && i < 12; i += 2) {
		u64 ptex = pick_ptex();
		u64 how = one_in(20) ? (u64)random() % 256 : 0x40 | (u64)(random() % 3);

		args[i] = how << 56 | (ptex & BULK_PTEX);
		args[i + 1] = pick_avpn(ptex);
	}
}

static void assert_same_table(void)
{
	assert_true(world_check());
	for (u64 i = 0; i < WORLD_PTES; i++) {
		assert_int_equal(be64_to_cpu(world.table[i].v), model[i].v);
		if (model[i].v)
			assert_int_equal(be64_to_cpu(world.table[i].r) & ~PTEL_RPN,
					 model[i].r & ~PTEL_RPN);
	}
}

static void test_random(void **state)
{
	static const u64 numbers[] = {H_ENTER,	   H_ENTER,	H_ENTER, H_REMOVE,     H_PROTECT,
				      H_CLEAR_MOD, H_CLEAR_REF, H_READ,	 H_BULK_REMOVE};
	u32 count[ARRAY_SIZE(numbers)] = {0};

	(void)state;
	world_reset();
	srandom(4);
	for (u32 step = 0; step < STEPS; step++) {
		size_t n = (size_t)random() % ARRAY_SIZE(numbers);
		s64 code;

		if (one_in(3))
			hardware();
		pick_args(numbers[n]);
		memcpy(want, args, sizeof(want));
		memcpy(world.vp.gpr, args, sizeof(args));
		code = m_hcall(numbers[n]);
		assert_int_equal(hcall(numbers[n]), code);
		assert_memory_equal(world.vp.gpr, want, sizeof(want));
		count[n] += code == H_SUCCESS;
		if (step % 1000 == 0)
			assert_same_table();
	}
	assert_same_table();
	for (size_t n = 0; n < ARRAY_SIZE(numbers); n++)
		assert_in_range(count[n], STEPS / 100, STEPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("hpt_random", tests, NULL, NULL);
}
