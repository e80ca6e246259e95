/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the page frame table calls share, for cmocka. */
#ifndef TESTS_UNIT_PFT_TEST_H
#define TESTS_UNIT_PFT_TEST_H

#include "tests/unit/pft_world.h"

#define AVPN(n) ((u64)(n) << 12) /* some pages' AVPN */
#define BOLTED	0x10UL
#define R_4K	(PTEL_M | 0x182UL) /* memory, R and C, pp */

/* Before and after each test: a new world, and world_check(). */
int pft_setup(void **state);
int pft_teardown(void **state);

s64 enter(u64 flags, u64 ptex, u64 v, u64 r);
s64 remove_pte(u64 flags, u64 ptex, u64 avpn);

/* Both doublewords of an entry are just these. */
void assert_entry(u64 ptex, u64 v, u64 r);

#endif
