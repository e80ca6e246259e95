// SPDX-License-Identifier: Apache-2.0
// The tables that people read: of an interval in processors, of all time in seconds.
#include <stdio.h>
#include <string.h>

#include "tools/openlpar-stat/table.h"

struct scale {
	double cycles;	/* that are 1: of the interval, or of a second */
	double seconds; /* of the interval, 1 for all time */
	bool total;	/* all time */
};

static const struct sample_partition *partition_before(const struct sample *before,
						       const struct sample_partition *now)
{
	static const struct sample_partition none;

	for (u32 i = 0; i < before->partitions; i++)
		if (before->partition[i].id == now->id)
			return &before->partition[i];
	return &none;
}

static const struct sample_processor *processor_before(const struct sample *before,
						       const struct sample_processor *now)
{
	static const struct sample_processor none;

	for (u32 i = 0; i < before->processors; i++)
		if (before->processor[i].number == now->number)
			return &before->processor[i];
	return &none;
}

/* What was counted meanwhile. A counter may be a little lower than what was estimated before. */
static double counted(u64 before, u64 now)
{
	return now > before ? (double)(now - before) : 0;
}

static void time_print(const struct scale *scale, int width, bool shown, double cycles)
{
	if (shown)
		printf(" %*.*f", width, scale->total ? 1 : 3, cycles / scale->cycles);
	else
		printf(" %*s", width, "-");
}

static void partition_print(const struct sample_partition *before,
			    const struct sample_partition *now, const struct scale *scale)
{
	double entitled = counted(before->entitled, now->entitled);
	double uncapped = counted(before->uncapped, now->uncapped);
	double used = counted(before->capped, now->capped) + uncapped;

	printf("%-16s %-23s %3u %5u.%02u", now->name, now->sharing_mode, now->procs,
	       now->units / 100, now->units % 100);
	time_print(scale, 9, true, entitled);
	time_print(scale, 9, true, used);
	if (entitled > 0)
		printf(" %7.1f", 100 * used / entitled);
	else
		printf(" %7s", "-");
	time_print(scale, 9, !now->dedicated, uncapped);
	time_print(scale, 9, now->dedicated, counted(before->idle, now->idle));
	time_print(scale, 9, now->dedicated, counted(before->donated, now->donated));
	printf(" %10.0f  %s\n", counted(before->dispatches, now->dispatches) / scale->seconds,
	       now->state);
}

static const char *owner_name(const struct sample *sample, u32 owner)
{
	for (u32 i = 0; owner && i < sample->partitions; i++)
		if (sample->partition[i].id == owner)
			return sample->partition[i].name;
	return owner ? "?" : "(shared)";
}

static void processor_print(const struct sample_processor *before,
			    const struct sample_processor *now, const char *owner)
{
	double busy = counted(before->partitions, now->partitions);
	double idle = counted(before->idle, now->idle);
	double hypervisor = counted(before->hypervisor, now->hypervisor);
	double all = busy + idle + hypervisor;

	all = all > 0 ? all / 100 : 1;
	printf("%-9u %-16s %7.2f %7.2f %11.2f\n", now->number, owner, busy / all, idle / all,
	       hypervisor / all);
}

void table_print(const struct sample *before, const struct sample *now)
{
	static const struct sample none;
	struct scale scale = {.cycles = (double)now->timebase_hz, .seconds = 1, .total = true};

	if (!before->timebase || before->timebase >= now->timebase) {
		before = &none;
	} else {
		scale.total = false;
		scale.cycles = (double)(now->timebase - before->timebase);
		scale.seconds = scale.cycles / (double)now->timebase_hz;
	}
	if (scale.total)
		printf("all time so far, in seconds of processor time");
	else
		printf("%.3f s, in processors", scale.seconds);
	printf("; shared pool %u.%02u, not assigned %u.%02u\n\n", now->pool_units / 100,
	       now->pool_units % 100, now->pool_free / 100, now->pool_free % 100);
	printf("%-16s %-23s %3s %8s %9s %9s %7s %9s %9s %9s %10s  %s\n", "partition",
	       "sharing mode", "vps", "units", "entitled", "used", "%ent", "uncapped", "idle",
	       "donated", scale.total ? "dispatches" : "disp/s", "state");
	for (u32 i = 0; i < now->partitions; i++)
		partition_print(partition_before(before, &now->partition[i]), &now->partition[i],
				&scale);
	printf("\n%-9s %-16s %7s %7s %11s\n", "processor", "owner", "busy%", "idle%",
	       "hypervisor%");
	for (u32 i = 0; i < now->processors; i++)
		processor_print(processor_before(before, &now->processor[i]), &now->processor[i],
				owner_name(now, now->processor[i].owner));
}
