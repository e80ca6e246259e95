// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/of.c partition/of_claim.c partition/of_instance.c partition/of_path.c
// SOURCES: partition/of_tree.c partition/cas.c partition/console.c partition/rtas.c
// SOURCES: partition/tree.c partition/tree_cpu.c partition/tree_memory.c partition/tree_writer.c
// SOURCES: hv/lpar.c tests/unit/fake_machine.c tests/unit/of_world.c
// SOURCES: partition/model.c
/* ibm,client-architecture-support: what clients say, and what they get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "hv/machine.h"
#include "partition/cas.h"
#include "papr/of.h"
#include "tests/unit/of_world.h"

#define CPU0   "/cpus/PowerPC,POWER8@0"
#define DRCONF "/ibm,dynamic-reconfiguration-memory"

/* An ibm,architecture.vec being put together. */
static struct {
	u8 byte[8192];
	u32 size;
	u32 count_at; /* of the byte that counts the vectors */
} vec;

static void put_cells(u32 mask, u32 value)
{
	const be32 cells[] = {cpu_to_be32(mask), cpu_to_be32(value)};

	memcpy(vec.byte + vec.size, cells, sizeof(cells));
	vec.size += sizeof(cells);
}

static void begin(void)
{
	memset(&vec, 0, sizeof(vec));
}

static void end_pvrs(void)
{
	vec.count_at = vec.size++;
	vec.byte[vec.count_at] = 0xff;
}

/* Adds the next vector; returns where it is. */
static u8 *put_vector(u32 size, const u8 *bytes)
{
	u8 *vector = vec.byte + vec.size;

	vector[0] = size - 1;
	memcpy(vector + 1, bytes, size);
	vec.size += 1 + size;
	vec.byte[vec.count_at]++;
	return vector;
}

#define PUT_VECTOR(...)                                         \
	({                                                      \
		const u8 vector_bytes[] = {__VA_ARGS__};        \
		put_vector(sizeof(vector_bytes), vector_bytes); \
	})

/* Processors from POWER5 on and all levels, as Linux 6.1 knows them; the last is the terminator. */
static void put_linux_pvrs(bool power8)
{
	put_cells(0xfffe0000, 0x003a0000);
	put_cells(0xffff0000, 0x003e0000);
	put_cells(0xffff0000, 0x003f0000);
	if (power8) {
		put_cells(0xffff0000, 0x004b0000);
		put_cells(0xffff0000, 0x004c0000);
		put_cells(0xffff0000, 0x004d0000);
	}
	put_cells(0xffff0000, 0x004e0000);
	put_cells(0xffff0000, 0x00800000);
	put_cells(0xffffffff, 0x0f000006);
	put_cells(0xffffffff, 0x0f000005);
	put_cells(0xffffffff, 0x0f000004);
	put_cells(0xffffffff, 0x0f000003);
	put_cells(0xffffffff, 0x0f000002);
	put_cells(0xfffffffe, 0x0f000001);
}

static u8 *levels, *cpu, *options;

/*
 * What a Debian kernel says: all levels; real mode and 512 MiB of RMA; floating point, VMX and
 * decimal floating point; 2048 processors; everything in vector 5 that it can use.
 */
static void put_linux_vectors(void)
{
	u8 name[256] = "Linux";

	end_pvrs();
	levels = PUT_VECTOR(0, 0xff, 0xc0);
	PUT_VECTOR(0x20, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 2, 0, 0xff, 0xff,
		   0xff, 0xff, 0, 48);
	cpu = PUT_VECTOR(0, 0xe0);
	PUT_VECTOR(0, 1);
	options = PUT_VECTOR(0, 0xf3, 0, 0xc0, 0xe0, 0x05, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0xe0, 0, 0,
			     0, 1, 0xc0, 0, 0, 0, 0);
	PUT_VECTOR(0, 0, 2);
	put_vector(sizeof(name), name);
}

static void put_linux(void)
{
	begin();
	put_linux_pvrs(true);
	put_linux_vectors();
}

/* The err? boolean of the call, with the structure at @address. */
static u32 negotiate_at(u32 address)
{
	u32 root = WORLD_CALL("open", world_string("/")), rets[2];

	world_call("call-method", 3, 2,
		   (u32[]){world_string("ibm,client-architecture-support"), root, address}, rets);
	assert_int_equal(rets[0], 0);
	return rets[1];
}

static u32 negotiate(void)
{
	/* Across the end of an LMB, behind the RMO. */
	u32 address = WORLD_RMO + WORLD_LMB - 60;

	world_write(address, vec.byte, vec.size);
	return negotiate_at(address);
}

static int node(const char *path)
{
	return fdt_path_offset(partition.tree, path);
}

static const u8 *vec5(void)
{
	int size;
	const u8 *bytes =
		fdt_getprop(partition.tree, node("/chosen"), "ibm,architecture-vec-5", &size);

	assert_non_null(bytes);
	assert_int_equal(size, bytes[0] + 2);
	return bytes;
}

static u32 cell(const char *path, const char *name)
{
	const void *value = fdt_getprop(partition.tree, node(path), name, NULL);

	assert_non_null(value);
	return fdt32_ld(value);
}

static bool has(const char *path, const char *name)
{
	return fdt_getprop(partition.tree, node(path), name, NULL) != NULL;
}

static void assert_agreed(u32 version, u64 pcr)
{
	assert_int_equal(world.fails, 0);
	assert_int_equal(world.refreshes, 1);
	assert_int_equal(cell(CPU0, "cpu-version"), version);
	assert_int_equal(cell("/cpus/PowerPC,POWER8@3", "cpu-version"), version);
	assert_int_equal(partition.lpar.pcr, pcr);
}

/* The client cannot run: nothing has been negotiated, and the reason has these words. */
static void assert_refused(const char *words)
{
	assert_int_equal(world.fails, 1);
	assert_non_null(strstr(world.reason, words));
	assert_false(has("/chosen", "ibm,architecture-vec-5"));
	assert_int_equal(partition.lpar.pcr, 0);
}

static void assert_malformed(u32 address)
{
	assert_int_equal(negotiate_at(address), 1);
	assert_int_equal(world.fails, 0);
	assert_int_equal(world.refreshes, 0);
	assert_false(has("/chosen", "ibm,architecture-vec-5"));
}

static int reset(void **state __unused)
{
	world_reset();
	return world.start;
}

/* --- what comes out --- */

static void linux_gets_what_there_is_and_no_more(void **state __unused)
{
	static const u8 expected[27] = {25, [2] = 0xf2, [5] = 0x80, [12] = 64, [22] = 0x80};

	put_linux();
	assert_int_equal(negotiate(), 0);
	assert_agreed(0x004d0200, 0);
	assert_memory_equal(vec5(), expected, sizeof(expected));
	assert_int_equal(cell(CPU0, "ibm,vmx"), 2);
	assert_int_equal(cell(CPU0, "ibm,dfp"), 1);
	assert_true(node(DRCONF) >= 0);
	assert_true(node("/memory@400000") < 0);
	assert_int_equal(fdt_check_full(partition.tree, partition.tree_size), 0);
}

static void nothing_is_on_that_was_not_asked_for(void **state __unused)
{
	put_linux();
	memset(options + 2, 0, 25);
	options[2] = 0x80;
	options[12] = 2;
	assert_int_equal(negotiate(), 0);
	assert_int_equal(vec5()[2], 0x80);
	assert_int_equal(vec5()[5], 0);
	assert_int_equal(vec5()[12], 2);
	assert_int_equal(vec5()[22], 0);
	assert_true(node(DRCONF) < 0);
	assert_true(node("/memory@400000") >= 0);
	assert_true(node("/cpus/PowerPC,POWER8@1") >= 0);
	assert_true(node("/cpus/PowerPC,POWER8@2") < 0);
	assert_int_equal(cell(CPU0, "ibm,segment-page-sizes"), 12);
}

static void drconf_needs_the_second_form(void **state __unused)
{
	put_linux();
	options[22] = 0x40;
	assert_int_equal(negotiate(), 0);
	assert_int_equal(vec5()[2], 0xd2);
	assert_int_equal(vec5()[22], 0);
	assert_true(node(DRCONF) < 0);
}

static void vector_that_is_ignored_leaves_all_to_the_platform(void **state __unused)
{
	begin();
	put_linux_pvrs(true);
	end_pvrs();
	PUT_VECTOR(0x80);
	PUT_VECTOR(0x80);
	PUT_VECTOR(0x80);
	PUT_VECTOR(0x80);
	PUT_VECTOR(0x80);
	assert_int_equal(negotiate(), 0);
	assert_agreed(0x004d0200, 0);
	assert_int_equal(vec5()[2], 0xf2);
	assert_int_equal(vec5()[12], 64);
	assert_true(has(CPU0, "ibm,vmx"));
}

static void short_vectors_leave_the_rest_off(void **state __unused)
{
	begin();
	put_linux_pvrs(true);
	end_pvrs();
	PUT_VECTOR(0, 0xff);
	PUT_VECTOR(0);
	PUT_VECTOR(0);
	PUT_VECTOR(0);
	PUT_VECTOR(0, 0xf0);
	assert_int_equal(negotiate(), 0);
	assert_int_equal(vec5()[2], 0xd0);
	assert_int_equal(vec5()[12], 64);
	assert_false(has(CPU0, "ibm,vmx"));
	assert_false(has(CPU0, "ibm,dfp"));
}

static void processors_are_never_all_gone(void **state __unused)
{
	put_linux();
	memset(options + 9, 0, 4);
	assert_int_equal(negotiate(), 0);
	assert_int_equal(vec5()[12], 1);
	assert_true(node(CPU0) >= 0);
	assert_true(node("/cpus/PowerPC,POWER8@1") < 0);
}

static void last_call_holds(void **state __unused)
{
	put_linux();
	options[2] = 0x90;
	cpu[2] = 0x80;
	levels[2] = 0xfe;
	assert_int_equal(negotiate(), 0);
	assert_int_equal(partition.lpar.pcr, PCR_V2_06);
	assert_false(has(CPU0, "ibm,vmx"));
	world.refreshes = 0;
	put_linux();
	assert_int_equal(negotiate(), 0);
	assert_agreed(0x004d0200, 0);
	assert_true(has(CPU0, "ibm,vmx"));
	assert_true(node(DRCONF) >= 0);
}

/* --- processor versions --- */

static void unknown_processor_shows_the_newest_known_level(void **state __unused)
{
	begin();
	put_linux_pvrs(false);
	put_linux_vectors();
	assert_int_equal(negotiate(), 0);
	assert_agreed(CAS_LOGICAL_PVR_2_07, 0);
}

static void older_clients_get_the_older_level(void **state __unused)
{
	begin();
	put_cells(0xffff0000, 0x003f0000);
	put_cells(0xffffffff, 0x0f100003);
	put_cells(0xffffffff, 0x0f000003);
	put_cells(0xfffffffe, 0x0f000001);
	put_linux_vectors();
	assert_int_equal(negotiate(), 0);
	assert_agreed(CAS_LOGICAL_PVR_2_06_PLUS, PCR_V2_06);

	world_reset();
	begin();
	put_cells(0xffffffff, 0x0f000003);
	put_cells(0xfffffffe, 0x0f000001);
	put_linux_vectors();
	assert_int_equal(negotiate(), 0);
	assert_agreed(CAS_LOGICAL_PVR_2_06, PCR_V2_06);
}

static void level_vector_restricts_the_version(void **state __unused)
{
	put_linux();
	levels[2] = 0xfe;
	assert_int_equal(negotiate(), 0);
	assert_agreed(CAS_LOGICAL_PVR_2_06, PCR_V2_06);

	/* The oldest that there is, unless the client would rather stop. */
	world_reset();
	put_linux();
	levels[2] = 0x80;
	assert_int_equal(negotiate(), 0);
	assert_agreed(CAS_LOGICAL_PVR_2_06, PCR_V2_06);

	world_reset();
	put_linux();
	levels[1] = CAS_VECTOR_CEASE;
	levels[2] = 0x80;
	negotiate();
	assert_refused("level");
}

static void list_may_be_a_single_terminator(void **state __unused)
{
	begin();
	put_cells(0x00000000, 0xffffffff);
	put_linux_vectors();
	assert_int_equal(negotiate(), 0);
	assert_agreed(0x004d0200, 0);

	world_reset();
	begin();
	put_cells(0xff000000, 0x0fffffff);
	put_linux_vectors();
	assert_int_equal(negotiate(), 0);
	assert_agreed(CAS_LOGICAL_PVR_2_07, 0);
}

static void client_that_knows_no_version_cannot_run(void **state __unused)
{
	begin();
	put_cells(0xffff0000, 0x003e0000);
	put_cells(0xfffffffe, 0x0f000001);
	put_linux_vectors();
	negotiate();
	assert_refused("processor");
}

/* --- policies --- */

static void client_without_partitioning_cannot_run(void **state __unused)
{
	put_linux();
	options[2] = 0x70;
	negotiate();
	assert_refused("logical partitioning");
}

static void client_may_stop_rather_than_share(void **state __unused)
{
	put_linux();
	options[2] = 0xb0;
	assert_int_equal(negotiate(), 0);
	assert_int_equal(vec5()[2], 0xb0);

	world_reset();
	put_linux();
	options[1] = CAS_VECTOR_CEASE;
	options[2] = 0xb0;
	negotiate();
	assert_refused("shared processors");
}

static void other_processors_must_be_stopped(void **state __unused)
{
	put_linux();
	world_write(WORLD_DATA, vec.byte, vec.size);
	vps[2].state = VP_CEDED;
	assert_malformed(WORLD_DATA);
	vps[2].state = VP_STOPPED;
	assert_int_equal(negotiate_at(WORLD_DATA), 0);
}

/* --- rubbish --- */

static void structure_must_be_the_partitions(void **state __unused)
{
	static const u32 bad[] = {WORLD_MEM, WORLD_MEM - 7, 0x80000000u, 0xffffffffu, 0xfffffff8u};
	u32 i;

	put_linux();
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_malformed(bad[i]);
	/* Every cut of it. */
	for (i = 1; i < vec.size; i++) {
		world_write(WORLD_MEM - i, vec.byte, i);
		assert_malformed(WORLD_MEM - i);
	}
	world_write(WORLD_MEM - vec.size, vec.byte, vec.size);
	assert_int_equal(negotiate_at(WORLD_MEM - vec.size), 0);
}

static void list_without_end_is_refused(void **state __unused)
{
	u32 i;

	begin();
	for (i = 0; i < 600; i++)
		put_cells(0xffffffff, 0x004d0200);
	world_write(WORLD_RMO, vec.byte, vec.size);
	assert_malformed(WORLD_RMO);
}

static void many_vectors_are_skipped(void **state __unused)
{
	u8 rest[256];
	u32 i;

	memset(rest, 0xff, sizeof(rest));
	put_linux();
	for (i = 7; i < 20; i++)
		put_vector(sizeof(rest), rest);
	assert_int_equal(negotiate(), 0);
	assert_agreed(0x004d0200, 0);
	/* More of them than there are. */
	world_reset();
	vec.byte[vec.count_at] = 0xff;
	world_write(WORLD_MEM - vec.size, vec.byte, vec.size);
	assert_malformed(WORLD_MEM - vec.size);
}

static void argument_is_needed(void **state __unused)
{
	u32 root = WORLD_CALL("open", world_string("/")), rets[2];

	world_call("call-method", 2, 2,
		   (u32[]){world_string("ibm,client-architecture-support"), root}, rets);
	assert_int_not_equal(rets[0], 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, reset)
	const struct CMUnitTest tests[] = {
		TEST(linux_gets_what_there_is_and_no_more),
		TEST(nothing_is_on_that_was_not_asked_for),
		TEST(drconf_needs_the_second_form),
		TEST(vector_that_is_ignored_leaves_all_to_the_platform),
		TEST(short_vectors_leave_the_rest_off),
		TEST(processors_are_never_all_gone),
		TEST(last_call_holds),
		TEST(unknown_processor_shows_the_newest_known_level),
		TEST(older_clients_get_the_older_level),
		TEST(level_vector_restricts_the_version),
		TEST(list_may_be_a_single_terminator),
		TEST(client_that_knows_no_version_cannot_run),
		TEST(client_without_partitioning_cannot_run),
		TEST(client_may_stop_rather_than_share),
		TEST(other_processors_must_be_stopped),
		TEST(structure_must_be_the_partitions),
		TEST(list_without_end_is_refused),
		TEST(many_vectors_are_skipped),
		TEST(argument_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
