// SPDX-License-Identifier: Apache-2.0
// SOURCES: vio/vterm.c vio/bus.c hv/icp.c hv/ics.c partition/console.c partition/tree_writer.c
// SOURCES: partition/tree_interrupt.c
// The virtual terminal: hypercalls, the interrupt, what the firmware prints, and its device tree.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "hv/hcall.h"
#include "hv/machine.h"
#include "hv/management.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "partition/console.h"
#include "partition/partition.h"
#include "partition/tree.h"
#include "vio/vterm.h"

#define LPAR_ID 7

static struct partition *partition;
static struct lpar *lpar;
static struct vp vp;
static u8 tree[16 * KiB] __aligned(8);

/* The management channel, as far as it goes. */
static u8 output[64], input[64];
static size_t output_length, output_room, input_length;

void (*management_console_input)(u16 lpar_id);

int management_console_write(u16 lpar_id, const void *data, size_t n)
{
	assert_int_equal(lpar_id, LPAR_ID);
	assert_in_range(n, 1, 16);
	if (n > output_room)
		return -1;
	memcpy(output + output_length, data, n);
	output_length += n;
	output_room -= n;
	return 0;
}

size_t management_console_read(u16 lpar_id, void *data, size_t n)
{
	size_t taken = MIN(n, input_length);

	assert_int_equal(lpar_id, LPAR_ID);
	memcpy(data, input, taken);
	memmove(input, input + taken, input_length - taken);
	input_length -= taken;
	return taken;
}

u64 machine_timebase(void)
{
	return 0;
}

void vp_external_raise(struct vp *raised)
{
	assert_ptr_equal(raised, &vp);
}

struct vp *lpar_vp(const struct lpar *of, u64 number)
{
	return number < of->nr_vps ? of->vps[number] : NULL;
}

static s64 hcall(u32 number, u64 r4, u64 r5, u64 r6, u64 r7)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number != number)
			continue;
		assert_string_equal(line->set, "hcall-term");
		vp.gpr[4] = r4;
		vp.gpr[5] = r5;
		vp.gpr[6] = r6;
		vp.gpr[7] = r7;
		return line->handler(&vp);
	}
	fail_msg("no handler for %#x", number);
	return 0;
}

static void type(const char *text)
{
	size_t n = strlen(text);

	assert_in_range(input_length + n, 0, sizeof(input));
	memcpy(input + input_length, text, n);
	input_length += n;
	management_console_input(LPAR_ID);
}

static void reset_partition(void)
{
	ics_reset(lpar);
	for (lpar_reset_hook *const *hook = __start_reset_hooks; hook < __stop_reset_hooks; hook++)
		(*hook)(lpar);
	icp_set_cppr(&vp, 0xff);
}

/* The console's interrupt, unmasked as Linux does it. */
static u32 unmask(void)
{
	assert_true(ics_set_xive(lpar, XICS_FIRST_SOURCE, 0, 5));
	assert_true(ics_set_enabled(lpar, XICS_FIRST_SOURCE, true));
	return XICS_FIRST_SOURCE;
}

static int setup_group(void **state)
{
	(void)state;
	partition = calloc(1, sizeof(*partition));
	lpar = &partition->lpar;
	vp.lpar = lpar;
	lpar->id = LPAR_ID;
	lpar->nr_vps = 1;
	lpar->vps[0] = &vp;
	vterm_init();
	management_console_input(LPAR_ID); /* nobody there yet */
	management_console_input(1);
	return 0;
}

static int teardown_group(void **state)
{
	(void)state;
	free(partition);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&vp.icp, 0, sizeof(vp.icp));
	output_length = input_length = 0;
	output_room = sizeof(output);
	reset_partition();
	return 0;
}

static void puts_in_order(void **state)
{
	(void)state;
	assert_int_equal(
		hcall(H_PUT_TERM_CHAR, VTERM_CONSOLE, 16, 0x4142434445464748, 0x494a4b4c4d4e4f50),
		H_SUCCESS);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 9, 0x3031323334353637, 0x38ffffffffffffff),
			 H_SUCCESS);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 1, 0x21ffffffffffffff, ~0ul), H_SUCCESS);
	assert_int_equal(output_length, 26);
	assert_memory_equal(output, "ABCDEFGHIJKLMNOP012345678!", 26);
}

static void puts_all_or_nothing(void **state)
{
	(void)state;
	output_room = 5;
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 6, 0x4142434445464748, 0), H_BUSY);
	assert_int_equal(output_length, 0);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 5, 0x4142434445464748, 0), H_SUCCESS);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 1, 0x4142434445464748, 0), H_BUSY);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 0, 0, 0), H_SUCCESS);
	assert_int_equal(output_length, 5);
}

static void gets_what_came(void **state)
{
	(void)state;
	type("abcdefghijklmnopqrs");
	assert_int_equal(hcall(H_GET_TERM_CHAR, VTERM_CONSOLE, 1, 2, 3), H_SUCCESS);
	assert_int_equal(vp.gpr[4], 16);
	assert_int_equal(vp.gpr[5], 0x6162636465666768);
	assert_int_equal(vp.gpr[6], 0x696a6b6c6d6e6f70);
	assert_int_equal(hcall(H_GET_TERM_CHAR, 0, 1, 2, 3), H_SUCCESS);
	assert_int_equal(vp.gpr[4], 3);
	assert_int_equal(vp.gpr[5], 0x7172730000000000);
	assert_int_equal(vp.gpr[6], 0);
	assert_int_equal(hcall(H_GET_TERM_CHAR, 0, 1, 2, 3), H_SUCCESS);
	assert_int_equal(vp.gpr[4], 0);
	assert_int_equal(vp.gpr[7], 3);
}

static void bad_arguments_are_refused(void **state)
{
	static const u64 termno[] = {
		1,   VTERM_CONSOLE + 1, VTERM_CONSOLE - 1, 0x100000000 | VTERM_CONSOLE, 0x100000000,
		~0ul};
	static const u64 length[] = {17, 0x100000001, 1ul << 63, ~0ul};

	(void)state;
	input_length = 1;
	for (u32 i = 0; i < ARRAY_SIZE(termno); i++) {
		assert_int_equal(hcall(H_PUT_TERM_CHAR, termno[i], 1, 0, 0), H_PARAMETER);
		assert_int_equal(hcall(H_PUT_TERM_CHAR, termno[i], 0, 0, 0), H_PARAMETER);
		assert_int_equal(hcall(H_GET_TERM_CHAR, termno[i], 0, 0, 0), H_PARAMETER);
	}
	for (u32 i = 0; i < ARRAY_SIZE(length); i++)
		assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, length[i], 0, 0), H_PARAMETER);
	assert_int_equal(output_length, 0);
	assert_int_equal(input_length, 1);
}

static void interrupt_when_characters_come(void **state)
{
	u32 irq = unmask();

	(void)state;
	icp_accept(&vp); /* the one of the start */
	icp_end(&vp, 0xff);
	ics_eoi(lpar, irq);
	assert_false(icp_pending(&vp));
	type("a");
	assert_int_equal(icp_accept(&vp), 0xff000000 | irq);
	type("b"); /* while the first is handled */
	icp_end(&vp, 0xff);
	ics_eoi(lpar, irq);
	assert_int_equal(icp_accept(&vp), 0xff000000 | irq);
}

static void input_from_before_the_start_is_announced(void **state)
{
	u32 irq = XICS_FIRST_SOURCE;

	(void)state;
	type("early");
	reset_partition();
	assert_false(icp_pending(&vp));
	assert_int_equal(unmask(), irq);
	assert_int_equal(icp_accept(&vp), 0xff000000 | irq);
	assert_int_equal(hcall(H_GET_TERM_CHAR, 0, 0, 0, 0), H_SUCCESS);
	assert_int_equal(vp.gpr[4], 5);
	/* Every start uses the same source. */
	assert_int_equal(ics_source_alloc(lpar), irq + 1);
	ics_source_free(lpar, irq + 1);
}

static void firmware_prints(void **state)
{
	static const char text[] = "a line longer than what one hypercall carries";

	(void)state;
	assert_int_equal(console_write(lpar, text, sizeof(text)), sizeof(text));
	assert_memory_equal(output, text, sizeof(text));
	output_length = 0;
	output_room = 20;
	assert_int_equal(console_write(lpar, text, sizeof(text)), 16);
	assert_memory_equal(output, text, output_length);
	assert_int_equal(console_write(lpar, text, 0), 0);
}

static void firmware_reads(void **state)
{
	u8 typed[8];

	(void)state;
	assert_int_equal(console_read(lpar, typed, sizeof(typed)), 0);
	type("boot net");
	assert_int_equal(console_read(lpar, typed, 5), 5);
	assert_memory_equal(typed, "boot ", 5);
	assert_int_equal(console_read(lpar, typed, sizeof(typed)), 3);
	assert_memory_equal(typed, "net", 3);
}

static void assert_cells(const char *path, const char *name, u32 first, u32 second)
{
	int size;
	const be32 *cell = fdt_getprop(tree, fdt_path_offset(tree, path), name, &size);

	assert_non_null(cell);
	assert_int_equal(size, 8);
	assert_int_equal(be32_to_cpu(cell[0]), first);
	assert_int_equal(be32_to_cpu(cell[1]), second);
}

static void assert_cell(const char *path, const char *name, u32 expected)
{
	int size;
	const be32 *cell = fdt_getprop(tree, fdt_path_offset(tree, path), name, &size);

	assert_non_null(cell);
	assert_int_equal(size, 4);
	assert_int_equal(be32_to_cpu(*cell), expected);
}

static void assert_text(const char *path, const char *name, const char *expected)
{
	int size;
	const char *text = fdt_getprop(tree, fdt_path_offset(tree, path), name, &size);

	assert_non_null(text);
	assert_int_equal(size, strlen(expected) + 1);
	assert_string_equal(text, expected);
}

static int contribute(int tree_bytes)
{
	int error = fdt_create_empty_tree(tree, tree_bytes);

	if (!error)
		error = fdt_setprop_string(tree, 0, "model", "OpenLPAR,POWER8");
	if (!error)
		error = fdt_setprop_string(tree, 0, "system-id", "OpenLPAR,1234");
	for (tree_contributor *const *line = __start_tree_contributors;
	     line < __stop_tree_contributors && !error; line++)
		error = (*line)(partition, tree);
	return error;
}

static void nodes_in_the_tree(void **state)
{
	static const char *const vty = "/vdevice/vty@30000000";

	(void)state;
	assert_int_equal(contribute(sizeof(tree)), 0);
	assert_text("/vdevice", "device_type", "vdevice");
	assert_text("/vdevice", "compatible", "IBM,vdevice");
	assert_cell("/vdevice", "#address-cells", 1);
	assert_cell("/vdevice", "#size-cells", 0);
	assert_cell("/vdevice", "#interrupt-cells", 2);
	assert_cells("/vdevice", "interrupt-ranges", 0x1000, 256);
	assert_non_null(
		fdt_getprop(tree, fdt_path_offset(tree, "/vdevice"), "interrupt-controller", NULL));
	assert_cell(vty, "reg", VTERM_CONSOLE);
	assert_text(vty, "device_type", "serial");
	assert_text(vty, "compatible", "hvterm1");
	assert_text(vty, "ibm,loc-code", "UPOWER8.1234-V7-C0");
	assert_cells(vty, "interrupts", XICS_FIRST_SOURCE, 0);
	assert_cell("/", "interrupt-parent", XICS_PHANDLE);
	assert_cell("/interrupt-controller", "phandle", XICS_PHANDLE);
	assert_cell("/interrupt-controller", "#interrupt-cells", 2);
	assert_text("/interrupt-controller", "compatible", "IBM,ppc-xicp");
	assert_text("/interrupt-controller", "device_type",
		    "PowerPC-External-Interrupt-Presentation");
	assert_cells("/interrupt-controller", "ibm,interrupt-server-ranges", 0, LPAR_MAX_VPS);
}

static void full_tree_is_an_error(void **state)
{
	int size;

	(void)state;
	assert_int_equal(contribute(sizeof(tree)), 0);
	assert_int_equal(fdt_pack(tree), 0);
	size = (int)fdt_totalsize(tree);
	for (size -= 8; size > 0; size -= 8)
		assert_int_equal(contribute(size), -FDT_ERR_NOSPACE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(puts_in_order, setup),
		cmocka_unit_test_setup(puts_all_or_nothing, setup),
		cmocka_unit_test_setup(gets_what_came, setup),
		cmocka_unit_test_setup(bad_arguments_are_refused, setup),
		cmocka_unit_test_setup(interrupt_when_characters_come, setup),
		cmocka_unit_test_setup(input_from_before_the_start_is_announced, setup),
		cmocka_unit_test_setup(firmware_prints, setup),
		cmocka_unit_test_setup(firmware_reads, setup),
		cmocka_unit_test_setup(nodes_in_the_tree, setup),
		cmocka_unit_test_setup(full_tree_is_an_error, setup),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
