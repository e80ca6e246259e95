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
	DO(fscr, SPR_FSCR)     \
	DO(ppr, SPR_PPR)       \
	DO(vtb, SPR_VTB)       \
	DO(ic, SPR_IC)

/*
 * Registers that hardly anybody uses: as long as all of them are 0, and the debug registers that
 * only the hypervisor writes, a look at them is enough. AMR and its like are 0 because partitions
 * are offered no storage keys.
 */
#define FOR_EACH_RARE_SPR(DO) \
	DO(amr, SPR_AMR)      \
	DO(iamr, SPR_IAMR)    \
	DO(uamor, SPR_UAMOR)  \
	DO(dscr, SPR_DSCR)    \
	DO(tar, SPR_TAR)      \
	DO(pspb, SPR_PSPB)    \
	DO(acop, SPR_ACOP)    \
	DO(wort, SPR_WORT)    \
	DO(tacr, SPR_TACR)    \
	DO(tcscr, SPR_TCSCR)  \
	DO(csigr, SPR_CSIGR)  \
	DO(ear, SPR_EAR)

/*
 * The same for event-based branches. BESCRS and BESCRR set and reset bits of BESCR, which has to
 * come behind them; for the emulator they are registers of their own.
 */
#define FOR_EACH_EBB_SPR(DO)   \
	DO(ebbhr, SPR_EBBHR)   \
	DO(ebbrr, SPR_EBBRR)   \
	DO(bescrs, SPR_BESCRS) \
	DO(bescrr, SPR_BESCRR) \
	DO(bescr, SPR_BESCR)

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

/*
 * Everything that is moved can be reached from now on. It stays so until the next interrupt: the
 * hypervisor itself does not touch these registers.
 */
static void facilities_open(void)
{
	u64 msr;

	__asm__ volatile(
		"mfmsr %0; ori %0,%0,%1; oris %0,%0,%2; rldimi %0,%3,32,31; mtmsrd %0; isync"
		: "=&r"(msr)
		: "i"(MSR_FP), "i"((MSR_VEC | MSR_VSX) >> 16), "r"(1UL)
		: "memory");
}

/*
 * The emulator may lose its own processor between two instructions. Then the time base and the
 * decrementer do not belong together: once more.
 */
#define DEC_READ_TICKS 2048
#define DEC_READ_TRIES 8

static bool dec_try(const struct cpu *cpu, u64 *expires)
{
	u64 before = spr_read(SPR_VTB);
	u64 dec = (u64)(s64)(s32)spr_read(SPR_DEC);

	*expires = before + cpu->ahead + dec;
	return spr_read(SPR_VTB) - before <= DEC_READ_TICKS;
}

static u64 __cold dec_try_again(const struct cpu *cpu)
{
	u64 expires;

	for (u32 tries = 1; tries < DEC_READ_TRIES; tries++)
		if (dec_try(cpu, &expires))
			break;
	return expires;
}

u64 cpu_dec_expires(const struct vp *vp)
{
	u64 expires;

	return dec_try(vp->loaded, &expires) ? expires : dec_try_again(vp->loaded);
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
	if (left != (s32)left)
		left = left > 0 ? INT32_MAX : INT32_MIN;
	spr_write(SPR_DEC, left);
}

static void debug_write(u64 dawr, u64 dawrx, u64 ciabr)
{
	spr_write(SPR_DAWR, dawr);
	spr_write(SPR_DAWRX, dawrx);
	spr_write(SPR_CIABR, ciabr);
}

static void debug_load(const struct vp_spr *spr)
{
	debug_write(spr->dawr, spr->dawrx, spr->ciabr);
}

static void rare_clear(void)
{
	FOR_EACH_RARE_SPR(SPR_CLEAR)
	FOR_EACH_EBB_SPR(SPR_CLEAR)
	debug_write(0, 0, 0);
}

static void __cold rare_take(struct vp_spr *spr, u64 any)
{
	FOR_EACH_RARE_SPR(SPR_SAVE)
	FOR_EACH_EBB_SPR(SPR_SAVE)
	spr->rare = any || spr->dawr || spr->dawrx || spr->ciabr;
	rare_clear();
}

/* In the processor they are 0 afterwards. @any: what of them was found to be in use already. */
static void rare_save(struct vp_spr *spr, u64 any)
{
	FOR_EACH_RARE_SPR(SPR_COLLECT)
	if (any | spr->rare)
		rare_take(spr, any);
}

static void __cold rare_load(const struct vp_spr *spr)
{
	FOR_EACH_RARE_SPR(SPR_LOAD)
	FOR_EACH_EBB_SPR(SPR_LOAD)
	debug_load(spr);
}

/* --- what a partition says to have in use --- */

/* The counters stop, or they would count the hypervisor. */
static void pmu_stop(void)
{
	spr_write(SPR_MMCR0, MMCR0_FC);
}

/* Returns not 0 if registers of event-based branches are in use; those not to be kept become 0. */
static u64 __noinline facilities_save(struct vp *vp, u32 keep)
{
	struct vp_spr *spr = &vp->spr;
	u64 any = 0;

	spr->mmcr0 = spr_read(SPR_MMCR0);
	pmu_stop();
	if (keep & VPA_KEEP_PMU) {
		FOR_EACH_PMU_SPR(SPR_SAVE)
	}
	if (keep & VPA_KEEP_FP)
		fp_save(&vp->fp);
	if (keep & VPA_KEEP_VMX)
		vmx_save(&vp->fp);
	if (keep & VPA_KEEP_EBB) {
		FOR_EACH_EBB_SPR(SPR_COLLECT)
	} else {
		FOR_EACH_EBB_SPR(SPR_CLEAR)
	}
	return any;
}

static void __noinline facilities_load(struct vp *vp)
{
	const struct vp_spr *spr = &vp->spr;

	if (vp->kept & VPA_KEEP_FP)
		fp_load(&vp->fp);
	else
		fp_clear();
	if (vp->kept & VPA_KEEP_VMX)
		vmx_load(&vp->fp);
	else
		vmx_clear();
	if (vp->kept & VPA_KEEP_PMU) {
		FOR_EACH_PMU_SPR(SPR_LOAD)
		spr_write(SPR_MMCR0, spr->mmcr0);
	} else {
		FOR_EACH_PMU_SPR(SPR_CLEAR)
	}
}

/* --- all of it --- */

static void context_save(struct vp *vp)
{
	struct vp_spr *spr = &vp->spr;
	u32 keep = vpa_keep(vp);
	u64 any = 0;

	vp->kept = keep;
	if (usually(!keep)) {
		pmu_stop();
		FOR_EACH_EBB_SPR(SPR_CLEAR)
	} else {
		any = facilities_save(vp, keep);
	}
	/* One that ceded has not run since it was read. */
	vp->dec_expires = vp->state == VP_CEDED ? vp->wake_at : cpu_dec_expires(vp);
	FOR_EACH_SPR(SPR_SAVE)
	rare_save(spr, any);
	spr->pid = spr_read(SPR_PID);
	spr->ctrl = spr_read(SPR_CTRLF);
	slb_save(vp);
}

/* Every register is written: what is not kept becomes 0, whoever used it last. */
static void context_load(struct cpu *cpu, struct vp *vp)
{
	const struct vp_spr *spr = &vp->spr;

	FOR_EACH_FOREIGN_SPR(SPR_CLEAR)
	if (spr->rare)
		rare_load(spr);
	FOR_EACH_SPR(SPR_LOAD)
	timebase_mark(cpu);
	/* On the emulator a write, even of the same value, empties the TLB. */
	if (spr_read(SPR_PID) != spr->pid)
		spr_write(SPR_PID, spr->pid);
	spr_write(SPR_CTRL, spr->ctrl);
	slb_load(vp);
	dec_load(vp);
	if (usually(!vp->kept)) {
		all_clear();
		FOR_EACH_PMU_SPR(SPR_CLEAR)
	} else {
		facilities_load(vp);
	}
}

static u64 sdr1_for(const struct lpar *lpar)
{
	return (u64)(uintptr_t)lpar->hpt.table + lpar->hpt.shift - HPT_MIN_SHIFT;
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
	if (__atomic_load_n(&lpar->tlb_stale, __ATOMIC_RELAXED) >> cpu->number & 1) {
		__atomic_fetch_and(&lpar->tlb_stale, ~(1U << cpu->number), __ATOMIC_RELAXED);
		tlb_flush_all();
	}
}

static void load(struct cpu *cpu, struct vp *vp)
{
	if (cpu->lpar != vp->lpar)
		lpar_load(cpu, vp->lpar);
	context_load(cpu, vp);
	/* Nobody's reservation is taken for @vp's. */
	__asm__ volatile("stdcx. %0,%1,%2"
			 :
			 : "r"(0UL), "b"(offsetof(struct cpu, r12)), "r"(cpu)
			 : "cr0", "memory");
	__atomic_store_n(&vp->loaded, cpu, __ATOMIC_RELAXED);
}

/* Takes away what is loaded, to load @vp, which may be NULL. */
static void unload(struct cpu *cpu, struct vp *vp)
{
	struct vp *before = cpu->loaded;

	facilities_open();
	if (!before) {
		cpu->loaded = vp;
		return;
	}
	context_save(before);
	cpu->loaded = vp;
	/* From here on another processor may load it, and its partition may end. */
	__atomic_store_n(&before->loaded, NULL, __ATOMIC_RELEASE);
}

void cpu_load(struct cpu *cpu, struct vp *vp)
{
	if (cpu->loaded == vp)
		return;
	unload(cpu, vp);
	if (vp)
		load(cpu, vp);
}

void __noinline cpu_unload(struct cpu *cpu)
{
	unload(cpu, NULL);
}

void cpu_forget(struct cpu *cpu)
{
	cpu_unload(cpu);
	cpu->lpar = NULL;
	spr_write(SPR_LPIDR, 0);
	tlb_flush_all();
}

void context_rest(struct vp *vp)
{
	vp->dec_expires = vp->wake_at;
	vp->spr.vtb = spr_read(SPR_VTB);
}

void context_resume(struct cpu *cpu, const struct vp *vp)
{
	spr_write(SPR_VTB, vp->spr.vtb);
	timebase_mark(cpu);
	dec_load(vp);
}

void context_init(void)
{
	facilities_open();
	pmu_stop();
	rare_clear();
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
