// SPDX-License-Identifier: Apache-2.0
/* One visit to a partition: what is delivered before, the way in, why it came back. */
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/tlb.h"

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

struct cpu *cpu_this(void)
{
	struct cpu *cpu;

	__asm__ volatile("mr %0,13" : "=r"(cpu));
	return cpu;
}

void cpu_init(struct cpu *cpu)
{
	cpu->crash = &crash_area[cpu->number].frame;
	__asm__ volatile("mr 13,%0" : : "r"(cpu));
	spr_write(SPR_HSPRG0, (uintptr_t)cpu);
	spr_write(SPR_HDEC, INT32_MAX);
	spr_write(SPR_LPIDR, 0);
	cpu->lpcr = LPCR_HYPERVISOR;
	spr_write(SPR_LPCR, cpu->lpcr);
	spr_write(SPR_HFSCR, HFSCR_PARTITION);
	spr_write(SPR_AMOR, ~0UL);
	spr_write(SPR_PCR, 0);
	spr_write(SPR_HMEER, 0);
	context_init();
	timebase_init(cpu);
	tlb_flush_all();
	icp_hw_init(cpu);
}

static void hdec_set(u64 until)
{
	s64 left = (s64)(until - timebase_read());

	if ((u64)(left - 1) >> 31)
		left = left > 0 ? INT32_MAX : 1;
	spr_write(SPR_HDEC, left);
}

/* LPCR for the next entry. On the emulator a write costs more than it looks. */
static void lpcr_set(u64 lpcr)
{
	if (spr_read(SPR_LPCR) != lpcr)
		spr_write(SPR_LPCR, lpcr);
}

/* What its ledger has. The way here, which is not in there yet, it will read the next time. */
static void purr_set(const struct vp *vp)
{
	spr_write(SPR_PURR, vp->spr.purr);
	spr_write(SPR_SPURR, vp->spr.purr);
}

/*
 * Calls into entry.S that come back with hardly any register kept: saving those that the compiler
 * needs afterwards is cheaper than all of them.
 */
#define CLOBBERED                                                                                  \
	"r0", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r14", "r15", "r16", "r17", \
		"r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26", "r27", "r28",       \
		"r29", "r30", "r31", "cr0", "cr1", "cr2", "cr3", "cr4", "cr5", "cr6", "cr7", "lr", \
		"ctr", "ca", "memory"

static void enter(struct cpu *cpu, struct vp *vp)
{
	cpu->vp = vp;
	__asm__ volatile("bl vp_enter" : : : "r3", CLOBBERED);
}

static void nap(void)
{
	__asm__ volatile("bl cpu_nap" : : : "r3", CLOBBERED);
}

static void doze(void)
{
	__asm__ volatile("bl cpu_doze" : : : "r3", CLOBBERED);
}

static void enter_with(struct cpu *cpu, struct vp *vp, u64 lpcr, u64 until)
{
	lpcr_set(lpcr);
	hdec_set(until);
	enter(cpu, vp);
}

/*
 * An external interrupt waits while the partition has MSR[EE] off: it is to arrive at the moment
 * the partition turns it on. With LPCR[LPES0] an interrupt of our own presentation controller goes
 * straight to the partition's vector; processors that act on LPCR[MER] need only that.
 */
static void __cold enter_armed(struct cpu *cpu, struct vp *vp, u64 lpcr, u64 until)
{
	/* Each hypercall may have taken the interrupt: look again after it. */
	vp->leave = 1;
	icp_hw_arm(cpu);
	enter_with(cpu, vp, lpcr | LPCR_MER | LPCR_LPES0, until);
	icp_hw_disarm(cpu_this());
}

/*
 * Delivers what waits for @vp; a system reset first (LoPAR "H_SIGNAL_SYS_RESET"). Returns whether
 * there is an external interrupt that it does not take now.
 */
static bool __cold deliver(struct vp *vp)
{
	if (__atomic_load_n(&vp->resets, __ATOMIC_RELAXED) &&
	    __atomic_exchange_n(&vp->resets, 0, __ATOMIC_ACQUIRE))
		vp_interrupt(vp, 0x100, 0);
	if (!icp_pending(vp))
		return false;
	if (!(vp->msr & MSR_EE))
		return true;
	vp_interrupt(vp, 0x500, 0);
	return false;
}

static bool has_something_to_deliver(const struct vp *vp)
{
	return __atomic_load_n(&vp->resets, __ATOMIC_RELAXED) || icp_pending(vp);
}

/* One way in and out again. */
static void visit(struct cpu *cpu, struct vp *vp, u64 until)
{
	u64 lpcr = __atomic_load_n(&vp->lpar->lpcr, __ATOMIC_RELAXED) | cpu->lpcr;

	if (usually(!has_something_to_deliver(vp)) || !deliver(vp))
		enter_with(cpu, vp, lpcr, until);
	else
		enter_armed(cpu, vp, lpcr, until);
}

static void after_visit(struct cpu *cpu, struct vp *vp)
{
	timebase_check(cpu, vp);
	/* Of a hypercall the handler has done all there is to do. */
	if ((vp->exit_vector ^ 0xc00) | cpu->lost)
		vp_exit(cpu, vp);
}

static bool is_running(const struct vp *vp)
{
	return __atomic_load_n(&vp->state, __ATOMIC_RELAXED) == VP_RUNNING;
}

/*
 * Whatever another processor has to say, also that @vp is stopped, is stored before it sets
 * vp->leave and kicks: it is seen behind the fence, or the kick ends the visit. (A kick that comes
 * while an interrupt of our own waits for the partition is seen no earlier than that.)
 */
static bool may_enter(const struct cpu *cpu, struct vp *vp)
{
	__atomic_store_n(&vp->leave, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !__atomic_load_n(&cpu->queue.resched, __ATOMIC_RELAXED);
}

/* What is needed behind a visit is looked up anew: no register survives one. */
void cpu_run(struct cpu *cpu, struct vp *vp, u64 until)
{
	purr_set(vp);
	while (may_enter(cpu, vp)) {
		visit(cpu, vp, until);
		cpu = cpu_this();
		vp = cpu->vp;
		after_visit(cpu, vp);
		if (!is_running(vp) || (s64)(until - timebase_read()) <= 0)
			break;
	}
}

/*
 * A kick that came before the nap ends it at once: it stays until it is answered. Hypervisor
 * decrementer interrupts are off, the emulator has no way to deliver one to a processor that naps.
 */
void cpu_idle(struct cpu *cpu, u64 until)
{
	s64 left = (s64)(until - timebase_read());

	if (left <= 0)
		return;
	if (cpu->loaded)
		context_rest(cpu->loaded);
	/* With what may be left of a partition in it, LPCR[MER], the processor would not sleep. */
	spr_write(SPR_LPCR, LPCR_NAP);
	spr_write(SPR_DEC, MIN(left, (s64)INT32_MAX));
	if (cpu->loaded)
		doze();
	else
		nap();
	cpu = cpu_this();
	if (cpu->loaded)
		context_resume(cpu, cpu->loaded);
	icp_hw_answer(cpu);
}
