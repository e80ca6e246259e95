// SPDX-License-Identifier: Apache-2.0
// Slots, adapters and virtual switches as lshwres lists them.
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/virtualio.h"

static void lpar_add(const struct virtualio *virtualio)
{
	listing_add(virtualio->listing, "lpar_name", "%s", virtualio->lpar->name);
	listing_add(virtualio->listing, "lpar_id", "%u", virtualio->lpar->id);
}

static bool is_server(const struct plan_adapter *adapter)
{
	return adapter->kind == PLAN_ADAPTER_SERIAL_SERVER ||
	       adapter->kind == PLAN_ADAPTER_SCSI_SERVER;
}

static bool is_scsi(const struct plan_adapter *adapter)
{
	return adapter->kind == PLAN_ADAPTER_SCSI_CLIENT ||
	       adapter->kind == PLAN_ADAPTER_SCSI_SERVER;
}

static void number_add(struct listing *listing, const char *name, u32 number)
{
	if (number == PLAN_PEER_ANY)
		listing_add(listing, name, "any");
	else
		listing_add(listing, name, "%u", number);
}

static void mac_add(struct listing *listing, const char *name, const u8 *mac, u32 bytes)
{
	char text[2 * PLAN_MAC_SIZE + 1];

	for (u32 i = 0; i < bytes; i++)
		snprintf(text + 2 * i, 3, "%02X", mac[i]);
	listing_add(listing, name, "%s", text);
}

/* What every adapter has first. */
static void adapter_add(const struct virtualio *virtualio, const struct plan_adapter *adapter)
{
	lpar_add(virtualio);
	listing_add(virtualio->listing, "slot_num", "%u", adapter->slot);
	listing_add(virtualio->listing, "state", "%d", virtualio->active);
	listing_add(virtualio->listing, "is_required", "%d", adapter->required);
}

static void peer_add(const struct virtualio *virtualio, const struct plan_adapter *adapter)
{
	struct listing *listing = virtualio->listing;

	listing_add(listing, "adapter_type", "%s", is_server(adapter) ? "server" : "client");
	if (!is_scsi(adapter))
		listing_add(listing, "supports_hmc", "%d", adapter->supports_hmc);
	number_add(listing, "remote_lpar_id", adapter->peer.lpar_id);
	listing_add(listing, "remote_lpar_name", "%s", lpar_names_peer(virtualio->names, adapter));
	number_add(listing, "remote_slot_num", adapter->peer.slot);
}

static void vlans_add(struct listing *listing, const char *name, const u16 *vlan, u32 count)
{
	char text[8 * PLAN_VLANS_MAX] = "";
	size_t used = 0;

	for (u32 i = 0; i < count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u", i ? "," : "",
					 vlan[i]);
	listing_add(listing, name, "%s", text);
}

static void eth_add(const struct virtualio *virtualio, const struct plan_adapter *adapter)
{
	const struct plan_eth *eth = &adapter->eth;
	struct listing *listing = virtualio->listing;
	u8 mac[PLAN_MAC_SIZE];

	adapter_mac(virtualio->system->name, virtualio->lpar->id, adapter->slot, mac);
	adapter_add(virtualio, adapter);
	listing_add(listing, "is_trunk", "%d", eth->trunk_priority != 0);
	if (eth->trunk_priority)
		listing_add(listing, "trunk_priority", "%u", eth->trunk_priority);
	else
		listing_none(listing, "trunk_priority");
	listing_add(listing, "ieee_virtual_eth", "%d", eth->ieee);
	listing_add(listing, "port_vlan_id", "%u", eth->port_vlan_id);
	vlans_add(listing, "addl_vlan_ids", eth->vlan, eth->nr_vlans);
	listing_add(listing, "vswitch", "%s", eth->vswitch);
	mac_add(listing, "mac_addr", plan_mac_valid(eth->mac) ? eth->mac : mac, PLAN_MAC_SIZE);
	listing_add(listing, "allowed_os_mac_addrs", "all");
	listing_add(listing, "qos_priority", "none");
	listing_record(listing);
}

/* The adapter behind every partition's console. */
static const struct plan_adapter console = {
	.kind = PLAN_ADAPTER_SERIAL_SERVER,
	.slot = PLAN_SLOT_CONSOLE,
	.required = true,
	.supports_hmc = true,
	.peer = {PLAN_PEER_ANY, PLAN_PEER_ANY},
};

static const char *config_of(const struct plan_adapter *adapter)
{
	if (adapter->kind == PLAN_ADAPTER_ETH)
		return "ethernet";
	return is_scsi(adapter) ? "scsi" : "serial";
}

static void slot_add(const struct virtualio *virtualio, const struct plan_adapter *adapter)
{
	listing_add(virtualio->listing, "slot_num", "%u", adapter->slot);
	lpar_add(virtualio);
	listing_add(virtualio->listing, "config", "%s", config_of(adapter));
	listing_add(virtualio->listing, "is_required", "%d", adapter->required);
	listing_record(virtualio->listing);
}

void virtualio_slots(const struct virtualio *virtualio)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];
	u32 count = adapters_load(virtualio->profile, adapters);

	slot_add(virtualio, &console);
	for (u32 i = 0; i < count; i++)
		slot_add(virtualio, &adapters[i]);
}

void virtualio_max_slots(const struct virtualio *virtualio)
{
	const char *slots = profile_get(virtualio->profile, "max_virtual_slots");

	lpar_add(virtualio);
	listing_add(virtualio->listing, "curr_max_virtual_slots", "%s", slots ? slots : "");
	listing_add(virtualio->listing, "pend_max_virtual_slots", "%s", slots ? slots : "");
	listing_record(virtualio->listing);
}

static void peers_list(const struct virtualio *virtualio, bool scsi)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];
	u32 count = adapters_load(virtualio->profile, adapters);

	for (u32 i = 0; i < count; i++) {
		if (adapters[i].kind == PLAN_ADAPTER_ETH || is_scsi(&adapters[i]) != scsi)
			continue;
		adapter_add(virtualio, &adapters[i]);
		peer_add(virtualio, &adapters[i]);
		listing_record(virtualio->listing);
	}
}

void virtualio_serial(const struct virtualio *virtualio)
{
	adapter_add(virtualio, &console);
	peer_add(virtualio, &console);
	listing_record(virtualio->listing);
	peers_list(virtualio, false);
}

void virtualio_scsi(const struct virtualio *virtualio)
{
	peers_list(virtualio, true);
}

void virtualio_eth(const struct virtualio *virtualio)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];
	u32 count = adapters_load(virtualio->profile, adapters);

	for (u32 i = 0; i < count; i++)
		if (adapters[i].kind == PLAN_ADAPTER_ETH)
			eth_add(virtualio, &adapters[i]);
}

/* The first four bytes of a MAC address are the system's; the partition's ID and the slot follow.
 */
void virtualio_eth_system(const struct virtualio *virtualio)
{
	u8 mac[PLAN_MAC_SIZE];

	adapter_mac(virtualio->system->name, 0, 0, mac);
	listing_add(virtualio->listing, "max_vlans_per_port", "%d", PLAN_VLANS_MAX);
	mac_add(virtualio->listing, "mac_prefix", mac, 4);
	listing_record(virtualio->listing);
}

/* --- virtual switches: those that profiles name, and the default one --- */

struct vswitch {
	char name[PLAN_VSWITCH_NAME_MAX + 1];
	bool vlan[PLAN_VLAN_MAX + 1];
};

struct vswitches {
	struct vswitch *vswitch;
	u32 count;
};

static struct vswitch *vswitch_find(struct vswitches *vswitches, const char *name)
{
	struct vswitch *vswitch;

	for (u32 i = 0; i < vswitches->count; i++)
		if (!strcmp(vswitches->vswitch[i].name, name))
			return &vswitches->vswitch[i];
	vswitches->vswitch =
		reallocarray(vswitches->vswitch, vswitches->count + 1, sizeof(*vswitch));
	if (!vswitches->vswitch)
		abort();
	vswitch = &vswitches->vswitch[vswitches->count++];
	memset(vswitch, 0, sizeof(*vswitch));
	snprintf(vswitch->name, sizeof(vswitch->name), "%s", name);
	return vswitch;
}

static void vswitches_take(struct vswitches *vswitches, const struct profile *profile)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];
	u32 count = adapters_load(profile, adapters);

	for (u32 i = 0; i < count; i++) {
		const struct plan_eth *eth = &adapters[i].eth;
		struct vswitch *vswitch;

		if (adapters[i].kind != PLAN_ADAPTER_ETH)
			continue;
		vswitch = vswitch_find(vswitches, eth->vswitch);
		vswitch->vlan[eth->port_vlan_id] = true;
		for (u32 j = 0; j < eth->nr_vlans; j++)
			vswitch->vlan[eth->vlan[j]] = true;
	}
}

static void vswitch_list(struct listing *listing, const struct vswitch *vswitch)
{
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);

	if (!file)
		abort();
	for (u32 vlan = PLAN_VLAN_MIN; vlan <= PLAN_VLAN_MAX; vlan++)
		if (vswitch->vlan[vlan])
			fprintf(file, "%s%u", ftell(file) ? "," : "", vlan);
	fclose(file);
	listing_add(listing, "vswitch", "%s", vswitch->name);
	listing_add(listing, "switch_mode", "VEB");
	listing_add(listing, "allowed_lpar_ids", "all");
	listing_add(listing, "vlan_ids", "%s", text);
	listing_record(listing);
	free(text);
}

void virtualio_vswitches(const struct virtualio *virtualio)
{
	struct vswitches vswitches = {NULL, 0};
	struct lpar lpars[PLAN_LPAR_ID_MAX];
	u32 count = lpars_load(virtualio->store, lpars);
	struct profile profile;

	vswitch_find(&vswitches, PLAN_VSWITCH_DEFAULT);
	for (u32 i = 0; i < count; i++) {
		const char *name = lpars[i].curr_profile;

		profile_load(&profile, virtualio->store, lpars[i].id,
			     *name ? name : lpars[i].default_profile);
		vswitches_take(&vswitches, &profile);
		profile_clear(&profile);
	}
	for (u32 i = 0; i < vswitches.count; i++)
		vswitch_list(virtualio->listing, &vswitches.vswitch[i]);
	free(vswitches.vswitch);
}
