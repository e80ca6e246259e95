/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Areas that a partition shares with the hypervisor for each of its virtual processors.
 * LoPAR "Virtual Processor Areas".
 */
#ifndef PAPR_VPA_H
#define PAPR_VPA_H

#include "types.h"

/* LoPAR "Per Virtual Processor Area". Numbers in the names are offsets. */
struct vpa {
	be32 descriptor; /* anything the partition likes */
	be16 size;
	u8 reserved_6[18];
	be32 fru_id;
	be32 processor_on_fru_id;
	u8 reserved_20[56];
	u8 home_node_changes[8];
	u8 reserved_60[80];
	u8 cede_latency;
	u8 maintain_ebb;
	u8 reserved_b2[6];
	u8 dtl_enable_mask;
	u8 donate_dedicated;
	u8 maintain_fprs;
	u8 maintain_pmcs;
	u8 reserved_bc[28];
	be64 idle_cycles;
	u8 reserved_e0[28];
	be16 maintain_slbs;
	u8 idle;
	u8 maintain_vmx;
	be32 dispatch_count; /* even while dispatched, odd while not */
	be32 dispersions;
	be64 faults;
	be64 fault_time;
	be64 expropriated[4]; /* PURR and SPURR while idle, the same while busy */
	be64 donated[4];
	be64 wait_processor;
	be64 wait_capacity;
	be64 wait_ready;
	u8 reserved_170[16];
	be32 page_ins;
	u8 reserved_184[148];
	be64 dtl_index;
	u8 reserved_220[96];
};

#define VPA_MIN_SIZE 640
#define VPA_BOUNDARY 4096 /* that the area must not span */

#define DTL_ENTRY_SIZE 48
#define DTL_MAX_SIZE   4096

#define SLB_SHADOW_MIN_SIZE 8

/* The area begins on a line of the first-level cache; its size is at this offset in it. */
#define VPA_ALIGN	128
#define VPA_SIZE_OFFSET 4

/* Subfunctions of H_REGISTER_VPA, bits 16-18 of its flags. */
#define VPA_FUNCTION_SHIFT	  45
#define VPA_FUNCTION_MASK	  7
#define VPA_REGISTER		  1
#define VPA_REGISTER_DTL	  2
#define VPA_REGISTER_SLB_SHADOW	  3
#define VPA_DEREGISTER		  5
#define VPA_DEREGISTER_DTL	  6
#define VPA_DEREGISTER_SLB_SHADOW 7

#endif
