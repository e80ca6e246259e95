// SPDX-License-Identifier: Apache-2.0
/*
 * The page frame table calls on POWER8's hashed page table.
 * LoPAR "Page Frame Table Access", "H_REMOVE" … "H_BULK_REMOVE".
 */
#include "hv/cache.h"
#include "hv/hcall.h"
#include "hv/hpt.h"
#include "hv/lmb.h"
#include "hv/lpar.h"
#include "hv/real.h"
#include "hv/tlb.h"
#include "hv/trace.h"
#include "hv/vp.h"
#include "papr/pft.h"
#include <string.h>

#define PTES_PER_GROUP 8
#define PROTECTION     (PTEL_PP0 | PTEL_KEY_HI | PTEL_KEY_LO | PTEL_N | PTEL_PP)

static s64 refuse(const struct vp *vp, u64 number, s64 code)
{
	trace(TRACE_HCALL_REFUSED, vp->lpar->id, (u16)vp->number, number, (u64)code);
	return code;
}

/* The entry with number @ptex, any number, or NULL. */
static struct hpte *entry_find(const struct vp *vp, u64 ptex)
{
	const struct hpt *hpt = &vp->lpar->hpt;

	return ptex < BIT(hpt->shift) / sizeof(struct hpte) ? &hpt->table[ptex] : NULL;
}

static u64 word_load(const be64 *word)
{
	return be64_to_cpu(
		(__force be64)__atomic_load_n((const __force u64 *)word, __ATOMIC_RELAXED));
}

static u64 entry_r(const struct hpte *entry)
{
	return word_load(&entry->r);
}

static void entry_set_r(struct hpte *entry, u64 r)
{
	__atomic_store_n((__force u64 *)&entry->r, (__force u64)cpu_to_be64(r), __ATOMIC_RELAXED);
}

static void entry_set_v(struct hpte *entry, u64 v)
{
	__atomic_store_n((__force u64 *)&entry->v, (__force u64)cpu_to_be64(v), __ATOMIC_RELEASE);
}

/* Changes the first doubleword from @from to @to unless it is something else by now. */
static bool entry_swap_v(struct hpte *entry, u64 from, u64 to)
{
	u64 old = (__force u64)cpu_to_be64(from);

	return __atomic_compare_exchange_n((__force u64 *)&entry->v, &old,
					   (__force u64)cpu_to_be64(to), false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

enum lock_result { ENTRY_LOCKED, ENTRY_FREE, ENTRY_BUSY };

/* Locks a valid entry; *@v becomes its first doubleword, as the partition knows it. */
static enum lock_result entry_try_lock(struct hpte *entry, u64 *v)
{
	*v = word_load(&entry->v);
	if (*v & HPTE_LOCK)
		return ENTRY_BUSY;
	if (!(*v & PTEH_V))
		return ENTRY_FREE;
	return entry_swap_v(entry, *v, *v | HPTE_LOCK) ? ENTRY_LOCKED : ENTRY_BUSY;
}

/* Waits for the lock. False: the entry is free, and not locked. */
static bool entry_lock(struct hpte *entry, u64 *v)
{
	enum lock_result result;

	do {
		result = entry_try_lock(entry, v);
	} while (result == ENTRY_BUSY);
	return result == ENTRY_LOCKED;
}

/* Whether the conditions of @flags hold for an entry with @v. LoPAR "H_REMOVE". */
static bool entry_matches(u64 v, u64 flags, u64 avpn)
{
	return (!(flags & PFT_AVPN) || (v & PTEH_AVPN) == avpn) &&
	       (!(flags & PFT_ANDCOND) || !(v & avpn));
}

/*
 * Takes the locked entry's translation out of use. Returns its second doubleword with reference
 * and change bits that are final.
 */
static u64 entry_invalidate(const struct vp *vp, struct hpte *entry, u64 v, u64 ptex)
{
	u64 operand = hpte_tlbie_operand(v, entry_r(entry), ptex);

	entry_set_v(entry, (v & ~PTEH_V) | HPTE_LOCK);
	tlb_invalidate(vp->lpar->id, &operand, 1);
	return entry_r(entry);
}

/* Puts an entry that is invalid and locked into use. */
static void entry_validate(struct hpte *entry, u64 v, u64 r)
{
	entry_set_r(entry, r);
	tlb_order();
	entry_set_v(entry, v);
	tlb_publish();
}

/* A second doubleword as the partition may see it: no real address. */
static u64 r_to_logical(u64 v, u64 r)
{
	u64 rpn = PTEL_RPN & ~(BIT(hpte_page_shift(v, r)) - 1);

	return (r & ~rpn) | lmb_logical(r & rpn);
}

/*
 * Checks a new entry and puts the real address in. Returns false when it does not name an aligned
 * page of the partition's memory in a supported size, cached as memory is.
 * No page is larger than an LMB, so its first byte decides for all of it.
 */
static bool r_to_real(const struct vp *vp, u64 v, u64 *r, u32 shift)
{
	u64 in_page = BIT(shift) - 1;
	u64 lp = v & PTEH_L ? PTEL_LP & in_page : 0;
	u64 wimg = *r & PTEL_WIMG;
	u64 real;

	if (shift == 0 || v & PTEH_B_RESERVED || *r & PTEL_RPN & in_page & ~lp ||
	    (wimg != PTEL_M && wimg != PTEL_SAO))
		return false;
	real = lpar_real(vp->lpar, *r & PTEL_RPN & ~in_page);
	if (real == REAL_NONE)
		return false;
	*r = (*r & ~(PTEL_RPN & ~in_page)) | real;
	return true;
}

_Static_assert(LMB_MIN_SIZE >= 16 * MiB, "a page must fit into an LMB");

/* Puts a checked entry into entry number @ptex, or into the first free one of its group. */
static s64 enter(struct vp *vp, u64 flags, u64 ptex, u64 v, u64 r)
{
	struct hpte *table = vp->lpar->hpt.table, *entry = &table[ptex], *end = entry + 1;

	if (!(flags & PFT_EXACT)) {
		entry -= ptex % PTES_PER_GROUP;
		end = entry + PTES_PER_GROUP;
	}
	/* A locked entry counts as one in use. LoPAR "Page Frame Table Access". */
	for (; entry < end; entry++) {
		if (word_load(&entry->v) || !entry_swap_v(entry, 0, HPTE_LOCK))
			continue;
		entry_validate(entry, v, r);
		vp->gpr[4] = (u64)(entry - table);
		return H_SUCCESS;
	}
	return H_PTEG_FULL;
}

/* Apart, because it is rare and calls others: so the usual way needs no stack. */
static __attribute__((noinline)) s64 enter_prepared(struct vp *vp, u64 flags, u64 ptex, u64 v,
						    u64 r)
{
	u32 shift = hpte_page_shift(v, r);
	void *page = real_ptr(r & PTEL_RPN & ~(BIT(shift) - 1));

	if (shift > 16)
		return refuse(vp, H_ENTER, H_TOO_BIG);
	if (flags & PFT_ZERO_PAGE)
		memset(page, 0, BIT(shift));
	if (flags & (PFT_ICACHE_INVALIDATE | PFT_ICACHE_SYNCHRONIZE))
		cache_sync_code(page, BIT(shift));
	return enter(vp, flags, ptex, v, r);
}

static s64 h_enter(struct vp *vp)
{
	u64 flags = vp->gpr[4], ptex = vp->gpr[5];
	u64 v = (vp->gpr[6] & ~PTEH_FIRMWARE) | PTEH_V, r = vp->gpr[7] & ~PTEL_RESERVED;

	if (!entry_find(vp, ptex) || !r_to_real(vp, v, &r, hpte_page_shift(v, r)))
		return refuse(vp, H_ENTER, H_PARAMETER);
	if (flags & (PFT_ZERO_PAGE | PFT_ICACHE_INVALIDATE | PFT_ICACHE_SYNCHRONIZE))
		return enter_prepared(vp, flags, ptex, v, r);
	return enter(vp, flags, ptex, v, r);
}

HCALL(H_ENTER, h_enter, "hcall-pft");

static s64 h_remove(struct vp *vp)
{
	u64 flags = vp->gpr[4], ptex = vp->gpr[5], avpn = vp->gpr[6];
	struct hpte *entry = entry_find(vp, ptex);
	u64 v;

	if (!entry)
		return refuse(vp, H_REMOVE, H_PARAMETER);
	if (!entry_lock(entry, &v))
		return H_NOT_FOUND;
	if (!entry_matches(v, flags, avpn)) {
		entry_set_v(entry, v);
		return H_NOT_FOUND;
	}
	vp->gpr[4] = v;
	vp->gpr[5] = r_to_logical(v, entry_invalidate(vp, entry, v, ptex));
	entry_set_v(entry, 0);
	return H_SUCCESS;
}

HCALL(H_REMOVE, h_remove, "hcall-pft");

static s64 h_protect(struct vp *vp)
{
	u64 flags = vp->gpr[4], ptex = vp->gpr[5], avpn = vp->gpr[6];
	struct hpte *entry = entry_find(vp, ptex);
	u64 v, r;

	if (!entry)
		return refuse(vp, H_PROTECT, H_PARAMETER);
	if (!entry_lock(entry, &v))
		return H_NOT_FOUND;
	if (!entry_matches(v, flags & PFT_AVPN, avpn)) {
		entry_set_v(entry, v);
		return H_NOT_FOUND;
	}
	r = entry_invalidate(vp, entry, v, ptex) & ~(PROTECTION | PTEL_R);
	r |= (flags & PFT_PP0) << PFT_PP0_SHIFT | (flags & PFT_KEY_HI) << PFT_KEY_HI_SHIFT |
	     (flags & PFT_SAME_PLACE);
	entry_validate(entry, v, r);
	return H_SUCCESS;
}

HCALL(H_PROTECT, h_protect, "hcall-pft");

static s64 h_clear_mod(struct vp *vp)
{
	u64 ptex = vp->gpr[5];
	struct hpte *entry = entry_find(vp, ptex);
	u64 v, r;

	if (!entry)
		return refuse(vp, H_CLEAR_MOD, H_PARAMETER);
	if (!entry_lock(entry, &v))
		return H_NOT_FOUND;
	r = entry_r(entry);
	if (r & PTEL_C) {
		r = entry_invalidate(vp, entry, v, ptex);
		entry_validate(entry, v, r & ~PTEL_C);
	} else {
		entry_set_v(entry, v);
	}
	vp->gpr[4] = r_to_logical(v, r);
	return H_SUCCESS;
}

HCALL(H_CLEAR_MOD, h_clear_mod, "hcall-pft");

/*
 * The entry stays valid: the processors may set C, so only the byte with R is stored. Nothing but
 * R changes in that byte behind the lock's back.
 * Power ISA 2.07 Book III-S "Resetting the Reference Bit".
 */
static s64 h_clear_ref(struct vp *vp)
{
	u64 ptex = vp->gpr[5];
	struct hpte *entry = entry_find(vp, ptex);
	u64 v, r, operand;

	if (!entry)
		return refuse(vp, H_CLEAR_REF, H_PARAMETER);
	if (!entry_lock(entry, &v))
		return H_NOT_FOUND;
	r = entry_r(entry);
	if (r & PTEL_R) {
		__atomic_store_n((__force u8 *)&entry->r + 6, (u8)((r & ~PTEL_R) >> 8),
				 __ATOMIC_RELAXED);
		operand = hpte_tlbie_operand(v, r, ptex);
		tlb_invalidate(vp->lpar->id, &operand, 1);
	}
	entry_set_v(entry, v);
	vp->gpr[4] = r_to_logical(v, r);
	return H_SUCCESS;
}

HCALL(H_CLEAR_REF, h_clear_ref, "hcall-pft");

/* Page numbers are always logical, R-XLATE or not: LoPAR leaves the other case undefined. */
static s64 h_read(struct vp *vp)
{
	u64 flags = vp->gpr[4], ptex = vp->gpr[5];
	u32 n = 1;
	struct hpte *entry;
	u64 v, *out = &vp->gpr[4];

	if (flags & PFT_READ_4) {
		ptex &= ~3UL;
		n = 4;
	}
	entry = entry_find(vp, ptex);
	if (!entry)
		return refuse(vp, H_READ, H_PARAMETER);
	for (; n; n--, entry++, out += 2) {
		out[0] = out[1] = 0;
		if (!entry_lock(entry, &v))
			continue;
		out[0] = v;
		out[1] = r_to_logical(v, entry_r(entry));
		entry_set_v(entry, v);
	}
	return H_SUCCESS;
}

HCALL(H_READ, h_read, "hcall-pft");

/* Entries that H_BULK_REMOVE made invalid and still holds locked, for one TLB invalidation. */
struct bulk {
	u32 n;
	u64 operand[BULK_MAX];
	struct hpte *entry[BULK_MAX];
	u64 *answer[BULK_MAX];
};

static void bulk_finish(const struct vp *vp, struct bulk *bulk)
{
	u64 r;

	if (bulk->n == 0)
		return;
	tlb_invalidate(vp->lpar->id, bulk->operand, bulk->n);
	for (u32 i = 0; i < bulk->n; i++) {
		r = entry_r(bulk->entry[i]);
		entry_set_v(bulk->entry[i], 0);
		*bulk->answer[i] |= (r & PTEL_R ? BULK_R : 0) | (r & PTEL_C ? BULK_C : 0);
	}
	bulk->n = 0;
}

/* Locks as entry_lock() does, but never waits with entries of the bulk locked. */
static bool bulk_lock(const struct vp *vp, struct bulk *bulk, struct hpte *entry, u64 *v)
{
	enum lock_result result = entry_try_lock(entry, v);

	if (result != ENTRY_BUSY)
		return result == ENTRY_LOCKED;
	bulk_finish(vp, bulk);
	return entry_lock(entry, v);
}

/* Begins to remove what the specifier at @ts asks for, and writes its answer but for R and C. */
static s64 bulk_add(const struct vp *vp, struct bulk *bulk, u64 *ts)
{
	u64 condition = ts[0] & BULK_CONDITION, ptex = ts[0] & BULK_PTEX;
	bool is_request = (ts[0] & BULK_TYPE) == BULK_REQUEST;
	u64 flags = (condition & BULK_AVPN ? PFT_AVPN : 0) |
		    (condition & BULK_ANDCOND ? PFT_ANDCOND : 0);
	struct hpte *entry = entry_find(vp, ptex);
	u64 v;

	ts[0] = BULK_RESPONSE | condition | ptex;
	if (!is_request || condition == BULK_CONDITION || !entry) {
		ts[0] |= BULK_PARAMETER;
		return H_PARAMETER;
	}
	if (!bulk_lock(vp, bulk, entry, &v)) {
		ts[0] |= BULK_NOT_FOUND;
		return H_SUCCESS;
	}
	if (!entry_matches(v, flags, ts[1])) {
		entry_set_v(entry, v);
		ts[0] |= BULK_NOT_FOUND;
		return H_SUCCESS;
	}
	bulk->operand[bulk->n] = hpte_tlbie_operand(v, entry_r(entry), ptex);
	bulk->entry[bulk->n] = entry;
	bulk->answer[bulk->n++] = ts;
	entry_set_v(entry, (v & ~PTEH_V) | HPTE_LOCK);
	return H_SUCCESS;
}

/*
 * The condition andcond is H_REMOVE's, software bits included, as LoPAR's definition of the
 * control bits and its note to the semantics say; the semantics' own masking contradicts both.
 */
static s64 h_bulk_remove(struct vp *vp)
{
	struct bulk bulk;
	u64 *ts = &vp->gpr[4];
	s64 code = H_SUCCESS;

	bulk.n = 0;
	for (u32 i = 0; i < BULK_MAX && code == H_SUCCESS; i++, ts += 2) {
		if ((*ts & BULK_TYPE) == BULK_END)
			break;
		code = bulk_add(vp, &bulk, ts);
	}
	bulk_finish(vp, &bulk);
	return code == H_SUCCESS ? code : refuse(vp, H_BULK_REMOVE, code);
}

HCALL(H_BULK_REMOVE, h_bulk_remove, "hcall-bulk");
