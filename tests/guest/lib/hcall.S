/* SPDX-License-Identifier: Apache-2.0 */
/* Hypervisor calls. LoPAR "Hypervisor Call Interrupt". */
#include "tests/guest/lib/asm.h"

	.text

.macro HCALL_REGISTERS call
	mflr	%r0
	std	%r0, 16(%r1)
	mfcr	%r0
	stw	%r0, 8(%r1)
	stdu	%r1, -64(%r1)
	std	%r4, 40(%r1)
	mr	%r11, %r4
	ld	%r4, 0(%r11)
	ld	%r5, 8(%r11)
	ld	%r6, 16(%r11)
	ld	%r7, 24(%r11)
	ld	%r8, 32(%r11)
	ld	%r9, 40(%r11)
	ld	%r10, 48(%r11)
	ld	%r12, 64(%r11)
	ld	%r11, 56(%r11)
	.if	\call
	sc	1
	.endif
	std	%r11, 48(%r1)
	ld	%r11, 40(%r1)
	std	%r4, 0(%r11)
	std	%r5, 8(%r11)
	std	%r6, 16(%r11)
	std	%r7, 24(%r11)
	std	%r8, 32(%r11)
	std	%r9, 40(%r11)
	std	%r10, 48(%r11)
	std	%r12, 64(%r11)
	ld	%r4, 48(%r1)
	std	%r4, 56(%r11)
	addi	%r1, %r1, 64
	lwz	%r0, 8(%r1)
	mtcr	%r0
	ld	%r0, 16(%r1)
	mtlr	%r0
	blr
.endm

/* s64 hcall_registers(u64 number, u64 r4_to_r12[9]): arguments in, outputs out. */
FUNCTION(hcall_registers)
	HCALL_REGISTERS 1

/* The same without the call, to be subtracted from what a call costs. */
FUNCTION(hcall_nothing)
	HCALL_REGISTERS 0
