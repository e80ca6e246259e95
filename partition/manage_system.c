// SPDX-License-Identifier: Apache-2.0
/* The machine: what it has, and what its processors have noted. */
#include "hv/cpu.h"
#include "hv/lmb.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/page.h"
#include "hv/pool.h"
#include "partition/manage.h"
#include "partition/partition.h"

/* LMBs by whose they are. */
struct lmb_use {
	u64 assigned, free, hypervisor;
};

static struct lmb_use count_lmbs(void)
{
	struct lmb_use use = {0};

	for (u32 i = 0; i < lmb_count; i++) {
		u16 owner = __atomic_load_n(&lmb_table[i].owner, __ATOMIC_RELAXED);

		if (owner == LMB_FREE)
			use.free++;
		else if (owner == LMB_HYPERVISOR)
			use.hypervisor++;
		else if (owner != LMB_ABSENT)
			use.assigned++;
	}
	return use;
}

static void put_memory(struct hmc_system_reply *reply)
{
	struct lmb_use use = count_lmbs();
	u64 all = use.assigned + use.free + use.hypervisor;

	reply->lmb_size = cpu_to_be64(1UL << lmb_shift);
	reply->mem_installed = cpu_to_be64(machine.memory_top);
	reply->mem_configurable = cpu_to_be64(all << lmb_shift);
	reply->mem_assigned = cpu_to_be64(use.assigned << lmb_shift);
	reply->mem_free = cpu_to_be64(use.free << lmb_shift);
	reply->mem_hypervisor = cpu_to_be64(use.hypervisor << lmb_shift);
	reply->heap_used = cpu_to_be64(machine_heap_used());
	reply->pages_used = cpu_to_be64(page_bytes_used());
}

static void put_processors(struct hmc_system_reply *reply)
{
	u32 units, procs;

	pool_left(&units, &procs);
	reply->pvr = cpu_to_be32(machine.pvr);
	reply->procs = cpu_to_be16((u16)pool_nr_cpus);
	reply->pool_procs = cpu_to_be16((u16)pool_nr_shared);
	reply->pool_units = cpu_to_be16((u16)pool_units);
	reply->pool_units_free = cpu_to_be16((u16)units);
	reply->procs_free = cpu_to_be16((u16)procs);
	reply->min_units_per_vp = cpu_to_be16((u16)pool_min_units_per_vp);
}

static u32 count_partitions(void)
{
	u32 count = 0;

	for (u32 id = 1; id <= LPAR_MAX_ID; id++)
		count += partition_find(id) != NULL;
	return count;
}

void manage_system(struct manage_call *call)
{
	struct hmc_system_reply *reply = manage_answer(call, sizeof(*reply));

	reply->timebase = cpu_to_be64(machine_timebase());
	reply->timebase_hz = cpu_to_be64(machine.timebase_hz);
	put_memory(reply);
	put_processors(reply);
	reply->lpars_max = cpu_to_be16(LPAR_MAX_ID);
	reply->lpar_procs_max = cpu_to_be16(LPAR_MAX_VPS);
	reply->partitions = cpu_to_be16((u16)count_partitions());
}

/* Where reading can begin: the oldest slot is the one that its processor may be writing. */
static u64 oldest(u64 next)
{
	return next - MIN(next, (u64)TRACE_RECORDS - 1);
}

static struct hmc_trace_record record_read(const struct trace_ring *ring, u64 position)
{
	const struct trace_record *record = &ring->record[position % TRACE_RECORDS];

	return (struct hmc_trace_record){
		.timebase = cpu_to_be64(record->timebase),
		.type = cpu_to_be32(record->type),
		.lpar_id = cpu_to_be16(record->lpar_id),
		.vp = cpu_to_be16(record->vp),
		.a = cpu_to_be64(record->a),
		.b = cpu_to_be64(record->b),
	};
}

/*
 * Copies what there is from *@position on; the processor goes on writing meanwhile, and what it
 * has come to overwrite is left out: *@position moves on. Returns how many were copied.
 */
static u32 trace_read(const struct trace_ring *ring, u64 *position, u64 *next,
		      struct hmc_trace_record *to)
{
	u32 count = 0;

	*next = __atomic_load_n(&ring->next, __ATOMIC_ACQUIRE);
	*position = MIN(MAX(*position, oldest(*next)), *next);
	while (count < HMC_TRACE_PER_REPLY && *position + count < *next) {
		to[count] = record_read(ring, *position + count);
		count++;
	}
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*next = __atomic_load_n(&ring->next, __ATOMIC_RELAXED);
	if (*position >= oldest(*next))
		return count;
	*position = oldest(*next);
	return 0;
}

void manage_trace(struct manage_call *call)
{
	const struct hmc_trace *request = (const void *)call->request;
	u32 processor = be16_to_cpu(request->processor);
	u64 position = be64_to_cpu(request->position), next;
	struct hmc_trace_reply *reply;
	u32 count;

	if (processor >= pool_nr_cpus) {
		manage_refuse(call, HMC_BAD_VALUE, "processor %u does not exist, the last is %u",
			      processor, pool_nr_cpus - 1);
		return;
	}
	reply = manage_answer(call, sizeof(*reply));
	count = trace_read(&pool_cpu[processor]->trace, &position, &next, reply->record);
	call->reply_length += count * (u32)sizeof(reply->record[0]);
	reply->processors = cpu_to_be16((u16)pool_nr_cpus);
	reply->position = cpu_to_be64(position);
	reply->next = cpu_to_be64(next);
	reply->count = cpu_to_be16((u16)count);
}

_Static_assert(sizeof(struct hmc_system_reply) <= LINK_REPLY_MAX &&
		       sizeof(struct hmc_trace_reply) +
				       HMC_TRACE_PER_REPLY * sizeof(struct hmc_trace_record) <=
			       LINK_REPLY_MAX,
	       "replies fit");
