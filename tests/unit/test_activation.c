// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/cede_hcall.c hv/dispatch.c hv/pick.c hv/late.c hv/dispatch_queue.c hv/frame.c
// SOURCES: hv/hcall.c
// SOURCES: hv/hpt.c
// SOURCES: hv/hpt_hcall.c hv/icp.c hv/ics.c hv/link.c hv/lmb.c hv/log.c hv/lpar.c hv/management.c
// SOURCES: hv/page.c hv/pool.c hv/ppp_hcall.c hv/pqueue.c hv/set_mode.c hv/share.c
// SOURCES: hv/splpar_hcall.c hv/stats.c hv/stream.c hv/trace.c hv/vp.c hv/vp_state.c hv/vpa.c
// SOURCES: hv/vpa_hcall.c hv/vphn_hcall.c hv/work.c hv/xics_hcall.c partition/activation.c
// SOURCES: partition/cas.c partition/console.c partition/image.c partition/nvram.c partition/of.c
// SOURCES: partition/of_claim.c partition/of_instance.c partition/of_path.c partition/of_tree.c
// SOURCES: partition/epow.c partition/image_store.c partition/refcode.c
// SOURCES: partition/partition.c partition/rtas.c partition/rtas_clock.c partition/rtas_cpu.c
// SOURCES: partition/rtas_display.c partition/rtas_event.c partition/rtas_nvram.c
// SOURCES: partition/rtas_power.c partition/rtas_sysparm.c partition/rtas_xics.c partition/tree.c
// SOURCES: partition/tree_cpu.c partition/tree_interrupt.c partition/tree_memory.c
// SOURCES: partition/tree_writer.c vio/bus.c vio/vterm.c tests/unit/fake_cpu.c
// SOURCES: tests/unit/fake_machine.c tests/unit/fake_tlb.c tests/unit/life_world.c
// SOURCES: vio/adapter.c vio/cable.c vio/vterm_server.c vio/bus_tree.c vio/tce.c partition/plan.c
// SOURCES: partition/plan_adapter.c partition/plan_property.c partition/model.c
// What an activation makes: where everything is in memory, what the first processor begins with,
// and what is said when it cannot be done.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "hv/lmb.h"
#include "hv/msr.h"
#include "hv/page.h"
#include "tests/unit/fake_tlb.h"
#include "tests/unit/life_world.h"

#define GAP (16 * MiB) /* what is left to the image behind its end */

static struct partition *partition;
static u8 initrd[20 * MiB];

static int setup(void **state)
{
	world_setup(state);
	partition = world_partition(1);
	return 0;
}

static void put_initrd(u64 size)
{
	for (u64 i = 0; i < size; i++)
		initrd[i] = (u8)(i * 7 | 1);
	partition->profile.image.initrd = initrd;
	partition->profile.image.initrd_size = size;
}

static void activate(void)
{
	partition_activate(partition);
	world_run_to(partition, partition->profile.open_firmware ? PARTITION_OPEN_FIRMWARE
								 : PARTITION_RUNNING);
}

static bool holds(u64 logical, const void *bytes, u64 length)
{
	static u8 copy[sizeof(initrd)];

	assert_true(length <= sizeof(copy));
	assert_true(lpar_copy_in(&partition->lpar, copy, logical, length));
	return memcmp(copy, bytes, length) == 0;
}

static void assert_image(void)
{
	assert_clear(partition, 0, WORLD_ENTRY);
	assert_true(holds(WORLD_ENTRY, world_image.byte + 0x100, WORLD_TEXT));
}

/* A cell or two of /chosen. */
static u64 chosen(const void *fdt, const char *name)
{
	int length;
	const fdt32_t *cell = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), name, &length);

	assert_non_null(cell);
	return length == 4 ? fdt32_ld(cell) : (u64)fdt32_ld(cell) << 32 | fdt32_ld(cell + 1);
}

static const struct vp *first(void)
{
	return partition->lpar.vps[0];
}

/* --- the flat way --- */

/* The tree that the processor gets, after a look at what is around it. */
static const void *check_flat_start(void)
{
	const struct vp *vp = first();
	u64 tree = vp->gpr[3], rmo = partition->lpar.rmo_size;
	const void *fdt = lpar_ptr(&partition->lpar, tree, 1);

	assert_int_equal(vp->pc, WORLD_ENTRY);
	assert_int_equal(vp->msr, MSR_SF | MSR_ME);
	assert_int_equal(vp->gpr[4], WORLD_ENTRY);
	for (u32 i = 0; i < 32; i++)
		if (i < 3 || i > 4)
			assert_int_equal(vp->gpr[i], 0);
	assert_int_equal(tree % (64 * KiB), 0);
	assert_in_range(tree, rmo - 256 * KiB, rmo - 64 * KiB);
	assert_int_equal(fdt_check_header(fdt), 0);
	assert_true(tree + fdt_totalsize(fdt) <= rmo - RTAS_STUB_SIZE);
	assert_int_equal(partition->rtas.base, rmo - RTAS_STUB_SIZE);
	assert_clear(partition, tree + fdt_totalsize(fdt), rmo - RTAS_STUB_SIZE);
	return fdt;
}

static void test_flat(void **state)
{
	const void *fdt;

	(void)state;
	activate();
	fdt = check_flat_start();
	assert_image();
	assert_clear(partition, WORLD_ENTRY + WORLD_TEXT, first()->gpr[3]);
	assert_clear(partition, partition->lpar.rmo_size, 64 * MiB);
	assert_string_equal(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL),
			    "quiet");
	assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", NULL));
	assert_in_range(first()->state, VP_RUNNABLE, VP_RUNNING);
	assert_int_equal(partition->lpar.vps[1]->state, VP_STOPPED);
}

static void test_flat_initrd_below_the_tree(void **state)
{
	const void *fdt;
	u64 base;

	(void)state;
	put_initrd(3 * MiB + 5);
	activate();
	fdt = check_flat_start();
	base = chosen(fdt, "linux,initrd-start");
	assert_int_equal(base % (64 * KiB), 0);
	assert_in_range(base, first()->gpr[3] - 4 * MiB, first()->gpr[3] - 3 * MiB);
	assert_int_equal(chosen(fdt, "linux,initrd-end"), base + 3 * MiB + 5);
	assert_true(holds(base, initrd, 3 * MiB + 5));
	assert_image();
	assert_clear(partition, WORLD_ENTRY + WORLD_TEXT, base);
}

/* The RMO has no room for it beside what the image may use. */
static void test_flat_initrd_behind_the_rmo(void **state)
{
	const void *fdt;
	u64 base;

	(void)state;
	put_initrd(15 * MiB);
	activate();
	fdt = check_flat_start();
	base = chosen(fdt, "linux,initrd-start");
	assert_int_equal(base, 49 * MiB);
	assert_true(holds(base, initrd, 15 * MiB));
	assert_clear(partition, 32 * MiB, base);
}

static void assert_error(const char *reason)
{
	struct holdings before = world_holdings();

	partition_activate(partition);
	world_run_to(partition, PARTITION_ERROR);
	assert_string_equal(partition->reason, reason);
	world_run(2);
	assert_nothing_held(partition);
	assert_holdings(before);
	partition_power_off(partition);
	world_run(2);
	assert_int_equal(partition->state, PARTITION_NOT_ACTIVATED);
	assert_holdings(before);
}

/*
 * All of the memory is RMO, with RTAS and the tree at its end: an initrd that does not fit below
 * them with the image's share has no place.
 */
static void test_flat_initrd_has_no_place(void **state)
{
	(void)state;
	partition->profile.mem = 32 * MiB;
	put_initrd(15 * MiB);
	assert_error("initrd of 15728640 bytes does not fit behind the image");
	/* Behind the RMO there is a little, but not enough. */
	partition->profile.mem = 48 * MiB;
	put_initrd(16 * MiB + 1);
	assert_error("initrd of 16777217 bytes does not fit behind the image");
	put_initrd(16 * MiB);
	activate();
	check_flat_start();
	assert_true(holds(32 * MiB, initrd, 16 * MiB));
}

/* --- Open Firmware --- */

static void test_open_firmware(void **state)
{
	const struct vp *vp;

	(void)state;
	partition->profile.open_firmware = true;
	activate();
	vp = first();
	assert_int_equal(vp->pc, WORLD_ENTRY);
	/* LoPAR "Initial Register Values": 32-bit mode, machine checks and floating point on. */
	assert_int_equal(vp->msr, MSR_FP | MSR_ME);
	assert_int_equal(vp->gpr[3], 0);
	assert_int_equal(vp->gpr[4], 0);
	assert_int_equal(vp->gpr[6], 0);
	assert_int_equal(vp->gpr[7], 0);
	assert_in_range(vp->gpr[1], 32 * KiB, partition->lpar.rmo_size);
	assert_in_range(vp->gpr[5], 1, partition->lpar.rmo_size);
	assert_true(partition->of.active);
	assert_image();
	assert_clear(partition, WORLD_ENTRY + WORLD_TEXT, partition->lpar.rmo_size - 64 * KiB);
	assert_clear(partition, 32 * MiB, 64 * MiB);
}

static void check_open_firmware_initrd(u64 mem, u64 rmo, u64 size, u64 base)
{
	struct holdings before = world_holdings();

	partition->profile.open_firmware = true;
	partition->profile.mem = mem;
	partition->profile.rmo_size = rmo;
	put_initrd(size);
	activate();
	assert_int_equal(first()->gpr[3], base);
	assert_int_equal(first()->gpr[4], size);
	assert_true(holds(base, initrd, size));
	assert_image();
	/* What the firmware has for itself is nobody else's. */
	assert_true(first()->gpr[5] < base || first()->gpr[5] >= base + size);
	partition_power_off(partition);
	world_run(2);
	assert_holdings(before);
}

static void test_open_firmware_initrd(void **state)
{
	const u64 end = ALIGN_UP(WORLD_ENTRY + 0x10000, 64 * KiB);

	(void)state;
	/* Soon behind the image; if that is not in the RMO, at the end of memory. */
	check_open_firmware_initrd(128 * MiB, 64 * MiB, 5 * MiB, end + GAP);
	check_open_firmware_initrd(64 * MiB, 32 * MiB, 5 * MiB, 59 * MiB);
	check_open_firmware_initrd(64 * MiB, 32 * MiB, 20 * MiB, 44 * MiB);
	check_open_firmware_initrd(32 * MiB, 32 * MiB, 20 * MiB, 12 * MiB);
}

/* --- the real mode region --- */

static void check_rmo(u64 mem, u64 profile_size, u64 size)
{
	partition->profile.mem = mem;
	partition->profile.rmo_size = profile_size;
	activate();
	assert_int_equal(partition->lpar.rmo_size, size);
	assert_int_equal(
		(partition->lpar.rmo_real - fake_cpu.rmo_offset) % (size + fake_cpu.rmo_offset), 0);
	assert_int_equal(partition->lpar.lpcr, 8UL << LPCR_RMLS_SHIFT);
	for (u64 at = 0; at < size; at += WORLD_LMB)
		assert_int_equal(lpar_real(&partition->lpar, at), partition->lpar.rmo_real + at);
	for (u32 i = 0; i < partition->lpar.map.nr_lmbs; i++) {
		assert_int_equal(lmb_table[partition->lpar.map.lmb[i]].owner, 1);
		assert_int_equal(lmb_table[partition->lpar.map.lmb[i]].logical, i);
	}
	partition_power_off(partition);
	world_run(2);
}

static void test_rmo(void **state)
{
	(void)state;
	check_rmo(64 * MiB, 0, 32 * MiB);
	check_rmo(64 * MiB, 32 * MiB, 32 * MiB);
	check_rmo(64 * MiB, 64 * MiB, 64 * MiB);
	check_rmo(128 * MiB, 0, 128 * MiB);
	check_rmo(128 * MiB, 64 * MiB, 64 * MiB);
	/* Where the processor wants it behind its alignment. */
	fake_cpu.rmo_offset = 32 * MiB;
	check_rmo(64 * MiB, 32 * MiB, 32 * MiB);
}

/* --- what is charged --- */

static void test_accounts(void **state)
{
	struct holdings before = world_holdings(), now;
	u64 hpt, tree;

	(void)state;
	world_procs(partition, 40);
	activate();
	hpt = 1UL << partition->lpar.hpt.shift;
	tree = partition->tree_size;
	now = world_holdings();
	assert_int_equal(hpt, 1 * MiB); /* of 64 MiB; LoPAR asks for 1/64 */
	assert_in_range(tree, 64 * KiB, 256 * KiB);
	assert_int_equal(now.pages - before.pages,
			 hpt + tree + (1UL << page_shift_for(40 * sizeof(struct vp))));
	assert_int_equal(now.heap - before.heap, 4 * sizeof(u32) + world_bus_heap());
	assert_int_equal(partition->lpar.nr_vps, 40);
	for (u32 i = 0; i < 40; i++) {
		assert_int_equal(partition->lpar.vps[i]->number, i);
		assert_ptr_equal(partition->lpar.vps[i]->lpar, &partition->lpar);
		assert_false(icp_pending(partition->lpar.vps[i]));
	}
	partition_power_off(partition);
	world_run(2);
	assert_holdings(before);
}

/* A page table that was somebody else's memory is empty before anything is translated by it. */
static void test_page_table_is_empty(void **state)
{
	(void)state;
	for (u32 i = 0; i < 2; i++) {
		const u8 *table;

		if (i == 0)
			partition_activate(partition);
		else
			partition_reboot(partition);
		world_run_to(partition, PARTITION_RUNNING);
		table = (const u8 *)partition->lpar.hpt.table;
		assert_int_equal(table[0], 0);
		assert_memory_equal(table, table + 1, (1 * MiB) - 1);
		/* Every processor flushes its TLB before it runs the partition. */
		assert_int_equal(partition->lpar.tlb_stale, ~0U);
		partition->lpar.tlb_stale = 0;
		memset(partition->lpar.hpt.table, 0xee, 1 * MiB);
	}
}

/* --- the same once more --- */

static void spoil(struct vp *vp, u64 until)
{
	struct lpar *lpar = vp->lpar;

	for (u32 i = 0; i < lpar->map.nr_lmbs; i++)
		memset(lpar_ptr(lpar, i * WORLD_LMB, WORLD_LMB), 0xaa, WORLD_LMB);
	memset(vp->gpr, 0xaa, sizeof(vp->gpr));
	memset(&vp->spr, 0xaa, sizeof(vp->spr));
	vp->vpa = (struct vp_area){.logical = 48 * MiB, .length = 640};
	vp->msr = ~0UL;
	lpar->lpcr |= LPCR_ILE | LPCR_AIL;
	lpar->pcr = 2;
	icp_set_cppr(vp, 0xff);
	icp_set_mfrr(vp, 3);
	fake_cpu.now = until;
}

static void test_reboot_is_like_the_first_time(void **state)
{
	u64 lpcr;

	(void)state;
	put_initrd(3 * MiB);
	activate();
	lpcr = partition->lpar.lpcr;
	for (u32 i = 0; i < 3; i++) {
		world.turn = spoil;
		world_run(2);
		partition_reboot(partition);
		world.turn = NULL;
		world_run_to(partition, PARTITION_RUNNING);
		check_flat_start();
		assert_image();
		assert_clear(partition, 32 * MiB, 64 * MiB);
		assert_int_equal(partition->lpar.lpcr, lpcr);
		assert_int_equal(partition->lpar.pcr, 0);
		assert_int_equal(first()->vpa.logical, 0);
		assert_false(icp_pending(first()));
	}
}

/* Memory that others had in between, and a partition that had more of it. */
static void test_no_memory_is_seen_twice(void **state)
{
	struct partition *other = world_partition(2);

	(void)state;
	for (u32 i = 0; i < 3; i++) {
		partition_activate(other);
		world_run_to(other, PARTITION_RUNNING);
		world.turn = spoil;
		world_run(2);
		world.turn = NULL;
		partition_power_off(other);
		activate();
		check_flat_start();
		assert_image();
		assert_clear(partition, 32 * MiB, 64 * MiB);
		partition_power_off(partition);
		world_run(2);
	}
}

/* --- what cannot be done --- */

static void test_no_memory(void **state)
{
	u32 taken[WORLD_LMBS], n = 0;

	(void)state;
	partition->profile.mem = (WORLD_LMBS + 1) * WORLD_LMB;
	assert_error("400 MiB of memory are not free");
	partition->profile.mem = 256 * MiB;
	partition->profile.rmo_size = 256 * MiB;
	assert_error("no aligned run of 256 MiB of memory is free for the RMO");

	/* All LMBs are free that the partition wants, but none for the hypervisor's own tables. */

	world_setup(state);
	partition = world_partition(1);
	partition->profile.rmo_size = 32 * MiB;
	while (lmb_nr_free() > 4)
		taken[n++] = lmb_alloc(200, 0);
	assert_error("no memory for the hypervisor's own needs");
	/* One more is enough. */
	lmb_free(taken[--n]);
	activate();
	partition_power_off(partition);
	world_run(2);
	while (n)
		lmb_free(taken[--n]);
}

static void test_bad_images(void **state)
{
	(void)state;
	memset(world_image.byte, 'x', sizeof(world_image.byte));
	assert_error("image small: not an ELF file: it starts with 78 78 78 78");
	partition->profile.image.kernel_size = 3;
	assert_error("image small: not an ELF file: 3 bytes, its header alone has 64");

	world_setup(state);
	partition = world_partition(1);
	partition->profile.image.kernel_size = 0x120;
	assert_error("image small: truncated: segment 0 has 0x40 bytes at 0x100, file ends at "
		     "0x120");

	/* Bigger than the RMO; and just as big, so that nothing else has room in it. */
	elf_begin(&world_image, true, ELF_TYPE_EXEC, 0);
	elf_segment(&world_image, ELF_SEGMENT_EXEC, 0x100, 0, 0, 8, 32 * MiB + 1);
	partition->profile.image.kernel_size = sizeof(world_image.byte);
	assert_error("image small: too big: segment 0 takes 0x2000001 bytes at 0, room ends at "
		     "0x2000000");
	elf_begin(&world_image, true, ELF_TYPE_EXEC, 0);
	elf_segment(&world_image, ELF_SEGMENT_EXEC, 0x100, 0, 0, 8, 32 * MiB);
	assert_error("no room for the firmware in the RMO of 32 MiB");
	partition->profile.open_firmware = true;
	assert_error("no room for the firmware in the RMO of 32 MiB");
}

/* A tree that its place cannot hold: more processors than the RMO's end has room for. */
static void test_image_up_to_the_firmware(void **state)
{
	u64 tree;

	(void)state;
	activate();
	tree = first()->gpr[3];
	partition_power_off(partition);
	world_run(2);
	for (u32 more = 0; more < 2; more++) {
		elf_begin(&world_image, false, ELF_TYPE_EXEC, WORLD_ENTRY);
		elf_segment(&world_image, ELF_SEGMENT_EXEC, 0x100, WORLD_ENTRY, WORLD_ENTRY,
			    WORLD_TEXT, tree - GAP - WORLD_ENTRY + more);
		if (more) {
			assert_error("no room for the firmware in the RMO of 32 MiB");
			continue;
		}
		activate();
		check_flat_start();
		partition_power_off(partition);
		world_run(2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_flat, setup),
		cmocka_unit_test_setup(test_flat_initrd_below_the_tree, setup),
		cmocka_unit_test_setup(test_flat_initrd_behind_the_rmo, setup),
		cmocka_unit_test_setup(test_flat_initrd_has_no_place, setup),
		cmocka_unit_test_setup(test_open_firmware, setup),
		cmocka_unit_test_setup(test_open_firmware_initrd, setup),
		cmocka_unit_test_setup(test_rmo, setup),
		cmocka_unit_test_setup(test_accounts, setup),
		cmocka_unit_test_setup(test_page_table_is_empty, setup),
		cmocka_unit_test_setup(test_reboot_is_like_the_first_time, setup),
		cmocka_unit_test_setup(test_no_memory_is_seen_twice, setup),
		cmocka_unit_test_setup(test_no_memory, setup),
		cmocka_unit_test_setup(test_bad_images, setup),
		cmocka_unit_test_setup(test_image_up_to_the_firmware, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
