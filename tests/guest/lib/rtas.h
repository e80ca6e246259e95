/* SPDX-License-Identifier: Apache-2.0 */
/* Run-time abstraction services from C. LoPAR "RTAS Call Definition". */
#ifndef GUEST_RTAS_H
#define GUEST_RTAS_H

#include "types.h"

#define RTAS_CELLS 16

/* Finds /rtas in the tree. */
void rtas_init(void);

/* The token of a service, or 0 when the tree does not offer it. */
u32 rtas_token(const char *name);

/*
 * Calls the service with the @nargs cells in @cells; the @nret outputs (status first) replace
 * them. Returns the status, or -1 when there is no such service.
 */
s32 rtas_call(const char *name, u32 nargs, u32 nret, u32 cells[RTAS_CELLS]);

/* Enters RTAS with the argument buffer at @args as it is. */
void rtas_call_raw(u32 *args);

/* Ends the partition. */
void rtas_power_off(void) __noreturn;

#endif
