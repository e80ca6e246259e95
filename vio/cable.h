/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cable at a partition's console: who types there and sees what it prints. That is people, at
 * the management console, or the server vterm of another partition, one of them at a time; LoPAR
 * "H_REGISTER_VTERM" calls it "the connecting of the cable between two Async IOAs". What two
 * partitions say to one another is in rings at the server's end.
 *
 * Each cable has a lock, taken in here, under which either partition is signaled. Everything may be
 * called on any processor; no lock that is ordered after these may be held.
 */
#ifndef VIO_CABLE_H
#define VIO_CABLE_H

#include "hv/stream.h"
#include "types.h"

struct adapter;

#define CABLE_RING (4 * KiB) /* characters each way */

/* A client waits so long for a server to read, in seconds; then the oldest characters give way. */
#define CABLE_PATIENCE 1

/* The server's end. All zero before it is used, but for: */
struct cable_end {
	struct adapter *adapter;
	u32 client;  /* lpar_id at the other end, 0: none; atomic */
	bool behind; /* the server has not looked since a client had to wait … */
	u64 since;   /* … at this timebase */
	struct stream to_server, to_client;
	u8 server_data[CABLE_RING], client_data[CABLE_RING];
};

/* --- the server --- */

/*
 * Connects @end with the console of partition @client, 1 … LPAR_MAX_ID. Returns false when @end is
 * connected, the partition does not exist, or somebody else has its console.
 */
bool cable_connect(struct cable_end *end, u32 client);

/* Returns whether @end was connected. It is not any more, and nobody else looks at it. */
bool cable_disconnect(struct cable_end *end);

/* All @n characters or none: H_SUCCESS, H_BUSY, H_CLOSED. */
s64 cable_server_put(struct cable_end *end, const void *chars, u32 n);

/* Takes up to @n; *@got is how many there were. H_SUCCESS or H_CLOSED. */
s64 cable_server_get(struct cable_end *end, void *chars, u32 n, u32 *got);

/* Is there anything that it has not read? */
bool cable_server_waits(struct cable_end *end);

/* --- the client --- */

/*
 * From now on partition @client is signaled through @adapter; NULL: not at all, and nobody looks at
 * the one before any more.
 */
void cable_client_attach(u32 client, struct adapter *adapter);

/* Characters came for it from elsewhere. */
void cable_client_signal(u32 client);

/*
 * Sends to the server that has the console of @client, all @n characters or none: H_SUCCESS,
 * H_BUSY, or H_CLOSED when no server has it.
 */
s64 cable_client_put(u32 client, const void *chars, u32 n);

/* Takes up to @n characters that a server sent. Returns how many. */
u32 cable_client_get(u32 client, void *chars, u32 n);

/* The partition exists no longer: partition_find() does not find it. */
void cable_client_forget(u32 client);

/* --- people --- */

/*
 * People have the console of @client from now on. Returns false, and in @text, of @size bytes, a
 * phrase about who has it, when that is a partition.
 */
bool cable_open(u32 client, char *text, size_t size);

/* They have it no longer. */
void cable_close(u32 client);

/* No partition has it any longer. */
void cable_take(u32 client);

#endif
