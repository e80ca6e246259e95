/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ibm,architecture.vec structure: processor versions and option vectors.
 * LoPAR "ibm,client-architecture-support".
 */
#ifndef PAPR_CAS_H
#define PAPR_CAS_H

#include "types.h"

/* Logical processor versions: a base architecture level. LoPAR "Logical Processor Version Values".
 */
#define CAS_LOGICAL_PVR_2_06	  0x0f000003
#define CAS_LOGICAL_PVR_2_06_PLUS 0x0f100003
#define CAS_LOGICAL_PVR_2_07	  0x0f000004

/* Processor Compatibility Register: behave as the version before. Power ISA 2.07 Book III-S 2.6. */
#define PCR_V2_06 (1UL << 2)

/* An entry of the list of processor versions; the last one has value bits outside its mask. */
struct cas_pvr {
	be32 mask;
	be32 value;
};

/*
 * An option vector is a length byte (bytes behind it, minus one) and that many bytes of bits;
 * byte numbers count the length byte as 0, bit numbers start at the left.
 */
#define CAS_VECTOR_IGNORE  0x80 /* byte 1: the client cares for everything in the vector itself */
#define CAS_VECTOR_CEASE   0x40 /* byte 1: stop rather than run with an unsupported option */
#define CAS_VECTOR_LEVELS  1
#define CAS_VECTOR_CPU	   3
#define CAS_VECTOR_OPTIONS 5

/* An option of a vector: byte number and the bit in it. */
#define CAS_OPTION(byte, bit) ((byte) << 8 | (0x80u >> (bit)))
#define CAS_BYTE(option)      ((option) >> 8)
#define CAS_BIT(option)	      ((option)&0xff)

/* Vector 1, architecture levels. */
#define CAS_LEVEL_2_06 CAS_OPTION(2, 6)
#define CAS_LEVEL_2_07 CAS_OPTION(2, 7)

/* Vector 3, processor options. */
#define CAS_CPU_VMX CAS_OPTION(2, 1)
#define CAS_CPU_DFP CAS_OPTION(2, 2)

/* Vector 5, platform options. */
#define CAS_LPAR	    CAS_OPTION(2, 0)
#define CAS_SPLPAR	    CAS_OPTION(2, 1)
#define CAS_DRCONF_MEMORY   CAS_OPTION(2, 2)
#define CAS_LARGE_PAGES	    CAS_OPTION(2, 3)
#define CAS_DONATION	    CAS_OPTION(2, 6) /* of dedicated processors' idle time */
#define CAS_FORM1_AFFINITY  CAS_OPTION(5, 0)
#define CAS_DRMEM_V2	    CAS_OPTION(22, 0)
#define CAS_MAX_CPUS_BYTE   9 /* four bytes */
#define CAS_MAX_CPUS_LEGACY 64
#define CAS_INTERRUPTS_BYTE 23 /* bits 0-1: 00 XICS */
#define CAS_MMU_BYTE	    24 /* bits 0-1: 00 hashed page table */
#define CAS_HASH_BYTE	    25
#define CAS_RADIX_BYTE	    26

#define CAS_VEC5_SIZE 27 /* bytes 0 … 26 */

#endif
