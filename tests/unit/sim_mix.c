// SPDX-License-Identifier: Apache-2.0
/* Machines and partitions at random. */
#include "hv/pool.h"
#include "tests/unit/sim.h"

static sim_program *const programs[] = {
	sim_hog,	  sim_hog,	  sim_deaf,	   sim_periodic,   sim_bursts,
	sim_interactive,  sim_ping_pong,  sim_dec_storm,   sim_prod_storm, sim_ipi_storm,
	sim_confer_storm, sim_join_storm, sim_start_storm, sim_anything,
};

/* Short and long ones alike. */
static u64 any_ticks(u64 most)
{
	u64 ticks = 1 + sim_random(most);

	while (sim_random(3) && ticks > 16)
		ticks /= 4;
	return ticks;
}

/* All of a partition do the same, or each what it likes. */
static void mix_start(struct sim_lpar *slpar)
{
	sim_program *program = programs[sim_random(ARRAY_SIZE(programs))];
	bool alike = sim_random(3) != 0;
	u64 busy = any_ticks(2 * SIM_WINDOW), period = any_ticks(5 * SIM_WINDOW);

	for (u32 i = 0; i < slpar->lpar.nr_vps; i++) {
		struct sim_vp *svp = &slpar->svps[i];

		svp->busy = alike ? busy : any_ticks(2 * SIM_WINDOW);
		svp->period = alike ? period : any_ticks(5 * SIM_WINDOW);
		svp->donates = sim_random(4) != 0;
		if (!alike)
			program = programs[sim_random(ARRAY_SIZE(programs))];
		sim_vp_start(slpar, i, program);
	}
}

static struct sim_profile any_shared(u32 left)
{
	struct sim_profile profile = {.mode = sim_random(2) ? SHARING_UNCAP : SHARING_CAP};

	profile.units = (u32)sim_between(pool_min_units_per_vp, left);
	if (sim_random(3))
		profile.units = MAX(profile.units / 4, pool_min_units_per_vp);
	profile.vps =
		(u32)sim_between((profile.units + 99) / 100, profile.units / pool_min_units_per_vp);
	profile.vps = MIN(profile.vps, LPAR_MAX_VPS);
	if (sim_random(2))
		profile.vps = MAX(profile.vps / 4, (profile.units + 99) / 100);
	profile.units = MIN(profile.units, profile.vps * 100);
	profile.weight = sim_random(4) ? (u32)sim_random(256) : 128;
	return profile;
}

static struct sim_profile any_dedicated(u32 left)
{
	return (struct sim_profile){
		.mode = SHARING_KEEP_IDLE + sim_random(4),
		.vps = (u32)sim_between(1, MIN(left / 100, 3)),
	};
}

/* A partition that there is room for; NULL: there is none. */
struct sim_lpar *sim_mix_add(void)
{
	u32 left = pool_nr_shared * 100 - pool_units;
	struct sim_lpar *slpar;

	if (left >= 200 && sim_random(4) == 0)
		slpar = sim_lpar_add(any_dedicated(left - 100));
	else if (left >= pool_min_units_per_vp)
		slpar = sim_lpar_add(any_shared(left));
	else
		return NULL;
	if (slpar)
		mix_start(slpar);
	return slpar;
}

/* A device interrupts somebody. */
static void interrupt_any(void)
{
	struct sim_lpar *slpar = sim.lpar[sim_random(SIM_LPARS)];

	if (slpar && !slpar->dying)
		sim_interrupt(&slpar->svps[sim_random(slpar->lpar.nr_vps)]);
}

static void poll_devices(void)
{
	for (u32 i = 0; i < 8; i++)
		interrupt_any();
}

void sim_mix(u64 seed, u32 nr_cpus)
{
	sim_init(seed, nr_cpus);
	sim.on_poll = poll_devices;
	sim.kick_delay = any_ticks(5 * SIM_US);
	sim.switch_cost = any_ticks(2 * SIM_US);
	sim.hcall_cost = any_ticks(SIM_US / 2);
	sim.poll_cost = sim_random(2) ? any_ticks(2 * SIM_US) : 0;
	pool_min_units_per_vp = sim_random(2) ? 10 : 5;
	for (u32 i = (u32)sim_between(1, 12); i > 0 && sim_mix_add(); i--)
		;
}

/* Partitions come and go, as steps of work on any processor. */
static bool come_and_go(void)
{
	struct sim_lpar *slpar = sim.lpar[sim_random(SIM_LPARS)];

	for (u32 i = 0; i < SIM_LPARS; i++)
		if (sim.lpar[i] && sim.lpar[i]->dying)
			slpar = sim.lpar[i];
	if (slpar)
		return !sim_lpar_end(slpar);
	sim_mix_add();
	return false;
}

/* What there is to do goes to whoever looks after the devices next. */
static void poll_and_work(void)
{
	poll_devices();
	if (sim_random(4) == 0)
		sim.work = true;
}

void sim_mix_lives(u64 seed, u32 nr_cpus)
{
	sim_mix(seed, nr_cpus);
	sim.on_poll = poll_and_work;
	sim.on_work = come_and_go;
	sim.work_cost = any_ticks(100 * SIM_US);
}
