// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"

#define AREA_SIZE      1024 /* spans no 4 KiB boundary */
#define SHADOW_SIZE    128
#define SHADOW_ENTRIES 2
#define SLB_VALID      0x8000000UL

static u8 area[PROCESSOR_MAX][AREA_SIZE] __aligned(AREA_SIZE);
static u8 shadow[PROCESSOR_MAX][SHADOW_SIZE] __aligned(SHADOW_SIZE);

struct vpa *area_of(u32 index)
{
	return (struct vpa *)area[index];
}

static void area_register_as(u32 index, u64 function, void *at)
{
	s64 rc = hcall(H_REGISTER_VPA, function << VPA_FUNCTION_SHIFT,
		       processor_table[index].number, (u64)at);

	check(rc == H_SUCCESS, "H_REGISTER_VPA %lu of %u: %ld", function,
	      processor_table[index].number, rc);
}

void area_register(u32 index)
{
	struct vpa *vpa = area_of(index);

	vpa->size = cpu_to_be16(sizeof(*vpa));
	vpa->maintain_fprs = 1;
	vpa->maintain_vmx = 1;
	vpa->maintain_pmcs = 1;
	vpa->maintain_ebb = 1;
	area_register_as(index, VPA_REGISTER, vpa);
}

void area_register_shadow(u32 index)
{
	struct slb_shadow *buffer = (struct slb_shadow *)shadow[index];

	buffer->persistent = cpu_to_be32(SHADOW_ENTRIES);
	buffer->length = cpu_to_be32(SHADOW_SIZE);
	for (u64 i = 0; i < SHADOW_ENTRIES; i++) {
		buffer->entry[i].e = cpu_to_be64(i << 28 | SLB_VALID | i);
		buffer->entry[i].v = cpu_to_be64((0x1000 + i) << 12);
	}
	area_register_as(index, VPA_REGISTER_SLB_SHADOW, buffer);
}

u32 area_dispatch_count(u32 index)
{
	return be32_to_cpu(*(volatile be32 *)&area_of(index)->dispatch_count);
}
