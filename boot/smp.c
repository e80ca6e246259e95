// SPDX-License-Identifier: Apache-2.0
#include "boot/smp.h"
#include "boot/opal.h"
#include "hv/cpu.h"
#include "hv/dispatch.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/page.h"
#include "hv/pool.h"

#include <stdlib.h>

#define STACK_SHIFT   PAGE_MIN_SHIFT
#define START_SECONDS 20 /* an emulator with few processors of its own needs some of them */

void secondary_entry(void);
void secondary_main(struct cpu *cpu) __noreturn;

/* For the one processor that is on its way: head.S takes them from here. */
extern struct cpu *secondary_cpu;
extern u64 secondary_stack;
struct cpu *secondary_cpu;
u64 secondary_stack;

static struct cpu boot_cpu;
static u32 nr_arrived;
static u32 released;

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
	dispatch_cpu_init(&boot_cpu);
	pool_add(&boot_cpu);
	return &boot_cpu;
}

void secondary_main(struct cpu *cpu)
{
	cpu_init(cpu);
	dispatch_cpu_init(cpu);
	__atomic_store_n(&nr_arrived, cpu->number, __ATOMIC_RELEASE);
	/* One that came too late is not in the pool, and waits for good. */
	while (!__atomic_load_n(&released, __ATOMIC_ACQUIRE) || pool_cpu[cpu->number] != cpu)
		cpu_idle(cpu, machine_timebase() + INT32_MAX);
	dispatch_run(cpu);
}

static bool arrived(u32 number)
{
	u64 end = machine_timebase() + START_SECONDS * machine.timebase_hz;

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
	if (opal_start_cpu(cpu->pir, (uintptr_t)secondary_entry) != 0 || !arrived(number))
		return false;
	pool_add(cpu);
	return true;
}

/* One that is late may still come for its stack: nobody else can be given another one. */
void smp_start_others(void)
{
	u32 running = 1;

	while (running < machine.nr_cpus && start(running))
		running++;
	if (running < machine.nr_cpus)
		log_line("processor %u (%u) does not start; it and all behind it stay out",
			 (unsigned int)running, (unsigned int)machine.cpu[running].pir);
	log_line("%u processor(s) run partitions", (unsigned int)running);
}

void smp_release(void)
{
	__atomic_store_n(&released, 1, __ATOMIC_RELEASE);
	for (u32 i = 1; i < pool_nr_cpus; i++)
		cpu_kick(pool_cpu[i]);
}
