// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/lib/area.h"
#include "tests/guest/lib/guest.h"
#include "tests/guest/lib/hcall.h"

#define AREA_SIZE 1024 /* spans no 4 KiB boundary */

static u8 area[PROCESSOR_MAX][AREA_SIZE] __aligned(AREA_SIZE);

struct vpa *area_of(u32 index)
{
	return (struct vpa *)area[index];
}

void area_register(u32 index)
{
	struct vpa *vpa = area_of(index);
	s64 rc;

	vpa->size = cpu_to_be16(sizeof(*vpa));
	vpa->maintain_fprs = 1;
	vpa->maintain_vmx = 1;
	vpa->maintain_pmcs = 1;
	rc = hcall(H_REGISTER_VPA, (u64)VPA_REGISTER << VPA_FUNCTION_SHIFT,
		   processor_table[index].number, (u64)vpa);
	check(rc == H_SUCCESS, "H_REGISTER_VPA of %u: %ld", processor_table[index].number, rc);
}

u32 area_dispatch_count(u32 index)
{
	return be32_to_cpu(*(volatile be32 *)&area_of(index)->dispatch_count);
}
