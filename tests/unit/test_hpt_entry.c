// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/hpt.c hv/hpt_hcall.c hv/lpar.c hv/lmb.c tests/unit/fake_tlb.c
// SOURCES: tests/unit/pft_world.c
// SOURCES: tests/unit/pft_test.c
// The page frame table calls on entries that are there (H_ENTER is in test_hpt.c): every answer,
// every flag, and bits that hardware sets while they work.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/log.h"
#include "papr/hcall.h"
#include "tests/unit/fake_tlb.h"
#include "tests/unit/pft_test.h"

/* --- H_REMOVE ---------------------------------------------------------------------------- */

static void late_bits(void)
{
	u64 v = be64_to_cpu(world.table[world.watched].v);

	assert_true(v & HPTE_LOCK);
	assert_false(v & PTEH_V);
	world_hardware(world.watched, PTEL_R | PTEL_C);
	world.seen++;
}

/* Reference and change bits that come until the invalidation is done are in the answer. */
static void test_remove(void **state)
{
	u64 r = 0x2345000 | PTEL_M | 2;

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(77) | BOLTED, r), H_SUCCESS);
	world.watched = 9;
	fake_tlb.on_invalidate = late_bits;
	assert_int_equal(remove_pte(0, 9, 0), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], AVPN(77) | BOLTED | PTEH_V);
	assert_int_equal(world.vp.gpr[5], r | PTEL_R | PTEL_C);
	assert_int_equal(world.vp.gpr[6], 0);
	assert_int_equal(be64_to_cpu(world.table[9].v), 0);
	assert_int_equal(world.seen, 1);
	assert_int_equal(fake_tlb.calls, 1);
	assert_int_equal(fake_tlb.lpid, 7);
	assert_int_equal(fake_tlb.operand[0],
			 hpte_tlbie_operand(AVPN(77) | PTEH_V, world_real(0x2345000), 9));
	assert_int_equal(remove_pte(0, 9, 0), H_NOT_FOUND);
}

static void test_remove_avpn(void **state)
{
	u64 v = AVPN(0x123) | PTEH_B_1T | BOLTED | PTEH_H;
	u64 want = v & PTEH_AVPN;

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, v, R_4K), H_SUCCESS);
	for (u32 bit = 7; bit < 64; bit++)
		assert_int_equal(remove_pte(PFT_AVPN, 9, want ^ BIT(bit)), H_NOT_FOUND);
	assert_int_equal(remove_pte(PFT_AVPN, 9, want | 1), H_NOT_FOUND);
	assert_int_equal(fake_tlb.calls, 0);
	assert_entry(9, v | PTEH_V, world_real(0) | R_4K);
	assert_int_equal(remove_pte(PFT_AVPN, 9, want), H_SUCCESS);
}

static void test_remove_andcond(void **state)
{
	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4) | BOLTED, R_4K), H_SUCCESS);
	assert_int_equal(remove_pte(PFT_ANDCOND, 9, BOLTED), H_NOT_FOUND);
	assert_int_equal(remove_pte(PFT_ANDCOND, 9, AVPN(5)), H_NOT_FOUND);
	/* the lock bit is nobody's to see */
	assert_int_equal(remove_pte(PFT_ANDCOND, 9, HPTE_LOCK | 8), H_SUCCESS);
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4), R_4K), H_SUCCESS);
	assert_int_equal(remove_pte(PFT_ANDCOND | PFT_AVPN, 9, AVPN(4)), H_NOT_FOUND);
	assert_int_equal(remove_pte(PFT_ANDCOND, 9, BOLTED), H_SUCCESS);
}

/* --- H_PROTECT --------------------------------------------------------------------------- */

static void test_protect(void **state)
{
	u64 flags = 0x3fUL << 8 | 7; /* keys and pp0; N, pp1, pp2 */
	u64 r = 0x6000 | PTEL_M | PTEL_R | PTEL_C | 1;

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4) | BOLTED, r), H_SUCCESS);
	world.watched = 9;
	fake_tlb.on_invalidate = late_bits;
	assert_int_equal(hcall_4(H_PROTECT, flags, 9, 0, 0), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], flags);
	assert_int_equal(world.vp.gpr[5], 9);
	assert_entry(9, AVPN(4) | BOLTED | PTEH_V,
		     world_real(0x6000) | PTEL_PP0 | PTEL_KEY_HI | PTEL_KEY_LO | PTEL_C | PTEL_M |
			     PTEL_N | PTEL_PP);
	assert_int_equal(world.seen, 1);
	assert_int_equal(fake_tlb.calls, 1);
	assert_int_equal(fake_tlb.published, 2);
	assert_int_equal(hcall_4(H_PROTECT, 0, 9, 0, 0), H_SUCCESS);
	assert_entry(9, AVPN(4) | BOLTED | PTEH_V, world_real(0x6000) | PTEL_M | PTEL_C);
}

static void test_protect_every_bit(void **state)
{
	static const struct {
		u64 flag, r;
	} bits[] = {
		{1, 1},
		{2, 2},
		{4, PTEL_N},
		{1 << 8, PTEL_PP0},
		{1 << 9, 1UL << 9},
		{1 << 10, 1UL << 10},
		{1 << 11, 1UL << 11},
		{1 << 12, 1UL << 60},
		{1 << 13, 1UL << 61},
		{~(0x3f07UL | PFT_AVPN), 0},
	};

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4), PTEL_M), H_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		assert_int_equal(hcall_4(H_PROTECT, bits[i].flag, 9, 0, 0), H_SUCCESS);
		assert_entry(9, AVPN(4) | PTEH_V, world_real(0) | PTEL_M | bits[i].r);
	}
}

static void test_protect_avpn(void **state)
{
	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4), R_4K), H_SUCCESS);
	assert_int_equal(hcall_4(H_PROTECT, PFT_AVPN | 1, 9, AVPN(5), 0), H_NOT_FOUND);
	assert_entry(9, AVPN(4) | PTEH_V, world_real(0) | R_4K);
	assert_int_equal(hcall_4(H_PROTECT, PFT_AVPN | 1, 9, AVPN(4), 0), H_SUCCESS);
	/* andcond is not one of its flags */
	assert_int_equal(hcall_4(H_PROTECT, PFT_ANDCOND | 1, 9, AVPN(4), 0), H_SUCCESS);
}

/* --- H_CLEAR_MOD, H_CLEAR_REF ------------------------------------------------------------ */

static void test_clear_mod(void **state)
{
	u64 r = 0x7000 | PTEL_M | PTEL_C | 2;

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4), r), H_SUCCESS);
	world.watched = 9;
	fake_tlb.on_invalidate = late_bits;
	assert_int_equal(hcall_4(H_CLEAR_MOD, 0, 9, 0, 0), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], r | PTEL_R);
	assert_int_equal(world.vp.gpr[5], 9);
	assert_entry(9, AVPN(4) | PTEH_V, world_real(0x7000) | PTEL_M | PTEL_R | 2);
	assert_int_equal(fake_tlb.calls, 1);

	fake_tlb.on_invalidate = NULL;
	assert_int_equal(hcall_4(H_CLEAR_MOD, ~0UL, 9, 0, 0), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], 0x7000 | PTEL_M | PTEL_R | 2);
	assert_int_equal(fake_tlb.calls, 1);
}

static void change_bit(void)
{
	assert_entry(9, AVPN(4) | HPTE_LOCK | PTEH_V, world_real(0x7000) | PTEL_M | 0xe03);
	world_hardware(9, PTEL_C);
}

/* The entry stays valid; a change bit that hardware sets meanwhile is not lost. */
static void test_clear_ref(void **state)
{
	u64 r = 0x7000 | PTEL_M | PTEL_R | 0xe03;

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4), r), H_SUCCESS);
	fake_tlb.on_invalidate = change_bit;
	assert_int_equal(hcall_4(H_CLEAR_REF, 0, 9, 0, 0), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], r);
	assert_entry(9, AVPN(4) | PTEH_V, world_real(0x7000) | PTEL_M | PTEL_C | 0xe03);
	assert_int_equal(fake_tlb.calls, 1);
	assert_int_equal(hcall_4(H_CLEAR_REF, ~0UL, 9, 0, 0), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], (r & ~PTEL_R) | PTEL_C);
	assert_int_equal(fake_tlb.calls, 1);
}

/* --- H_READ ------------------------------------------------------------------------------ */

static void test_read(void **state)
{
	static const u64 flags[] = {0, PFT_R_XLATE, ~PFT_READ_4};

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4) | BOLTED | 8, 0x9000 | R_4K), H_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		assert_int_equal(hcall_4(H_READ, flags[i], 9, 1, 2), H_SUCCESS);
		assert_int_equal(world.vp.gpr[4], AVPN(4) | BOLTED | 8 | PTEH_V);
		assert_int_equal(world.vp.gpr[5], 0x9000 | R_4K);
		assert_int_equal(world.vp.gpr[6], 1);
		assert_int_equal(world.vp.gpr[7], 2);
	}
}

/* A removed entry shows nothing, not even the real address that is still in it. */
static void test_read_free(void **state)
{
	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(4), 0x9000 | R_4K), H_SUCCESS);
	assert_int_equal(remove_pte(0, 9, 0), H_SUCCESS);
	assert_int_equal(hcall_4(H_READ, 0, 9, 0, 0), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], 0);
	assert_int_equal(world.vp.gpr[5], 0);
}

static void test_read_4(void **state)
{
	(void)state;
	for (u64 i = 0; i < 8; i++)
		if (i != 6)
			assert_int_equal(enter(PFT_EXACT, 8 + i, AVPN(i), i << 12 | R_4K),
					 H_SUCCESS);
	for (u64 at = 12; at < 16; at++) {
		assert_int_equal(hcall_4(H_READ, PFT_READ_4, at, 0, 0), H_SUCCESS);
		for (u64 i = 0; i < 4; i++) {
			assert_int_equal(world.vp.gpr[4 + 2 * i],
					 i == 2 ? 0 : AVPN(4 + i) | PTEH_V);
			assert_int_equal(world.vp.gpr[5 + 2 * i],
					 i == 2 ? 0 : (4 + i) << 12 | R_4K);
		}
		assert_int_equal(world.vp.gpr[12], 12);
	}
	assert_int_equal(hcall_4(H_READ, PFT_READ_4, WORLD_PTES - 1, 0, 0), H_SUCCESS);
}

/* --- H_BULK_REMOVE ----------------------------------------------------------------------- */

static s64 bulk(const u64 *ts)
{
	memcpy(&world.vp.gpr[4], ts, 8 * sizeof(*ts));
	return hcall(H_BULK_REMOVE);
}

static void test_bulk(void **state)
{
	static const u64 rc[] = {0, PTEL_R, PTEL_C, PTEL_R | PTEL_C};
	u64 ts[8];

	(void)state;
	for (u64 i = 0; i < 4; i++) {
		assert_int_equal(enter(PFT_EXACT, 9 + i, AVPN(i), i << 12 | PTEL_M | rc[i]),
				 H_SUCCESS);
		ts[2 * i] = BULK_REQUEST | BULK_AVPN | (9 + i);
		ts[2 * i + 1] = AVPN(i);
	}
	assert_int_equal(bulk(ts), H_SUCCESS);
	for (u64 i = 0; i < 4; i++) {
		assert_int_equal(world.vp.gpr[4 + 2 * i],
				 0x8200000000000000UL | (i & 1) << 59 | (i >> 1) << 58 | (9 + i));
		assert_int_equal(world.vp.gpr[5 + 2 * i], AVPN(i));
		assert_int_equal(be64_to_cpu(world.table[9 + i].v), 0);
		assert_int_equal(fake_tlb.operand[i],
				 hpte_tlbie_operand(AVPN(i) | PTEH_V, world_real(i << 12), 9 + i));
	}
	assert_int_equal(fake_tlb.calls, 1);
	assert_int_equal(fake_tlb.operands, 4);
	assert_int_equal(fake_tlb.lpid, 7);
}

static void test_bulk_late_bits(void **state)
{
	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(1), PTEL_M), H_SUCCESS);
	world.watched = 9;
	fake_tlb.on_invalidate = late_bits;
	assert_int_equal(bulk((u64[8]){BULK_REQUEST | 9, 0, BULK_END}), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], BULK_RESPONSE | BULK_R | BULK_C | 9);
	assert_int_equal(world.vp.gpr[6], BULK_END);
}

static void test_bulk_conditions(void **state)
{
	u64 ts[8] = {
		BULK_REQUEST | BULK_AVPN | 9,
		AVPN(2), /* another page */
		BULK_REQUEST | BULK_ANDCOND | 9,
		BOLTED, /* it is bolted */
		BULK_REQUEST | 10,
		0, /* free */
		BULK_REQUEST | BULK_ANDCOND | 9,
		8,
	};

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(1) | BOLTED, PTEL_M), H_SUCCESS);
	assert_int_equal(bulk(ts), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], BULK_RESPONSE | BULK_NOT_FOUND | BULK_AVPN | 9);
	assert_int_equal(world.vp.gpr[6], BULK_RESPONSE | BULK_NOT_FOUND | BULK_ANDCOND | 9);
	assert_int_equal(world.vp.gpr[8], BULK_RESPONSE | BULK_NOT_FOUND | 10);
	assert_int_equal(world.vp.gpr[10], BULK_RESPONSE | BULK_ANDCOND | 9);
	assert_int_equal(fake_tlb.operands, 1);
}

/* The end stops it; so does the first error, behind which nothing is touched. */
static void test_bulk_stops(void **state)
{
	static const struct {
		u64 in, out;
		s64 code;
	} stop[] = {
		{BULK_END, BULK_END, H_SUCCESS},
		{~0UL, ~0UL, H_SUCCESS},
		{0, BULK_RESPONSE | BULK_PARAMETER, H_PARAMETER},
		{10, BULK_RESPONSE | BULK_PARAMETER | 10, H_PARAMETER},
		{BULK_RESPONSE | 10, BULK_RESPONSE | BULK_PARAMETER | 10, H_PARAMETER},
		{BULK_REQUEST | BULK_CONDITION | 10,
		 BULK_RESPONSE | BULK_PARAMETER | BULK_CONDITION | 10, H_PARAMETER},
		{BULK_REQUEST | WORLD_PTES, BULK_RESPONSE | BULK_PARAMETER | WORLD_PTES,
		 H_PARAMETER},
		{BULK_REQUEST | BULK_PTEX, BULK_RESPONSE | BULK_PARAMETER | BULK_PTEX, H_PARAMETER},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stop); i++) {
		u64 ts[8] = {BULK_REQUEST | 9, 0, stop[i].in, 3, BULK_REQUEST | 11, 4, 5, 6};

		world_reset();
		assert_int_equal(enter(PFT_EXACT, 9, AVPN(1), PTEL_M), H_SUCCESS);
		assert_int_equal(enter(PFT_EXACT, 10, AVPN(1), PTEL_M), H_SUCCESS);
		assert_int_equal(enter(PFT_EXACT, 11, AVPN(1), PTEL_M), H_SUCCESS);
		assert_int_equal(bulk(ts), stop[i].code);
		assert_int_equal(world.vp.gpr[4], BULK_RESPONSE | 9);
		assert_int_equal(world.vp.gpr[6], stop[i].out);
		for (u32 n = 3; n < 8; n++)
			assert_int_equal(world.vp.gpr[4 + n], ts[n]);
		assert_int_equal(fake_tlb.operands, 1);
		assert_int_equal(be64_to_cpu(world.table[9].v), 0);
		assert_entry(10, AVPN(1) | PTEH_V, world_real(0) | PTEL_M);
		assert_entry(11, AVPN(1) | PTEH_V, world_real(0) | PTEL_M);
		assert_int_equal(world.traced, stop[i].code == H_SUCCESS ? 0 : 1);
	}
}

static void test_bulk_same_entry_twice(void **state)
{
	u64 ts[8] = {BULK_REQUEST | 9, 0, BULK_REQUEST | 9, 0, BULK_REQUEST | 9, 0, BULK_END};

	(void)state;
	assert_int_equal(enter(PFT_EXACT, 9, AVPN(1), PTEL_M | PTEL_R), H_SUCCESS);
	assert_int_equal(bulk(ts), H_SUCCESS);
	assert_int_equal(world.vp.gpr[4], BULK_RESPONSE | BULK_R | 9);
	assert_int_equal(world.vp.gpr[6], BULK_RESPONSE | BULK_NOT_FOUND | 9);
	assert_int_equal(world.vp.gpr[8], BULK_RESPONSE | BULK_NOT_FOUND | 9);
}

static void test_bulk_nothing(void **state)
{
	(void)state;
	assert_int_equal(bulk((u64[8]){BULK_END}), H_SUCCESS);
	assert_int_equal(bulk((u64[8]){BULK_REQUEST | 9, 0, BULK_END}), H_SUCCESS);
	assert_int_equal(fake_tlb.calls, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pft_setup, pft_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_remove),
		TEST(test_remove_avpn),
		TEST(test_remove_andcond),
		TEST(test_protect),
		TEST(test_protect_every_bit),
		TEST(test_protect_avpn),
		TEST(test_clear_mod),
		TEST(test_clear_ref),
		TEST(test_read),
		TEST(test_read_free),
		TEST(test_read_4),
		TEST(test_bulk),
		TEST(test_bulk_late_bits),
		TEST(test_bulk_conditions),
		TEST(test_bulk_stops),
		TEST(test_bulk_same_entry_twice),
		TEST(test_bulk_nothing),
	};

	return cmocka_run_group_tests_name("hpt_entry", tests, NULL, NULL);
}
