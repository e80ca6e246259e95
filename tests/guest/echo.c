// SPDX-License-Identifier: Apache-2.0
/*
 * Sends back what the console receives, woken by the terminal's interrupt, until a line is "quit".
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "echo";

#define PRIORITY 5

static u32 source;
static volatile u64 interrupts;

static void external(struct exception *exception)
{
	u64 regs[HCALL_REGISTERS] = {0};

	(void)exception;
	check(hcall_registers(H_XIRR, regs) == H_SUCCESS, "H_XIRR");
	if ((regs[0] & 0xffffff) == 0)
		return;
	check((regs[0] & 0xffffff) == source, "interrupt %lx, the terminal has %x", regs[0],
	      source);
	interrupts++;
	hcall(H_CPPR, 0); /* main() reads first */
	hcall(H_EOI, regs[0] & 0xffffff);
}

static void decrementer(struct exception *exception)
{
	(void)exception;
	dec_set(0x7fffffff);
}

static void source_enable(void)
{
	int node = fdt_node_offset_by_compatible(guest_tree, -1, "hvterm1");
	const fdt32_t *property = fdt_getprop(guest_tree, node, "interrupts", NULL);
	u32 cells[RTAS_CELLS];

	check(property, "the terminal has no interrupt");
	source = fdt32_ld(property);
	cells[0] = source, cells[1] = processor_self()->number, cells[2] = PRIORITY;
	check(rtas_call("ibm,set-xive", 3, 1, cells) == 0, "ibm,set-xive: %d", (s32)cells[0]);
	cells[0] = source;
	check(rtas_call("ibm,get-xive", 1, 3, cells) == 0 && cells[2] == PRIORITY,
	      "ibm,get-xive: %d, priority %u", (s32)cells[0], cells[2]);
	cells[0] = source;
	check(rtas_call("ibm,int-on", 1, 1, cells) == 0, "ibm,int-on: %d", (s32)cells[0]);
}

int main(void)
{
	char line[16], text[16];
	size_t length = 0, got;
	u64 characters = 0;

	exception_handle(EXCEPTION_EXTERNAL, external);
	exception_handle(EXCEPTION_DECREMENTER, decrementer);
	source_enable();
	printf("echo: ready\n");
	for (;;) {
		/* Interrupts are off from here until H_CEDE: none can come in between. */
		hcall(H_CPPR, 0xff);
		hcall(H_CEDE);
		interrupts_set(false);
		while ((got = console_read(text)) > 0) {
			characters += got;
			console_write(text, got);
			for (size_t i = 0; i < got; i++) {
				if (text[i] != '\n' && text[i] != '\r') {
					line[length++ % sizeof(line)] = text[i];
					continue;
				}
				if (length == 4 && memcmp(line, "quit", 4) == 0) {
					printf("\necho: %lu characters, %lu interrupts\n",
					       characters, interrupts);
					return 0;
				}
				length = 0;
			}
		}
	}
}
