// SPDX-License-Identifier: Apache-2.0
/* What partitions do. */
#include "tests/unit/sim.h"

/* --- hypercalls --- */

/* Somebody else of the partition, or itself. */
static struct sim_vp *neighbour(const struct sim_vp *svp)
{
	return &svp->slpar->svps[sim_random(svp->slpar->lpar.nr_vps)];
}

void sim_cede(struct sim_vp *svp, u64 ticks)
{
	svp->wants_since = SIM_NEVER;
	svp->pending = false;
	svp->vp.dec_expires = sim.now + ticks;
	dispatch_cede(&svp->vp);
}

void sim_join(struct sim_vp *svp)
{
	svp->wants_since = SIM_NEVER;
	dispatch_join(&svp->vp);
}

void sim_confer(struct sim_vp *svp, struct sim_vp *target)
{
	svp->wants_since = SIM_NEVER;
	dispatch_confer(&svp->vp, target ? &target->vp : NULL);
}

void sim_stop(struct sim_vp *svp)
{
	svp->wants_since = SIM_NEVER;
	dispatch_stop(&svp->vp);
}

void sim_interrupt(struct sim_vp *svp)
{
	if (svp->vp.state == VP_STOPPED)
		return;
	svp->pending = true;
	vp_external_raise(&svp->vp);
}

/* A stopped one goes on with its program, unless its last life has not left yet. */
static void restart(struct sim_vp *svp)
{
	if (svp->vp.state != VP_STOPPED || !svp->program || svp->slpar->dying)
		return;
	if (!dispatch_start(&svp->vp, 0x200, 0))
		return;
	svp->left = 1 + sim_random(SIM_US);
	svp->wants_since = svp->had = sim.now;
}

/* --- programs --- */

void sim_hog(struct sim_vp *svp)
{
	svp->left = sim_between(10 * SIM_US, 1000 * SIM_US);
}

void sim_deaf(struct sim_vp *svp)
{
	svp->deaf = true;
	svp->left = sim_between(10 * SIM_US, 1000 * SIM_US);
}

void sim_periodic(struct sim_vp *svp)
{
	svp->left = svp->busy;
	while ((s64)(svp->next - sim.now) <= 0)
		svp->next += svp->period;
	sim_cede(svp, svp->next - sim.now);
}

void sim_bursts(struct sim_vp *svp)
{
	svp->left = sim_between(1, svp->busy);
	sim_cede(svp, sim_random(svp->period));
}

void sim_interactive(struct sim_vp *svp)
{
	svp->left = sim_between(SIM_US, 100 * SIM_US);
	sim_cede(svp, 100 * SIM_WINDOW);
}

void sim_ping_pong(struct sim_vp *svp)
{
	u32 partner = svp->vp.number ^ 1;

	svp->left = sim_between(SIM_US, 20 * SIM_US);
	if (partner < svp->slpar->lpar.nr_vps)
		dispatch_prod(&svp->slpar->svps[partner].vp);
	sim_cede(svp, SIM_WINDOW);
}

void sim_dec_storm(struct sim_vp *svp)
{
	svp->left = 1 + sim_random(5 * SIM_US);
	sim_cede(svp, sim_random(10 * SIM_US));
}

void sim_prod_storm(struct sim_vp *svp)
{
	svp->left = 5 * SIM_US;
	for (u32 i = 0; i < svp->slpar->lpar.nr_vps; i++)
		dispatch_prod(&svp->slpar->svps[i].vp);
}

void sim_ipi_storm(struct sim_vp *svp)
{
	svp->left = 5 * SIM_US;
	svp->pending = false;
	sim_interrupt(neighbour(svp));
}

void sim_confer_storm(struct sim_vp *svp)
{
	struct sim_vp *target = neighbour(svp);

	svp->left = sim_between(1, 20 * SIM_US);
	sim_confer(svp, target == svp ? NULL : target);
}

void sim_join_storm(struct sim_vp *svp)
{
	svp->left = sim_between(SIM_US, 50 * SIM_US);
	dispatch_prod(&neighbour(svp)->vp);
	if (sim_random(4) == 0)
		dispatch_system_reset(&neighbour(svp)->vp);
	svp->vp.resets = 0;
	sim_join(svp);
}

void sim_start_storm(struct sim_vp *svp)
{
	struct sim_vp *target = neighbour(svp);

	svp->left = sim_between(SIM_US, 200 * SIM_US);
	if (svp->vp.number != 0 && sim_random(8) == 0)
		sim_stop(svp);
	else if (target->vp.state == VP_STOPPED)
		restart(target);
	else if (target->vp.number != 0)
		sim_stop(target);
}

void sim_anything(struct sim_vp *svp)
{
	static sim_program *const programs[] = {
		sim_hog,	sim_bursts,    sim_interactive,	 sim_ping_pong,	 sim_dec_storm,
		sim_prod_storm, sim_ipi_storm, sim_confer_storm, sim_join_storm, sim_start_storm,
	};

	programs[sim_random(ARRAY_SIZE(programs))](svp);
	/* However it sleeps, it is back before long. */
	if (sim_random(4) == 0)
		svp->left = sim_between(1, svp->busy);
}

const char *sim_program_name(sim_program *program)
{
#define NAMED(name)         \
	{                   \
		name, #name \
	}
	static const struct {
		sim_program *program;
		const char *name;
	} names[] = {
		NAMED(sim_hog),		 NAMED(sim_deaf),	 NAMED(sim_periodic),
		NAMED(sim_bursts),	 NAMED(sim_interactive), NAMED(sim_ping_pong),
		NAMED(sim_dec_storm),	 NAMED(sim_prod_storm),	 NAMED(sim_ipi_storm),
		NAMED(sim_confer_storm), NAMED(sim_join_storm),	 NAMED(sim_start_storm),
		NAMED(sim_anything),
	};

	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].program == program)
			return names[i].name;
	return "-";
}
