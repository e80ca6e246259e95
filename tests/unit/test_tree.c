// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/tree.c partition/tree_cpu.c partition/tree_memory.c partition/tree_writer.c
// SOURCES: partition/cas.c tests/unit/fake_machine.c
// SOURCES: partition/model.c
/* A partition's tree: well-formed, complete, and true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "partition/cas.h"
#include "partition/partition.h"
#include "partition/tree.h"
#include "tests/unit/fake_machine.h"

u32 lmb_shift = 24;

u64 lpar_mem_size(const struct lpar *lpar)
{
	return (u64)lpar->map.nr_lmbs << lmb_shift;
}

/* What would be negotiated is tests/unit/test_cas.c's. */
bool lpar_copy_in(const struct lpar *lpar __unused, void *to __unused, u64 logical __unused,
		  u64 length __unused)
{
	return false;
}

static s64 h_one(struct vp *vp __unused)
{
	return H_SUCCESS;
}
HCALL(0x1, h_one, "hcall-pft");

static s64 h_two(struct vp *vp __unused)
{
	return H_SUCCESS;
}
HCALL(0x2, h_two, "hcall-splpar");

static s64 h_three(struct vp *vp __unused)
{
	return H_SUCCESS;
}
HCALL(0x3, h_three, "hcall-pft");

static s64 h_four(struct vp *vp __unused)
{
	return H_SUCCESS;
}
HCALL(0x4, h_four, NULL);

static s32 rtas_first(struct rtas_call *call __unused)
{
	return 0;
}
RTAS_CALL("power-off", 2, 1, rtas_first);

static s32 rtas_second(struct rtas_call *call __unused)
{
	return 0;
}
RTAS_CALL("ibm,os-term", 1, 1, rtas_second);

static s32 rtas_third(struct rtas_call *call __unused)
{
	return 0;
}
RTAS_CALL("start-cpu", 3, 1, rtas_third);

static int vterm(const struct partition *partition __unused, void *fdt)
{
	int node = fdt_add_subnode(fdt, 0, "vdevice");

	fdt_setprop_u32(fdt, node, "#address-cells", 1);
	fdt_setprop_u32(fdt, node, "#size-cells", 0);
	node = fdt_add_subnode(fdt, node, "vty@30000000");
	fdt_setprop_u32(fdt, node, "reg", 0x30000000);
	return fdt_setprop_string(fdt, node, "device_type", "serial");
}
TREE_CONTRIBUTOR(vterm);

static int interrupts(const struct partition *partition __unused, void *fdt)
{
	int node = fdt_add_subnode(fdt, 0, "interrupt-controller");

	return fdt_setprop_u32(fdt, node, "phandle", 0x1111);
}
TREE_CONTRIBUTOR(interrupts);

static struct partition partition;
static void *fdt;

/* A partition of @lmbs LMBs with @vps processors, not built yet. */
static void prepare(bool open_firmware, u32 lmbs, u64 rmo_size, u32 vps)
{
	memset(&partition, 0, sizeof(partition));
	partition.lpar.id = 7;
	strcpy(partition.lpar.name, "lp7");
	partition.lpar.map.nr_lmbs = lmbs;
	partition.lpar.rmo_size = rmo_size;
	partition.lpar.nr_vps = vps;
	partition.lpar.procs.max_procs = 2 * vps;
	partition.lpar.hpt.shift = 22;
	partition.profile.boot_args = "console=hvc0 quiet";
	partition.profile.open_firmware = open_firmware;
	partition.rtas.base = open_firmware ? 0 : 0x3fff000;
	free(fdt);
	fdt = calloc(1, tree_size(&partition));
}

static void build(bool open_firmware, u32 lmbs, u64 rmo_size, u32 vps)
{
	prepare(open_firmware, lmbs, rmo_size, vps);
	assert_int_equal(tree_build(&partition, fdt, 0x2000000, 0x12345), 0);
	assert_int_equal(fdt_check_full(fdt, tree_size(&partition)), 0);
}

static const void *prop(const char *path, const char *name, int size)
{
	int node = fdt_path_offset(fdt, path), length;
	const void *value;

	if (node < 0)
		fail_msg("no node %s", path);
	value = fdt_getprop(fdt, node, name, &length);
	if (!value)
		fail_msg("%s has no %s", path, name);
	if (size >= 0 && length != size)
		fail_msg("%s of %s has %d bytes, not %d", name, path, length, size);
	return value;
}

static bool has(const char *path, const char *name)
{
	int node = fdt_path_offset(fdt, path);

	return node >= 0 && (!name || fdt_getprop(fdt, node, name, NULL));
}

static u32 cell(const char *path, const char *name, u32 index)
{
	const fdt32_t *cells = prop(path, name, -1);

	return fdt32_ld(cells + index);
}

static void assert_cells(const char *path, const char *name, const u32 *expected, u32 count)
{
	u32 i;

	prop(path, name, (int)count * 4);
	for (i = 0; i < count; i++)
		assert_int_equal(cell(path, name, i), expected[i]);
}

#define ASSERT_CELLS(path, name, ...)                                     \
	do {                                                              \
		const u32 expected[] = {__VA_ARGS__};                     \
		assert_cells(path, name, expected, ARRAY_SIZE(expected)); \
	} while (0)

static void root_says_what_the_partition_is(void **state __unused)
{
	build(false, 16, 128 * MiB, 1);
	ASSERT_CELLS("/", "#address-cells", 2);
	ASSERT_CELLS("/", "#size-cells", 2);
	ASSERT_CELLS("/", "ibm,partition-no", 7);
	assert_string_equal(prop("/", "ibm,partition-name", 4), "lp7");
	assert_string_equal(prop("/", "device_type", 5), "chrp");
	assert_string_equal(prop("/", "model", -1), "OpenLPAR,POWER8");
	assert_string_equal(prop("/", "compatible", -1), "OpenLPAR,POWER8");
	assert_int_equal(fdt_node_check_compatible(fdt, 0, "LoPAR-2.9-OpenLPAR-1"), 0);
	assert_string_equal(prop("/", "system-id", -1), "TEST0001");
	ASSERT_CELLS("/", "ibm,partition-performance-parameters-level", 1);
	assert_true(has("/", "ibm,lpar-capable") && has("/", "ibm,linux-le-capable"));
	assert_true(has("/", "ibm,extended-address") && has("/", "ibm,converged-loc-codes"));
	assert_true(has("/openprom", NULL) && has("/options", NULL) && has("/aliases", NULL));
}

static void rtas_lists_exactly_what_exists(void **state __unused)
{
	const size_t length = sizeof("hcall-pft") + sizeof("hcall-splpar");
	const struct rtas_line *line;
	int rtas;

	build(false, 16, 128 * MiB, 1);
	rtas = fdt_path_offset(fdt, "/rtas");
	prop("/rtas", "ibm,hypertas-functions", length);
	assert_true(fdt_stringlist_search(fdt, rtas, "ibm,hypertas-functions", "hcall-pft") >= 0);
	assert_true(fdt_stringlist_search(fdt, rtas, "ibm,hypertas-functions", "hcall-splpar") >=
		    0);
	for (line = __start_rtas_calls; line < __stop_rtas_calls; line++)
		ASSERT_CELLS("/rtas", line->name, line - __start_rtas_calls + 1);
	assert_true(has("/rtas", "power-off") && has("/rtas", "start-cpu"));
	assert_true(has("/rtas", "ibm,extended-os-term"));
	ASSERT_CELLS("/rtas", "rtas-size", RTAS_STUB_SIZE);
	ASSERT_CELLS("/rtas", "rtas-version", 1);
	assert_int_equal(cell("/rtas", "rtas-error-log-max", 0), 2048);
	assert_int_not_equal(cell("/rtas", "rtas-event-scan-rate", 0), 0);
	ASSERT_CELLS("/rtas", "linux,rtas-base", 0x3fff000);
	ASSERT_CELLS("/rtas", "linux,rtas-entry", 0x3fff000);
}

/* Linux sets aside what it needs for processors that may come. */
static void capacity_is_what_the_profile_allows(void **state __unused)
{
	build(false, 512, 128 * MiB, 5);
	ASSERT_CELLS("/rtas", "ibm,lrdr-capacity", 2, 0, 0, 16 * MiB, 10);
	assert_int_equal(*(const u8 *)prop("/rtas", "ibm,rks-hcalls", 1), 0xe0);
}

/* The machine is one domain, and a home node says so with the levels of these. */
static void associativity_agrees_everywhere(void **state __unused)
{
	build(false, 512, 128 * MiB, 1);
	ASSERT_CELLS("/rtas", "ibm,associativity-reference-points", 4);
	ASSERT_CELLS("/rtas", "ibm,max-associativity-domains", 4, 1, 1, 1, 1);
	ASSERT_CELLS("/rtas", "ibm,current-associativity-domains", 4, 1, 1, 1, 1);
	ASSERT_CELLS("/cpus/PowerPC,POWER8@0", "ibm,associativity", 4, 0, 0, 0, 0);
}

static void flat_tree_is_ready_for_linux(void **state __unused)
{
	u64 address, size;

	build(false, 16, 128 * MiB, 1);
	assert_string_equal(prop("/chosen", "bootargs", -1), "console=hvc0 quiet");
	assert_string_equal(prop("/chosen", "linux,stdout-path", -1), "/vdevice/vty@30000000");
	assert_string_equal(prop("/chosen", "stdout-path", -1), "/vdevice/vty@30000000");
	ASSERT_CELLS("/chosen", "linux,initrd-start", 0, 0x2000000);
	ASSERT_CELLS("/chosen", "linux,initrd-end", 0, 0x2012345);
	assert_int_equal(fdt_boot_cpuid_phys(fdt), 0);
	assert_int_equal(fdt_num_mem_rsv(fdt), 2);
	fdt_get_mem_rsv(fdt, 0, &address, &size);
	assert_int_equal(address, 0x3fff000);
	assert_int_equal(size, RTAS_STUB_SIZE);
	fdt_get_mem_rsv(fdt, 1, &address, &size);
	assert_int_equal(address, 0x2000000);
	assert_int_equal(size, 0x12345);
	assert_true(fdt_totalsize(fdt) < 16 * KiB);
}

static void flat_tree_has_negotiated_everything(void **state __unused)
{
	const u8 *vec5;

	build(false, 16, 128 * MiB, 1);
	vec5 = prop("/chosen", "ibm,architecture-vec-5", 27);
	assert_int_equal(vec5[0], 25);
	assert_int_equal(vec5[2], 0xf2);
	assert_int_equal(vec5[5], 0x80);
	assert_int_equal(vec5[12], LPAR_MAX_VPS);
	assert_int_equal(vec5[22], 0x80);
	assert_int_equal(vec5[23] | vec5[24] | vec5[25] | vec5[26], 0);
}

static void no_initrd_leaves_no_trace(void **state __unused)
{
	prepare(false, 16, 128 * MiB, 1);
	assert_int_equal(tree_build(&partition, fdt, 0, 0), 0);
	assert_false(has("/chosen", "linux,initrd-start"));
	assert_false(has("/chosen", "linux,initrd-end"));
	assert_int_equal(fdt_num_mem_rsv(fdt), 1);
}

static void firmware_tree_leaves_the_rest_to_the_client(void **state __unused)
{
	build(true, 16, 128 * MiB, 1);
	assert_false(has("/chosen", "linux,initrd-start"));
	assert_false(has("/chosen", "linux,stdout-path"));
	assert_false(has("/chosen", "ibm,architecture-vec-5"));
	assert_false(has("/rtas", "linux,rtas-base"));
	assert_int_equal(fdt_num_mem_rsv(fdt), 0);
	assert_true(fdt_totalsize(fdt) == tree_size(&partition));
}

static void processors_are_what_the_machine_has(void **state __unused)
{
	const char *cpu = "/cpus/PowerPC,POWER8@1f";
	const u8 *pa;

	build(false, 16, 128 * MiB, 33);
	assert_true(has("/cpus/PowerPC,POWER8@0", NULL));
	assert_true(has("/cpus/PowerPC,POWER8@20", NULL));
	assert_false(has("/cpus/PowerPC,POWER8@21", NULL));
	ASSERT_CELLS(cpu, "reg", 31);
	ASSERT_CELLS(cpu, "ibm,ppc-interrupt-server#s", 31);
	assert_int_equal(cell(cpu, "ibm,ppc-interrupt-gserver#s", 0), 31);
	assert_string_equal(prop(cpu, "device_type", 4), "cpu");
	assert_string_equal(prop(cpu, "status", 5), "okay");
	ASSERT_CELLS(cpu, "cpu-version", 0x004d0200);
	ASSERT_CELLS(cpu, "timebase-frequency", 512000000);
	ASSERT_CELLS(cpu, "clock-frequency", 1000000000);
	ASSERT_CELLS(cpu, "ibm,pft-size", 0, 22);
	ASSERT_CELLS(cpu, "ibm,slb-size", 32);
	ASSERT_CELLS(cpu, "ibm,vmx", 2);
	ASSERT_CELLS(cpu, "ibm,dfp", 1);
	ASSERT_CELLS(cpu, "ibm,purr", 1);
	assert_false(has(cpu, "ibm,spurr"));
	assert_false(has(cpu, "ibm,pir"));
	assert_true(has(cpu, "64-bit"));
	ASSERT_CELLS(cpu, "ibm,processor-segment-sizes", 0x1c, 0x28, 0xffffffff, 0xffffffff);
	ASSERT_CELLS(cpu, "ibm,segment-page-sizes", 12, 0, 3, 12, 0, 16, 7, 24, 0x38, 16, 0x110, 2,
		     16, 1, 24, 8, 24, 0x100, 1, 24, 0);
	pa = prop(cpu, "ibm,pa-features", 26);
	assert_int_equal(pa[0], 24);
	assert_int_equal(pa[2], 0xf6);
	assert_int_equal(pa[2 + 20], 0x80);
	assert_int_equal(pa[2 + 22], 0);
}

static void memory_of_a_flat_tree_is_one_set(void **state __unused)
{
	const char *node = "/ibm,dynamic-reconfiguration-memory";

	build(false, 512, 128 * MiB, 1);
	ASSERT_CELLS("/memory@0", "reg", 0, 0, 0, 128 * MiB);
	assert_string_equal(prop("/memory@0", "device_type", -1), "memory");
	ASSERT_CELLS("/memory@0", "ibm,associativity", 4, 0, 0, 0, 0);
	ASSERT_CELLS(node, "ibm,lmb-size", 0, 16 * MiB);
	ASSERT_CELLS(node, "ibm,dynamic-memory-v2", 1, 504, 0, 128 * MiB, 0, 0, 0x28);
	ASSERT_CELLS(node, "ibm,associativity-lookup-arrays", 1, 4, 0, 0, 0, 0);
	assert_false(has("/memory@8000000", NULL));
}

static void memory_that_is_all_rmo_is_one_node(void **state __unused)
{
	build(false, 8, 128 * MiB, 1);
	ASSERT_CELLS("/memory@0", "reg", 0, 0, 0, 128 * MiB);
	assert_false(has("/ibm,dynamic-reconfiguration-memory", NULL));
	build(true, 8, 128 * MiB, 1);
	ASSERT_CELLS("/memory@0", "reg", 0, 0, 0, 128 * MiB);
	assert_false(has("/memory@8000000", NULL));
}

static void rmo_may_end_inside_an_lmb(void **state __unused)
{
	lmb_shift = 28;
	build(true, 2, 64 * MiB, 1);
	lmb_shift = 24;
	ASSERT_CELLS("/memory@0", "reg", 0, 0, 0, 64 * MiB, 0, 64 * MiB, 0, 192 * MiB);
	ASSERT_CELLS("/memory@10000000", "reg", 0, 256 * MiB, 0, 256 * MiB);
}

static void memory_of_a_firmware_tree_is_a_node_for_each_lmb(void **state __unused)
{
	char path[32];
	u64 base;

	build(true, 4096, 256 * MiB, 1);
	for (base = 256 * MiB; base < 64 * GiB; base += 16 * MiB) {
		snprintf(path, sizeof(path), "/memory@%lx", base);
		if (base % GiB != 0)
			continue;
		ASSERT_CELLS(path, "reg", base >> 32, (u32)base, 0, 16 * MiB);
		ASSERT_CELLS(path, "ibm,associativity", 4, 0, 0, 0, 0);
	}
	assert_true(has("/memory@fff000000", NULL));
	assert_false(has("/memory@1000000000", NULL));
}

static u32 count_memory_nodes(void)
{
	u32 count = 0;
	int node;

	fdt_for_each_subnode(node, fdt, 0)
		count += strncmp(fdt_get_name(fdt, node, NULL), "memory@", 7) == 0;
	return count;
}

static void negotiation_replaces_lmb_nodes(void **state __unused)
{
	struct cas cas;
	u32 rtas;

	cas_set_platform(&cas);
	build(true, 64, 128 * MiB, 2);
	assert_int_equal(count_memory_nodes(), 57);
	rtas = fdt_get_phandle(fdt, fdt_path_offset(fdt, "/rtas"));
	assert_int_equal(tree_negotiated(&partition, fdt, &cas), 0);
	assert_int_equal(fdt_check_full(fdt, tree_size(&partition)), 0);
	assert_int_equal(count_memory_nodes(), 1);
	ASSERT_CELLS("/ibm,dynamic-reconfiguration-memory", "ibm,dynamic-memory-v2", 1, 56, 0,
		     128 * MiB, 0, 0, 0x28);
	assert_memory_equal(prop("/chosen", "ibm,architecture-vec-5", 27), cas.vec5, 27);
	assert_int_equal(fdt_get_phandle(fdt, fdt_path_offset(fdt, "/rtas")), rtas);
	assert_true(has("/vdevice/vty@30000000", "phandle"));
	assert_true(has("/ibm,dynamic-reconfiguration-memory", "phandle"));
}

static void negotiation_without_drconf_keeps_lmb_nodes(void **state __unused)
{
	struct cas cas;

	cas_set_platform(&cas);
	cas.vec5[2] = 0xd0;
	cas.vmx = false;
	cas.dfp = false;
	cas.max_cpus = 3;
	build(true, 64, 128 * MiB, 8);
	assert_int_equal(tree_negotiated(&partition, fdt, &cas), 0);
	assert_int_equal(count_memory_nodes(), 57);
	assert_false(has("/ibm,dynamic-reconfiguration-memory", NULL));
	assert_true(has("/cpus/PowerPC,POWER8@2", NULL));
	assert_false(has("/cpus/PowerPC,POWER8@3", NULL));
	assert_false(has("/cpus/PowerPC,POWER8@7", NULL));
	assert_false(has("/cpus/PowerPC,POWER8@2", "ibm,vmx"));
	assert_false(has("/cpus/PowerPC,POWER8@0", "ibm,dfp"));
}

static bool promises(const char *set)
{
	int rtas = fdt_path_offset(fdt, "/rtas");

	return fdt_stringlist_search(fdt, rtas, "ibm,hypertas-functions", set) >= 0;
}

static void negotiation_without_sharing_promises_no_calls_for_it(void **state __unused)
{
	struct cas cas;

	cas_set_platform(&cas);
	build(true, 64, 128 * MiB, 2);
	assert_true(promises("hcall-pft") && promises("hcall-splpar"));
	cas.vec5[2] &= ~0x40;
	assert_int_equal(tree_negotiated(&partition, fdt, &cas), 0);
	assert_true(promises("hcall-pft"));
	assert_false(promises("hcall-splpar"));
	cas_set_platform(&cas);
	assert_int_equal(tree_negotiated(&partition, fdt, &cas), 0);
	assert_true(promises("hcall-pft") && promises("hcall-splpar"));
	assert_int_equal(fdt_check_full(fdt, tree_size(&partition)), 0);
}

static void last_negotiation_holds(void **state __unused)
{
	struct cas all, little;

	cas_set_platform(&all);
	cas_set_platform(&little);
	memset(&little.vec5[1], 0, sizeof(little.vec5) - 1);
	little.vmx = false;
	little.dfp = false;
	little.max_cpus = 1;
	build(true, 64, 128 * MiB, 4);
	assert_int_equal(tree_negotiated(&partition, fdt, &little), 0);
	ASSERT_CELLS("/cpus/PowerPC,POWER8@0", "ibm,segment-page-sizes", 12, 0, 1, 12, 0);
	assert_int_equal(tree_negotiated(&partition, fdt, &all), 0);
	assert_int_equal(count_memory_nodes(), 1);
	ASSERT_CELLS("/cpus/PowerPC,POWER8@3", "ibm,vmx", 2);
	ASSERT_CELLS("/cpus/PowerPC,POWER8@0", "ibm,dfp", 1);
	ASSERT_CELLS("/cpus/PowerPC,POWER8@3", "ibm,pft-size", 0, 22);
	assert_int_equal(cell("/cpus/PowerPC,POWER8@0", "ibm,segment-page-sizes", 2), 3);
	assert_int_equal(tree_negotiated(&partition, fdt, &little), 0);
	assert_int_equal(count_memory_nodes(), 57);
	assert_false(has("/ibm,dynamic-reconfiguration-memory", NULL));
	ASSERT_CELLS("/memory@3f000000", "reg", 0, 0x3f000000, 0, 16 * MiB);
	assert_true(has("/memory@3f000000", "phandle"));
	assert_false(has("/cpus/PowerPC,POWER8@1", NULL));
	assert_int_equal(fdt_check_full(fdt, tree_size(&partition)), 0);
}

static void negotiation_of_an_older_level_hides_what_is_newer(void **state __unused)
{
	static const u8 expected[] = {6, 0, 0xf6, 0x1f, 0xc7, 0x00, 0x80, 0xc0};
	const char *cpu = "/cpus/PowerPC,POWER8@0";
	struct cas cas;
	const u8 *pa;

	cas_set_platform(&cas);
	cas.cpu_version = CAS_LOGICAL_PVR_2_06;
	cas.pcr = PCR_V2_06;
	build(true, 64, 128 * MiB, 1);
	assert_int_equal(tree_negotiated(&partition, fdt, &cas), 0);
	ASSERT_CELLS(cpu, "cpu-version", 0x0f000003);
	assert_memory_equal(prop(cpu, "ibm,pa-features", sizeof(expected)), expected,
			    sizeof(expected));

	cas.cpu_version = CAS_LOGICAL_PVR_2_06_PLUS;
	build(true, 64, 128 * MiB, 1);
	assert_int_equal(tree_negotiated(&partition, fdt, &cas), 0);
	pa = prop(cpu, "ibm,pa-features", sizeof(expected));
	assert_int_equal(pa[2 + 3], 0xc0);

	cas.cpu_version = CAS_LOGICAL_PVR_2_07;
	cas.pcr = 0;
	build(true, 64, 128 * MiB, 1);
	assert_int_equal(tree_negotiated(&partition, fdt, &cas), 0);
	ASSERT_CELLS(cpu, "cpu-version", 0x0f000004);
	prop(cpu, "ibm,pa-features", 26);
}

static void every_node_has_a_phandle_of_its_own(void **state __unused)
{
	u8 seen[0x2000] = {0};
	u32 phandle, nodes = 0;
	int node;

	build(true, 64, 128 * MiB, 4);
	for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		phandle = fdt_get_phandle(fdt, node);
		assert_in_range(phandle, 1, sizeof(seen) - 1);
		assert_int_equal(seen[phandle]++, 0);
		nodes++;
	}
	assert_true(nodes > 60);
	assert_int_equal(fdt_get_phandle(fdt, fdt_path_offset(fdt, "/interrupt-controller")),
			 0x1111);
}

static void largest_partitions_fit(void **state __unused)
{
	static char args[2048];

	memset(args, 'x', sizeof(args) - 1);
	prepare(true, 65536, 256 * MiB, LPAR_MAX_VPS);
	partition.profile.boot_args = args;
	assert_int_equal(tree_build(&partition, fdt, 0x2000000, 1), 0);
	assert_true((u64)tree_size(&partition) * 100 < 65536 * 16 * MiB);
	prepare(false, 65536, 256 * MiB, LPAR_MAX_VPS);
	partition.profile.boot_args = args;
	assert_int_equal(tree_build(&partition, fdt, 0x2000000, 1), 0);
	assert_true(tree_size(&partition) <= 128 * KiB);
}

static int set_up(void **state __unused)
{
	fake_machine_init();
	return 0;
}

static int tear_down(void **state __unused)
{
	free(fdt);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_says_what_the_partition_is),
		cmocka_unit_test(rtas_lists_exactly_what_exists),
		cmocka_unit_test(capacity_is_what_the_profile_allows),
		cmocka_unit_test(associativity_agrees_everywhere),
		cmocka_unit_test(negotiation_without_sharing_promises_no_calls_for_it),
		cmocka_unit_test(flat_tree_is_ready_for_linux),
		cmocka_unit_test(flat_tree_has_negotiated_everything),
		cmocka_unit_test(no_initrd_leaves_no_trace),
		cmocka_unit_test(firmware_tree_leaves_the_rest_to_the_client),
		cmocka_unit_test(processors_are_what_the_machine_has),
		cmocka_unit_test(memory_of_a_flat_tree_is_one_set),
		cmocka_unit_test(memory_that_is_all_rmo_is_one_node),
		cmocka_unit_test(rmo_may_end_inside_an_lmb),
		cmocka_unit_test(memory_of_a_firmware_tree_is_a_node_for_each_lmb),
		cmocka_unit_test(negotiation_replaces_lmb_nodes),
		cmocka_unit_test(negotiation_without_drconf_keeps_lmb_nodes),
		cmocka_unit_test(last_negotiation_holds),
		cmocka_unit_test(negotiation_of_an_older_level_hides_what_is_newer),
		cmocka_unit_test(every_node_has_a_phandle_of_its_own),
		cmocka_unit_test(largest_partitions_fit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
