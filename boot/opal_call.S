/* SPDX-License-Identifier: Apache-2.0 */
#include "hv/cpu/power8/spr.h"

/*
 * s64 opal_call(u64 token, u64 a0 … a6): OPAL keeps the non-volatile registers as the ABI says,
 * but wants its own r2 and may use r13.
 */
	.section .text
	.globl	opal_call
	.type	opal_call, @function
opal_call:
	mflr	r0
	std	r0, 16(r1)
	std	r2, 24(r1)
	stdu	r1, -48(r1)
	std	r13, 32(r1)
	mr	r0, r3
	mr	r3, r4
	mr	r4, r5
	mr	r5, r6
	mr	r6, r7
	mr	r7, r8
	mr	r8, r9
	mr	r9, r10
	lis	r11, opal@ha
	addi	r11, r11, opal@l
	ld	r2, 0(r11)
	ld	r12, 8(r11)
	mtctr	r12
	bctrl
	ld	r13, 32(r1)
	addi	r1, r1, 48
	ld	r2, 24(r1)
	ld	r0, 16(r1)
	mtlr	r0
	blr
	.size	opal_call, . - opal_call
