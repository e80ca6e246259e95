// SPDX-License-Identifier: Apache-2.0
#include "hv/share.h"

#define WEIGHT_UNIT_SHIFT 8 /* virtual time passes at the rate of real time for weight 256 */

/*
 * Processors that look at the same time may be in neighbouring windows; a budget that seems to be
 * much further ahead is one that nobody used for a very long time.
 */
#define WINDOWS_AHEAD_MAX 1000

/* Makes 0, which is not packed by anybody, the budget that was never used. */
#define BUDGET_BIAS (1U << 31)
#define BUDGET_MIN  (-INT32_MAX)

static u64 budget_pack(u32 window, s64 left)
{
	return (u64)window << 32 | ((u32)(s32)left ^ BUDGET_BIAS);
}

static s64 budget_ticks(u64 word)
{
	return (s32)((u32)word ^ BUDGET_BIAS);
}

static bool is_ahead(u64 word, u32 window)
{
	s32 turns = (s32)(window - (u32)(word >> 32));

	return word != 0 && turns <= 0 && turns > -WINDOWS_AHEAD_MAX;
}

/*
 * What is left in window @window, or in the later one that @word is about: what was not used is
 * gone when the window ends, a debt stays until it is paid.
 */
static s64 __noinline budget_left(const struct share *share, u64 word, u32 window)
{
	s64 entitled = (s64)__atomic_load_n(&share->entitled, __ATOMIC_RELAXED);
	s64 left = word ? budget_ticks(word) : 0;
	u32 turns = window - (u32)(word >> 32);

	if (is_ahead(word, window))
		return left;
	return MIN(left + entitled * ((s64)turns - 1), 0L) + entitled;
}

static u32 budget_window(u64 word, u32 window)
{
	return is_ahead(word, window) ? (u32)(word >> 32) : window;
}

static bool budget_swap(struct share *share, u64 *old, u32 window, s64 left)
{
	left = MAX(left, (s64)BUDGET_MIN);
	return __atomic_compare_exchange_n(&share->budget, old, budget_pack(window, left), false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void share_set(struct share *share, u32 units, u64 window, u32 weight)
{
	share->units = units;
	__atomic_store_n(&share->weight, weight, __ATOMIC_RELAXED);
	__atomic_store_n(&share->entitled, window * units / SHARE_UNITS_PER_PROC, __ATOMIC_RELAXED);
}

/* The budget of another window than the one it was last used in, or of one that is used by others.
 */
static u64 __noinline grant_anew(struct share *share, u64 old, u32 window, u64 ticks)
{
	s64 left, granted;

	do {
		left = budget_left(share, old, window);
		if (left <= 0)
			return 0;
		granted = MIN(left, (s64)ticks);
	} while (!budget_swap(share, &old, budget_window(old, window), left - granted));
	if (old != 0 && (u32)(old >> 32) + 1 == window)
		__atomic_store_n(&share->rest, old, __ATOMIC_RELAXED);
	return (u64)granted;
}

/* Ticks are in the lower half of the word: taking and giving back some is a subtraction there. */
static bool budget_add(struct share *share, u64 *old, s64 ticks)
{
	return __atomic_compare_exchange_n(&share->budget, old, *old + (u64)ticks, true,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

u64 share_grant(struct share *share, u32 window, u64 ticks)
{
	u64 old = __atomic_load_n(&share->budget, __ATOMIC_RELAXED);
	s64 left = budget_ticks(old);

	if ((u32)(old >> 32) == window && old != 0) {
		if (left <= 0)
			return 0;
		ticks = MIN(ticks, (u64)left);
		if (budget_add(share, &old, -(s64)ticks))
			return ticks;
	}
	return grant_anew(share, old, window, ticks);
}

u64 share_left(const struct share *share, u32 window)
{
	u64 word = __atomic_load_n(&share->budget, __ATOMIC_RELAXED);
	s64 left = budget_ticks(word);

	if ((u32)(word >> 32) != window || word == 0)
		left = budget_left(share, word, window);
	return left > 0 ? (u64)left : 0;
}

static void __noinline settle_debt(struct share *share, u64 old, s64 rest)
{
	while (!budget_swap(share, &old, (u32)(old >> 32), budget_ticks(old) + rest))
		;
}

void share_settle(struct share *share, u32 window, u64 grant, u64 used)
{
	u64 old = __atomic_load_n(&share->budget, __ATOMIC_RELAXED);
	s64 rest = (s64)(grant - used);

	if (rest < 0) {
		settle_debt(share, old, rest);
		return;
	}
	while ((u32)(old >> 32) == window && !budget_add(share, &old, rest))
		;
}

/* Takes up to @ticks of what was left when window @window ended. */
static s64 rest_take(struct share *share, u32 window, s64 ticks)
{
	u64 old = __atomic_load_n(&share->rest, __ATOMIC_RELAXED);
	s64 taken;

	do {
		taken = old ? MIN(ticks, budget_ticks(old)) : 0;
		if ((u32)(old >> 32) != window || taken <= 0)
			return 0;
	} while (!__atomic_compare_exchange_n(&share->rest, &old, old - (u64)taken, true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return taken;
}

void share_carry(struct share *share, u32 window, u64 ticks)
{
	s64 entitled = (s64)__atomic_load_n(&share->entitled, __ATOMIC_RELAXED);
	u64 old = __atomic_load_n(&share->budget, __ATOMIC_RELAXED);
	s64 owed;

	/* Nobody was granted anything in the new window yet: let it begin. */
	if ((u32)(old >> 32) == window)
		grant_anew(share, old, window + 1, 0);
	owed = rest_take(share, window, MIN((s64)ticks, entitled));
	old = __atomic_load_n(&share->budget, __ATOMIC_RELAXED);
	while (owed > 0 && (u32)(old >> 32) == window + 1 &&
	       !budget_add(share, &old, MIN(owed, 2 * entitled - budget_ticks(old))))
		;
}

u64 share_slice(const struct share *share, u64 least)
{
	u32 wanting = __atomic_load_n(&share->wanting, __ATOMIC_RELAXED);
	u64 entitled = __atomic_load_n(&share->entitled, __ATOMIC_RELAXED);

	return wanting > 1 ? MAX((entitled + wanting - 1) / wanting, least) : MAX(entitled, least);
}

u64 share_queue_key(struct share *share, u64 now)
{
	u64 old = __atomic_load_n(&share->virtual, __ATOMIC_RELAXED);

	while ((s64)(old - now) < 0)
		if (__atomic_compare_exchange_n(&share->virtual, &old, now, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return now;
	return old;
}

u64 share_virtual(const struct share *share, u64 used)
{
	u32 weight = MAX(__atomic_load_n(&share->weight, __ATOMIC_RELAXED), 1U);

	return (used << WEIGHT_UNIT_SHIFT) / weight;
}

void share_charge(struct share *share, u64 used)
{
	__atomic_fetch_add(&share->virtual, share_virtual(share, used), __ATOMIC_RELAXED);
}
