// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "hv/dispatch.h"
#include "hv/msr.h"
#include "hv/pool.h"
#include "hv/vpa.h"
#include "hv/work.h"
#include "tests/unit/check.h"
#include "tests/unit/splpar_world.h"

#define PATTERN 0x5a5a5a5a00000000UL

struct lpar lpar;
struct vp vps[LPAR_MAX_VPS];
struct cpu cpu;
struct splpar_world world;

struct cpu *pool_cpu[MACHINE_MAX_CPUS];
u32 pool_nr_cpus, pool_nr_shared, pool_units;

struct vp *lpar_vp(const struct lpar *which, u64 number)
{
	return number < which->nr_vps ? which->vps[number] : NULL;
}

static void check_own(const struct vp *vp)
{
	CHECK(vp->number < lpar.nr_vps && vp == &vps[vp->number]);
}

void dispatch_confer(struct vp *vp, struct vp *target)
{
	CHECK(vp == &vps[0] && target != vp);
	if (target)
		check_own(target);
	world.confers++;
	world.target = target;
}

void dispatch_cede(struct vp *vp)
{
	CHECK(vp == &vps[0] && vp->msr & MSR_EE);
	world.cedes++;
}

bool dispatch_join(struct vp *vp)
{
	CHECK(vp == &vps[0] && !(vp->msr & MSR_EE));
	world.joins++;
	vp->state = VP_JOINED;
	return true;
}

void dispatch_system_reset(struct vp *vp)
{
	check_own(vp);
	CHECK(vp->state != VP_STOPPED);
	world.resets++;
	world.reset_mask |= 1UL << vp->number;
}

u32 vpa_dispatch_count(const struct vp *vp)
{
	check_own(vp);
	return vp->number == 1 ? WORLD_COUNT : vp->state == VP_RUNNING ? 2 : 7;
}

bool pool_set(struct lpar *which, u32 units, u32 weight)
{
	CHECK(which == &lpar && !lpar_dedicated(which) && weight <= SHARE_WEIGHT_MAX);
	world.sets++;
	world.units = units;
	world.weight = weight;
	return world.constrained;
}

u64 pool_idle_ticks(void)
{
	return world.idle;
}

u64 pool_all_ticks(void)
{
	return world.all;
}

bool work_pending(void)
{
	return world.work;
}

u64 cpu_purr(void)
{
	return WORLD_PURR;
}

void world_reset(void)
{
	memset(&lpar, 0, sizeof(lpar));
	memset(vps, 0, sizeof(vps));
	memset(&cpu, 0, sizeof(cpu));
	memset(&world, 0, sizeof(world));
	lpar.id = 9;
	lpar.nr_vps = WORLD_VPS;
	lpar.procs = (struct lpar_procs){SHARING_UNCAP, 1, 4, 8, 20, 150, 300, 128};
	lpar.share.units = 150;
	lpar.share.weight = 100;
	for (u32 i = 0; i < LPAR_MAX_VPS; i++) {
		vps[i].lpar = &lpar;
		vps[i].number = i;
		vps[i].state = VP_RUNNABLE;
		vps[i].cpu = &cpu;
		lpar.vps[i] = &vps[i];
	}
	vps[0].state = VP_RUNNING;
	vps[0].msr = MSR_SF | MSR_ME;
	pool_nr_cpus = 4;
	pool_nr_shared = 3;
	pool_units = 270;
}

const struct hcall *world_line(u32 number)
{
	const struct hcall *line = __start_hcalls;

	while (line < __stop_hcalls && line->number != number)
		line++;
	CHECK(line < __stop_hcalls);
	return line;
}

s64 world_call(u32 number, u64 a, u64 b, u32 last)
{
	u64 before[32];
	s64 status;

	for (u32 i = 0; i < 32; i++)
		vps[0].gpr[i] = PATTERN + i;
	vps[0].gpr[3] = number;
	vps[0].gpr[4] = a;
	vps[0].gpr[5] = b;
	memcpy(before, vps[0].gpr, sizeof(before));
	status = world_line(number)->handler(&vps[0]);
	for (u32 i = 0; i < 32; i++)
		CHECK((i >= 4 && i <= last) || vps[0].gpr[i] == before[i]);
	CHECK(!lpar.lock.held);
	return status;
}
