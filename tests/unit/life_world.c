// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/dispatch.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/machine.h"
#include "hv/management.h"
#include "hv/page.h"
#include "hv/pool.h"
#include "hv/real.h"
#include "hv/work.h"
#include "papr/rtas.h"
#include "tests/unit/fake_machine.h"
#include "tests/unit/fake_tlb.h"
#include "tests/unit/life_world.h"
#include "vio/adapter.h"
#include "vio/bus.h"
#include "vio/vterm.h"

/* Of the sanitizer's run-time library; not every compiler package has its header. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define BUFFER	    0x8000 /* of RTAS arguments, in the partition's memory … */
#define BUFFER_SIZE 0x80   /* … for each of its processors */

u8 real_memory[WORLD_LMBS * WORLD_LMB] __aligned(1 << 16);

struct elf_file world_image;
struct world world;

static struct lmb lmbs[WORLD_LMBS];
static struct partition *partitions[4];
static struct plan_lpar profiles[4];
static jmp_buf enough;
static u32 limit, turns;
static const struct vp *wanted; /* who is to have the processor */

/* --- the platform --- */

void machine_poll(void)
{
	/* What is said to the management console leaves the machine. */
	management_poll();
}

u64 machine_heap_used(void)
{
	return __sanitizer_get_current_allocated_bytes();
}

u64 machine_time_of_day(void)
{
	return 0;
}

void machine_early_write(const char *text, u64 length)
{
	(void)text;
	(void)length;
}

void machine_power_off(void)
{
	abort();
}

void machine_reboot(void)
{
	abort();
}

static int uart_tx_ready(void *ctx)
{
	(void)ctx;
	return 16;
}

static void uart_tx(void *ctx, u8 byte)
{
	(void)ctx;
	if (world.sent)
		world.sent(byte);
}

static int uart_rx(void *ctx)
{
	(void)ctx;
	return -1;
}

static const struct link_port uart = {uart_tx_ready, uart_tx, uart_rx};

/* --- the machine --- */

/* A step of work, a millisecond, is a MiB. */
static void clearing_takes_time(u64 size)
{
	__atomic_fetch_add(&fake_cpu.now, machine.timebase_hz / 1000 * size / MiB,
			   __ATOMIC_RELAXED);
}

/* Between two turns. */
static void look(void)
{
	if (turns++ == limit || (world.poll && world.poll()))
		longjmp(enough, 1);
}

static void run(struct vp *vp, u64 until)
{
	if (vp == wanted)
		longjmp(enough, 1);
	look();
	/* What the test has just done may have ended it. */
	if (vp->state != VP_RUNNING)
		return;
	world.turns++;
	if (world.turn)
		world.turn(vp, until);
	else
		fake_cpu.now = until;
}

static void idle(u64 until)
{
	look();
	fake_cpu.now = until;
}

void world_give(struct vp *vp)
{
	struct world before = world;

	assert_int_not_equal(vp->state, VP_STOPPED);
	dispatch_wake(vp, VP_READY_FIRMWARE);
	wanted = vp;
	world.turn = NULL;
	world.poll = NULL;
	world_run(100);
	wanted = NULL;
	world = before;
	assert_int_equal(vp->state, VP_RUNNING);
	assert_ptr_equal(cpu_self.loaded, vp);
}

/* A window passes with each, and work has one step at least in each window. */
void world_step(void)
{
	u64 until;

	fake_cpu.now += dispatch_window();
	dispatch_next(&cpu_self, &until);
}

void world_run(u32 number)
{
	limit = number;
	turns = 0;
	fake_cpu.run = run;
	fake_cpu.idle = idle;
	if (!setjmp(enough))
		dispatch_run(&cpu_self);
}

static struct partition *awaited;
static enum partition_state awaited_state;

static bool has_come(void)
{
	return awaited->state == awaited_state;
}

void world_run_to(struct partition *partition, enum partition_state state)
{
	bool (*poll)(void) = world.poll;

	awaited = partition;
	awaited_state = state;
	world.poll = has_come;
	world_run(2000);
	world.poll = poll;
	assert_int_equal(partition->state, state);
}

s64 world_hcall(struct vp *vp, u64 number)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		vp->gpr[3] = number;
		return line->handler(vp);
	}
	abort();
}

static u32 token_of(const char *name)
{
	const struct rtas_line *line = __start_rtas_calls;

	while (strcmp(line->name, name) != 0)
		line++;
	return (u32)(line - __start_rtas_calls) + 1;
}

s32 world_rtas(struct vp *vp, const char *name, u32 nargs, const u32 *args, u32 nret, u32 *ret)
{
	u64 buffer = BUFFER + vp->number * BUFFER_SIZE;
	be32 cell[19] = {cpu_to_be32(token_of(name)), cpu_to_be32(nargs), cpu_to_be32(nret)};

	for (u32 i = 0; i < nargs; i++)
		cell[3 + i] = cpu_to_be32(args[i]);
	assert_true(lpar_copy_out(vp->lpar, buffer, cell, sizeof(cell)));
	vp->gpr[4] = buffer;
	assert_int_equal(world_hcall(vp, H_PRIVATE_RTAS), H_SUCCESS);
	assert_true(lpar_copy_in(vp->lpar, cell, buffer, sizeof(cell)));
	if (ret)
		*ret = be32_to_cpu(cell[3 + nargs + 1]);
	return (s32)be32_to_cpu(cell[3 + nargs]);
}

/* --- partitions --- */

struct partition *world_partition(u16 id)
{
	struct plan_lpar *profile = &profiles[id];
	static const char *const names[] = {"", "lp1", "lp2", "lp3"};

	*profile = (struct plan_lpar){
		.name = names[id],
		.id = id,
		.mem = 64 * MiB,
		.rmo_size = 32 * MiB,
		.boot_args = "quiet",
		.virtual_slots = PLAN_VIRTUAL_SLOTS_DEFAULT,
		.image = {.name = "small",
			  .kernel = world_image.byte,
			  .kernel_size = sizeof(world_image.byte)},
	};
	if (!partitions[id])
		partitions[id] = partition_create(profile);
	assert_non_null(partitions[id]);
	assert_int_equal(partitions[id]->state, PARTITION_NOT_ACTIVATED);
	partitions[id]->profile = *profile;
	world_procs(partitions[id], 2);
	return partitions[id];
}

void world_procs(struct partition *partition, u32 procs)
{
	partition->profile.procs = (struct lpar_procs){
		.sharing_mode = SHARING_UNCAP,
		.min_procs = procs,
		.desired_procs = procs,
		.max_procs = procs,
		.min_units = 5,
		.desired_units = 20,
		.max_units = 100,
		.uncap_weight = 128,
	};
	partition->lpar.procs = partition->profile.procs;
}

static void make_image(void)
{
	elf_begin(&world_image, false, ELF_TYPE_EXEC, WORLD_ENTRY);
	elf_segment(&world_image, ELF_SEGMENT_EXEC, 0x100, WORLD_ENTRY, WORLD_ENTRY, WORLD_TEXT,
		    0x10000);
	memset(world_image.byte + 0x100, 0x60, WORLD_TEXT);
}

/* What the last test left. */
static void end_all(void)
{
	for (u32 id = 1; id < ARRAY_SIZE(partitions); id++)
		if (partitions[id])
			partition_power_off(partitions[id]);
	while (work_pending())
		world_step();
}

/* The first time it is the machine's start. */
static void start_machine(void)
{
	static bool started;

	if (started)
		return;
	started = true;
	fake_cpu_init();
	dispatch_cpu_init(&cpu_self);
	pool_add(&cpu_self);
	memset(real_memory, 0xee, sizeof(real_memory));
	management_init(1);
	management_start(&uart);
	hcall_init();
	partition_init();
	vterm_init();
	lmb_init(lmbs, sizeof(real_memory), WORLD_LMB);
	lmb_add(0, sizeof(real_memory));
	lmb_reserve(0, WORLD_LMB, LMB_HYPERVISOR);
}

int world_setup(void **state)
{
	(void)state;
	fake_machine_init();
	start_machine();
	end_all();
	fake_cpu_init();
	dispatch_cpu_init(&cpu_self);
	fake_tlb.on_clear = clearing_takes_time;
	memset(&world, 0, sizeof(world));
	make_image();
	assert_int_equal(lmb_nr_free(), WORLD_LMBS - 1);
	assert_int_equal(page_bytes_used(), 0);
	return 0;
}

/* --- what it has --- */

struct holdings world_holdings(void)
{
	return (struct holdings){
		.lmbs = WORLD_LMBS - lmb_nr_free(),
		.pages = page_bytes_used(),
		.heap = __sanitizer_get_current_allocated_bytes(),
	};
}

u64 world_bus_heap(void)
{
	return sizeof(struct bus) + PLAN_VIRTUAL_SLOTS_DEFAULT * sizeof(struct adapter *) +
	       sizeof(struct adapter);
}

void assert_holdings(struct holdings expected)
{
	struct holdings now = world_holdings();

	assert_int_equal(now.lmbs, expected.lmbs);
	assert_int_equal(now.pages, expected.pages);
	assert_int_equal(now.heap, expected.heap);
}

void assert_nothing_held(const struct partition *partition)
{
	assert_int_equal(partition->lpar.nr_vps, 0);
	assert_int_equal(partition->lpar.map.nr_lmbs, 0);
	assert_null(partition->lpar.map.lmb);
	assert_null(partition->lpar.hpt.table);
	assert_null(partition->tree);
	for (u32 i = 0; i < WORLD_LMBS; i++)
		assert_int_not_equal(lmb_table[i].owner, partition->lpar.id);
}

void assert_clear(const struct partition *partition, u64 from, u64 to)
{
	u64 piece;

	for (; from < to; from += piece) {
		const u8 *byte = lpar_ptr(&partition->lpar, from, 1);

		piece = MIN(to - from, WORLD_LMB - from % WORLD_LMB);
		/* The first byte is 0, and each is as the one before. */
		assert_int_equal(byte[0], 0);
		if (memcmp(byte, byte + 1, piece - 1) != 0)
			fail_msg("not clear between %#lx and %#lx", from, from + piece);
	}
}
