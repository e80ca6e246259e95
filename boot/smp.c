// SPDX-License-Identifier: Apache-2.0
#include "boot/smp.h"
#include "boot/opal.h"
#include "hv/cpu.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/page.h"

#include <stdlib.h>

#define STACK_SHIFT PAGE_MIN_SHIFT

void secondary_entry(void);
void secondary_main(struct cpu *cpu) __noreturn;

/* For the one processor that is on its way: head.S takes them from here. */
extern struct cpu *secondary_cpu;
extern u64 secondary_stack;
struct cpu *secondary_cpu;
u64 secondary_stack;

static struct cpu boot_cpu;
static u32 nr_arrived;

static void cpu_describe(struct cpu *cpu, u32 number)
{
	cpu->number = number;
	cpu->pir = machine.cpu[number].pir;
	cpu->icp_base = machine.cpu[number].icp_base;
}

struct cpu *smp_init(void)
{
	cpu_describe(&boot_cpu, 0);
	cpu_init(&boot_cpu);
	return &boot_cpu;
}

void secondary_main(struct cpu *cpu)
{
	cpu_init(cpu);
	__atomic_store_n(&nr_arrived, cpu->number, __ATOMIC_RELEASE);
	for (;;)
		cpu_idle(cpu, machine_timebase() + INT32_MAX);
}

static bool arrived(u32 number)
{
	u64 end = machine_timebase() + machine.timebase_hz;

	while ((s64)(machine_timebase() - end) < 0)
		if (__atomic_load_n(&nr_arrived, __ATOMIC_ACQUIRE) == number)
			return true;
	return false;
}

static bool start(u32 number)
{
	struct cpu *cpu = calloc(1, sizeof(*cpu));
	u8 *stack = page_alloc(STACK_SHIFT);

	if (!cpu || !stack)
		return false;
	cpu_describe(cpu, number);
	secondary_cpu = cpu;
	secondary_stack = (uintptr_t)stack + (1UL << STACK_SHIFT);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return opal_start_cpu(cpu->pir, (uintptr_t)secondary_entry) == 0 && arrived(number);
}

/* One that is late may still come for its stack: nobody else can be given another one. */
void smp_start_others(void)
{
	u32 parked = 0;

	while (parked + 1 < machine.nr_cpus && start(parked + 1))
		parked++;
	if (parked + 1 < machine.nr_cpus)
		log_line("processor %u (%u) does not start; it and all behind it stay out",
			 (unsigned int)parked + 1, (unsigned int)machine.cpu[parked + 1].pir);
	log_line("%u processor(s): number 0 runs partitions, %u parked",
		 (unsigned int)machine.nr_cpus, (unsigned int)parked);
}
