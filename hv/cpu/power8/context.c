// SPDX-License-Identifier: Apache-2.0
/*
 * The part of a virtual processor's context that stays in the processor while its hypercalls and
 * interrupts are dealt with, and moves only when another virtual processor is dispatched.
 */
#include "hv/cpu/power8/offsets.h"
#include "hv/cpu/power8/power8.h"
#include "hv/cpu/power8/spr.h"
#include "hv/lpar.h"
#include "hv/tlb.h"
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
OFFSET(struct vp_fp, vsr[32], FP_VMX);
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

/* Registers that are just kept: the field of struct vp_spr and the register's number. */
#define FOR_EACH_SPR(DO)       \
	DO(sprg[0], SPR_SPRG0) \
	DO(sprg[1], SPR_SPRG1) \
	DO(sprg[2], SPR_SPRG2) \
	DO(sprg[3], SPR_SPRG3) \
	DO(dar, SPR_DAR)       \
	DO(dsisr, SPR_DSISR)   \
	DO(amr, SPR_AMR)       \
	DO(iamr, SPR_IAMR)     \
	DO(uamor, SPR_UAMOR)   \
	DO(fscr, SPR_FSCR)     \
	DO(ppr, SPR_PPR)       \
	DO(vtb, SPR_VTB)       \
	DO(ic, SPR_IC)

/*
 * Registers that hardly anybody uses: as long as all of them are 0, and the debug registers that
 * only the hypervisor writes, a look at them is enough. BESCRS and BESCRR set and reset bits of
 * BESCR, which has to come behind them; for the emulator they are registers of their own.
 */
#define FOR_EACH_RARE_SPR(DO)  \
	DO(dscr, SPR_DSCR)     \
	DO(tar, SPR_TAR)       \
	DO(pspb, SPR_PSPB)     \
	DO(acop, SPR_ACOP)     \
	DO(wort, SPR_WORT)     \
	DO(ebbhr, SPR_EBBHR)   \
	DO(ebbrr, SPR_EBBRR)   \
	DO(bescrs, SPR_BESCRS) \
	DO(bescrr, SPR_BESCRR) \
	DO(bescr, SPR_BESCR)   \
	DO(tacr, SPR_TACR)     \
	DO(tcscr, SPR_TCSCR)   \
	DO(csigr, SPR_CSIGR)   \
	DO(ear, SPR_EAR)

/* The performance monitor's, but for MMCR0. */
#define FOR_EACH_PMU_SPR(DO)     \
	DO(mmcr1, SPR_MMCR1)     \
	DO(mmcr2, SPR_MMCR2)     \
	DO(mmcra, SPR_MMCRA)     \
	DO(mmcrs, SPR_MMCRS)     \
	DO(siar, SPR_SIAR)       \
	DO(sdar, SPR_SDAR)       \
	DO(sier, SPR_SIER)       \
	DO(spmc1, SPR_SPMC1)     \
	DO(spmc2, SPR_SPMC2)     \
	DO(pmc[0], SPR_PMC1)     \
	DO(pmc[1], SPR_PMC1 + 1) \
	DO(pmc[2], SPR_PMC1 + 2) \
	DO(pmc[3], SPR_PMC1 + 3) \
	DO(pmc[4], SPR_PMC1 + 4) \
	DO(pmc[5], SPR_PMC1 + 5)

/*
 * Registers that no partition is offered, but that the emulator lets it write: those of
 * transactional memory, which HFSCR[TM] ought to close, and SIER by its number for problem state.
 */
#define FOR_EACH_FOREIGN_SPR(DO) \
	DO(tfhar, SPR_TFHAR)     \
	DO(tfiar, SPR_TFIAR)     \
	DO(texasr, SPR_TEXASR)   \
	DO(usier, SPR_USIER)

#define SPR_SAVE(field, number)	   spr->field = spr_read(number);
#define SPR_LOAD(field, number)	   spr_write(number, spr->field);
#define SPR_CLEAR(field, number)   spr_write(number, 0);
#define SPR_COLLECT(field, number) any |= spr_read(number);

/* Everything that is moved can be reached. Returns the MSR before. */
static u64 facilities_open(void)
{
	u64 msr;

	__asm__ volatile("mfmsr %0" : "=r"(msr));
	__asm__ volatile("mtmsrd %0; isync"
			 :
			 : "r"(msr | MSR_FP | MSR_VEC | MSR_VSX | MSR_TM)
			 : "memory");
	return msr;
}

static void facilities_close(u64 msr)
{
	__asm__ volatile("mtmsrd %0" : : "r"(msr) : "memory");
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

	if (!vp->loaded)
		return vp->dec_expires;
	do {
		before = timebase_trusted(vp->loaded);
		dec = (u64)(s64)(s32)spr_read(SPR_DEC);
	} while (timebase_trusted(vp->loaded) - before > DEC_READ_TICKS &&
		 ++tries < DEC_READ_TRIES);
	return before + dec;
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

static void rare_save(struct cpu *cpu, struct vp_spr *spr)
{
	u64 any = 0;

	FOR_EACH_RARE_SPR(SPR_COLLECT)
	if (any || spr->rare) {
		FOR_EACH_RARE_SPR(SPR_SAVE)
		spr->rare = any || spr->dawr || spr->dawrx || spr->ciabr;
	}
	cpu->rare = spr->rare;
}

static void debug_load(const struct vp_spr *spr)
{
	spr_write(SPR_DAWR, spr->dawr);
	spr_write(SPR_DAWRX, spr->dawrx);
	spr_write(SPR_CIABR, spr->ciabr);
}

static void rare_load(struct cpu *cpu, const struct vp_spr *spr)
{
	if (cpu->rare || spr->rare) {
		FOR_EACH_RARE_SPR(SPR_LOAD)
		debug_load(spr);
		cpu->rare = spr->rare;
	}
}

/* Leaves the counters stopped, or they would count the hypervisor. */
static void pmu_save(struct vp_spr *spr, bool kept)
{
	if (kept)
		spr->mmcr0 = spr_read(SPR_MMCR0);
	spr_write(SPR_MMCR0, MMCR0_FC);
	if (kept) {
		FOR_EACH_PMU_SPR(SPR_SAVE)
	}
}

static void pmu_load(const struct vp_spr *spr, bool kept)
{
	if (kept) {
		FOR_EACH_PMU_SPR(SPR_LOAD)
		spr_write(SPR_MMCR0, spr->mmcr0);
	} else {
		FOR_EACH_PMU_SPR(SPR_CLEAR)
	}
}

static void context_save(struct cpu *cpu, struct vp *vp)
{
	struct vp_spr *spr = &vp->spr;
	u32 keep = vpa_keep(vp);

	pmu_save(spr, keep & VPA_KEEP_PMU);
	/* One that ceded has not run since it was read. */
	vp->dec_expires = vp->state == VP_CEDED ? vp->wake_at : cpu_dec_expires(vp);
	FOR_EACH_SPR(SPR_SAVE)
	rare_save(cpu, spr);
	spr->pid = spr_read(SPR_PID);
	spr->ctrl = spr_read(SPR_CTRLF);
	slb_save(vp);
	if (keep & VPA_KEEP_FP)
		fp_save(&vp->fp);
	if (keep & VPA_KEEP_VMX)
		vmx_save(&vp->fp);
	vp->kept = keep;
}

/* Every register is written: what is not kept becomes 0, whoever used it last. */
static void context_load(struct cpu *cpu, struct vp *vp)
{
	const struct vp_spr *spr = &vp->spr;

	FOR_EACH_SPR(SPR_LOAD)
	timebase_mark(cpu);
	rare_load(cpu, spr);
	FOR_EACH_FOREIGN_SPR(SPR_CLEAR)
	/* On the emulator a write, even of the same value, empties the TLB. */
	if (spr_read(SPR_PID) != spr->pid)
		spr_write(SPR_PID, spr->pid);
	spr_write(SPR_CTRL, spr->ctrl);
	slb_load(vp);
	if (vp->kept & VPA_KEEP_FP)
		fp_load(&vp->fp);
	else
		fp_clear();
	if (vp->kept & VPA_KEEP_VMX)
		vmx_load(&vp->fp);
	else
		vmx_clear();
	pmu_load(spr, vp->kept & VPA_KEEP_PMU);
	dec_load(vp);
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
	u32 self = 1U << cpu->number;

	spr_write(SPR_RMOR, lpar->rmo_real);
	spr_write(SPR_PCR, lpar->pcr);
	spr_write(SPR_SDR1, sdr1_for(lpar));
	spr_write(SPR_LPIDR, lpar->id);
	__asm__ volatile("isync" : : : "memory");
	cpu->lpar = lpar;
	if (__atomic_load_n(&lpar->tlb_stale, __ATOMIC_RELAXED) & self) {
		__atomic_fetch_and(&lpar->tlb_stale, ~self, __ATOMIC_RELAXED);
		tlb_flush_all();
	}
}

/* From the last store on another processor may load @vp, and its partition may end. */
static void unload(struct cpu *cpu, struct vp *vp)
{
	context_save(cpu, vp);
	cpu->loaded = NULL;
	__atomic_store_n(&vp->loaded, NULL, __ATOMIC_RELEASE);
}

static void load(struct cpu *cpu, struct vp *vp)
{
	if (cpu->lpar != vp->lpar)
		lpar_load(cpu, vp->lpar);
	context_load(cpu, vp);
	/* Nobody's reservation is taken for @vp's. */
	__asm__ volatile("stdcx. %0,0,%1" : : "r"(0UL), "r"(&cpu->r12) : "cr0", "memory");
	cpu->loaded = vp;
	__atomic_store_n(&vp->loaded, cpu, __ATOMIC_RELAXED);
}

void cpu_load(struct cpu *cpu, struct vp *vp)
{
	u64 msr;

	if (cpu->loaded == vp)
		return;
	msr = facilities_open();
	if (cpu->loaded)
		unload(cpu, cpu->loaded);
	if (vp)
		load(cpu, vp);
	facilities_close(msr);
}

void cpu_forget(struct cpu *cpu)
{
	cpu_load(cpu, NULL);
	cpu->lpar = NULL;
	spr_write(SPR_LPIDR, 0);
	tlb_flush_all();
}

u64 cpu_purr(void)
{
	return spr_read(SPR_PURR);
}

void cpu_refresh(struct vp *vp)
{
	spr_write(SPR_LPCR, vp->lpar->lpcr | LPCR_HYPERVISOR);
	spr_write(SPR_PCR, vp->lpar->pcr);
	debug_load(&vp->spr);
	vp->spr.rare = true;
}
