// SPDX-License-Identifier: Apache-2.0
/*
 * The time base belongs to the hypervisor and all partitions together. Processors refuse a
 * partition that writes it, QEMU 7.2 does not (the processor's own is changed, not the others').
 * There the virtual time base, which a partition cannot write, tells whether it was written during
 * a visit, and what it should be.
 */
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/lpar.h"
#include "hv/machine.h"

#define ROUNDING     16	  /* ticks; the emulator computes each of its clocks for itself */
#define DOUBT_WANTED 2048 /* … and may lose its own processor between two instructions … */
#define TRIES	     8	  /* … but hardly that often in a row */

struct mark {
	u64 ahead; /* ticks the time base is ahead of the virtual one … */
	u64 doubt; /* … or up to so many less */
};

static struct mark mark_take(void)
{
	struct mark mark;
	u64 before, virtual;
	u32 tries = 0;

	do {
		before = timebase_read();
		virtual = spr_read(SPR_VTB);
		mark.doubt = timebase_read() - before;
	} while (mark.doubt > DOUBT_WANTED && ++tries < TRIES);
	mark.ahead = before - virtual;
	return mark;
}

void timebase_mark(struct cpu *cpu)
{
	struct mark mark;

	if (!machine.emulated)
		return;
	mark = mark_take();
	cpu->ahead = mark.ahead;
	cpu->ahead_doubt = mark.doubt;
}

u64 timebase_trusted(const struct cpu *cpu)
{
	return machine.emulated ? spr_read(SPR_VTB) + cpu->ahead : timebase_read();
}

/* The lower half becomes 0 first: no carry while the upper half is written. */
static void timebase_write(u64 value)
{
	spr_write(SPR_TBL, 0);
	spr_write(SPR_TBU, value >> 32);
	spr_write(SPR_TBL, (u32)value);
}

static void __noinline timebase_mend(struct cpu *cpu, struct vp *vp)
{
	struct mark now = mark_take();
	s64 slack = (s64)(cpu->ahead_doubt + now.doubt + ROUNDING);
	s64 moved = (s64)(now.ahead - cpu->ahead);

	if (moved <= slack && moved >= -slack)
		return;
	timebase_write(spr_read(SPR_VTB) + cpu->ahead);
	lpar_fail(vp->lpar, "virtual processor %u wrote the time base", (unsigned int)vp->number);
}

void timebase_check(struct cpu *cpu, struct vp *vp)
{
	u64 ahead;

	if (!machine.emulated)
		return;
	/* One look is enough as long as nothing is wrong. */
	ahead = timebase_read() - spr_read(SPR_VTB);
	if (ahead - cpu->ahead + ROUNDING > 2 * ROUNDING)
		timebase_mend(cpu, vp);
}
