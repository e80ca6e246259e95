/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floating-point, vector and VSX registers of a partition, in two halves: what floating point
 * has of them, and what the vector facility has. The hypervisor itself never uses them; the caller
 * has MSR[FP], [VEC] and [VSX] on.
 */
#include "hv/cpu/power8/offsets.h"
#include "hv/cpu/power8/spr.h"

	.machine power8

	/* r5 … r11 = 16 … 112, so that one address serves eight registers. */
	.macro	offsets_set
	.set	reg, 5
	.rept	7
	li	reg, 16 * (reg - 4)
	.set	reg, reg + 1
	.endr
	.endm

	/* Moves \first … \first + 31 from or to r3, with \op. */
	.macro	vsrs_move op, first
	.set	vsr, \first
	.rept	4
	.if	vsr != \first
	addi	r3, r3, 8 * 16
	.endif
	\op	vsr, 0, r3
	.set	reg, 5
	.rept	7
	.set	vsr, vsr + 1
	\op	vsr, reg, r3
	.set	reg, reg + 1
	.endr
	.set	vsr, vsr + 1
	.endr
	.endm

	.macro	vsrs_clear first
	.set	vsr, \first
	.rept	32
	xxlxor	vsr, vsr, vsr
	.set	vsr, vsr + 1
	.endr
	.endm

	.macro	function name
	.globl	\name
	.type	\name, @function
	.balign	16
\name:
	.endm

	.macro	fp_reset
	vsrs_clear 0
	mtfsf	0xff, f0, 1, 0
	.endm

	.macro	vmx_reset
	vsrs_clear 32
	mtvscr	v0
	li	r3, 0
	mtspr	SPR_VRSAVE, r3
	.endm

	.macro	end_function name
	blr
	.size	\name, . - \name
	.endm

	.section .text

	function fp_save
	mr	r4, r3
	offsets_set
	vsrs_move stxvd2x, 0
	mffs	f0
	stfd	f0, FP_FPSCR(r4)
	end_function fp_save

	function fp_load
	lfd	f0, FP_FPSCR(r3)
	mtfsf	0xff, f0, 1, 0
	offsets_set
	vsrs_move lxvd2x, 0
	end_function fp_load

	function fp_clear
	fp_reset
	end_function fp_clear

	function vmx_save
	addi	r4, r3, FP_VSCR
	mfspr	r12, SPR_VRSAVE
	std	r12, FP_VRSAVE(r3)
	addi	r3, r3, FP_VMX
	offsets_set
	vsrs_move stxvd2x, 32
	mfvscr	v0
	stvx	v0, 0, r4
	end_function vmx_save

	function vmx_load
	addi	r4, r3, FP_VSCR
	lvx	v0, 0, r4
	mtvscr	v0
	ld	r12, FP_VRSAVE(r3)
	mtspr	SPR_VRSAVE, r12
	addi	r3, r3, FP_VMX
	offsets_set
	vsrs_move lxvd2x, 32
	end_function vmx_load

	function vmx_clear
	vmx_reset
	end_function vmx_clear

	function all_clear
	fp_reset
	vmx_reset
	end_function all_clear
