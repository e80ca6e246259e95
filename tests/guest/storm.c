// SPDX-License-Identifier: Apache-2.0
/*
 * Does what could take time from others: every processor calls for every processor, for ever, with
 * the calls that the argument "mode=" adds up to, and reports the time that it got.
 */
#include <stdio.h>
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/meter.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "storm";

#define MODE_PROD	1
#define MODE_CONFER	2 /* to each */
#define MODE_CONFER_ALL 4
#define MODE_IPI	8
#define MODE_CEDE	16 /* with the decrementer all but there */
#define MODE_DEC	32 /* fires as often as it can */
#define MODE_JOIN	64
#define MODE_BAD	128 /* calls with bad parameters and bad numbers */

static u64 mode, seconds;
static volatile bool stop;
static struct meter *meter_of[PROCESSOR_MAX];

static void tick(u64 index)
{
	meter_loop(meter_of[index]);
	if (index == 0 && meter_report() > seconds && seconds > 0)
		stop = true;
}

/* Brings the next one, which is there before anything else is done. */
static void decrementer(struct exception *exception)
{
	u64 index = processor_self() - processor_table;

	(void)exception;
	dec_set(mode & MODE_DEC && !stop ? 0 : DEC_FAR);
	if (!meter_of[index])
		return;
	meter_of[index]->extra++;
	tick(index);
}

static void external(struct exception *exception)
{
	u32 xirr = xirr_accept();

	(void)exception;
	if (XISR(xirr) == 0)
		return;
	ipi(server_self(), PRIORITY_NONE);
	eoi(xirr);
}

static void bad_calls(u32 index)
{
	hcall(H_PROD, ~0UL - index);
	hcall(H_CONFER, 1UL << 40, index);
	hcall(H_IPI, 0x8000 + index, 0);
	hcall(H_REGISTER_VPA, index * 0x1000000000UL, index, index * 0x123);
	hcall(HCALL_MAX + 4 * index);
}

static void storm_at(u32 index)
{
	u32 number = processor_table[index].number;

	if (mode & MODE_PROD)
		hcall(H_PROD, number);
	if (mode & MODE_CONFER && number != server_self())
		for (u32 count = 1; count < 4; count += 2)
			hcall(H_CONFER, number, count);
	if (mode & MODE_IPI)
		ipi(number, PRIORITY_NORMAL);
	if (mode & MODE_BAD)
		bad_calls(index);
}

static void storm(u64 index)
{
	cppr(PRIORITY_NONE);
	meter_of[index] = meter_start(index);
	dec_set(mode & MODE_DEC ? 0 : DEC_FAR);
	while (!stop) {
		tick(index);
		for (u32 p = 0; p < processor_count; p++)
			storm_at(p);
		interrupts_set(true);
		interrupts_set(false);
		if (mode & MODE_CONFER_ALL)
			hcall(H_CONFER, ~0UL, 0);
		if (mode & MODE_JOIN && index > 0)
			hcall(H_JOIN);
		if (mode & MODE_CEDE) {
			dec_set(100);
			cede();
		}
	}
	cppr(0);
}

int main(void)
{
	mode = guest_argument("mode", MODE_PROD | MODE_CONFER | MODE_IPI);
	seconds = guest_argument("seconds", 0);
	exception_handle(EXCEPTION_EXTERNAL, external);
	exception_handle(EXCEPTION_DECREMENTER, decrementer);
	dec_set(DEC_FAR);
	for (u32 i = 1; i < processor_count; i++)
		processor_start(i, storm, i);
	storm(0);
	for (u32 i = 1; i < processor_count; i++) {
		/* It may be on its way to H_JOIN. */
		while (processor_table[i].started)
			hcall(H_PROD, processor_table[i].number);
		processor_join(i);
	}
	return 0;
}
