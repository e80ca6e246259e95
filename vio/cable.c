// SPDX-License-Identifier: Apache-2.0
#include "vio/cable.h"
#include "hv/lock.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "papr/hcall.h"
#include "partition/partition.h"
#include "vio/adapter.h"

#include <stdio.h>

static struct cable {
	struct lock lock;
	struct adapter *client;
	struct cable_end *end; /* a server's; whether there is one is looked at without the lock */
	bool people;	       /* have it */
} cables[LPAR_MAX_ID + 1];     /* by lpar_id of the client */

/* The cable that @end is connected with, locked; NULL if there is none. */
static struct cable *lock_connected(struct cable_end *end)
{
	u32 client = __atomic_load_n(&end->client, __ATOMIC_ACQUIRE);
	struct cable *cable = &cables[client];

	if (client == 0)
		return NULL;
	lock_take(&cable->lock);
	if (cable->end == end)
		return cable;
	lock_drop(&cable->lock);
	return NULL;
}

/* The cable of @client, locked, if a server has it; else NULL. */
static struct cable *lock_served(u32 client)
{
	struct cable *cable = &cables[client];

	if (!__atomic_load_n(&cable->end, __ATOMIC_RELAXED))
		return NULL;
	lock_take(&cable->lock);
	if (cable->end)
		return cable;
	lock_drop(&cable->lock);
	return NULL;
}

static void signal_client(struct cable *cable)
{
	if (cable->client)
		adapter_signal(cable->client);
}

/* Once its client is 0 nobody looks at the server's end, which may be gone then. */
static void pull(struct cable *cable)
{
	struct cable_end *end = cable->end;

	__atomic_store_n(&cable->end, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&end->client, 0, __ATOMIC_RELEASE);
}

/* LoPAR "Interrupts": the server is told that its connection was closed. */
static void cut(struct cable *cable)
{
	if (!cable->end)
		return;
	adapter_signal(cable->end->adapter);
	pull(cable);
}

static bool plug(struct cable *cable, struct cable_end *end)
{
	if (cable->end || cable->people || !partition_find((u32)(cable - cables)))
		return false;
	stream_init(&end->to_server, end->server_data, CABLE_RING, 0);
	stream_init(&end->to_client, end->client_data, CABLE_RING, 0);
	end->behind = false;
	__atomic_store_n(&cable->end, end, __ATOMIC_RELAXED);
	return true;
}

bool cable_connect(struct cable_end *end, u32 client)
{
	struct cable *cable = &cables[client];
	u32 none = 0;
	bool plugged;

	/* Two processors may connect it at once, with different consoles. */
	if (!__atomic_compare_exchange_n(&end->client, &none, client, false, __ATOMIC_ACQUIRE,
					 __ATOMIC_RELAXED))
		return false;
	lock_take(&cable->lock);
	plugged = plug(cable, end);
	if (!plugged)
		__atomic_store_n(&end->client, 0, __ATOMIC_RELEASE);
	lock_drop(&cable->lock);
	return plugged;
}

bool cable_disconnect(struct cable_end *end)
{
	struct cable *cable = lock_connected(end);

	if (!cable)
		return false;
	pull(cable);
	lock_drop(&cable->lock);
	return true;
}

s64 cable_server_put(struct cable_end *end, const void *chars, u32 n)
{
	struct cable *cable = lock_connected(end);
	s64 code = H_BUSY;

	if (!cable)
		return H_CLOSED;
	if (n <= stream_space(&end->to_client)) {
		stream_write(&end->to_client, chars, n);
		if (n)
			signal_client(cable);
		code = H_SUCCESS;
	}
	lock_drop(&cable->lock);
	return code;
}

s64 cable_server_get(struct cable_end *end, void *chars, u32 n, u32 *got)
{
	struct cable *cable = lock_connected(end);

	if (!cable)
		return H_CLOSED;
	*got = stream_read(&end->to_server, chars, n);
	end->behind = false;
	lock_drop(&cable->lock);
	return H_SUCCESS;
}

bool cable_server_waits(struct cable_end *end)
{
	struct cable *cable = lock_connected(end);
	bool waits;

	if (!cable)
		return false;
	waits = stream_used(&end->to_server) != 0;
	lock_drop(&cable->lock);
	return waits;
}

void cable_client_attach(u32 client, struct adapter *adapter)
{
	struct cable *cable = &cables[client];

	lock_take(&cable->lock);
	cable->client = adapter;
	lock_drop(&cable->lock);
}

void cable_client_signal(u32 client)
{
	struct cable *cable = &cables[client];

	lock_take(&cable->lock);
	signal_client(cable);
	lock_drop(&cable->lock);
}

/* A server that does not read must not hold its client up for good. */
static bool make_room(struct cable_end *end, u32 n)
{
	u32 space = stream_space(&end->to_server);

	if (n <= space)
		return true;
	if (!end->behind)
		end->since = machine_timebase();
	end->behind = true;
	if (machine_timebase() - end->since < CABLE_PATIENCE * machine.timebase_hz)
		return false;
	stream_take(&end->to_server, n - space);
	return true;
}

s64 cable_client_put(u32 client, const void *chars, u32 n)
{
	struct cable *cable = lock_served(client);
	s64 code = H_BUSY;

	if (!cable)
		return H_CLOSED;
	if (make_room(cable->end, n)) {
		stream_write(&cable->end->to_server, chars, n);
		if (n)
			adapter_signal(cable->end->adapter);
		code = H_SUCCESS;
	}
	lock_drop(&cable->lock);
	return code;
}

u32 cable_client_get(u32 client, void *chars, u32 n)
{
	struct cable *cable = lock_served(client);
	u32 got;

	if (!cable)
		return 0;
	got = stream_read(&cable->end->to_client, chars, n);
	lock_drop(&cable->lock);
	return got;
}

void cable_client_forget(u32 client)
{
	struct cable *cable = &cables[client];

	lock_take(&cable->lock);
	cut(cable);
	cable->people = false;
	lock_drop(&cable->lock);
}

static void describe(const struct cable_end *end, char *text, size_t size)
{
	const struct adapter *adapter = end->adapter;

	snprintf(text, size, "partition %s has it, through its virtual serial adapter in slot %u",
		 adapter->lpar->name, (unsigned int)adapter->slot);
}

bool cable_open(u32 client, char *text, size_t size)
{
	struct cable *cable = &cables[client];
	bool open;

	lock_take(&cable->lock);
	open = !cable->end;
	if (open)
		cable->people = true;
	else
		describe(cable->end, text, size);
	lock_drop(&cable->lock);
	return open;
}

void cable_close(u32 client)
{
	struct cable *cable = &cables[client];

	lock_take(&cable->lock);
	cable->people = false;
	lock_drop(&cable->lock);
}

void cable_take(u32 client)
{
	struct cable *cable = &cables[client];

	lock_take(&cable->lock);
	cut(cable);
	lock_drop(&cable->lock);
}
