// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "hv/real.h"
#include "hv/trace.h"
#include "tests/unit/rtas_world.h"

u8 real_memory[WORLD_MEM] __aligned(4096);
u32 lmb_shift = 16;
struct machine machine = {.nr_cpus = 2};
u32 pool_min_units_per_vp = 5;
void (*lpar_fail_hook)(struct lpar *lpar, const char *reason);

struct partition partition;
struct vp vps[WORLD_VPS];
struct world world;

static u32 map[] = {3, 0, 1, 2, 7, 6, 5, 4};

u64 dispatch_window(void)
{
	return 5120000;
}

bool dispatch_vp_left(const struct vp *vp)
{
	return vp->state == VP_STOPPED && vp != world.leaving;
}

bool dispatch_start(struct vp *vp, u64 pc, u64 r3)
{
	if (vp->state != VP_STOPPED || !partition.lpar.lock.held)
		abort();
	if (!dispatch_vp_left(vp))
		return false;
	world.starts++;
	world.vp = vp;
	world.pc = pc;
	world.r3 = r3;
	vp->state = VP_RUNNABLE;
	return true;
}

void dispatch_stop(struct vp *vp)
{
	world.stops++;
	world.vp = vp;
	vp->state = VP_STOPPED;
}

void partition_os_power_off(struct partition *which)
{
	if (which != &partition || partition.lpar.lock.held)
		abort();
	world.power_offs++;
}

bool partition_reboot(struct partition *which)
{
	if (which != &partition || partition.lpar.lock.held)
		abort();
	world.reboots++;
	return true;
}

bool partition_os_terminated(struct partition *which)
{
	if (which != &partition || partition.lpar.lock.held)
		abort();
	return world.dumps;
}

void refcode_add(struct partition *which, enum refcode code, const char *text __unused)
{
	if (which != &partition)
		abort();
	world.refcode = code;
}

bool epow_report(struct partition *which, struct epow_log *log)
{
	if (which != &partition || !world.epow)
		return false;
	world.epow = false;
	log->epow.sensor = EPOW_SYSTEM_SHUTDOWN;
	return true;
}

void epow_return(struct partition *which __unused)
{
	world.epow = true;
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(world.log, sizeof(world.log), format, args);
	va_end(args);
	world.logs++;
}

void trace(enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b)
{
	if (type != TRACE_RTAS_REFUSED || lpar_id != partition.lpar.id || vp != 0)
		abort();
	world.traces++;
	world.traced[0] = a;
	world.traced[1] = b;
}

u64 machine_time_of_day(void)
{
	return world.time;
}

void world_reset(void)
{
	memset(&partition, 0, sizeof(partition));
	memset(vps, 0, sizeof(vps));
	memset(&world, 0, sizeof(world));
	memset(real_memory, WORLD_NOTHING, sizeof(real_memory));
	partition.lpar.id = 1;
	strcpy(partition.lpar.name, "lp1");
	partition.lpar.map = (struct lmap){ARRAY_SIZE(map), map};
	partition.lpar.rmo_size = WORLD_RMO;
	partition.lpar.nr_vps = WORLD_VPS;
	partition.profile.mem = 256 * MiB;
	partition.lpar.procs = (struct lpar_procs){
		SHARING_UNCAP, 2, WORLD_VPS, 8, 20, 150, 300, 128,
	};
	nvram_prepare(&partition.nvram);
	for (u32 i = 0; i < WORLD_VPS; i++) {
		vps[i].number = i;
		vps[i].lpar = &partition.lpar;
		partition.lpar.vps[i] = &vps[i];
	}
	vps[0].state = VP_RUNNING;
}

s64 world_hcall(u64 buffer)
{
	const struct hcall *hcall = __start_hcalls;
	s64 result;

	while (hcall->number != H_PRIVATE_RTAS)
		if (++hcall == __stop_hcalls)
			abort();
	vps[0].gpr[4] = buffer;
	result = hcall->handler(&vps[0]);
	if (partition.lpar.lock.held)
		abort();
	return result;
}

u32 world_token(const char *name)
{
	for (const struct rtas_line *line = __start_rtas_calls; line < __stop_rtas_calls; line++)
		if (strcmp(line->name, name) == 0)
			return (u32)(line - __start_rtas_calls) + 1;
	return 0;
}

void world_put(u64 address, u32 value)
{
	be32 cell = cpu_to_be32(value);

	if (!lpar_copy_out(&partition.lpar, address, &cell, sizeof(cell)))
		abort();
}

u32 world_get(u64 address)
{
	be32 cell;

	if (!lpar_copy_in(&partition.lpar, &cell, address, sizeof(cell)))
		abort();
	return be32_to_cpu(cell);
}

void world_write_call(u64 buffer, u32 token, u32 nargs, u32 nret, const u32 *args)
{
	world_put(buffer, token);
	world_put(buffer + 4, nargs);
	world_put(buffer + 8, nret);
	for (u32 i = 0; i < nargs; i++)
		world_put(buffer + 12 + 4 * i, args[i]);
}

s32 world_call(const char *name, u32 nargs, u32 nret, const u32 *args, u32 *rets)
{
	world_write_call(WORLD_BUFFER, world_token(name), nargs, nret, args);
	if (world_hcall(WORLD_BUFFER) != H_SUCCESS)
		abort();
	for (u32 i = 0; i < nret; i++)
		rets[i] = world_get(WORLD_BUFFER + 12 + 4 * (nargs + i));
	return (s32)rets[0];
}
