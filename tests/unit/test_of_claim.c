// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/of.c partition/of_claim.c partition/of_instance.c partition/of_path.c
// SOURCES: partition/of_tree.c partition/cas.c partition/console.c partition/rtas.c
// SOURCES: partition/tree.c partition/tree_cpu.c partition/tree_memory.c partition/tree_writer.c
// SOURCES: hv/lpar.c tests/unit/fake_machine.c tests/unit/of_world.c
// SOURCES: partition/model.c
/* Memory of an Open Firmware client: claim, release and what is said to be available. */
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

/* --- memory --- */

static void assert_available(u32 count, const u64 *cells)
{
	be64 value[16];
	u32 i;

	assert_int_equal(
		client_getprop(client_finddevice("/memory@0"), "available", value, sizeof(value)),
		count * 8);
	for (i = 0; i < count; i++)
		assert_int_equal(be64_to_cpu(value[i]), cells[i]);
}

#define ASSERT_AVAILABLE(...)                               \
	do {                                                \
		const u64 cells[] = {__VA_ARGS__};          \
		assert_available(ARRAY_SIZE(cells), cells); \
	} while (0)

static void claims_are_exact(void **state __unused)
{
	assert_int_equal(client_claim(0x20000, 0x1000, 0), 0x20000);
	assert_int_equal(client_claim(0x20000, 0x1000, 0), NONE);
	assert_int_equal(client_claim(0x1ffff, 2, 0), NONE);
	assert_int_equal(client_claim(0x20fff, 2, 0), NONE);
	assert_int_equal(client_claim(0x1f000, 0x3000, 0), NONE);
	assert_int_equal(client_claim(0x21000, 0x1000, 0), 0x21000);
	assert_int_equal(client_claim(0x1f000, 0x1000, 0), 0x1f000);
	assert_int_equal(client_claim(WORLD_IMAGE, 1, 0), NONE);
	assert_int_equal(client_claim(WORLD_INITRD + WORLD_LMB - 1, 1, 0), NONE);
	assert_int_equal(client_claim(WORLD_INITRD + WORLD_LMB, 1, 0), WORLD_INITRD + WORLD_LMB);
	assert_int_equal(client_claim(0x30000, 0, 0), NONE);
	assert_int_equal(client_claim(OUTSIDE - 1, 1, 0), OUTSIDE - 1);
	assert_int_equal(client_claim(OUTSIDE - 2, 3, 0), NONE);
	assert_int_equal(client_claim(OUTSIDE, 1, 0), NONE);
	assert_int_equal(client_claim(0xfffff000u, 0xfffff000u, 0), NONE);
	assert_int_equal(client_claim(0x50000, 0xffffffffu, 0), NONE);
}

static void claims_anywhere_prefer_the_rmo(void **state __unused)
{
	u32 area = WORLD_RMO - WORLD_LMB;

	assert_int_equal(client_claim(0, 0x1000, 0x1000), area - 0x1000);
	assert_int_equal(client_claim(0, 0x1001, 0x1000), area - 0x3000);
	assert_int_equal(client_claim(0, 0xf00, 1), area - 0x1f00);
	assert_int_equal(client_claim(0, 0x1000, 3), NONE);
	assert_int_equal(client_claim(0, 0, 1), NONE);
	/* Nothing of that size is free in the RMO. */
	assert_int_equal(client_claim(0, 31 * WORLD_LMB, WORLD_LMB), 65 * WORLD_LMB);
	assert_int_equal(client_claim(0, 31 * WORLD_LMB, WORLD_LMB), NONE);
	assert_int_equal(client_claim(0, 0xffffffffu, 1), NONE);
}

static void available_is_what_nobody_has(void **state __unused)
{
	ASSERT_AVAILABLE(0, WORLD_IMAGE, WORLD_IMAGE + WORLD_LMB, 15 * WORLD_LMB,
			 WORLD_INITRD + WORLD_LMB, 30 * WORLD_LMB);
	client_claim(0, 0x1000, 0);
	client_claim(WORLD_IMAGE + WORLD_LMB, 15 * WORLD_LMB, 0);
	client_claim(WORLD_RMO, WORLD_LMB, 0);
	ASSERT_AVAILABLE(0x1000, WORLD_IMAGE - 0x1000, WORLD_INITRD + WORLD_LMB, 30 * WORLD_LMB);
	assert_true(client_release(WORLD_IMAGE, WORLD_LMB));
	ASSERT_AVAILABLE(0x1000, WORLD_IMAGE + WORLD_LMB - 0x1000, WORLD_INITRD + WORLD_LMB,
			 30 * WORLD_LMB);
}

static void release_takes_back_what_was_claimed(void **state __unused)
{
	client_claim(0x20000, 0x3000, 0);
	assert_false(client_release(0x20000, 0x3001));
	assert_false(client_release(0x1ffff, 2));
	assert_false(client_release(0x20000, 0));
	assert_false(client_release(0x40000, 1));
	assert_false(client_release(0xffffffffu, 0xffffffffu));
	assert_string_equal(world.traced, "release");
	assert_true(client_release(0x21000, 0x1000));
	assert_int_equal(client_claim(0x20fff, 1, 0), NONE);
	assert_int_equal(client_claim(0x22000, 1, 0), NONE);
	assert_int_equal(client_claim(0x21000, 0x1000, 0), 0x21000);
	assert_true(client_release(0x20000, 0x1000));
	assert_true(client_release(0x22000, 0x1000));
	assert_true(client_release(0x21000, 0x1000));
	assert_int_equal(client_claim(0x20000, 0x3000, 0), 0x20000);
}

static void too_many_claims_are_refused_and_change_nothing(void **state __unused)
{
	u32 i;

	for (i = 0; i < OF_MAX_CLAIMS - 3; i++)
		assert_int_equal(client_claim(0x10000 + i * 0x1000, 0x800, 0),
				 0x10000 + i * 0x1000);
	assert_int_equal(client_claim(0x9000, 0x100, 0), NONE);
	assert_int_equal(client_claim(0, 0x100, 0x1000), NONE);
	assert_false(client_release(0x10100, 0x100));
	assert_int_equal(client_claim(0x10800, 0x800, 0), 0x10800);
	assert_int_equal(client_claim(0x9000, 0x100, 0), 0x9000);
}

/* Random claims and releases against a map of pages. */
static void claims_agree_with_a_map(void **state __unused)
{
	u8 pages[1024] = {0};
	u32 i, j, from, count;
	bool free, used, done;

	of_reset(&partition);
	srandom(1275);
	for (i = 0; i < 20000; i++) {
		from = random() % 1024;
		count = 1 + random() % 40;
		free = used = from + count <= 1024;
		for (j = from; j < from + count && j < 1024; j++) {
			free = free && !pages[j];
			used = used && pages[j];
		}
		if (random() % 2) {
			done = client_claim(from * 4096, count * 4096, 0) == from * 4096;
			if (from + count > 1024 && done)
				client_release(from * 4096, count * 4096);
			else if (done != free)
				assert_int_equal(partition.of.nr_claims, OF_MAX_CLAIMS);
			if (done && from + count <= 1024)
				memset(pages + from, 1, count);
		} else {
			done = client_release(from * 4096, count * 4096);
			if (from + count <= 1024 && done != used)
				assert_int_equal(partition.of.nr_claims, OF_MAX_CLAIMS);
			if (done)
				memset(pages + from, 0, MIN(count, 1024 - from));
		}
		for (j = 1; j < partition.of.nr_claims; j++)
			assert_true(partition.of.claim[j - 1].end < partition.of.claim[j].base);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, world_setup)
	const struct CMUnitTest tests[] = {
		TEST(claims_are_exact),
		TEST(claims_anywhere_prefer_the_rmo),
		TEST(available_is_what_nobody_has),
		TEST(release_takes_back_what_was_claimed),
		TEST(too_many_claims_are_refused_and_change_nothing),
		TEST(claims_agree_with_a_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
