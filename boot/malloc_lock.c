// SPDX-License-Identifier: Apache-2.0
/*
 * newlib's heap on many processors. It calls these around everything it does, and once more inside
 * for some of it (realloc()).
 */
#include "hv/cpu.h"
#include "hv/lock.h"

struct _reent;

void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);

static struct lock heap_lock;
static const struct cpu *owner; /* NULL: not held */
static u32 depth;		/* the owner's */

void __malloc_lock(struct _reent *reent __unused)
{
	const struct cpu *cpu = cpu_this();

	if (__atomic_load_n(&owner, __ATOMIC_RELAXED) != cpu) {
		lock_take(&heap_lock);
		__atomic_store_n(&owner, cpu, __ATOMIC_RELAXED);
	}
	depth++;
}

void __malloc_unlock(struct _reent *reent __unused)
{
	if (--depth)
		return;
	__atomic_store_n(&owner, NULL, __ATOMIC_RELAXED);
	lock_drop(&heap_lock);
}
