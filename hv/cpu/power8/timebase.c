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

static struct mark mark_try(void)
{
	u64 before = timebase_read();
	u64 virtual = spr_read(SPR_VTB);

	return (struct mark){.ahead = before - virtual, .doubt = timebase_read() - before};
}

static struct mark __cold mark_try_again(void)
{
	struct mark mark;
	u32 tries = 1;

	do {
		mark = mark_try();
	} while (mark.doubt > DOUBT_WANTED && ++tries < TRIES);
	return mark;
}

static struct mark mark_take(void)
{
	struct mark mark = mark_try();

	return mark.doubt > DOUBT_WANTED ? mark_try_again() : mark;
}

void timebase_init(struct cpu *cpu)
{
	cpu->ahead_noise = machine.emulated ? 2 * ROUNDING : ~0UL;
}

void timebase_mark(struct cpu *cpu)
{
	struct mark mark = mark_take();

	cpu->ahead = mark.ahead;
	cpu->ahead_doubt = mark.doubt;
}

/* The lower half becomes 0 first: no carry while the upper half is written. */
static void timebase_write(u64 value)
{
	spr_write(SPR_TBL, 0);
	spr_write(SPR_TBU, value >> 32);
	spr_write(SPR_TBL, (u32)value);
}

static void __cold timebase_mend(struct cpu *cpu, struct vp *vp)
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
	u64 ahead = timebase_read() - spr_read(SPR_VTB);

	/* One look is enough as long as nothing is wrong. */
	if (ahead - cpu->ahead + ROUNDING > cpu->ahead_noise)
		timebase_mend(cpu, vp);
}
