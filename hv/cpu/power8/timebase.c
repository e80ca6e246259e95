// SPDX-License-Identifier: Apache-2.0
/*
 * The time base belongs to the hypervisor and all partitions together. Processors refuse a
 * partition that writes it, QEMU 7.2 does not. There the virtual time base, which a partition
 * cannot write, tells whether it was written during a visit, and what it should be.
 */
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/lpar.h"
#include "hv/machine.h"

#define ROUNDING 16 /* ticks; the emulator computes each of its clocks for itself */

struct timebase_mark timebase_mark(void)
{
	struct timebase_mark mark = {0};
	u64 before, virtual;

	if (machine.emulated) {
		before = timebase_read();
		virtual = spr_read(SPR_VTB);
		mark.doubt = timebase_read() - before;
		mark.ahead = before - virtual;
	}
	return mark;
}

/* The lower half becomes 0 first: no carry while the upper half is written. */
static void timebase_write(u64 value)
{
	spr_write(SPR_TBL, 0);
	spr_write(SPR_TBU, value >> 32);
	spr_write(SPR_TBL, (u32)value);
}

void timebase_check(struct vp *vp, struct timebase_mark mark)
{
	struct timebase_mark now = timebase_mark();
	s64 slack = (s64)(mark.doubt + now.doubt + ROUNDING);
	s64 moved = (s64)(now.ahead - mark.ahead);

	if (moved <= slack && moved >= -slack)
		return;
	timebase_write(spr_read(SPR_VTB) + mark.ahead);
	lpar_fail(vp->lpar, "virtual processor %u wrote the time base", (unsigned int)vp->number);
}
