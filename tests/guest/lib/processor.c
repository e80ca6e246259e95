// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <string.h>
#include "tests/guest/lib/asm.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

#define STACK_SIZE (16 * KiB)

_Static_assert(offsetof(struct processor, exception_sp) == PROCESSOR_EXCEPTION_SP, "asm.h");
_Static_assert(offsetof(struct processor, vector) == PROCESSOR_VECTOR, "asm.h");
_Static_assert(offsetof(struct processor, try_sp) == PROCESSOR_TRY_SP, "asm.h");
_Static_assert(offsetof(struct processor, try_msr) == PROCESSOR_TRY_MSR, "asm.h");
_Static_assert(offsetof(struct processor, stack_top) == PROCESSOR_STACK, "asm.h");
_Static_assert(offsetof(struct exception, nip) == EXCEPTION_NIP, "asm.h");
_Static_assert(offsetof(struct exception, vector) == EXCEPTION_VECTOR, "asm.h");
_Static_assert(sizeof(struct exception) == EXCEPTION_SIZE, "asm.h");

#define CPU_STOPPED 0 /* query-cpu-stopped-state */

void secondary_start(void);
void processor_main(struct processor *processor) __noreturn;

struct processor processor_table[PROCESSOR_MAX];
u32 processor_count;

static u8 stack[PROCESSOR_MAX][STACK_SIZE] __aligned(16);
static u8 exception_stack[PROCESSOR_MAX][STACK_SIZE] __aligned(16);

struct processor *processor_self(void)
{
	return (struct processor *)mfspr(SPRN_SPRG3);
}

static void processor_add(u32 number)
{
	u32 index = number == fdt_boot_cpuid_phys(guest_tree) ? 0 : processor_count;
	struct processor *processor;

	if (processor_count == PROCESSOR_MAX)
		return;
	if (index == 0 && processor_count > 0)
		processor_table[processor_count].number = processor_table[0].number;
	processor = &processor_table[index];
	processor->number = number;
	processor_count++;
}

void processor_init(void)
{
	int node, cpus = fdt_path_offset(guest_tree, "/cpus");

	fdt_for_each_subnode(node, guest_tree, cpus) {
		const char *type = fdt_getprop(guest_tree, node, "device_type", NULL);
		const void *servers;
		int length;

		if (!type || strcmp(type, "cpu") != 0)
			continue;
		servers = fdt_getprop(guest_tree, node, "ibm,ppc-interrupt-server#s", &length);
		if (!servers)
			servers = fdt_getprop(guest_tree, node, "reg", &length);
		for (int i = 0; i < length / 4; i++)
			processor_add(fdt32_ld((const fdt32_t *)servers + i));
	}
	for (u32 i = 0; i < PROCESSOR_MAX; i++) {
		processor_table[i].exception_sp = (u64)&exception_stack[i][STACK_SIZE];
		processor_table[i].stack_top = (u64)&stack[i][STACK_SIZE];
	}
	mtspr(SPRN_SPRG3, &processor_table[0]);
}

void processor_main(struct processor *processor)
{
	u32 cells[RTAS_CELLS];

	processor->function(processor->arg);
	__atomic_store_n(&processor->started, false, __ATOMIC_RELEASE);
	rtas_call("stop-self", 0, 1, cells);
	test_fail(__FILE__, __LINE__, "stop-self came back");
}

void processor_start(u32 index, void (*function)(u64 arg), u64 arg)
{
	struct processor *processor = &processor_table[index];
	u32 cells[RTAS_CELLS] = {processor->number, (u32)(u64)secondary_start, (u32)(u64)processor};
	s32 status;

	processor->function = function;
	processor->arg = arg;
	processor->started = true;
	status = rtas_call("start-cpu", 3, 1, cells);
	check(status == 0, "start-cpu %u: %d", processor->number, status);
}

void processor_join(u32 index)
{
	struct processor *processor = &processor_table[index];
	u32 cells[RTAS_CELLS];

	while (__atomic_load_n(&processor->started, __ATOMIC_ACQUIRE))
		hcall(H_CONFER, ~0UL, 0);
	do {
		cells[0] = processor->number;
		check(rtas_call("query-cpu-stopped-state", 1, 2, cells) == 0,
		      "query-cpu-stopped-state %u: %d", processor->number, (s32)cells[0]);
	} while (cells[1] != CPU_STOPPED);
}
