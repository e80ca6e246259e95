// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/vpa.c hv/vpa_hcall.c hv/lpar.c hv/lmb.c
// Any sequence of H_REGISTER_VPA calls, stores to memory, dispatches and preemptions; after each,
// every area is in the partition's memory, and the dispatch counts are the hypervisor's.
#include <stdlib.h>
#include <string.h>

#include "hv/cpu.h"
#include "hv/hcall.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/real.h"
#include "hv/vp.h"
#include "hv/vpa.h"
#include "papr/vpa.h"

#define VPS   2
#define PAGES 3 /* of each end of the only LMB, which is what inputs write to */

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

u8 real_memory[3 * LMB_MIN_SIZE] __aligned(4096);

static struct lmb table[3];
static u32 map[] = {1};
static struct vp vps[VPS];
static struct lpar lpar = {.id = 1, .nr_vps = VPS, .map = {.nr_lmbs = 1, .lmb = map}};
static struct cpu cpu;

void panic(const char *format, ...)
{
	(void)format;
	abort();
}

/* One step: what to do, to whom, and a number for it. */
struct step {
	u8 what, whom;
	u16 value;
};

/* A logical address near either end of memory, or nowhere. */
static u64 address_of(u16 value)
{
	u64 offset = value % (PAGES * 4096);

	if (value == 0xffff)
		return 1UL << 63;
	return value & 0x8000 ? LMB_MIN_SIZE - PAGES * 4096 + offset : offset;
}

static void check_area(const struct vp_area *area, u64 entries)
{
	u64 at = area->handle & ~VPA_HANDLE_ENTRIES;

	if ((area->logical == 0) != (area->handle == 0))
		abort();
	if (area->logical == 0)
		return;
	if ((area->handle & VPA_HANDLE_ENTRIES) > entries)
		abort();
	if ((void *)(uintptr_t)at != lpar_ptr(&lpar, area->logical, area->length))
		abort();
}

static void check(void)
{
	for (u32 i = 0; i < VPS; i++) {
		check_area(&vps[i].vpa, 0);
		check_area(&vps[i].dtl, vps[i].dtl.length / DTL_ENTRY_SIZE);
		check_area(&vps[i].slb_shadow, vps[i].slb_shadow.length / 16);
	}
}

/* What is before and behind the partition's memory is somebody else's. */
static void check_neighbours(void)
{
	for (u64 i = 1; i <= 4096; i++)
		if (real_memory[LMB_MIN_SIZE - i] || real_memory[2 * LMB_MIN_SIZE + i - 1])
			abort();
}

static void register_area(struct vp *vp, struct step step)
{
	vp->gpr[4] = (u64)(step.what >> 2 & 7) << VPA_FUNCTION_SHIFT;
	vp->gpr[5] = step.whom >> 1;
	vp->gpr[6] = address_of(step.value & 0x8000 ? step.value | 0x40 : step.value & ~0x7f);
	__start_hcalls->handler(vp);
}

static void dispatch(struct vp *vp, struct step step)
{
	u32 count = vpa_dispatch_count(vp);
	u64 shadow;

	vp->leave_reason = step.whom >> 1 & 7;
	vp->ready_at = vp->capacity_at = step.value;
	vp->dispatched_at = (u64)step.value << 20;
	vpa_dispatch(vp, &cpu);
	shadow = vpa_slb_shadow(vp);
	for (u32 i = 0, n = shadow ? vpa_slb_bolted(shadow) : 0; i < n; i++)
		vpa_slb_entry(shadow, i);
	vpa_keep(vp);
	vpa_preempt(vp);
	if (vpa_dispatch_count(vp) != count + 2)
		abort();
}

static void run(struct step step, u64 *at)
{
	struct vp *vp = &vps[step.whom & 1];
	be16 value = cpu_to_be16(step.value);

	switch (step.what & 3) {
	case 0:
		*at = address_of(step.value);
		break;
	case 1:
		lpar_copy_out(&lpar, *at, &value, sizeof(value));
		*at += 2;
		break;
	case 2:
		register_area(vp, step);
		break;
	default:
		dispatch(vp, step);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct step step;
	u64 at = 0;

	lmb_init(table, sizeof(real_memory), LMB_MIN_SIZE);
	memset(real_memory + LMB_MIN_SIZE, 0, PAGES * 4096);
	memset(real_memory + 2 * LMB_MIN_SIZE - PAGES * 4096, 0, PAGES * 4096);
	for (u32 i = 0; i < VPS; i++) {
		vps[i] = (struct vp){.lpar = &lpar, .number = i, .dispatch_count = 1};
		lpar.vps[i] = &vps[i];
	}
	vps[0].state = VP_RUNNING;
	lpar.procs.sharing_mode = size & 1 ? SHARING_CAP : SHARING_SHARE_IDLE_ALWAYS;
	for (; size >= sizeof(step); data += sizeof(step), size -= sizeof(step)) {
		memcpy(&step, data, sizeof(step));
		run(step, &at);
		check();
	}
	check_neighbours();
	return 0;
}
