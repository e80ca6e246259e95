/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual processor: everything of a processor that a partition can see or change, and where it
 * stands with the dispatcher. The first fields are at offsets that assembly knows
 * (hv/cpu/power8/offsets.h, checked at compile time).
 */
#ifndef HV_VP_H
#define HV_VP_H

#include "hv/lock.h"
#include "hv/pqueue.h"
#include "hv/xics.h"
#include "types.h"

struct cpu;
struct lpar;

enum vp_state {
	VP_STOPPED,  /* not started, or stop-self */
	VP_RUNNABLE, /* wants a processor */
	VP_RUNNING,  /* has one */
	VP_CEDED,    /* H_CEDE, waits for an interrupt or H_PROD */
	VP_JOINED,   /* H_JOIN or H_CONFER to itself: waits for H_PROD or a system reset */
};

/* In which of its processor's queues it is (hv/dispatch_queue.h). */
enum vp_queued {
	VP_QUEUED_NOT,
	VP_QUEUED_ENTITLED,
	VP_QUEUED_SURPLUS,
	VP_QUEUED_PARKED,
	VP_QUEUED_TAKEN, /* on its way to another processor */
};

/* Why it became ready, and why it lost its processor. LoPAR "Dispatch Trace Log Buffer". */
enum vp_ready_reason {
	VP_READY_INTERRUPT = 0,
	VP_READY_FIRMWARE = 1,
	VP_READY_PROD = 2,
	VP_READY_DECREMENTER = 3,
	VP_READY_START = 4, /* or system reset */
	VP_READY_CONFER = 6,
	VP_READY_SLICE = 7,
};

enum vp_leave_reason {
	VP_LEAVE_FIRMWARE = 1,
	VP_LEAVE_CEDE = 2,
	VP_LEAVE_CONFER = 3,
	VP_LEAVE_SLICE = 4,
};

/* Floating-point and vector state. VSR 0-31 hold FPR 0-31 in their first halves. */
struct vp_fp {
	u8 vsr[64][16];
	u64 fpscr;
	u8 vscr[16] __aligned(16);
	u64 vrsave;
} __aligned(16);

#define VP_SLB_SIZE 32

struct vp_slb {
	u64 e, v; /* as slbmfee and slbmfev return them; e bit 36 (0x8000000) = valid */
};

/* Special-purpose registers that belong to the partition, as Power ISA 2.07 names them. */
struct vp_spr {
	u64 sprg[4];
	u64 dar;
	u32 dsisr;
	u32 pspb;
	u64 amr, iamr, uamor;
	u64 dscr, fscr, tar, ppr, ctrl;
	u64 pid, acop, wort;
	u64 ebbhr, ebbrr, bescrs, bescrr, bescr;
	u64 dawr, dawrx, ciabr;
	u64 mmcr0, mmcr1, mmcr2, mmcra;
	u64 siar, sdar, sier;
	u64 mmcrs, spmc1, spmc2, tacr, tcscr, csigr, ear;
	u32 pmc[6];
	u64 purr; /* up to what has been charged; the register, and SPURR, have the rest */
	u64 vtb, ic;
	bool rare; /* not all of those that hardly anybody uses are 0; context.c */
};

/* An area the partition registered with H_REGISTER_VPA. Partition's lock, but for the handle. */
struct vp_area {
	u64 logical; /* 0 = not registered */
	u64 length;
	u64 handle; /* for the dispatcher (hv/vpa.h) */
};

struct vp {
	/* --- known to assembly --- */
	u64 gpr[32];
	u64 lr, ctr, xer, cr;
	u64 pc, msr;	/* where it goes on; valid while it is not in the partition */
	u64 srr0, srr1; /* the partition's own */
	u64 cfar;
	u32 leave;	 /* not 0: a hypercall ends in the dispatcher instead of in the partition */
	u32 exit_vector; /* why it last left the partition; 0xc00 = in a hypercall */
	u64 exit_srr1;	 /* HSRR1 or SRR1 of that, with the bits that say more */
	struct vp_fp fp;

	/* --- the rest --- */
	struct vp_spr spr;
	struct vp_slb slb[VP_SLB_SIZE];
	bool slb_kept; /* all of them were kept when it lost its processor; no: see its shadow */
	u32 kept;      /* of these facilities the registers were, VPA_KEEP_…; all others are 0 */
	u64 dec_expires; /* timebase at which the decrementer passes 0 */

	struct lpar *lpar;
	/*
	 * Its home: the processor that runs it, or in whose queues it is, or that ran it last.
	 * Changes with the lock of the old home's queue held. NULL: never started.
	 */
	struct cpu *cpu;
	struct cpu *loaded; /* whose registers hold its context; only that one can run it */
	u32 number;	    /* virtual processor number, also its interrupt server number */
	u32 state;	    /* enum vp_state; sparse has no atomic operations on enumerations */
	bool prodded;	    /* H_PROD came while it was not ceded */
	u32 resets;	    /* system resets to be delivered (H_SIGNAL_SYS_RESET), 0 or 1 */
	struct icp icp;

	struct vp_area vpa, slb_shadow, dtl;
	u32 dispatch_count; /* what vpa_dispatch_count() tells */

	/* --- the dispatcher's; home's queue lock --- */
	u8 queued;		    /* enum vp_queued */
	u8 ready_reason;	    /* enum vp_ready_reason, of the present or next dispatch */
	u8 leave_reason;	    /* enum vp_leave_reason, of the last one */
	struct vp *next, *prev;	    /* in a list */
	struct pqueue_node surplus; /* by the partition's virtual time */
	u32 surplus_weight;	    /* its share of the queue's */
	struct pqueue_node timer;   /* by when its H_CEDE ends */
	struct cpu *last;	    /* the processor that ran it last */
	u64 denied;		    /* ticks by which the end of the window shortened its turn */
	u32 turn_window;	    /* number of the window in which it last had a turn */
	u64 slice_left;		    /* ticks of its turn when it had to give way; 0: a new one */
	u64 wake_at;		    /* timebase at which its H_CEDE ends */
	u64 left_at;		    /* timebase at which it lost its processor … */
	u64 ready_at;		    /* … became ready to run again … */
	u64 capacity_at;	    /* … its partition had capacity for it … */
	u64 dispatched_at;	    /* … and it got a processor */
	u32 dispersions; /* dispatches on another processor than the last time, since start */
};

/*
 * Sets every register to what a processor starts with. @pc and @r3 as RTAS start-cpu gives them;
 * big-endian, translation off, in the mode that RTAS was instantiated in (lpar->start_msr).
 * LoPAR "start-cpu". The processor must not be running.
 */
void vp_reset(struct vp *vp, u64 pc, u64 r3);

/*
 * Delivers an interrupt to the partition's vector @vector (0x100 … 0xf80) as hardware would:
 * SRR0/SRR1 from pc and msr with @srr1_bits added, MSR from LPCR[ILE] and [AIL].
 * @vp is the caller's own, not in the partition.
 */
void vp_interrupt(struct vp *vp, u32 vector, u64 srr1_bits);

/*
 * Something that may end a ceded processor's wait or must be told to a running one has happened:
 * an external interrupt became deliverable. Any processor may call it; takes no lock that an
 * interrupt-controller lock is not ordered before.
 */
void vp_external_raise(struct vp *vp);

#endif
