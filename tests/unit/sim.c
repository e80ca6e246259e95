// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sim.h"
#include "hv/dispatch_queue.h"
#include "hv/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include <cmocka.h>

/* Of the sanitizer's run-time library; not every compiler package has its header. */
void __sanitizer_start_switch_fiber(void **fake, const void *bottom, size_t size);
void __sanitizer_finish_switch_fiber(void *fake, const void **bottom, size_t *size);

#define STACK_SIZE (128 * KiB)

struct sim_stack {
	ucontext_t context;
	void *fake;
	const void *bottom;
	size_t size;
};

struct machine machine = {.timebase_hz = SIM_HZ};
struct sim sim;

static struct sim_stack stacks[MACHINE_MAX_CPUS], outside;
static struct sim_stack *current = &outside;
static u8 *memory;

static void print_lpar(const struct sim_lpar *slpar)
{
	fprintf(stderr, "  partition %u: mode %u, %u units, weight %u:", slpar->lpar.id,
		slpar->lpar.procs.sharing_mode, slpar->lpar.share.units, slpar->lpar.share.weight);
	for (u32 i = 0; i < slpar->lpar.nr_vps; i++) {
		const struct sim_vp *svp = &slpar->svps[i];

		fprintf(stderr, "\n    %s(%lu/%lu us) state %u", sim_program_name(svp->program),
			(unsigned long)(svp->busy / SIM_US), (unsigned long)(svp->period / SIM_US),
			svp->vp.state);
		if (svp->vp.cpu)
			fprintf(stderr, " home %u queued %u", svp->vp.cpu->number, svp->vp.queued);
		if (svp->vp.loaded)
			fprintf(stderr, " loaded %u", svp->vp.loaded->number);
	}
	fputc('\n', stderr);
}

void sim_fail_at(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: seed %lu, %u processors, window %lu + %lu us: ", file, line,
		(unsigned long)sim.seed, sim.nr_cpus, (unsigned long)sim.windows,
		(unsigned long)((sim.now + SIM_WINDOW - sim.edge) / SIM_US));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	for (u32 i = 0; i < sim.nr_cpus; i++)
		fprintf(stderr, "  processor %u: %u, owner %u, activity %u\n", i, sim.cpu[i].where,
			sim.cpu[i].cpu.queue.owner ? sim.cpu[i].cpu.queue.owner->id : 0,
			sim.cpu[i].cpu.queue.activity);
	for (u32 i = 0; i < SIM_LPARS; i++)
		if (sim.lpar[i])
			print_lpar(sim.lpar[i]);
	abort();
}

u64 sim_random(u64 below)
{
	u64 x;

	sim.random += 0x9e3779b97f4a7c15;
	x = sim.random;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return (x ^ x >> 31) % below;
}

u64 sim_between(u64 low, u64 high)
{
	return low + sim_random(high - low + 1);
}

/* --- coroutines --- */

static void arrived(struct sim_stack *from)
{
	const void *bottom;
	size_t size;

	__sanitizer_finish_switch_fiber(current->fake, &bottom, &size);
	if (from == &outside) {
		outside.bottom = bottom;
		outside.size = size;
	}
}

static struct sim_stack *came_from;

static void go_to(struct sim_stack *to)
{
	struct sim_stack *from = current;

	came_from = from;
	current = to;
	__sanitizer_start_switch_fiber(&from->fake, to->bottom, to->size);
	swapcontext(&from->context, &to->context);
	arrived(came_from);
}

static void body(void)
{
	arrived(came_from);
	sim_charge(sim.self);
	dispatch_run(&sim.self->cpu);
}

static void stack_init(struct sim_stack *stack, u8 *bottom)
{
	memset(stack, 0, sizeof(*stack));
	stack->bottom = bottom;
	stack->size = STACK_SIZE;
	getcontext(&stack->context);
	stack->context.uc_stack.ss_sp = bottom;
	stack->context.uc_stack.ss_size = STACK_SIZE;
	makecontext(&stack->context, body, 0);
}

/* --- time --- */

void sim_charge(struct sim_cpu *scpu)
{
	u64 ticks = sim.now - scpu->since;

	scpu->since = sim.now;
	if (scpu->where == SIM_PARTITION) {
		scpu->used += ticks;
		scpu->runs->used += ticks;
		scpu->runs->slpar->used += ticks;
		scpu->runs->had = sim.now;
	} else if (scpu->where == SIM_IDLE) {
		scpu->idle += ticks;
	} else {
		scpu->hypervisor += ticks;
		sim.hypervisor += ticks;
	}
}

static void turn(void)
{
	sim.now = sim.edge;
	for (u32 i = 0; i < sim.nr_cpus; i++)
		sim_charge(&sim.cpu[i]);
	sim_check_edge();
	sim.windows++;
	sim.edge += SIM_WINDOW;
	sim.hypervisor = 0;
}

static struct sim_cpu *next_one(void)
{
	struct sim_cpu *next = &sim.cpu[0];

	for (u32 i = 1; i < sim.nr_cpus; i++)
		if (sim.cpu[i].wakes < next->wakes)
			next = &sim.cpu[i];
	return next;
}

/* Lets the time pass until one of them goes on, or the run ends. */
static void proceed(void)
{
	struct sim_cpu *next = next_one();

	while (sim.edge <= next->wakes && sim.edge <= sim.end)
		turn();
	if (next->wakes > sim.end) {
		sim.self = NULL;
		go_to(&outside);
		return;
	}
	sim.now = next->wakes;
	sim.self = next;
	if (current != next->stack)
		go_to(next->stack);
}

void sim_sleep(u64 until)
{
	struct sim_cpu *self = sim.self;

	self->wakes = until;
	if (until > sim.now) {
		sim_check_step();
		proceed();
	}
	sim_charge(self);
}

bool sim_wait(u64 until, bool kicks)
{
	struct sim_cpu *self = sim.self;
	bool kicked;

	if (kicks && self->kicked && self->kick_at < until)
		until = MAX(self->kick_at, sim.now);
	self->wakes_early = kicks;
	sim_sleep(until);
	self->wakes_early = false;
	kicked = kicks && self->kicked && self->kick_at <= sim.now;
	if (kicked)
		self->kicked = false;
	return kicked;
}

/* --- a run --- */

static void cpu_start(u32 number)
{
	struct sim_cpu *scpu = &sim.cpu[number];

	scpu->cpu.number = number;
	scpu->stack = &stacks[number];
	stack_init(scpu->stack, memory + number * STACK_SIZE);
	scpu->wakes = sim.now + sim_random(10 * SIM_US);
	scpu->since = sim.now;
	scpu->where = SIM_IDLE;
	scpu->waste_since = SIM_NEVER;
	sim.self = scpu;
	dispatch_cpu_init(&scpu->cpu);
	pool_add(&scpu->cpu);
}

void sim_run(u32 windows)
{
	sim.end += windows * SIM_WINDOW;
	proceed();
	sim.self = &sim.outside;
}

void sim_init(u64 seed, u32 nr_cpus)
{
	memset(&sim, 0, sizeof(sim));
	sim.seed = sim.random = seed;
	sim.nr_cpus = nr_cpus;
	/* Now and then the numbers of the windows pass the end of theirs, or half of it. */
	sim.edge = SIM_WINDOW * (2 + sim_random(1000));
	if (sim_random(4) == 0)
		sim.edge += SIM_WINDOW * ((1 + sim_random(2)) * BIT(31) - 20);
	sim.begin = sim.end = sim.now = sim.edge - SIM_WINDOW;
	sim.switch_cost = SIM_US;
	sim.hcall_cost = SIM_US / 4;
	sim.kick_delay = SIM_US;
	sim.patience = 4;
	pool_nr_cpus = pool_nr_shared = pool_units = 0;
	memory = calloc(nr_cpus, STACK_SIZE);
	for (u32 i = 0; i < nr_cpus; i++)
		cpu_start(i);
	sim.self = &sim.outside;
	/* All of them nap. */
	sim_run(1);
}

static bool end_all(void)
{
	bool ended = true;

	for (u32 i = 0; i < SIM_LPARS; i++)
		if (sim.lpar[i] && !sim_lpar_end(sim.lpar[i]))
			ended = false;
	return ended;
}

void sim_exit(void)
{
	u32 tries = 0;

	sim_check_end();
	sim.on_poll = NULL;
	sim.on_work = NULL;
	while (!end_all()) {
		if (tries++ > 3)
			sim_fail("a partition does not end");
		sim_run(1);
	}
	for (u32 i = 0; i < sim.nr_cpus; i++)
		queue_set_activity(&sim.cpu[i].cpu, DISPATCH_BUSY);
	free(memory);
}
