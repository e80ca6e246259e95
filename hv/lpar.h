/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A logical partition as the machine needs it to run one: its processors, its memory, its page
 * table, its interrupts. What makes it a partition to people (profile, images, firmware) is
 * struct partition (partition/partition.h), which contains this.
 */
#ifndef HV_LPAR_H
#define HV_LPAR_H

#include "hv/hpt.h"
#include "hv/lock.h"
#include "hv/share.h"
#include "hv/xics.h"
#include "types.h"

#define LPAR_MAX_ID	 254 /* 0 is the hypervisor */
#define LPAR_MAX_VPS	 64
#define LPAR_NAME_SIZE	 32
#define LPAR_REASON_SIZE 160 /* of what ended it, for people; longer ones are cut off */

struct bus;
struct vp;

/*
 * Logical memory: logical LMB number -> real LMB number. Logical addresses run from 0 to
 * nr_lmbs << lmb_shift without holes. LoPAR "Logical Memory Blocks".
 */
struct lmap {
	u32 nr_lmbs;
	u32 *lmb;
};

/* How a partition has processors. The HMC's sharing_mode, in the order of HMC_SHARING_…. */
enum sharing_mode {
	SHARING_CAP,		   /* shared, never more than the entitlement */
	SHARING_UNCAP,		   /* shared, and what is left over, by weight */
	SHARING_KEEP_IDLE,	   /* dedicated, never lent */
	SHARING_SHARE_IDLE,	   /* … lent while the partition is not activated */
	SHARING_SHARE_IDLE_ACTIVE, /* … lent while it is activated and idle */
	SHARING_SHARE_IDLE_ALWAYS, /* … both */
};

/* What the profile says of processors; the present values are in nr_vps and share. */
struct lpar_procs {
	enum sharing_mode sharing_mode;
	u32 min_procs, desired_procs, max_procs;
	u32 min_units, desired_units, max_units; /* hundredths of a processor; 0 if dedicated */
	u32 uncap_weight;			 /* 0 … 255 */
};

struct lpar {
	u16 id; /* 1 … LPAR_MAX_ID, also the LPID */
	char name[LPAR_NAME_SIZE];
	struct lmap map;
	u64 rmo_size; /* bytes; logical 0 … rmo_size - 1 is one aligned run of real memory */
	u64 rmo_real; /* its real address */
	struct hpt hpt;
	struct ics ics;
	u32 nr_vps;
	struct vp *vps[LPAR_MAX_VPS]; /* by virtual processor number (= interrupt server number) */
	struct lpar_procs procs;
	struct share share;
	struct lpar_use use;
	struct bus *bus; /* its virtual adapters (vio/bus.h); NULL: none */
	u64 start_msr;	 /* MSR[SF] of a processor that starts: the mode RTAS is in */
	u64 pcr;	 /* processor compatibility register */
	u64 lpcr;	 /* RMLS, ILE, AIL … common to its processors … */
	u64 lpcr_since;	 /* … changed at this timebase */
	u64 ile_wanted;	 /* timebase at which H_SET_MODE asked all of them to come; 0: it did not */
	struct lock lock; /* rarely changed state: VPA registration, start/stop */
	u64 tod_offset;	  /* partition's clock minus the machine's, in seconds */
	/*
	 * Processors, by number, whose TLBs may have translations of its last activation: each
	 * flushes its own before it runs the partition. Changed atomically.
	 */
	u32 tlb_stale;
};

/*
 * Translates [@logical, @logical + @length) to a pointer when all of it is the partition's and in
 * one LMB; NULL otherwise. @length 0 counts as 1. The pointer is good until the partition loses the
 * LMB; hypercalls end before that can happen.
 */
void *lpar_ptr(const struct lpar *lpar, u64 logical, u64 length);

/*
 * Copies between the partition's logical memory and the hypervisor's, LMB by LMB.
 * Return false, with nothing copied, when not all of the range is the partition's; any @logical
 * and @length may be given, and @length 0 copies nothing, from or to the end of memory too.
 */
bool lpar_copy_in(const struct lpar *lpar, void *to, u64 logical, u64 length);
bool lpar_copy_out(const struct lpar *lpar, u64 logical, const void *from, u64 length);
bool lpar_fill_zero(const struct lpar *lpar, u64 logical, u64 length);

/* Real address of @logical, or REAL_NONE when it is not the partition's. */
#define REAL_NONE (~0UL)
u64 lpar_real(const struct lpar *lpar, u64 logical);

/*
 * Ends the partition in state Error, for a reason that people read. Registered by partition/.
 * May be called on one of its processors, which then leaves the partition for good.
 */
void lpar_fail(struct lpar *lpar, const char *format, ...) __printf(2, 3);
extern void (*lpar_fail_hook)(struct lpar *lpar, const char *reason);

/*
 * What somebody else than hv/ and partition/ has to do before a partition starts, or starts
 * afresh: LPAR_RESET_HOOK(vterm_reset). No processor of the partition runs.
 */
typedef void lpar_reset_hook(struct lpar *lpar);

#define LPAR_RESET_HOOK(fn) static lpar_reset_hook *const fn##_hook __section("reset_hooks") = fn

extern lpar_reset_hook *const __start_reset_hooks[], *const __stop_reset_hooks[];

/*
 * What they have to do when a partition is about to exist no longer:
 * LPAR_FORGET_HOOK(vterm_forget). It is not activated, its console is closed, and nobody may keep a
 * pointer to it.
 */
#define LPAR_FORGET_HOOK(fn) static lpar_reset_hook *const fn##_hook __section("forget_hooks") = fn

extern lpar_reset_hook *const __start_forget_hooks[], *const __stop_forget_hooks[];

/* Bytes of logical memory. */
u64 lpar_mem_size(const struct lpar *lpar);

/* Has it dedicated processors? */
static inline bool lpar_dedicated(const struct lpar *lpar)
{
	return lpar->procs.sharing_mode >= SHARING_KEEP_IDLE;
}

/* The processor with this number, or NULL. Any number is allowed. */
struct vp *lpar_vp(const struct lpar *lpar, u64 number);

#endif
