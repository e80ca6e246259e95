// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv/cache.h"
#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/machine.h"
#include "hv/real.h"
#include "hv/trace.h"
#include "papr/of.h"
#include "papr/xics.h"
#include "partition/console.h"
#include "partition/tree.h"
#include "tests/unit/fake_machine.h"
#include "tests/unit/of_world.h"

#define HEAP 0xa000 /* where world_put() begins */

u8 real_memory[WORLD_MEM] __aligned(4096);
u32 lmb_shift = 16;
void (*lpar_fail_hook)(struct lpar *lpar, const char *reason);

struct partition partition;
struct vp vps[WORLD_VPS];
struct world world;

static u32 map[WORLD_LMBS];
static u32 heap;
static u64 tree[32 * KiB]; /* 256 KiB, aligned */

static s32 rtas_power_off(struct rtas_call *call __unused)
{
	return RTAS_SUCCESS;
}
RTAS_CALL("power-off", 2, 1, rtas_power_off);

/* The phandles behind this one are large. */
static int terminal(const struct partition *of __unused, void *fdt)
{
	int node = fdt_add_subnode(fdt, 0, "vdevice");

	fdt_setprop_u32(fdt, node, "phandle", XICS_PHANDLE);
	node = fdt_add_subnode(fdt, node, "vty@30000000");
	fdt_setprop_u32(fdt, node, "reg", 0x30000000);
	return fdt_setprop_string(fdt, node, "device_type", "serial");
}
TREE_CONTRIBUTOR(terminal);

void partition_fail(struct partition *which, enum refcode code __unused, const char *format, ...)
{
	va_list args;

	if (which != &partition || partition.of.lock.held)
		abort();
	va_start(args, format);
	vsnprintf(world.reason, sizeof(world.reason), format, args);
	va_end(args);
	world.fails++;
}

bool partition_reboot(struct partition *which)
{
	if (which != &partition || partition.of.lock.held)
		abort();
	world.reboots++;
	return true;
}

void refcode_add(struct partition *which, enum refcode code __unused, const char *text __unused)
{
	if (which != &partition)
		abort();
}

void partition_set_state(struct partition *which, enum partition_state state)
{
	which->state = state;
}

s64 hcall_unknown(struct vp *vp)
{
	if (vp != &vps[0])
		abort();
	return H_FUNCTION;
}

void cpu_refresh(struct vp *vp)
{
	if (vp != &vps[0])
		abort();
	world.refreshes++;
}

void trace(enum trace_type type, u16 lpar_id, u16 vp, u64 a, u64 b __unused)
{
	be64 name = cpu_to_be64(a);

	if (type != TRACE_OF_REFUSED || lpar_id != partition.lpar.id || vp != 0)
		abort();
	world.traces++;
	memcpy(world.traced, &name, sizeof(name));
}

void cache_sync_code(const void *start, u64 size)
{
	if (!start || size == 0)
		abort();
	world.syncs++;
}

u64 machine_timebase(void)
{
	return world.timebase;
}

static size_t write_console(struct lpar *lpar, const void *bytes, size_t length)
{
	size_t size = MIN(length, world.output_room);

	if (lpar != &partition.lpar || partition.of.lock.held)
		abort();
	size = MIN(size, sizeof(world.output) - world.output_size);
	memcpy(world.output + world.output_size, bytes, size);
	world.output_size += size;
	return size;
}

static size_t read_console(struct lpar *lpar, void *bytes, size_t length)
{
	size_t size = MIN(strlen(world.input), length);

	if (lpar != &partition.lpar || partition.of.lock.held)
		abort();
	memcpy(bytes, world.input, size);
	world.input += size;
	return size;
}

static void reset_partition(void)
{
	memset(&partition, 0, sizeof(partition));
	memset(vps, 0, sizeof(vps));
	partition.lpar.id = 1;
	strcpy(partition.lpar.name, "lp1");
	/* Behind the RMO, no two LMBs are where one would think. */
	for (u32 i = 0; i < WORLD_LMBS; i++)
		map[i] = i < 64 ? i : WORLD_LMBS - 1 - (i - 64);
	partition.lpar.map = (struct lmap){WORLD_LMBS, map};
	partition.lpar.rmo_size = WORLD_RMO;
	partition.lpar.nr_vps = WORLD_VPS;
	partition.lpar.hpt.shift = 18;
	partition.profile.open_firmware = true;
	partition.profile.boot_args = "console=hvc0";
	for (u32 i = 0; i < WORLD_VPS; i++) {
		vps[i].number = i;
		vps[i].lpar = &partition.lpar;
		vps[i].state = VP_STOPPED;
		partition.lpar.vps[i] = &vps[i];
	}
	vps[0].state = VP_RUNNING;
	partition.tree = tree;
	partition.tree_size = tree_size(&partition);
	if (partition.tree_size > sizeof(tree))
		abort();
}

static void start(void)
{
	fake_machine_init();
	console_register(write_console);
	console_register_reader(read_console);
	reset_partition();
	of_reset(&partition);
	partition.state = PARTITION_OPEN_FIRMWARE;
	if (!of_claim(&partition, WORLD_IMAGE, WORLD_LMB) ||
	    !of_claim(&partition, WORLD_INITRD, WORLD_LMB) ||
	    tree_build(&partition, tree, WORLD_INITRD, WORLD_LMB) != 0)
		abort();
	world.start = of_start(&partition, &world.r1, &world.r5);
}

void world_reset(void)
{
	memset(real_memory, 0, sizeof(real_memory));
	memset(&world, 0, sizeof(world));
	world.output_room = sizeof(world.output);
	world.input = "";
	heap = HEAP;
	start();
}

void world_restart(void)
{
	static struct partition partition_then;
	static struct vp vps_then[WORLD_VPS];
	static struct world world_then;
	static u64 tree_then[ARRAY_SIZE(tree)];

	if (!world_then.r5) {
		world_reset();
		partition_then = partition;
		memcpy(vps_then, vps, sizeof(vps));
		world_then = world;
		memcpy(tree_then, tree, sizeof(tree));
	}
	partition = partition_then;
	memcpy(vps, vps_then, sizeof(vps));
	world = world_then;
	memcpy(tree, tree_then, partition.tree_size);
	heap = HEAP;
}

s64 world_hcall(u64 buffer)
{
	const struct hcall *hcall = __start_hcalls;
	s64 result;

	while (hcall->number != H_PRIVATE_OF)
		if (++hcall == __stop_hcalls)
			abort();
	vps[0].gpr[4] = buffer;
	result = hcall->handler(&vps[0]);
	if (partition.of.lock.held || vps[0].gpr[4] != buffer)
		abort();
	return result;
}

s64 world_stub(u64 buffer)
{
	s64 result;

	do {
		result = world_hcall(buffer);
	} while (result == H_BUSY);
	return result;
}

void world_write(u32 address, const void *from, u32 size)
{
	if (!lpar_copy_out(&partition.lpar, address, from, size))
		abort();
}

void world_read(u32 address, void *to, u32 size)
{
	if (!lpar_copy_in(&partition.lpar, to, address, size))
		abort();
}

u32 world_get(u32 address)
{
	be32 cell;

	world_read(address, &cell, sizeof(cell));
	return be32_to_cpu(cell);
}

u32 world_put(const void *from, u32 size)
{
	u32 address = heap;

	world_write(address, from, size);
	heap += ALIGN_UP(size, 16u);
	return address;
}

u32 world_string(const char *string)
{
	return world_put(string, strlen(string) + 1);
}

static void put_cell(u32 index, u32 value)
{
	be32 cell = cpu_to_be32(value);

	world_write(WORLD_BUFFER + index * 4, &cell, sizeof(cell));
}

u32 world_call(const char *service, u32 nargs, u32 nret, const u32 *args, u32 *rets)
{
	s64 result;
	u32 i;

	put_cell(0, world_string(service));
	put_cell(1, nargs);
	put_cell(2, nret);
	for (i = 0; i < nargs; i++)
		put_cell(3 + i, args[i]);
	result = world_stub(WORLD_BUFFER);
	heap = HEAP;
	for (i = 0; i < nret && rets; i++)
		rets[i] = world_get(WORLD_BUFFER + (3 + nargs + i) * 4);
	if (result != 0)
		return OF_NOT_FOUND;
	return nret ? world_get(WORLD_BUFFER + (3 + nargs) * 4) : 0;
}

/* --- the client --- */

int world_setup(void **state)
{
	(void)state;
	world_reset();
	return world.start;
}

u32 client_finddevice(const char *path)
{
	return WORLD_CALL("finddevice", world_string(path));
}

u32 client_getprop(u32 node, const char *name, void *value, u32 size)
{
	u32 length = WORLD_CALL("getprop", node, world_string(name), WORLD_DATA, size);

	world_read(WORLD_DATA, value, size);
	return length;
}

u32 client_getprop_cell(u32 node, const char *name)
{
	be32 cell;

	return client_getprop(node, name, &cell, sizeof(cell)) == sizeof(cell) ? be32_to_cpu(cell)
									       : OF_NOT_FOUND;
}

u32 client_setprop(u32 node, const char *name, const void *value, u32 size)
{
	return WORLD_CALL("setprop", node, world_string(name), world_put(value, size), size);
}

u32 client_claim(u32 base, u32 size, u32 align)
{
	return WORLD_CALL("claim", base, size, align);
}

bool client_release(u32 base, u32 size)
{
	return world_call("release", 2, 0, (u32[]){base, size}, NULL) == 0;
}
