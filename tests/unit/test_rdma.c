// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/crq_world.c vio/crq.c vio/crq_hcall.c vio/vscsi.c vio/adapter.c vio/tce.c
// SOURCES: vio/tce_hcall.c vio/rdma_hcall.c partition/tree_writer.c
// Remote DMA: a server copies between its window and its client's, as far as both have mapped it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/crq_world.h"

#define READ	   1
#define WRITE	   2
#define BOTH	   3
#define CLIENT	   1
#define SERVER	   2
#define SLOT	   2
#define OTHER	   3 /* another client, and the server's slot for it */
#define OTHER_SLOT 3
#define QUEUE	   0x8000
#define BUFFER	   0x10000
#define PAGES	   34 /* LARGEST at any alignment */
#define LARGEST	   VIO_MAX_DMA_SIZE

static u64 local, remote; /* the server's windows */

static int setup(void **state __unused)
{
	local = world_liobn(SERVER, SLOT, 0);
	remote = world_liobn(SERVER, SLOT, 1);
	world_reset();
	world_client(CLIENT, SLOT, SERVER, SLOT);
	world_server(SERVER, SLOT, CLIENT, SLOT);
	for (u32 id = CLIENT; id <= SERVER; id++) {
		world_map(id, SLOT, QUEUE, 1, BOTH);
		world_map(id, SLOT, BUFFER, PAGES, BOTH);
		WORLD_CALL(id, H_REG_CRQ, world_unit(SLOT), QUEUE, CRQ_PAGE_SIZE);
		for (u32 i = 0; i < PAGES * 4096; i++)
			*world_memory(id, BUFFER + i) = (u8)(i * 7 + i / 251 + id * 101);
	}
	return 0;
}

static int teardown(void **state __unused)
{
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		world_stop(id);
	return 0;
}

static s64 copy(u64 length, u64 from, u64 from_ioba, u64 to, u64 to_ioba)
{
	return WORLD_CALL(SERVER, H_COPY_RDMA, length, from, from_ioba, to, to_ioba);
}

/* One copy with what is beside it. */
static void check_copy(u64 length, u64 from, u64 to)
{
	static u8 expected[PAGES * 4096];

	memcpy(expected, world_memory(SERVER, BUFFER), sizeof(expected));
	memcpy(expected + to, world_memory(CLIENT, BUFFER + from), length);
	assert_int_equal(copy(length, remote, BUFFER + from, local, BUFFER + to), H_SUCCESS);
	assert_memory_equal(world_memory(SERVER, BUFFER), expected, sizeof(expected));
}

static void test_lengths_and_alignments(void **state __unused)
{
	static const u64 lengths[] = {0, 1, 7, 8, 63, 512, 4095, 4096, 4097, 65536, LARGEST};
	static const u64 offsets[] = {0, 1, 5, 8, 4088, 4095};

	for (u32 i = 0; i < ARRAY_SIZE(lengths); i++)
		for (u32 from = 0; from < ARRAY_SIZE(offsets); from++)
			for (u32 to = 0; to < ARRAY_SIZE(offsets); to++)
				check_copy(lengths[i], offsets[from], offsets[to]);
}

static void test_directions(void **state __unused)
{
	assert_int_equal(copy(4096, local, BUFFER, remote, BUFFER + 9), H_SUCCESS);
	assert_memory_equal(world_memory(CLIENT, BUFFER + 9), world_memory(SERVER, BUFFER), 4096);
	assert_int_equal(copy(4096, local, BUFFER, local, BUFFER + 0x8000), H_SUCCESS);
	assert_memory_equal(world_memory(SERVER, BUFFER), world_memory(SERVER, BUFFER + 0x8000),
			    4096);
	assert_int_equal(copy(100, remote, BUFFER, remote, BUFFER + 0x1000), H_SUCCESS);
	assert_memory_equal(world_memory(CLIENT, BUFFER), world_memory(CLIENT, BUFFER + 0x1000),
			    100);
	assert_int_equal(copy(4096, local, BUFFER, local, BUFFER + 100), H_SUCCESS);
}

static void test_authority(void **state __unused)
{
	u64 client = world_liobn(CLIENT, SLOT, 0);

	assert_int_equal(copy(LARGEST + 1, remote, BUFFER, local, BUFFER), H_PARAMETER);
	assert_int_equal(copy(~0UL, remote, BUFFER, local, BUFFER), H_PARAMETER);
	assert_int_equal(copy(8, client, BUFFER, local, BUFFER), H_SOURCE_PARM);
	assert_int_equal(copy(8, local, BUFFER, client, BUFFER), H_DEST_PARM);
	assert_int_equal(copy(8, remote + 1, BUFFER, local, BUFFER), H_SOURCE_PARM);
	assert_int_equal(copy(8, local, BUFFER, local + (1UL << 32), BUFFER), H_DEST_PARM);
	assert_int_equal(copy(8, remote, ~0UL, local, BUFFER), H_SOURCE_PARM);
	assert_int_equal(copy(8, remote, 256 * MiB - 7, local, BUFFER), H_SOURCE_PARM);
	assert_int_equal(copy(8, remote, BUFFER, local, 256 * MiB - 7), H_DEST_PARM);
	/* A client has no second window, and nobody maps into the server's. */
	assert_int_equal(WORLD_CALL(CLIENT, H_COPY_RDMA, 8, client + 1, BUFFER, client, BUFFER),
			 H_SOURCE_PARM);
	assert_int_equal(WORLD_CALL(SERVER, H_PUT_TCE, remote, BUFFER, BOTH), H_PARAMETER);
}

static void test_permission(void **state __unused)
{
	world_map(CLIENT, SLOT, BUFFER, 1, WRITE);
	world_map(CLIENT, SLOT, BUFFER + 0x1000, 1, READ);
	world_map(SERVER, SLOT, BUFFER, 1, READ);
	world_map(SERVER, SLOT, BUFFER + 0x1000, 1, WRITE);
	assert_int_equal(copy(8, remote, BUFFER, local, BUFFER + 0x1000), H_PERMISSION);
	assert_int_equal(copy(8, remote, BUFFER + 0x1000, local, BUFFER + 0x1000), H_SUCCESS);
	assert_int_equal(copy(8, remote, BUFFER + 0x1000, local, BUFFER), H_PERMISSION);
	assert_int_equal(copy(8, local, BUFFER, remote, BUFFER), H_SUCCESS);
	assert_int_equal(copy(8, local, BUFFER, remote, BUFFER + 0x1000), H_PERMISSION);
	assert_int_equal(copy(8, local, BUFFER + 0x1000, remote, BUFFER), H_PERMISSION);
	assert_int_equal(copy(8, remote, BUFFER + 0x1ffc, local, BUFFER + 0x1ffc), H_SUCCESS);
	assert_int_equal(copy(8, remote, BUFFER + 0xffc, local, BUFFER + 0x3000), H_PERMISSION);
	assert_int_equal(copy(8, remote, 0x7000, local, BUFFER + 0x3000), H_PERMISSION);
}

/* The server's second window leads to nobody. */
static void check_shut(void)
{
	assert_int_equal(copy(8, remote, BUFFER, local, BUFFER), H_PERMISSION);
	assert_int_equal(copy(8, local, BUFFER, remote, BUFFER), H_PERMISSION);
	assert_int_equal(copy(8, remote, BUFFER, remote, BUFFER), H_PERMISSION);
	assert_int_equal(copy(8, remote, 256 * MiB - 7, local, BUFFER), H_SOURCE_PARM);
	assert_int_equal(copy(8, local, BUFFER, remote, 256 * MiB - 7), H_DEST_PARM);
	assert_int_equal(copy(8, local, BUFFER, local, BUFFER), H_SUCCESS);
	assert_int_equal(WORLD_CALL(SERVER, H_READ_RDMA, 8, remote, BUFFER), H_PERMISSION);
	assert_int_equal(WORLD_CALL(SERVER, H_WRITE_RDMA, 8, remote, BUFFER), H_PERMISSION);
	assert_int_equal(WORLD_CALL(SERVER, H_READ_RDMA, 8, remote, -8UL), H_SOURCE_PARM);
	assert_int_equal(WORLD_CALL(SERVER, H_WRITE_RDMA, 8, remote, -8UL), H_DEST_PARM);
}

static void test_not_connected(void **state __unused)
{
	assert_int_equal(WORLD_CALL(CLIENT, H_FREE_CRQ, world_unit(SLOT)), H_SUCCESS);
	check_shut();
	world_stop(CLIENT);
	check_shut();
}

/* A copy for the client that has gone does not reach the one that has come. */
static void test_stale(void **state __unused)
{
	u8 *event = world_memory(SERVER, QUEUE);
	static u8 expected[2][PAGES * 4096];

	world_restart(CLIENT);
	world_map(CLIENT, SLOT, QUEUE, 1, BOTH);
	world_map(CLIENT, SLOT, BUFFER, PAGES, BOTH);
	assert_int_equal(WORLD_CALL(CLIENT, H_REG_CRQ, world_unit(SLOT), QUEUE, CRQ_PAGE_SIZE),
			 H_SUCCESS);
	for (u32 id = CLIENT; id <= SERVER; id++)
		memcpy(expected[id - 1], world_memory(id, BUFFER), sizeof(expected[0]));
	check_shut();
	assert_int_equal(*event, CRQ_HEADER_EVENT);
	*event = 0;
	check_shut();
	for (u32 id = CLIENT; id <= SERVER; id++)
		assert_memory_equal(world_memory(id, BUFFER), expected[id - 1],
				    sizeof(expected[0]));
	assert_int_equal(WORLD_CALL(SERVER, H_SEND_CRQ, world_unit(SLOT),
				    (u64)CRQ_HEADER_INIT << CRQ_HEADER_SHIFT),
			 H_SUCCESS);
	check_copy(4096, 1, 2);
}

/* From one client of a server to another one, as long as both are there. */
static void test_between_clients(void **state __unused)
{
	u64 other = world_liobn(SERVER, OTHER_SLOT, 1);

	world_client(OTHER, SLOT, SERVER, OTHER_SLOT);
	world_server(SERVER, OTHER_SLOT, OTHER, SLOT);
	assert_int_equal(copy(8, remote, BUFFER, other, BUFFER), H_PERMISSION);
	world_map(SERVER, OTHER_SLOT, QUEUE + CRQ_PAGE_SIZE, 1, BOTH);
	world_map(OTHER, SLOT, QUEUE, 1, BOTH);
	world_map(OTHER, SLOT, BUFFER, 2, BOTH);
	assert_int_equal(WORLD_CALL(SERVER, H_REG_CRQ, world_unit(OTHER_SLOT),
				    QUEUE + CRQ_PAGE_SIZE, CRQ_PAGE_SIZE),
			 H_CLOSED);
	assert_int_equal(WORLD_CALL(OTHER, H_REG_CRQ, world_unit(SLOT), QUEUE, CRQ_PAGE_SIZE),
			 H_SUCCESS);
	assert_int_equal(copy(5000, remote, BUFFER + 3, other, BUFFER + 9), H_SUCCESS);
	assert_memory_equal(world_memory(OTHER, BUFFER + 9), world_memory(CLIENT, BUFFER + 3),
			    5000);
	assert_int_equal(copy(8, other, BUFFER, remote, BUFFER), H_SUCCESS);
	world_restart(CLIENT);
	assert_int_equal(copy(8, remote, BUFFER, other, BUFFER), H_PERMISSION);
	assert_int_equal(copy(8, other, BUFFER, remote, BUFFER), H_PERMISSION);
	assert_int_equal(copy(8, other, BUFFER, local, BUFFER), H_SUCCESS);
}

static void test_registers(void **state __unused)
{
	u64 *gpr = world[SERVER].vp.gpr;
	const u8 text[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!?.,+-*/=<";
	be64 word;

	memcpy(world_memory(CLIENT, BUFFER), text, RDMA_READ_MAX);
	assert_int_equal(WORLD_CALL(SERVER, H_READ_RDMA, RDMA_READ_MAX, remote, BUFFER), H_SUCCESS);
	for (u32 i = 0; i < RDMA_READ_MAX / 8; i++) {
		word = cpu_to_be64(gpr[4 + i]);
		assert_memory_equal(&word, text + 8 * i, 8);
	}
	assert_int_equal(WORLD_CALL(SERVER, H_READ_RDMA, RDMA_READ_MAX + 1, remote, BUFFER),
			 H_PARAMETER);
	assert_int_equal(WORLD_CALL(SERVER, H_READ_RDMA, 8, local, BUFFER), H_SOURCE_PARM);
	assert_int_equal(WORLD_CALL(SERVER, H_READ_RDMA, 8, remote, 0x7000), H_PERMISSION);
	assert_int_equal(WORLD_CALL(SERVER, H_WRITE_RDMA, 11, remote, BUFFER + 3,
				    0x4f70656e4c504152, 0x2e2e2e2121212121),
			 H_SUCCESS);
	assert_memory_equal(world_memory(CLIENT, BUFFER), "012OpenLPAR...efg", 17);
	assert_int_equal(WORLD_CALL(SERVER, H_WRITE_RDMA, RDMA_WRITE_MAX + 1, remote, BUFFER),
			 H_PARAMETER);
	assert_int_equal(WORLD_CALL(SERVER, H_WRITE_RDMA, 8, local, BUFFER), H_DEST_PARM);
	assert_int_equal(WORLD_CALL(SERVER, H_WRITE_RDMA, 8, remote, 256 * MiB), H_DEST_PARM);
	world_map(CLIENT, SLOT, BUFFER, 1, READ);
	assert_int_equal(WORLD_CALL(SERVER, H_WRITE_RDMA, 8, remote, BUFFER), H_PERMISSION);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_lengths_and_alignments),
		test(test_directions),
		test(test_authority),
		test(test_permission),
		test(test_not_connected),
		test(test_stale),
		test(test_between_clients),
		test(test_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
