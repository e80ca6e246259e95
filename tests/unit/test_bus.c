// SPDX-License-Identifier: Apache-2.0
// SOURCES: vio/bus.c vio/bus_tree.c vio/adapter.c vio/tce.c hv/lpar.c hv/icp.c hv/ics.c
// SOURCES: partition/tree_writer.c partition/tree_interrupt.c partition/model.c
// SOURCES: partition/plan_adapter.c partition/plan_property.c tests/unit/fake_machine.c
// The virtual bus: adapters come and go with the activation, their nodes, H_VIO_SIGNAL, H_VIOCTL.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "hmc/plan.h"
#include "hv/hcall.h"
#include "hv/machine.h"
#include "hv/page.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "partition/activation.h"
#include "partition/model.h"
#include "partition/partition.h"
#include "partition/plan_adapter.h"
#include "partition/tree.h"
#include "partition/tree_writer.h"
#include "tests/unit/fake_machine.h"
#include "vio/adapter.h"
#include "vio/bus.h"

/* Of the address sanitizer; gcc comes without its header. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define LPAR_ID	    7
#define MEMORY	    (16 * KiB)
#define WINDOW	    (16 * TCE_PAGE_SIZE)
#define UNIT(slot)  (VIO_UNIT_BASE + (slot))
#define IRQ(number) (XICS_FIRST_SOURCE + (number))

u8 real_memory[MEMORY] __aligned(4096);
u32 lmb_shift = 14;

static struct partition *partition;
static struct lpar *lpar;
static struct vp vp;
static u32 lmbs[1];
static u8 tree[64 * KiB] __aligned(8);
static u8 blob[16 * KiB] __aligned(8);

/* --- what the bus uses --- */

static u64 pages;
static bool no_pages;

void *page_alloc(u32 shift)
{
	void *page = no_pages ? NULL : malloc(1UL << shift);

	if (page) {
		memset(page, 0xff, 1UL << shift);
		pages += 1UL << shift;
	}
	return page;
}

void page_free(void *page, u32 shift)
{
	free(page);
	pages -= 1UL << shift;
}

u32 page_shift_for(u64 size)
{
	return size <= 128 ? 7 : 20;
}

u64 machine_timebase(void)
{
	return 0;
}

void vp_external_raise(struct vp *raised __unused)
{
}

/* --- kinds of adapters --- */

struct port {
	struct adapter adapter;
	struct plan_adapter plan;
	u64 zero;
};

static char events[256]; /* a letter and a slot each */
static u32 fail_slot;

static void event(char letter, const struct adapter *adapter)
{
	size_t used = strlen(events);

	snprintf(events + used, sizeof(events) - used, "%c%u ", letter, adapter->slot);
}

static void assert_events(const char *expected)
{
	assert_string_equal(events, expected);
	events[0] = '\0';
}

static bool port_open(struct adapter *adapter, const struct plan_adapter *plan, char *reason)
{
	struct port *port = (struct port *)adapter;

	assert_int_equal(port->zero, 0);
	assert_int_equal(adapter->slot, plan->slot);
	port->zero = 1;
	port->plan = *plan;
	if (plan->slot == fail_slot) {
		snprintf(reason, LPAR_REASON_SIZE, "the plug is bent");
		return false;
	}
	event('o', adapter);
	return true;
}

static void port_reset(struct adapter *adapter)
{
	/* Nobody has taken anything away yet. */
	assert_int_equal(adapter->window.nr_entries, adapter->type->window_size / TCE_PAGE_SIZE);
	event('r', adapter);
}

static void port_enabled(struct adapter *adapter, bool again __unused)
{
	event('e', adapter);
}

static void port_close(struct adapter *adapter)
{
	event('c', adapter);
}

static void port_tree(const struct adapter *adapter, struct tree_writer *writer)
{
	tree_put_cell(writer, "port", adapter->slot);
}

static const struct adapter_type eth_type = {
	.name = "l-lan",
	.device_type = "network",
	.compatible = "IBM,l-lan",
	.kind = PLAN_ADAPTER_ETH,
	.size = sizeof(struct port),
	.window_size = WINDOW,
	.nr_windows = 1,
	.open = port_open,
	.reset = port_reset,
	.enabled = port_enabled,
	.close = port_close,
	.tree = port_tree,
};
ADAPTER_TYPE(eth_type);

static const struct adapter_type scsi_type = {
	.name = "v-scsi-host",
	.device_type = "v-scsi-host",
	.compatible = "IBM,v-scsi-host",
	.kind = PLAN_ADAPTER_SCSI_SERVER,
	.size = sizeof(struct port),
	.window_size = 1UL << 29,
	.nr_windows = 2,
};
ADAPTER_TYPE(scsi_type);

static const struct adapter_type console_type = {
	.name = "vty",
	.device_type = "serial",
	.compatible = "hvterm1",
	.kind = PLAN_ADAPTER_CONSOLE,
	.size = sizeof(struct adapter),
	.signals = 1,
};
ADAPTER_TYPE(console_type);

static s64 vioctl_echo(struct vp *of, struct adapter *adapter)
{
	of->gpr[4] = of->gpr[6] + adapter->slot;
	return H_CONSTRAINED;
}
VIOCTL(0x42, vioctl_echo, &eth_type);

/* --- profiles --- */

static void profile_begin(u32 slots)
{
	assert_int_equal(fdt_create(blob, sizeof(blob)), 0);
	assert_int_equal(fdt_finish_reservemap(blob), 0);
	assert_int_equal(fdt_begin_node(blob, ""), 0);
	fdt_property_u32(blob, PLAN_PROP_VIRTUAL_SLOTS, slots);
}

static void profile_add(u32 slot, enum plan_adapter_kind kind)
{
	static const u8 mac[] = {2, 0, 0, 0, 0, 1};
	char name[16];

	snprintf(name, sizeof(name), PLAN_NODE_SLOT, slot);
	assert_int_equal(fdt_begin_node(blob, name), 0);
	fdt_property_u32(blob, PLAN_PROP_SLOT, slot);
	fdt_property_string(blob, PLAN_PROP_ADAPTER_TYPE, plan_adapter_name(kind));
	fdt_property_u32(blob, PLAN_PROP_REQUIRED, 1);
	fdt_property_u32(blob, PLAN_PROP_IEEE, 0);
	fdt_property_u32(blob, PLAN_PROP_PORT_VLAN_ID, slot);
	fdt_property_u32(blob, PLAN_PROP_TRUNK_PRIORITY, 0);
	fdt_property_string(blob, PLAN_PROP_VSWITCH, "SWITCH");
	fdt_property(blob, PLAN_PROP_MAC, mac, sizeof(mac));
	fdt_property_u32(blob, PLAN_PROP_REMOTE_LPAR, PLAN_PEER_ANY);
	fdt_property_u32(blob, PLAN_PROP_REMOTE_SLOT, PLAN_PEER_ANY);
	fdt_property_u32(blob, PLAN_PROP_SUPPORTS_HMC, 0);
	assert_int_equal(fdt_end_node(blob), 0);
}

static const char *profile_end(void)
{
	assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_finish(blob), 0);
	partition->profile = (struct plan_lpar){0};
	return plan_adapters_get(blob, 0, &partition->profile);
}

static const struct activation_part *part(void)
{
	assert_int_equal(__stop_activation_parts - __start_activation_parts, 1);
	return *__start_activation_parts;
}

static bool bus_open(char *reason)
{
	return part()->open(partition, reason);
}

static void open_ports(void)
{
	char reason[LPAR_REASON_SIZE] = "";

	profile_begin(20);
	profile_add(5, PLAN_ADAPTER_ETH);
	profile_add(3, PLAN_ADAPTER_ETH);
	profile_add(19, PLAN_ADAPTER_SCSI_SERVER);
	assert_null(profile_end());
	assert_int_equal(partition->profile.nr_adapters, 3);
	if (!bus_open(reason))
		fail_msg("%s", reason);
}

static int setup(void **state __unused)
{
	fake_machine_init();
	partition = calloc(1, sizeof(*partition));
	lpar = &partition->lpar;
	memset(&vp, 0, sizeof(vp));
	vp.lpar = lpar;
	lpar->id = LPAR_ID;
	lpar->nr_vps = 1;
	lpar->vps[0] = &vp;
	lpar->map.lmb = lmbs;
	lpar->map.nr_lmbs = 1;
	icp_reset(&vp);
	events[0] = '\0';
	fail_slot = 0;
	no_pages = false;
	return 0;
}

static int teardown(void **state __unused)
{
	part()->close(partition);
	assert_int_equal(pages, 0);
	/* Every source is free again. */
	for (u32 i = 0; i < XICS_MAX_SOURCES; i++)
		assert_false(ics_source_valid(lpar, IRQ(i)));
	free(partition);
	return 0;
}

static s64 hcall(u32 number, u64 r4, u64 r5, u64 r6, u64 r7, u64 r8)
{
	const u64 in[] = {r4, r5, r6, r7, r8};

	memcpy(&vp.gpr[4], in, sizeof(in));
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++)
		if (line->number == number)
			return line->handler(&vp);
	fail_msg("no handler for %#x", number);
	return 0;
}

/* --- lives --- */

static void adapters_come_and_go(void **state __unused)
{
	u64 before = __sanitizer_get_current_allocated_bytes();
	struct port *port;

	open_ports();
	assert_events("o5 o3 ");
	assert_int_equal(lpar->bus->nr_slots, 20);
	port = (struct port *)lpar->bus->slot[5];
	assert_ptr_equal(port->adapter.type, &eth_type);
	assert_ptr_equal(port->adapter.lpar, lpar);
	assert_int_equal(port->plan.eth.port_vlan_id, 5);
	assert_string_equal(port->plan.eth.vswitch, "SWITCH");
	assert_null(lpar->bus->slot[1]);
	assert_int_equal(part()->memory(partition),
			 sizeof(struct bus) + 20 * sizeof(void *) + sizeof(struct adapter) +
				 3 * sizeof(struct port) + 2 * 128 + 1 * MiB);
	assert_int_equal(pages, 2 * 128 + 1 * MiB);
	part()->reset(partition);
	assert_events("r3 r5 ");
	part()->close(partition);
	assert_events("r3 c3 r5 c5 ");
	assert_null(lpar->bus);
	part()->close(partition);
	assert_int_equal(__sanitizer_get_current_allocated_bytes(), before);
}

static void a_reset_is_like_new(void **state __unused)
{
	struct adapter *adapter;

	open_ports();
	adapter = lpar->bus->slot[3];
	tce_entry_set(&adapter->window, 0, TCE_READ);
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(3), 1, 0, 0, 0), H_SUCCESS);
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(0), 0, 0, 0, 0), H_SUCCESS);
	part()->reset(partition);
	assert_int_equal(tce_entry_get(&adapter->window, 0), 0);
	assert_int_equal(adapter->signals, 0);
	assert_int_equal(lpar->bus->slot[0]->signals, 1);
}

static void assert_no_bus(const char *expected)
{
	u64 before = __sanitizer_get_current_allocated_bytes();
	char reason[LPAR_REASON_SIZE] = "";

	assert_false(bus_open(reason));
	assert_string_equal(reason, expected);
	assert_null(lpar->bus);
	assert_int_equal(pages, 0);
	assert_int_equal(__sanitizer_get_current_allocated_bytes(), before);
}

static void what_cannot_be_leaves_nothing(void **state __unused)
{
	open_ports();
	part()->close(partition);
	fail_slot = 3;
	events[0] = '\0';
	assert_no_bus("virtual slot 3: the plug is bent");
	assert_events("o5 r5 c5 ");
	fail_slot = 0;
	no_pages = true;
	assert_no_bus("virtual slot 5: no memory for its DMA window");
	no_pages = false;
	while (ics_source_alloc(lpar) != XICS_SPURIOUS)
		;
	assert_no_bus("virtual slot 0: no interrupt source is left");
	for (u32 i = 0; i < XICS_MAX_SOURCES; i++)
		ics_source_free(lpar, IRQ(i));
	profile_begin(10);
	profile_add(4, PLAN_ADAPTER_SCSI_CLIENT);
	assert_null(profile_end());
	assert_no_bus("virtual slot 4: the hypervisor has no adapters of this kind");
}

static void every_slot_may_be_taken(void **state __unused)
{
	char reason[LPAR_REASON_SIZE] = "";

	profile_begin(PLAN_VIRTUAL_SLOTS_MAX);
	for (u32 slot = PLAN_SLOT_MIN; slot < 50; slot++)
		profile_add(slot, PLAN_ADAPTER_ETH);
	assert_null(profile_end());
	assert_true(bus_open(reason));
	for (u32 slot = PLAN_SLOT_MIN; slot < 50; slot++)
		assert_ptr_equal(adapter_find(lpar, UNIT(slot), &eth_type), lpar->bus->slot[slot]);
	assert_null(adapter_find(lpar, UNIT(50), NULL));
}

/* --- what a partition calls --- */

static void adapters_are_found(void **state __unused)
{
	static const u64 wrong[] = {
		0, 1, UNIT(1), UNIT(4), UNIT(20), UNIT(-1), 1UL << 32 | UNIT(3), ~0UL, 1UL << 63};
	u32 window;

	assert_null(adapter_find(lpar, UNIT(0), NULL));
	assert_null(adapter_find_window(lpar, bus_liobn(LPAR_ID, 3, 0), &window));
	open_ports();
	assert_ptr_equal(adapter_find(lpar, UNIT(3), NULL), lpar->bus->slot[3]);
	assert_ptr_equal(adapter_find(lpar, UNIT(3), &eth_type), lpar->bus->slot[3]);
	assert_null(adapter_find(lpar, UNIT(3), &scsi_type));
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_null(adapter_find(lpar, wrong[i], NULL));
	assert_ptr_equal(adapter_find_window(lpar, bus_liobn(LPAR_ID, 19, 0), &window),
			 lpar->bus->slot[19]);
	assert_int_equal(window, 0);
	assert_ptr_equal(adapter_find_window(lpar, bus_liobn(LPAR_ID, 19, 1), &window),
			 lpar->bus->slot[19]);
	assert_int_equal(window, 1);
	assert_null(adapter_find_window(lpar, bus_liobn(LPAR_ID, 19, 2), &window));
	assert_null(adapter_find_window(lpar, bus_liobn(LPAR_ID, 3, 1), &window));
	assert_null(adapter_find_window(lpar, bus_liobn(LPAR_ID, 0, 0), &window));
	assert_null(adapter_find_window(lpar, bus_liobn(LPAR_ID + 1, 3, 0), &window));
	for (u32 i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_null(adapter_find_window(lpar, wrong[i], &window));
}

/* Is there an interrupt of @irq for the partition? It is taken and ended. */
static bool interrupted(u32 irq)
{
	u32 xirr = icp_accept(&vp);

	icp_end(&vp, 0xff);
	if ((xirr & XIRR_XISR_MASK) == XICS_SPURIOUS)
		return false;
	assert_int_equal(xirr & XIRR_XISR_MASK, irq);
	ics_eoi(lpar, irq);
	return true;
}

static void interrupts_are_as_they_were_set(void **state __unused)
{
	struct adapter *adapter;

	open_ports();
	adapter = lpar->bus->slot[3];
	icp_set_cppr(&vp, 0xff);
	assert_true(ics_set_xive(lpar, adapter->irq, 0, 5));
	assert_true(ics_set_enabled(lpar, adapter->irq, true));
	adapter_signal(adapter);
	assert_false(interrupted(adapter->irq));
	/* What came while they were off does not come later, but its kind hears of it. */
	events[0] = '\0';
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(3), 1, 0, 0, 0), H_SUCCESS);
	assert_events("e3 ");
	assert_false(interrupted(adapter->irq));
	adapter_signal(adapter);
	assert_true(interrupted(adapter->irq));
	/* There is but one: the other bits are nobody's. */
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(3), ~1UL, 0, 0, 0), H_SUCCESS);
	assert_events("");
	adapter_signal(adapter);
	assert_false(interrupted(adapter->irq));
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(3), ~0UL, 0, 0, 0), H_SUCCESS);
	adapter_signal(adapter);
	assert_true(interrupted(adapter->irq));
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(4), 1, 0, 0, 0), H_PARAMETER);
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(20), 0, 0, 0, 0), H_PARAMETER);
	assert_int_equal(hcall(H_VIO_SIGNAL, 3, 0, 0, 0, 0), H_PARAMETER);
	/* One without a word about it. */
	assert_int_equal(hcall(H_VIO_SIGNAL, UNIT(19), 1, 0, 0, 0), H_SUCCESS);
}

static void subfunctions(void **state __unused)
{
	open_ports();
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), 0x42, 100, 0, 0), H_CONSTRAINED);
	assert_int_equal(vp.gpr[4], 103);
	assert_int_equal(hcall(H_VIOCTL, UNIT(19), 0x42, 100, 0, 0), H_PARAMETER);
	assert_int_equal(hcall(H_VIOCTL, UNIT(4), 0x42, 100, 0, 0), H_PARAMETER);
	assert_int_equal(hcall(H_VIOCTL, UNIT(4), 0x43, 100, 0, 0), H_NOT_FOUND);
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), 0, 0, 0, 0), H_NOT_FOUND);
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), 1UL << 32 | 1, 0, 0, 0), H_NOT_FOUND);
}

static void state_is_dumped(void **state __unused)
{
	struct adapter *adapter;
	u64 size;

	open_ports();
	adapter = lpar->bus->slot[3];
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP_SIZE, 0, 0, 0), H_SUCCESS);
	size = vp.gpr[4];
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(
			hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP_SIZE, i == 0, i == 1, i == 2),
			H_PARAMETER);
	memset(real_memory, 0xee, sizeof(real_memory));
	/* Through the window. */
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP, size << 32, 0, 0), H_PARAMETER);
	tce_entry_set(&adapter->window, 0, 0x1000 | TCE_WRITE);
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP, size << 32 | 16, 0, 0),
			 H_SUCCESS);
	assert_non_null(strstr((char *)&real_memory[0x1010], "l-lan slot 3"));
	assert_int_equal(real_memory[0x1010 + size], 0xee);
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP, 5UL << 32 | 0x800, 0, 0),
			 H_CONSTRAINED);
	assert_memory_equal(&real_memory[0x1800], "OpenL\xee", 6);
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP, size << 32 | 0xff0, 0, 0),
			 H_PARAMETER);
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP, 1UL << 56 | size << 32, 0, 0),
			 H_PARAMETER);
	assert_int_equal(hcall(H_VIOCTL, UNIT(3), VIOCTL_VIOA_DUMP, size << 32, 1, 0), H_PARAMETER);
	/* Without one, into a page. */
	assert_int_equal(hcall(H_VIOCTL, UNIT(0), VIOCTL_VIOA_DUMP, 0x2000, 0, 0), H_SUCCESS);
	assert_non_null(strstr((char *)&real_memory[0x2000], "vty slot 0"));
	assert_int_equal(hcall(H_VIOCTL, UNIT(0), VIOCTL_VIOA_DUMP, 0x2008, 0, 0), H_PARAMETER);
	assert_int_equal(hcall(H_VIOCTL, UNIT(0), VIOCTL_VIOA_DUMP, MEMORY, 0, 0), H_PARAMETER);
}

/* --- the tree --- */

static const void *property(const char *path, const char *name, int *size)
{
	const void *value = fdt_getprop(tree, fdt_path_offset(tree, path), name, size);

	if (!value)
		fail_msg("%s has no %s", path, name);
	return value;
}

static void assert_cells(const char *path, const char *name, u32 count, const u32 *expected)
{
	int size;
	const be32 *cell = property(path, name, &size);

	assert_int_equal(size, 4 * count);
	for (u32 i = 0; i < count; i++)
		assert_int_equal(be32_to_cpu(cell[i]), expected[i]);
}

#define CELLS(path, name, ...)                                               \
	assert_cells(path, name, sizeof((u32[]){__VA_ARGS__}) / sizeof(u32), \
		     (const u32[]){__VA_ARGS__})

static void assert_text(const char *path, const char *name, const char *expected)
{
	int size;
	const char *text = property(path, name, &size);

	assert_int_equal(size, strlen(expected) + 1);
	assert_string_equal(text, expected);
}

static int contribute(int size)
{
	int error = fdt_create_empty_tree(tree, size);

	for (tree_contributor *const *line = __start_tree_contributors;
	     line < __stop_tree_contributors && !error; line++)
		error = (*line)(partition, tree);
	return error;
}

static void check_bus_node(void)
{
	int size;
	const char *names;

	assert_text("/vdevice", "device_type", "vdevice");
	assert_text("/vdevice", "compatible", "IBM,vdevice");
	CELLS("/vdevice", "#address-cells", 1);
	CELLS("/vdevice", "#size-cells", 0);
	CELLS("/vdevice", "#interrupt-cells", 2);
	CELLS("/vdevice", "interrupt-ranges", XICS_FIRST_SOURCE, XICS_MAX_SOURCES);
	CELLS("/vdevice", "ibm,max-virtual-dma-size", 0x20200); /* in either byte order */
	assert_non_null(property("/vdevice", "interrupt-controller", &size));
	property("/vdevice", "ibm,drc-indexes", &size);
	assert_int_equal(size, 21 * 4);
	names = property("/vdevice", "ibm,drc-names", &size);
	assert_memory_equal(names, "\0\0\0\x14", 4);
	assert_string_equal(names + 4, "UPOWER8.TEST0001-V7-C0");
	assert_string_equal(names + 4 + strlen(names + 4) + 1, "UPOWER8.TEST0001-V7-C1");
	names = property("/vdevice", "ibm,drc-types", &size);
	assert_int_equal(size, 4 + 20 * 5);
	assert_memory_equal(names, "\0\0\0\x14SLOT\0SLOT", 13);
}

static void nodes_in_the_tree(void **state __unused)
{
	static const char *const vty = "/vdevice/vty@30000000";
	static const char *const lan = "/vdevice/l-lan@30000003";
	static const char *const host = "/vdevice/v-scsi-host@30000013";
	int size, bus, node;

	open_ports();
	assert_int_equal(contribute(sizeof(tree)), 0);
	check_bus_node();
	assert_text(vty, "device_type", "serial");
	assert_text(vty, "compatible", "hvterm1");
	assert_text(vty, "ibm,loc-code", "UPOWER8.TEST0001-V7-C0-T1");
	CELLS(vty, "reg", 0x30000000);
	CELLS(vty, "interrupts", lpar->bus->slot[0]->irq, 0);
	assert_null(fdt_getprop(tree, fdt_path_offset(tree, vty), "ibm,my-dma-window", &size));
	assert_text(lan, "device_type", "network");
	assert_text(lan, "compatible", "IBM,l-lan");
	assert_text(lan, "ibm,loc-code", "UPOWER8.TEST0001-V7-C3-T1");
	CELLS(lan, "reg", 0x30000003);
	CELLS(lan, "port", 3);
	CELLS(lan, "ibm,my-drc-index", 0x30000003);
	CELLS(lan, "interrupts", lpar->bus->slot[3]->irq, 0);
	CELLS(lan, "ibm,#dma-address-cells", 2);
	CELLS(lan, "ibm,#dma-size-cells", 2);
	CELLS(lan, "ibm,my-dma-window", bus_liobn(7, 3, 0), 0, 0, 0, WINDOW);
	CELLS(host, "ibm,my-dma-window", bus_liobn(7, 19, 0), 0, 0, 0, 0x20000000,
	      bus_liobn(7, 19, 1), 0, 0, 0, 0x20000000);
	/* In the order of their slots. */
	bus = fdt_path_offset(tree, "/vdevice");
	node = fdt_first_subnode(tree, bus);
	assert_string_equal(fdt_get_name(tree, node, NULL), "vty@30000000");
	node = fdt_next_subnode(tree, node);
	assert_string_equal(fdt_get_name(tree, node, NULL), "l-lan@30000003");
	assert_string_equal(fdt_get_name(tree, fdt_next_subnode(tree, node), NULL),
			    "l-lan@30000005");
	assert_text("/interrupt-controller", "compatible", "IBM,ppc-xicp");
	CELLS("/", "interrupt-parent", XICS_PHANDLE);
}

static void a_full_tree_is_an_error(void **state __unused)
{
	open_ports();
	assert_int_equal(contribute(sizeof(tree)), 0);
	for (int size = 64; size < 2500; size += 50)
		assert_int_equal(contribute(size), -FDT_ERR_NOSPACE);
}

static void locations(void **state __unused)
{
	char location[ADAPTER_LOCATION_SIZE];

	adapter_location(254, 255, location);
	assert_string_equal(location, "UPOWER8.TEST0001-V254-C255-T1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adapters_come_and_go),
		TEST(a_reset_is_like_new),
		TEST(what_cannot_be_leaves_nothing),
		TEST(every_slot_may_be_taken),
		TEST(adapters_are_found),
		TEST(interrupts_are_as_they_were_set),
		TEST(subfunctions),
		TEST(state_is_dumped),
		TEST(nodes_in_the_tree),
		TEST(a_full_tree_is_an_error),
		TEST(locations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
