/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run-Time Abstraction Services: a stub in the partition's memory that makes the private hcall
 * H_PRIVATE_RTAS with R4 = logical address of the argument buffer.
 * LoPAR "RTAS Environment", "RTAS Call Definition".
 */
#ifndef PARTITION_RTAS_H
#define PARTITION_RTAS_H

#include "papr/rtas.h"
#include "types.h"

struct partition;
struct vp;

#define RTAS_MAX_ARGS 16 /* inputs and outputs together; Linux's buffer holds 16 */

/* All zero when a partition starts, or starts afresh. */
struct rtas {
	u64 base;	    /* logical address of the stub; 0 = not instantiated */
	bool os_terminated; /* ibm,os-term has been heard and logged */
};

/* One call, as its handler sees it: cells already in the machine's byte order. */
struct rtas_call {
	struct partition *partition;
	struct vp *vp; /* the caller */
	u32 nargs, nret;
	u32 arg[RTAS_MAX_ARGS];
	u32 ret[RTAS_MAX_ARGS]; /* ret[0] is the status that the handler returns; others are 0 */
};

/*
 * Returns the status for the first output cell, LoPAR "RTAS Status Word Values", or RTAS_NO_RETURN
 * when the caller does not go on: then its buffer is left alone.
 */
typedef s32 rtas_handler(struct rtas_call *call);

#define RTAS_NO_RETURN (-0x7fffffff)

struct rtas_line {
	const char *name; /* property in /rtas; the token is the line's place in the table + 1 */
	u32 nargs_min, nargs_max;
	u32 nret; /* exactly, the status among them */
	rtas_handler *handler;
};

/*
 * One line beside each handler: RTAS_CALL("power-off", 2, 1, rtas_power_off), or with the range of
 * its inputs RTAS_CALL_RANGE("check-exception", 6, 7, 1, rtas_check_exception).
 */
#define RTAS_CALL(name, nargs, nret, handler) RTAS_CALL_RANGE(name, nargs, nargs, nret, handler)
#define RTAS_CALL_RANGE(name, nargs_min, nargs_max, nret, handler)                      \
	static const struct rtas_line handler##_rtas __section("rtas_calls") __aligned( \
		__alignof__(struct rtas_line)) = {name, nargs_min, nargs_max, nret, handler}

extern const struct rtas_line __start_rtas_calls[], __stop_rtas_calls[];

/* Size of the stub, for rtas-size. */
#define RTAS_STUB_SIZE 4096

/*
 * Writes the stub at logical @base of the partition, which is also the address to call, and
 * remembers it. Returns 0, or -1 when @base is not a multiple of 4096 or the range is not inside
 * the RMO. LoPAR "Instantiating RTAS", "Resource Allocation and Use".
 */
int rtas_instantiate(struct partition *partition, u64 base);

/*
 * Copies between a handler and the partition's memory at @address, which the partition gave: all of
 * it has to be in the RMO. LoPAR "RTAS Requirements". Return false when it is not.
 */
bool rtas_copy_in(const struct rtas_call *call, void *to, u64 address, u64 length);
bool rtas_copy_out(const struct rtas_call *call, u64 address, const void *from, u64 length);

/*
 * The partition's date as 0xYYYYMMDD and its time as 0xHHMMSS00, as event logs have them.
 * LoPAR "Platform Event Log Format, Main-A Section".
 */
void rtas_clock_bcd(const struct partition *partition, u32 *date, u32 *time);

#endif
