/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of H_SET_MODE, H_SET_DABR and H_SET_XDABR. LoPAR "H_SET_MODE", LoPAR "H_SET_XDABR". */
#ifndef PAPR_MODE_H
#define PAPR_MODE_H

/* Resources of H_SET_MODE. */
#define MODE_CIABR	 1
#define MODE_DAWR0	 2
#define MODE_TRANSLATION 3
#define MODE_ENDIAN	 4

/* Flags of MODE_TRANSLATION: where interrupts that find translation on go, with it on. */
#define MODE_AIL_REAL	  0
#define MODE_AIL_RESERVED 1
#define MODE_AIL_18000	  2
#define MODE_AIL_C0004000 3

/* Flag of MODE_ENDIAN. */
#define MODE_LITTLE_ENDIAN 1

/* CIABR: in which state an instruction matches. Power ISA 2.07, Book III-S 10.6. */
#define CIABR_STATE	 3
#define CIABR_HYPERVISOR 3

/* DAWRX: the conditions of a match. Power ISA 2.07, Book III-S 10.7. */
#define DAWRX_MRD 0xfc00 /* doublewords behind the first */
#define DAWRX_DW  0x40
#define DAWRX_DR  0x20
#define DAWRX_WT  0x10
#define DAWRX_WTI 0x08
#define DAWRX_HYP 0x04
#define DAWRX_PNH 0x02
#define DAWRX_PRO 0x01

/* DABR and DABRX, which DAWR and DAWRX have replaced. Power ISA 2.06, Book III-S 8.1.4. */
#define DABR_ADDRESS (~7UL)
#define DABR_BT	     4
#define DABR_DW	     2
#define DABR_DR	     1
#define DABRX_BTI    8
#define DABRX_PRIVM  7
#define DABRX_HYP    4
#define DABRX_PNH    2
#define DABRX_PRO    1

#endif
