// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

u64 rtas_enter(u64 args, u64 base, u64 entry);

static u64 rtas_base, rtas_entry;
static int rtas_node;

void rtas_init(void)
{
	const void *base, *entry;

	rtas_node = fdt_path_offset(guest_tree, "/rtas");
	base = fdt_getprop(guest_tree, rtas_node, "linux,rtas-base", NULL);
	entry = fdt_getprop(guest_tree, rtas_node, "linux,rtas-entry", NULL);
	check(base && entry, "no linux,rtas-base or linux,rtas-entry in the tree");
	rtas_base = fdt32_ld(base);
	rtas_entry = fdt32_ld(entry);
}

u32 rtas_token(const char *name)
{
	const void *token = fdt_getprop(guest_tree, rtas_node, name, NULL);

	return token ? fdt32_ld(token) : 0;
}

void rtas_call_raw(u32 *args)
{
	rtas_enter((u64)args, rtas_base, rtas_entry);
}

s32 rtas_call(const char *name, u32 nargs, u32 nret, u32 cells[RTAS_CELLS])
{
	u32 *args = processor_self()->rtas_args;
	u32 token = rtas_token(name);
	bool enabled;

	if (!token)
		return -1;
	enabled = interrupts_set(false);
	args[0] = token;
	args[1] = nargs;
	args[2] = nret;
	for (u32 i = 0; i < nargs + nret; i++)
		args[3 + i] = i < nargs ? cells[i] : 0;
	rtas_call_raw(args);
	for (u32 i = 0; i < nret; i++)
		cells[i] = args[3 + nargs + i];
	interrupts_set(enabled);
	return cells[0];
}

void rtas_power_off(void)
{
	u32 cells[RTAS_CELLS] = {~0U, ~0U};

	interrupts_set(false);
	rtas_call("power-off", 2, 1, cells);
	for (;;)
		;
}
