// SPDX-License-Identifier: Apache-2.0
/* An interrupt that hit the hypervisor itself: say everything, then stop. */
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/log.h"

void crash(const struct crash_frame *frame)
{
	log_emergency();
	log_line("hypervisor: vector %lx at %016lx, msr %016lx", (unsigned long)frame->vector,
		 (unsigned long)frame->srr0, (unsigned long)frame->srr1);
	log_line("hsrr0 %016lx hsrr1 %016lx", (unsigned long)spr_read(SPR_HSRR0),
		 (unsigned long)spr_read(SPR_HSRR1));
	log_line("lr %016lx ctr %016lx xer %016lx cr %08lx dar %016lx dsisr %08lx",
		 (unsigned long)frame->lr, (unsigned long)frame->ctr, (unsigned long)frame->xer,
		 (unsigned long)frame->cr, (unsigned long)spr_read(SPR_DAR),
		 (unsigned long)spr_read(SPR_DSISR));
	for (int i = 0; i < 32; i += 4)
		log_line("r%-2d %016lx %016lx %016lx %016lx", i, (unsigned long)frame->gpr[i],
			 (unsigned long)frame->gpr[i + 1], (unsigned long)frame->gpr[i + 2],
			 (unsigned long)frame->gpr[i + 3]);
	panic("interrupt in the hypervisor");
}
