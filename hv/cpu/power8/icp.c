// SPDX-License-Identifier: Apache-2.0
/*
 * The processors' own interrupt presentation controllers. The hypervisor uses them for interrupts
 * of one processor to itself or to another; what else may come is the platform firmware's.
 */
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/machine.h"

#define ICP_XIRR     4 /* four bytes; a load accepts, a store ends an interrupt */
#define ICP_MFRR     12
#define ICP_IPI	     2
#define IPI_PRIORITY 4
#define CPPR_ALL     0xff000000u /* in a store to XIRR: every priority may interrupt again */
#define XISR_MASK    0x00ffffffu

#define DOORBELL_HYPERVISOR (5UL << 27) /* type of a message */
#define THREAD_MASK	    7u		/* of a processor's number: which thread of its core */

/* Device registers need caching-inhibited accesses on real processors. */
static u32 load_ci32(u64 address)
{
	u32 value;

	__asm__ volatile("lwzcix %0,0,%1; sync" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static void store_ci32(u64 address, u32 value)
{
	__asm__ volatile("sync; stwcix %0,0,%1" : : "r"(value), "r"(address) : "memory");
}

static void store_ci8(u64 address, u8 value)
{
	__asm__ volatile("sync; stbcix %0,0,%1" : : "r"(value), "r"(address) : "memory");
}

void icp_hw_init(struct cpu *cpu)
{
	store_ci8(cpu->icp_base + ICP_MFRR, 0xff);
	store_ci32(cpu->icp_base + ICP_XIRR, CPPR_ALL);
}

void icp_hw_arm(struct cpu *cpu)
{
	store_ci8(cpu->icp_base + ICP_MFRR, IPI_PRIORITY);
}

void icp_hw_disarm(struct cpu *cpu)
{
	store_ci8(cpu->icp_base + ICP_MFRR, 0xff);
	icp_hw_interrupt(cpu); /* it may be latched already */
}

void icp_hw_interrupt(struct cpu *cpu)
{
	u32 xisr = load_ci32(cpu->icp_base + ICP_XIRR) & XISR_MASK;

	if (xisr == 0)
		return;
	if (xisr == ICP_IPI)
		store_ci8(cpu->icp_base + ICP_MFRR, 0xff);
	else
		machine_interrupt(xisr);
	store_ci32(cpu->icp_base + ICP_XIRR, CPPR_ALL | xisr);
	/* If it was a kick: what was stored before it is seen after this. */
	__asm__ volatile("sync" : : : "memory");
}

void icp_hw_answer(struct cpu *cpu)
{
	__asm__ volatile("msgclr %0" : : "r"(DOORBELL_HYPERVISOR) : "memory");
	icp_hw_interrupt(cpu);
}

/*
 * POWER8's messages reach the threads of the same core. To any other processor goes an interrupt,
 * which ends a nap, and a visit to a partition even if that has MSR[EE] off.
 */
void cpu_kick(struct cpu *cpu)
{
	if (((cpu->pir ^ cpu_this()->pir) & ~THREAD_MASK) == 0)
		__asm__ volatile("sync; msgsnd %0"
				 :
				 : "r"(DOORBELL_HYPERVISOR | (cpu->pir & THREAD_MASK))
				 : "memory");
	else
		store_ci8(cpu->icp_base + ICP_MFRR, IPI_PRIORITY);
}
