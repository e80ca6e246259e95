/* SPDX-License-Identifier: Apache-2.0 */
/* Hypervisor calls from C. */
#ifndef GUEST_HCALL_H
#define GUEST_HCALL_H

#include "papr/hcall.h"
#include "types.h"

#define HCALL_REGISTERS 9 /* r4 … r12 */

/* Makes call @number with @r4_to_r12 and leaves what came back there. Returns r3. */
s64 hcall_registers(u64 number, u64 r4_to_r12[HCALL_REGISTERS]);

/* Does all that hcall_registers() does, except the call. */
s64 hcall_nothing(u64 number, u64 r4_to_r12[HCALL_REGISTERS]);

/* A call whose outputs nobody wants: hcall(H_CPPR, 0xff). */
#define hcall(number, ...)                                       \
	({                                                       \
		u64 registers_[HCALL_REGISTERS] = {__VA_ARGS__}; \
		hcall_registers(number, registers_);             \
	})

#endif
