// SPDX-License-Identifier: Apache-2.0
/*
 * DMA windows: what the calls return on the first virtual Ethernet adapter, and that the
 * hypervisor's copies are byte for byte right (tests/guest/lib/memcpy.S is its memcpy()). Then what
 * a call costs, "BENCH name TICKS CALLS", and what a copy does, "BENCH name TICKS BYTES".
 */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/spr.h"

const char test_name[] = "tce";

#define PAGE	4096UL
#define ACCESS	3 /* read and write */
#define LENGTHS 400
#define SLACK	16 /* around a copy */
#define AREA	(64 * KiB)
#define COUNT	512 /* entries in a list */
#define CALLS	200UL

static u64 unit, liobn, window_size;

static void find_adapter(void)
{
	int node = fdt_node_offset_by_compatible(guest_tree, -1, "IBM,l-lan"), size;
	const fdt32_t *window = fdt_getprop(guest_tree, node, "ibm,my-dma-window", &size);
	const fdt32_t *reg = fdt_getprop(guest_tree, node, "reg", NULL);

	check(node >= 0 && window && reg && size == 20, "no adapter with a window");
	unit = fdt32_to_cpu(reg[0]);
	liobn = fdt32_to_cpu(window[0]);
	window_size = (u64)fdt32_to_cpu(window[3]) << 32 | fdt32_to_cpu(window[4]);
	check(!window[1] && !window[2], "the window does not begin at 0");
	check(window_size >= COUNT * PAGE, "a window of %lu bytes", window_size);
}

static void expect(s64 expected, const char *what, s64 returned)
{
	check(returned == expected, "%s: %ld, not %ld", what, returned, expected);
}

#define EXPECT(expected, ...) expect(expected, #__VA_ARGS__, hcall(__VA_ARGS__))

static u64 get(u64 ioba)
{
	u64 regs[HCALL_REGISTERS] = {liobn, ioba};

	check(hcall_registers(H_GET_TCE, regs) == H_SUCCESS, "H_GET_TCE");
	return regs[0];
}

static void check_calls(u64 *list)
{
	u64 memory = guest_memory_size();

	EXPECT(H_SUCCESS, H_PUT_TCE, liobn, 0, ACCESS);
	check(get(0) == ACCESS, "entry %lx", get(0));
	EXPECT(H_PARAMETER, H_PUT_TCE, liobn, 0, memory | ACCESS);
	EXPECT(H_PARAMETER, H_PUT_TCE, liobn, window_size, ACCESS);
	EXPECT(H_PARAMETER, H_PUT_TCE, liobn + 1, 0, ACCESS);
	EXPECT(H_PARAMETER, H_PUT_TCE, 0, 0, ACCESS);
	EXPECT(H_SUCCESS, H_PUT_TCE, liobn, 0, 0);
	EXPECT(H_SUCCESS, H_STUFF_TCE, liobn, 0, memory - PAGE + 1, COUNT);
	check(get((COUNT - 1) * PAGE) == memory - PAGE + 1, "stuffed entry");
	EXPECT(H_P4, H_STUFF_TCE, liobn, 0, 0, COUNT + 1);
	EXPECT(H_PARAMETER, H_STUFF_TCE, liobn, window_size - PAGE, 0, 2);
	for (u32 i = 0; i < COUNT; i++)
		list[i] = i * PAGE % memory | ACCESS;
	EXPECT(H_SUCCESS, H_PUT_TCE_INDIRECT, liobn, 0, (u64)list, COUNT);
	check(get((COUNT - 1) * PAGE) == list[COUNT - 1], "listed entry");
	EXPECT(H_PARAMETER, H_PUT_TCE_INDIRECT, liobn, 0, (u64)list + 8, 1);
	EXPECT(H_PARAMETER, H_PUT_TCE_INDIRECT, liobn, 0, memory, 1);
	EXPECT(H_FUNCTION, H_PUT_TCE_INDIRECT, ~0UL, 0, (u64)list, 1);
	EXPECT(H_SUCCESS, H_VIO_SIGNAL, unit, 1);
	EXPECT(H_SUCCESS, H_VIO_SIGNAL, unit, 0);
	EXPECT(H_PARAMETER, H_VIO_SIGNAL, unit + 1, 0);
	EXPECT(H_SUCCESS, H_VIOCTL, unit, 1, 0, 0, 0);
	EXPECT(H_NOT_FOUND, H_VIOCTL, unit, 0, 0, 0, 0);
}

/* One copy between two areas, @to of which is filled with a mark. */
static void check_copy(u8 *to, const u8 *from, size_t length)
{
	for (size_t i = 0; i < length + 2 * SLACK; i++)
		to[(long)i - SLACK] = 0xa5;
	check(memcpy(to, from, length) == to, "memcpy() does not return where to");
	for (size_t i = 0; i < length; i++)
		check(to[i] == from[i], "byte %lu of %lu is wrong", (u64)i, (u64)length);
	for (size_t i = 0; i < SLACK; i++)
		check(to[-1 - (long)i] == 0xa5 && to[length + i] == 0xa5,
		      "a copy of %lu changes what is around", (u64)length);
}

static void check_copies(u8 *to, u8 *from)
{
	struct random random = {.state = 1};

	for (size_t i = 0; i < AREA; i++)
		from[i] = (u8)random_next(&random);
	for (size_t length = 0; length < LENGTHS; length++)
		for (size_t i = 0; i < 4; i++)
			check_copy(to + SLACK + random_next(&random) % 16,
				   from + random_next(&random) % 16, length);
	check_copy(to + SLACK, from, AREA - 2 * SLACK);
	check_copy(to + SLACK + 3, from + 5, AREA - 3 * SLACK);
}

static void measure_call(const char *name, u64 number, u64 r5, u64 r6, u64 r7, u64 first)
{
	u64 best = ~0UL;

	for (u32 repeat = 0; repeat < 10; repeat++) {
		u64 start = mftb(), without;

		for (u64 i = 0; i < CALLS; i++) {
			u64 regs[HCALL_REGISTERS] = {first, r5, r6, r7};

			hcall_nothing(number, regs);
		}
		without = mftb() - start;
		start = mftb();
		for (u64 i = 0; i < CALLS; i++) {
			u64 regs[HCALL_REGISTERS] = {first, r5, r6, r7};

			hcall_registers(number, regs);
		}
		best = MIN(best, mftb() - start - without);
	}
	printf("BENCH %s %lu %lu\n", name, best, CALLS);
}

static void measure_copy(const char *name, u8 *to, const u8 *from, size_t length)
{
	u64 best = ~0UL;

	for (u32 repeat = 0; repeat < 10; repeat++) {
		u64 start = mftb();

		memcpy(to, from, length);
		best = MIN(best, mftb() - start);
	}
	printf("BENCH %s %lu %lu\n", name, best, (u64)length);
}

int main(void)
{
	struct guest_run run = guest_free_memory(guest_rmo_size());
	u8 *memory = (u8 *)run.base;
	u64 *list = (u64 *)run.base;

	check(run.end - run.base >= 2 * AREA + PAGE, "no memory");
	find_adapter();
	check_calls(list);
	check_copies(memory, memory + AREA);
	measure_call("hcall_put_tce", H_PUT_TCE, 0, ACCESS, 0, liobn);
	measure_call("hcall_get_tce", H_GET_TCE, 0, 0, 0, liobn);
	measure_call("hcall_stuff_tce_16", H_STUFF_TCE, 0, ACCESS, 16, liobn);
	for (u32 i = 0; i < COUNT; i++)
		list[i] = ACCESS;
	measure_call("hcall_put_tce_indirect_512", H_PUT_TCE_INDIRECT, 0, (u64)list, COUNT, liobn);
	measure_call("hcall_vio_signal", H_VIO_SIGNAL, 0, 0, 0, unit);
	measure_copy("memcpy_64k", memory, memory + AREA, AREA - 64);
	measure_copy("memcpy_1500_unaligned", memory + 2, memory + AREA + 1, 1500);
	return 0;
}
