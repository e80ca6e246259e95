// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/llan_world.c vio/llan.c vio/llan_hcall.c vio/llan_receive.c
// SOURCES: vio/llan_send.c vio/llan_forward.c vio/packet.c vio/checksum.c vio/vswitch.c
// SOURCES: vio/mcast_filter.c vio/tce.c vio/adapter.c hv/lpar.c partition/tree_writer.c
// SOURCES: vio/llan_stats.c
// What the management console is told of logical LAN adapters.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "partition/manage.h"
#include "partition/partition.h"
#include "tests/unit/llan_world.h"

#define EXPECT(field, value) assert_int_equal(be64_to_cpu(reply->field), value)

static struct partition *partition;
static struct manage_call call;
static struct hmc_eth request;

struct partition *manage_partition(struct manage_call *refused, be16 lpar_id)
{
	assert_ptr_equal(refused, &call);
	return be16_to_cpu(lpar_id) == 2 ? partition : NULL;
}

void *manage_answer(struct manage_call *answered, u32 length)
{
	assert_in_range(length, sizeof(struct hmc_reply), LINK_REPLY_MAX);
	memset(&answered->reply, 0, sizeof(answered->reply));
	return &answered->reply;
}

static const struct hmc_eth_reply *ask(u32 lpar_id, u32 slot)
{
	request.lpar_id = cpu_to_be16((u16)lpar_id);
	request.slot = cpu_to_be16((u16)slot);
	call.request = &request.control;
	assert_int_equal(__stop_manage_requests - __start_manage_requests, 1);
	assert_int_equal(__start_manage_requests[0]->type, HMC_ETH);
	assert_int_equal(__start_manage_requests[0]->length, sizeof(request));
	__start_manage_requests[0]->run(&call);
	return (const void *)&call.reply;
}

static void test_counters(void **state)
{
	struct plan_eth eth = world_eth(1, 2);
	const struct hmc_eth_reply *reply;
	static const u8 mac[] = {2, 0, 0, 2, 3, 0};
	struct llan *from, *to;

	(void)state;
	world_reset();
	partition = calloc(1, sizeof(*partition));
	from = world_join(1, 2, &eth, 0, 2048);
	eth = world_eth(2, 3);
	to = world_join(2, 3, &eth, 0, 2048);
	eth = world_eth(2, 2);
	eth.trunk_priority = 1;
	world_open(2, 2, &eth);
	partition->lpar.bus = world_lpars[2].bus;
	for (u32 i = 0; i < WORLD_BUFFERS + 2; i++) {
		world_frame(from, i ? to->port.given : MAC_BROADCAST, WORLD_MAC(1), 0x88b5, 100);
		world_send(from, 100, 0, 0);
	}
	world_frame(to, WORLD_MAC(7), WORLD_MAC3(2), 0x88b5, 100);
	world_send(to, 100, 0, 0);
	world_send(to, 13, 0, 0);

	reply = ask(2, 0);
	assert_int_equal(be16_to_cpu(reply->slot), 2);
	assert_int_equal(reply->active_trunk, 0); /* nobody has opened it */
	assert_int_equal(reply->mac[0], 0);
	EXPECT(in_frames, 0);
	EXPECT(refused, 0);
	reply = ask(2, 3);
	assert_int_equal(be16_to_cpu(reply->slot), 3);
	assert_memory_equal(reply->mac, mac, sizeof(mac));
	EXPECT(in_frames, WORLD_BUFFERS);
	EXPECT(in_bytes, WORLD_BUFFERS * 100);
	EXPECT(in_groups, 1);
	EXPECT(no_buffer, 2);
	EXPECT(unknown, 1);
	EXPECT(invalid, 1);
	EXPECT(out_frames, 0);
	assert_int_equal(from->stats.out_frames, WORLD_BUFFERS + 2);
	assert_int_equal(be16_to_cpu(ask(2, 4)->slot), HMC_ETH_NONE);
	assert_int_equal(be16_to_cpu(ask(2, 0xffff)->slot), HMC_ETH_NONE);
	partition->lpar.bus = NULL;
	assert_int_equal(be16_to_cpu(ask(2, 0)->slot), HMC_ETH_NONE);
	ask(3, 0);
	free(partition);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_counters)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
