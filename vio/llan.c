// SPDX-License-Identifier: Apache-2.0
#include "vio/llan.h"
#include "hv/lpar.h"
#include "hv/vp.h"
#include "partition/tree_writer.h"

#include <stdio.h>
#include <string.h>

/*
 * I/O addresses for all buffers that Linux's driver may have at once with its usual pools: 37 MiB
 * at its largest MTU. Of these its 256 largest and what it sends from, 17 to 19 MiB, have to be in
 * the last quarter, where alone Linux puts what is longer than 15 pages.
 */
#define WINDOW_SIZE (128 * MiB)

struct llan *llan_find(const struct vp *vp)
{
	struct adapter *adapter = adapter_find(vp->lpar, vp->gpr[4], &llan_type);

	return adapter ? container_of(adapter, struct llan, adapter) : NULL;
}

void llan_unregister(struct llan *llan)
{
	lock_take(&llan->config);
	vswitch_unplug(&llan->port);
	lock_take(&llan->lock);
	llan->registered = false;
	llan_receive_reset(llan);
	lock_drop(&llan->lock);
	lock_drop(&llan->config);
}

static bool llan_open(struct adapter *adapter, const struct plan_adapter *plan, char *reason)
{
	struct llan *llan = container_of(adapter, struct llan, adapter);

	if (vswitch_port_open(&llan->port, &plan->eth, adapter->lpar->id, adapter->slot))
		return true;
	snprintf(reason, LPAR_REASON_SIZE, "there are %u virtual switches already, without %s",
		 (unsigned int)PLAN_VSWITCHES_MAX, plan->eth.vswitch);
	return false;
}

static void llan_reset(struct adapter *adapter)
{
	struct llan *llan = container_of(adapter, struct llan, adapter);

	llan_unregister(llan);
	llan->attributes = 0;
	vswitch_claim(&llan->port, false);
}

static void llan_close(struct adapter *adapter)
{
	vswitch_port_close(&container_of(adapter, struct llan, adapter)->port);
}

/* LoPAR "Logical LAN Device Tree Node" */
static void llan_tree(const struct adapter *adapter, struct tree_writer *writer)
{
	const struct llan *llan = container_of(adapter, struct llan, adapter);
	be64 mac = cpu_to_be64(llan->port.given << 16);

	tree_put(writer, "local-mac-address", &mac, PLAN_MAC_SIZE);
	tree_put(writer, "mac-address", &mac, PLAN_MAC_SIZE);
	tree_put_cell(writer, "ibm,mac-address-filters", MCAST_FILTER_SIZE);
	tree_put_cell(writer, "max-frame-size", PACKET_MAX);
	tree_put_cell(writer, "address-bits", 48);
	tree_put_string(writer, "supported-network-types", "ethernet,1000,rj45,full");
	tree_put_string(writer, "chosen-network-type", "ethernet,1000,rj45,full");
	tree_put_flag(writer, "ibm,vserver");
	tree_put_flag(writer, "ibm,illan-options");
	if (llan->port.priority)
		tree_put_flag(writer, "ibm,trunk-adapter");
}

const struct adapter_type llan_type = {
	.name = "l-lan",
	.device_type = "network",
	.compatible = "IBM,l-lan",
	.kind = PLAN_ADAPTER_ETH,
	.size = sizeof(struct llan),
	.window_size = WINDOW_SIZE,
	.nr_windows = 1,
	.open = llan_open,
	.reset = llan_reset,
	.close = llan_close,
	.tree = llan_tree,
};
ADAPTER_TYPE(llan_type);
