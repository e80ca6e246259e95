// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <string.h>
#include "tests/guest/lib/exception.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"
#include "tests/guest/lib/interrupt.h"
#include "tests/guest/lib/mmu.h"
#include "tests/guest/lib/spr.h"

#define RUNTIME_SEGMENT 0x111
#define RUNTIME_SHIFT	16 /* mapped with 64 KiB pages */
#define SLB_VALID	0x8000000UL
#define SLB_KP		0x400UL
#define HPTE_V_SECOND	0x2UL
#define GROUP_ENTRIES	8

struct page_size page_size_table[PAGE_SIZES_MAX];
u32 page_size_count;
u64 hpt_entries;

static void page_sizes_read(int cpu)
{
	int length;
	const fdt32_t *cell = fdt_getprop(guest_tree, cpu, "ibm,segment-page-sizes", &length);
	const fdt32_t *end = cell + length / 4;

	check(cell, "no ibm,segment-page-sizes");
	while (cell + 3 <= end) {
		u32 base_shift = fdt32_ld(cell), segment_code = fdt32_ld(cell + 1);
		u32 count = fdt32_ld(cell + 2);

		cell += 3;
		for (; count > 0 && cell + 2 <= end; count--, cell += 2)
			if (page_size_count < PAGE_SIZES_MAX)
				page_size_table[page_size_count++] =
					(struct page_size){base_shift, fdt32_ld(cell), segment_code,
							   fdt32_ld(cell + 1)};
	}
}

static int cpu_node(void)
{
	int node, cpus = fdt_path_offset(guest_tree, "/cpus");

	fdt_for_each_subnode(node, guest_tree, cpus) {
		const char *type = fdt_getprop(guest_tree, node, "device_type", NULL);

		if (type && strcmp(type, "cpu") == 0)
			return node;
	}
	test_fail(__FILE__, __LINE__, "no processor in the tree");
}

const struct page_size *page_size_find(u32 base_shift, u32 actual_shift)
{
	for (u32 i = 0; i < page_size_count; i++)
		if (page_size_table[i].base_shift == base_shift &&
		    page_size_table[i].actual_shift == actual_shift)
			return &page_size_table[i];
	return NULL;
}

void segment_set(u32 slot, u64 effective, u64 segment, const struct page_size *size)
{
	u64 e = ALIGN_DOWN(effective, 1UL << SEGMENT_SHIFT) | SLB_VALID | slot;
	u64 v = segment << 12 | SLB_KP | size->segment_code;

	__asm__ volatile("isync; slbmte %0, %1; isync" : : "r"(v), "r"(e) : "memory");
}

u64 mapping_v(const struct mapping *mapping)
{
	u64 v = mapping->segment << 12 | HPTE_V_VALID;
	u64 page = ALIGN_DOWN(mapping->effective, 1UL << mapping->size->base_shift);

	v |= (page >> 23 & 0x1f) << 7;
	return mapping->size->actual_shift > 12 ? v | HPTE_V_LARGE : v;
}

u64 mapping_r(const struct mapping *mapping)
{
	return mapping->logical | (u64)mapping->size->page_code << 12 | mapping->r;
}

u64 mapping_group(const struct mapping *mapping)
{
	u64 offset = mapping->effective & ((1UL << SEGMENT_SHIFT) - 1);
	u64 hash = (mapping->segment & 0x7fffffffffUL) ^ offset >> mapping->size->base_shift;

	return hash * GROUP_ENTRIES & (hpt_entries - 1);
}

s64 mapping_enter(struct mapping *mapping, u64 flags)
{
	u64 group = mapping_group(mapping);
	u64 regs[HCALL_REGISTERS] = {flags, group, mapping_v(mapping), mapping_r(mapping)};
	s64 rc = hcall_registers(H_ENTER, regs);

	if (rc == H_PTEG_FULL) {
		regs[0] = flags;
		regs[1] = ~group & (hpt_entries - 1) & ~(u64)(GROUP_ENTRIES - 1);
		regs[2] = mapping_v(mapping) | HPTE_V_SECOND;
		regs[3] = mapping_r(mapping);
		rc = hcall_registers(H_ENTER, regs);
	}
	if (rc == H_SUCCESS)
		mapping->ptex = regs[0];
	return rc;
}

u64 mapping_remove(const struct mapping *mapping)
{
	u64 regs[HCALL_REGISTERS] = {H_FLAG_AVPN, mapping->ptex, mapping_v(mapping) & ~0x7fUL};
	s64 rc = hcall_registers(H_REMOVE, regs);

	check(rc == H_SUCCESS, "H_REMOVE of entry %lu: %ld", mapping->ptex, rc);
	return regs[1] & (HPTE_R_R | HPTE_R_C);
}

void translation_set(bool on)
{
	u64 msr = mfmsr();

	msr = on ? msr | MSR_IR | MSR_DR : msr & ~(u64)(MSR_IR | MSR_DR);
	__asm__ volatile("mtsrr1 %0; bcl 20, 31, 1f; 1: mflr %%r4; addi %%r4, %%r4, 2f - 1b;"
			 "mtsrr0 %%r4; rfid; 2:"
			 :
			 : "r"(msr)
			 : "r4", "lr", "memory");
}

void mmu_init(void)
{
	int cpu = cpu_node();
	const fdt32_t *pft = fdt_getprop(guest_tree, cpu, "ibm,pft-size", NULL);
	const struct page_size *size;

	check(pft, "no ibm,pft-size");
	hpt_entries = 1UL << fdt32_ld(pft + 1) >> 4;
	page_sizes_read(cpu);
	size = page_size_find(RUNTIME_SHIFT, RUNTIME_SHIFT);
	check(size, "no 64 KiB pages");
	segment_set(0, 0, RUNTIME_SEGMENT, size);
	for (u64 page = 0; page < (u64)image_end; page += 1UL << RUNTIME_SHIFT) {
		struct mapping mapping = {
			page, page, RUNTIME_SEGMENT, size, HPTE_R_M | PP_READ_WRITE, 0};
		s64 rc = mapping_enter(&mapping, 0);

		check(rc == H_SUCCESS, "H_ENTER of the runtime's page %lx: %ld", page, rc);
	}
}

static void (*user_function)(u64 arg);
static u64 user_arg;

/* Becomes problem state and calls; sc 0 ends it. */
static void user_enter(u64 unused)
{
	u64 msr = (mfmsr() | MSR_PR | MSR_IR | MSR_DR) & ~(u64)MSR_EE;

	(void)unused;
	__asm__ volatile("mtsrr1 %0; bcl 20, 31, 1f; 1: mflr %%r4; addi %%r4, %%r4, 2f - 1b;"
			 "mtsrr0 %%r4; rfid; 2:"
			 :
			 : "r"(msr)
			 : "r4", "lr", "memory");
	user_function(user_arg);
	__asm__ volatile("sc");
}

u32 mmu_user(void (*function)(u64 arg), u64 arg, struct exception *caught)
{
	user_function = function;
	user_arg = arg;
	/* In problem state, interrupts are on. */
	dec_set(DEC_FAR);
	return exception_try(user_enter, 0, caught);
}
