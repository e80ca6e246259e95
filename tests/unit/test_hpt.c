// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/hpt.c hv/hpt_hcall.c hv/lpar.c hv/lmb.c tests/unit/fake_tlb.c
// SOURCES: tests/unit/pft_world.c
// SOURCES: tests/unit/pft_test.c
// The page frame table: sizes, the format of its entries, and H_ENTER with every answer, flag and
// page size. The other calls are in test_hpt_entry.c, the model in test_hpt_random.c, several
// processors in test_hpt_threads.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/real.h"
#include "papr/hcall.h"
#include "tests/unit/fake_tlb.h"
#include "tests/unit/pft_test.h"

/* --- sizes ------------------------------------------------------------------------------- */

static void test_shift_for(void **state)
{
	(void)state;
	assert_int_equal(hpt_shift_for(0), 18);
	assert_int_equal(hpt_shift_for(16 * MiB), 18);
	assert_int_equal(hpt_shift_for(16 * MiB + 1), 19);
	assert_int_equal(hpt_shift_for(256 * MiB), 22);
	assert_int_equal(hpt_shift_for(257 * MiB), 23);
	assert_int_equal(hpt_shift_for(1 * GiB), 24);
	assert_int_equal(hpt_shift_for(1UL << 52), 46);
	assert_int_equal(hpt_shift_for((1UL << 52) + 1), 46);
	assert_int_equal(hpt_shift_for(~0UL), 46);
}

static void test_clear(void **state)
{
	static struct hpte table[1 << 14] __aligned(128);
	struct hpt hpt = {.table = table, .shift = 18};

	(void)state;
	memset(table, 0xff, sizeof(table));
	hpt_clear(&hpt);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_true(table[i].v == 0 && table[i].r == 0);
}

/* Every LP with L on and off against the list of what POWER8 has. */
static void test_page_sizes(void **state)
{
	(void)state;
	for (u64 lp = 0; lp < 256; lp++) {
		u32 page = 0, base = 0;

		if ((lp & 15) == 1) {
			page = 16;
			base = 16;
		} else if ((lp & 15) == 7) {
			page = 16;
			base = 12;
		} else if (lp == 0 || lp == 8 || lp == 0x38) {
			page = 24;
			base = lp == 0 ? 24 : lp == 8 ? 16 : 12;
		}
		assert_int_equal(hpte_page_shift(PTEH_L, lp << 12), page);
		assert_int_equal(hpte_base_shift(PTEH_L, lp << 12), base);
		assert_int_equal(hpte_page_shift(0, lp << 12), 12);
		assert_int_equal(hpte_base_shift(0, lp << 12), 12);
	}
}

/* RB against the virtual address it was made from. */
static void check_operand(unsigned __int128 va, const struct page_kind *kind, bool t1, bool h)
{
	u32 segment = t1 ? 40 : 28;
	u64 vsid = (u64)(va >> segment), page = (u64)va & (BIT(segment) - 1);
	u64 hash = vsid ^ (t1 ? vsid << 25 : 0) ^ page >> kind->base;
	u64 ptex = ((h ? ~hash : hash) & 0xfffff) * 8 + 3; /* of a table with 1 Mi groups */
	u64 avpn = (u64)(va >> 23) & ~(kind->base > 23 ? BIT(kind->base - 23) - 1 : 0);
	u64 v = avpn << 7 | (t1 ? PTEH_B_1T : 0) | (h ? PTEH_H : 0) | kind->l | PTEH_V;
	u64 r = kind->lp << 12 | 0x5000000 | R_4K;
	u64 rb = hpte_tlbie_operand(v, r, ptex);
	u64 want;

	if (kind->base == 12) {
		want = (u64)va & ~0xfffUL;
		want |= kind->page == 24 ? 4 << 5 : kind->page == 16 ? 5 << 5 : 0;
	} else {
		want = (u64)va & ~(BIT(kind->page) - 1);
		want |= (kind->lp << 12 & (BIT(kind->page) - 1)) | 1;
		want |= ((u64)va & ~(BIT(kind->base) - 1)) >> 12 & 0xfe;
	}
	want |= t1 ? 1 << 8 : 0;
	assert_int_equal(rb, want);
}

static void test_tlbie_operand(void **state)
{
	(void)state;
	srandom(3);
	for (u32 i = 0; i < 20000; i++) {
		unsigned __int128 va = (unsigned __int128)world_random() << 16 ^ world_random();
		const struct page_kind *kind = &page_kinds[(u64)random() % NR_PAGE_KINDS];

		/* VSIDs of 37 bits: what POWER8's 65-bit addresses have in 256 MiB segments */
		check_operand(va & (((unsigned __int128)1 << 65) - 1), kind, random() & 1,
			      random() & 1);
	}
}

/* --- H_ENTER ----------------------------------------------------------------------------- */

static void test_enter(void **state)
{
	(void)state;
	assert_int_equal(enter(0, 43, AVPN(5) | BOLTED, 0x1234000 | R_4K), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], 40);
	assert_entry(40, AVPN(5) | BOLTED | PTEH_V, world_real(0x1234000) | R_4K);
	assert_int_equal(fake_tlb.published, 1);
	assert_int_equal(fake_tlb.calls, 0);
}

static void test_enter_group(void **state)
{
	(void)state;
	for (u64 i = 0; i < 8; i++) {
		assert_int_equal(enter(0, 16 + (i * 3 & 7), AVPN(i), R_4K), H_SUCCESS);
		assert_int_equal(world.vp.gpr[4], 16 + i);
	}
	assert_int_equal(enter(0, 16, AVPN(9), R_4K), H_PTEG_FULL);
	assert_int_equal(world.vp.gpr[4], 0);
	assert_int_equal(remove_pte(0, 21, 0), H_SUCCESS);
	assert_int_equal(enter(0, 23, AVPN(9), R_4K), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], 21);
	assert_entry(15, 0, 0);
	assert_entry(24, 0, 0);
}

static void test_enter_exact(void **state)
{
	u64 last = WORLD_PTES - 1;

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 13, AVPN(1), R_4K), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], 13);
	assert_int_equal(enter(PFT_EXACT, 13, AVPN(2), R_4K), H_PTEG_FULL);
	assert_entry(13, AVPN(1) | PTEH_V, world_real(0) | R_4K);
	assert_int_equal(enter(PFT_EXACT, last, AVPN(2), R_4K), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], last);
	assert_int_equal(enter(0, last, AVPN(2), R_4K), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], last - 7);
}

/* A locked entry is in use, LoPAR "Page Frame Table Access". */
static void test_enter_passes_locked(void **state)
{
	(void)state;
	world.table[8].v = cpu_to_be64(HPTE_LOCK);
	assert_int_equal(enter(PFT_EXACT, 8, AVPN(1), R_4K), H_PTEG_FULL);
	assert_int_equal(enter(0, 8, AVPN(1), R_4K), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], 9);
	world.table[8].v = 0;
}

static void test_enter_every_page_size(void **state)
{
	(void)state;
	for (u32 i = 0; i < NR_PAGE_KINDS; i++) {
		const struct page_kind *kind = &page_kinds[i];
		u64 lp = kind->lp << 12;

		for (u64 at = 0; at < world_size; at += MAX(BIT(kind->page), MiB)) {
			u64 v = AVPN(at >> 20) | kind->l | (at & MiB ? PTEH_B_1T : 0);

			assert_int_equal(enter(PFT_EXACT, 8 * i, v, at | lp | R_4K), H_SUCCESS);
			assert_entry(8 * i, v | PTEH_V, world_real(at) | lp | R_4K);
			assert_int_equal(hcall_4(H_READ, 0, 8 * i, 0, 0), H_SUCCESS);
			assert_int_equal(world.vp.gpr[4], v | PTEH_V);
			assert_int_equal(world.vp.gpr[5], at | lp | R_4K);
			assert_int_equal(remove_pte(0, 8 * i, 0), H_SUCCESS);
			assert_int_equal(world.vp.gpr[5], at | lp | R_4K);
		}
	}
}

static void test_enter_unaligned_or_outside(void **state)
{
	(void)state;
	for (u32 i = 0; i < NR_PAGE_KINDS; i++) {
		const struct page_kind *kind = &page_kinds[i];
		u64 v = AVPN(i) | kind->l, r = kind->lp << 12 | R_4K;

		for (u32 bit = 20; bit < kind->page; bit++)
			assert_int_equal(enter(0, 0, v, BIT(bit) | r), H_PARAMETER);
		assert_int_equal(enter(0, 0, v, world_size | r), H_PARAMETER);
		assert_int_equal(enter(0, 0, v, (world_size + 256 * MiB) | r), H_PARAMETER);
		for (u32 bit = 32; bit < 60; bit++)
			assert_int_equal(enter(0, 0, v, BIT(bit) | r), H_PARAMETER);
		assert_int_equal(enter(0, 0, v, (PTEL_RPN & ~0xffffffUL) | r), H_PARAMETER);
	}
	assert_int_equal(enter(0, 0, AVPN(1), (world_size - 4096) | R_4K), H_SUCCESS);
	assert_int_equal(world.traced, NR_PAGE_KINDS * (3 + 28) + 4 * 3);
}

static void test_enter_sizes_nobody_has(void **state)
{
	(void)state;
	for (u64 lp = 0; lp < 256; lp++) {
		u64 r = lp << 12 | R_4K;
		bool good = hpte_page_shift(PTEH_L, r) != 0;
		s64 code = enter(PFT_EXACT, lp, AVPN(1) | PTEH_L, r);

		assert_int_equal(code, good ? H_SUCCESS : H_PARAMETER);
	}
	/* 16 GiB, and what a 4 KiB page would be */
	assert_int_equal(enter(0, 0, PTEH_L, 3 << 12 | R_4K), H_PARAMETER);
}

static void test_enter_segment_sizes(void **state)
{
	(void)state;
	assert_int_equal(enter(0, 0, 0UL << 62 | AVPN(1), R_4K), H_SUCCESS);
	assert_int_equal(enter(0, 0, 1UL << 62 | AVPN(1), R_4K), H_SUCCESS);
	assert_int_equal(enter(0, 0, 2UL << 62 | AVPN(1), R_4K), H_PARAMETER);
	assert_int_equal(enter(0, 0, 3UL << 62 | AVPN(1), R_4K), H_PARAMETER);
}

static void test_enter_wimg(void **state)
{
	(void)state;
	for (u64 wimg = 0; wimg < 16; wimg++) {
		bool good = wimg == 2 || wimg == 14;

		assert_int_equal(enter(PFT_EXACT, wimg, AVPN(1), wimg << 3),
				 good ? H_SUCCESS : H_PARAMETER);
	}
}

/* What the OS may set stays, what is the hypervisor's or reserved goes. */
static void test_enter_bits(void **state)
{
	u64 v = 0x7fffffffffffff80UL;
	u64 r = PTEL_PP0 | PTEL_KEY_HI | PTEL_KEY_LO | PTEL_R | PTEL_C | PTEL_N | PTEL_PP | PTEL_M;

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 0, v | 0x7a, r | PTEL_RESERVED), H_SUCCESS);
	assert_entry(0, v | 0x1b, world_real(0) | r);
	assert_int_equal(enter(PFT_EXACT, 1, v | 0x7b, r), H_SUCCESS);
	assert_entry(1, v | 0x1b, world_real(0) | r);
	assert_int_equal(enter(PFT_EXACT, 2, 0, PTEL_M), H_SUCCESS);
	assert_entry(2, PTEH_V, world_real(0) | PTEL_M);
}

static void test_enter_page_flags(void **state)
{
	static const u64 kinds[] = {0, 1, 2};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct page_kind *kind = &page_kinds[kinds[i]];
		u64 at = WORLD_LMB + (1 << 20), size = BIT(kind->page);
		u8 *page = real_ptr(world_real(at));
		u64 r = at | kind->lp << 12 | R_4K;

		memset(page - 1, 0x5a, size + 2);
		assert_int_equal(enter(0, 0, AVPN(i) | kind->l, r), H_SUCCESS);
		assert_int_equal(page[0], 0x5a);
		assert_int_equal(enter(PFT_ZERO_PAGE, 0, AVPN(i) | kind->l, r), H_SUCCESS);
		assert_int_equal(page[-1], 0x5a);
		assert_int_equal(page[size], 0x5a);
		for (u64 n = 0; n < size; n++)
			assert_int_equal(page[n], 0);
		assert_int_equal(fake_tlb.synced_bytes, 0);
		assert_int_equal(enter(PFT_ICACHE_INVALIDATE, 0, AVPN(i) | kind->l, r), H_SUCCESS);
		assert_int_equal(fake_tlb.synced_bytes, size);
		assert_ptr_equal(fake_tlb.synced, page);
		assert_int_equal(enter(PFT_ICACHE_SYNCHRONIZE, 8, AVPN(i) | kind->l, r), H_SUCCESS);
		assert_int_equal(fake_tlb.synced_bytes, 2 * size);
		pft_setup(state);
	}
}

static void test_enter_page_flags_too_big(void **state)
{
	(void)state;
	for (u32 i = 0; i < NR_PAGE_KINDS; i++) {
		u64 v = AVPN(1) | page_kinds[i].l, r = page_kinds[i].lp << 12 | R_4K;

		if (page_kinds[i].page != 24)
			continue;
		*(u8 *)real_ptr(world_real(0)) = 0x5a;
		assert_int_equal(enter(PFT_ZERO_PAGE, 0, v, r), H_TOO_BIG);
		assert_int_equal(enter(PFT_ICACHE_INVALIDATE, 0, v, r), H_TOO_BIG);
		assert_int_equal(enter(PFT_ICACHE_SYNCHRONIZE, 0, v, r), H_TOO_BIG);
		assert_int_equal(*(u8 *)real_ptr(world_real(0)), 0x5a);
	}
	assert_entry(0, 0, 0);
}

/* Flags that mean something to another call only. LoPAR "Hypervisor Call Interrupt" R1-8. */
static void test_enter_other_flags(void **state)
{
	u64 own = PFT_EXACT | PFT_ZERO_PAGE | PFT_ICACHE_INVALIDATE | PFT_ICACHE_SYNCHRONIZE;

	(void)state;
	*(u8 *)real_ptr(world_real(0)) = 0x5a;
	assert_int_equal(enter(~own, 7, AVPN(1), R_4K), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], 0);
	assert_int_equal(*(u8 *)real_ptr(world_real(0)), 0x5a);
	assert_int_equal(fake_tlb.synced_bytes, 0);
}

static void order_seen(void)
{
	assert_entry(5, HPTE_LOCK, world_real(0x3000) | R_4K);
	world.seen++;
}

/* The second doubleword is in the table, the first not yet valid, when the order is made. */
static void test_enter_order(void **state)
{
	(void)state;
	fake_tlb.on_order = order_seen;
	assert_int_equal(enter(PFT_EXACT, 5, AVPN(1), 0x3000 | R_4K), H_SUCCESS);
	assert_int_equal(world.seen, 1);
}

/* --- PTEX -------------------------------------------------------------------------------- */

static void test_ptex_out_of_range(void **state)
{
	static const u64 calls[] = {H_ENTER, H_REMOVE, H_READ, H_PROTECT, H_CLEAR_MOD, H_CLEAR_REF};
	static const u64 bad[] = {WORLD_PTES, WORLD_PTES + 1, 1UL << 32, 1UL << 60,
				  1UL << 63,  ~0UL,	      ~7UL,	 (1UL << 60) + 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(bad); j++) {
			assert_int_equal(hcall_4(calls[i], 0, bad[j], AVPN(1), R_4K), H_PARAMETER);
			assert_int_equal(world.vp.gpr[4], 0);
			assert_int_equal(world.vp.gpr[5], bad[j]);
		}
	}
	assert_int_equal(hcall_4(H_ENTER, PFT_EXACT, ~0UL, AVPN(1), R_4K), H_PARAMETER);
	assert_int_equal(hcall_4(H_READ, PFT_READ_4, WORLD_PTES, 0, 0), H_PARAMETER);
	assert_int_equal(hcall_4(H_READ, PFT_READ_4, ~0UL, 0, 0), H_PARAMETER);
	assert_int_equal(world.traced, 6 * 8 + 3);
}

static void test_free_entry_not_found(void **state)
{
	static const u64 calls[] = {H_REMOVE, H_PROTECT, H_CLEAR_MOD, H_CLEAR_REF};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		assert_int_equal(hcall_4(calls[i], 0, 3, 0, 0), H_NOT_FOUND);
		assert_int_equal(hcall_4(calls[i], PFT_AVPN, 3, 0, 0), H_NOT_FOUND);
	}
	assert_int_equal(fake_tlb.calls, 0);
	assert_int_equal(world.traced, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pft_setup, pft_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_shift_for),
		TEST(test_clear),
		TEST(test_page_sizes),
		TEST(test_tlbie_operand),
		TEST(test_enter),
		TEST(test_enter_group),
		TEST(test_enter_exact),
		TEST(test_enter_passes_locked),
		TEST(test_enter_every_page_size),
		TEST(test_enter_unaligned_or_outside),
		TEST(test_enter_sizes_nobody_has),
		TEST(test_enter_segment_sizes),
		TEST(test_enter_wimg),
		TEST(test_enter_bits),
		TEST(test_enter_page_flags),
		TEST(test_enter_page_flags_too_big),
		TEST(test_enter_other_flags),
		TEST(test_enter_order),
		TEST(test_ptex_out_of_range),
		TEST(test_free_entry_not_found),
	};

	return cmocka_run_group_tests_name("hpt", tests, NULL, NULL);
}
