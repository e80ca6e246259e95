/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spin locks. The hypervisor is never interrupted while it holds one (MSR[EE] is 0 in all of it),
 * so there is one flavour. The order in which they nest is a table in ARCHITECTURE.md.
 */
#ifndef HV_LOCK_H
#define HV_LOCK_H

#include "types.h"

struct lock {
	u32 held;
};

static __always_inline bool lock_try(struct lock *lock)
{
	return __atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) == 0;
}

static __always_inline void lock_take(struct lock *lock)
{
	while (!lock_try(lock))
		while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED))
			;
}

static __always_inline void lock_drop(struct lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
