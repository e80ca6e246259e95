// SPDX-License-Identifier: Apache-2.0
/*
 * Never cedes: all processors compute, for "seconds=" seconds (0: for ever), and the time that they
 * get is reported. With "duty=" below 100 they compute only in so many of 100 ms, and wait in
 * H_CEDE for the rest, in which a dedicated processor may be lent.
 */
#include <stdio.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/meter.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "hog";

static volatile bool stop;
static u64 seconds, duty;

static void compute(void)
{
	for (u32 i = 0; i < 100; i++)
		__asm__ volatile("" : : : "memory");
}

/* Waits until the next time to compute. */
static void rest(void)
{
	u64 phase = mftb() % (100 * TICKS_PER_MS);

	if (phase < duty * TICKS_PER_MS)
		return;
	dec_set(100 * TICKS_PER_MS - phase);
	cede();
}

static void hog(u64 index)
{
	struct meter *meter;

	cppr(PRIORITY_NONE);
	area_register(index);
	area_of(index)->donate_dedicated = 1;
	meter = meter_start(index);
	while (!stop) {
		meter_loop(meter);
		compute();
		if (duty < 100)
			rest();
		if (index == 0 && meter_report() > seconds && seconds > 0)
			stop = true;
	}
	cppr(0);
}

int main(void)
{
	seconds = guest_argument("seconds", 0);
	duty = guest_argument("duty", 100);
	interrupt_init();
	for (u32 i = 1; i < processor_count; i++)
		processor_start(i, hog, i);
	hog(0);
	for (u32 i = 1; i < processor_count; i++)
		processor_join(i);
	return 0;
}
