// SPDX-License-Identifier: Apache-2.0
/*
 * The real mode region: with translation off a partition's access below the limit LPCR[RMLS] goes
 * to its address ORed with RMOR. Power ISA 2.07 Book III-S "Offset Real Mode Address".
 */
#include "hv/cpu.h"
#include "hv/machine.h"
#include "hv/msr.h"

/*
 * QEMU (7.2 to 10) takes the lowest bit of RMLS for POWER10's LPCR[HAIL] and then enters the
 * hypervisor with translation on, so of the encodings only those without that bit can be used.
 */
#define RMLS_HAIL 1

static u64 rmls_for(u64 size)
{
	switch (size) {
	case 32 * MiB:
		return 8;
	case 64 * MiB:
		return 3;
	case 128 * MiB:
		return 7;
	default:
		return 4;
	}
}

/*
 * Where a size cannot be had, the limit is 256 MiB and the region lies at the end of an aligned
 * 256 MiB: the bits of an address above the region are all set in RMOR, so the OR leads every
 * address below the limit into the region, never to somebody else's memory.
 */
struct rmo cpu_rmo(u64 size)
{
	u64 rmls = rmls_for(size);
	struct rmo rmo = {.align = size, .offset = 0};

	if (machine.emulated && (rmls & RMLS_HAIL)) {
		rmls = rmls_for(256 * MiB);
		rmo.align = 256 * MiB;
		rmo.offset = 256 * MiB - size;
	}
	rmo.lpcr = rmls << LPCR_RMLS_SHIFT;
	return rmo;
}
