// SPDX-License-Identifier: Apache-2.0
/*
 * What it costs to switch from one virtual processor to another. Each processor waits in H_CEDE
 * for its decrementer ("dec=" ticks), which passes zero while somebody else runs, and then works
 * for "work=" loops of one instruction. "confer=1": H_CONFER to all instead. "far=1": waits for
 * seconds, and only is there. Arguments "fp=", "vmx=", "pmu=", "ebb=": what the processor's area
 * says to be in use; "shadow=0": all of the SLB is. A METER line's loops are waits, its extra is
 * the time between waits.
 *
 * PINGPONG dispatches waits: of processor 0, at the end of each second.
 */
#include <stdio.h>
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "papr/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/meter.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "pingpong";

static u64 dec, work, confer, far;

/* mfsrr1 r0; clear MSR[EE] in it; mtsrr1 r0; rfid */
static const u32 decrementer_code[] = {0x7c1b02a6, 0x78008042, 0x78008000, 0x7c1b03a6, 0x4c000024};

static void area_set(u64 index)
{
	struct vpa *vpa = area_of(index);

	area_register(index);
	if (guest_argument("shadow", 1))
		area_register_shadow(index);
	vpa->maintain_fprs = guest_argument("fp", 1);
	vpa->maintain_vmx = guest_argument("vmx", guest_argument("fp", 1));
	vpa->maintain_pmcs = guest_argument("pmu", 0);
	vpa->maintain_ebb = guest_argument("ebb", 0);
}

static void spin(u64 loops)
{
	__asm__ volatile("mtctr %0; 1: bdnz 1b" : : "r"(loops) : "ctr");
}

/* A call with no more around it than it needs: what is measured is the hypervisor. */
static void call(u64 number, u64 target)
{
	register u64 r3 __asm__("r3") = number;
	register u64 r4 __asm__("r4") = target;
	register u64 r5 __asm__("r5") = 0;

	__asm__ volatile("sc 1"
			 : "+r"(r3), "+r"(r4), "+r"(r5)
			 :
			 : "r0", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "cr0", "cr1", "cr5",
			   "cr6", "cr7", "ctr", "xer", "memory");
}

static void play(u64 index)
{
	static u64 lines;
	struct meter *meter;
	u64 begin;

	area_set(index);
	meter = meter_start(index);
	begin = mftb();
	for (;;) {
		spin(work);
		meter_loop(meter);
		if (index == 0 && meter_report() > lines) {
			lines++;
			printf("PINGPONG %u %lu\n", area_dispatch_count(0) / 2, meter->loops);
		}
		dec_set(far ? DEC_FAR : dec);
		meter->extra += mftb() - begin;
		call(confer ? H_CONFER : H_CEDE, ~0UL);
		begin = mftb();
		interrupts_set(false);
	}
}

int main(void)
{
	dec = guest_argument("dec", 200);
	work = guest_argument("work", 2000);
	confer = guest_argument("confer", 0);
	far = guest_argument("far", 0);
	exception_vector_code(EXCEPTION_DECREMENTER, decrementer_code, sizeof(decrementer_code));
	for (u32 i = 1; i < processor_count; i++)
		processor_start(i, play, i);
	play(0);
	return 0;
}
