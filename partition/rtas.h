/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run-Time Abstraction Services: a stub in the partition's memory that makes the private hcall
 * H_PRIVATE_RTAS with R4 = logical address of the argument buffer.
 * LoPAR "RTAS Environment", "RTAS Call Definition".
 */
#ifndef PARTITION_RTAS_H
#define PARTITION_RTAS_H

#include "types.h"

struct partition;
struct vp;

#define RTAS_MAX_ARGS 16 /* inputs and outputs together; Linux's buffer holds 16 */

struct rtas {
	u64 base;	 /* logical address of the stub; 0 = not instantiated */
	char last_error; /* see rtas-last-error */
};

/* One call, as its handler sees it: cells already in the machine's byte order. */
struct rtas_call {
	struct partition *partition;
	struct vp *vp; /* the caller */
	u32 nargs, nret;
	u32 arg[RTAS_MAX_ARGS];
	u32 ret[RTAS_MAX_ARGS]; /* ret[0] is the status that the handler returns */
};

/* Returns the status for the first output cell; LoPAR "RTAS Status Word Values". */
typedef s32 rtas_handler(struct rtas_call *call);

struct rtas_line {
	const char *name; /* property in /rtas; the token is the line's place in the table + 1 */
	u32 nargs, nret;  /* exactly these counts, the status among nret */
	rtas_handler *handler;
};

/* One line beside each handler: RTAS_CALL("power-off", 2, 1, rtas_power_off). */
#define RTAS_CALL(name, nargs, nret, handler)                                                      \
	static const struct rtas_line handler##_rtas __section("rtas_calls") = {name, nargs, nret, \
										handler}

extern const struct rtas_line __start_rtas_calls[], __stop_rtas_calls[];

/* Size of the stub, for rtas-size. */
#define RTAS_STUB_SIZE 4096

/*
 * Writes the stub at logical @base of the partition and remembers it. Returns 0, or -1 when the
 * range is not inside the RMO.
 */
int rtas_instantiate(struct partition *partition, u64 base);

#endif
