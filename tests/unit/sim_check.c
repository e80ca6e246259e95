// SPDX-License-Identifier: Apache-2.0
/* What has to be true of the dispatcher, whatever the partitions do. */
#include "hv/dispatch_queue.h"
#include "hv/pool.h"
#include "hv/vpa.h"
#include "tests/unit/sim.h"

/* How long anything takes that has to happen at once: a kick, a hypercall that it has to wait for,
 * the switch there and the one that was under way. */
static u64 at_once(void)
{
	return sim.kick_delay + sim.hcall_cost + 3 * sim.switch_cost + sim.poll_cost +
	       sim.work_cost + SIM_US;
}

/* --- at any time --- */

/* How many wait for a processor of the shared pool. */
static u32 waiting(void)
{
	u32 n = 0;

	for (u32 i = 0; i < sim.nr_cpus; i++) {
		const struct dispatch_queue *queue = &sim.cpu[i].cpu.queue;

		n += queue->entitled.length + queue->nr_surplus;
		if (queue->dedicated && queue->dedicated->queued == VP_QUEUED_ENTITLED)
			n--;
	}
	return n;
}

/*
 * No processor naps for long while somebody waits who could have it. Each one that gets up may have
 * been called by the one before.
 */
static void check_work_conserved(void)
{
	u32 wait = SIM_LPARS * LPAR_MAX_VPS;

	for (u32 i = 0; i < sim.nr_cpus; i++) {
		struct sim_cpu *scpu = &sim.cpu[i];

		if (scpu->where != SIM_IDLE || !scpu->wakes_early || !queue_lends(&scpu->cpu)) {
			scpu->waste_since = SIM_NEVER;
			continue;
		}
		if (wait == SIM_LPARS * LPAR_MAX_VPS)
			wait = waiting();
		if (!wait)
			scpu->waste_since = SIM_NEVER;
		else if (scpu->waste_since == SIM_NEVER)
			scpu->waste_since = sim.now;
		else if (sim.now - scpu->waste_since > (sim.nr_cpus + 2) * at_once())
			sim_fail("processor %u naps for %lu us while %u wait", i,
				 (unsigned long)((sim.now - scpu->waste_since) / SIM_US), wait);
	}
}

/* A dedicated processor is its owner's as soon as that wants it and can say so. */
static void check_owners(void)
{
	for (u32 i = 0; i < sim.nr_cpus; i++) {
		const struct dispatch_queue *queue = &sim.cpu[i].cpu.queue;
		const struct vp *vp = queue->dedicated;

		u64 since;

		if (!vp || vp->state != VP_RUNNABLE ||
		    (queue->running && sim_vp_of(queue->running)->deaf))
			continue;
		since = MAX(vp->ready_at, sim.cpu[i].deaf_until);
		if (sim.now - since > at_once())
			sim_fail("dedicated processor %u is not its owner's for %lu us", i,
				 (unsigned long)((sim.now - since) / SIM_US));
	}
}

void sim_check_step(void)
{
	check_work_conserved();
	check_owners();
}

/* --- queues --- */

static u32 check_list(const struct cpu *cpu, const struct vp_list *list, enum vp_queued queued)
{
	const struct vp *prev = NULL;
	u32 n = 0;

	for (const struct vp *vp = list->first; vp; prev = vp, vp = vp->next, n++) {
		sim_check(vp->prev == prev);
		sim_check(vp->cpu == cpu);
		sim_check(vp->state == VP_RUNNABLE);
		sim_check(vp->queued == queued);
	}
	sim_check(list->last == prev);
	sim_check(list->length == n);
	return n;
}

static u32 count_below(const struct pqueue_node *node, u64 key)
{
	u32 n = 0;

	for (; node; node = node->sibling) {
		sim_check(node->queued);
		sim_check((s64)(node->key - key) >= 0);
		n += 1 + count_below(node->child, node->key);
	}
	return n;
}

/* Returns how many wait on @cpu. */
static u32 check_queue(const struct cpu *cpu)
{
	const struct dispatch_queue *queue = &cpu->queue;
	const struct pqueue_node *first = queue->surplus.first;
	u32 surplus = count_below(first, first ? first->key : 0);

	sim_check(!queue->lock.held);
	sim_check(surplus == queue->nr_surplus);
	first = queue->timers.first;
	count_below(first, first ? first->key : 0);
	return surplus + check_list(cpu, &queue->entitled, VP_QUEUED_ENTITLED) +
	       check_list(cpu, &queue->parked, VP_QUEUED_PARKED);
}

/* One that is ready is in one queue, one that runs has one processor, one that waits has a timer.
 */
static void check_vp(const struct sim_vp *svp)
{
	const struct vp *vp = &svp->vp;
	const struct dispatch_queue *queue = vp->cpu ? &vp->cpu->queue : NULL;

	switch (vp->state) {
	case VP_RUNNABLE:
		sim_check(vp->queued != VP_QUEUED_NOT);
		break;
	case VP_RUNNING:
		sim_check(vp->queued == VP_QUEUED_NOT);
		sim_check(queue->running == vp);
		break;
	case VP_CEDED:
		sim_check(vp->queued == VP_QUEUED_NOT);
		sim_check(vp->timer.queued && (s64)(vp->timer.key - vp->wake_at) <= 0);
		if (!lpar_dedicated(vp->lpar) || queue->dedicated == vp)
			sim_check((s64)(sim.now - vp->wake_at) < (s64)(SIM_WINDOW + at_once()));
		break;
	default:
		sim_check(vp->queued == VP_QUEUED_NOT);
	}
	if (vp->loaded)
		sim_check(vp->loaded->loaded == vp);
}

/* Nobody is lost and nobody is there twice. */
static void check_structure(void)
{
	u32 waits = 0, ready = 0;

	for (u32 i = 0; i < sim.nr_cpus; i++)
		waits += check_queue(&sim.cpu[i].cpu);
	for (u32 i = 0; i < SIM_LPARS; i++) {
		struct sim_lpar *slpar = sim.lpar[i];
		u32 wanting = 0;

		for (u32 j = 0; slpar && j < slpar->lpar.nr_vps; j++) {
			check_vp(&slpar->svps[j]);
			ready += slpar->svps[j].vp.state == VP_RUNNABLE;
			wanting += slpar->svps[j].vp.state == VP_RUNNABLE;
		}
		for (u32 j = 0; slpar && j < sim.nr_cpus; j++) {
			const struct vp *running = sim.cpu[j].cpu.queue.running;

			wanting += running && running->lpar == &slpar->lpar;
		}
		if (slpar && wanting != slpar->lpar.share.wanting)
			sim_fail("partition %u: %u want, not %u", slpar->lpar.id,
				 slpar->lpar.share.wanting, wanting);
	}
	sim_check(waits == ready);
}

/* --- shares --- */

static bool wants(const struct sim_vp *svp)
{
	return svp->vp.state == VP_RUNNABLE || svp->vp.state == VP_RUNNING;
}

/* How many of its virtual processors wanted one all through the window; none starved for long. */
static u32 note_wishes(struct sim_lpar *slpar)
{
	u32 all_the_time = 0;

	for (u32 i = 0; i < slpar->lpar.nr_vps; i++) {
		struct sim_vp *svp = &slpar->svps[i];

		if (!wants(svp)) {
			svp->wants_since = SIM_NEVER;
		} else if (svp->wants_since == SIM_NEVER) {
			svp->wants_since = svp->had = sim.now;
		} else if (svp->wants_since <= sim.now - SIM_WINDOW) {
			all_the_time++;
			if (sim.now - svp->had > sim.patience * SIM_WINDOW)
				sim_fail("partition %u, processor %u starves", slpar->lpar.id, i);
		}
		svp->used_before = svp->used;
	}
	return all_the_time;
}

/*
 * On one processor a partition gets all of its entitlement in every window, but for a switch: its
 * turn may have begun with the one that ended the last window. What the hypervisor used for itself
 * cannot be had when everything is promised to somebody.
 */
static void check_entitled(struct sim_lpar *slpar, u64 used, u32 wanted_by)
{
	u64 claim = MIN(slpar->lpar.share.entitled, wanted_by * SIM_WINDOW);
	u64 missed = claim > used ? claim - used : 0;

	slpar->wanted += claim;
	slpar->missed += missed;
	slpar->worst = MAX(slpar->worst, missed);
	if (sim.nr_cpus == 1 && missed > sim.switch_cost + sim.hcall_cost + sim.hypervisor)
		sim_fail("partition %u missed %lu of %lu ticks", slpar->lpar.id,
			 (unsigned long)missed, (unsigned long)claim);
}

static bool wants_any(const struct sim_lpar *slpar)
{
	for (u32 i = 0; i < slpar->lpar.nr_vps; i++)
		if (wants(&slpar->svps[i]))
			return true;
	return false;
}

/*
 * A capped one may be late by an interrupt, and pays for it. What it could not get on one of many
 * processors while it wanted it may come in the next window instead.
 */
static void check_capped(struct sim_lpar *slpar, u64 used)
{
	s64 late = MIN(slpar->lpar.nr_vps, sim.nr_cpus) * (sim.switch_cost + sim.hcall_cost);
	s64 entitled = (s64)slpar->lpar.share.entitled;
	s64 owed = sim.nr_cpus > 1 && wants_any(slpar) ? entitled : 0;

	slpar->ahead = MAX(slpar->ahead + (s64)used - entitled, -owed);
	if (slpar->ahead > late)
		sim_fail("partition %u is capped, but %ld ticks ahead", slpar->lpar.id,
			 (long)slpar->ahead);
}

void sim_check_edge(void)
{
	check_structure();
	for (u32 i = 0; i < SIM_LPARS; i++) {
		struct sim_lpar *slpar = sim.lpar[i];
		u64 used;
		u32 wanted_by;

		if (!slpar || slpar->dying)
			continue;
		used = slpar->used - slpar->used_before;
		slpar->used_before = slpar->used;
		wanted_by = note_wishes(slpar);
		if (lpar_dedicated(&slpar->lpar))
			continue;
		check_entitled(slpar, used, wanted_by);
		if (slpar->lpar.share.weight == 0)
			check_capped(slpar, used);
	}
}

/* --- in the end --- */

/* What the hypervisor has not charged yet of those who run. */
static u64 uncharged(const struct sim_lpar *slpar)
{
	u64 ticks = 0;

	for (u32 i = 0; i < sim.nr_cpus; i++) {
		const struct sim_cpu *scpu = &sim.cpu[i];

		if (scpu->where == SIM_PARTITION && scpu->runs->slpar == slpar)
			ticks += sim.now - scpu->cpu.queue.charged;
	}
	return ticks;
}

void sim_check_lpar_end(const struct sim_lpar *slpar)
{
	const struct lpar_use *use = &slpar->lpar.use;
	u64 purr = 0;

	for (u32 i = 0; i < slpar->lpar.nr_vps; i++)
		purr += slpar->svps[i].vp.spr.purr;
	sim_check(purr == use->capped + use->uncapped);
	if (purr + uncharged(slpar) != slpar->used)
		sim_fail("partition %u used %lu ticks, not %lu", slpar->lpar.id,
			 (unsigned long)slpar->used, (unsigned long)(purr + uncharged(slpar)));
	if (slpar->lpar.procs.sharing_mode == SHARING_CAP)
		sim_check(use->uncapped == 0);
}

void sim_check_end(void)
{
	for (u32 i = 0; i < SIM_LPARS; i++)
		if (sim.lpar[i])
			sim_check_lpar_end(sim.lpar[i]);
}

void sim_measure(void)
{
	for (u32 i = 0; i < SIM_LPARS; i++) {
		if (!sim.lpar[i])
			continue;
		sim.lpar[i]->used_begin = sim.lpar[i]->used;
		sim.lpar[i]->wanted = sim.lpar[i]->missed = sim.lpar[i]->worst = 0;
	}
}
