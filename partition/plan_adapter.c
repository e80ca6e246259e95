// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include "hmc/plan.h"
#include "partition/plan_adapter.h"
#include "partition/plan_property.h"

/* The additional VLANs: ascending, each a number of its own. */
static bool vlans_get(const void *fdt, int node, struct plan_eth *eth)
{
	int length;
	const fdt32_t *value = fdt_getprop(fdt, node, PLAN_PROP_VLAN_IDS, &length);
	u32 last = PLAN_VLAN_MIN - 1;

	eth->nr_vlans = 0;
	if (value == NULL)
		return true;
	if (length % (int)sizeof(*value) != 0 || length > PLAN_VLANS_MAX * (int)sizeof(*value) ||
	    !eth->ieee)
		return false;
	for (; length > 0; length -= (int)sizeof(*value), value++) {
		u32 vlan = fdt32_ld(value);

		if (vlan <= last || vlan > PLAN_VLAN_MAX || vlan == eth->port_vlan_id)
			return false;
		eth->vlan[eth->nr_vlans++] = (u16)vlan;
		last = vlan;
	}
	return true;
}

static bool mac_get(const void *fdt, int node, struct plan_eth *eth)
{
	int length;
	const u8 *mac = fdt_getprop(fdt, node, PLAN_PROP_MAC, &length);

	if (mac == NULL || length != PLAN_MAC_SIZE)
		return false;
	memcpy(eth->mac, mac, PLAN_MAC_SIZE);
	return plan_mac_valid(eth->mac);
}

static const char *eth_get(const void *fdt, int node, struct plan_eth *eth)
{
	const char *vswitch = plan_name(fdt, node, PLAN_PROP_VSWITCH);

	if (!plan_flag(fdt, node, PLAN_PROP_IEEE, &eth->ieee) ||
	    !plan_number(fdt, node, PLAN_PROP_PORT_VLAN_ID, PLAN_VLAN_MIN, PLAN_VLAN_MAX,
			 &eth->port_vlan_id) ||
	    !plan_number(fdt, node, PLAN_PROP_TRUNK_PRIORITY, 0, PLAN_TRUNK_PRIORITY_MAX,
			 &eth->trunk_priority))
		return "virtual Ethernet adapter with a number missing or out of range";
	if (!vlans_get(fdt, node, eth))
		return "virtual Ethernet adapter with wrong additional VLANs";
	if (vswitch == NULL)
		return "virtual Ethernet adapter without a proper virtual switch";
	snprintf(eth->vswitch, sizeof(eth->vswitch), "%s", vswitch);
	return mac_get(fdt, node, eth) ? NULL
				       : "virtual Ethernet adapter without a proper MAC address";
}

static bool peer_get(const void *fdt, int node, struct plan_peer *peer)
{
	return plan_number(fdt, node, PLAN_PROP_REMOTE_LPAR, 1, PLAN_PEER_ANY, &peer->lpar_id) &&
	       (peer->lpar_id <= LPAR_MAX_ID || peer->lpar_id == PLAN_PEER_ANY) &&
	       plan_number(fdt, node, PLAN_PROP_REMOTE_SLOT, 0, PLAN_PEER_ANY, &peer->slot) &&
	       (peer->slot < PLAN_VIRTUAL_SLOTS_MAX || peer->slot == PLAN_PEER_ANY);
}

/* The kind, but for the console, which is nobody's to give; PLAN_ADAPTER_KINDS: none. */
static enum plan_adapter_kind kind_get(const void *fdt, int node)
{
	const char *name = plan_string(fdt, node, PLAN_PROP_ADAPTER_TYPE);
	u32 kind = PLAN_ADAPTER_CONSOLE + 1;

	if (name == NULL)
		return PLAN_ADAPTER_KINDS;
	while (kind < PLAN_ADAPTER_KINDS &&
	       strcmp(name, plan_adapter_name((enum plan_adapter_kind)kind)) != 0)
		kind++;
	return (enum plan_adapter_kind)kind;
}

/* Reads the adapter NODE. Returns NULL, or what is wrong with it. */
static const char *adapter_get(const void *fdt, int node, u32 virtual_slots,
			       struct plan_adapter *adapter)
{
	*adapter = (struct plan_adapter){.kind = kind_get(fdt, node)};
	if (adapter->kind == PLAN_ADAPTER_KINDS)
		return "virtual adapter of no known kind";
	if (!plan_number(fdt, node, PLAN_PROP_SLOT, PLAN_SLOT_MIN, virtual_slots - 1,
			 &adapter->slot))
		return "virtual adapter without a slot that can be";
	if (!plan_flag(fdt, node, PLAN_PROP_REQUIRED, &adapter->required))
		return "virtual adapter neither required nor not";
	if (adapter->kind == PLAN_ADAPTER_ETH)
		return eth_get(fdt, node, &adapter->eth);
	if (!peer_get(fdt, node, &adapter->peer))
		return "virtual adapter whose other end cannot be";
	if (plan_adapter_is_serial(adapter->kind) &&
	    !plan_flag(fdt, node, PLAN_PROP_SUPPORTS_HMC, &adapter->supports_hmc))
		return "serial adapter that neither supports an HMC nor not";
	return NULL;
}

static int next_node(const void *fdt, int parent, int cursor)
{
	return cursor == 0 ? fdt_first_subnode(fdt, parent) : fdt_next_subnode(fdt, cursor);
}

const char *plan_adapters_get(const void *fdt, int node, struct plan_lpar *lpar)
{
	u64 taken[PLAN_VIRTUAL_SLOTS_MAX / 64] = {0};
	struct plan_adapter adapter;

	lpar->fdt = fdt;
	lpar->node = node;
	lpar->nr_adapters = 0;
	if (!plan_number(fdt, node, PLAN_PROP_VIRTUAL_SLOTS, PLAN_VIRTUAL_SLOTS_MIN,
			 PLAN_VIRTUAL_SLOTS_MAX, &lpar->virtual_slots))
		return "number of virtual slots missing or out of range";
	for (int cursor = 0; (cursor = next_node(fdt, node, cursor)) > 0; lpar->nr_adapters++) {
		const char *reason = adapter_get(fdt, cursor, lpar->virtual_slots, &adapter);

		if (reason != NULL)
			return reason;
		if (taken[adapter.slot / 64] & BIT(adapter.slot % 64))
			return "two virtual adapters in the same slot";
		taken[adapter.slot / 64] |= BIT(adapter.slot % 64);
	}
	return NULL;
}

bool plan_next_adapter(const struct plan_lpar *lpar, int *cursor, struct plan_adapter *out)
{
	/* A profile that was made up in the hypervisor has no blob. */
	if (lpar->fdt == NULL)
		return false;
	*cursor = next_node(lpar->fdt, lpar->node, *cursor);
	return *cursor > 0 && adapter_get(lpar->fdt, *cursor, lpar->virtual_slots, out) == NULL;
}
