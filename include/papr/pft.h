/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the page frame table calls take and return: the two doublewords of an entry (Power ISA
 * 2.07 Book III-S "Page Table Entry"), flags, translation specifiers.
 * LoPAR "Page Frame Table Access".
 */
#ifndef PAPR_PFT_H
#define PAPR_PFT_H

/* First doubleword, PTEH. */
#define PTEH_B_RESERVED 0x8000000000000000UL /* B = 0b1x */
#define PTEH_B_1T	0x4000000000000000UL /* segment of 1 TiB, not 256 MiB */
#define PTEH_B_SHIFT	62
#define PTEH_AVPN	0xffffffffffffff80UL /* with B, as the calls compare it */
#define PTEH_FIRMWARE	0x0000000000000060UL /* software bits 57 and 58: the hypervisor's */
#define PTEH_L		0x0000000000000004UL
#define PTEH_H		0x0000000000000002UL
#define PTEH_V		0x0000000000000001UL

/* Second doubleword, PTEL. */
#define PTEL_PP0      0x8000000000000000UL
#define PTEL_RESERVED 0x4000000000000000UL
#define PTEL_KEY_HI   0x3000000000000000UL
#define PTEL_RPN      0x0ffffffffffff000UL
#define PTEL_LP	      0x00000000000ff000UL
#define PTEL_LP_SHIFT 12
#define PTEL_KEY_LO   0x0000000000000e00UL
#define PTEL_R	      0x0000000000000100UL
#define PTEL_C	      0x0000000000000080UL
#define PTEL_WIMG     0x0000000000000078UL
#define PTEL_M	      0x0000000000000010UL
#define PTEL_SAO      0x0000000000000070UL /* strong access ordering: W, I and M */
#define PTEL_N	      0x0000000000000004UL
#define PTEL_PP	      0x0000000000000003UL

/* Flags. LoPAR "Page Frame Table Access flags field definition". */
#define PFT_EXACT	       (1UL << 39) /* H_ENTER: this entry, not the first free of eight */
#define PFT_R_XLATE	       (1UL << 38) /* H_READ: with logical page numbers */
#define PFT_READ_4	       (1UL << 37)
#define PFT_AVPN	       (1UL << 31)
#define PFT_ANDCOND	       (1UL << 30)
#define PFT_ICACHE_INVALIDATE  (1UL << 23)
#define PFT_ICACHE_SYNCHRONIZE (1UL << 22)
#define PFT_ZERO_PAGE	       (1UL << 15)
#define PFT_PP0_SHIFT	       55 /* from flag to PTEL */
#define PFT_KEY_HI_SHIFT       48
#define PFT_PP0		       (PTEL_PP0 >> PFT_PP0_SHIFT)
#define PFT_KEY_HI	       (PTEL_KEY_HI >> PFT_KEY_HI_SHIFT)
#define PFT_SAME_PLACE	       (PTEL_KEY_LO | PTEL_N | PTEL_PP)

/* H_BULK_REMOVE, high doubleword of a translation specifier. */
#define BULK_MAX       4
#define BULK_TYPE      0xc000000000000000UL
#define BULK_REQUEST   0x4000000000000000UL
#define BULK_RESPONSE  0x8000000000000000UL
#define BULK_END       0xc000000000000000UL
#define BULK_SUCCESS   0x0000000000000000UL
#define BULK_NOT_FOUND 0x1000000000000000UL
#define BULK_PARAMETER 0x2000000000000000UL
#define BULK_R	       0x0800000000000000UL
#define BULK_C	       0x0400000000000000UL
#define BULK_CONDITION 0x0300000000000000UL
#define BULK_ANDCOND   0x0100000000000000UL
#define BULK_AVPN      0x0200000000000000UL
#define BULK_PTEX      0x00ffffffffffffffUL

#endif
