/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Into a partition and out of it. In the hypervisor r13 is the struct cpu of this processor (also
 * kept in HSPRG0); HSPRG1 is scratch for the vectors, HDAR for those that may interrupt others.
 *
 * vp_enter() loads the processor's general registers from the struct vp and goes into the
 * partition. A hypercall runs its handler on the same stack, with the partition's non-volatile
 * registers still in place (the ABI makes C keep them), and goes straight back. Everything else,
 * and a hypercall after which vp->leave is set, saves all and returns from vp_enter(). Of the
 * hypervisor's own registers only r1, r2 and r13 are kept: run.c tells the compiler.
 */
#include "hv/cpu/power8/offsets.h"
#include "hv/cpu/power8/spr.h"
#include "papr/hcall.h"

#define GPR(n)	  (VP_GPR + 8 * (n))
#define FRAME	 336 /* what every frame begins with, the return address, what the ABI protects */
#define FRAME_LR 32

	.macro	save_gprs first, last, base, offset
	.set	reg, \first
	.rept	\last - \first + 1
	std	reg, \offset + 8 * reg(\base)
	.set	reg, reg + 1
	.endr
	.endm

	.macro	load_gprs first, last, base, offset
	.set	reg, \first
	.rept	\last - \first + 1
	ld	reg, \offset + 8 * reg(\base)
	.set	reg, reg + 1
	.endr
	.endm

	.section .vectors, "ax"

	/* An interrupt that comes only from a partition; fits into 0x20 bytes. */
	.macro	exit_vector address, target
	. = \address
	mtspr	SPR_HSPRG1, r13
	mfspr	r13, SPR_HSPRG0
	std	r12, CPU_R12(r13)
	mfspr	r12, SPR_CFAR
	std	r12, CPU_CFAR(r13)
	li	r12, \address
	b	\target
	.endm

	/* An interrupt that may hit the hypervisor itself. */
	.macro	emergency_vector address, target
	. = \address
	mtspr	SPR_HDAR, r13
	mfspr	r13, SPR_HSPRG0
	std	r12, CPU_EMERGENCY(r13)
	mfcr	r12
	std	r12, CPU_EMERGENCY + 8(r13)
	mfspr	r12, SPR_CFAR
	std	r12, CPU_EMERGENCY + 16(r13)
	b	\target
	.endm

	/* An interrupt that only the hypervisor's own mistakes can cause. */
	.macro	crash_vector address
	. = \address
	mtspr	SPR_HSPRG1, r13
	mfspr	r13, SPR_HSPRG0
	std	r12, CPU_EMERGENCY(r13)
	li	r12, \address
	b	crash_srr
	.endm

	emergency_vector 0x100, system_reset
	emergency_vector 0x200, machine_check
	crash_vector 0x300
	crash_vector 0x380
	crash_vector 0x400
	crash_vector 0x480
	exit_vector 0x500, exit_hsrr
	crash_vector 0x600
	crash_vector 0x700
	crash_vector 0x800
	crash_vector 0x900
	exit_vector 0x980, exit_hsrr
	crash_vector 0xa00

	. = 0xc00
	.globl	hcall_vector
hcall_vector:
	b	hcall_enter

	crash_vector 0xd00
	exit_vector 0xe00, exit_hsrr
	exit_vector 0xe20, exit_hsrr
	exit_vector 0xe40, exit_hsrr
	exit_vector 0xe60, exit_hsrr
	exit_vector 0xe80, exit_hsrr
	crash_vector 0xf00
	crash_vector 0xf20
	crash_vector 0xf40
	crash_vector 0xf60
	exit_vector 0xf80, exit_hsrr
	exit_vector 0x1500, exit_hsrr
	. = 0x1600

/*
 * Hypercall. Everything volatile goes to the struct vp: arguments for the handler, and what is
 * handed back. CTR, XER and CFAR are cleared on the way back (rfid would leave its own address in
 * CFAR). LoPAR "Register Usage".
 */
hcall_enter:
	mtspr	SPR_HSPRG1, r13
	mfspr	r13, SPR_HSPRG0
	std	r12, CPU_R12(r13)
	ld	r12, CPU_VP(r13)
	save_gprs 0, 11, r12, VP_GPR
	mfcr	r0
	std	r0, VP_CR(r12)
	ld	r0, CPU_R12(r13)
	std	r0, GPR(12)(r12)
	mfspr	r0, SPR_HSPRG1
	std	r0, GPR(13)(r12)
	mflr	r0
	std	r0, VP_LR(r12)
	mfspr	r0, SPR_SRR0
	std	r0, VP_PC(r12)
	mfspr	r0, SPR_SRR1
	std	r0, VP_MSR(r12)
hcall_saved:
	andi.	r0, r0, MSR_PR
	bne-	hcall_from_problem_state
	ld	r1, CPU_STACK(r13)
	mr	r4, r3
	mr	r3, r12
	lis	r2, .TOC.@ha
	addi	r2, r2, .TOC.@l
	rotldi	r5, r4, 62		/* a number that is no multiple of 4 becomes huge */
	cmpldi	r5, HCALL_MAX / 4
	bgt-	hcall_not_in_table
	addis	r6, r2, hcall_table@toc@ha
	addi	r6, r6, hcall_table@toc@l
	sldi	r5, r5, 3
	ldx	r12, r6, r5
	mtctr	r12
	bctrl
hcall_done:
	ld	r12, CPU_VP(r13)
	lwz	r0, VP_LEAVE(r12)
	cmpwi	r0, 0
	bne-	hcall_leave
hcall_return:
	ld	r4, VP_PC(r12)
	ld	r5, VP_MSR(r12)
	mtspr	SPR_SRR0, r4
	mtspr	SPR_SRR1, r5
	mtspr	SPR_HSRR0, r4
	mtspr	SPR_HSRR1, r5
	ld	r4, VP_LR(r12)
	ld	r5, VP_CR(r12)
	mtlr	r4
	mtcr	r5
	li	r0, 0
	mtctr	r0
	mtxer	r0
	mtspr	SPR_CFAR, r0
	load_gprs 0, 2, r12, VP_GPR
	load_gprs 4, 11, r12, VP_GPR
	ld	r13, GPR(13)(r12)
	ld	r12, GPR(12)(r12)
	hrfid

hcall_not_in_table:
	bl	hcall_private
	b	hcall_done

/* The handler asks for the dispatcher: make what the partition will see complete, and leave. */
hcall_leave:
	std	r3, GPR(3)(r12)
	li	r0, 0
	std	r0, VP_CTR(r12)
	std	r0, VP_XER(r12)
	ld	r4, VP_PC(r12)
	ld	r5, VP_MSR(r12)
	std	r4, VP_SRR0(r12)
	std	r5, VP_SRR1(r12)
	li	r4, 0xc00
	stw	r4, VP_EXIT_VECTOR(r12)
	save_gprs 14, 31, r12, VP_GPR
	b	exit_return		/* r1 and r2 came back from the handler */

/* sc 1 in problem state: to the dispatcher, like any other interrupt, which refuses it. */
hcall_from_problem_state:
	mfspr	r0, SPR_CFAR
	std	r0, VP_CFAR(r12)
	mfspr	r0, SPR_SRR1
	std	r0, VP_EXIT_SRR1(r12)
	li	r0, 0xc01
	stw	r0, VP_EXIT_VECTOR(r12)
	b	exit_save_ctr

/* From a vector with r12 = vector, r13 = cpu; the rest is the partition's. */
exit_hsrr:
	std	r12, CPU_VECTOR(r13)
	mfspr	r12, SPR_HSRR1
	rldicl	r12, r12, 4, 63		/* MSR[HV]: the hypervisor itself? */
	tdnei	r12, 0			/* ends in crash() */
	ld	r12, CPU_VP(r13)
	save_gprs 0, 11, r12, VP_GPR
	mfspr	r3, SPR_HSRR0
	mfspr	r4, SPR_HSRR1
	ld	r5, CPU_VECTOR(r13)
	stw	r5, VP_EXIT_VECTOR(r12)
exit_save:
	std	r3, VP_PC(r12)
	std	r4, VP_MSR(r12)
	std	r4, VP_EXIT_SRR1(r12)
	mfspr	r3, SPR_SRR0
	mfspr	r4, SPR_SRR1
	std	r3, VP_SRR0(r12)
	std	r4, VP_SRR1(r12)
	ld	r3, CPU_R12(r13)
	std	r3, GPR(12)(r12)
	mfspr	r3, SPR_HSPRG1
	std	r3, GPR(13)(r12)
	ld	r3, CPU_CFAR(r13)
	std	r3, VP_CFAR(r12)
	mfcr	r3
	std	r3, VP_CR(r12)
	mflr	r3
	std	r3, VP_LR(r12)
exit_saved:
exit_save_ctr:
	mfctr	r3
	std	r3, VP_CTR(r12)
	mfxer	r3
	std	r3, VP_XER(r12)
exit_save_nonvolatile:
	save_gprs 14, 31, r12, VP_GPR
exit_restore_hypervisor:
	ld	r1, CPU_STACK(r13)
	lis	r2, .TOC.@ha
	addi	r2, r2, .TOC.@l
exit_return:
	ld	r0, FRAME_LR(r1)
	addi	r1, r1, FRAME
	mtlr	r0
	blr

/*
 * vp_enter(): runs cpu->vp in its partition until something wants the dispatcher; then
 * vp->exit_vector says what. The context behind the general registers is loaded already.
 */
	.globl	vp_enter
	.type	vp_enter, @function
vp_enter:
	mflr	r0
	stdu	r1, -FRAME(r1)
	std	r0, FRAME_LR(r1)
	std	r1, CPU_STACK(r13)
vp_load:
	ld	r12, CPU_VP(r13)
	ld	r3, VP_PC(r12)
	ld	r4, VP_MSR(r12)
	ld	r5, VP_SRR0(r12)
	ld	r6, VP_SRR1(r12)
	mtspr	SPR_HSRR0, r3
	mtspr	SPR_HSRR1, r4
	mtspr	SPR_SRR0, r5
	mtspr	SPR_SRR1, r6
	ld	r3, VP_CTR(r12)
	ld	r4, VP_XER(r12)
	ld	r5, VP_LR(r12)
	ld	r6, VP_CR(r12)
	mtctr	r3
	mtxer	r4
	mtlr	r5
	mtcr	r6
	load_gprs 14, 31, r12, VP_GPR
	ld	r0, VP_CFAR(r12)
	mtspr	SPR_CFAR, r0
	load_gprs 0, 11, r12, VP_GPR
	ld	r13, GPR(13)(r12)
	ld	r12, GPR(12)(r12)
	hrfid
vp_loaded:
	.size	vp_enter, . - vp_enter

	/* Goes to \there when r12 is in [\first, \last). */
	.macro	if_between first, last, there
	cmpldi	r12, (\first)@l
	blt	1f
	cmpldi	r12, (\last)@l
	blt	\there
1:
	.endm

/*
 * System reset: the end of a power-saving state, or somebody's reset button. One that comes while
 * a partition runs goes to the dispatcher, one that hits the hypervisor is counted and dropped. On
 * the way into a partition, where SRR0 and SRR1 were loaded already, that loading starts again. On
 * the way out it may have taken the partition's SRR0 and SRR1: exit.c decides what that means.
 */
system_reset:
	mfspr	r12, SPR_SRR1
	rldicl	r12, r12, 4, 63		/* MSR[HV] */
	cmpdi	r12, 0
	beq	emergency_from_partition_reset
	mfspr	r12, SPR_SRR1
	andis.	r12, r12, SRR1_WAKE_MASK >> 16
	bne	nap_end
	mfspr	r12, SPR_SRR0
	if_between 0x100, 0x300, emergency_in_hypervisor_reset
	if_between 0x300, hcall_saved, reset_on_exit
	if_between hcall_return, hcall_not_in_table, reset_on_return
	if_between exit_hsrr, exit_saved, reset_on_exit
	if_between vp_load, vp_loaded, reset_on_entry
	if_between system_reset, entry_end, emergency_in_hypervisor_reset
reset_drop:
	lwz	r12, CPU_RESETS(r13)
	addi	r12, r12, 1
	stw	r12, CPU_RESETS(r13)
	ld	r12, CPU_EMERGENCY + 8(r13)
	mtcr	r12
	ld	r12, CPU_EMERGENCY(r13)
	mfspr	r13, SPR_HDAR
	rfid

reset_on_exit:
	std	r12, CPU_LOST(r13)
	ld	r12, CPU_VP(r13)
	stw	r12, VP_LEAVE(r12)	/* anything but 0 */
	b	reset_drop

reset_on_return:
	li	r12, hcall_done@l	/* needs r3, r13 and what a partition keeps over a call */
	mtspr	SPR_SRR0, r12
	rfid

reset_on_entry:
	li	r12, vp_load@l		/* needs r13 */
	mtspr	SPR_SRR0, r12
	rfid

/* As if cpu_nap() or cpu_doze() returned. */
nap_end:
	mfmsr	r3
	ori	r3, r3, MSR_RI
	mtmsrd	r3
	b	exit_restore_hypervisor

emergency_in_hypervisor_reset:
	li	r12, 0x100
	b	emergency_in_hypervisor

emergency_from_partition_reset:
	li	r12, 0x100
	b	emergency_from_partition

machine_check:
	mfspr	r12, SPR_SRR1
	rldicl	r12, r12, 4, 63
	cmpdi	r12, 0
	li	r12, 0x200
	bne	emergency_in_hypervisor

/* r12 = vector; the partition's r12, CR and CFAR are in the emergency words, its r13 in HDAR. */
emergency_from_partition:
	std	r12, CPU_R12(r13)
	mfspr	r12, SPR_HDAR
	mtspr	SPR_HSPRG1, r12
	ld	r12, CPU_VP(r13)
	save_gprs 0, 11, r12, VP_GPR
	ld	r3, CPU_R12(r13)
	stw	r3, VP_EXIT_VECTOR(r12)
	ld	r3, CPU_EMERGENCY(r13)
	std	r3, CPU_R12(r13)
	ld	r3, CPU_EMERGENCY + 16(r13)
	std	r3, CPU_CFAR(r13)
	ld	r3, CPU_EMERGENCY + 8(r13)
	mtcr	r3
	mfspr	r3, SPR_SRR0
	mfspr	r4, SPR_SRR1
	b	exit_save

/* r12 = vector; as above, but the registers are the hypervisor's. */
emergency_in_hypervisor:
	std	r12, CPU_R12(r13)
	mfspr	r12, SPR_HDAR
	mtspr	SPR_HSPRG1, r12
	ld	r12, CPU_EMERGENCY + 8(r13)
	mtcr	r12
	ld	r12, CPU_R12(r13)

/* An interrupt in the hypervisor: the registers to the crash frame, then to C on its stack. */
crash_srr:
	std	r12, CPU_R12(r13)
	ld	r12, CPU_CRASH(r13)
	save_gprs 0, 11, r12, CRASH_GPR
	save_gprs 14, 31, r12, CRASH_GPR
	ld	r3, CPU_EMERGENCY(r13)
	std	r3, CRASH_GPR + 8 * 12(r12)
	mfspr	r3, SPR_HSPRG1
	std	r3, CRASH_GPR + 8 * 13(r12)
	mflr	r3
	std	r3, CRASH_LR(r12)
	mfspr	r3, SPR_SRR0
	std	r3, CRASH_SRR0(r12)
	mfspr	r3, SPR_SRR1
	std	r3, CRASH_SRR1(r12)
	ld	r3, CPU_R12(r13)
	std	r3, CRASH_VECTOR(r12)
	mfctr	r3
	std	r3, CRASH_CTR(r12)
	mfxer	r3
	std	r3, CRASH_XER(r12)
	mfcr	r3
	std	r3, CRASH_CR(r12)
	mr	r3, r12
	addi	r1, r12, -64		/* its stack ends where the frame begins */
	lis	r2, .TOC.@ha
	addi	r2, r2, .TOC.@l
	bl	crash
	nop
1:	b	1b

	.globl	entry_end
entry_end:
	.section .text

/*
 * The processor saves power until the decrementer (or another exit event that LPCR enables) calls it
 * back through the system reset vector. Keeps registers like vp_enter().
 */
.macro save_power name, instruction
	.globl	\name
	.type	\name, @function
\name:
	mflr	r0
	stdu	r1, -FRAME(r1)
	std	r0, FRAME_LR(r1)
	std	r1, CPU_STACK(r13)
	/* Power ISA 2.07 Book III-S "Entering and Exiting Power-Saving Mode" asks for this order. */
	std	r0, CPU_R12(r13)
	ptesync
	ld	r0, CPU_R12(r13)
1:	cmpd	r0, r0
	bne	1b
	\instruction
	b	.
	.size	\name, . - \name
.endm

save_power cpu_nap, nap   /* keeps what is the hypervisor's */
save_power cpu_doze, doze /* keeps everything */
