// SPDX-License-Identifier: Apache-2.0
#include "boot/machine.h"
#include "boot/opal.h"
#include "hv/cpu/power8/spr.h"
#include "hv/lmb.h"
#include "hv/lock.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/management.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

struct machine machine;

#define HEARTBEAT_MS 200 /* where the tree does not say */

static u64 heartbeat_ticks;
static u64 clock_seconds, clock_timebase; /* the time of day at one moment */

/* A cell of one or two words, as many as the property has. */
static u64 property_number(const void *fdt, int node, const char *name, u64 missing)
{
	int length;
	const fdt32_t *cell = fdt_getprop(fdt, node, name, &length);

	if (!cell || (length != 4 && length != 8))
		return missing;
	if (length == 4)
		return fdt32_ld(cell);
	return (u64)fdt32_ld(cell) << 32 | fdt32_ld(cell + 1);
}

static u64 cells2(const fdt32_t *cell)
{
	return (u64)fdt32_ld(cell) << 32 | fdt32_ld(cell + 1);
}

static int next_of_type(const void *fdt, int node, const char *type)
{
	return fdt_node_offset_by_prop_value(fdt, node, "device_type", type, (int)strlen(type) + 1);
}

/* The presentation controller that serves @pir. */
static u64 icp_of(const void *fdt, u32 pir)
{
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(fdt, node, "IBM,ppc-xicp")) >= 0 ||
	       node == -FDT_ERR_NOTFOUND) {
		int length, reg_length;
		const fdt32_t *range, *reg;

		if (node < 0)
			break;
		range = fdt_getprop(fdt, node, "ibm,interrupt-server-ranges", &length);
		reg = fdt_getprop(fdt, node, "reg", &reg_length);
		if (!range || !reg || length < 8)
			continue;
		if (pir - fdt32_ld(range) < fdt32_ld(range + 1) &&
		    reg_length >= (int)(16 * (pir - fdt32_ld(range) + 1)))
			return cells2(reg + 4 * (pir - fdt32_ld(range)));
	}
	panic("no interrupt presentation controller for processor %u", (unsigned int)pir);
}

static void add_thread(const void *fdt, int node, u32 pir)
{
	u32 n = machine.nr_cpus;

	if (n == MACHINE_MAX_CPUS) {
		log_line("processor %u left alone: more than %d", (unsigned int)pir,
			 MACHINE_MAX_CPUS);
		return;
	}
	/* The one that booted comes first. */
	if (pir == spr_read(SPR_PIR) && n > 0) {
		machine.cpu[n] = machine.cpu[0];
		n = 0;
	}
	machine.cpu[n] = (struct machine_cpu){
		.pir = pir,
		.node = node,
		.icp_base = icp_of(fdt, pir),
	};
	machine.nr_cpus++;
}

static void discover_cpus(const void *fdt)
{
	int node = -1;

	while ((node = next_of_type(fdt, node, "cpu")) >= 0) {
		int length;
		const fdt32_t *thread =
			fdt_getprop(fdt, node, "ibm,ppc-interrupt-server#s", &length);

		for (int i = 0; thread && i < length / 4; i++)
			add_thread(fdt, node, fdt32_ld(&thread[i]));
	}
	if (machine.nr_cpus == 0 || machine.cpu[0].pir != spr_read(SPR_PIR))
		panic("the firmware's tree does not have this processor");
	machine.timebase_hz = property_number(fdt, machine.cpu[0].node, "timebase-frequency", 0);
	if (machine.timebase_hz < 1000000)
		panic("the firmware's tree has no usable timebase-frequency");
	machine.pvr = (u32)spr_read(SPR_PVR);
}

static void discover_memory(const void *fdt)
{
	int node = -1;

	while ((node = next_of_type(fdt, node, "memory")) >= 0) {
		int length;
		const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

		for (int i = 0; reg && i + 4 <= length / 4; i += 4)
			machine.memory_top =
				MAX(machine.memory_top, cells2(reg + i) + cells2(reg + i + 2));
	}
	if (machine.memory_top == 0)
		panic("the firmware's tree has no memory");
}

static void discover_plan(const void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	u64 end;

	if (chosen < 0)
		return;
	machine.plan_base = property_number(fdt, chosen, "linux,initrd-start", 0);
	end = property_number(fdt, chosen, "linux,initrd-end", 0);
	machine.plan_size = end > machine.plan_base ? end - machine.plan_base : 0;
}

static void discover_heartbeat(const void *fdt)
{
	int opal = fdt_path_offset(fdt, "/ibm,opal");
	u64 ms = HEARTBEAT_MS;

	if (opal >= 0)
		ms = property_number(fdt, opal, "ibm,heartbeat-ms", ms);
	heartbeat_ticks = machine.timebase_hz / 1000 * ms;
}

void machine_discover(const void *fdt)
{
	void *copy;

	if (fdt_check_header(fdt) != 0)
		panic("the firmware gave no device tree");
	copy = malloc(fdt_totalsize(fdt));
	if (!copy)
		panic("no room for the firmware's device tree");
	memcpy(copy, fdt, fdt_totalsize(fdt));
	machine.fdt = copy;
	machine.emulated = fdt_node_check_compatible(copy, 0, "qemu,powernv8") == 0;
	discover_cpus(copy);
	discover_memory(copy);
	discover_plan(copy);
	discover_heartbeat(copy);
}

static void memory_add(const void *fdt)
{
	int node = -1;

	while ((node = next_of_type(fdt, node, "memory")) >= 0) {
		int length;
		const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

		for (int i = 0; reg && i + 4 <= length / 4; i += 4)
			lmb_add(cells2(reg + i), cells2(reg + i + 2));
	}
}

static void memory_reserve(const void *fdt)
{
	int length;
	const fdt32_t *range = fdt_getprop(fdt, 0, "reserved-ranges", &length);

	for (int i = 0; range && i + 4 <= length / 4; i += 4)
		lmb_reserve(cells2(range + i), cells2(range + i + 2), LMB_ABSENT);
	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		u64 base, size;

		if (fdt_get_mem_rsv(fdt, i, &base, &size) == 0 && size != 0)
			lmb_reserve(base, size, LMB_ABSENT);
	}
}

void machine_memory_init(u64 lmb_size, u64 hv_end)
{
	u64 count = (machine.memory_top + lmb_size - 1) / lmb_size;
	struct lmb *table = calloc(count, sizeof(*table));

	if (!table)
		panic("no room for a table of %lu LMBs", (unsigned long)count);
	lmb_init(table, machine.memory_top, lmb_size);
	memory_add(machine.fdt);
	memory_reserve(machine.fdt);
	lmb_reserve(0, hv_end, LMB_HYPERVISOR);
	if (machine.plan_size)
		lmb_reserve(machine.plan_base, machine.plan_size, LMB_HYPERVISOR);
}

void machine_clock_init(void)
{
	clock_seconds = opal_time_of_day();
	clock_timebase = timebase_read();
}

u64 machine_time_of_day(void)
{
	return clock_seconds + (timebase_read() - clock_timebase) / machine.timebase_hz;
}

u64 machine_timebase(void)
{
	return timebase_read();
}

void machine_early_write(const char *text, u64 length)
{
	opal_console_write(text, length);
}

void machine_interrupt(u32 xisr)
{
	opal_handle_interrupt(xisr);
}

void machine_maintenance(void)
{
	log_line("hypervisor maintenance interrupt");
	opal_handle_hmi();
}

/* The poll lock is held. */
static void heartbeat(void)
{
	static u64 due;
	u64 now = timebase_read();

	if ((s64)(now - due) < 0)
		return;
	due = now + heartbeat_ticks;
	opal_heartbeat();
}

void machine_poll(void)
{
	static struct lock poll_lock;

	log_emergency_wait();
	if (!lock_try(&poll_lock))
		return;
	heartbeat();
	management_poll();
	lock_drop(&poll_lock);
}

void machine_power_off(void)
{
	opal_power_off();
}

void machine_reboot(void)
{
	opal_reboot();
}
