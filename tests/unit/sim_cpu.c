// SPDX-License-Identifier: Apache-2.0
/* What the dispatcher asks of a processor, of the machine, of interrupts and areas. */
#include "hv/pool.h"
#include "hv/trace.h"
#include "hv/vpa.h"
#include "hv/work.h"
#include "tests/unit/sim.h"

static struct sim_cpu *sim_cpu_of(struct cpu *cpu)
{
	return container_of(cpu, struct sim_cpu, cpu);
}

struct cpu *cpu_this(void)
{
	return &sim.self->cpu;
}

u64 machine_timebase(void)
{
	return sim.now;
}

/* --- what nobody looks at here --- */

void trace(enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b)
{
	(void)type;
	(void)lpar_id;
	(void)vp;
	(void)a;
	(void)b;
}

void vp_reset(struct vp *vp, u64 pc, u64 r3)
{
	vp->pc = pc;
	vp->gpr[3] = r3;
	vp->dec_expires = sim.now + INT32_MAX;
	vp->prodded = false;
	vp->leave = 0;
	sim_vp_of(vp)->pending = false;
}

struct vp *lpar_vp(const struct lpar *lpar, u64 number)
{
	return number < lpar->nr_vps ? lpar->vps[number] : NULL;
}

bool icp_pending(const struct vp *vp)
{
	return sim_vp_of(vp)->pending;
}

u64 cpu_dec_expires(const struct vp *vp)
{
	return vp->dec_expires;
}

/* --- the hypervisor's own --- */

void (*work_added)(void);

static void hypervise(u64 ticks)
{
	struct sim_cpu *self = sim.self;
	enum sim_where where = self->where;

	sim_charge(self);
	self->where = SIM_HYPERVISOR;
	sim_sleep(sim.now + ticks);
	self->where = where;
}

void machine_poll(void)
{
	if (sim.on_poll)
		sim.on_poll();
	hypervise(sim.poll_cost);
}

bool work_pending(void)
{
	return sim.work;
}

bool work_step(void)
{
	if (!sim.work || !sim.on_work)
		return false;
	/* Nobody else does any in the meantime. */
	sim.work = false;
	hypervise(sim.work_cost);
	sim.work = sim.on_work();
	return sim.work;
}

/* --- virtual processor areas --- */

void vpa_dispatch(struct vp *vp, const struct cpu *cpu)
{
	struct sim_vp *svp = sim_vp_of(vp);

	sim_check(cpu == &sim.self->cpu);
	sim_check(!svp->dispatched);
	sim_check(vp->dispatched_at == cpu->queue.charged);
	svp->dispatched = true;
	if (vp->ready_reason < VP_READY_CONFER)
		svp->longest = MAX(svp->longest, sim.now - vp->ready_at);
	sim.dispatches++;
}

void vpa_preempt(struct vp *vp)
{
	struct sim_vp *svp = sim_vp_of(vp);

	sim_check(svp->dispatched);
	svp->dispatched = false;
}

bool vpa_donates(const struct vp *vp)
{
	enum sharing_mode mode = vp->lpar->procs.sharing_mode;

	return sim_vp_of(vp)->donates &&
	       (mode == SHARING_SHARE_IDLE_ACTIVE || mode == SHARING_SHARE_IDLE_ALWAYS);
}

/* --- processors --- */

/* Time on the way is that of the one who is dispatched. */
static void on_the_way(struct sim_cpu *scpu)
{
	struct vp *running = scpu->cpu.queue.running;

	sim_charge(scpu);
	scpu->where = running ? SIM_PARTITION : SIM_IDLE;
	scpu->runs = running ? sim_vp_of(running) : NULL;
}

static void take_away(struct cpu *cpu, u64 ticks)
{
	struct vp *vp = cpu->loaded;

	if (!vp)
		return;
	sim_check(vp->loaded == cpu);
	sim_check(!sim_vp_of(vp)->on);
	sim_sleep(sim.now + ticks);
	sim_check(cpu->loaded == vp && vp->loaded == cpu);
	cpu->loaded = NULL;
	vp->loaded = NULL;
}

void cpu_unload(struct cpu *cpu)
{
	cpu_load(cpu, NULL);
}

void cpu_load(struct cpu *cpu, struct vp *vp)
{
	struct sim_cpu *scpu = sim_cpu_of(cpu);

	sim_check(scpu == sim.self);
	on_the_way(scpu);
	/* The way round takes its time too, or one that waits for another would never see it come.
	 */
	if (!cpu->queue.running)
		sim_sleep(sim.now + SIM_US / 10);
	if (cpu->loaded == vp)
		return;
	take_away(cpu, sim.switch_cost / 2);
	if (!vp)
		return;
	sim_check(!vp->loaded);
	vp->loaded = cpu;
	cpu->loaded = vp;
	cpu->lpar = vp->lpar;
	sim_sleep(sim.now + sim.switch_cost - sim.switch_cost / 2);
	sim_check(vp->loaded == cpu);
}

void cpu_forget(struct cpu *cpu)
{
	sim_check(sim_cpu_of(cpu) == sim.self);
	take_away(cpu, 0);
	cpu->lpar = NULL;
}

/* The hypervisor's ledger is the same as ours, whenever it has just been brought up to date. */
static void check_ledger(const struct sim_cpu *scpu)
{
	const struct cpu_use *use = &scpu->cpu.use;

	sim_check(use->partitions + use->idle + use->hypervisor ==
		  scpu->cpu.queue.charged - sim.begin);
	if (scpu->cpu.queue.charged != sim.now)
		return;
	if (use->partitions != scpu->used || use->idle != scpu->idle)
		sim_fail("ledger: used %lu, idle %lu, hypervisor %lu; not %lu, %lu, %lu",
			 (unsigned long)use->partitions, (unsigned long)use->idle,
			 (unsigned long)use->hypervisor, (unsigned long)scpu->used,
			 (unsigned long)scpu->idle, (unsigned long)scpu->hypervisor);
}

/* Does it not want its processor, and let others have it? One that is stopped meanwhile may. */
static bool is_lent(const struct vp *vp)
{
	return (vp->state == VP_CEDED || vp->state == VP_STOPPED) && vpa_donates(vp);
}

/* May @vp be on @scpu, a dedicated processor or not? */
static void check_place(const struct sim_cpu *scpu, const struct vp *vp)
{
	const struct dispatch_queue *queue = &scpu->cpu.queue;

	sim_check(queue->running == vp);
	sim_check(vp->cpu == &scpu->cpu);
	sim_check(sim_vp_of(vp)->dispatched);
	if (lpar_dedicated(vp->lpar))
		sim_check(queue->owner == vp->lpar && queue->dedicated == vp);
	else if (queue->owner && !queue->resched)
		sim_check(queue->dedicated && is_lent(queue->dedicated));
}

/* In the partition, until a hypercall ends in the hypervisor, its time is up or a kick gets
 * through. */
static void visit(struct sim_vp *svp, u64 until)
{
	while (until > sim.now && !svp->vp.leave) {
		u64 from = sim.now;
		bool kicked = sim_wait(MIN(until, from + svp->left), !svp->deaf);

		svp->left -= sim.now - from;
		if (kicked || svp->left)
			return;
		sim_sleep(sim.now + sim.hcall_cost);
		sim.hcalls++;
		svp->program(svp);
		sim_check(svp->left);
	}
}

static bool may_enter(const struct sim_cpu *scpu, struct sim_vp *svp)
{
	svp->vp.leave = 0;
	return svp->vp.state == VP_RUNNING && !scpu->cpu.queue.resched;
}

void cpu_run(struct cpu *cpu, struct vp *vp, u64 until)
{
	struct sim_cpu *scpu = sim_cpu_of(cpu);
	struct sim_vp *svp = sim_vp_of(vp);

	sim_check(scpu == sim.self && cpu->loaded == vp && vp->loaded == cpu);
	check_ledger(scpu);
	check_place(scpu, vp);
	sim_check(!svp->on);
	svp->on = scpu;
	sim_charge(scpu);
	scpu->where = SIM_PARTITION;
	scpu->runs = svp;
	while (may_enter(scpu, svp)) {
		visit(svp, until);
		if (until <= sim.now)
			break;
	}
	svp->on = NULL;
	if (svp->deaf)
		scpu->deaf_until = sim.now;
	scpu->where = SIM_HYPERVISOR;
}

void cpu_idle(struct cpu *cpu, u64 until)
{
	struct sim_cpu *scpu = sim_cpu_of(cpu);

	sim_check(scpu == sim.self && !cpu->queue.running);
	sim_check(!cpu->loaded || cpu->loaded == cpu->queue.dedicated);
	check_ledger(scpu);
	sim_charge(scpu);
	scpu->where = SIM_IDLE;
	sim.naps++;
	if (until > sim.now && !cpu->queue.resched)
		sim_wait(until, true);
	scpu->where = SIM_HYPERVISOR;
}

void cpu_kick(struct cpu *cpu)
{
	struct sim_cpu *scpu = sim_cpu_of(cpu);
	u64 arrives = sim.now + 1 + sim_random(sim.kick_delay);

	sim_check(scpu != sim.self);
	sim.kicks++;
	if (scpu->kicked && scpu->kick_at <= arrives)
		return;
	scpu->kicked = true;
	scpu->kick_at = arrives;
	if (scpu->wakes_early && scpu->wakes > arrives)
		scpu->wakes = arrives;
}
