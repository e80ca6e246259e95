// SPDX-License-Identifier: Apache-2.0
// What went through virtual Ethernet adapters, as the hypervisor counts it.
#include <inttypes.h>

#include "tools/hmcd/manage.h"
#include "tools/hmcd/virtualio.h"

static void counter_add(struct listing *listing, const char *name, be64 counter)
{
	listing_add(listing, name, "%" PRIu64, (uint64_t)be64_to_cpu(counter));
}

static void adapter_add(const struct virtualio *virtualio, const struct hmc_eth_reply *eth)
{
	struct listing *listing = virtualio->listing;

	listing_add(listing, "lpar_name", "%s", virtualio->lpar->name);
	listing_add(listing, "lpar_id", "%u", virtualio->lpar->id);
	listing_add(listing, "slot_num", "%u", be16_to_cpu(eth->slot));
	listing_add(listing, "mac_addr", "%02X%02X%02X%02X%02X%02X", eth->mac[0], eth->mac[1],
		    eth->mac[2], eth->mac[3], eth->mac[4], eth->mac[5]);
	listing_add(listing, "is_active_trunk", "%u", eth->active_trunk);
	counter_add(listing, "sent_frames", eth->out_frames);
	counter_add(listing, "sent_bytes", eth->out_bytes);
	counter_add(listing, "recv_frames", eth->in_frames);
	counter_add(listing, "recv_bytes", eth->in_bytes);
	counter_add(listing, "recv_group_frames", eth->in_groups);
	counter_add(listing, "recv_large_frames", eth->in_large);
	counter_add(listing, "recv_dropped_no_buffer", eth->no_buffer);
	counter_add(listing, "recv_dropped_not_mapped", eth->unmapped);
	counter_add(listing, "sent_dropped_no_receiver", eth->unknown);
	counter_add(listing, "sent_dropped_not_allowed", eth->refused);
	counter_add(listing, "sent_invalid", eth->invalid);
	listing_record(listing);
}

void virtualio_eth_stat(const struct virtualio *virtualio)
{
	struct hmc_eth_reply eth;
	u32 slot = 0;

	while (virtualio->active && manage_eth(virtualio->lpar->id, slot, &eth)) {
		adapter_add(virtualio, &eth);
		slot = be16_to_cpu(eth.slot) + 1u;
	}
}
