// SPDX-License-Identifier: Apache-2.0
// Counters of logical LAN adapters, for the management console.
#include "hv/lpar.h"
#include "partition/manage.h"
#include "partition/partition.h"
#include "vio/bus.h"
#include "vio/llan.h"

#include <string.h>

static be64 read(const u64 *counter)
{
	return cpu_to_be64(__atomic_load_n(counter, __ATOMIC_RELAXED));
}

/* The partition's first adapter in @slot or behind it, or NULL. */
static struct llan *find(const struct lpar *lpar, u32 slot)
{
	const struct bus *bus = lpar->bus;

	for (; bus && slot < bus->nr_slots; slot++)
		if (bus->slot[slot] && bus->slot[slot]->type == &llan_type)
			return container_of(bus->slot[slot], struct llan, adapter);
	return NULL;
}

static void put_counters(const struct llan_stats *stats, struct hmc_eth_reply *reply)
{
	reply->out_frames = read(&stats->out_frames);
	reply->out_bytes = read(&stats->out_bytes);
	reply->in_frames = read(&stats->in_frames);
	reply->in_bytes = read(&stats->in_bytes);
	reply->in_groups = read(&stats->in_groups);
	reply->in_large = read(&stats->in_large);
	reply->no_buffer = read(&stats->no_buffer);
	reply->unmapped = read(&stats->unmapped);
	reply->unknown = read(&stats->unknown);
	reply->refused = read(&stats->refused);
	reply->invalid = read(&stats->invalid);
}

/* As work: nobody opens or closes adapters meanwhile. */
static void manage_eth(struct manage_call *call)
{
	const struct hmc_eth *request = (const void *)call->request;
	struct partition *partition = manage_partition(call, request->lpar_id);
	struct hmc_eth_reply *reply;
	struct llan *llan;
	be64 mac;

	if (!partition)
		return;
	llan = find(&partition->lpar, be16_to_cpu(request->slot));
	reply = manage_answer(call, sizeof(*reply));
	reply->slot = cpu_to_be16(llan ? (u16)llan->adapter.slot : HMC_ETH_NONE);
	if (!llan)
		return;
	vswitch_enter(&llan->port);
	mac = cpu_to_be64(llan->port.plugged ? llan->port.mac << 16 : 0);
	vswitch_leave(&llan->port);
	memcpy(reply->mac, &mac, sizeof(reply->mac));
	reply->active_trunk = mac && llan->port.priority && vswitch_active(&llan->port);
	put_counters(&llan->stats, reply);
}
MANAGE_REQUEST(HMC_ETH, sizeof(struct hmc_eth), manage_eth);

_Static_assert(sizeof(struct hmc_eth_reply) <= LINK_REPLY_MAX, "the reply fits");
