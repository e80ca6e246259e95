// SPDX-License-Identifier: Apache-2.0
#include "vio/vterm_server.h"
#include "hv/hcall.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "papr/vio.h"
#include "partition/partition.h"
#include "partition/tree_writer.h"
#include "vio/adapter.h"
#include "vio/cable.h"

#define NONE ~0UL /* LoPAR's 0xFF...FF: the list's beginning and its end */
#define PAGE 4096

struct vterm_server {
	struct adapter adapter;
	struct plan_peer peer;
	struct cable_end end;
};

/* The buffer of H_VTERM_PARTNER_INFO, from its beginning. */
struct partner_info {
	be64 lpar_id;
	be64 unit_address;
	char location[ADAPTER_LOCATION_SIZE];
};

static struct vterm_server *server_of(struct adapter *adapter)
{
	return container_of(adapter, struct vterm_server, adapter);
}

/* May it be connected with the console of this partition, if that exists? Any number. */
static bool may_reach(const struct vterm_server *server, u64 lpar_id, u64 unit_address)
{
	if (lpar_id < 1 || lpar_id > LPAR_MAX_ID || lpar_id == server->adapter.lpar->id)
		return false;
	if (server->peer.lpar_id != PLAN_PEER_ANY && server->peer.lpar_id != lpar_id)
		return false;
	if (server->peer.slot != PLAN_PEER_ANY && server->peer.slot != VTERM_CONSOLE_SLOT)
		return false;
	return unit_address == VTERM_CONSOLE;
}

static bool is_partner(const struct vterm_server *server, u64 lpar_id, u64 unit_address)
{
	return may_reach(server, lpar_id, unit_address) && partition_find((u32)lpar_id);
}

/* The partner behind @lpar_id in the list; 0 is before the first. Returns NONE behind the last. */
static u64 next_partner(const struct vterm_server *server, u64 lpar_id)
{
	for (lpar_id++; lpar_id <= LPAR_MAX_ID; lpar_id++)
		if (is_partner(server, lpar_id, VTERM_CONSOLE))
			return lpar_id;
	return NONE;
}

/*
 * R4 = unit address, R5 and R6 = the last partner returned, R7 = logical address of a page for the
 * next one. LoPAR "H_VTERM_PARTNER_INFO".
 */
static s64 h_vterm_partner_info(struct vp *vp)
{
	const struct vterm_server *server = vterm_server_find(vp->lpar, vp->gpr[4]);
	u64 last = vp->gpr[5], buffer = vp->gpr[7], next;
	struct partner_info info = {.unit_address = cpu_to_be64(NONE)};

	if (!server || (last != NONE && !is_partner(server, last, vp->gpr[6])))
		return H_PARAMETER;
	if (buffer % PAGE != 0 || !lpar_ptr(vp->lpar, buffer, PAGE))
		return H_PARAMETER;
	next = next_partner(server, last == NONE ? 0 : last);
	info.lpar_id = cpu_to_be64(next);
	if (next != NONE) {
		info.unit_address = cpu_to_be64(VTERM_CONSOLE);
		adapter_location((u32)next, VTERM_CONSOLE_SLOT, info.location);
	}
	return lpar_copy_out(vp->lpar, buffer, &info, sizeof(info)) ? H_SUCCESS : H_PARAMETER;
}
HCALL(H_VTERM_PARTNER_INFO, h_vterm_partner_info, "hcall-vty");

/* R4 = unit address, R5 and R6 = the partner. LoPAR "H_REGISTER_VTERM". */
static s64 h_register_vterm(struct vp *vp)
{
	struct vterm_server *server = vterm_server_find(vp->lpar, vp->gpr[4]);

	if (!server || !may_reach(server, vp->gpr[5], vp->gpr[6]))
		return H_PARAMETER;
	return cable_connect(&server->end, (u32)vp->gpr[5]) ? H_SUCCESS : H_PARAMETER;
}
HCALL(H_REGISTER_VTERM, h_register_vterm, "hcall-vty");

/* R4 = unit address. LoPAR "H_FREE_VTERM". */
static s64 h_free_vterm(struct vp *vp)
{
	struct vterm_server *server = vterm_server_find(vp->lpar, vp->gpr[4]);

	return server && cable_disconnect(&server->end) ? H_SUCCESS : H_PARAMETER;
}
HCALL(H_FREE_VTERM, h_free_vterm, "hcall-vty");

static bool server_open(struct adapter *adapter, const struct plan_adapter *plan,
			char *reason __unused)
{
	struct vterm_server *server = server_of(adapter);

	server->peer = plan->peer;
	server->end.adapter = adapter;
	return true;
}

static void server_reset(struct adapter *adapter)
{
	cable_disconnect(&server_of(adapter)->end);
}

/* Linux reads until there is no more and only then enables the interrupt. */
static void server_enabled(struct adapter *adapter, bool again __unused)
{
	if (cable_server_waits(&server_of(adapter)->end))
		adapter_signal(adapter);
}

/* LoPAR "Server Vterm Device Tree Node (vty-server) and Other Requirements". */
static void server_tree(const struct adapter *adapter __unused, struct tree_writer *writer)
{
	tree_put_flag(writer, "ibm,vserver");
}

static const struct adapter_type server_type = {
	.name = "vty-server",
	.device_type = "serial-server",
	.compatible = "hvterm2",
	.kind = PLAN_ADAPTER_SERIAL_SERVER,
	.size = sizeof(struct vterm_server),
	.open = server_open,
	.reset = server_reset,
	.enabled = server_enabled,
	.tree = server_tree,
};
ADAPTER_TYPE(server_type);

struct vterm_server *vterm_server_find(const struct lpar *lpar, u64 unit_address)
{
	struct adapter *adapter = adapter_find(lpar, unit_address, &server_type);

	return adapter ? server_of(adapter) : NULL;
}

s64 vterm_server_put(struct vterm_server *server, const void *chars, u32 n)
{
	return cable_server_put(&server->end, chars, n);
}

s64 vterm_server_get(struct vterm_server *server, void *chars, u32 n, u32 *got)
{
	return cable_server_get(&server->end, chars, n, got);
}
