// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/cpu/power8/characteristics.c
/* What Linux decides by the answer: which guards against speculation it puts up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "papr/characteristics.h"
#include "hv/hcall.h"
#include "hv/vp.h"

static struct vp vp;

static s64 ask(void)
{
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		if (line->number == H_GET_CPU_CHARACTERISTICS)
			return line->handler(&vp);
	}
	return H_FUNCTION;
}

static void guards_that_power8_needs_are_asked_for(void **state __unused)
{
	assert_int_equal(ask(), H_SUCCESS);
	assert_true(vp.gpr[5] & BEHAVIOUR_FAVOUR_SECURITY);
	assert_true(vp.gpr[5] & BEHAVIOUR_L1D_FLUSH_PR);
	assert_true(vp.gpr[5] & BEHAVIOUR_BOUNDS_CHECK_BARRIER);
}

static void guards_of_power9_are_not(void **state __unused)
{
	assert_int_equal(ask(), H_SUCCESS);
	assert_true(vp.gpr[5] & BEHAVIOUR_NO_L1D_FLUSH_ENTRY);
	assert_true(vp.gpr[5] & BEHAVIOUR_NO_L1D_FLUSH_UACCESS);
}

/* A flush by an instruction that does nothing would be none. */
static void no_instruction_is_promised(void **state __unused)
{
	vp.gpr[4] = ~0UL;
	assert_int_equal(ask(), H_SUCCESS);
	assert_int_equal(vp.gpr[4], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guards_that_power8_needs_are_asked_for),
		cmocka_unit_test(guards_of_power9_are_not),
		cmocka_unit_test(no_instruction_is_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
