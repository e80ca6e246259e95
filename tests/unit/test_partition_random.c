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
// Three partitions that do not all fit into the machine live at random: people activate them, power
// them off and restart them between any two steps; their processors start and stop one another,
// wait, register areas, write everywhere, end their partition in every way there is, and break.
// Whatever happens, the machine's memory is accounted for to the byte, and clean.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/page.h"
#include "papr/vpa.h"
#include "tests/unit/life_world.h"

#define PARTITIONS 3
#define STARTS	   300 /* of operating systems, in all */
#define FREE_LMBS  9   /* as many as the three want, but the hypervisor needs one too */
#define VPA	   0x10000

static struct partition *partition[PARTITIONS + 1];
static struct holdings empty; /* nobody has anything */
static u8 initrd[2 * MiB];

/* What has happened so far. */
static u32 starts, ends, errors;
static enum partition_state last[PARTITIONS + 1];

static u32 below(u32 n)
{
	return (u32)rand() % n;
}

/* --- what must hold between any two turns --- */

static u64 pages_of(const struct partition *of)
{
	if (of->activation.step == ACTIVATION_ALLOCATE)
		return 0;
	return (1UL << of->lpar.hpt.shift) + of->tree_size +
	       (1UL << page_shift_for(of->profile.procs.desired_procs * sizeof(struct vp)));
}

static size_t heap_of(const struct partition *of)
{
	return of->lpar.map.nr_lmbs * sizeof(u32) + (of->lpar.bus ? world_bus_heap() : 0);
}

static void check_partition(const struct partition *of)
{
	bool active = of->state == PARTITION_OPEN_FIRMWARE || of->state == PARTITION_RUNNING;

	if (of->activation.step == ACTIVATION_ALLOCATE)
		assert_nothing_held(of);
	else
		assert_int_equal(of->lpar.map.nr_lmbs, of->profile.mem / WORLD_LMB);
	assert_true(!active || of->activation.step == ACTIVATION_RUN);
	assert_true(of->state != PARTITION_NOT_ACTIVATED ||
		    of->activation.step == ACTIVATION_ALLOCATE);
	assert_int_equal(of->lpar.lock.held, 0);
	for (u32 i = 0; i < of->lpar.nr_vps; i++)
		assert_true(active || of->lpar.vps[i]->state == VP_STOPPED);
}

static void check_all(void)
{
	u64 pages = 0;
	size_t heap = 0;
	u32 lmbs = 0, pool = 0;

	for (u32 id = 1; id <= PARTITIONS; id++) {
		check_partition(partition[id]);
		pages += pages_of(partition[id]);
		heap += heap_of(partition[id]);
		lmbs += partition[id]->lpar.map.nr_lmbs;
	}
	for (u32 i = 1; i < WORLD_LMBS; i++)
		pool += lmb_table[i].owner == LMB_HYPERVISOR;
	assert_holdings((struct holdings){
		.lmbs = empty.lmbs + lmbs + pool,
		.pages = empty.pages + pages,
		.heap = empty.heap + heap,
	});
	assert_true(pages <= pool * WORLD_LMB);
}

/* --- people --- */

static void intervene(struct partition *of)
{
	switch (below(8)) {
	case 0:
		partition_power_off(of);
		break;
	case 1:
		partition_reboot(of);
		break;
	case 2:
		partition_fail(of, REFCODE_FATAL, "somebody pulled a plug");
		break;
	default:
		partition_activate(of);
	}
}

static bool watch(void)
{
	check_all();
	for (u32 id = 1; id <= PARTITIONS; id++) {
		enum partition_state state = partition[id]->state;

		if (state == last[id])
			continue;
		last[id] = state;
		if (state == PARTITION_ERROR)
			errors++;
		if (state == PARTITION_ERROR || state == PARTITION_SHUTTING_DOWN)
			ends++;
	}
	/* Now and then several at once. */
	if (below(100) == 0)
		do
			intervene(partition[1 + below(PARTITIONS)]);
		while (below(2));
	for (u32 id = 1; id <= PARTITIONS; id++) {
		/* Error lasts only until it has been noticed. */
		if (partition[id]->state == PARTITION_ERROR && below(4) == 0)
			partition_power_off(partition[id]);
		if (partition[id]->state == PARTITION_NOT_ACTIVATED && below(50) == 0)
			partition_activate(partition[id]);
	}
	return starts >= STARTS;
}

/* --- the partitions --- */

/* The first turn after a start: nothing of anybody is in the memory but what belongs there. */
static void look_around(struct vp *vp)
{
	struct partition *of = partition_of(vp->lpar);
	u64 initrd_end = of->activation.initrd_base + of->profile.image.initrd_size;
	u64 top = of->lpar.rmo_size, mem = lpar_mem_size(vp->lpar);

	starts++;
	assert_clear(of, 0, WORLD_ENTRY);
	if (of->profile.image.initrd_size == 0) {
		assert_clear(of, WORLD_ENTRY + WORLD_TEXT, top - 256 * KiB);
		assert_clear(of, top, mem);
	} else if (initrd_end <= top) {
		assert_clear(of, WORLD_ENTRY + WORLD_TEXT, of->activation.initrd_base);
		assert_clear(of, top, mem);
	} else {
		assert_clear(of, WORLD_ENTRY + WORLD_TEXT, top - 256 * KiB);
		assert_clear(of, initrd_end, mem);
	}
	vp->gpr[31] = 1; /* it has been here */
}

/* Something of its own everywhere, so that whoever finds it knows whose it was. */
static void write_about(struct vp *vp)
{
	struct lpar *lpar = vp->lpar;
	u64 mark = 0x1111111111111111UL * lpar->id;

	for (u32 i = 0; i < 64; i++)
		assert_true(lpar_copy_out(lpar, below((u32)(lpar_mem_size(lpar) - 8)), &mark,
					  sizeof(mark)));
	memset(&vp->gpr[14], (int)lpar->id, 8 * sizeof(u64));
	memset(&vp->fp, (int)lpar->id, sizeof(vp->fp));
}

static void register_area(struct vp *vp)
{
	be32 size = cpu_to_be32(640 << 16);

	lpar_copy_out(vp->lpar, VPA + VPA_SIZE_OFFSET, &size, sizeof(size));
	vp->gpr[4] = (u64)VPA_REGISTER << VPA_FUNCTION_SHIFT;
	vp->gpr[5] = vp->number;
	vp->gpr[6] = VPA;
	assert_int_equal(world_hcall(vp, H_REGISTER_VPA), H_SUCCESS);
}

/* The end of the partition, or of this processor's part in it. */
static void end_somehow(struct vp *vp)
{
	static const u32 no_event[] = {0, 0};

	switch (below(4)) {
	case 0:
		world_rtas(vp, "power-off", 2, no_event, 1, NULL);
		break;
	case 1:
		world_rtas(vp, "system-reboot", 0, NULL, 1, NULL);
		break;
	case 2:
		world_rtas(vp, "stop-self", 0, NULL, 1, NULL);
		break;
	default:
		lpar_fail(vp->lpar, "broken by processor %u", (unsigned int)vp->number);
	}
	assert_int_equal(vp->leave, 1);
	assert_int_equal(vp->state, VP_STOPPED);
}

static void do_something(struct vp *vp)
{
	struct lpar *lpar = vp->lpar;
	u32 target = below(lpar->nr_vps);

	switch (below(8)) {
	case 0:
		register_area(vp);
		break;
	case 1:
		world_rtas(vp, "start-cpu", 3, (u32[]){target, 0x4000, 0}, 1, NULL);
		break;
	case 2:
		vp->gpr[4] = target;
		vp->gpr[5] = 4;
		world_hcall(vp, H_IPI);
		break;
	case 3:
		vp->gpr[4] = target;
		world_hcall(vp, H_PROD);
		break;
	case 4:
		vp->gpr[4] = 0xff;
		world_hcall(vp, H_CPPR);
		break;
	case 5:
		vp->dec_expires = fake_cpu.now + below(20000000);
		world_hcall(vp, H_CEDE);
		break;
	default:
		write_about(vp);
	}
}

static void live(struct vp *vp, u64 until)
{
	struct partition *of = partition_of(vp->lpar);

	assert_true(of->state == PARTITION_RUNNING || of->state == PARTITION_OPEN_FIRMWARE);
	if (vp->pc == WORLD_ENTRY && vp->gpr[31] == 0)
		look_around(vp);
	for (u32 i = below(4); i > 0 && vp->state == VP_RUNNING; i--)
		do_something(vp);
	if (vp->state == VP_RUNNING && below(12) == 0)
		end_somehow(vp);
	if (vp->state == VP_RUNNING)
		fake_cpu.now = until;
}

/* --- the test --- */

static void make_partitions(void)
{
	struct plan_lpar *profile;

	for (u16 id = 1; id <= PARTITIONS; id++) {
		partition[id] = world_partition(id);
		last[id] = PARTITION_NOT_ACTIVATED;
	}
	memset(initrd, 0x55, sizeof(initrd));
	profile = &partition[1]->profile;
	profile->mem = 32 * MiB;
	world_procs(partition[1], 4);
	profile = &partition[2]->profile;
	profile->mem = 64 * MiB;
	world_procs(partition[2], 1);
	profile->open_firmware = true;
	profile->image.initrd = initrd;
	profile->image.initrd_size = sizeof(initrd);
	profile = &partition[3]->profile;
	profile->mem = 48 * MiB;
	world_procs(partition[3], 7);
	profile->image.initrd = initrd;
	profile->image.initrd_size = sizeof(initrd);
}

static void test_random_lives(void **state)
{
	u32 taken[WORLD_LMBS], n = 0;

	(void)state;
	make_partitions();
	while (lmb_nr_free() > FREE_LMBS)
		taken[n++] = lmb_alloc(200, 0);
	empty = world_holdings();
	world.poll = watch;
	world.turn = live;
	while (starts < STARTS)
		world_run(1000);
	world.poll = NULL;
	for (u32 id = 1; id <= PARTITIONS; id++)
		partition_power_off(partition[id]);
	world_run(10);
	for (u32 id = 1; id <= PARTITIONS; id++)
		assert_int_equal(partition[id]->state, PARTITION_NOT_ACTIVATED);
	assert_holdings(empty);
	while (n)
		lmb_free(taken[--n]);
	print_message("%u starts, %u ends, %u errors, %u turns\n", starts, ends, errors,
		      world.turns);
	assert_true(ends > STARTS);
	assert_true(errors > STARTS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_random_lives, world_setup),
	};

	srand(3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
