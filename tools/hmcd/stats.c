// SPDX-License-Identifier: Apache-2.0
// Where processor time went, as the hypervisor says it.
#include <inttypes.h>
#include <string.h>

#include "tools/hmcd/console.h"
#include "tools/hmcd/stats.h"

static const char *const mode_names[] = {
	[HMC_SHARING_CAP] = "cap",
	[HMC_SHARING_UNCAP] = "uncap",
	[HMC_SHARING_KEEP_IDLE_PROCS] = "keep_idle_procs",
	[HMC_SHARING_SHARE_IDLE_PROCS] = "share_idle_procs",
	[HMC_SHARING_SHARE_IDLE_PROCS_ACTIVE] = "share_idle_procs_active",
	[HMC_SHARING_SHARE_IDLE_PROCS_ALWAYS] = "share_idle_procs_always",
};

/* The time that a record is about, which may be another than that of those before. */
static void stats_time(struct stats *stats, be64 timebase)
{
	if (stats->timebase == timebase)
		return;
	stats->timebase = timebase;
	stats->processors = 0;
	stats->partitions = 0;
}

void stats_record(struct stats *stats, const u8 *payload, size_t length)
{
	const struct hmc_stats_processor *processor = (const void *)payload;
	const struct hmc_stats_partition *partition = (const void *)payload;

	if (processor->control.type == HMC_STATS_PROCESSOR && length >= sizeof(*processor)) {
		stats_time(stats, processor->timebase);
		if (stats->processors < STATS_PROCESSORS_MAX)
			stats->processor[stats->processors++] = *processor;
	} else if (partition->control.type == HMC_STATS_PARTITION && length >= sizeof(*partition)) {
		stats_time(stats, partition->timebase);
		if (stats->partitions < HMC_LPAR_ID_MAX)
			stats->partition[stats->partitions++] = *partition;
	}
}

bool stats_complete(struct stats *stats, const struct hmc_stats_reply *reply)
{
	stats_time(stats, reply->timebase);
	stats->reply = *reply;
	return stats->processors == be16_to_cpu(reply->processors) &&
	       stats->partitions == be16_to_cpu(reply->partitions);
}

static void units_print(struct evbuffer *out, const char *name, u32 units)
{
	evbuffer_add_printf(out, ",%s=%u.%02u", name, units / 100, units % 100);
}

static void cycles_print(struct evbuffer *out, const char *name, be64 cycles)
{
	evbuffer_add_printf(out, ",%s=%" PRIu64, name, (uint64_t)be64_to_cpu(cycles));
}

static void system_print(const struct stats *stats, struct evbuffer *out)
{
	u32 pool = be16_to_cpu(stats->reply.pool_procs) * 100U;
	u32 taken = be16_to_cpu(stats->reply.pool_units);

	evbuffer_add_printf(out, "resource_type=sys");
	cycles_print(out, "time_cycles", stats->reply.timebase);
	cycles_print(out, "cycles_per_second", stats->reply.timebase_hz);
	units_print(out, "configurable_sys_proc_units", stats->processors * 100U);
	evbuffer_add_printf(out, "\nresource_type=pool");
	units_print(out, "configurable_pool_proc_units", pool);
	units_print(out, "curr_avail_pool_proc_units", pool - MIN(pool, taken));
	evbuffer_add_printf(out, "\n");
}

static void processor_print(const struct hmc_stats_processor *record, struct evbuffer *out)
{
	evbuffer_add_printf(out, "resource_type=proc,proc=%u,lpar_id=%u",
			    be16_to_cpu(record->number), be16_to_cpu(record->owner));
	cycles_print(out, "partition_cycles", record->partitions);
	cycles_print(out, "idle_cycles", record->idle);
	cycles_print(out, "hypervisor_cycles", record->hypervisor);
	evbuffer_add_printf(out, "\n");
}

static void partition_print(const struct hmc_stats_partition *record, const struct console *console,
			    struct evbuffer *out)
{
	const char *name = console ? console->name : "";
	const char *quote = strchr(name, ',') ? "\"" : "";
	u8 mode = record->sharing_mode;

	evbuffer_add_printf(out, "resource_type=lpar,lpar_id=%u,state=%s",
			    be16_to_cpu(record->lpar_id),
			    console ? console_state_name(console->state) : "Unknown");
	evbuffer_add_printf(out, ",curr_proc_mode=%s,curr_sharing_mode=%s",
			    mode >= HMC_SHARING_KEEP_IDLE_PROCS ? "ded" : "shared",
			    mode < ARRAY_SIZE(mode_names) ? mode_names[mode] : "unknown");
	evbuffer_add_printf(out, ",curr_uncap_weight=%u,curr_procs=%u", record->weight,
			    be16_to_cpu(record->procs));
	units_print(out, "curr_proc_units", be16_to_cpu(record->units));
	cycles_print(out, "entitled_cycles", record->entitled);
	cycles_print(out, "capped_cycles", record->capped);
	cycles_print(out, "uncapped_cycles", record->uncapped);
	cycles_print(out, "idle_cycles", record->idle);
	cycles_print(out, "donated_cycles", record->donated);
	cycles_print(out, "dispatches", record->dispatches);
	cycles_print(out, "dispersions", record->dispersions);
	evbuffer_add_printf(out, ",%slpar_name=%s%s\n", quote, name, quote);
}

void stats_print(const struct stats *stats, struct console *const *console, struct evbuffer *out)
{
	system_print(stats, out);
	for (u32 i = 0; i < stats->processors; i++)
		processor_print(&stats->processor[i], out);
	for (u32 id = 1; id <= HMC_LPAR_ID_MAX; id++)
		for (u32 i = 0; i < stats->partitions; i++)
			if (be16_to_cpu(stats->partition[i].lpar_id) == id)
				partition_print(&stats->partition[i], console[id], out);
}
