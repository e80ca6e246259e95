// SPDX-License-Identifier: Apache-2.0
/* One visit to a partition: what is delivered before, the way in, why it came back. */
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/machine.h"

/*
 * Facilities that partitions get. Not the branch history: emulators have no instruction to clear
 * it, and it would show one partition's branches to the next. Not transactional memory and
 * msgsndp: see hv/cpu/power8/exit.c.
 */
#define HFSCR_PARTITION (HFSCR_TAR | HFSCR_EBB | HFSCR_PM | HFSCR_DSCR | HFSCR_VSX | HFSCR_FP)

static struct crash_area {
	u8 stack[8192];
	struct crash_frame frame;
} __aligned(16) crash_area[MACHINE_MAX_CPUS];

register struct cpu *r13_cpu __asm__("r13");

struct cpu *cpu_this(void)
{
	return r13_cpu;
}

void cpu_init(struct cpu *cpu)
{
	cpu->crash = &crash_area[cpu->number].frame;
	r13_cpu = cpu;
	spr_write(SPR_HSPRG0, (uintptr_t)cpu);
	spr_write(SPR_HDEC, INT32_MAX);
	spr_write(SPR_LPIDR, 0);
	spr_write(SPR_LPCR, LPCR_HYPERVISOR);
	spr_write(SPR_HFSCR, HFSCR_PARTITION);
	spr_write(SPR_AMOR, ~0UL);
	spr_write(SPR_PCR, 0);
	spr_write(SPR_HMEER, 0);
	icp_hw_init(cpu);
}

/*
 * Delivers a waiting external interrupt, or, while the partition has MSR[EE] off, arranges that
 * it arrives at the moment the partition turns it on: with LPCR[LPES0] an interrupt of our own
 * presentation controller goes straight to the partition's vector; processors that act on
 * LPCR[MER] need only that.
 */
static void external_deliver(struct cpu *cpu, struct vp *vp)
{
	bool pending = icp_pending(vp);

	if (pending && (vp->msr & MSR_EE)) {
		vp_interrupt(vp, 0x500, 0);
		pending = false;
	}
	if (pending == vp->external_armed)
		return;
	vp->external_armed = pending;
	if (pending)
		icp_hw_arm(cpu);
	else
		icp_hw_disarm(cpu);
}

static void hdec_set(u64 until)
{
	s64 left = (s64)(until - timebase_read());

	spr_write(SPR_HDEC, MAX(MIN(left, (s64)INT32_MAX), 1L));
}

/* One way in and out again. */
static void visit(struct cpu *cpu, struct vp *vp, u64 until)
{
	struct timebase_mark mark = timebase_mark();

	__atomic_store_n(&vp->leave, 0, __ATOMIC_SEQ_CST);
	external_deliver(cpu, vp);
	/* While armed, each hypercall may have taken the interrupt: look again after it. */
	if (vp->external_armed)
		vp->leave = 1;
	spr_write(SPR_LPCR, lpcr_for(vp));
	hdec_set(until);
	vp_enter(vp);
	timebase_check(vp, mark);
	vp_exit(cpu, vp);
}

void cpu_run(struct cpu *cpu, struct vp *vp, u64 until)
{
	do
		visit(cpu, vp, until);
	while (vp->state == VP_RUNNING && (s64)(until - timebase_read()) > 0);
}

void cpu_idle(struct cpu *cpu, u64 until)
{
	s64 left = (s64)(until - timebase_read());

	if (left <= 0)
		return;
	/* With what may be left of a partition in it, LPCR[MER], the processor would not sleep. */
	spr_write(SPR_LPCR, LPCR_HYPERVISOR);
	spr_write(SPR_DEC, MIN(left, (s64)INT32_MAX));
	cpu_nap();
	icp_hw_interrupt(cpu);
}
