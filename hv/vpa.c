// SPDX-License-Identifier: Apache-2.0
/*
 * Everything here is read and written through volatile pointers: the partition may change its
 * areas at any time, so each field is looked at once.
 */
#include "hv/vpa.h"
#include "hv/cpu.h"
#include "hv/lpar.h"
#include "papr/vpa.h"

_Static_assert(sizeof(struct vpa) == VPA_MIN_SIZE, "LoPAR's size of the VPA");
_Static_assert(sizeof(struct dtl_entry) == DTL_ENTRY_SIZE, "LoPAR's size of a trace log entry");
_Static_assert(DTL_MAX_SIZE / DTL_ENTRY_SIZE <= VPA_HANDLE_ENTRIES, "entries in a handle");
_Static_assert(VP_SLB_SIZE <= VPA_HANDLE_ENTRIES, "entries in a handle");
_Static_assert(VPA_ALIGN > VPA_HANDLE_ENTRIES, "entries in a handle");

/* What of the two operands of slbmte means something. Power ISA 2.07 Book III-S "slbmte". */
#define SLB_E_MASK	 0xfffffffff8000000UL
#define SLB_V_MASK	 0xffffffffffffffb0UL
#define SLB_V_B_RESERVED (1UL << 63)
#define SLB_V_LLP_SHIFT	 4
#define SLB_V_LLP_MASK	 0x13
/* Base pages of 4 KiB, 64 KiB, 16 MiB and 16 GiB: what "ibm,segment-page-sizes" tells as well. */
#define SLB_V_LLP_ALLOWED (1u << 0x00 | 1u << 0x11 | 1u << 0x10 | 1u << 0x12)

/* Nothing but what is behind it depends on it, and all of that is the partition's own. */
static u64 handle_get(const struct vp_area *area)
{
	return __atomic_load_n(&area->handle, __ATOMIC_RELAXED);
}

static void *handle_ptr(u64 handle)
{
	return (void *)(uintptr_t)(handle & ~VPA_HANDLE_ENTRIES);
}

/* Its handle is no more than its address. */
static volatile struct vpa *vpa_of(const struct vp *vp)
{
	return (struct vpa *)(uintptr_t)handle_get(&vp->vpa);
}

/* Ticks from @from to @to; none if the processors that took the times disagree about them. */
static u64 ticks(u64 from, u64 to)
{
	s64 passed = (s64)(to - from);

	return passed > 0 ? (u64)passed : 0;
}

static void add(volatile be64 *counter, u64 amount)
{
	*counter = cpu_to_be64(be64_to_cpu(*counter) + amount);
}

/* Mostly there is nothing to be added. */
static void add_passed(volatile be64 *counter, u64 from, u64 to)
{
	s64 passed = (s64)(to - from);

	if (passed > 0)
		add(counter, (u64)passed);
}

/* LoPAR's three parts of the time without a processor. */
struct waits {
	u64 ready, capacity, processor;
};

static struct waits waits_of(const struct vp *vp)
{
	return (struct waits){
		.ready = ticks(vp->left_at, vp->ready_at),
		.capacity = ticks(vp->ready_at, vp->capacity_at),
		.processor = ticks(vp->capacity_at, vp->dispatched_at),
	};
}

/*
 * Cycles of its own processor that a dedicated-processor partition did not have: those that it
 * donated while it had no use for them, and those between its wish to run and its dispatch, which
 * the hypervisor took for itself or somebody else. LoPAR "Per Virtual Processor Area".
 */
static void __cold count_dedicated(volatile struct vpa *vpa, const struct vp *vp)
{
	struct waits wait = waits_of(vp);
	u32 i = vpa->idle == VPA_IDLE ? 0 : 2;
	u64 taken = wait.capacity + wait.processor;

	add(&vpa->expropriated[i], taken);
	add(&vpa->expropriated[i + 1], taken);
	if ((vp->leave_reason == VP_LEAVE_CEDE || vp->leave_reason == VP_LEAVE_CONFER) &&
	    vpa_donates(vp)) {
		add(&vpa->donated[i], wait.ready);
		add(&vpa->donated[i + 1], wait.ready);
	}
}

/* Which bit of the mask asks for an entry about a dispatch after this. */
static u8 dtl_cause(u8 leave_reason)
{
	switch (leave_reason) {
	case VP_LEAVE_CEDE:
	case VP_LEAVE_CONFER:
		return DTL_ENABLE_WAIT;
	case VP_LEAVE_SLICE:
	case VP_LEAVE_FIRMWARE:
		return DTL_ENABLE_PREEMPT;
	default:
		return 0;
	}
}

static be32 delta(u64 wait)
{
	return cpu_to_be32((u32)MIN(wait, (u64)UINT32_MAX));
}

/*
 * The counter of entries lives in the partition's area, as LoPAR has it: a partition that sets it
 * to 0 starts from there. Any value is good, as it is taken modulo the number of entries. A
 * partition that follows the counter must find the entry complete. LoPAR "Dispatch Trace Log
 * Buffer".
 */
static void __cold dtl_write(volatile struct vpa *vpa, u64 dtl, const struct vp *vp,
			     const struct cpu *cpu)
{
	struct waits wait = waits_of(vp);
	u64 index = be64_to_cpu(vpa->dtl_index);
	struct dtl_entry *entries = handle_ptr(dtl);
	volatile struct dtl_entry *entry = &entries[index % (dtl & VPA_HANDLE_ENTRIES)];

	entry->dispatch_reason = vp->ready_reason;
	entry->preempt_reason = vp->leave_reason;
	entry->processor = cpu_to_be16((u16)cpu->number);
	entry->wait_processor = delta(wait.processor);
	entry->wait_capacity = delta(wait.capacity);
	entry->wait_ready = delta(wait.ready);
	entry->timebase = cpu_to_be64(vp->dispatched_at);
	entry->fault_address = cpu_to_be64(0);
	entry->srr0 = cpu_to_be64(vp->pc);
	entry->srr1 = cpu_to_be64(vp->msr);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	vpa->dtl_index = cpu_to_be64(index + 1);
}

void vpa_dispatch(struct vp *vp, const struct cpu *cpu)
{
	volatile struct vpa *vpa = vpa_of(vp);
	u32 count = (vp->dispatch_count | 1) + 1;
	u64 dtl;

	__atomic_store_n(&vp->dispatch_count, count, __ATOMIC_RELAXED);
	if (!vpa)
		return;
	add_passed(&vpa->wait_ready, vp->left_at, vp->ready_at);
	add_passed(&vpa->wait_capacity, vp->ready_at, vp->capacity_at);
	add_passed(&vpa->wait_processor, vp->capacity_at, vp->dispatched_at);
	if (lpar_dedicated(vp->lpar))
		count_dedicated(vpa, vp);
	dtl = handle_get(&vp->dtl);
	if (dtl && vpa->dtl_enable_mask & dtl_cause(vp->leave_reason))
		dtl_write(vpa, dtl, vp, cpu);
	vpa->dispersions = cpu_to_be32(vp->dispersions);
	vpa->dispatch_count = cpu_to_be32(count);
}

void vpa_preempt(struct vp *vp)
{
	volatile struct vpa *vpa = vpa_of(vp);
	u32 count = vp->dispatch_count | 1;

	__atomic_store_n(&vp->dispatch_count, count, __ATOMIC_RELAXED);
	if (vpa)
		vpa->dispatch_count = cpu_to_be32(count);
}

u32 vpa_dispatch_count(const struct vp *vp)
{
	return __atomic_load_n(&vp->dispatch_count, __ATOMIC_RELAXED);
}

/* LoPAR reserves values other than 0 and 1: they keep the registers, which is always right. */
u32 vpa_keep(const struct vp *vp)
{
	const volatile struct vpa *vpa = vpa_of(vp);
	u32 fp, vmx, pmu, ebb;

	if (!vpa)
		return VPA_KEEP_ALL;
	fp = vpa->maintain_fprs;
	vmx = vpa->maintain_vmx;
	pmu = vpa->maintain_pmcs;
	ebb = vpa->maintain_ebb;
	if (usually(!(fp | vmx | pmu | ebb)))
		return 0;
	return (fp ? VPA_KEEP_FP : 0) | (vmx ? VPA_KEEP_VMX : 0) | (pmu ? VPA_KEEP_PMU : 0) |
	       (ebb ? VPA_KEEP_EBB : 0);
}

u64 vpa_slb_shadow(const struct vp *vp)
{
	return handle_get(&vp->slb_shadow);
}

u32 vpa_slb_bolted(u64 shadow)
{
	const volatile struct slb_shadow *area = handle_ptr(shadow);
	u32 n = be32_to_cpu(area->persistent);

	return MIN(n, (u32)(shadow & VPA_HANDLE_ENTRIES));
}

/* Of both bits of B and LP and of what is reserved at the end none but what 4 KiB and 16 MiB have.
 */
static bool is_plain(u64 v)
{
	return ((v << 1 | v >> 63) & 0xff) == 0;
}

/*
 * A partition's SLB holds nothing that could hurt others: it leads to virtual page numbers, which
 * are looked up in the partition's own page table, and stays behind when the processor goes to
 * somebody else. But of the reserved encodings of a segment's and a page's size a processor may
 * make what it likes, and the emulator an interrupt, at the slbmte that would be the hypervisor's:
 * such an entry becomes one that is not valid.
 */
static struct vp_slb __cold slb_check(u64 e, u64 v)
{
	bool good = !(v & SLB_V_B_RESERVED) &&
		    SLB_V_LLP_ALLOWED >> (v >> SLB_V_LLP_SHIFT & SLB_V_LLP_MASK) & 1;

	return good ? (struct vp_slb){e, v & SLB_V_MASK} : (struct vp_slb){0, 0};
}

struct vp_slb vpa_slb_entry(u64 shadow, u32 i)
{
	const volatile struct slb_shadow *area = handle_ptr(shadow);
	u64 e = be64_to_cpu(area->entry[i].e) & SLB_E_MASK;
	u64 v = be64_to_cpu(area->entry[i].v);

	if (usually(is_plain(v)))
		return (struct vp_slb){e, v};
	return slb_check(e, v);
}

bool vpa_donates(const struct vp *vp)
{
	const volatile struct vpa *vpa = vpa_of(vp);

	return vpa && vp->lpar->procs.sharing_mode >= SHARING_SHARE_IDLE_ACTIVE &&
	       vpa->donate_dedicated & VPA_DONATE_ENABLED;
}
