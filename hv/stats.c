// SPDX-License-Identifier: Apache-2.0
#include "hv/stats.h"
#include "hv/cpu.h"
#include "hv/link.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/pool.h"
#include "hv/vp.h"

#include <string.h>

/*
 * Processors change their counters whenever they switch, and none waits for a picture. One that
 * does not fit together is taken again at once, and later, for some time; after that whoever is
 * switching may have the turn before counted for the partition and not for the processor, or the
 * other way.
 */
#define ATTEMPTS 2
#define LATER_MS 1000

_Static_assert((int)SHARING_SHARE_IDLE_ALWAYS == (int)HMC_SHARING_SHARE_IDLE_PROCS_ALWAYS,
	       "the modes are the HMC's");
_Static_assert(LPAR_MAX_ID == HMC_LPAR_ID_MAX, "the numbers are the HMC's");
_Static_assert(sizeof(struct hmc_stats_partition) <= LINK_STREAM_MAX, "the link takes it");

/* Time of a partition that no processor has accounted for yet. */
struct since {
	u64 capped, uncapped, idle, donated;
};

static struct picture {
	u64 now;
	u64 put_off;		       /* the picture is, since this timebase; 0: it is not */
	u64 charged[MACHINE_MAX_CPUS]; /* up to here a processor's counters say where its time went
					*/
	struct since since[LPAR_MAX_ID + 1];
	u32 processors, partitions;
	struct hmc_stats_processor processor[MACHINE_MAX_CPUS];
	struct hmc_stats_partition partition[LPAR_MAX_ID];
	struct hmc_stats_reply reply;
} picture;

struct lpar *(*stats_next_lpar)(struct lpar *lpar);

/* A counter that another processor changes. */
static u64 read(const u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static u32 read_u32(const u32 *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

/* Ticks from the processor's last account to the picture. */
static u64 since_charged(u32 i)
{
	s64 ticks = (s64)(picture.now - picture.charged[i]);

	return ticks > 0 ? (u64)ticks : 0;
}

/* Whom a processor's time since the last account will be charged to, as the dispatcher does it. */
static void since_add(const struct lpar *owner, const struct lpar *running, bool granted, u64 ticks)
{
	if (running && (granted || lpar_dedicated(running)))
		picture.since[running->id].capped += ticks;
	else if (running)
		picture.since[running->id].uncapped += ticks;
	else if (owner)
		picture.since[owner->id].idle += ticks;
	if (running && owner && owner != running)
		picture.since[owner->id].donated += ticks;
}

static void processor_read(struct cpu *cpu, u32 i)
{
	struct hmc_stats_processor *record = &picture.processor[i];
	const struct lpar *owner, *running;
	bool busy;
	u64 since;

	/* With the lock of its queue nobody it runs can leave it, and be gone. */
	lock_take(&cpu->queue.lock);
	owner = cpu->queue.owner;
	running = cpu->queue.running ? cpu->queue.running->lpar : NULL;
	busy = read_u32(&cpu->queue.activity) == DISPATCH_BUSY;
	picture.charged[i] = __atomic_load_n(&cpu->queue.charged, __ATOMIC_ACQUIRE);
	since = since_charged(i);
	if (!busy)
		since_add(owner, running, read(&cpu->queue.granted) != 0, since);
	lock_drop(&cpu->queue.lock);
	record->control.type = HMC_STATS_PROCESSOR;
	record->timebase = cpu_to_be64(picture.now);
	record->number = cpu_to_be16((u16)cpu->number);
	record->owner = cpu_to_be16(owner ? owner->id : 0);
	record->partitions =
		cpu_to_be64(read(&cpu->use.partitions) + (!busy && running ? since : 0));
	record->idle = cpu_to_be64(read(&cpu->use.idle) + (!busy && !running ? since : 0));
	record->hypervisor = cpu_to_be64(read(&cpu->use.hypervisor) + (busy ? since : 0));
}

static void partition_read(struct lpar *lpar, struct hmc_stats_partition *record)
{
	const struct since *since = &picture.since[lpar->id];
	const struct lpar_use *use = &lpar->use;
	u32 units = read_u32(&lpar->share.units);

	record->control.type = HMC_STATS_PARTITION;
	record->timebase = cpu_to_be64(picture.now);
	record->lpar_id = cpu_to_be16(lpar->id);
	record->sharing_mode = (u8)lpar->procs.sharing_mode;
	record->weight = (u8)read_u32(&lpar->share.weight);
	record->procs = cpu_to_be16(units ? (u16)lpar->nr_vps : 0);
	record->units = cpu_to_be16((u16)units);
	record->entitled = cpu_to_be64(pool_entitled_ticks(lpar));
	record->capped = cpu_to_be64(read(&use->capped) + since->capped);
	record->uncapped = cpu_to_be64(read(&use->uncapped) + since->uncapped);
	record->idle = cpu_to_be64(read(&use->idle) + since->idle);
	record->donated = cpu_to_be64(read(&use->donated) + since->donated);
	record->dispatches = cpu_to_be64(read(&use->dispatches));
	record->dispersions = cpu_to_be64(read(&use->dispersions));
}

/*
 * Does all that was read of the processors fit together, and is none of it later than the picture?
 * A processor counts its own time first, then that of the partition, and says last up to when that
 * is.
 */
static bool fits(void)
{
	for (u32 i = 0; i < picture.processors; i++) {
		const struct cpu *cpu = pool_cpu[i];
		u64 counted = read(&cpu->use.partitions) + read(&cpu->use.idle) +
			      read(&cpu->use.hypervisor);

		if ((s64)(picture.now - picture.charged[i]) < 0 ||
		    picture.charged[i] - cpu->use.since != counted ||
		    __atomic_load_n(&cpu->queue.charged, __ATOMIC_ACQUIRE) != picture.charged[i] ||
		    (cpu != cpu_this() && read_u32(&cpu->queue.activity) == DISPATCH_BUSY))
			return false;
	}
	return true;
}

/* Has a picture that fits together been waited for long enough? */
static bool waited(void)
{
	return picture.put_off &&
	       (s64)(picture.now - picture.put_off) > (s64)(machine.timebase_hz / 1000 * LATER_MS);
}

/* Returns whether the picture is good. */
static bool attempt(void)
{
	struct lpar *lpar = NULL;

	memset(picture.since, 0, sizeof(picture.since));
	picture.now = machine_timebase();
	picture.processors = __atomic_load_n(&pool_nr_cpus, __ATOMIC_ACQUIRE);
	picture.partitions = 0;
	for (u32 i = 0; i < picture.processors; i++)
		processor_read(pool_cpu[i], i);
	if (!fits() && !waited())
		return false;
	while ((lpar = stats_next_lpar(lpar)) && picture.partitions < LPAR_MAX_ID)
		partition_read(lpar, &picture.partition[picture.partitions++]);
	return fits();
}

static bool take(void)
{
	bool good = attempt();

	for (u32 i = 1; i < ATTEMPTS && !good; i++)
		good = attempt();
	if (!good && !waited()) {
		picture.put_off = picture.put_off ? picture.put_off : picture.now;
		return false;
	}
	picture.put_off = 0;
	picture.reply = (struct hmc_stats_reply){
		.reply.control.type = HMC_STATS | HMC_REPLY,
		.reply.status = cpu_to_be16(HMC_OK),
		.processors = cpu_to_be16((u16)picture.processors),
		.partitions = cpu_to_be16((u16)picture.partitions),
		.pool_procs = cpu_to_be16((u16)pool_nr_shared),
		.pool_units = cpu_to_be16((u16)pool_units),
		.timebase = cpu_to_be64(picture.now),
		.timebase_hz = cpu_to_be64(machine.timebase_hz),
	};
	return true;
}

size_t stats_message(u32 i, struct hmc_control *message)
{
	const void *from = &picture.reply;
	size_t length = sizeof(picture.reply);

	if (i == 0 && !take())
		return 0;
	if (i < picture.processors) {
		from = &picture.processor[i];
		length = sizeof(picture.processor[i]);
	} else if (i - picture.processors < picture.partitions) {
		from = &picture.partition[i - picture.processors];
		length = sizeof(picture.partition[0]);
	}
	memcpy(message, from, length);
	return length;
}
