/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lock for what is read with every frame and changes now and then: any number of processors may
 * be inside to look, or one to change. Whoever wants to change lets no further ones in, and waits
 * for those inside; nobody waits while inside for anything but spin locks.
 */
#ifndef VIO_GATE_H
#define VIO_GATE_H

#include "hv/lock.h"
#include "types.h"

#define GATE_CLOSED (1u << 31)

struct gate {
	u32 inside; /* how many look, and GATE_CLOSED */
	struct lock lock;
};

static inline void gate_enter(struct gate *gate)
{
	u32 inside = __atomic_load_n(&gate->inside, __ATOMIC_RELAXED);

	while ((inside & GATE_CLOSED) ||
	       !__atomic_compare_exchange_n(&gate->inside, &inside, inside + 1, true,
					    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		if (inside & GATE_CLOSED)
			inside = __atomic_load_n(&gate->inside, __ATOMIC_RELAXED);
}

static inline void gate_leave(struct gate *gate)
{
	__atomic_fetch_sub(&gate->inside, 1, __ATOMIC_RELEASE);
}

/* To change: nobody else is inside until gate_open(). */
static inline void gate_close(struct gate *gate)
{
	lock_take(&gate->lock);
	__atomic_fetch_or(&gate->inside, GATE_CLOSED, __ATOMIC_ACQUIRE);
	while (__atomic_load_n(&gate->inside, __ATOMIC_ACQUIRE) != GATE_CLOSED)
		;
}

static inline void gate_open(struct gate *gate)
{
	__atomic_store_n(&gate->inside, 0, __ATOMIC_RELEASE);
	lock_drop(&gate->lock);
}

#endif
