// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/share.c
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/share.h"

#define WINDOW	 5120000UL /* ticks */
#define ENTITLED (WINDOW * 30 / 100)

static struct share share;

static int setup(void **state)
{
	(void)state;
	memset(&share, 0, sizeof(share));
	share_set(&share, 30, WINDOW, 128);
	return 0;
}

static void test_set(void **state)
{
	(void)state;
	assert_int_equal(share.units, 30);
	assert_int_equal(share.weight, 128);
	assert_int_equal(share.entitled, ENTITLED);
	share_set(&share, 6400, WINDOW, 0);
	assert_int_equal(share.weight, 0);
	assert_int_equal(share.entitled, 64 * WINDOW);
	share_set(&share, 0, WINDOW, 255);
	assert_int_equal(share.entitled, 0);
	assert_int_equal(share_left(&share, 1), 0);
	assert_int_equal(share_grant(&share, 1, 1), 0);
}

/* --- the budget of a window --- */

static void test_all_at_once(void **state)
{
	(void)state;
	assert_int_equal(share_left(&share, 1), ENTITLED);
	assert_int_equal(share_grant(&share, 1, UINT32_MAX), ENTITLED);
	assert_int_equal(share_left(&share, 1), 0);
	assert_int_equal(share_grant(&share, 1, 1), 0);
}

static void test_in_parts(void **state)
{
	u64 sum = 0;

	(void)state;
	for (u64 ticks = 1; sum < ENTITLED; ticks *= 3) {
		u64 expected = MIN(ticks, ENTITLED - sum);

		assert_int_equal(share_grant(&share, 7, ticks), expected);
		sum += expected;
		assert_int_equal(share_left(&share, 7), ENTITLED - sum);
	}
	assert_int_equal(share_grant(&share, 7, 1), 0);
}

static void test_what_was_not_used_comes_back(void **state)
{
	(void)state;
	share_grant(&share, 3, 1000);
	share_settle(&share, 3, 1000, 400);
	assert_int_equal(share_left(&share, 3), ENTITLED - 400);
	share_settle(&share, 3, 0, 0);
	assert_int_equal(share_left(&share, 3), ENTITLED - 400);
	assert_int_equal(share_grant(&share, 3, UINT32_MAX), ENTITLED - 400);
}

static void test_nothing_is_saved_up(void **state)
{
	(void)state;
	share_grant(&share, 1, 10);
	for (u32 window = 2; window < 1000; window += window) {
		assert_int_equal(share_left(&share, window), ENTITLED);
		assert_int_equal(share_grant(&share, window, UINT32_MAX), ENTITLED);
		share_settle(&share, window, ENTITLED, 1);
	}
}

/* What comes back when the window is over is gone; the new window's budget is as it was. */
static void test_rest_of_an_old_window(void **state)
{
	(void)state;
	share_grant(&share, 1, 1000);
	share_grant(&share, 2, 100);
	share_settle(&share, 1, 1000, 300);
	assert_int_equal(share_left(&share, 2), ENTITLED - 100);
}

/* One processor is a little behind, as at the turn of a window: it gets what is there. */
static void test_asked_for_an_old_window(void **state)
{
	(void)state;
	share_grant(&share, 9, 1000);
	assert_int_equal(share_left(&share, 8), ENTITLED - 1000);
	assert_int_equal(share_grant(&share, 8, UINT32_MAX), ENTITLED - 1000);
	assert_int_equal(share_left(&share, 9), 0);
	assert_int_equal(share_left(&share, 10), ENTITLED);
}

/* --- debts --- */

static void test_debt_is_paid_by_the_next_window(void **state)
{
	(void)state;
	assert_int_equal(share_grant(&share, 1, UINT32_MAX), ENTITLED);
	share_settle(&share, 1, ENTITLED, ENTITLED + 700);
	assert_int_equal(share_left(&share, 1), 0);
	assert_int_equal(share_grant(&share, 1, 1), 0);
	assert_int_equal(share_left(&share, 2), ENTITLED - 700);
	assert_int_equal(share_grant(&share, 2, UINT32_MAX), ENTITLED - 700);
	assert_int_equal(share_left(&share, 3), ENTITLED);
}

static void test_debt_in_its_own_window(void **state)
{
	(void)state;
	share_grant(&share, 1, 1000);
	share_settle(&share, 1, 1000, 1500);
	assert_int_equal(share_left(&share, 1), ENTITLED - 1500);
}

/* The window turned while the debt was made. */
static void test_debt_of_an_old_window(void **state)
{
	(void)state;
	share_grant(&share, 1, 1000);
	share_grant(&share, 2, 100);
	share_settle(&share, 1, 1000, 1300);
	assert_int_equal(share_left(&share, 2), ENTITLED - 100 - 300);
}

static void make_debt(u64 debt)
{
	u64 granted = share_grant(&share, 1, UINT32_MAX);

	share_settle(&share, 1, granted, granted + debt);
}

/* It takes as many windows as it takes, whether somebody asks in each of them or not. */
static void test_debt_of_many_windows(void **state)
{
	for (u32 asked = 0; asked < 2; asked++) {
		setup(state);
		make_debt(3 * ENTITLED + 5);
		for (u32 window = 2; asked && window < 5; window++)
			assert_int_equal(share_grant(&share, window, 1), 0);
		assert_int_equal(share_left(&share, 4), 0);
		assert_int_equal(share_left(&share, 5), ENTITLED - 5);
		assert_int_equal(share_left(&share, 6), ENTITLED);
		assert_int_equal(share_left(&share, 1000), ENTITLED);
	}
}

static void test_debt_without_bounds(void **state)
{
	(void)state;
	share_grant(&share, 1, 0);
	for (u32 i = 0; i < 100; i++)
		share_settle(&share, 1, 0, UINT32_MAX);
	assert_int_equal(share_left(&share, 1), 0);
	assert_int_equal(share_left(&share, 1 + INT32_MAX / ENTITLED), 0);
	assert_int_equal(share_left(&share, 3 + INT32_MAX / ENTITLED), ENTITLED);
}

/* --- window numbers --- */

static void test_end_of_window_numbers(void **state)
{
	(void)state;
	share_grant(&share, UINT32_MAX, UINT32_MAX);
	share_settle(&share, UINT32_MAX, ENTITLED, ENTITLED + 3);
	assert_int_equal(share_left(&share, UINT32_MAX), 0);
	assert_int_equal(share_grant(&share, 0, UINT32_MAX), ENTITLED - 3);
	assert_int_equal(share_left(&share, 0), 0);
	assert_int_equal(share_left(&share, UINT32_MAX), 0);
	assert_int_equal(share_left(&share, 1), ENTITLED);
}

/* A partition may come to a machine of any age, or want nothing for any time. */
static void test_not_used_for_any_time(void **state)
{
	static const u32 windows[] = {
		0, 1, 1000, INT32_MAX, INT32_MAX + 1U, 0xc0000000, 0xfffff000, UINT32_MAX - 1000};

	for (u32 i = 0; i < ARRAY_SIZE(windows); i++) {
		setup(state);
		share_grant(&share, windows[0], UINT32_MAX);
		if (windows[i])
			assert_int_equal(share_left(&share, windows[i]), ENTITLED);
		setup(state);
		assert_int_equal(share_grant(&share, windows[i] | 1, UINT32_MAX), ENTITLED);
		assert_int_equal(share_left(&share, (windows[i] | 1) + 1), ENTITLED);
	}
}

/* --- changed entitlement --- */

static void test_less_entitlement(void **state)
{
	(void)state;
	share_grant(&share, 1, ENTITLED / 2);
	share_set(&share, 10, WINDOW, 128);
	share_settle(&share, 1, ENTITLED / 2, ENTITLED / 2);
	assert_int_equal(share_left(&share, 2), WINDOW / 10);
	assert_int_equal(share_grant(&share, 2, UINT32_MAX), WINDOW / 10);
}

/* --- turns --- */

static void test_slice(void **state)
{
	const u64 least = WINDOW / 20;

	(void)state;
	share.wanting = 0;
	assert_int_equal(share_slice(&share, least), ENTITLED);
	share.wanting = 1;
	assert_int_equal(share_slice(&share, least), ENTITLED);
	share.wanting = 3;
	assert_int_equal(share_slice(&share, least), ENTITLED / 3);
	share.wanting = 64;
	assert_int_equal(share_slice(&share, least), least);
	share_set(&share, 1, WINDOW, 128);
	share.wanting = 1;
	assert_int_equal(share_slice(&share, least), least);
}

/* --- surplus --- */

/* Virtual time that passes for @ticks of surplus. */
static u64 charge(u32 weight, u64 ticks)
{
	u64 before = share.virtual;

	share_set(&share, 30, WINDOW, weight);
	share_charge(&share, ticks);
	return share.virtual - before;
}

static void test_charge_by_weight(void **state)
{
	u64 unit;

	(void)state;
	unit = charge(255, 255000);
	assert_true(unit > 0);
	for (u32 weight = 1; weight <= SHARE_WEIGHT_MAX; weight++)
		assert_int_equal(charge(weight, weight * 1000), unit);
	/* However small the turn, it counts. */
	assert_true(charge(255, 1) > 0);
	/* No weight and the least one. */
	assert_int_equal(charge(0, 1000), charge(1, 1000));
}

static void test_queue_key(void **state)
{
	(void)state;
	share.virtual = 1000;
	assert_int_equal(share_queue_key(&share, 900), 1000);
	assert_int_equal(share_queue_key(&share, 1000), 1000);
	assert_int_equal(share_queue_key(&share, 1500), 1500);
	assert_int_equal(share.virtual, 1500);
	/* Over the end of the numbers. */
	share.virtual = -10UL;
	assert_int_equal(share_queue_key(&share, -20UL), -10UL);
	assert_int_equal(share_queue_key(&share, 5), 5);
	assert_int_equal(share_queue_key(&share, -10UL), 5);
}

/* --- at random against the plain sum --- */

static void test_random(void **state)
{
	s64 left = ENTITLED, out = 0;
	u32 window = UINT32_MAX - 5000;

	(void)state;
	share_grant(&share, window, 0);
	for (u32 i = 0; i < 1000000; i++) {
		u64 ticks = (u64)rand() % (ENTITLED / 4), used;

		if (rand() % 64 == 0) {
			u32 turns = 1 + (u32)rand() % 4;

			/* Grants that are out end with the window; what they used is used. */
			out = 0;
			window += turns;
			left = MIN(left + (s64)ENTITLED * (turns - 1), 0) + (s64)ENTITLED;
		}
		assert_int_equal(share_left(&share, window), MAX(left, 0));
		assert_int_equal(share_grant(&share, window, ticks), MIN(ticks, MAX(left, 0)));
		ticks = (u64)MIN((s64)ticks, MAX(left, 0));
		left -= (s64)ticks;
		out += (s64)ticks;
		if (rand() % 4 == 0 || ticks == 0)
			continue;
		used = rand() % 8 ? (u64)rand() % ticks : ticks + (u64)rand() % (2 * ENTITLED);
		share_settle(&share, window, ticks, used);
		left += (s64)(ticks - used);
		out -= (s64)(ticks - used);
		assert_true(left + out <= (s64)ENTITLED);
	}
}

/* --- many processors at once --- */

#define THREADS 4
#define ROUNDS	200000

static u32 window_now;

struct processor {
	pthread_t thread;
	u32 seed;
	u64 used;
};

static struct processor processor[THREADS];

static u32 next_random(struct processor *self)
{
	self->seed = self->seed * 1664525 + 1013904223;
	return self->seed >> 8;
}

/* Gets all of the budget, in small parts, of which some come back. */
static void *spend(void *arg)
{
	struct processor *self = arg;

	for (u32 i = 0; i < ROUNDS; i++) {
		u64 ticks = share_grant(&share, 1, next_random(self) % 64);
		u64 used = ticks ? next_random(self) % (ticks + 1) : 0;

		self->used += used;
		share_settle(&share, 1, ticks, used);
	}
	return NULL;
}

/* Uses more than it gets, always. */
static void *overspend(void *arg)
{
	struct processor *self = arg;

	for (u32 i = 0; i < ROUNDS; i++) {
		u64 ticks = share_grant(&share, 1, next_random(self) % 64);
		u64 used = ticks + next_random(self) % 8;

		self->used += used;
		share_settle(&share, 1, ticks, used);
	}
	return NULL;
}

/* The windows turn all the time. */
static void *turn(void *arg)
{
	struct processor *self = arg;

	for (u32 i = 0; i < ROUNDS; i++) {
		u32 window = next_random(self) % 256 == 0
				     ? __atomic_add_fetch(&window_now, 1, __ATOMIC_RELAXED)
				     : __atomic_load_n(&window_now, __ATOMIC_RELAXED);
		u64 ticks = share_grant(&share, window, 1 + next_random(self) % ENTITLED);
		u64 used = ticks ? next_random(self) % (ticks + ticks / 8 + 1) : 0;

		self->used += used;
		share_settle(&share, window, ticks, used);
	}
	return NULL;
}

static void *charge_all(void *arg)
{
	struct processor *self = arg;

	for (u32 i = 0; i < ROUNDS; i++) {
		u64 ticks = next_random(self) % 1000;

		self->used += ticks;
		share_charge(&share, ticks * 128);
	}
	return NULL;
}

/* Runs @body on all of them at once; returns what they used together. */
static u64 run(void *(*body)(void *))
{
	u64 used = 0;

	memset(processor, 0, sizeof(processor));
	for (u32 i = 0; i < THREADS; i++) {
		processor[i].seed = i + 1;
		pthread_create(&processor[i].thread, NULL, body, &processor[i]);
	}
	for (u32 i = 0; i < THREADS; i++) {
		pthread_join(processor[i].thread, NULL);
		used += processor[i].used;
	}
	return used;
}

static void test_threads_spend_all(void **state)
{
	u64 used;

	(void)state;
	used = run(spend);
	assert_true(used <= ENTITLED);
	assert_int_equal(share_left(&share, 1), ENTITLED - used);
}

static void test_threads_make_debts(void **state)
{
	u64 used, windows;

	(void)state;
	used = run(overspend);
	assert_true(used > ENTITLED);
	windows = used / ENTITLED;
	assert_int_equal(share_left(&share, (u32)windows), 0);
	assert_int_equal(share_left(&share, 1 + (u32)windows), ENTITLED - used % ENTITLED);
}

/* Together they use no more than all windows had, and the debt of the last. */
static void test_threads_turn_windows(void **state)
{
	u64 used;
	u32 windows;

	(void)state;
	window_now = 1;
	used = run(turn);
	for (windows = window_now; share_left(&share, windows) == 0; windows++)
		;
	assert_true(window_now > ROUNDS / 512);
	assert_true(used <= windows * ENTITLED);
	assert_true(windows <= window_now + THREADS);
}

static void test_threads_charge(void **state)
{
	u64 used;

	(void)state;
	used = run(charge_all);
	assert_int_equal(share.virtual, used * 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_set, setup),
		cmocka_unit_test_setup(test_all_at_once, setup),
		cmocka_unit_test_setup(test_in_parts, setup),
		cmocka_unit_test_setup(test_what_was_not_used_comes_back, setup),
		cmocka_unit_test_setup(test_nothing_is_saved_up, setup),
		cmocka_unit_test_setup(test_rest_of_an_old_window, setup),
		cmocka_unit_test_setup(test_asked_for_an_old_window, setup),
		cmocka_unit_test_setup(test_debt_is_paid_by_the_next_window, setup),
		cmocka_unit_test_setup(test_debt_in_its_own_window, setup),
		cmocka_unit_test_setup(test_debt_of_an_old_window, setup),
		cmocka_unit_test_setup(test_debt_of_many_windows, setup),
		cmocka_unit_test_setup(test_debt_without_bounds, setup),
		cmocka_unit_test_setup(test_end_of_window_numbers, setup),
		cmocka_unit_test_setup(test_not_used_for_any_time, setup),
		cmocka_unit_test_setup(test_less_entitlement, setup),
		cmocka_unit_test_setup(test_slice, setup),
		cmocka_unit_test_setup(test_charge_by_weight, setup),
		cmocka_unit_test_setup(test_queue_key, setup),
		cmocka_unit_test_setup(test_random, setup),
		cmocka_unit_test_setup(test_threads_spend_all, setup),
		cmocka_unit_test_setup(test_threads_make_debts, setup),
		cmocka_unit_test_setup(test_threads_turn_windows, setup),
		cmocka_unit_test_setup(test_threads_charge, setup),
	};

	srand(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
