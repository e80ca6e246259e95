// SPDX-License-Identifier: Apache-2.0
#include "vio/vterm.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/management.h"
#include "hv/vp.h"
#include "hv/xics.h"
#include "papr/vio.h"
#include "partition/console.h"
#include "partition/partition.h"
#include "partition/tree.h"
#include "vio/bus.h"

struct vterm {
	struct lpar *lpar; /* NULL until its first activation */
	u32 irq;
};

static struct vterm vterms[LPAR_MAX_ID + 1]; /* by lpar_id */

/* Linux's early console names it 0. */
static bool is_console(u64 termno)
{
	return termno == VTERM_CONSOLE || termno == 0;
}

/* R4 = terminal, R5 = number of characters, R6 and R7 = they, first in the high byte. */
static s64 h_put_term_char(struct vp *vp)
{
	u64 length = vp->gpr[5];
	be64 chars[] = {cpu_to_be64(vp->gpr[6]), cpu_to_be64(vp->gpr[7])};

	if (!is_console(vp->gpr[4]) || length > VTERM_MAX_CHARS)
		return H_PARAMETER;
	if (length == 0)
		return H_SUCCESS;
	return management_console_write(vp->lpar->id, chars, length) == 0 ? H_SUCCESS : H_BUSY;
}
HCALL(H_PUT_TERM_CHAR, h_put_term_char, "hcall-term");

/* R4 = terminal; out R4 = number of characters, R5 and R6 = they, as above. */
static s64 h_get_term_char(struct vp *vp)
{
	be64 chars[] = {cpu_to_be64(0), cpu_to_be64(0)};

	if (!is_console(vp->gpr[4]))
		return H_PARAMETER;
	vp->gpr[4] = management_console_read(vp->lpar->id, chars, sizeof(chars));
	vp->gpr[5] = be64_to_cpu(chars[0]);
	vp->gpr[6] = be64_to_cpu(chars[1]);
	return H_SUCCESS;
}
HCALL(H_GET_TERM_CHAR, h_get_term_char, "hcall-term");

/* Characters came for the partition. The channel's lock is held, so it is taken before the ICS's.
 */
static void console_input(u16 lpar_id)
{
	const struct vterm *vterm = &vterms[lpar_id];
	struct lpar *lpar = __atomic_load_n(&vterm->lpar, __ATOMIC_ACQUIRE);

	if (lpar)
		ics_pulse(lpar, vterm->irq);
}

/* What the firmware prints. */
static size_t console_output(struct lpar *lpar, const void *bytes, size_t length)
{
	const u8 *byte = bytes;
	size_t done = 0;

	while (done < length) {
		size_t n = MIN(length - done, (size_t)VTERM_MAX_CHARS);

		if (management_console_write(lpar->id, byte + done, n) != 0)
			break;
		done += n;
	}
	return done;
}

/* What people type to the firmware. */
static size_t console_typed(struct lpar *lpar, void *bytes, size_t length)
{
	return management_console_read(lpar->id, bytes, length);
}

/* What was typed before the partition started is still there, and still to be announced. */
static void vterm_reset(struct lpar *lpar)
{
	struct vterm *vterm = &vterms[lpar->id];

	if (!vterm->lpar)
		vterm->irq = ics_source_alloc(lpar);
	__atomic_store_n(&vterm->lpar, lpar, __ATOMIC_RELEASE);
	ics_pulse(lpar, vterm->irq);
}
LPAR_RESET_HOOK(vterm_reset);

static void vterm_forget(struct lpar *lpar)
{
	__atomic_store_n(&vterms[lpar->id].lpar, NULL, __ATOMIC_RELEASE);
}
LPAR_FORGET_HOOK(vterm_forget);

/* LoPAR "Client Vterm Device Tree Node (vty)". */
static int vterm_tree(const struct partition *partition, void *fdt)
{
	const struct bus_adapter adapter = {
		.name = "vty",
		.device_type = "serial",
		.compatible = "hvterm1",
		.slot = VTERM_CONSOLE_SLOT,
		.irq = vterms[partition->lpar.id].irq,
	};
	int node = bus_add_node(partition, fdt, &adapter);

	return node < 0 ? node : 0;
}
TREE_CONTRIBUTOR(vterm_tree);

void vterm_init(void)
{
	management_console_input = console_input;
	console_register(console_output);
	console_register_reader(console_typed);
}
