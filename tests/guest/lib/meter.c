// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/lib/meter.h"
#include <stdio.h>
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/spr.h"

#define SPRN_PURR 309
#define SECOND	  (1000 * TICKS_PER_MS)
#define SAMPLES	  ARRAY_SIZE(((struct meter *)0)->sample)

static struct meter meter_table[PROCESSOR_MAX];

struct meter *meter_start(u32 index)
{
	struct meter *meter = &meter_table[index];

	meter->tb = mftb();
	meter->purr = mfspr(SPRN_PURR);
	meter->loops = 0;
	meter->extra = 0;
	__atomic_store_n(&meter->next, (meter->tb / SECOND + 1) * SECOND, __ATOMIC_RELEASE);
	return meter;
}

/*
 * Some seconds have passed since it was last asked. If it lost its processor in between, that was
 * at the begin or at the end of the very short time that it has used.
 */
static void meter_pass(struct meter *meter, u64 tb, u64 purr)
{
	while (meter->next <= tb) {
		u64 second = meter->next / SECOND;
		struct meter_sample *sample = &meter->sample[second % SAMPLES];

		sample->purr = meter->purr + MIN(meter->next - meter->tb, purr - meter->purr);
		sample->loops = meter->loops;
		sample->extra = meter->extra;
		__atomic_store_n(&sample->second, second, __ATOMIC_RELEASE);
		__atomic_store_n(&meter->next, meter->next + SECOND, __ATOMIC_RELEASE);
	}
}

void meter_loop(struct meter *meter)
{
	u64 tb = mftb(), purr = mfspr(SPRN_PURR);

	if (tb >= meter->next)
		meter_pass(meter, tb, purr);
	meter->tb = tb;
	meter->purr = purr;
	meter->loops++;
}

/* The last second that is over on all processors, and how many of them have a meter. */
static u64 meter_over(u32 *processors)
{
	u64 over = ~0UL;

	*processors = 0;
	for (u32 i = 0; i < processor_count; i++) {
		u64 next = __atomic_load_n(&meter_table[i].next, __ATOMIC_ACQUIRE);

		if (next == 0)
			continue;
		over = MIN(over, next / SECOND - 1);
		++*processors;
	}
	return over;
}

/* A second that is not there any more, or began before a processor did, is left out. */
static bool meter_line(u64 second, u32 processors)
{
	struct meter_sample sum = {0};

	for (u32 i = 0; i < processor_count; i++) {
		const struct meter_sample *sample = &meter_table[i].sample[second % SAMPLES];

		if (meter_table[i].next == 0)
			continue;
		if (__atomic_load_n(&sample->second, __ATOMIC_ACQUIRE) != second)
			return false;
		sum.purr += sample->purr;
		sum.loops += sample->loops;
		sum.extra += sample->extra;
	}
	printf("METER %lu %lu %lu %lu %u\n", second, sum.purr, sum.loops, sum.extra, processors);
	return true;
}

u64 meter_report(void)
{
	static u64 reported, lines, every;
	u32 processors;
	u64 over = meter_over(&processors);

	if (reported == 0) {
		reported = over;
		every = guest_argument("every", 1);
	}
	if (over / every == reported / every)
		return lines;
	while (reported < over)
		lines += meter_line(++reported, processors);
	return lines;
}
