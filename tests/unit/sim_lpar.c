// SPDX-License-Identifier: Apache-2.0
/* Partitions: how they come and go. */
#include "hv/pool.h"
#include "tests/unit/sim.h"

#include <stdio.h>
#include <stdlib.h>

static u32 free_slot(void)
{
	u32 i = 0;

	while (i < SIM_LPARS && sim.lpar[i])
		i++;
	return i;
}

static struct sim_lpar *lpar_new(struct sim_profile profile)
{
	struct sim_lpar *slpar = calloc(1, sizeof(*slpar));
	bool dedicated = profile.mode >= SHARING_KEEP_IDLE;

	slpar->lpar.procs = (struct lpar_procs){
		.sharing_mode = profile.mode,
		.min_procs = profile.vps,
		.desired_procs = profile.vps,
		.max_procs = LPAR_MAX_VPS,
		.min_units = dedicated ? 0 : profile.units,
		.desired_units = dedicated ? 0 : profile.units,
		.max_units = dedicated ? 0 : LPAR_MAX_VPS * 100,
		.uncap_weight = profile.weight,
	};
	return slpar;
}

static void vps_new(struct sim_lpar *slpar, u32 n)
{
	slpar->svps = calloc(n, sizeof(*slpar->svps));
	for (u32 i = 0; i < n; i++) {
		struct sim_vp *svp = &slpar->svps[i];

		svp->slpar = slpar;
		svp->wants_since = SIM_NEVER;
		svp->donates = true;
		svp->vp.lpar = &slpar->lpar;
		svp->vp.number = i;
		slpar->lpar.vps[i] = &svp->vp;
	}
	slpar->lpar.nr_vps = n;
}

struct sim_lpar *sim_lpar_add(struct sim_profile profile)
{
	struct sim_lpar *slpar = lpar_new(profile);
	u32 slot = free_slot(), procs;
	char reason[LPAR_REASON_SIZE];

	if (slot == SIM_LPARS || !pool_claim(&slpar->lpar, &procs, reason, sizeof(reason))) {
		free(slpar);
		return NULL;
	}
	sim_check(procs == profile.vps);
	slpar->lpar.id = (u16)(slot + 1);
	sim.lpar[slot] = slpar;
	vps_new(slpar, procs);
	pool_attach(&slpar->lpar);
	return slpar;
}

void sim_vp_start(struct sim_lpar *slpar, u32 number, sim_program *program)
{
	struct sim_vp *svp = &slpar->svps[number];

	svp->program = program;
	svp->left = 1 + sim_random(SIM_US);
	svp->next = sim.now;
	svp->wants_since = svp->had = sim.now + 1;
	sim_check(dispatch_start(&svp->vp, 0x100, number));
}

void sim_start_all(struct sim_lpar *slpar, sim_program *program)
{
	for (u32 i = 0; i < slpar->lpar.nr_vps; i++)
		sim_vp_start(slpar, i, program);
}

bool sim_lpar_end(struct sim_lpar *slpar)
{
	if (!slpar->dying) {
		slpar->dying = true;
		for (u32 i = 0; i < slpar->lpar.nr_vps; i++)
			dispatch_stop(&slpar->svps[i].vp);
	}
	if (!dispatch_left(&slpar->lpar))
		return false;
	pool_forget(&slpar->lpar);
	sim_check_lpar_end(slpar);
	sim.lpar[slpar->lpar.id - 1] = NULL;
	free(slpar->svps);
	free(slpar);
	return true;
}
