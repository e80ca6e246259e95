// SPDX-License-Identifier: Apache-2.0
/*
 * Starts itself afresh "rounds=N" times while all of its processors make calls of every kind; when
 * the time has come all of them end the partition at once, each in its own way. What a start finds
 * must be clear. The number of starts is kept in non-volatile memory.
 */
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/clock.h"
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/mmu.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "cycle";

#define NVRAM_PLACE 4096
#define MAGIC	    0x6379636c
#define ENTRIES	    2048 /* of the page table, that all of them change */

static u32 count[2];
static u64 deadline; /* timebase */
static struct guest_run memory;

static void nvram(const char *service)
{
	u32 cells[RTAS_CELLS] = {NVRAM_PLACE, (u32)(u64)count, sizeof(count)};

	check(rtas_call(service, 3, 2, cells) == 0 && cells[1] == sizeof(count), "%s: %d, %u bytes",
	      service, (s32)cells[0], cells[1]);
}

/* Calls on the page table that all of them make on the same entries. */
static void change_page_table(struct random *random)
{
	u64 ptex = random_next(random) % ENTRIES;
	u64 page = memory.base + random_next(random) % 256 * 4096;

	switch (random_next(random) % 6) {
	case 0:
	case 1:
		hcall(H_ENTER, random_next(random) % 2 ? H_FLAG_EXACT : 0, ptex, 0x5000001,
		      page | HPTE_R_M);
		break;
	case 2:
		hcall(H_REMOVE, 0, ptex, 0);
		break;
	case 3:
		hcall(H_PROTECT, 0, ptex, 0);
		break;
	case 4:
		hcall(H_BULK_REMOVE, 0x4000000000000000 | ptex, 0, 0x4000000000000000 | (ptex ^ 1),
		      0, 0x4000000000000000 | (ptex ^ 8), 0, 0xc000000000000000);
		break;
	default:
		hcall(H_READ, H_FLAG_READ_4, ptex);
	}
}

/* Firmware and processors. */
static void call_firmware(struct random *random)
{
	u32 cells[RTAS_CELLS] = {0};

	switch (random_next(random) % 3) {
	case 0:
		rtas_call("get-time-of-day", 0, 8, cells);
		break;
	case 1:
		nvram("nvram-fetch");
		break;
	default:
		cells[0] = processor_table[random_next(random) % processor_count].number;
		rtas_call("query-cpu-stopped-state", 1, 2, cells);
	}
}

static void do_something(struct random *random)
{
	u32 target = processor_table[random_next(random) % processor_count].number;

	switch (random_next(random) % 8) {
	case 0:
		ipi(target, PRIORITY_NORMAL);
		break;
	case 1:
		hcall(H_PROD, target);
		break;
	case 2:
		hcall(H_CONFER, ~0UL, 0);
		break;
	case 3:
		dec_set(random_next(random) % TICKS_PER_MS);
		cede();
		break;
	case 4:
		call_firmware(random);
		break;
	case 5:
		hcall(H_PUT_TERM_CHAR, console_unit, 1, (u64)'.' << 56);
		break;
	default:
		change_page_table(random);
	}
}

static void end(u32 index)
{
	u32 cells[RTAS_CELLS] = {0};

	switch (index % 4) {
	case 1:
		hcall(H_CONFER, server_self(), 0); /* to itself: waits for good */
		break;
	case 2:
		for (;;)
			;
	default:
		rtas_call("system-reboot", 0, 1, cells);
		test_fail(__FILE__, __LINE__, "system-reboot came back: %d", (s32)cells[0]);
	}
}

static void storm(u64 index)
{
	struct random random = {mftb() + index};

	cppr(PRIORITY_NONE);
	while ((s64)(mftb() - deadline) < 0)
		do_something(&random);
	end((u32)index);
}

static void check_clear(void)
{
	for (const u64 *word = (u64 *)memory.base; word < (u64 *)memory.end; word++)
		check(*word == 0, "memory at %p is not clear: %lx", (void *)word, *word);
	for (u64 ptex = 0; ptex < ENTRIES; ptex++)
		check(hcall(H_REMOVE, 0, ptex, 0) == H_NOT_FOUND, "page table entry %lu is left",
		      ptex);
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 10), ms = guest_argument("ms", 20);
	struct random random = {mftb()};

	memory = guest_free_memory(guest_rmo_size());
	check_clear();
	nvram("nvram-fetch");
	if (count[0] != MAGIC)
		count[0] = MAGIC, count[1] = 0;
	if (++count[1] % 16 == 1)
		printf("cycle: started %u times\n", count[1]);
	fflush(stdout);
	if (count[1] > rounds)
		return 0;
	nvram("nvram-store");
	memset((void *)memory.base, 0xa5, memory.end - memory.base);
	interrupt_init();
	deadline = mftb() + (1 + random_next(&random) % ms) * TICKS_PER_MS;
	for (u32 p = 1; p < processor_count; p++)
		processor_start(p, storm, p);
	storm(0);
	test_fail(__FILE__, __LINE__, "still here");
}
