/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions. Every vector holds three instructions that exception_init() writes: r1 to SPRG0, the
 * vector's number to r1, branch here. SPRG3 points to the processor's struct processor.
 */
#include "tests/guest/lib/asm.h"

	.text

FUNCTION(exception_entry)
	mtspr	SPRN_SPRG1, %r2
	mfspr	%r2, SPRN_SPRG3
	std	%r1, PROCESSOR_VECTOR(%r2)
	ld	%r1, PROCESSOR_EXCEPTION_SP(%r2)
	addi	%r1, %r1, -(EXCEPTION_SIZE + 128)
	std	%r1, PROCESSOR_EXCEPTION_SP(%r2)
	std	%r0, 128 + EXCEPTION_GPR(%r1)
	.irp	n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	std	\n, 128 + EXCEPTION_GPR + 8 * \n(%r1)
	.endr
	mfspr	%r3, SPRN_SPRG0
	std	%r3, 128 + EXCEPTION_GPR + 8(%r1)
	mfspr	%r3, SPRN_SPRG1
	std	%r3, 128 + EXCEPTION_GPR + 16(%r1)
	mfsrr0	%r3
	std	%r3, 128 + EXCEPTION_NIP(%r1)
	mfsrr1	%r3
	std	%r3, 128 + EXCEPTION_MSR(%r1)
	mfctr	%r3
	std	%r3, 128 + EXCEPTION_CTR(%r1)
	mflr	%r3
	std	%r3, 128 + EXCEPTION_LR(%r1)
	mfxer	%r3
	std	%r3, 128 + EXCEPTION_XER(%r1)
	mfcr	%r3
	std	%r3, 128 + EXCEPTION_CR(%r1)
	mfdar	%r3
	std	%r3, 128 + EXCEPTION_DAR(%r1)
	mfdsisr	%r3
	std	%r3, 128 + EXCEPTION_DSISR(%r1)
	ld	%r3, PROCESSOR_VECTOR(%r2)
	std	%r3, 128 + EXCEPTION_VECTOR(%r1)
	li	%r0, 0
	std	%r0, 0(%r1)
	addi	%r3, %r1, 128
	mr	%r4, %r2
	LOAD_ADDRESS %r2, .TOC.
	bl	exception_dispatch

	mfspr	%r2, SPRN_SPRG3
	addi	%r3, %r1, EXCEPTION_SIZE + 128
	std	%r3, PROCESSOR_EXCEPTION_SP(%r2)
	ld	%r3, 128 + EXCEPTION_NIP(%r1)
	mtsrr0	%r3
	ld	%r3, 128 + EXCEPTION_MSR(%r1)
	mtsrr1	%r3
	ld	%r3, 128 + EXCEPTION_CTR(%r1)
	mtctr	%r3
	ld	%r3, 128 + EXCEPTION_LR(%r1)
	mtlr	%r3
	ld	%r3, 128 + EXCEPTION_XER(%r1)
	mtxer	%r3
	ld	%r3, 128 + EXCEPTION_CR(%r1)
	mtcr	%r3
	ld	%r0, 128 + EXCEPTION_GPR(%r1)
	.irp	n, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	\n, 128 + EXCEPTION_GPR + 8 * \n(%r1)
	.endr
	ld	%r1, 128 + EXCEPTION_GPR + 8(%r1)
	rfid

/*
 * u64 exception_try_call(u64 arg, void (*function)(u64), struct processor *):
 * 0 when the function returned, else the vector of the exception that ended it.
 */
FUNCTION(exception_try_call)
	mflr	%r0
	std	%r0, 16(%r1)
	mfcr	%r0
	stw	%r0, 8(%r1)
	stdu	%r1, -256(%r1)
	std	%r2, 24(%r1)
	.irp	n, 13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	std	\n, 96 + 8 * (\n - 13)(%r1)
	.endr
	mfmsr	%r0
	std	%r0, PROCESSOR_TRY_MSR(%r5)
	std	%r1, PROCESSOR_TRY_SP(%r5)
	mr	%r31, %r5
	mtctr	%r4
	mr	%r12, %r4
	bctrl
	li	%r3, 0
	mr	%r5, %r31
	b	1f
/* exception_dispatch() comes back here with r1 as above, r3 = vector, r5 = struct processor. */
FUNCTION(exception_try_resume)
1:	li	%r0, 0
	std	%r0, PROCESSOR_TRY_SP(%r5)
	.irp	n, 13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	\n, 96 + 8 * (\n - 13)(%r1)
	.endr
	ld	%r2, 24(%r1)
	addi	%r1, %r1, 256
	lwz	%r0, 8(%r1)
	mtcr	%r0
	ld	%r0, 16(%r1)
	mtlr	%r0
	blr
