// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/spr.h"

void wait_ticks(u64 ticks)
{
	u64 start = mftb();

	while (mftb() - start < ticks)
		;
}

void wait_for(volatile u64 *counter, u64 value, const char *what)
{
	u64 start = mftb();

	while (*counter < value)
		check(mftb() - start < PATIENCE, "%s: %lu of %lu", what, *counter, value);
}

u64 median(u64 *samples, u32 count)
{
	for (u32 i = 1; i < count; i++)
		for (u32 j = i; j > 0 && samples[j] < samples[j - 1]; j--) {
			u64 t = samples[j];

			samples[j] = samples[j - 1];
			samples[j - 1] = t;
		}
	return samples[count / 2];
}
