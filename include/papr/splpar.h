/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments and results of the calls about shared processors.
 * LoPAR "H_CONFER", "H_GET_PPP", "H_PIC", "H_HOME_NODE_ASSOCIATIVITY".
 */
#ifndef PAPR_SPLPAR_H
#define PAPR_SPLPAR_H

/* H_CONFER: a processor number, or this. */
#define CONFER_ALL (~0UL)

/* H_SIGNAL_SYS_RESET: a processor number, or one of these. */
#define SYS_RESET_ALL	     (-1L)
#define SYS_RESET_ALL_OTHERS (-2L)

/* "ibm,rks-hcalls": calls that change no other registers than those they return something in. */
#define RKS_CONFER_PROD 0xc0
#define RKS_PURR	0x20

/* "ibm,partition-performance-parameters-level": H_GET_PPP sets R8, H_PIC R6 to R12. */
#define PPP_LEVEL 1

/* H_GET_PPP, R6: group and pool. */
#define PPP_GROUP_SHIFT	   16
#define PPP_POOL_SHARED	   0
#define PPP_POOL_DEDICATED 0xffff

/* H_GET_PPP, R7: mode, weights and processors. */
#define PPP_CAPPED		    (1UL << 48)
#define PPP_WEIGHT_SHIFT	    40
#define PPP_UNALLOCATED_SHIFT	    32
#define PPP_POOL_PROCESSORS_SHIFT   16
#define PPP_SYSTEM_PROCESSORS_SHIFT 0

/* H_GET_PPP, R8: what is allocated to processor virtualization. */
#define PPP_PHYSICAL_SHIFT 48
#define PPP_MAXIMUM_SHIFT  24
#define PPP_ENTITLED_SHIFT 0

/* H_PIC: in R10 to R12, for those who may not see all of the platform. */
#define PIC_NOT_AUTHORIZED (~0UL)

/* H_HOME_NODE_ASSOCIATIVITY: what identifies a processor. */
#define VPHN_VIRTUAL  1 /* its number as in H_REGISTER_VPA */
#define VPHN_PHYSICAL 2 /* the processor index of a dispatch trace log entry */

/* … and its results: 16-bit fields in six registers. */
#define VPHN_REGISTERS	6
#define VPHN_FIELDS	4      /* in a register */
#define VPHN_SHORT	0x8000 /* the domain number is in the other 15 bits */
#define VPHN_FIELD_BITS 16
#define VPHN_UNUSED	(~0UL) /* a register without any */

#endif
