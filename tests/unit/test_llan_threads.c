// SPDX-License-Identifier: Apache-2.0
// SOURCES: tests/unit/llan_world.c vio/llan.c vio/llan_hcall.c vio/llan_receive.c
// SOURCES: vio/llan_send.c vio/llan_forward.c vio/packet.c vio/checksum.c vio/vswitch.c
// SOURCES: vio/mcast_filter.c vio/tce.c vio/adapter.c hv/lpar.c partition/tree_writer.c
// Two partitions send to a third, while that frees and registers its adapter, loses pages, and is
// started afresh: after each of its ends nothing is written into its memory any more.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/hcall.h"
#include "tests/unit/llan_world.h"

#define ROUNDS	100
#define SENDERS 2
#define LENGTH	3000

static struct llan *senders[SENDERS], *receiver, *trunk;
static u32 done, sent[SENDERS];

/* Threads report what is wrong here: cmocka knows only the main one. */
static u32 wrong;

static void *send_all(void *arg)
{
	struct llan *llan = arg;
	u32 i = llan == senders[1];

	while (!__atomic_load_n(&done, __ATOMIC_RELAXED)) {
		s64 code = world_send(llan, LENGTH, 0, 0);

		if (code == H_SUCCESS)
			__atomic_fetch_add(&sent[i], 1, __ATOMIC_RELAXED);
		else if (code != H_DROPPED)
			__atomic_store_n(&wrong, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Trunk adapters change meanwhile. */
static void *claim_all(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&done, __ATOMIC_RELAXED)) {
		world_call(trunk, H_ILLAN_ATTRIBUTES, 0, LLAN_ATTR_ACTIVE);
		world_call(trunk, H_CHANGE_LOGICAL_LAN_MAC, WORLD_MAC(4));
	}
	return NULL;
}

static void add_buffers(void)
{
	for (u32 i = 0; i < WORLD_BUFFERS; i++)
		world_add(receiver, i, 4096);
}

/* No byte of the receiver changes any more. */
static void check_quiet(void)
{
	static u8 before[WORLD_SIZE];

	memcpy(before, world_at(receiver, 0), WORLD_SIZE);
	for (u32 i = 0; i < 2000; i++)
		__asm__ volatile("" ::: "memory");
	assert_memory_equal(before, world_at(receiver, 0), WORLD_SIZE);
}

static void wait_for_frames(u64 *counter)
{
	u64 before = __atomic_load_n(counter, __ATOMIC_RELAXED);

	for (u32 i = 0; i < 100000 && __atomic_load_n(counter, __ATOMIC_RELAXED) == before; i++)
		;
}

static void receive_round(u32 round)
{
	world_register(receiver, WORLD_MAC(3));
	add_buffers();
	wait_for_frames(&receiver->stats.in_frames);
	switch (round % 4) {
	case 0:
		world_map(receiver, WORLD_BUFFER + TCE_PAGE_SIZE, TCE_READ);
		world_map(receiver, WORLD_QUEUE, 0);
		add_buffers();
		break;
	case 1:
		world_call(receiver, H_CHANGE_LOGICAL_LAN_MAC, 0x029988776655);
		world_call(receiver, H_CHANGE_LOGICAL_LAN_MAC, WORLD_MAC(3));
		break;
	}
	if (round % 2)
		llan_type.reset(&receiver->adapter);
	else
		world_call(receiver, H_FREE_LOGICAL_LAN);
	check_quiet();
	world_map(receiver, WORLD_BUFFER + TCE_PAGE_SIZE, TCE_READ | TCE_WRITE);
	world_map(receiver, WORLD_QUEUE, TCE_READ | TCE_WRITE);
}

static void test_senders(void **state)
{
	pthread_t thread[SENDERS + 1];
	struct plan_eth eth;

	(void)state;
	world_reset();
	for (u32 i = 0; i < SENDERS; i++) {
		eth = world_eth(i + 1, 2);
		senders[i] = world_join(i + 1, 2, &eth, 0, 2048);
		world_frame(senders[i], WORLD_MAC(3), WORLD_MAC(i + 1), 0x88b5, LENGTH);
	}
	eth = world_eth(4, 2);
	eth.trunk_priority = 1;
	trunk = world_join(4, 2, &eth, 0, 2048);
	eth = world_eth(3, 2);
	receiver = world_join(3, 2, &eth, 0, 4096);
	world_call(receiver, H_FREE_LOGICAL_LAN);
	for (u32 i = 0; i < SENDERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, send_all, senders[i]), 0);
	assert_int_equal(pthread_create(&thread[SENDERS], NULL, claim_all, NULL), 0);
	for (u32 round = 0; round < ROUNDS; round++)
		receive_round(round);
	done = 1;
	for (u32 i = 0; i <= SENDERS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(wrong, 0);
	assert_int_equal(receiver->stats.in_frames, sent[0] + sent[1]);
	assert_true(receiver->stats.in_frames > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_senders)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
