// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/vterm_world.c vio/vterm.c vio/vterm_server.c vio/cable.c vio/adapter.c
// SOURCES: hv/stream.c partition/console.c partition/tree_writer.c
// The console: hypercalls, the interrupt, what the firmware prints.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/management.h"
#include "papr/vio.h"
#include "partition/console.h"
#include "tests/unit/vterm_world.h"
#include "vio/bus.h"

#define ID 3

static struct world_lpar *const us = &world[ID];

static s64 hcall(u32 number, u64 r4, u64 r5, u64 r6, u64 r7)
{
	return world_hcall(ID, number, r4, r5, r6, r7);
}

static int setup(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

static int teardown_group(void **state)
{
	(void)state;
	for (u32 id = 1; id <= WORLD_LPARS; id++)
		world_stop(id);
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
	assert_int_equal(us->output_length, 26);
	assert_memory_equal(us->output, "ABCDEFGHIJKLMNOP012345678!", 26);
}

static void puts_all_or_nothing(void **state)
{
	(void)state;
	us->output_room = 5;
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 6, 0x4142434445464748, 0), H_BUSY);
	assert_int_equal(us->output_length, 0);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 5, 0x4142434445464748, 0), H_SUCCESS);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 1, 0x4142434445464748, 0), H_BUSY);
	assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, 0, 0, 0), H_SUCCESS);
	assert_int_equal(us->output_length, 5);
}

static void gets_what_came(void **state)
{
	(void)state;
	world_type(ID, "abcdefghijklmnopqrs");
	assert_int_equal(hcall(H_GET_TERM_CHAR, VTERM_CONSOLE, 1, 2, 3), H_SUCCESS);
	assert_int_equal(us->vp.gpr[4], 16);
	assert_int_equal(us->vp.gpr[5], 0x6162636465666768);
	assert_int_equal(us->vp.gpr[6], 0x696a6b6c6d6e6f70);
	assert_int_equal(hcall(H_GET_TERM_CHAR, 0, 1, 2, 3), H_SUCCESS);
	assert_int_equal(us->vp.gpr[4], 3);
	assert_int_equal(us->vp.gpr[5], 0x7172730000000000);
	assert_int_equal(us->vp.gpr[6], 0);
	assert_int_equal(hcall(H_GET_TERM_CHAR, 0, 1, 2, 3), H_SUCCESS);
	assert_int_equal(us->vp.gpr[4], 0);
	assert_int_equal(us->vp.gpr[7], 3);
}

static void bad_arguments_are_refused(void **state)
{
	static const u64 termno[] = {
		1,   VTERM_CONSOLE + 1, VTERM_CONSOLE - 1, 0x100000000 | VTERM_CONSOLE, 0x100000000,
		~0ul};
	static const u64 length[] = {17, 0x100000001, 1ul << 63, ~0ul};

	(void)state;
	world_type(ID, "x");
	for (u32 i = 0; i < ARRAY_SIZE(termno); i++) {
		assert_int_equal(hcall(H_PUT_TERM_CHAR, termno[i], 1, 0, 0), H_PARAMETER);
		assert_int_equal(hcall(H_PUT_TERM_CHAR, termno[i], 0, 0, 0), H_PARAMETER);
		assert_int_equal(hcall(H_GET_TERM_CHAR, termno[i], 0, 0, 0), H_PARAMETER);
	}
	for (u32 i = 0; i < ARRAY_SIZE(length); i++)
		assert_int_equal(hcall(H_PUT_TERM_CHAR, 0, length[i], 0, 0), H_PARAMETER);
	assert_int_equal(us->output_length, 0);
	assert_int_equal(us->input_length, 1);
}

static void interrupt_when_characters_come(void **state)
{
	u32 before = us->pulses[0];

	(void)state;
	world_type(ID, "a");
	assert_int_equal(us->pulses[0], before + 1);
	world_type(ID, "b");
	assert_int_equal(us->pulses[0], before + 2);
	/* The partition may do without. */
	assert_int_equal(hcall(H_VIO_SIGNAL, VTERM_CONSOLE, 0, 0, 0), H_SUCCESS);
	world_type(ID, "c");
	assert_int_equal(us->pulses[0], before + 2);
	assert_int_equal(hcall(H_VIO_SIGNAL, VTERM_CONSOLE, 1, 0, 0), H_SUCCESS);
	world_type(ID, "d");
	assert_int_equal(us->pulses[0], before + 3);
}

static void input_from_before_the_start_is_announced(void **state)
{
	(void)state;
	world_stop(ID);
	world_type(ID, "early");
	us->pulses[0] = 0;
	world_start(ID);
	assert_int_equal(us->pulses[0], 1);
	assert_string_equal(world_get(ID, 0), "early");
	/* A partition that does not exist, one that never did. */
	world_stop(ID);
	world_remove(ID);
	management_console_input(ID);
	management_console_input(LPAR_MAX_ID);
	world_create(ID);
	management_console_input(ID);
	world_start(ID);
}

static void firmware_prints(void **state)
{
	static const char text[] = "a line longer than what one hypercall carries";
	struct lpar *lpar = &us->partition.lpar;

	(void)state;
	assert_int_equal(console_write(lpar, text, sizeof(text)), sizeof(text));
	assert_memory_equal(us->output, text, sizeof(text));
	us->output_length = 0;
	us->output_room = 20;
	assert_int_equal(console_write(lpar, text, sizeof(text)), 16);
	assert_memory_equal(us->output, text, us->output_length);
	assert_int_equal(console_write(lpar, text, 0), 0);
}

static void firmware_reads(void **state)
{
	struct lpar *lpar = &us->partition.lpar;
	u8 typed[8];

	(void)state;
	assert_int_equal(console_read(lpar, typed, sizeof(typed)), 0);
	world_type(ID, "boot net");
	assert_int_equal(console_read(lpar, typed, 5), 5);
	assert_memory_equal(typed, "boot ", 5);
	assert_int_equal(console_read(lpar, typed, sizeof(typed)), 3);
	assert_memory_equal(typed, "net", 3);
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
	};

	return cmocka_run_group_tests(tests, NULL, teardown_group);
}
