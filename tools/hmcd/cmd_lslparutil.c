// SPDX-License-Identifier: Apache-2.0
// lslparutil: where processor time went.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"

static const char usage[] =
	"usage: lslparutil -r lpar|pool|sys|proc [-m SYSTEM]\n"
	"                  [--filter \"lpar_names=NAME[,NAME...],lpar_ids=ID...\"]\n"
	"                  [-n N] [-F [ATTRIBUTE,...]] [--header]\n"
	"\n"
	"  -r TYPE      lpar: each partition; pool: the shared pool; sys: the managed system;\n"
	"               proc: each processor\n"
	"  -m SYSTEM    the managed system's name\n"
	"  --filter     only the partitions with one of these names or IDs\n"
	"  -n N         at most N samples, of which there is one\n"
	"  -F           the values of these attributes, or of all\n"
	"  --header     their names first\n"
	"\n"
	"It is one sample of now: counters that run from the start of the machine or of the\n"
	"partition. Cycles are ticks of the timebase, time_cycles its present value.\n";

struct utilization {
	struct session *session;
	struct stats *stats;
	struct listing listing;
	char now[32];
};

static void cycles_add(struct listing *listing, const char *name, be64 cycles)
{
	listing_add(listing, name, "%" PRIu64, (uint64_t)be64_to_cpu(cycles));
}

static void units_add(struct listing *listing, const char *name, u32 units)
{
	listing_add(listing, name, "%u.%02u", units / 100, units % 100);
}

static void sample_begin(struct utilization *utilization, const char *type)
{
	listing_add(&utilization->listing, "time", "%s", utilization->now);
	listing_add(&utilization->listing, "event_type", "sample");
	listing_add(&utilization->listing, "resource_type", "%s", type);
	cycles_add(&utilization->listing, "time_cycles", utilization->stats->reply.timebase);
}

static void system_list(struct utilization *utilization)
{
	const struct stats *stats = utilization->stats;

	sample_begin(utilization, "sys");
	cycles_add(&utilization->listing, "cycles_per_second", stats->reply.timebase_hz);
	units_add(&utilization->listing, "configurable_sys_proc_units", stats->processors * 100);
	listing_record(&utilization->listing);
}

static void pool_list(struct utilization *utilization)
{
	const struct stats *stats = utilization->stats;
	u32 pool = be16_to_cpu(stats->reply.pool_procs) * 100U;
	u32 taken = be16_to_cpu(stats->reply.pool_units);

	sample_begin(utilization, "pool");
	units_add(&utilization->listing, "configurable_pool_proc_units", pool);
	units_add(&utilization->listing, "curr_avail_pool_proc_units", pool - MIN(pool, taken));
	listing_record(&utilization->listing);
}

static void processors_list(struct utilization *utilization)
{
	for (u32 i = 0; i < utilization->stats->processors; i++) {
		const struct hmc_stats_processor *record = &utilization->stats->processor[i];

		sample_begin(utilization, "proc");
		listing_add(&utilization->listing, "proc", "%u", be16_to_cpu(record->number));
		listing_add(&utilization->listing, "lpar_id", "%u", be16_to_cpu(record->owner));
		cycles_add(&utilization->listing, "partition_cycles", record->partitions);
		cycles_add(&utilization->listing, "idle_cycles", record->idle);
		cycles_add(&utilization->listing, "hypervisor_cycles", record->hypervisor);
		listing_record(&utilization->listing);
	}
}

static void lpar_list(struct utilization *utilization, const struct hmc_stats_partition *record,
		      const struct lpar *lpar)
{
	struct listing *listing = &utilization->listing;
	u8 mode = record->sharing_mode;

	sample_begin(utilization, "lpar");
	listing_add(listing, "lpar_name", "%s", lpar->name);
	listing_add(listing, "lpar_id", "%u", lpar->id);
	listing_add(listing, "curr_proc_mode", mode >= PLAN_KEEP_IDLE ? "ded" : "shared");
	listing_add(listing, "curr_sharing_mode", "%s",
		    mode < PLAN_SHARING_MODES ? plan_sharing_name((enum plan_sharing)mode)
					      : "unknown");
	listing_add(listing, "curr_uncap_weight", "%u", record->weight);
	listing_add(listing, "curr_procs", "%u", be16_to_cpu(record->procs));
	units_add(listing, "curr_proc_units", be16_to_cpu(record->units));
	cycles_add(listing, "entitled_cycles", record->entitled);
	cycles_add(listing, "capped_cycles", record->capped);
	cycles_add(listing, "uncapped_cycles", record->uncapped);
	cycles_add(listing, "idle_cycles", record->idle);
	cycles_add(listing, "donated_cycles", record->donated);
	cycles_add(listing, "dispatches", record->dispatches);
	cycles_add(listing, "dispersions", record->dispersions);
	listing_record(listing);
}

static void lpars_list(struct utilization *utilization)
{
	struct lpar lpars[HMC_LPAR_ID_MAX];
	u32 count;

	store_take(utilization->session->store);
	count = lpars_load(utilization->session->store, lpars);
	store_give(utilization->session->store);
	for (u32 i = 0; i < count; i++)
		for (u32 j = 0; j < utilization->stats->partitions; j++)
			if (be16_to_cpu(utilization->stats->partition[j].lpar_id) == lpars[i].id)
				lpar_list(utilization, &utilization->stats->partition[j],
					  &lpars[i]);
}

static int samples_list(struct utilization *utilization, const struct options *options,
			void (*list)(struct utilization *utilization))
{
	static const struct listing_filter filters[] = {
		{"lpar_names", "lpar_name"}, {"lpar_ids", "lpar_id"}, {NULL, NULL}};
	time_t seconds = time(NULL);
	const char *text;
	struct tm split;

	strftime(utilization->now, sizeof(utilization->now), "%m/%d/%Y %H:%M:%S",
		 localtime_r(&seconds, &split));
	if (call_stats(utilization->stats, &text))
		return session_error(utilization->session, "HSCL0237",
				     "The managed system does not answer: %s.", text);
	if (listing_begin(&utilization->listing, utilization->session, options, filters))
		return 1;
	list(utilization);
	return listing_end(&utilization->listing);
}

static int lslparutil_run(struct session *session, const struct options *options)
{
	static const struct {
		const char *type;
		void (*list)(struct utilization *utilization);
	} types[] = {{"lpar", lpars_list},
		     {"pool", pool_list},
		     {"sys", system_list},
		     {"proc", processors_list}};
	struct utilization utilization = {.session = session};
	const char *type = options_value(options, "r"), *count = options_value(options, "n");
	u32 wanted;
	int result;

	if (count && !number_read(count, 1, UINT32_MAX, &wanted))
		return session_error(session, "HSCL8003", "The option -n must be 1 or more.");
	store_take(session->store);
	result = system_check(session, options);
	store_give(session->store);
	if (result)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(types) && type; i++) {
		if (strcmp(types[i].type, type))
			continue;
		utilization.stats = alloc_zeroed(sizeof(*utilization.stats));
		result = samples_list(&utilization, options, types[i].list);
		free(utilization.stats);
		return result;
	}
	return session_error(session, "HSCL8003", "The option -r must be lpar, pool, sys or proc.");
}

const struct command lslparutil_command = {
	.name = "lslparutil",
	.summary = "list where processor time went",
	.usage = usage,
	.options = "r m n filter F header",
	.run = lslparutil_run,
};
