/* SPDX-License-Identifier: Apache-2.0 */
/* What the assembly files of the test partitions share with each other and with C. */
#ifndef GUEST_ASM_H
#define GUEST_ASM_H

#define MSR_SF	   0x8000000000000000
#define MSR_FP_ALL 0x02802000 /* VEC, VSX, FP */
#define MSR_EE	   0x8000
#define MSR_PR	   0x4000
#define MSR_ME	   0x1000
#define MSR_IR	   0x20
#define MSR_DR	   0x10
#define MSR_RI	   0x2

#define SPRN_SPRG0 272
#define SPRN_SPRG1 273
#define SPRN_SPRG3 275

/* struct processor */
#define PROCESSOR_EXCEPTION_SP 0
#define PROCESSOR_VECTOR       8
#define PROCESSOR_TRY_SP       16
#define PROCESSOR_TRY_MSR      24
#define PROCESSOR_STACK	       32

/* struct exception */
#define EXCEPTION_GPR	 0
#define EXCEPTION_NIP	 256
#define EXCEPTION_MSR	 264
#define EXCEPTION_CTR	 272
#define EXCEPTION_LR	 280
#define EXCEPTION_XER	 288
#define EXCEPTION_CR	 296
#define EXCEPTION_DAR	 304
#define EXCEPTION_DSISR	 312
#define EXCEPTION_VECTOR 320
#define EXCEPTION_SIZE	 336

/* struct registers */
#define REGISTERS_GPR	 0
#define REGISTERS_LR	 256
#define REGISTERS_CTR	 264
#define REGISTERS_XER	 272
#define REGISTERS_CR	 280
#define REGISTERS_SRR0	 288
#define REGISTERS_SRR1	 296
#define REGISTERS_FPSCR	 304
#define REGISTERS_VRSAVE 312
#define REGISTERS_VSCR	 320
#define REGISTERS_VSR	 336
#define REGISTERS_SIZE	 1360

/* Scratch words below the image, reached with absolute addresses by code that has no register. */
#define SCRATCH_GPR	   0x2000 /* 32 of exchange()'s caller */
#define SCRATCH_LR	   0x2100
#define SCRATCH_CR	   0x2108
#define SCRATCH_GOT	   0x2110
#define SCRATCH_R3	   0x2118
#define SCRATCH_HANDLER	   0x2120
#define SCRATCH_INTERRUPTS 0x2128

#ifdef __ASSEMBLER__
/* clang-format off */

#define FUNCTION(name)          \
	.globl name;            \
	.type name, @function;  \
	.align 2;               \
name:

.macro LOAD_ADDRESS reg, symbol
	lis	\reg, (\symbol)@highest
	ori	\reg, \reg, (\symbol)@higher
	sldi	\reg, \reg, 32
	oris	\reg, \reg, (\symbol)@high
	ori	\reg, \reg, (\symbol)@l
.endm

/* clang-format on */
#endif
#endif
