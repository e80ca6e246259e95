// SPDX-License-Identifier: Apache-2.0
#include "hv/pool.h"
#include "hv/dispatch.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/share.h"

#include <stdio.h>

struct cpu *pool_cpu[MACHINE_MAX_CPUS];
u32 pool_nr_cpus;
u32 pool_nr_shared, pool_units;
u32 pool_min_units_per_vp = 10;

static struct pool {
	struct lock lock;
	u64 idle_before[MACHINE_MAX_CPUS]; /* idle ticks of a processor before it joined … */
	u64 idle_left;			   /* … and in the pool, of those that left it */
	u64 idle_told;			   /* what pool_idle_ticks() returned last */
	u64 all;			   /* ticks of all processors in the pool, up to … */
	u64 all_since;			   /* … this timebase */
} pool;

/* The pool lock is held in all static functions. */

/* --- processors --- */

/* Whose a processor is, seen from one partition; in the order in which it takes them. */
enum holder {
	HOLDER_SELF,
	HOLDER_SHARED, /* the shared pool */
	HOLDER_KEPT,   /* idle, for another partition that is not activated */
	HOLDER_OTHER,
};

static enum holder holder_of(const struct cpu *cpu, const struct lpar *lpar)
{
	const struct lpar *owner = cpu->queue.owner;

	if (!owner)
		return HOLDER_SHARED;
	if (owner == lpar)
		return HOLDER_SELF;
	return owner->share.units ? HOLDER_OTHER : HOLDER_KEPT;
}

static u32 count(const struct lpar *lpar, enum holder holder)
{
	u32 found = 0;

	for (u32 i = 0; i < pool_nr_cpus; i++)
		found += holder_of(pool_cpu[i], lpar) == holder;
	return found;
}

/* Idle ticks of a processor, with those it is just spending; it accounts for them now and then. */
static u64 idle_ticks(const struct cpu *cpu)
{
	u64 idle = __atomic_load_n(&cpu->use.idle, __ATOMIC_RELAXED);
	u64 charged = __atomic_load_n(&cpu->queue.charged, __ATOMIC_RELAXED);
	s64 since = (s64)(machine_timebase() - charged);

	if (__atomic_load_n(&cpu->queue.activity, __ATOMIC_RELAXED) == DISPATCH_IDLE && since > 0)
		idle += (u64)since;
	return idle;
}

/* Others that hold the queue's lock see its owner and who is dedicated to it change together. */
static void set_owner(struct cpu *cpu, struct lpar *owner, struct vp *dedicated)
{
	lock_take(&cpu->queue.lock);
	__atomic_store_n(&cpu->queue.dedicated, dedicated, __ATOMIC_RELAXED);
	__atomic_store_n(&cpu->queue.owner, owner, __ATOMIC_RELAXED);
	lock_drop(&cpu->queue.lock);
	queue_resched(cpu);
}

/* The pool has @number processors from now on. */
static void set_nr_shared(u32 number)
{
	u64 now = machine_timebase();

	pool.all += (now - pool.all_since) * pool_nr_shared;
	pool.all_since = now;
	pool_nr_shared = number;
}

static void shared_add(struct cpu *cpu)
{
	set_nr_shared(pool_nr_shared + 1);
	pool.idle_before[cpu->number] = idle_ticks(cpu);
	set_owner(cpu, NULL, NULL);
}

static void shared_remove(struct cpu *cpu)
{
	set_nr_shared(pool_nr_shared - 1);
	pool.idle_left += idle_ticks(cpu) - pool.idle_before[cpu->number];
}

/* Gives the shared pool what @lpar has of dedicated processors, all but @keep of them. */
static void give_back(struct lpar *lpar, u32 keep)
{
	for (u32 i = pool_nr_cpus; i-- > 0;) {
		if (pool_cpu[i]->queue.owner != lpar)
			continue;
		if (keep)
			keep--;
		else
			shared_add(pool_cpu[i]);
	}
}

/* --- entitlements --- */

/* Of the shared pool, not promised to anybody. */
static u32 free_units(void)
{
	return pool_nr_shared * SHARE_UNITS_PER_PROC - pool_units;
}

static u64 entitled_ticks(const struct lpar *lpar, u64 now)
{
	u64 ticks = now - lpar->use.since;
	u64 units = lpar->share.units;

	/* In two parts: the product of both is too large in years. */
	return lpar->use.entitled + ticks / SHARE_UNITS_PER_PROC * units +
	       ticks % SHARE_UNITS_PER_PROC * units / SHARE_UNITS_PER_PROC;
}

static void entitle(struct lpar *lpar, u32 units, u32 weight)
{
	u64 now = machine_timebase();

	lpar->use.entitled = entitled_ticks(lpar, now);
	lpar->use.since = now;
	share_set(&lpar->share, units, dispatch_window(), weight);
}

/* --- claims --- */

/* "0.50 processing units wanted, at least 0.20 needed, " or shorter. */
static int write_units_wanted(const struct lpar_procs *want, char *reason, size_t size)
{
	u32 desired = want->desired_units, min = want->min_units;

	if (desired == min)
		return snprintf(reason, size, "%u.%02u processing units needed, ", desired / 100,
				desired % 100);
	return snprintf(reason, size, "%u.%02u processing units wanted, at least %u.%02u needed, ",
			desired / 100, desired % 100, min / 100, min % 100);
}

static void refuse_units(const struct lpar_procs *want, u32 left, u32 all, char *reason,
			 size_t size)
{
	int used = write_units_wanted(want, reason, size);

	if (used > 0 && (size_t)used < size)
		snprintf(reason + used, size - (size_t)used,
			 "%u.%02u of %u.%02u left in the shared pool", left / 100, left % 100,
			 all / 100, all % 100);
}

/* Processors kept idle for others join the shared pool until @units are free in it. */
static void make_room(u32 units)
{
	for (u32 i = 0; i < pool_nr_cpus && free_units() < units; i++)
		if (holder_of(pool_cpu[i], NULL) == HOLDER_KEPT)
			shared_add(pool_cpu[i]);
}

/* As many virtual processors as @units are enough for. */
static u32 procs_for(const struct lpar_procs *want, u32 units)
{
	u32 procs = want->desired_procs;

	if (pool_min_units_per_vp)
		procs = MIN(procs, MAX(units / pool_min_units_per_vp, want->min_procs));
	return procs;
}

static bool claim_units(struct lpar *lpar, u32 *procs, char *reason, size_t size)
{
	const struct lpar_procs *want = &lpar->procs;
	u32 kept = count(NULL, HOLDER_KEPT);
	u32 left = free_units() + kept * SHARE_UNITS_PER_PROC;
	u32 units = MIN(want->desired_units, left);

	if (units < want->min_units) {
		refuse_units(want, left, (pool_nr_shared + kept) * SHARE_UNITS_PER_PROC, reason,
			     size);
		return false;
	}
	make_room(units);
	pool_units += units;
	entitle(lpar, units, want->sharing_mode == SHARING_UNCAP ? want->uncap_weight : 0);
	*procs = procs_for(want, units);
	return true;
}

static void refuse_processors(const struct lpar_procs *want, u32 left, char *reason, size_t size)
{
	const char *are = left == 1 ? "is" : "are";

	if (want->desired_procs == want->min_procs)
		snprintf(reason, size, "%u dedicated processor%s needed, %u of %u %s free",
			 want->desired_procs, want->desired_procs == 1 ? "" : "s", left,
			 pool_nr_cpus, are);
	else
		snprintf(reason, size,
			 "%u dedicated processors wanted, at least %u needed, %u of %u %s free",
			 want->desired_procs, want->min_procs, left, pool_nr_cpus, are);
}

/* Takes up to @number processors of @holder for @lpar, the last ones first. Returns how many. */
static u32 take(struct lpar *lpar, enum holder holder, u32 number)
{
	u32 taken = 0;

	for (u32 i = pool_nr_cpus; i-- > 0 && taken < number;) {
		struct cpu *cpu = pool_cpu[i];

		if (holder_of(cpu, lpar) != holder)
			continue;
		if (holder == HOLDER_SHARED)
			shared_remove(cpu);
		set_owner(cpu, lpar, NULL);
		taken++;
	}
	return taken;
}

static bool claim_processors(struct lpar *lpar, u32 *procs, char *reason, size_t size)
{
	const struct lpar_procs *want = &lpar->procs;
	u32 own = count(lpar, HOLDER_SELF);
	u32 shared = free_units() / SHARE_UNITS_PER_PROC;
	u32 left = own + shared + count(lpar, HOLDER_KEPT);
	u32 number = MIN(want->desired_procs, left);
	u32 missing;

	if (number < want->min_procs) {
		refuse_processors(want, left, reason, size);
		return false;
	}
	give_back(lpar, number);
	missing = number - MIN(number, own);
	missing -= take(lpar, HOLDER_SHARED, MIN(missing, shared));
	take(lpar, HOLDER_KEPT, missing);
	entitle(lpar, number * SHARE_UNITS_PER_PROC, 0);
	*procs = number;
	return true;
}

static void release(struct lpar *lpar)
{
	enum sharing_mode mode = lpar->procs.sharing_mode;
	bool kept = mode == SHARING_KEEP_IDLE || mode == SHARING_SHARE_IDLE_ACTIVE;

	if (!lpar->share.units)
		return;
	if (!lpar_dedicated(lpar))
		pool_units -= lpar->share.units;
	entitle(lpar, 0, 0);
	for (u32 i = 0; i < pool_nr_cpus && kept; i++)
		if (pool_cpu[i]->queue.owner == lpar)
			set_owner(pool_cpu[i], lpar, NULL);
	if (!kept)
		give_back(lpar, 0);
}

/* --- */

void pool_add(struct cpu *cpu)
{
	lock_take(&pool.lock);
	pool_cpu[pool_nr_cpus] = cpu;
	set_nr_shared(pool_nr_shared + 1);
	__atomic_store_n(&pool_nr_cpus, pool_nr_cpus + 1, __ATOMIC_RELEASE);
	lock_drop(&pool.lock);
}

bool pool_claim(struct lpar *lpar, u32 *procs, char *reason, size_t size)
{
	bool claimed;

	lock_take(&pool.lock);
	if (lpar_dedicated(lpar))
		claimed = claim_processors(lpar, procs, reason, size);
	else
		claimed = claim_units(lpar, procs, reason, size);
	lock_drop(&pool.lock);
	return claimed;
}

void pool_attach(struct lpar *lpar)
{
	u32 number = 0;

	lock_take(&pool.lock);
	for (u32 i = 0; i < pool_nr_cpus && number < lpar->nr_vps; i++) {
		if (pool_cpu[i]->queue.owner != lpar)
			continue;
		lpar->vps[number]->cpu = pool_cpu[i];
		set_owner(pool_cpu[i], lpar, lpar->vps[number]);
		number++;
	}
	lock_drop(&pool.lock);
}

void pool_release(struct lpar *lpar)
{
	lock_take(&pool.lock);
	release(lpar);
	lock_drop(&pool.lock);
}

void pool_forget(struct lpar *lpar)
{
	lock_take(&pool.lock);
	release(lpar);
	give_back(lpar, 0);
	lock_drop(&pool.lock);
}

bool pool_set(struct lpar *lpar, u32 units, u32 weight)
{
	const struct lpar_procs *limit = &lpar->procs;
	u32 max_weight = limit->sharing_mode == SHARING_UNCAP ? limit->uncap_weight : 0;
	bool constrained = true;
	u32 least, most;

	lock_take(&pool.lock);
	if (lpar->share.units && !lpar_dedicated(lpar)) {
		least = MAX(limit->min_units, lpar->nr_vps * pool_min_units_per_vp);
		most = MIN(limit->max_units, lpar->nr_vps * SHARE_UNITS_PER_PROC);
		most = MIN(most, lpar->share.units + free_units());
		constrained = units < least || units > most || weight > max_weight;
		units = MAX(MIN(units, most), least);
		pool_units += units - lpar->share.units;
		entitle(lpar, units, MIN(weight, max_weight));
	}
	lock_drop(&pool.lock);
	return constrained;
}

void pool_left(u32 *units, u32 *procs)
{
	u32 kept;

	lock_take(&pool.lock);
	kept = count(NULL, HOLDER_KEPT);
	*units = free_units() + kept * SHARE_UNITS_PER_PROC;
	*procs = free_units() / SHARE_UNITS_PER_PROC + kept;
	lock_drop(&pool.lock);
}

u64 pool_idle_ticks(void)
{
	u64 ticks;

	lock_take(&pool.lock);
	ticks = pool.idle_left;
	for (u32 i = 0; i < pool_nr_cpus; i++)
		if (!pool_cpu[i]->queue.owner)
			ticks += idle_ticks(pool_cpu[i]) - pool.idle_before[pool_cpu[i]->number];
	pool.idle_told = MAX(ticks, pool.idle_told);
	ticks = pool.idle_told;
	lock_drop(&pool.lock);
	return ticks;
}

u64 pool_all_ticks(void)
{
	u64 ticks;

	lock_take(&pool.lock);
	set_nr_shared(pool_nr_shared);
	ticks = MAX(pool.all, pool.idle_told);
	lock_drop(&pool.lock);
	return ticks;
}

u64 pool_entitled_ticks(struct lpar *lpar)
{
	u64 ticks;

	lock_take(&pool.lock);
	ticks = entitled_ticks(lpar, machine_timebase());
	lock_drop(&pool.lock);
	return ticks;
}
