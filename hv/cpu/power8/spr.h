/* SPDX-License-Identifier: Apache-2.0 */
/* Special-purpose registers and MSR bits of POWER8. Power ISA 2.07, Book III-S. */
#ifndef HV_CPU_POWER8_SPR_H
#define HV_CPU_POWER8_SPR_H

#include "hv/msr.h"

#define SPR_DSCR   17
#define SPR_DSISR  18
#define SPR_DAR	   19
#define SPR_DEC	   22
#define SPR_SDR1   25
#define SPR_SRR0   26
#define SPR_SRR1   27
#define SPR_CFAR   28
#define SPR_AMR	   29
#define SPR_ACOP   31
#define SPR_PID	   48
#define SPR_IAMR   61
#define SPR_TFHAR  128
#define SPR_TFIAR  129
#define SPR_TEXASR 130
#define SPR_CTRLF  136 /* read */
#define SPR_CTRL   152 /* write */
#define SPR_FSCR   153
#define SPR_UAMOR  157
#define SPR_PSPB   159
#define SPR_DAWR   180
#define SPR_DAWRX  188
#define SPR_CIABR  187
#define SPR_HFSCR  190
#define SPR_VRSAVE 256
#define SPR_SPRG0  272
#define SPR_SPRG1  273
#define SPR_SPRG2  274
#define SPR_SPRG3  275
#define SPR_EAR	   282
#define SPR_TBL	   284 /* write */
#define SPR_TBU	   285
#define SPR_PVR	   287
#define SPR_HSPRG0 304
#define SPR_HSPRG1 305
#define SPR_HDAR   307
#define SPR_SPURR  308
#define SPR_PURR   309
#define SPR_HDEC   310
#define SPR_RMOR   312
#define SPR_HRMOR  313
#define SPR_HSRR0  314
#define SPR_HSRR1  315
#define SPR_LPCR   318
#define SPR_LPIDR  319
#define SPR_HMER   336
#define SPR_HMEER  337
#define SPR_PCR	   338
#define SPR_HEIR   339
#define SPR_AMOR   349
#define SPR_USIER  768
#define SPR_SIER   784 /* hypervisor and supervisor numbers of the PMU: +16 writes */
#define SPR_MMCR2  785
#define SPR_MMCRA  786
#define SPR_PMC1   787
#define SPR_MMCR0  795
#define SPR_SIAR   796
#define SPR_SDAR   797
#define SPR_MMCR1  798
#define SPR_BESCRS 800
#define SPR_BESCRR 802
#define SPR_BESCR  806
#define SPR_EBBHR  804
#define SPR_EBBRR  805
#define SPR_TAR	   815
#define SPR_IC	   848
#define SPR_VTB	   849
#define SPR_TACR   888
#define SPR_TCSCR  889
#define SPR_CSIGR  890
#define SPR_SPMC1  892
#define SPR_SPMC2  893
#define SPR_MMCRS  894
#define SPR_WORT   895
#define SPR_PPR	   896
#define SPR_HID0   1008
#define SPR_PIR	   1023

#define HFSCR_TAR  (UL(1) << 8)
#define HFSCR_EBB  (UL(1) << 7)
#define HFSCR_PM   (UL(1) << 3)
#define HFSCR_DSCR (UL(1) << 2)
#define HFSCR_VSX  (UL(1) << 1)
#define HFSCR_FP   (UL(1) << 0)

#define MMCR0_FC (UL(1) << 31) /* counters frozen */

#ifndef __ASSEMBLER__
#include "types.h"

#define spr_read(number)                                                         \
	({                                                                       \
		u64 spr_value;                                                   \
		__asm__ volatile("mfspr %0,%1" : "=r"(spr_value) : "i"(number)); \
		spr_value;                                                       \
	})

#define spr_write(number, value) \
	__asm__ volatile("mtspr %0,%1" : : "i"(number), "r"((u64)(value)) : "memory")

static inline u64 timebase_read(void)
{
	u64 value;

	__asm__ volatile("mftb %0" : "=r"(value));
	return value;
}
#endif

#endif
