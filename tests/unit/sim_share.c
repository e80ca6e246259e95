// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/sim_share.h"
#include "hv/pool.h"

/* The most that it can use. */
static u64 limit(const struct sim_lpar *slpar)
{
	const struct share *share = &slpar->lpar.share;

	return share->weight ? slpar->lpar.nr_vps * SIM_WINDOW : share->entitled;
}

static bool takes_more(u32 i, const u64 *expected)
{
	return sim.lpar[i] && expected[i] < limit(sim.lpar[i]);
}

/* Shares @surplus among those that take more; returns what they had no use for. */
static u64 pour(u64 surplus, u64 *expected)
{
	u64 weights = 0, left = surplus;

	for (u32 i = 0; i < SIM_LPARS; i++)
		if (takes_more(i, expected))
			weights += sim.lpar[i]->lpar.share.weight;
	for (u32 i = 0; i < SIM_LPARS; i++) {
		u64 part;

		if (!takes_more(i, expected))
			continue;
		part = surplus * sim.lpar[i]->lpar.share.weight / weights;
		part = MIN(part, limit(sim.lpar[i]) - expected[i]);
		expected[i] += part;
		left -= part;
	}
	return weights ? left : 0;
}

void sim_share_expect(u64 expected[SIM_LPARS])
{
	u64 surplus = pool_nr_shared * SIM_WINDOW;

	for (u32 i = 0; i < SIM_LPARS; i++) {
		expected[i] = sim.lpar[i] ? sim.lpar[i]->lpar.share.entitled : 0;
		surplus -= expected[i];
	}
	while (surplus > SIM_US)
		surplus = pour(surplus, expected);
}

void sim_share_mix(u64 seed, u32 nr_cpus, u32 lpars)
{
	sim_init(seed, nr_cpus);
	pool_min_units_per_vp = 5;
	for (u32 i = 0; i < lpars; i++) {
		u32 left = pool_nr_shared * 100 - pool_units;
		struct sim_profile profile = {
			.mode = sim_random(3) ? SHARING_UNCAP : SHARING_CAP,
			.units = (u32)sim_between(5, MAX(5, MIN(left, 2 * nr_cpus * 100 / lpars))),
			.weight = (u32)sim_between(1, 255),
		};
		struct sim_lpar *slpar;

		profile.vps = (u32)sim_between((profile.units + 99) / 100, profile.units / 5);
		slpar = sim_lpar_add(profile);
		if (slpar)
			sim_start_all(slpar, sim_hog);
	}
}
