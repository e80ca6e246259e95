// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/dispatch_world.h"
#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/machine.h"
#include "hv/real.h"
#include "hv/work.h"
#include "tests/unit/fake_cpu.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct machine machine = {.timebase_hz = HZ};
u8 real_memory[1];
u32 lmb_shift = 24;

struct lpar lpars[2];
struct vp vps[2][WORLD_VPS];
struct world world;

static jmp_buf enough;
static u32 limit;
static void (*action)(struct vp *vp, u64 until);

void machine_poll(void)
{
	if (world.turns >= limit)
		longjmp(enough, 1);
	world.polls++;
}

bool work_step(void)
{
	return world.work && world.work();
}

static void count(struct vp *vp, u64 until)
{
	world.turn[world.turns++ % WORLD_TURNS] =
		(struct turn){.vp = vp, .from = fake_cpu.now, .until = until};
}

void use_all(struct vp *vp, u64 until)
{
	(void)vp;
	fake_cpu.now = until;
}

static void run(struct vp *vp, u64 until)
{
	count(vp, until);
	action(vp, until);
}

static void idle(u64 until)
{
	count(NULL, until);
	fake_cpu.now = until;
}

void play(u32 turns, void (*act)(struct vp *vp, u64 until))
{
	action = act ? act : use_all;
	limit = turns;
	world.turns = 0;
	fake_cpu.run = run;
	fake_cpu.idle = idle;
	if (!setjmp(enough))
		dispatch_run(&cpu_self);
}

s64 hcall(struct vp *vp, u64 number, u64 r4)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		vp->gpr[4] = r4;
		return line->handler(vp);
	}
	abort();
}

void icp_open(struct vp *vp)
{
	hcall(vp, H_CPPR, 0xff);
}

void ipi(struct vp *vp)
{
	vp->gpr[5] = 4;
	hcall(vp, H_IPI, vp->number);
}

void ipi_take(struct vp *vp)
{
	hcall(vp, H_XIRR, 0xff);
	vp->gpr[5] = 0xff;
	hcall(vp, H_IPI, vp->number);
	hcall(vp, H_EOI, 0xff000000 | XICS_IPI);
}

/* The dispatcher has no memory but its lists: once all are stopped it has none. */
static void stop_all(void)
{
	for (u32 i = 0; i < 2; i++)
		for (u32 j = 0; j < lpars[i].nr_vps; j++)
			dispatch_stop(&vps[i][j]);
}

int world_setup(void **state)
{
	(void)state;
	stop_all();
	fake_cpu_init();
	memset(&world, 0, sizeof(world));
	memset(lpars, 0, sizeof(lpars));
	memset(vps, 0, sizeof(vps));
	for (u32 i = 0; i < 2; i++) {
		lpars[i].id = (u16)(i + 1);
		lpars[i].nr_vps = WORLD_VPS;
		for (u32 j = 0; j < WORLD_VPS; j++) {
			lpars[i].vps[j] = &vps[i][j];
			vps[i][j].lpar = &lpars[i];
			vps[i][j].number = j;
			icp_reset(&vps[i][j]);
		}
	}
	return 0;
}
