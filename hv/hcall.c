// SPDX-License-Identifier: Apache-2.0
#include "hv/hcall.h"
#include "hv/log.h"
#include "hv/lpar.h"
#include "hv/trace.h"
#include "hv/vp.h"

/* Called by the entry code, which knows the other end of these. */
s64 hcall_private(struct vp *vp);
extern hcall_handler *hcall_table[];

/* By number / 4; the entry code branches through it. No entry is ever NULL. */
hcall_handler *hcall_table[HCALL_MAX / 4 + 1];

static hcall_handler *private_table[(H_PRIVATE_MAX - H_PRIVATE_MIN) / 4 + 1];

s64 hcall_unknown(struct vp *vp)
{
	trace_on(vp->cpu, TRACE_HCALL_UNKNOWN, vp->lpar->id, (u16)vp->number, vp->gpr[3], vp->pc);
	return H_FUNCTION;
}

s64 hcall_private(struct vp *vp)
{
	u64 number = vp->gpr[3];
	u64 index = (number - H_PRIVATE_MIN) / 4;

	if (number % 4 || number < H_PRIVATE_MIN || number > H_PRIVATE_MAX)
		return hcall_unknown(vp);
	return private_table[index](vp);
}

static hcall_handler **entry_of(const struct hcall *line)
{
	if (line->number % 4 == 0 && line->number <= HCALL_MAX)
		return &hcall_table[line->number / 4];
	if (line->number % 4 == 0 && line->number >= H_PRIVATE_MIN && line->number <= H_PRIVATE_MAX)
		return &private_table[(line->number - H_PRIVATE_MIN) / 4];
	panic("%s has no place in the hypercall table", line->name);
}

void hcall_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(hcall_table); i++)
		hcall_table[i] = hcall_unknown;
	for (size_t i = 0; i < ARRAY_SIZE(private_table); i++)
		private_table[i] = hcall_unknown;
	for (const struct hcall *line = __start_hcalls; line < __stop_hcalls; line++) {
		hcall_handler **entry = entry_of(line);

		if (*entry != hcall_unknown)
			panic("%s stands twice in the hypercall table", line->name);
		*entry = line->handler;
	}
}
