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
	u8 reserved_6[3];
	u8 status; /* not LoPAR's, but what partitions look at: VPA_STATUS_… */
	u8 reserved_a[14];
	be32 fru_id;
	be32 processor_on_fru_id;
	u8 reserved_20[56];
	u8 home_node_changes[8];
	u8 reserved_60[80];
	u8 cede_latency;
	u8 maintain_ebb;
	u8 reserved_b2[6];
	u8 dtl_enable_mask; /* DTL_ENABLE_… */
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
	be64 dtl_index; /* entries of the trace log written so far */
	u8 reserved_220[96];
};

#define VPA_MIN_SIZE 640
#define VPA_BOUNDARY 4096 /* that the area must not span */

#define VPA_STATUS_SHARED  2 /* the partition has shared processors */
#define VPA_DONATE_ENABLED 1
#define VPA_IDLE	   1

/* LoPAR "Dispatch Trace Log Buffer". Times are timebase ticks. */
struct dtl_entry {
	u8 dispatch_reason;
	u8 preempt_reason;
	be16 processor; /* index of the physical one */
	be32 wait_processor;
	be32 wait_capacity;
	be32 wait_ready;
	be64 timebase; /* of the dispatch */
	be64 fault_address;
	be64 srr0, srr1; /* where it was preempted */
};

#define DTL_ENTRY_SIZE 48
#define DTL_MAX_SIZE   4096

/* What makes the next dispatch worth an entry: it gave its processor up, or lost it. */
#define DTL_ENABLE_WAIT	   1
#define DTL_ENABLE_PREEMPT 2

/* LoPAR "SLB Shadow Buffer". As many entries follow as the registered length has room for. */
struct slb_shadow {
	be32 persistent; /* entries in use */
	be32 length;
	be64 reserved_8;
	struct {
		be64 e, v; /* operands of slbmte */
	} entry[];
};

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
