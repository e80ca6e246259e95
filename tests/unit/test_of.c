// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/of.c partition/of_claim.c partition/of_instance.c partition/of_path.c
// SOURCES: partition/of_tree.c partition/cas.c partition/console.c partition/rtas.c
// SOURCES: partition/tree.c partition/tree_cpu.c partition/tree_memory.c partition/tree_writer.c
// SOURCES: hv/lpar.c tests/unit/fake_machine.c tests/unit/of_world.c
// SOURCES: partition/model.c
/* The Open Firmware client interface, used well and badly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "hv/machine.h"
#include "papr/hcall.h"
#include "papr/of.h"
#include "tests/unit/of_world.h"

#define NONE	OF_NOT_FOUND
#define OUTSIDE ((u32)WORLD_MEM)

/* --- the start --- */

static void start_gives_the_client_what_it_needs(void **state __unused)
{
	u32 chosen = client_finddevice("/chosen"), cpu, out;
	char path[64];

	assert_in_range(world.r5, 1, WORLD_RMO - 28);
	assert_true(IS_ALIGNED(world.r1, 16));
	assert_in_range(world.r1, OF_STACK_SIZE, WORLD_RMO - 32);
	assert_int_equal(client_claim((u32)world.r1 - OF_STACK_SIZE, 1, 0), NONE);
	assert_int_equal(client_claim((u32)world.r1 + 31, 1, 0), NONE);
	assert_int_equal(client_claim((u32)world.r5 + 24, 1, 0), NONE);
	assert_int_equal(world_get((u32)world.r5 + 12), 0x44000022);
	assert_int_equal(world.syncs, 1);
	assert_int_equal(world_get((u32)world.r5 + 24), 0x4e800020);

	out = client_getprop_cell(chosen, "stdout");
	assert_int_equal(client_getprop_cell(chosen, "stdin"), out);
	assert_int_equal(WORLD_CALL("instance-to-path", out, WORLD_DATA, 64), 21);
	world_read(WORLD_DATA, path, sizeof(path));
	assert_string_equal(path, "/vdevice/vty@30000000");
	cpu = WORLD_CALL("instance-to-package", client_getprop_cell(chosen, "cpu"));
	assert_int_equal(cpu, client_finddevice("/cpus/PowerPC,POWER8@0"));
	assert_int_equal(WORLD_CALL("instance-to-package", client_getprop_cell(chosen, "memory")),
			 client_finddevice("/memory@0"));
}

static void start_needs_room_in_the_rmo(void **state __unused)
{
	u64 r1, r5;

	of_reset(&partition);
	assert_true(of_claim(&partition, 0, WORLD_RMO - 32 * KiB));
	assert_int_equal(of_start(&partition, &r1, &r5), -1);
}

static void partition_with_a_flat_tree_has_no_firmware(void **state __unused)
{
	partition.profile.open_firmware = false;
	assert_int_equal(world_hcall(WORLD_BUFFER), H_FUNCTION);
}

/* --- the tree --- */

static void devices_are_found(void **state __unused)
{
	u32 root = client_finddevice("/"), vty = client_finddevice("/vdevice/vty@30000000");

	assert_int_equal(root, WORLD_CALL("peer", 0));
	assert_int_not_equal(vty, NONE);
	assert_int_equal(client_finddevice("/vdevice/vty"), vty);
	assert_int_equal(client_finddevice("/vdevice/@30000000"), vty);
	assert_int_equal(client_finddevice("/vdevice/vty@30000000:9600,8"), vty);
	assert_int_equal(client_finddevice("/vdevice:args/vty:more"), vty);
	assert_int_equal(client_finddevice("//vdevice//vty"), vty);
	assert_int_equal(client_finddevice("/vdevice/vty@30000001"), NONE);
	assert_int_equal(client_finddevice("/vdevice/@3000000"), NONE);
	assert_int_equal(client_finddevice("/nothing"), NONE);
	assert_int_equal(client_finddevice("vdevice"), NONE);
	assert_int_equal(client_finddevice(""), NONE);
	assert_int_equal(client_finddevice("/packages/elf-loader"), NONE);
}

static void aliases_are_followed_but_not_for_ever(void **state __unused)
{
	u32 aliases = client_finddevice("/aliases"), vty = client_finddevice("/vdevice/vty");

	client_setprop(aliases, "bus", "/vdevice", 9);
	client_setprop(aliases, "term", "bus/vty", 8);
	client_setprop(aliases, "ring", "ring", 5);
	client_setprop(aliases, "broken", "/vdevice", 8);
	assert_int_equal(client_finddevice("bus"), client_finddevice("/vdevice"));
	assert_int_equal(client_finddevice("bus/vty@30000000"), vty);
	assert_int_equal(client_finddevice("term"), vty);
	assert_int_equal(client_finddevice("term:args"), vty);
	assert_int_equal(client_finddevice("ring"), NONE);
	assert_int_equal(client_finddevice("ring/x"), NONE);
	assert_int_equal(client_finddevice("broken"), NONE);
}

static void phandles_are_those_of_the_tree(void **state __unused)
{
	u32 rtas = client_finddevice("/rtas");

	assert_int_equal(rtas,
			 fdt_get_phandle(partition.tree, fdt_path_offset(partition.tree, "/rtas")));
	assert_int_equal(client_getprop_cell(rtas, "phandle"), rtas);
	assert_int_equal(WORLD_CALL("parent", rtas), client_finddevice("/"));
	assert_int_equal(WORLD_CALL("parent", client_finddevice("/")), 0);
	assert_int_equal(WORLD_CALL("peer", client_finddevice("/")), 0);
	assert_int_equal(WORLD_CALL("child", rtas), 0);
	assert_int_equal(WORLD_CALL("child", 0xbad), 0);
	assert_int_equal(WORLD_CALL("peer", 0xbad), 0);
	assert_int_equal(WORLD_CALL("parent", 0xbad), 0);
	assert_int_equal(WORLD_CALL("peer", 0xffffffff), 0);
}

static void getprop_tells_the_whole_size_and_gives_what_fits(void **state __unused)
{
	u32 root = client_finddevice("/");
	char value[16] = "";

	assert_int_equal(client_getprop(root, "device_type", value, sizeof(value)), 5);
	assert_string_equal(value, "chrp");
	memset(value, 'x', sizeof(value));
	world_write(WORLD_DATA, value, sizeof(value));
	assert_int_equal(WORLD_CALL("getprop", root, world_string("device_type"), WORLD_DATA, 2),
			 5);
	world_read(WORLD_DATA, value, 4);
	assert_memory_equal(value, "chxx", 4);
	assert_int_equal(WORLD_CALL("getproplen", root, world_string("device_type")), 5);
	assert_int_equal(WORLD_CALL("getproplen", root, world_string("nothing")), NONE);
	assert_int_equal(WORLD_CALL("getprop", root, world_string("nothing"), WORLD_DATA, 4), NONE);
	assert_int_equal(WORLD_CALL("getprop", 0xbad, world_string("model"), WORLD_DATA, 4), NONE);
	assert_int_equal(
		client_getprop(client_finddevice("/memory@0"), "name", value, sizeof(value)), 7);
	assert_string_equal(value, "memory");
	assert_int_equal(WORLD_CALL("getproplen", client_finddevice("/rtas"),
				    world_string("ibm,lpar-capable")),
			 NONE);
	assert_int_equal(WORLD_CALL("getproplen", root, world_string("ibm,lpar-capable")), 0);
	assert_int_equal(world.traces, 0);
}

static u32 nextprop(u32 node, const char *name, char *next)
{
	u32 more = WORLD_CALL("nextprop", node, name ? world_string(name) : 0, WORLD_DATA);

	world_read(WORLD_DATA, next, 64);
	return more;
}

static void nextprop_goes_through_all(void **state __unused)
{
	u32 node = client_finddevice("/aliases");
	char name[64];

	assert_int_equal(nextprop(node, NULL, name), 1);
	assert_string_equal(name, "name");
	assert_int_equal(nextprop(node, "", name), 1);
	assert_string_equal(name, "name");
	assert_int_equal(nextprop(node, "name", name), 1);
	assert_string_equal(name, "phandle");
	assert_int_equal(nextprop(node, "phandle", name), 0);
	assert_string_equal(name, "");
	assert_int_equal(nextprop(node, "nothing", name), NONE);
	assert_int_equal(nextprop(0xbad, "", name), NONE);
}

static void setprop_adds_and_replaces(void **state __unused)
{
	u32 chosen = client_finddevice("/chosen");
	char value[16];

	assert_int_equal(client_setprop(chosen, "linux,stdout-path", "/abc", 5), 5);
	assert_int_equal(client_getprop(chosen, "linux,stdout-path", value, 16), 5);
	assert_string_equal(value, "/abc");
	assert_int_equal(client_setprop(chosen, "linux,stdout-path", "/longer", 8), 8);
	assert_int_equal(client_getprop(chosen, "linux,stdout-path", value, 16), 8);
	assert_int_equal(WORLD_CALL("setprop", chosen, world_string("empty"), 0, 0), 0);
	assert_int_equal(WORLD_CALL("getproplen", chosen, world_string("empty")), 0);
	assert_int_equal(client_finddevice("/chosen"), chosen);
	assert_int_equal(fdt_check_full(partition.tree, partition.tree_size), 0);
}

static void setprop_refuses_what_would_break_the_tree(void **state __unused)
{
	u32 chosen = client_finddevice("/chosen"), i, size = partition.tree_size;
	char name[16];

	assert_int_equal(client_setprop(chosen, "phandle", "\0\0\0\1", 4), NONE);
	assert_int_equal(client_setprop(chosen, "linux,phandle", "\0\0\0\1", 4), NONE);
	assert_int_equal(client_setprop(chosen, "name", "x", 2), NONE);
	assert_int_equal(client_setprop(chosen, "", "x", 2), NONE);
	assert_int_equal(client_setprop(0xbad, "x", "x", 2), NONE);
	assert_int_equal(WORLD_CALL("setprop", chosen, world_string("x"), WORLD_DATA, 5000), NONE);
	assert_int_equal(WORLD_CALL("setprop", chosen, world_string("x"), OUTSIDE - 4, 8), NONE);
	assert_int_equal(WORLD_CALL("setprop", chosen, world_string("x"), 0xfffffff0u, 0xfffffff0u),
			 NONE);
	assert_int_equal(WORLD_CALL("getproplen", chosen, world_string("x")), NONE);
	/* Until it is full. */
	for (i = 0; i < size / 4096 + 1; i++) {
		snprintf(name, sizeof(name), "full%u", i);
		if (WORLD_CALL("setprop", chosen, world_string(name), WORLD_DATA, 4096) == NONE)
			break;
	}
	assert_in_range(i, 1, size / 4096);
	assert_int_equal(fdt_check_full(partition.tree, partition.tree_size), 0);
	assert_int_equal(client_claim(0x10000, 0x1000, 0), 0x10000);
}

static void paths_are_full(void **state __unused)
{
	char path[32];

	assert_int_equal(WORLD_CALL("package-to-path", client_finddevice("/"), WORLD_DATA, 32), 1);
	world_read(WORLD_DATA, path, sizeof(path));
	assert_string_equal(path, "/");
	memset(path, 'x', sizeof(path));
	world_write(WORLD_DATA, path, sizeof(path));
	assert_int_equal(
		WORLD_CALL("package-to-path", client_finddevice("/vdevice/vty"), WORLD_DATA, 9),
		21);
	world_read(WORLD_DATA, path, sizeof(path));
	assert_memory_equal(path, "/vdevice/xxx", 12);
	assert_int_equal(WORLD_CALL("package-to-path", 0xbad, WORLD_DATA, 9), NONE);
	assert_int_equal(WORLD_CALL("canon", world_string("/vdevice/vty:1"), WORLD_DATA, 32), 21);
	world_read(WORLD_DATA, path, sizeof(path));
	assert_string_equal(path, "/vdevice/vty@30000000");
	assert_int_equal(WORLD_CALL("canon", world_string("/x"), WORLD_DATA, 32), NONE);
}

/* Copies a node and what is below it as a boot program does that flattens the tree. */
static void copy_node(void *copy, u32 node)
{
	char path[128] = "", name[64] = "", value[512];
	u32 size, child;

	size = WORLD_CALL("package-to-path", node, WORLD_DATA, sizeof(path));
	world_read(WORLD_DATA, path, sizeof(path));
	assert_int_equal(size, strlen(path));
	assert_int_equal(fdt_begin_node(copy, strrchr(path, '/') + 1), 0);
	while (nextprop(node, name, name) == 1) {
		if (strcmp(name, "name") == 0)
			continue;
		size = client_getprop(node, name, value, sizeof(value));
		assert_in_range(size, 0, sizeof(value));
		assert_int_equal(fdt_property(copy, name, value, size), 0);
	}
	for (child = WORLD_CALL("child", node); child; child = WORLD_CALL("peer", child))
		copy_node(copy, child);
	assert_int_equal(fdt_end_node(copy), 0);
}

static void client_can_copy_the_whole_tree(void **state __unused)
{
	void *copy = calloc(1, partition.tree_size);

	fdt_create(copy, partition.tree_size);
	fdt_finish_reservemap(copy);
	copy_node(copy, WORLD_CALL("peer", 0));
	fdt_finish(copy);
	assert_int_equal(fdt_pack(partition.tree), 0);
	assert_int_equal(fdt_size_dt_struct(copy), fdt_size_dt_struct(partition.tree));
	for (int a = 0, b = 0; a >= 0; a = fdt_next_node(copy, a, NULL)) {
		assert_string_equal(fdt_get_name(copy, a, NULL),
				    fdt_get_name(partition.tree, b, NULL));
		assert_int_equal(fdt_get_phandle(copy, a), fdt_get_phandle(partition.tree, b));
		b = fdt_next_node(partition.tree, b, NULL);
	}
	free(copy);
}

/* --- instances --- */

static void console_prints(void **state __unused)
{
	u32 out = client_getprop_cell(client_finddevice("/chosen"), "stdout");

	assert_int_equal(WORLD_CALL("write", out, world_string("hello"), 5), 5);
	assert_int_equal(WORLD_CALL("write", out, world_string(""), 0), 0);
	assert_memory_equal(world.output, "hello", 5);
	assert_int_equal(world.output_size, 5);
	assert_int_equal(WORLD_CALL("write", client_finddevice("/rtas"), world_string("x"), 1),
			 NONE);
	assert_int_equal(WORLD_CALL("write", out & ~0x40000000u, world_string("x"), 1), NONE);
	assert_int_equal(WORLD_CALL("write", out, OUTSIDE - 2, 3), NONE);
	assert_int_equal(WORLD_CALL("write", out, 0xffffffffu, 0xffffffffu), NONE);
	assert_int_equal(world.output_size, 5);
}

static void console_loses_nothing_when_it_is_full(void **state __unused)
{
	u32 out = client_getprop_cell(client_finddevice("/chosen"), "stdout"), i;
	char text[400];

	for (i = 0; i < sizeof(text); i++)
		text[i] = 'a' + i % 26;
	world.output_room = 7;
	assert_int_equal(WORLD_CALL("write", out, world_put(text, 400), 400), 400);
	assert_int_equal(world.output_size, 400);
	assert_memory_equal(world.output, text, 400);
}

static void console_reads(void **state __unused)
{
	u32 in = client_getprop_cell(client_finddevice("/chosen"), "stdin");
	char text[8] = "";

	assert_int_equal(WORLD_CALL("read", in, WORLD_DATA, 8), OF_NO_INPUT);
	world.input = "abc";
	assert_int_equal(WORLD_CALL("read", in, WORLD_DATA, 2), 2);
	world_read(WORLD_DATA, text, 2);
	assert_string_equal(text, "ab");
	assert_int_equal(WORLD_CALL("read", in, OUTSIDE - 1, 8), NONE);
	assert_int_equal(WORLD_CALL("read", in, WORLD_DATA, 8), 1);
	assert_int_equal(WORLD_CALL("read", client_finddevice("/"), WORLD_DATA, 8), NONE);
}

static void instances_come_from_open(void **state __unused)
{
	u32 rtas = WORLD_CALL("open", world_string("/rtas"));

	assert_int_not_equal(rtas, 0);
	assert_int_not_equal(rtas, client_finddevice("/rtas"));
	assert_int_equal(WORLD_CALL("instance-to-package", rtas), client_finddevice("/rtas"));
	assert_int_equal(WORLD_CALL("instance-to-package", client_finddevice("/rtas")), NONE);
	assert_int_equal(WORLD_CALL("instance-to-package", 0xffffffffu), NONE);
	assert_int_equal(WORLD_CALL("open", world_string("/nothing")), 0);
	assert_int_equal(world_call("close", 1, 0, (u32[]){rtas}, NULL), 0);
	assert_int_equal(world.traces, 0);
	assert_int_equal(world_call("close", 1, 0, (u32[]){0}, NULL), NONE);
}

static void rtas_is_instantiated(void **state __unused)
{
	u32 rtas = WORLD_CALL("open", world_string("/rtas")), base, rets[2];

	base = client_claim(0x30000, RTAS_STUB_SIZE, 0);
	world_call("call-method", 3, 2, (u32[]){world_string("instantiate-rtas"), rtas, base},
		   rets);
	assert_int_equal(rets[0], 0);
	assert_int_equal(rets[1], base);
	assert_int_equal(partition.rtas.base, base);
	assert_int_equal(world_get(base + 12), 0x44000022);
	world_call("call-method", 3, 2, (u32[]){world_string("instantiate-rtas"), rtas, WORLD_RMO},
		   rets);
	assert_int_not_equal(rets[0], 0);
	world_call("call-method", 2, 2, (u32[]){world_string("instantiate-rtas"), rtas}, rets);
	assert_int_not_equal(rets[0], 0);
	assert_int_equal(partition.rtas.base, base);
}

static void methods_belong_to_their_nodes(void **state __unused)
{
	u32 root = WORLD_CALL("open", world_string("/")), rets[2];

	world_call("call-method", 3, 2, (u32[]){world_string("instantiate-rtas"), root, 0x30000},
		   rets);
	assert_int_not_equal(rets[0], 0);
	assert_string_equal(world.traced, "instanti");
	world_call("call-method", 2, 2, (u32[]){world_string("set-colors"), root}, rets);
	assert_int_not_equal(rets[0], 0);
	world_call("call-method", 2, 2, (u32[]){world_string("instantiate-rtas"), 0xbad}, rets);
	assert_int_not_equal(rets[0], 0);
	assert_int_equal(WORLD_CALL("test-method", client_finddevice("/rtas"),
				    world_string("instantiate-rtas")),
			 0);
	assert_int_equal(
		WORLD_CALL("test-method", client_finddevice("/"), world_string("instantiate-rtas")),
		NONE);
	assert_int_equal(WORLD_CALL("test-method", client_finddevice("/"),
				    world_string("ibm,client-architecture-support")),
			 0);
}

/* --- the rest --- */

static void services_can_be_tested(void **state __unused)
{
	assert_int_equal(WORLD_CALL("test", world_string("getprop")), 0);
	assert_int_equal(WORLD_CALL("test", world_string("interpret")), NONE);
}

static void unknown_services_leave_a_trace(void **state __unused)
{
	assert_int_equal(WORLD_CALL("interpret", world_string("dev /")), NONE);
	assert_int_equal(world.traces, 1);
	assert_string_equal(world.traced, "interpre");
	assert_int_equal(WORLD_CALL("peer", 1, 2), NONE);
	assert_int_equal(world_call("peer", 0, 1, NULL, NULL), NONE);
	assert_int_equal(world.traces, 3);
	assert_int_equal(WORLD_CALL("a service with a name that is longer than any", 1), NONE);
	assert_int_equal(world.traces, 4);
}

static void time_passes(void **state __unused)
{
	world.timebase = 512000000UL * 3 + 512000 * 4;
	assert_int_equal(world_call("milliseconds", 0, 1, NULL, NULL), 3004);
}

static void client_quiesces_and_can_still_print(void **state __unused)
{
	u32 out = client_getprop_cell(client_finddevice("/chosen"), "stdout");

	assert_true(partition.of.active);
	assert_int_equal(world_call("quiesce", 0, 0, NULL, NULL), 0);
	assert_false(partition.of.active);
	assert_int_equal(partition.state, PARTITION_RUNNING);
	assert_int_equal(WORLD_CALL("write", out, world_string("bye"), 3), 3);
	partition.state = PARTITION_SHUTTING_DOWN;
	assert_int_equal(world_call("quiesce", 0, 0, NULL, NULL), 0);
	assert_int_equal(partition.state, PARTITION_SHUTTING_DOWN);
}

static void exit_ends_the_partition_and_boot_restarts_it(void **state __unused)
{
	WORLD_CALL("boot", world_string("disk"));
	assert_int_equal(world.reboots, 1);
	assert_int_equal(world.fails, 0);
	world_call("exit", 0, 0, NULL, NULL);
	assert_int_equal(world.fails, 1);
	assert_non_null(strstr(world.reason, "Open Firmware"));
}

static void argument_arrays_may_be_anywhere_and_nowhere(void **state __unused)
{
	static const u32 edges[] = {0,	     1,		  OUTSIDE - 12, OUTSIDE - 4,
				    OUTSIDE, 0x80000000u, 0xfffffffcu,	0xffffffffu};
	be32 array[5];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		assert_int_equal(world_hcall(edges[i]), -1);
	/* Across the end of an LMB, and with rubbish in the upper half of the register. */
	array[0] = cpu_to_be32(world_string("peer"));
	array[1] = cpu_to_be32(1);
	array[2] = cpu_to_be32(1);
	array[3] = cpu_to_be32(0);
	array[4] = cpu_to_be32(0xbad);
	world_write(WORLD_RMO + WORLD_LMB - 10, array, sizeof(array));
	assert_int_equal(world_hcall(0xffffffff00000000UL + WORLD_RMO + WORLD_LMB - 10), 0);
	assert_int_equal(world_get(WORLD_RMO + WORLD_LMB + 6), WORLD_CALL("peer", 0));
}

static void counts_are_checked(void **state __unused)
{
	static const u32 bad[][2] = {{1, 17}, {17, 1}, {0xffffffffu, 1}, {1, 0xffffffffu}};
	be32 array[3];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		array[0] = cpu_to_be32(world_string("peer"));
		array[1] = cpu_to_be32(bad[i][0]);
		array[2] = cpu_to_be32(bad[i][1]);
		world_write(WORLD_BUFFER, array, sizeof(array));
		assert_int_equal(world_hcall(WORLD_BUFFER), -1);
	}
	/* As many results as it likes: those that do not exist are 0. */
	u32 rets[16];

	memset(rets, 0xff, sizeof(rets));
	world_call("peer", 1, 16, (u32[]){0}, rets);
	assert_int_equal(rets[0], client_finddevice("/"));
	assert_int_equal(rets[1] | rets[15], 0);
}

static void strings_have_to_end(void **state __unused)
{
	char text[300];

	memset(text, 'x', sizeof(text));
	text[0] = '/';
	assert_int_equal(WORLD_CALL("finddevice", world_put(text, sizeof(text))), NONE);
	assert_int_equal(
		WORLD_CALL("getproplen", client_finddevice("/"), world_put(text, sizeof(text))),
		NONE);
	world_write(OUTSIDE - 5, "/rtas", 5);
	assert_int_equal(WORLD_CALL("finddevice", OUTSIDE - 5), NONE);
	world_write(OUTSIDE - 6, "/rtas", 6);
	assert_int_equal(WORLD_CALL("finddevice", OUTSIDE - 6), client_finddevice("/rtas"));
	assert_int_equal(WORLD_CALL("finddevice", 0xfffffff8u), NONE);
	assert_int_equal(WORLD_CALL("getprop", client_finddevice("/"), world_string("model"),
				    OUTSIDE - 1, 100),
			 NONE);
	assert_int_equal(
		WORLD_CALL("nextprop", client_finddevice("/"), world_string(""), OUTSIDE - 1),
		NONE);
	assert_int_equal(
		WORLD_CALL("package-to-path", client_finddevice("/rtas"), OUTSIDE - 1, 100), NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_setup)
	const struct CMUnitTest tests[] = {
		TEST(start_gives_the_client_what_it_needs),
		TEST(start_needs_room_in_the_rmo),
		TEST(partition_with_a_flat_tree_has_no_firmware),
		TEST(devices_are_found),
		TEST(aliases_are_followed_but_not_for_ever),
		TEST(phandles_are_those_of_the_tree),
		TEST(getprop_tells_the_whole_size_and_gives_what_fits),
		TEST(nextprop_goes_through_all),
		TEST(setprop_adds_and_replaces),
		TEST(setprop_refuses_what_would_break_the_tree),
		TEST(paths_are_full),
		TEST(client_can_copy_the_whole_tree),
		TEST(console_prints),
		TEST(console_loses_nothing_when_it_is_full),
		TEST(console_reads),
		TEST(instances_come_from_open),
		TEST(rtas_is_instantiated),
		TEST(methods_belong_to_their_nodes),
		TEST(services_can_be_tested),
		TEST(unknown_services_leave_a_trace),
		TEST(time_passes),
		TEST(client_quiesces_and_can_still_print),
		TEST(exit_ends_the_partition_and_boot_restarts_it),
		TEST(argument_arrays_may_be_anywhere_and_nowhere),
		TEST(counts_are_checked),
		TEST(strings_have_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
