// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/icp.c hv/ics.c hv/xics_hcall.c
// Any sequence of interrupt hypercalls, xive calls and device pulses, with any arguments, and after
// each what must hold: nothing is presented that is not more favored than the processor, and
// nothing waits that could be presented.
#include <stdlib.h>
#include <string.h>

#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/vp.h"

#define VPS 3

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct lpar lpar;
static struct vp vps[VPS];
static bool told[VPS];

void vp_external_raise(struct vp *vp)
{
	told[vp->number] = true;
}

u64 machine_timebase(void)
{
	return 1;
}

struct vp *lpar_vp(const struct lpar *of, u64 number)
{
	return number < of->nr_vps ? of->vps[number] : NULL;
}

static void hcall(struct vp *vp, u32 number, u64 r4, u64 r5)
{
	bool was_pending[VPS];

	memset(told, 0, sizeof(told));
	for (u32 i = 0; i < VPS; i++)
		was_pending[i] = icp_pending(&vps[i]);
	vp->gpr[4] = r4;
	vp->gpr[5] = r5;
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++)
		if (line->number == number)
			line->handler(vp);
	for (u32 i = 0; i < VPS; i++)
		if (icp_pending(&vps[i]) && !was_pending[i] && !told[i])
			abort();
}

/* Could the ICP of @vp present something of @priority? */
static bool has_room(const struct vp *vp, u8 priority)
{
	union icp_state state = {.word = vp->icp.word};

	return priority < state.cppr && (state.xisr == XICS_SPURIOUS || priority < state.priority);
}

static void check(void)
{
	for (u32 i = 0; i < VPS; i++) {
		union icp_state state = {.word = vps[i].icp.word};

		if (state.xisr != XICS_SPURIOUS && state.priority >= state.cppr)
			abort();
		if (has_room(&vps[i], state.mfrr))
			abort();
	}
	for (u32 i = 0; i < XICS_MAX_SOURCES; i++) {
		const struct ics_source *source = &lpar.ics.source[i];
		bool pending = lpar.ics.pending[i / 64] >> i % 64 & 1;

		if (pending && !source->allocated)
			abort();
		if (pending && source->enabled && !source->sent &&
		    source->priority != XICS_MASKED &&
		    has_room(&vps[source->server], source->priority))
			abort();
	}
}

static void step(const u8 *op)
{
	struct vp *vp = &vps[op[1] % VPS];
	u32 irq = XICS_FIRST_SOURCE + op[2] % 8;
	u32 server, priority;

	switch (op[0] % 13) {
	case 0:
		hcall(vp, H_XIRR, 0, 0);
		break;
	case 1:
		hcall(vp, H_XIRR_X, 0, 0);
		break;
	case 2:
		hcall(vp, H_EOI, (u64)op[3] << 24 | irq, 0);
		break;
	case 3:
		hcall(vp, H_EOI, (u64)op[3] << 24 | op[2], 0);
		break;
	case 4:
		hcall(vp, H_CPPR, op[3], 0);
		break;
	case 5:
		hcall(vp, H_IPI, op[2] % (VPS + 1), op[3]);
		break;
	case 6:
		hcall(vp, H_IPOLL, op[2] % (VPS + 1), 0);
		break;
	case 7:
		ics_set_xive(&lpar, irq, op[1] % (VPS + 1), op[3]);
		break;
	case 8:
		ics_set_enabled(&lpar, irq, op[3] & 1);
		break;
	case 9:
		ics_pulse(&lpar, irq);
		break;
	case 10:
		ics_source_alloc(&lpar);
		break;
	case 11:
		ics_source_free(&lpar, irq);
		break;
	default:
		ics_get_xive(&lpar, irq, &server, &priority);
		if (op[3] == 0)
			icp_reset(vp);
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	memset(&lpar, 0, sizeof(lpar));
	lpar.nr_vps = VPS;
	for (u32 i = 0; i < VPS; i++) {
		vps[i] = (struct vp){.lpar = &lpar, .number = i};
		lpar.vps[i] = &vps[i];
	}
	ics_reset(&lpar);
	for (u32 i = 0; i < VPS; i++)
		ics_source_alloc(&lpar);
	for (; size >= 4; data += 4, size -= 4) {
		step(data);
		check();
	}
	return 0;
}
