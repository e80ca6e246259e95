/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real memory as the hypervisor sees it: it runs with translation off, so real address 0 is
 * pointer 0. The linker script defines the symbol as 0; tests define an array of that name.
 */
#ifndef HV_REAL_H
#define HV_REAL_H

#include "types.h"

extern u8 real_memory[];

static inline void *real_ptr(u64 real)
{
	return &real_memory[real];
}

static inline u64 real_address(const void *pointer)
{
	return (u64)((const u8 *)pointer - real_memory);
}

#endif
