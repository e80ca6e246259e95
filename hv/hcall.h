/* SPDX-License-Identifier: Apache-2.0 */
/* Hypervisor calls: how a handler looks, and the line beside it that puts it in the table. */
#ifndef HV_HCALL_H
#define HV_HCALL_H

#include "papr/hcall.h"
#include "types.h"

struct vp;

/*
 * A handler. Arguments are in vp->gpr[4] and up (the registers LoPAR names), outputs go to the
 * same array; registers that the handler leaves alone keep the caller's value, so nothing of the
 * hypervisor's can show through. Returns the LoPAR return code for R3.
 * Runs on the processor that has @vp dispatched, with nothing held and interrupts off.
 */
typedef s64 hcall_handler(struct vp *vp);

/*
 * @number: 0 … HCALL_MAX or H_PRIVATE_MIN … H_PRIVATE_MAX, a multiple of four.
 * @set:    the string in "ibm,hypertas-functions" that promises this call, or NULL for calls that
 *          no string promises. LoPAR "RTAS Node Properties".
 */
struct hcall {
	u32 number;
	hcall_handler *handler;
	const char *set;
	const char *name;
};

/* One line beside each handler: HCALL(H_CEDE, h_cede, "hcall-splpar"). */
#define HCALL(number, handler, set)                                                           \
	static const struct hcall handler##_line __section("hcalls") = {number, handler, set, \
									#number}

extern const struct hcall __start_hcalls[], __stop_hcalls[];

/* Fills the branch table from the lines. Called once, before the first partition runs. */
void hcall_init(void);

/* The answer to a number nobody registered: H_FUNCTION and a trace record. */
s64 hcall_unknown(struct vp *vp);

#endif
