/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bits of the machine state register, of the logical partitioning control register and of SRR1.
 * Power ISA 2.07, Book III-S. Also for assembly.
 */
#ifndef HV_MSR_H
#define HV_MSR_H

#ifdef __ASSEMBLER__
#define UL(number) (number)
#else
#define UL(number) (number##UL)
#endif

#define MSR_SF	(UL(1) << 63)
#define MSR_HV	(UL(1) << 60)
#define MSR_TM	(UL(1) << 32)
#define MSR_VEC (UL(1) << 25)
#define MSR_VSX (UL(1) << 23)
#define MSR_EE	(UL(1) << 15)
#define MSR_PR	(UL(1) << 14)
#define MSR_FP	(UL(1) << 13)
#define MSR_ME	(UL(1) << 12)
#define MSR_IR	(UL(1) << 5)
#define MSR_DR	(UL(1) << 4)
#define MSR_RI	(UL(1) << 1)
#define MSR_LE	(UL(1) << 0)

#define LPCR_VPM0	  (UL(1) << 63)
#define LPCR_DPFD_DEFAULT (UL(4) << 52)
#define LPCR_RMLS_SHIFT	  26
#define LPCR_RMLS	  (UL(15) << LPCR_RMLS_SHIFT)
#define LPCR_ILE	  (UL(1) << 25)
#define LPCR_AIL_SHIFT	  23
#define LPCR_AIL	  (UL(3) << LPCR_AIL_SHIFT)
#define LPCR_ONL	  (UL(1) << 18)
#define LPCR_HDEE	  (UL(1) << 15) /* a power-saving state ends by a hypervisor doorbell … */
#define LPCR_EEE	  (UL(1) << 14) /* … an external interrupt … */
#define LPCR_DEE	  (UL(1) << 13) /* … the decrementer … */
#define LPCR_OEE	  (UL(1) << 12) /* … a machine check and the like */
#define LPCR_MER	  (UL(1) << 11)
#define LPCR_LPES0	  (UL(1) << 3)
#define LPCR_HDICE	  (UL(1) << 0)

/* SRR1 of a system reset: why a power-saving state ended; 0 = it was none. */
#define SRR1_WAKE_MASK (UL(3) << 16)
/* SRR1 of a program interrupt. */
#define SRR1_ILLEGAL	UL(0x80000)
#define SRR1_PRIVILEGED UL(0x40000)
/* SRR1 of an interrupt: the bits that say more; the rest is the MSR. */
#define SRR1_INFO_MASK UL(0x783f0000)
/* … and those that a machine check passes on. */
#define SRR1_MACHINE_CHECK_MASK UL(0x783f0000)

#endif
