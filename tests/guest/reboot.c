// SPDX-License-Identifier: Apache-2.0
/*
 * Starts itself afresh "@rounds=N" times with system-reboot, each time from memory that is clear
 * again, and counts that in its non-volatile memory, which is kept.
 */
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/mmu.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"

const char test_name[] = "reboot";

#define NVRAM_PLACE 4096
#define MAGIC	    0x7265626f

static u32 count[2];

static void nvram(const char *service)
{
	u32 cells[RTAS_CELLS] = {NVRAM_PLACE, (u32)(u64)count, sizeof(count)};

	check(rtas_call(service, 3, 2, cells) == 0 && cells[1] == sizeof(count), "%s: %d, %u bytes",
	      service, (s32)cells[0], cells[1]);
}

static void loop(u64 unused)
{
	(void)unused;
	for (;;)
		;
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 3);
	struct guest_run run = guest_free_memory(guest_rmo_size());
	u32 cells[RTAS_CELLS];

	for (const u64 *word = (u64 *)run.base; word < (u64 *)run.end; word++)
		check(*word == 0, "memory at %p is not clear: %lx", (void *)word, *word);
	mmu_init();
	for (u64 ptex = 64; ptex < 128; ptex++)
		check(hcall(H_REMOVE, 0, ptex, 0) == H_NOT_FOUND, "page table entry %lu is left",
		      ptex);
	nvram("nvram-fetch");
	if (count[0] != MAGIC)
		count[0] = MAGIC, count[1] = 0;
	printf("reboot: started %u times\n", ++count[1]);
	if (count[1] > rounds)
		return 0;
	nvram("nvram-store");
	memset((void *)run.base, 0xa5, run.end - run.base);
	for (u64 ptex = 64; ptex < 128; ptex++)
		hcall(H_ENTER, H_FLAG_EXACT, ptex, 0x5000001, run.base | HPTE_R_M);
	for (u32 p = 1; p < processor_count; p++)
		processor_start(p, loop, 0);
	fflush(stdout);
	rtas_call("system-reboot", 0, 1, cells);
	test_fail(__FILE__, __LINE__, "system-reboot came back: %d", (s32)cells[0]);
}
