// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/processor.h"
#include "tests/guest/lib/rtas.h"
#include "tests/guest/lib/spr.h"

const void *guest_tree;
u32 guest_id;

int main(void);
void guest_start(const void *tree, u64 of_entry) __noreturn;

void test_fail(const char *file, int line, const char *format, ...)
{
	const char *slash = strrchr(file, '/');
	char text[400];
	int length;
	va_list args;

	mtmsr(mfmsr() & ~(u64)(MSR_EE | MSR_IR | MSR_DR));
	fflush(stdout);
	length = snprintf(text, sizeof(text), "TEST %s: FAIL %s:%d: ", test_name,
			  slash ? slash + 1 : file, line);
	va_start(args, format);
	vsnprintf(text + length, sizeof(text) - length, format, args);
	va_end(args);
	console_write(text, strlen(text));
	console_write("\n", 1);
	rtas_power_off();
}

u64 guest_argument(const char *name, u64 otherwise)
{
	int chosen = fdt_path_offset(guest_tree, "/chosen");
	const char *at = fdt_getprop(guest_tree, chosen, "bootargs", NULL);
	size_t length = strlen(name);

	while (at && *at) {
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return strtoul(at + length + 1, NULL, 0);
		at = strchr(at, ' ');
		if (at)
			at++;
	}
	return otherwise;
}

#define SET_CELLS    6 /* of a set: LMBs, address (2), connector, node, flags */
#define LMB_ASSIGNED 0x8

/* Memory in "ibm,dynamic-memory-v2". LoPAR "ibm,dynamic-reconfiguration-memory". */
static u64 dynamic_memory(void)
{
	int node = fdt_path_offset(guest_tree, "/ibm,dynamic-reconfiguration-memory");
	const fdt32_t *cell = fdt_getprop(guest_tree, node, "ibm,dynamic-memory-v2", NULL);
	const fdt64_t *size = fdt_getprop(guest_tree, node, "ibm,lmb-size", NULL);
	u64 total = 0;

	if (!cell || !size)
		return 0;
	for (u32 sets = fdt32_ld(cell++); sets > 0; sets--, cell += SET_CELLS)
		if (fdt32_ld(cell + SET_CELLS - 1) & LMB_ASSIGNED)
			total += fdt32_ld(cell) * fdt64_ld(size);
	return total;
}

static void memory_measure(u64 *rmo, u64 *total)
{
	int node, length;

	*rmo = 0;
	*total = dynamic_memory();
	fdt_for_each_subnode(node, guest_tree, 0) {
		const char *type = fdt_getprop(guest_tree, node, "device_type", NULL);
		const fdt64_t *reg = fdt_getprop(guest_tree, node, "reg", &length);

		if (!type || !reg || strcmp(type, "memory") != 0)
			continue;
		if (fdt64_ld(reg) == 0)
			*rmo = fdt64_ld(reg + 1);
		for (int i = 0; i < length / 16; i++)
			*total += fdt64_ld(reg + 2 * i + 1);
	}
}

u64 guest_memory_size(void)
{
	u64 rmo, total;

	memory_measure(&rmo, &total);
	return total;
}

u64 guest_rmo_size(void)
{
	u64 rmo, total;

	memory_measure(&rmo, &total);
	return rmo;
}

static struct guest_run property_run(const char *path, const char *first, const char *second)
{
	int node = fdt_path_offset(guest_tree, path), length;
	u64 value[2] = {0, 0};

	for (int i = 0; i < 2; i++) {
		const void *data = fdt_getprop(guest_tree, node, i ? second : first, &length);

		if (data)
			value[i] = length == 8 ? fdt64_ld(data) : fdt32_ld(data);
	}
	return (struct guest_run){value[0], value[1]};
}

struct guest_run guest_free_memory(u64 limit)
{
	struct guest_run taken[4] = {
		{0, (u64)image_end},
		{(u64)guest_tree, (u64)guest_tree + fdt_totalsize(guest_tree)},
		property_run("/chosen", "linux,initrd-start", "linux,initrd-end"),
		property_run("/rtas", "linux,rtas-base", "rtas-size"),
	};
	struct guest_run best = {0, 0};

	taken[3].end += taken[3].base;
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		struct guest_run run = {ALIGN_UP(taken[i].end, 64 * KiB), limit};

		for (size_t j = 0; j < ARRAY_SIZE(taken); j++)
			if (taken[j].end > run.base)
				run.end = MIN(run.end, ALIGN_DOWN(taken[j].base, 64 * KiB));
		if (run.end > run.base && run.end - run.base > best.end - best.base)
			best = run;
	}
	return best;
}

/* xorshift64*; a state of 0 stands for a fixed start. */
u64 random_next(struct random *random)
{
	u64 x = random->state ? random->state : 0x9e3779b97f4a7c15;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	random->state = x;
	return x * 0x2545f4914f6cdd1d;
}

void guest_start(const void *tree, u64 of_entry)
{
	static char buffer[256];
	const void *id;

	guest_tree = tree;
	processor_init();
	exception_init();
	console_init();
	setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
	check(of_entry == 0, "entered with r5 = %#lx", of_entry);
	check(fdt_check_header(tree) == 0, "r3 = %p is no device tree", tree);
	rtas_init();
	id = fdt_getprop(tree, 0, "ibm,partition-no", NULL);
	guest_id = id ? fdt32_ld(id) : 0;
	printf("TEST %s: start, partition %u, %u processors, %lu MiB\n", test_name, guest_id,
	       processor_count, guest_memory_size() / MiB);
	main();
	fflush(stdout);
	printf("TEST %s: PASS\n", test_name);
	fflush(stdout);
	rtas_power_off();
}
