/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a test partition begins: r3 = flat device tree, r4 = address of the image, r5 = 0,
 * big-endian, translation off. A processor from RTAS start-cpu arrives at secondary_start with
 * r3 = its struct processor.
 */
#include "tests/guest/lib/asm.h"

	.section .text.start, "ax"

FUNCTION(_start)
	mr	%r31, %r3
	mr	%r30, %r5
	li	%r3, MSR_RI
	ori	%r3, %r3, MSR_ME
	li	%r4, 1
	rldicr	%r4, %r4, 63, 0
	or	%r3, %r3, %r4
	mtmsrd	%r3
	LOAD_ADDRESS %r2, .TOC.
	LOAD_ADDRESS %r1, boot_stack_end
	addi	%r1, %r1, -128
	li	%r0, 0
	std	%r0, 0(%r1)
	mr	%r3, %r31
	mr	%r4, %r30
	bl	guest_start
	b	.

FUNCTION(secondary_start)
	mr	%r31, %r3
	li	%r3, MSR_RI
	ori	%r3, %r3, MSR_ME
	li	%r4, 1
	rldicr	%r4, %r4, 63, 0
	or	%r3, %r3, %r4
	mtmsrd	%r3
	LOAD_ADDRESS %r2, .TOC.
	ld	%r1, PROCESSOR_STACK(%r31)
	addi	%r1, %r1, -128
	li	%r0, 0
	std	%r0, 0(%r1)
	mtspr	SPRN_SPRG3, %r31
	mr	%r3, %r31
	bl	processor_main
	b	.

/* u64 rtas_enter(u64 args, u64 base, u64 entry): RTAS runs in 32-bit mode, as Linux calls it. */
FUNCTION(rtas_enter)
	mflr	%r0
	std	%r0, 16(%r1)
	stdu	%r1, -64(%r1)
	std	%r2, 24(%r1)
	std	%r31, 56(%r1)
	mfmsr	%r31
	mtctr	%r5
	clrldi	%r6, %r31, 1
	mtmsrd	%r6
	bctrl
	li	%r4, 1
	rldicr	%r4, %r4, 63, 0
	mfmsr	%r5
	or	%r5, %r5, %r4
	mtmsrd	%r5
	mtmsrd	%r31
	ld	%r31, 56(%r1)
	ld	%r2, 24(%r1)
	addi	%r1, %r1, 64
	ld	%r0, 16(%r1)
	mtlr	%r0
	blr

	.section .bss.stack, "aw", @nobits
	.align 8
	.space 65536
	.globl	boot_stack_end
boot_stack_end:
