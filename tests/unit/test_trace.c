// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/trace.c tests/unit/fake_cpu.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hv/trace.h"
#include "tests/unit/fake_cpu.h"

static int setup(void **state)
{
	(void)state;
	fake_cpu_init();
	return 0;
}

static void test_record(void **state)
{
	const struct trace_record *record = cpu_self.trace.record;

	(void)state;
	trace(TRACE_EXCEPTION, 0xfffe, 0xfffd, ~0UL, 1UL << 63);
	assert_int_equal(cpu_self.trace.next, 1);
	assert_int_equal(record->timebase, fake_cpu.now);
	assert_int_equal(record->type, TRACE_EXCEPTION);
	assert_int_equal(record->lpar_id, 0xfffe);
	assert_int_equal(record->vp, 0xfffd);
	assert_int_equal(record->a, ~0UL);
	assert_int_equal(record->b, 1UL << 63);
	assert_int_equal(record[1].type, 0);
}

/* The oldest records give way, and the count goes on. */
static void test_round_and_round(void **state)
{
	const u64 n = 3 * TRACE_RECORDS + 7;

	(void)state;
	for (u64 i = 0; i < n; i++) {
		fake_cpu.now = i;
		trace(TRACE_HCALL_UNKNOWN, 1, 2, i, ~i);
	}
	assert_int_equal(cpu_self.trace.next, n);
	for (u64 i = n - TRACE_RECORDS; i < n; i++) {
		const struct trace_record *record = &cpu_self.trace.record[i % TRACE_RECORDS];

		assert_int_equal(record->timebase, i);
		assert_int_equal(record->a, i);
		assert_int_equal(record->b, ~i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_record, setup),
		cmocka_unit_test_setup(test_round_and_round, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
