/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's side of RUN/hmcd.sock (tools/hmcd/client.h says what is spoken there). */
#ifndef TOOLS_HMCD_SERVER_H
#define TOOLS_HMCD_SERVER_H

#include <event2/event.h>

#include "tools/hmcd/hypervisor.h"
#include "types.h"

struct server;
struct store;

/* Listens on @path. Returns NULL, with errno, when that is not possible. */
struct server *server_new(struct event_base *base, const char *path, struct hypervisor *hypervisor,
			  struct store *store);

/* Takes the console of a partition from whoever has it. */
void server_detach(struct hypervisor *hypervisor, u32 lpar_id);
void server_free(struct server *server);

/* The hypervisor answers now. */
void server_answered(struct server *server);

/*
 * The machine has ended, @why: tells everybody, and ends the event loop when all of them have got
 * what is theirs, or did not fetch it for a while.
 */
void server_end(struct server *server, const char *why);

#endif
