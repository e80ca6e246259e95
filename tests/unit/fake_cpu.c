// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/check.h"
#include "tests/unit/fake_cpu.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/msr.h"
#include "hv/vp.h"

#include <string.h>

struct fake_cpu fake_cpu;
__thread struct cpu cpu_self;

void fake_cpu_init(void)
{
	memset(&fake_cpu, 0, sizeof(fake_cpu));
	memset(&cpu_self, 0, sizeof(cpu_self));
	fake_cpu.now = 1000;
}

struct cpu *cpu_this(void)
{
	return &cpu_self;
}

u64 machine_timebase(void)
{
	return __atomic_fetch_add(&fake_cpu.now, fake_cpu.tick, __ATOMIC_SEQ_CST);
}

static bool is_in_partition(const struct vp *vp)
{
	return vp->number < vp->lpar->nr_vps && vp->lpar->vps[vp->number] == vp;
}

static void unload(struct cpu *cpu)
{
	struct vp *vp = cpu->loaded;

	if (!vp)
		return;
	/* Or its memory is somebody else's already. */
	CHECK(is_in_partition(vp));
	CHECK(vp->loaded == cpu);
	if (fake_cpu.save)
		fake_cpu.save(vp);
	cpu->loaded = NULL;
	__atomic_store_n(&vp->loaded, NULL, __ATOMIC_RELEASE);
}

void cpu_unload(struct cpu *cpu)
{
	cpu_load(cpu, NULL);
}

void cpu_load(struct cpu *cpu, struct vp *vp)
{
	CHECK(cpu == &cpu_self);
	if (cpu->loaded == vp)
		return;
	unload(cpu);
	if (!vp)
		return;
	CHECK(is_in_partition(vp));
	CHECK(__atomic_load_n(&vp->loaded, __ATOMIC_ACQUIRE) == NULL);
	__atomic_fetch_add(&fake_cpu.loads, 1, __ATOMIC_RELAXED);
	if (cpu->lpar != vp->lpar)
		__atomic_fetch_add(&fake_cpu.lpar_loads, 1, __ATOMIC_RELAXED);
	cpu->lpar = vp->lpar;
	cpu->loaded = vp;
	vp->loaded = cpu;
	if (fake_cpu.load)
		fake_cpu.load(vp);
}

bool fake_cpu_kicked(void)
{
	return __atomic_load_n(&fake_cpu.kicked[cpu_self.number], __ATOMIC_SEQ_CST);
}

/* Taken once it is seen. */
static bool take_kick(void)
{
	return __atomic_exchange_n(&fake_cpu.kicked[cpu_self.number], false, __ATOMIC_SEQ_CST);
}

static bool may_enter(const struct cpu *cpu, struct vp *vp)
{
	__atomic_store_n(&vp->leave, 0, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&vp->state, __ATOMIC_SEQ_CST) == VP_RUNNING &&
	       !__atomic_load_n(&cpu->queue.resched, __ATOMIC_SEQ_CST);
}

void cpu_run(struct cpu *cpu, struct vp *vp, u64 until)
{
	CHECK(cpu->loaded == vp);
	CHECK(vp->loaded == cpu);
	while (may_enter(cpu, vp)) {
		fake_cpu.run(vp, until);
		take_kick();
		if ((s64)(until - __atomic_load_n(&fake_cpu.now, __ATOMIC_RELAXED)) <= 0)
			break;
	}
}

void cpu_idle(struct cpu *cpu, u64 until)
{
	CHECK(!cpu->loaded || cpu->loaded == cpu->queue.dedicated);
	if (!take_kick())
		fake_cpu.idle(until);
	take_kick();
}

void cpu_kick(struct cpu *cpu)
{
	CHECK(cpu != &cpu_self);
	__atomic_fetch_add(&fake_cpu.kicks, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&fake_cpu.kicked[cpu->number], true, __ATOMIC_SEQ_CST);
}

/* What is in memory is true also while it is loaded. */
u64 cpu_dec_expires(const struct vp *vp)
{
	if (fake_cpu.on_dec)
		fake_cpu.on_dec();
	return vp->dec_expires;
}

u64 cpu_purr(void)
{
	return cpu_self.loaded->spr.purr;
}

void cpu_forget(struct cpu *cpu)
{
	CHECK(cpu == &cpu_self);
	unload(cpu);
	cpu->lpar = NULL;
}

void cpu_refresh(struct vp *vp)
{
	CHECK(vp == cpu_self.loaded);
	fake_cpu.refreshes++;
}

struct rmo cpu_rmo(u64 size)
{
	struct rmo rmo = {.align = size, .lpcr = 8UL << LPCR_RMLS_SHIFT};

	if (fake_cpu.rmo_offset) {
		rmo.align = fake_cpu.rmo_offset + size;
		rmo.offset = fake_cpu.rmo_offset;
	}
	return rmo;
}
