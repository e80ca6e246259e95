// SPDX-License-Identifier: Apache-2.0
/*
 * Computes a checksum over its memory again and again, "@rounds=N" times, and says so each time:
 * what the neighbours do must not show in it.
 */
#include <stdio.h>
#include "tests/guest/lib/guest.h"

const char test_name[] = "checksum";

#define AREA (1 * MiB)

static u64 area_sum(const u64 *area, size_t words)
{
	u64 sum = 0xcbf29ce484222325;

	for (size_t i = 0; i < words; i++)
		sum = (sum ^ area[i]) * 0x100000001b3;
	return sum;
}

int main(void)
{
	u64 rounds = guest_argument("rounds", 100), passes = guest_argument("passes", 100);
	struct guest_run run = guest_free_memory(guest_rmo_size());
	struct random random = {.state = guest_id};
	u64 *area = (u64 *)run.base, first;
	size_t words = AREA / sizeof(*area);

	check(run.end - run.base >= AREA, "no memory");
	for (size_t i = 0; i < words; i++)
		area[i] = random_next(&random);
	first = area_sum(area, words);
	for (u64 round = 0; round < rounds; round++) {
		for (u64 pass = 0; pass < passes; pass++) {
			u64 sum = area_sum(area, words);

			check(sum == first, "round %lu: %lx, not %lx", round, sum, first);
		}
		printf("checksum: round %lu %016lx\n", round, first);
	}
	return 0;
}
