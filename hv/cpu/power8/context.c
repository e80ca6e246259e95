// SPDX-License-Identifier: Apache-2.0
/*
 * The part of a virtual processor's context that stays in the processor while its hypercalls and
 * interrupts are dealt with, and moves only when another virtual processor is dispatched.
 */
#include "hv/cpu/power8/offsets.h"
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/lpar.h"
#include "hv/vpa.h"

#define OFFSET(type, field, number) _Static_assert(offsetof(type, field) == (number), #field)

OFFSET(struct cpu, vp, CPU_VP);
OFFSET(struct cpu, r12, CPU_R12);
OFFSET(struct cpu, cfar, CPU_CFAR);
OFFSET(struct cpu, stack, CPU_STACK);
OFFSET(struct cpu, emergency, CPU_EMERGENCY);
OFFSET(struct cpu, crash, CPU_CRASH);
OFFSET(struct cpu, resets, CPU_RESETS);
OFFSET(struct cpu, vector, CPU_VECTOR);
OFFSET(struct cpu, lost, CPU_LOST);
OFFSET(struct vp, gpr, VP_GPR);
OFFSET(struct vp, lr, VP_LR);
OFFSET(struct vp, ctr, VP_CTR);
OFFSET(struct vp, xer, VP_XER);
OFFSET(struct vp, cr, VP_CR);
OFFSET(struct vp, pc, VP_PC);
OFFSET(struct vp, msr, VP_MSR);
OFFSET(struct vp, srr0, VP_SRR0);
OFFSET(struct vp, srr1, VP_SRR1);
OFFSET(struct vp, cfar, VP_CFAR);
OFFSET(struct vp, leave, VP_LEAVE);
OFFSET(struct vp, exit_vector, VP_EXIT_VECTOR);
OFFSET(struct vp, exit_srr1, VP_EXIT_SRR1);
OFFSET(struct vp, fp, VP_FP);
OFFSET(struct vp_fp, fpscr, FP_FPSCR);
OFFSET(struct vp_fp, vscr, FP_VSCR);
OFFSET(struct vp_fp, vrsave, FP_VRSAVE);
OFFSET(struct crash_frame, lr, CRASH_LR);
OFFSET(struct crash_frame, srr0, CRASH_SRR0);
OFFSET(struct crash_frame, srr1, CRASH_SRR1);
OFFSET(struct crash_frame, vector, CRASH_VECTOR);
OFFSET(struct crash_frame, ctr, CRASH_CTR);
OFFSET(struct crash_frame, xer, CRASH_XER);
OFFSET(struct crash_frame, cr, CRASH_CR);

/*
 * Registers that are just kept: the field of struct vp_spr and the register's name. BESCRS and
 * BESCRR set and reset bits of BESCR, which has to come behind them; for the emulator they are
 * registers of their own, and so is SIER by its number for problem state, where processors write
 * nothing. HFSCR[TM] closes the registers of transactional memory, but not on the emulator.
 */
#define FOR_EACH_PLAIN_SPR(DO)   \
	DO(sprg[0], SPR_SPRG0)   \
	DO(sprg[1], SPR_SPRG1)   \
	DO(sprg[2], SPR_SPRG2)   \
	DO(sprg[3], SPR_SPRG3)   \
	DO(dar, SPR_DAR)         \
	DO(dsisr, SPR_DSISR)     \
	DO(pspb, SPR_PSPB)       \
	DO(amr, SPR_AMR)         \
	DO(iamr, SPR_IAMR)       \
	DO(uamor, SPR_UAMOR)     \
	DO(dscr, SPR_DSCR)       \
	DO(fscr, SPR_FSCR)       \
	DO(tar, SPR_TAR)         \
	DO(ppr, SPR_PPR)         \
	DO(pid, SPR_PID)         \
	DO(acop, SPR_ACOP)       \
	DO(wort, SPR_WORT)       \
	DO(ebbhr, SPR_EBBHR)     \
	DO(ebbrr, SPR_EBBRR)     \
	DO(bescrs, SPR_BESCRS)   \
	DO(bescrr, SPR_BESCRR)   \
	DO(bescr, SPR_BESCR)     \
	DO(dawr, SPR_DAWR)       \
	DO(dawrx, SPR_DAWRX)     \
	DO(ciabr, SPR_CIABR)     \
	DO(mmcr1, SPR_MMCR1)     \
	DO(mmcr2, SPR_MMCR2)     \
	DO(mmcra, SPR_MMCRA)     \
	DO(siar, SPR_SIAR)       \
	DO(sdar, SPR_SDAR)       \
	DO(sier, SPR_SIER)       \
	DO(usier, SPR_USIER)     \
	DO(mmcrs, SPR_MMCRS)     \
	DO(spmc1, SPR_SPMC1)     \
	DO(spmc2, SPR_SPMC2)     \
	DO(tacr, SPR_TACR)       \
	DO(tcscr, SPR_TCSCR)     \
	DO(csigr, SPR_CSIGR)     \
	DO(ear, SPR_EAR)         \
	DO(tfhar, SPR_TFHAR)     \
	DO(tfiar, SPR_TFIAR)     \
	DO(texasr, SPR_TEXASR)   \
	DO(pmc[0], SPR_PMC1)     \
	DO(pmc[1], SPR_PMC1 + 1) \
	DO(pmc[2], SPR_PMC1 + 2) \
	DO(pmc[3], SPR_PMC1 + 3) \
	DO(pmc[4], SPR_PMC1 + 4) \
	DO(pmc[5], SPR_PMC1 + 5) \
	DO(purr, SPR_PURR)       \
	DO(spurr, SPR_SPURR)     \
	DO(vtb, SPR_VTB)         \
	DO(ic, SPR_IC)

#define MMCR0_FC (1UL << 31) /* counters frozen */

static void slb_save(struct vp_slb *slb)
{
	for (u64 i = 0; i < VP_SLB_SIZE; i++) {
		__asm__ volatile("slbmfee %0,%1" : "=r"(slb[i].e) : "r"(i));
		__asm__ volatile("slbmfev %0,%1" : "=r"(slb[i].v) : "r"(i));
	}
}

/*
 * Writes the entries that are not valid as well: slbia leaves in them what can still be read. It
 * is there for what the processor has derived from the old entries.
 */
static void slb_load(const struct vp_slb *slb)
{
	/* slbia spares entry 0. */
	__asm__ volatile("slbmte %0,%0; slbia" : : "r"(0UL) : "memory");
	for (u64 i = 0; i < VP_SLB_SIZE; i++)
		__asm__ volatile("slbmte %0,%1"
				 :
				 : "r"(slb[i].v), "r"((slb[i].e & ~0xfffUL) | i)
				 : "memory");
	__asm__ volatile("isync" : : : "memory");
}

/*
 * The emulator may lose its own processor between two instructions. Then the time base and the
 * decrementer do not belong together: once more.
 */
#define DEC_READ_TICKS 2048
#define DEC_READ_TRIES 8

u64 cpu_dec_expires(const struct vp *vp)
{
	u64 before, dec;
	u32 tries = 0;

	if (vp->cpu == NULL || vp->cpu->loaded != vp)
		return vp->dec_expires;
	do {
		before = timebase_read();
		dec = (u64)(s64)(s32)spr_read(SPR_DEC);
	} while (timebase_read() - before > DEC_READ_TICKS && ++tries < DEC_READ_TRIES);
	return before + dec;
}

u64 cpu_purr(void)
{
	return spr_read(SPR_PURR);
}

static void dec_load(const struct vp *vp)
{
	s64 left = (s64)(vp->dec_expires - timebase_read());

	/*
	 * QEMU 7.2 raises the exception for a value below 3, but what is read afterwards comes
	 * from the value before: let that have been one that is about to expire.
	 */
	if (left < 3)
		spr_write(SPR_DEC, 3);
	spr_write(SPR_DEC, MAX(MIN(left, (s64)INT32_MAX), (s64)INT32_MIN));
}

/* Lets the hypervisor at the registers of transactional memory. Returns the MSR before. */
static u64 tm_open(void)
{
	u64 msr;

	__asm__ volatile("mfmsr %0" : "=r"(msr));
	__asm__ volatile("mtmsrd %0" : : "r"(msr | MSR_TM) : "memory");
	return msr;
}

static void tm_close(u64 msr)
{
	__asm__ volatile("mtmsrd %0" : : "r"(msr) : "memory");
}

static void context_save(struct vp *vp)
{
	struct vp_spr *spr = &vp->spr;
	u64 msr = tm_open();

	/* Stop the counters first, or they would count the hypervisor. */
	spr->mmcr0 = spr_read(SPR_MMCR0);
	spr_write(SPR_MMCR0, spr->mmcr0 | MMCR0_FC);
	vp->dec_expires = cpu_dec_expires(vp);
#define SAVE(field, number) spr->field = spr_read(number);
	FOR_EACH_PLAIN_SPR(SAVE)
#undef SAVE
	tm_close(msr);
	spr->ctrl = spr_read(SPR_CTRLF);
	slb_save(vp->slb);
	fp_save(&vp->fp);
}

static void context_load(struct vp *vp)
{
	const struct vp_spr *spr = &vp->spr;
	u64 msr = tm_open();

	spr_write(SPR_MMCR0, MMCR0_FC);
#define LOAD(field, number) spr_write(number, spr->field);
	FOR_EACH_PLAIN_SPR(LOAD)
#undef LOAD
	tm_close(msr);
	spr_write(SPR_CTRL, spr->ctrl);
	slb_load(vp->slb);
	fp_load(&vp->fp);
	dec_load(vp);
	spr_write(SPR_MMCR0, spr->mmcr0);
}

static u64 sdr1_for(const struct lpar *lpar)
{
	return (u64)(uintptr_t)lpar->hpt.table | (lpar->hpt.shift - HPT_MIN_SHIFT);
}

/*
 * RMOR before LPIDR: on the emulator the write of LPIDR, even of the same value, is what makes it
 * forget old translations.
 */
static void lpar_load(struct cpu *cpu, struct lpar *lpar)
{
	spr_write(SPR_RMOR, lpar->rmo_real);
	spr_write(SPR_PCR, lpar->pcr);
	spr_write(SPR_SDR1, sdr1_for(lpar));
	spr_write(SPR_LPIDR, lpar->id);
	__asm__ volatile("isync" : : : "memory");
	cpu->lpar = lpar;
}

static void unload(struct cpu *cpu, struct vp *vp)
{
	if (vp->external_armed) {
		vp->external_armed = false;
		icp_hw_disarm(cpu);
	}
	vpa_preempt(vp);
	context_save(vp);
}

void cpu_load(struct cpu *cpu, struct vp *vp)
{
	if (cpu->loaded == vp)
		return;
	if (cpu->loaded)
		unload(cpu, cpu->loaded);
	cpu->loaded = vp;
	if (!vp)
		return;
	if (cpu->lpar != vp->lpar)
		lpar_load(cpu, vp->lpar);
	vp->cpu = cpu;
	context_load(vp);
	vpa_dispatch(vp);
}

void cpu_forget(struct cpu *cpu, const struct lpar *lpar)
{
	if (cpu->loaded && cpu->loaded->lpar == lpar) {
		unload(cpu, cpu->loaded);
		cpu->loaded = NULL;
	}
	if (cpu->lpar == lpar)
		cpu->lpar = NULL;
}

u64 lpcr_for(const struct vp *vp)
{
	u64 lpcr = vp->lpar->lpcr | LPCR_HYPERVISOR;

	return vp->external_armed ? lpcr | LPCR_MER | LPCR_LPES0 : lpcr;
}

void cpu_refresh(struct vp *vp)
{
	spr_write(SPR_LPCR, lpcr_for(vp));
	spr_write(SPR_PCR, vp->lpar->pcr);
	spr_write(SPR_DAWR, vp->spr.dawr);
	spr_write(SPR_DAWRX, vp->spr.dawrx);
	spr_write(SPR_CIABR, vp->spr.ciabr);
}
