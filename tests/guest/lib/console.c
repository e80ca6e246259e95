// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <string.h>
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"

#define TERM_CHARS 16 /* in one call */

u64 console_unit;

void console_init(void)
{
	int node = fdt_node_offset_by_compatible(guest_tree, -1, "hvterm1");
	const void *reg = fdt_getprop(guest_tree, node, "reg", NULL);

	console_unit = reg ? fdt32_ld(reg) : 0;
}

void console_write(const char *text, size_t length)
{
	while (length > 0) {
		size_t chunk = MIN(length, (size_t)TERM_CHARS);
		u64 word[2] = {0, 0};

		memcpy(word, text, chunk);
		while (hcall(H_PUT_TERM_CHAR, console_unit, chunk, word[0], word[1]) == H_BUSY)
			hcall(H_CONFER, ~0UL, 0);
		text += chunk;
		length -= chunk;
	}
}

size_t console_read(char text[16])
{
	u64 regs[HCALL_REGISTERS] = {console_unit};
	s64 rc = hcall_registers(H_GET_TERM_CHAR, regs);

	check(rc == H_SUCCESS, "H_GET_TERM_CHAR: %ld", rc);
	check(regs[0] <= TERM_CHARS, "H_GET_TERM_CHAR gave %lu characters", regs[0]);
	memcpy(text, &regs[1], TERM_CHARS);
	return regs[0];
}
