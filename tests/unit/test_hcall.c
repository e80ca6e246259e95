// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/hcall.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/trace.h"
#include "hv/vp.h"

/* What the entry code uses. */
extern hcall_handler *hcall_table[];
s64 hcall_private(struct vp *vp);

#define LEAST	 0
#define GREATEST HCALL_MAX
#define MIDDLE	 0xe0

static s64 number_of(struct vp *vp)
{
	return (s64)vp->gpr[3];
}

/* As HCALL() makes them, but that the test can change them. */
#define LINE(name, number) \
	static struct hcall name __section("hcalls") = {number, number_of, NULL, #name}

LINE(least, LEAST);
LINE(greatest, GREATEST);
LINE(middle, MIDDLE);
LINE(private_first, H_PRIVATE_MIN);
LINE(private_last, H_PRIVATE_MAX);

static struct lpar lpar = {.id = 9};
static struct cpu cpu0;
static struct vp vp = {.lpar = &lpar, .cpu = &cpu0, .number = 3, .pc = 0x7777};
static u32 traced;
static u64 traced_number;
static jmp_buf panicked;
static char panic_text[128];

void trace_on(struct cpu *cpu, enum trace_type type, u16 lpar_id, u16 vp_number, u64 a, u64 b)
{
	assert_ptr_equal(cpu, vp.cpu);
	assert_int_equal(type, TRACE_HCALL_UNKNOWN);
	assert_int_equal(lpar_id, 9);
	assert_int_equal(vp_number, 3);
	assert_int_equal(b, 0x7777);
	traced++;
	traced_number = a;
}

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(panic_text, sizeof(panic_text), format, args);
	va_end(args);
	longjmp(panicked, 1);
}

static int setup(void **state)
{
	(void)state;
	middle.number = MIDDLE;
	hcall_init();
	traced = 0;
	return 0;
}

/* As the entry code finds the handler. */
static s64 enter(u64 number)
{
	u64 index = number >> 2 | number << 62;

	vp.gpr[3] = number;
	return index <= HCALL_MAX / 4 ? hcall_table[index](&vp) : hcall_private(&vp);
}

static bool is_known(u64 number)
{
	return number == LEAST || number == GREATEST || number == MIDDLE ||
	       number == H_PRIVATE_MIN || number == H_PRIVATE_MAX;
}

static void check_number(u64 number)
{
	u32 before = traced;

	if (is_known(number)) {
		assert_int_equal(enter(number), number);
		assert_int_equal(traced, before);
	} else {
		assert_int_equal(enter(number), H_FUNCTION);
		assert_int_equal(traced, before + 1);
		assert_int_equal(traced_number, number);
	}
}

static void test_every_number(void **state)
{
	(void)state;
	for (u64 number = 0; number < 0x20000; number++)
		check_number(number);
}

static void test_strange_numbers(void **state)
{
	(void)state;
	for (u32 bit = 0; bit < 64; bit++)
		for (s64 near = -8; near <= 8; near++) {
			check_number(BIT(bit) + (u64)near);
			check_number(~BIT(bit) + (u64)near);
			check_number(BIT(bit) + H_PRIVATE_MIN + (u64)near);
			check_number(BIT(bit) + MIDDLE + (u64)near);
		}
}

/* A line that cannot be honoured stops the hypervisor before it starts, and says which. */
static void test_bad_lines(void **state)
{
	static const struct {
		u32 number;
		const char *text;
	} bad[] = {
		{MIDDLE + 1, "middle has no place in the hypercall table"},
		{MIDDLE + 2, "middle has no place in the hypercall table"},
		{HCALL_MAX + 4, "middle has no place in the hypercall table"},
		{H_PRIVATE_MIN - 4, "middle has no place in the hypercall table"},
		{H_PRIVATE_MIN + 1, "middle has no place in the hypercall table"},
		{H_PRIVATE_MAX + 4, "middle has no place in the hypercall table"},
		{0xfffffffc, "middle has no place in the hypercall table"},
		{GREATEST, " stands twice in the hypercall table"},
		{H_PRIVATE_MIN, " stands twice in the hypercall table"},
	};

	(void)state;
	for (volatile u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		middle.number = bad[i].number;
		if (!setjmp(panicked)) {
			hcall_init();
			fail_msg("%x is taken", (unsigned int)bad[i].number);
		}
		assert_non_null(strstr(panic_text, bad[i].text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_number, setup),
		cmocka_unit_test_setup(test_strange_numbers, setup),
		cmocka_unit_test_setup(test_bad_lines, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
