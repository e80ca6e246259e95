// SPDX-License-Identifier: Apache-2.0
/* What the platform has to offer to a client program, and what of it a client has taken. */
#include <string.h>
#include "hv/lpar.h"
#include "hv/machine.h"
#include "partition/cas.h"

/*
 * Options of vector 5 that the platform has. What is not here stays off whatever a client asks
 * for: interrupts come as XICS, translation is by hashed page table.
 */
static const u32 platform_options[] = {
	CAS_LPAR, CAS_SPLPAR, CAS_DRCONF_MEMORY, CAS_LARGE_PAGES, CAS_FORM1_AFFINITY, CAS_DRMEM_V2,
};

static void set_option(struct cas *cas, u32 option)
{
	cas->vec5[CAS_BYTE(option)] |= CAS_BIT(option);
}

static void set_max_cpus(struct cas *cas, u32 max)
{
	be32 cell = cpu_to_be32(max);

	cas->max_cpus = max;
	memcpy(&cas->vec5[CAS_MAX_CPUS_BYTE], &cell, sizeof(cell));
}

bool cas_has(const struct cas *cas, u32 option)
{
	return cas->vec5[CAS_BYTE(option)] & CAS_BIT(option);
}

void cas_set_platform(struct cas *cas)
{
	u32 i;

	*cas = (struct cas){.cpu_version = machine.pvr, .vmx = true, .dfp = true};
	cas->vec5[0] = CAS_VEC5_SIZE - 2;
	for (i = 0; i < ARRAY_SIZE(platform_options); i++)
		set_option(cas, platform_options[i]);
	set_max_cpus(cas, LPAR_MAX_VPS);
}
