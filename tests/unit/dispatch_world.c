// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/dispatch_world.h"
#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "hv/real.h"
#include "hv/work.h"
#include "tests/unit/fake_cpu.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct machine machine = {.timebase_hz = HZ};
u8 real_memory[1];
u32 lmb_shift = 24;
void (*work_added)(void);

struct lpar lpars[2];
struct vp vps[2][WORLD_VPS];
struct world world;

static jmp_buf enough;
static u32 limit;
static void (*action)(struct vp *vp, u64 until);

void machine_poll(void)
{
	world.polls++;
}

bool work_pending(void)
{
	return world.work_pending;
}

bool work_step(void)
{
	world.work_pending = world.work && world.work();
	return world.work_pending;
}

void use_all(struct vp *vp, u64 until)
{
	(void)vp;
	fake_cpu.now = until;
}

static void count(struct vp *vp, u64 until)
{
	world.turn[world.turns % WORLD_TURNS] =
		(struct turn){.vp = vp, .from = fake_cpu.now, .until = until};
	world.turns++;
}

static void run(struct vp *vp, u64 until)
{
	count(vp, until);
	action(vp, until);
	if (world.turns >= limit)
		longjmp(enough, 1);
}

static void idle(u64 until)
{
	count(NULL, until);
	if (world.idle)
		world.idle(until);
	else
		fake_cpu.now = until;
	if (world.turns >= limit)
		longjmp(enough, 1);
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

void world_add_cpu(u32 number)
{
	cpu_self.number = number;
	dispatch_cpu_init(&cpu_self);
	queue_set_activity(&cpu_self, DISPATCH_BUSY);
	pool_add(&cpu_self);
}

static void lpar_setup(u32 i)
{
	struct lpar *lpar = &lpars[i];

	lpar->id = (u16)(i + 1);
	lpar->nr_vps = WORLD_VPS;
	lpar->procs.sharing_mode = SHARING_UNCAP;
	share_set(&lpar->share, 50, WINDOW, 128);
	for (u32 j = 0; j < WORLD_VPS; j++) {
		lpar->vps[j] = &vps[i][j];
		vps[i][j].lpar = lpar;
		vps[i][j].number = j;
		icp_reset(&vps[i][j]);
	}
}

int world_setup(void **state)
{
	(void)state;
	/* Says that it does not nap any more. */
	queue_set_activity(&cpu_self, DISPATCH_BUSY);
	fake_cpu_init();
	fake_cpu.now = 100 * WINDOW;
	memset(&world, 0, sizeof(world));
	world.start = fake_cpu.now;
	memset(lpars, 0, sizeof(lpars));
	memset(vps, 0, sizeof(vps));
	pool_nr_cpus = pool_nr_shared = 0;
	for (u32 i = 0; i < 2; i++)
		lpar_setup(i);
	world_add_cpu(0);
	return 0;
}

void world_ready(u32 n)
{
	for (u32 i = 0; i < n; i++)
		assert_true(dispatch_start(&vp0[i], 0x1000 + i, i));
}
