/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floating-point, vector and VSX registers of a partition. The hypervisor itself never uses
 * them; MSR[FP], [VEC] and [VSX] are on only in here.
 */
#include "hv/cpu/power8/offsets.h"
#include "hv/cpu/power8/spr.h"

	.machine power8

	.macro	units_on
	mfmsr	r5
	oris	r6, r5, (MSR_VEC | MSR_VSX) >> 16
	ori	r6, r6, MSR_FP
	mtmsrd	r6
	isync
	.endm

	.section .text
	.globl	fp_save
	.type	fp_save, @function
fp_save:
	units_on
	mr	r4, r3
	.set	reg, 0
	.rept	64
	stxvd2x	reg, 0, r4
	addi	r4, r4, 16
	.set	reg, reg + 1
	.endr
	mffs	f0
	stfd	f0, FP_FPSCR(r3)
	mfvscr	v0
	addi	r4, r3, FP_VSCR
	stvx	v0, 0, r4
	mfspr	r4, SPR_VRSAVE
	std	r4, FP_VRSAVE(r3)
	mtmsrd	r5
	isync
	blr
	.size	fp_save, . - fp_save

	.globl	fp_load
	.type	fp_load, @function
fp_load:
	units_on
	ld	r4, FP_VRSAVE(r3)
	mtspr	SPR_VRSAVE, r4
	addi	r4, r3, FP_VSCR
	lvx	v0, 0, r4
	mtvscr	v0
	lfd	f0, FP_FPSCR(r3)
	mtfsf	0xff, f0, 1, 0
	mr	r4, r3
	.set	reg, 0
	.rept	64
	lxvd2x	reg, 0, r4
	addi	r4, r4, 16
	.set	reg, reg + 1
	.endr
	mtmsrd	r5
	isync
	blr
	.size	fp_load, . - fp_load
