/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that runs partitions: the whole pure core, from the plan's records to the dispatcher,
 * on the processor of tests/unit/fake_cpu.h. Partitions do what the test says and call the
 * hypervisor as real ones do.
 */
#ifndef TESTS_UNIT_LIFE_WORLD_H
#define TESTS_UNIT_LIFE_WORLD_H

#include "hv/vp.h"
#include "partition/partition.h"
#include "tests/unit/elf_writer.h"
#include "tests/unit/fake_cpu.h"
#include "types.h"

#define WORLD_LMB   (16 * MiB)
#define WORLD_LMBS  24	      /* number 0 is the hypervisor's */
#define WORLD_BASE  (1 * MiB) /* where the image goes … */
#define WORLD_TEXT  64	      /* … bytes of 0x60, from 0x100 behind it, where it begins */
#define WORLD_ENTRY (WORLD_BASE + 0x100)

/* A small image, of the kind that every partition here boots. */
extern struct elf_file world_image;

extern struct world {
	/* Between two turns; true ends world_run(). */
	bool (*poll)(void);
	/* A turn of @vp's, until @until; NULL: it computes. */
	void (*turn)(struct vp *vp, u64 until);
	/* What is sent on the management UART, byte by byte; NULL: nobody looks. */
	void (*sent)(u8 byte);
	u32 turns;
} world;

/* For every test: no partition is active, the machine's memory is free and full of junk. */
int world_setup(void **state);

/*
 * Makes partition @id (1 … 3), the same one whenever it is asked for, with a profile of 64 MiB and
 * two processors for world_image, which may be changed.
 */
struct partition *world_partition(u16 id);

/* Gives it @procs of them instead, and the entitlement that every partition here has. */
void world_procs(struct partition *partition, u32 procs);

/* Runs the machine until world.poll() says so, or for @turns turns, idle ones included. */
void world_run(u32 turns);

/* Runs it until @partition is in @state; fails if it does not get there. */
void world_run_to(struct partition *partition, enum partition_state state);

/* Wakes @vp, which is not stopped, if it waits, and runs the machine until it has the processor. */
void world_give(struct vp *vp);

/* The dispatcher has a look at everything, and does a step of work; nobody has a turn. */
void world_step(void);

/* RTAS call @name, on @vp, with @nargs inputs. Returns the status; *@ret is the second output. */
s32 world_rtas(struct vp *vp, const char *name, u32 nargs, const u32 *args, u32 nret, u32 *ret);

/* Hypercall @number, on @vp; its arguments are in the registers. */
s64 world_hcall(struct vp *vp, u64 number);

/* What is taken of the machine: LMBs, bytes of hypervisor pages, bytes of heap. */
struct holdings {
	u32 lmbs;
	u64 pages;
	size_t heap;
};

struct holdings world_holdings(void);

/* Bytes of the heap that a partition's virtual bus has, while it is active, with its console. */
u64 world_bus_heap(void);

void assert_holdings(struct holdings expected);

/* The partition has nothing at all. */
void assert_nothing_held(const struct partition *partition);

/* The partition's memory [@from, @to) is 0. */
void assert_clear(const struct partition *partition, u64 from, u64 to);

#endif
