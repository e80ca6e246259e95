// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/splpar_hcall.c hv/ppp_hcall.c hv/vphn_hcall.c tests/unit/splpar_world.c
/* The calls of shared processors: every argument, and what reaches dispatcher and pool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hv/msr.h"
#include "hv/pool.h"
#include "tests/unit/splpar_world.h"

static int reset(void **state __unused)
{
	world_reset();
	return 0;
}

static s64 call(u32 number, u64 a, u64 b)
{
	return world_call(number, a, b, 3);
}

static void sets_are_promised_as_a_whole(void **state __unused)
{
	assert_string_equal(world_line(H_CONFER)->set, "hcall-splpar");
	assert_string_equal(world_line(H_GET_PPP)->set, "hcall-splpar");
	assert_string_equal(world_line(H_SET_PPP)->set, "hcall-splpar");
	assert_string_equal(world_line(H_PURR)->set, "hcall-splpar");
	assert_string_equal(world_line(H_PIC)->set, "hcall-pic");
	assert_string_equal(world_line(H_JOIN)->set, "hcall-join");
	assert_string_equal(world_line(H_POLL_PENDING)->set, "hcall-poll-pending");
	assert_string_equal(world_line(H_HOME_NODE_ASSOCIATIVITY)->set, "hcall-vphn");
	assert_null(world_line(H_SIGNAL_SYS_RESET)->set);
}

/* --- H_CONFER --- */

static void confer_to_all(void **state __unused)
{
	assert_int_equal(call(H_CONFER, ~0UL, 0), H_SUCCESS);
	assert_int_equal(call(H_CONFER, 0xffffffff, 5), H_SUCCESS);
	assert_int_equal(world.confers, 2);
	assert_null(world.target);
}

static void confer_to_one(void **state __unused)
{
	assert_int_equal(call(H_CONFER, 1, WORLD_COUNT), H_SUCCESS);
	assert_ptr_equal(world.target, &vps[1]);
	assert_int_equal(call(H_CONFER, 1, 0xbeef000000000000 | WORLD_COUNT), H_SUCCESS);
	assert_int_equal(world.confers, 2);
}

/* It has run since, or runs. */
static void confer_that_comes_too_late(void **state __unused)
{
	vps[2].state = VP_RUNNING;
	assert_int_equal(call(H_CONFER, 1, WORLD_COUNT - 2), H_SUCCESS);
	assert_int_equal(call(H_CONFER, 1, WORLD_COUNT + 1), H_SUCCESS);
	assert_int_equal(call(H_CONFER, 1, (u32)~WORLD_COUNT), H_SUCCESS);
	assert_int_equal(call(H_CONFER, 2, 2), H_SUCCESS);
	assert_int_equal(call(H_CONFER, 2, 1), H_SUCCESS);
	assert_int_equal(world.confers + world.cedes + world.joins, 0);
}

static void confer_to_nobody(void **state __unused)
{
	static const u64 numbers[] = {WORLD_VPS,   LPAR_MAX_VPS, 0x7fffffff,
				      0x80000000,  0xfffffffe,	 ~1UL,
				      0x100000000, 0x100000001,	 0x12345678ffffffff};

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_int_equal(call(H_CONFER, numbers[i], 7), H_PARAMETER);
	assert_int_equal(world.confers + world.cedes + world.joins, 0);
}

/* Whatever the count is. */
static void confer_to_itself(void **state __unused)
{
	assert_int_equal(call(H_CONFER, 0, 0), H_SUCCESS);
	assert_int_equal(world.joins, 1);
	vps[0].state = VP_RUNNING;
	vps[0].msr |= MSR_EE;
	assert_int_equal(call(H_CONFER, 0, 1), H_SUCCESS);
	assert_int_equal(world.cedes, 1);
	assert_int_equal(world.joins, 1);
	assert_int_equal(world.confers, 0);
}

/* --- H_JOIN --- */

static void join_wants_interrupts_off(void **state __unused)
{
	vps[0].msr |= MSR_EE;
	assert_int_equal(call(H_JOIN, 0, 0), H_BAD_MODE);
	assert_int_equal(world.joins, 0);
}

static void join_waits_but_for_the_last(void **state __unused)
{
	static const u32 active[] = {VP_RUNNABLE, VP_RUNNING, VP_CEDED};
	static const u32 inactive[] = {VP_STOPPED, VP_JOINED};

	for (u32 i = 0; i < ARRAY_SIZE(active); i++) {
		reset(NULL);
		vps[1].state = VP_STOPPED;
		vps[2].state = active[i];
		vps[3].state = VP_JOINED;
		assert_int_equal(call(H_JOIN, 0, 0), H_SUCCESS);
		assert_int_equal(world.joins, 1);
	}
	for (u32 i = 0; i < ARRAY_SIZE(inactive); i++) {
		reset(NULL);
		vps[1].state = vps[2].state = vps[3].state = inactive[i];
		assert_int_equal(call(H_JOIN, 0, 0), H_CONTINUE);
		assert_int_equal(world.joins, 0);
	}
	lpar.nr_vps = 1;
	vps[1].state = VP_RUNNING; /* somebody else's */
	assert_int_equal(call(H_JOIN, 0, 0), H_CONTINUE);
}

/* --- H_POLL_PENDING --- */

static void pending_is_what_waits_here(void **state __unused)
{
	assert_int_equal(call(H_POLL_PENDING, 0, 0), H_SUCCESS);
	world.work = true;
	assert_int_equal(call(H_POLL_PENDING, 0, 0), H_PENDING);
	world.work = false;
	cpu.queue.entitled.length = 1;
	assert_int_equal(call(H_POLL_PENDING, 0, 0), H_PENDING);
	cpu.queue.entitled.length = 0;
	cpu.queue.nr_surplus = 1;
	assert_int_equal(call(H_POLL_PENDING, 0, 0), H_PENDING);
	cpu.queue.nr_surplus = 0;
	cpu.queue.parked.length = 1; /* not now */
	assert_int_equal(call(H_POLL_PENDING, 0, 0), H_SUCCESS);
}

/* --- H_SIGNAL_SYS_RESET --- */

static void system_reset_of_one(void **state __unused)
{
	assert_int_equal(call(H_SIGNAL_SYS_RESET, 2, 0), H_SUCCESS);
	assert_int_equal(call(H_SIGNAL_SYS_RESET, 0, 0), H_SUCCESS);
	assert_int_equal(world.reset_mask, 0x5);
	vps[3].state = VP_STOPPED;
	assert_int_equal(call(H_SIGNAL_SYS_RESET, 3, 0), H_SUCCESS);
	assert_int_equal(world.resets, 2);
}

static void system_reset_of_all(void **state __unused)
{
	vps[2].state = VP_STOPPED;
	vps[3].state = VP_JOINED;
	assert_int_equal(call(H_SIGNAL_SYS_RESET, ~0UL, 0), H_SUCCESS);
	assert_int_equal(world.reset_mask, 0xb);
	assert_int_equal(world.resets, 3);
}

static void system_reset_of_all_others(void **state __unused)
{
	assert_int_equal(call(H_SIGNAL_SYS_RESET, ~1UL, 0), H_SUCCESS);
	assert_int_equal(world.reset_mask, 0xe);
	assert_int_equal(world.resets, 3);
}

/* 64-bit numbers: no half of them is enough. */
static void system_reset_of_nobody(void **state __unused)
{
	static const u64 numbers[] = {WORLD_VPS,  ~2UL,	      0x100000000,
				      0xffffffff, 0xfffffffe, 0x8000000000000000};

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_int_equal(call(H_SIGNAL_SYS_RESET, numbers[i], 0), H_PARAMETER);
	assert_int_equal(world.resets, 0);
}

/* --- H_GET_PPP, H_SET_PPP --- */

static void ppp_of_an_uncapped_partition(void **state __unused)
{
	assert_int_equal(world_call(H_GET_PPP, 0, 0, 8), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], 150);
	assert_int_equal(vps[0].gpr[5], 30);
	assert_int_equal(vps[0].gpr[6], 0x0000000080090000);
	assert_int_equal(vps[0].gpr[7], 0x0000641c00030004);
	assert_int_equal(vps[0].gpr[8], 0x000300012c00010e);
}

static void ppp_of_a_capped_partition(void **state __unused)
{
	lpar.procs.sharing_mode = SHARING_CAP;
	lpar.share.weight = 0;
	pool_units = 301; /* others are at it */
	assert_int_equal(world_call(H_GET_PPP, 0, 0, 8), H_SUCCESS);
	assert_int_equal(vps[0].gpr[5], 0);
	assert_int_equal(vps[0].gpr[7], 0x0001000000030004);
}

static void ppp_of_dedicated_processors(void **state __unused)
{
	for (u32 mode = SHARING_KEEP_IDLE; mode <= SHARING_SHARE_IDLE_ALWAYS; mode++) {
		lpar.procs.sharing_mode = mode;
		assert_int_equal(world_call(H_GET_PPP, 0, 0, 8), H_SUCCESS);
		assert_int_equal(vps[0].gpr[4], 100 * WORLD_VPS);
		assert_int_equal(vps[0].gpr[5], 0);
		assert_int_equal(vps[0].gpr[6], 0x000000008009ffff);
		assert_int_equal(vps[0].gpr[7], 0x0001000000000004);
		assert_int_equal(vps[0].gpr[8], 0);
	}
}

static void set_ppp_is_the_pools(void **state __unused)
{
	assert_int_equal(call(H_SET_PPP, 120, 255), H_SUCCESS);
	assert_int_equal(world.units, 120);
	assert_int_equal(world.weight, 255);
	world.constrained = true;
	assert_int_equal(call(H_SET_PPP, 0, 0), H_CONSTRAINED);
	assert_int_equal(world.units, 0);
	/* The largest that there is, not what a half of it would be. */
	assert_int_equal(call(H_SET_PPP, 0x100000001, 3), H_CONSTRAINED);
	assert_int_equal(world.units, 0xffffffff);
	assert_int_equal(call(H_SET_PPP, ~0UL, 3), H_CONSTRAINED);
	assert_int_equal(world.units, 0xffffffff);
	assert_int_equal(world.sets, 4);
}

static void set_ppp_weights_end_at_255(void **state __unused)
{
	static const u64 weights[] = {256, 0x100000001, ~0UL, 0x8000000000000000};

	for (u32 i = 0; i < ARRAY_SIZE(weights); i++)
		assert_int_equal(call(H_SET_PPP, 100, weights[i]), H_PARAMETER);
	assert_int_equal(world.sets, 0);
}

static void set_ppp_changes_no_dedicated_processors(void **state __unused)
{
	lpar.procs.sharing_mode = SHARING_KEEP_IDLE;
	assert_int_equal(call(H_SET_PPP, 100 * WORLD_VPS, 0), H_SUCCESS);
	assert_int_equal(call(H_SET_PPP, 100 * WORLD_VPS, 1), H_CONSTRAINED);
	assert_int_equal(call(H_SET_PPP, 100 * WORLD_VPS - 1, 0), H_CONSTRAINED);
	assert_int_equal(call(H_SET_PPP, 0x100000000 + 100 * WORLD_VPS, 0), H_CONSTRAINED);
	assert_int_equal(world.sets, 0);
}

/* --- H_PURR, H_PIC --- */

static void purr_is_the_processors(void **state __unused)
{
	assert_int_equal(world_call(H_PURR, 0, 0, 4), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], WORLD_PURR);
}

static void pic_adds_up(void **state __unused)
{
	world.idle = 0x1000000000;
	world.all = 0x5000000000;
	assert_int_equal(world_call(H_PIC, 0, 0, 12), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], 0x1000000000);
	assert_int_equal(vps[0].gpr[5], 3);
	assert_int_equal(vps[0].gpr[6], 0x5000000000);
	assert_int_equal(vps[0].gpr[7], 0x4000000000);
	assert_int_equal(vps[0].gpr[8], 0x4000000000);
	assert_int_equal(vps[0].gpr[9], 0);
	for (u32 i = 10; i <= 12; i++)
		assert_int_equal(vps[0].gpr[i], ~0UL);
}

static void pic_is_for_those_in_the_pool(void **state __unused)
{
	lpar.procs.sharing_mode = SHARING_SHARE_IDLE;
	assert_int_equal(call(H_PIC, 0, 0), H_AUTHORITY);
}

/* --- H_HOME_NODE_ASSOCIATIVITY --- */

static void assert_home(u64 flags, u64 id)
{
	assert_int_equal(world_call(H_HOME_NODE_ASSOCIATIVITY, flags, id, 9), H_SUCCESS);
	assert_int_equal(vps[0].gpr[4], 0x8000800080008000);
	for (u32 i = 5; i <= 9; i++)
		assert_int_equal(vps[0].gpr[i], ~0UL);
}

static void home_of_everybody_is_the_same(void **state __unused)
{
	vps[3].state = VP_STOPPED;
	for (u32 i = 0; i < WORLD_VPS; i++)
		assert_home(1, i);
	pool_nr_cpus = 16;
	for (u32 i = 0; i < 16; i++)
		assert_home(2, i);
}

static void home_of_nobody(void **state __unused)
{
	static const u64 flags[] = {0, 3, 0x100000001, ~0UL};

	for (u32 i = 0; i < ARRAY_SIZE(flags); i++)
		assert_int_equal(call(H_HOME_NODE_ASSOCIATIVITY, flags[i], 0), H_PARAMETER);
	assert_int_equal(call(H_HOME_NODE_ASSOCIATIVITY, 1, WORLD_VPS), H_P2);
	assert_int_equal(call(H_HOME_NODE_ASSOCIATIVITY, 1, ~0UL), H_P2);
	assert_int_equal(call(H_HOME_NODE_ASSOCIATIVITY, 1, 0x100000000), H_P2);
	assert_int_equal(call(H_HOME_NODE_ASSOCIATIVITY, 2, pool_nr_cpus), H_P2);
	assert_int_equal(call(H_HOME_NODE_ASSOCIATIVITY, 2, 0x100000000), H_P2);
}

#define TEST(function) cmocka_unit_test_setup(function, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sets_are_promised_as_a_whole),
		TEST(confer_to_all),
		TEST(confer_to_one),
		TEST(confer_that_comes_too_late),
		TEST(confer_to_nobody),
		TEST(confer_to_itself),
		TEST(join_wants_interrupts_off),
		TEST(join_waits_but_for_the_last),
		TEST(pending_is_what_waits_here),
		TEST(system_reset_of_one),
		TEST(system_reset_of_all),
		TEST(system_reset_of_all_others),
		TEST(system_reset_of_nobody),
		TEST(ppp_of_an_uncapped_partition),
		TEST(ppp_of_a_capped_partition),
		TEST(ppp_of_dedicated_processors),
		TEST(set_ppp_is_the_pools),
		TEST(set_ppp_weights_end_at_255),
		TEST(set_ppp_changes_no_dedicated_processors),
		TEST(purr_is_the_processors),
		TEST(pic_adds_up),
		TEST(pic_is_for_those_in_the_pool),
		TEST(home_of_everybody_is_the_same),
		TEST(home_of_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
