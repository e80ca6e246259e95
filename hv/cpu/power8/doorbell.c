// SPDX-License-Identifier: Apache-2.0
/*
 * How processors call one another: the directed hypervisor doorbell. It ends a nap (LPCR[HDEE]) and
 * a visit to a partition; the hypervisor itself has MSR[EE] off, there it waits. The emulator lets
 * it into a partition only while that has MSR[EE] on: with interrupts off a partition goes on until
 * it turns them on, makes a call for which vp->leave is set, or its time is over.
 */
#include "hv/cpu/power8/power8.h"

#define DOORBELL_HYPERVISOR (5UL << 27)

void cpu_kick(struct cpu *cpu)
{
	__asm__ volatile("sync; msgsnd %0" : : "r"(DOORBELL_HYPERVISOR | cpu->pir) : "memory");
}

/* What the sender stored before is seen after this. */
void doorbell_answer(void)
{
	__asm__ volatile("msgclr %0; sync" : : "r"(DOORBELL_HYPERVISOR) : "memory");
}
