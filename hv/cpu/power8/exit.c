// SPDX-License-Identifier: Apache-2.0
/*
 * Every interrupt that can arrive from a partition in hypervisor state: dealt with, reflected into
 * the partition, or the end of that one partition with a reason. Power ISA 2.07 Book III-S 6.5.
 */
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/dispatch.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "papr/hcall.h"

static void exit_fatal(struct vp *vp, const char *what)
{
	lpar_fail(vp->lpar, "%s on virtual processor %u at %016lx (msr %016lx, srr1 %016lx)", what,
		  (unsigned int)vp->number, (unsigned long)vp->pc, (unsigned long)vp->msr,
		  (unsigned long)vp->exit_srr1);
}

/*
 * An instruction that this processor, or the hypervisor, does not offer: as on a processor that
 * never had it.
 */
static void exit_illegal(struct vp *vp)
{
	trace(TRACE_EXCEPTION, vp->lpar->id, (u16)vp->number, vp->exit_vector, vp->pc);
	vp_interrupt(vp, 0x700, SRR1_ILLEGAL);
}

/* LoPAR "LPAR Option": sc 1 in problem state is answered with H_Privilege, whatever R3 says. */
static void exit_problem_state_call(struct vp *vp)
{
	trace(TRACE_EXCEPTION, vp->lpar->id, (u16)vp->number, vp->exit_vector, vp->pc);
	vp->gpr[3] = (u64)H_PRIVILEGE;
}

/*
 * A system reset took the partition's SRR0 and SRR1. It needs them only while its MSR[RI] is off.
 * Returns whether @vp can go on.
 */
static bool srr_lost(struct vp *vp)
{
	if (!(vp->msr & MSR_RI)) {
		exit_fatal(vp, "registers lost to a system reset");
		return false;
	}
	vp->srr0 = 0;
	vp->srr1 = 0;
	return true;
}

static void exit_system_reset(struct vp *vp)
{
	if (srr_lost(vp))
		log_line("%s: system reset while virtual processor %u ran; it goes on",
			 vp->lpar->name, (unsigned int)vp->number);
}

static void exit_machine_check(struct vp *vp)
{
	log_line("%s: machine check on virtual processor %u at %016lx, srr1 %016lx", vp->lpar->name,
		 (unsigned int)vp->number, (unsigned long)vp->pc, (unsigned long)vp->exit_srr1);
	vp_interrupt(vp, 0x200, vp->exit_srr1 & SRR1_MACHINE_CHECK_MASK);
}

/*
 * A system reset came between an interrupt from the partition and the saving of SRR0 and SRR1. Of
 * a hypercall they are the way back. Returns whether @vp can go on.
 */
static bool exit_recover(struct cpu *cpu, struct vp *vp)
{
	if (!cpu->lost)
		return true;
	cpu->lost = 0;
	if ((vp->exit_vector & ~1U) != 0xc00)
		return srr_lost(vp);
	exit_fatal(vp, "way back from a hypervisor call lost to a system reset");
	return false;
}

void __noinline vp_exit(struct cpu *cpu, struct vp *vp)
{
	vp->msr &= ~SRR1_INFO_MASK;
	if (!exit_recover(cpu, vp))
		return;
	switch (vp->exit_vector) {
	case 0x100:
		exit_system_reset(vp);
		break;
	case 0x200:
		exit_machine_check(vp);
		break;
	case 0x500:
		icp_hw_interrupt(cpu);
		break;
	case 0x980: /* the time is over: the dispatcher looks at the clock itself */
	case 0xc00: /* nothing, but the system reset above */
	case 0xe80: /* a kick: it was to come back here */
		break;
	case 0xc01:
		exit_problem_state_call(vp);
		break;
	case 0xe40:
	case 0xf80:
		exit_illegal(vp);
		break;
	case 0xe00:
		exit_fatal(vp, "hypervisor data storage interrupt");
		break;
	case 0xe20:
		exit_fatal(vp, "hypervisor instruction storage interrupt");
		break;
	case 0xe60:
		machine_maintenance();
		break;
	case 0x1500:
		exit_fatal(vp, "soft patch interrupt");
		break;
	default:
		panic("left a partition by vector %x", (unsigned int)vp->exit_vector);
	}
}
