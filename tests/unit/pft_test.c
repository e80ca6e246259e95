// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hv/log.h"
#include "papr/hcall.h"
#include "tests/unit/pft_test.h"

void panic(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

int pft_setup(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

int pft_teardown(void **state)
{
	(void)state;
	return world_check() ? 0 : 1;
}

s64 enter(u64 flags, u64 ptex, u64 v, u64 r)
{
	return hcall_4(H_ENTER, flags, ptex, v, r);
}

s64 remove_pte(u64 flags, u64 ptex, u64 avpn)
{
	return hcall_4(H_REMOVE, flags, ptex, avpn, 0);
}

void assert_entry(u64 ptex, u64 v, u64 r)
{
	assert_int_equal(be64_to_cpu(world.table[ptex].v), v);
	assert_int_equal(be64_to_cpu(world.table[ptex].r), r);
}
