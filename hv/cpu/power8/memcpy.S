/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memcpy(r3 = to, r4 = from, r5 = bytes), in place of the C library's: most of what virtual I/O
 * costs is this. The processor takes doublewords at any address of memory, so alignment makes no
 * difference to the instructions: 128 bytes with 33 of them. No vector registers, which are the
 * partition's. Regions that overlap get bytes of both, nothing else.
 */
	.machine power8

	/* \bytes (16, 32 or 64) if the bit of r5 is in \field, which mtocrf has put there. */
	.macro	piece bytes, bit
	bf	\bit, 1f
	.set	at, 0
	.rept	\bytes / 16
	ld	r7, at(r4)
	ld	r8, at + 8(r4)
	std	r7, at(r6)
	std	r8, at + 8(r6)
	.set	at, at + 16
	.endr
	addi	r4, r4, \bytes
	addi	r6, r6, \bytes
1:
	.endm

	.section .text.memcpy, "ax"
	.globl	memcpy
	.type	memcpy, @function
	.balign	32
memcpy:
	mr	r6, r3
	srdi.	r0, r5, 7
	mtocrf	0x02, r5 /* bits 4 to 7 of the number of bytes into CR6 … */
	mtocrf	0x01, r5 /* … and 0 to 3 into CR7; the loop changes r5 */
	beq	.Lless
	mtctr	r0
	addi	r4, r4, -8
	addi	r6, r6, -8
	.balign	32
.Lblock:
	.set	at, 8
	.rept	2
	ld	r0, at(r4)
	ld	r5, at + 8(r4)
	ld	r7, at + 16(r4)
	ld	r8, at + 24(r4)
	ld	r9, at + 32(r4)
	ld	r10, at + 40(r4)
	ld	r11, at + 48(r4)
	.if	at == 8
	ld	r12, at + 56(r4)
	.else
	ldu	r12, at + 56(r4)
	.endif
	std	r0, at(r6)
	std	r5, at + 8(r6)
	std	r7, at + 16(r6)
	std	r8, at + 24(r6)
	std	r9, at + 32(r6)
	std	r10, at + 40(r6)
	std	r11, at + 48(r6)
	.if	at == 8
	std	r12, at + 56(r6)
	.else
	stdu	r12, at + 56(r6)
	.endif
	.set	at, at + 64
	.endr
	bdnz	.Lblock
	addi	r4, r4, 8
	addi	r6, r6, 8
.Lless:
	piece	64, 25
	piece	32, 26
	piece	16, 27
	bf	28, 1f
	ld	r7, 0(r4)
	std	r7, 0(r6)
	addi	r4, r4, 8
	addi	r6, r6, 8
1:	bf	29, 1f
	lwz	r7, 0(r4)
	stw	r7, 0(r6)
	addi	r4, r4, 4
	addi	r6, r6, 4
1:	bf	30, 1f
	lhz	r7, 0(r4)
	sth	r7, 0(r6)
	addi	r4, r4, 2
	addi	r6, r6, 2
1:	bflr	31
	lbz	r7, 0(r4)
	stb	r7, 0(r6)
	blr
	.size	memcpy, . - memcpy
