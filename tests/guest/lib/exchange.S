/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives every register of the user's and the stack, too, a value, lets something happen to the
 * processor, and stores what is there then. Nothing but absolute addresses is left to find the
 * way back, so one processor of a partition can do this.
 */
#include "tests/guest/lib/asm.h"

	.section .text.exchange, "ax"

.macro LOAD_REGISTERS
	std	%r4, SCRATCH_GOT(0)
	mflr	%r5
	std	%r5, SCRATCH_LR(0)
	mfcr	%r5
	std	%r5, SCRATCH_CR(0)
	.irp	n, 1,2,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	std	\n, SCRATCH_GPR + 8 * \n(0)
	.endr

	lfd	%f0, REGISTERS_FPSCR(%r3)
	mtfsf	0xff, %f0, 1, 0
	mffs	%f0
	stfd	%f0, REGISTERS_FPSCR(%r3)
	addi	%r5, %r3, REGISTERS_VSCR
	lvx	%v0, 0, %r5
	mtvscr	%v0
	mfvscr	%v0
	stvx	%v0, 0, %r5
	addi	%r5, %r3, REGISTERS_VSR
	.set	n, 0
	.rept	64
	lxvd2x	n, 0, %r5
	addi	%r5, %r5, 16
	.set	n, n + 1
	.endr
	ld	%r5, REGISTERS_VRSAVE(%r3)
	mtspr	256, %r5
	ld	%r5, REGISTERS_LR(%r3)
	mtlr	%r5
	ld	%r5, REGISTERS_CTR(%r3)
	mtctr	%r5
	ld	%r5, REGISTERS_XER(%r3)
	mtxer	%r5
	mfxer	%r5
	std	%r5, REGISTERS_XER(%r3)
	ld	%r5, REGISTERS_CR(%r3)
	mtcr	%r5
	.irp	n, 0,1,2,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,3
	ld	\n, REGISTERS_GPR + 8 * \n(3)
	.endr
.endm

.macro STORE_REGISTERS
	std	%r3, SCRATCH_R3(0)
	ld	%r3, SCRATCH_GOT(0)
	.irp	n, 0,1,2,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	std	\n, REGISTERS_GPR + 8 * \n(3)
	.endr
	ld	%r5, SCRATCH_R3(0)
	std	%r5, REGISTERS_GPR + 24(%r3)
	mfsrr0	%r5
	std	%r5, REGISTERS_SRR0(%r3)
	mfsrr1	%r5
	std	%r5, REGISTERS_SRR1(%r3)
	mfcr	%r5
	std	%r5, REGISTERS_CR(%r3)
	mflr	%r5
	std	%r5, REGISTERS_LR(%r3)
	mfctr	%r5
	std	%r5, REGISTERS_CTR(%r3)
	mfxer	%r5
	std	%r5, REGISTERS_XER(%r3)
	mfspr	%r5, 256
	std	%r5, REGISTERS_VRSAVE(%r3)
	addi	%r5, %r3, REGISTERS_VSR
	.set	n, 0
	.rept	64
	stxvd2x	n, 0, %r5
	addi	%r5, %r5, 16
	.set	n, n + 1
	.endr
	mffs	%f0
	stfd	%f0, REGISTERS_FPSCR(%r3)
	mfvscr	%v0
	addi	%r5, %r3, REGISTERS_VSCR
	stvx	%v0, 0, %r5

	.irp	n, 1,2,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	\n, SCRATCH_GPR + 8 * \n(0)
	.endr
	ld	%r5, SCRATCH_CR(0)
	mtcr	%r5
	ld	%r5, SCRATCH_LR(0)
	mtlr	%r5
	blr
.endm

FUNCTION(exchange_hcall)
	LOAD_REGISTERS
	sc	1
	.globl	exchange_hcall_return
exchange_hcall_return:
	STORE_REGISTERS

FUNCTION(exchange_spin)
	LOAD_REGISTERS
1:	bdnz	1b
	STORE_REGISTERS

/* Copied to 0x900: counts, puts the decrementer far away. */
	.globl	exchange_decrementer, exchange_decrementer_end
exchange_decrementer:
	std	%r3, SCRATCH_HANDLER(0)
	ld	%r3, SCRATCH_INTERRUPTS(0)
	addi	%r3, %r3, 1
	std	%r3, SCRATCH_INTERRUPTS(0)
	lis	%r3, 0x7fff
	mtspr	22, %r3
	ld	%r3, SCRATCH_HANDLER(0)
	rfid
exchange_decrementer_end:

/* Every other vector: r1 = vector. Nothing is left to go back to. */
FUNCTION(exchange_exception)
	mr	%r3, %r1
	mfsrr0	%r4
	mfsrr1	%r5
	mfdar	%r6
	LOAD_ADDRESS %r2, .TOC.
	LOAD_ADDRESS %r1, boot_stack_end
	addi	%r1, %r1, -128
	b	exchange_unexpected
