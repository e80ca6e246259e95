// SPDX-License-Identifier: Apache-2.0
#include "vio/vterm.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/management.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "partition/console.h"
#include "vio/adapter.h"
#include "vio/cable.h"
#include "vio/vterm_server.h"

/* Linux's early console names it 0. */
static bool is_console(u64 termno)
{
	return termno == VTERM_CONSOLE || termno == 0;
}

/* A server's partition does not wait for the management channel: that gets what it has room for. */
static s64 console_put(const struct lpar *lpar, const void *chars, u32 n)
{
	s64 code = cable_client_put(lpar->id, chars, n);
	bool written;

	if (code == H_BUSY)
		return code;
	written = management_console_write(lpar->id, chars, n) == 0;
	return code == H_SUCCESS || written ? H_SUCCESS : H_BUSY;
}

static u32 console_get(const struct lpar *lpar, void *chars, u32 n)
{
	u32 got = cable_client_get(lpar->id, chars, n);

	return got ? got : (u32)management_console_read(lpar->id, chars, n);
}

/*
 * R4 = terminal, R5 = number of characters, R6 and R7 = they, first in the high byte.
 * LoPAR "H_PUT_TERM_CHAR".
 */
static s64 h_put_term_char(struct vp *vp)
{
	u64 termno = vp->gpr[4], n = vp->gpr[5];
	be64 chars[] = {cpu_to_be64(vp->gpr[6]), cpu_to_be64(vp->gpr[7])};
	struct vterm_server *server = NULL;

	if (!is_console(termno)) {
		server = vterm_server_find(vp->lpar, termno);
		if (!server)
			return H_PARAMETER;
	}
	if (n > VTERM_MAX_CHARS)
		return H_PARAMETER;
	if (server)
		return vterm_server_put(server, chars, (u32)n);
	return n ? console_put(vp->lpar, chars, (u32)n) : H_SUCCESS;
}
HCALL(H_PUT_TERM_CHAR, h_put_term_char, "hcall-term");

/*
 * R4 = terminal; out R4 = number of characters, R5 and R6 = they, as above.
 * LoPAR "H_GET_TERM_CHAR".
 */
static s64 h_get_term_char(struct vp *vp)
{
	be64 chars[] = {cpu_to_be64(0), cpu_to_be64(0)};
	struct vterm_server *server;
	s64 code = H_SUCCESS;
	u32 n;

	if (is_console(vp->gpr[4])) {
		n = console_get(vp->lpar, chars, sizeof(chars));
	} else {
		server = vterm_server_find(vp->lpar, vp->gpr[4]);
		code = server ? vterm_server_get(server, chars, sizeof(chars), &n) : H_PARAMETER;
	}
	if (code != H_SUCCESS)
		return code;
	vp->gpr[4] = n;
	vp->gpr[5] = be64_to_cpu(chars[0]);
	vp->gpr[6] = be64_to_cpu(chars[1]);
	return H_SUCCESS;
}
HCALL(H_GET_TERM_CHAR, h_get_term_char, "hcall-term");

/* Characters came for the partition. The channel's lock is held. */
static void console_input(u16 lpar_id)
{
	cable_client_signal(lpar_id);
}

/* What the firmware prints. */
static size_t console_output(struct lpar *lpar, const void *bytes, size_t length)
{
	const u8 *byte = bytes;
	size_t done = 0;

	while (done < length) {
		u32 n = (u32)MIN(length - done, (size_t)VTERM_MAX_CHARS);

		if (console_put(lpar, byte + done, n) != H_SUCCESS)
			break;
		done += n;
	}
	return done;
}

/* What people type to the firmware. */
static size_t console_typed(struct lpar *lpar, void *bytes, size_t length)
{
	return console_get(lpar, bytes, (u32)MIN(length, (size_t)CABLE_RING));
}

/* What was typed before the partition started is still there, and still to be announced. */
static void vterm_reset(struct lpar *lpar)
{
	cable_client_signal(lpar->id);
}
LPAR_RESET_HOOK(vterm_reset);

static void vterm_forget(struct lpar *lpar)
{
	cable_client_forget(lpar->id);
}
LPAR_FORGET_HOOK(vterm_forget);

static bool vterm_open(struct adapter *adapter, const struct plan_adapter *plan __unused,
		       char *reason __unused)
{
	cable_client_attach(adapter->lpar->id, adapter);
	return true;
}

static void vterm_close(struct adapter *adapter)
{
	cable_client_attach(adapter->lpar->id, NULL);
}

/* LoPAR "Client Vterm Device Tree Node (vty)". */
static const struct adapter_type vterm_type = {
	.name = "vty",
	.device_type = "serial",
	.compatible = "hvterm1",
	.kind = PLAN_ADAPTER_CONSOLE,
	.size = sizeof(struct adapter),
	.signals = 1,
	.open = vterm_open,
	.close = vterm_close,
};
ADAPTER_TYPE(vterm_type);

static const struct console_people people = {cable_open, cable_close, cable_take};

void vterm_init(void)
{
	management_console_input = console_input;
	console_register(console_output);
	console_register_reader(console_typed);
	console_register_people(&people);
}
