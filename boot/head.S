/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where skiboot jumps to: big-endian, hypervisor state, translation off, with
 * r3 = OPAL device tree, r8 = OPAL base, r9 = OPAL entry, at whatever address the file was put.
 */
#include "hv/cpu/power8/spr.h"

	.section .text.head, "ax"
	.globl	_start
_start:
	bl	1f
1:	mflr	r31
	lis	r30, 1b@ha
	addi	r30, r30, 1b@l
	subf	r31, r30, r31		/* r31 = address of what is to be at 0 */

	/* Move the image down, vectors included, a doubleword at a time. */
	lis	r10, image_end@ha
	addi	r10, r10, image_end@l
	addi	r10, r10, 7
	srdi	r10, r10, 3
	mtctr	r10
	li	r11, -8
	addi	r12, r31, -8
2:	ldu	r0, 8(r12)
	stdu	r0, 8(r11)
	bdnz	2b

	/* What was stored as data will be fetched as instructions. */
	lis	r10, image_end@ha
	addi	r10, r10, image_end@l
	li	r11, 0
3:	dcbst	0, r11
	sync
	icbi	0, r11
	addi	r11, r11, 128
	cmpld	r11, r10
	blt	3b
	sync
	isync

	lis	r10, 4f@ha
	addi	r10, r10, 4f@l
	mtctr	r10
	bctr

4:	lis	r10, image_end@ha
	addi	r10, r10, image_end@l
	lis	r11, hv_end@ha
	addi	r11, r11, hv_end@l
	li	r0, 0
5:	std	r0, 0(r10)
	addi	r10, r10, 8
	cmpld	r10, r11
	blt	5b

	lis	r2, .TOC.@ha
	addi	r2, r2, .TOC.@l
	lis	r1, boot_stack_top@ha
	addi	r1, r1, boot_stack_top@l
	li	r0, 0
	stdu	r0, -64(r1)
	mr	r4, r8
	mr	r5, r9
	bl	boot_main
	nop
	b	.			/* boot_main does not return */

/* A processor that OPAL_START_CPU sent here: on to secondary_main() on its own stack. */
	.globl	secondary_entry
secondary_entry:
	lis	r2, .TOC.@ha
	addi	r2, r2, .TOC.@l
	addis	r3, r2, secondary_cpu@toc@ha
	ld	r3, secondary_cpu@toc@l(r3)
	addis	r1, r2, secondary_stack@toc@ha
	ld	r1, secondary_stack@toc@l(r1)
	li	r0, 0
	stdu	r0, -64(r1)
	bl	secondary_main
	nop
	b	.

	.section .bss
	.balign	16
	.space	32768
boot_stack_top:
