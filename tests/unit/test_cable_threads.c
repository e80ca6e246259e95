// SPDX-License-Identifier: Apache-2.0
// SOURCES: vio/cable.c hv/stream.c
// Cables that are plugged, used, cut and pulled by many at once. Servers come and go: what a thread
// looks at after its end has been freed, the sanitizer sees.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/machine.h"
#include "papr/hcall.h"
#include "partition/partition.h"
#include "vio/adapter.h"
#include "vio/cable.h"

#define CLIENTS 3
#define SERVERS 3
#define ROUNDS	1500
#define SLOT	5 /* of servers' adapters */
#define SEED	0x2545f491

struct server {
	struct adapter adapter;
	struct cable_end end;
};

struct machine machine = {.timebase_hz = 1000};

static struct lpar lpars[SERVERS];
static struct adapter *clients[CLIENTS + 1];
static u32 removed; /* bit mask: clients that do not exist now */
static u64 connects, sent, signals;
static bool over;

u64 machine_timebase(void)
{
	static u64 now;

	return __atomic_add_fetch(&now, 1, __ATOMIC_RELAXED);
}

struct partition *partition_find(u32 lpar_id)
{
	static struct partition somebody;

	return __atomic_load_n(&removed, __ATOMIC_ACQUIRE) & 1u << lpar_id ? NULL : &somebody;
}

/* A server that has no client is about to be freed: whoever signals it has to be done before. */
void adapter_signal(struct adapter *adapter)
{
	const struct server *server = container_of(adapter, struct server, adapter);

	if (adapter->slot == SLOT && !__atomic_load_n(&server->end.client, __ATOMIC_ACQUIRE))
		abort();
	__atomic_add_fetch(&adapter->signals, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&signals, 1, __ATOMIC_RELAXED);
}

static u32 random_next(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Two processors of one server's partition: both do whatever they like with its end. */
struct pair {
	struct server *server;
	u32 seed;
};

static void *server_use(void *ctx)
{
	struct pair *pair = ctx;
	struct cable_end *end = &pair->server->end;
	u8 chars[16];
	u32 got;

	for (u32 i = 0; i < 50; i++) {
		u32 dice = random_next(&pair->seed), client = 1 + dice / 16 % CLIENTS;

		if (dice % 16 < 2) {
			if (cable_connect(end, client))
				__atomic_add_fetch(&connects, 1, __ATOMIC_RELAXED);
		} else if (dice % 16 == 2) {
			cable_disconnect(end);
		} else if (dice % 16 < 9) {
			if (cable_server_put(end, "0123456789abcdef", dice / 64 % 17) == H_SUCCESS)
				__atomic_add_fetch(&sent, 1, __ATOMIC_RELAXED);
		} else if (dice % 16 < 15) {
			cable_server_get(end, chars, sizeof(chars), &got);
		} else {
			cable_server_waits(end);
		}
	}
	return NULL;
}

/* A partition with a server vterm is activated, runs on two processors, and ends. */
static void *server_live(void *ctx)
{
	u32 number = (u32)(size_t)ctx;

	for (u32 i = 0; i < ROUNDS / 50; i++) {
		struct server *server = calloc(1, sizeof(*server));
		struct pair pairs[2] = {{server, SEED + number + i},
					{server, SEED * 3 + number + i}};
		pthread_t second;

		server->adapter.slot = SLOT;
		server->adapter.lpar = &lpars[number];
		server->end.adapter = &server->adapter;
		pthread_create(&second, NULL, server_use, &pairs[1]);
		server_use(&pairs[0]);
		pthread_join(second, NULL);
		cable_disconnect(&server->end);
		assert_int_equal(server->end.client, 0);
		memset(server, 0x5a, sizeof(*server));
		free(server);
	}
	return NULL;
}

static void *client_use(void *ctx)
{
	u32 client = (u32)(size_t)ctx, seed = SEED + client;
	u8 chars[16];

	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		if (random_next(&seed) % 2)
			cable_client_put(client, "what a client says", seed / 2 % 17);
		else
			cable_client_get(client, chars, sizeof(chars));
	}
	return NULL;
}

/* Clients end and start, are removed and made, their consoles taken and used by people. */
static void *console_use(void *ctx)
{
	u32 seed = SEED + 77;
	char text[80];

	(void)ctx;
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		u32 client = 1 + random_next(&seed) / 16 % CLIENTS;

		if (seed % 4 == 0) {
			struct adapter *old = clients[client];

			cable_client_attach(client, NULL);
			free(old);
			__atomic_or_fetch(&removed, 1u << client, __ATOMIC_RELEASE);
			cable_client_forget(client);
			__atomic_and_fetch(&removed, ~(1u << client), __ATOMIC_RELEASE);
			clients[client] = calloc(1, sizeof(struct adapter));
			cable_client_attach(client, clients[client]);
		} else if (seed % 4 == 1) {
			cable_take(client);
		} else if (seed % 4 == 2 && cable_open(client, text, sizeof(text))) {
			cable_close(client);
		} else {
			cable_client_signal(client);
		}
	}
	return NULL;
}

static void test_all_at_once(void **state)
{
	pthread_t servers[SERVERS], users[CLIENTS], console;

	(void)state;
	for (u32 i = 1; i <= CLIENTS; i++) {
		clients[i] = calloc(1, sizeof(struct adapter));
		cable_client_attach(i, clients[i]);
	}
	for (u32 i = 0; i < CLIENTS; i++)
		pthread_create(&users[i], NULL, client_use, (void *)(size_t)(i + 1));
	pthread_create(&console, NULL, console_use, NULL);
	for (u32 i = 0; i < SERVERS; i++)
		pthread_create(&servers[i], NULL, server_live, (void *)(size_t)i);
	for (u32 i = 0; i < SERVERS; i++)
		pthread_join(servers[i], NULL);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	for (u32 i = 0; i < CLIENTS; i++)
		pthread_join(users[i], NULL);
	pthread_join(console, NULL);
	for (u32 i = 1; i <= CLIENTS; i++) {
		cable_client_attach(i, NULL);
		free(clients[i]);
	}
	/* The test has to have come across what it is about. */
	assert_true(connects > 100 && sent > 100 && signals > 1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
