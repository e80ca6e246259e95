/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server virtual terminals: adapters through which a partition reaches consoles of others.
 * LoPAR "Server Vterm". These are for H_PUT_TERM_CHAR and H_GET_TERM_CHAR of vio/vterm.c.
 */
#ifndef VIO_VTERM_SERVER_H
#define VIO_VTERM_SERVER_H

#include "types.h"

struct lpar;
struct vterm_server;

/* The one of @lpar with this unit address, any number, or NULL. For hypercalls of @lpar. */
struct vterm_server *vterm_server_find(const struct lpar *lpar, u64 unit_address);

/* To and from the console that it is connected with: cable_server_put(), cable_server_get(). */
s64 vterm_server_put(struct vterm_server *server, const void *chars, u32 n);
s64 vterm_server_get(struct vterm_server *server, void *chars, u32 n, u32 *got);

#endif
