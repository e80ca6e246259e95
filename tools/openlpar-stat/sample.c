// SPDX-License-Identifier: Apache-2.0
// Counters of the managed system at one time, as the daemon says them.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/openlpar-stat/sample.h"

#define ANSWER_MS 15000

/* The text of attribute @name of @line, up to its comma; "" when it has none of that name. */
static void attribute(const char *line, const char *name, char *value, size_t size)
{
	size_t length = strlen(name);

	*value = '\0';
	for (; line; line = strchr(line, ','), line += line != NULL)
		if (!strncmp(line, name, length) && line[length] == '=') {
			line += length + 1;
			snprintf(value, size, "%.*s", (int)strcspn(line, ","), line);
			return;
		}
}

static u64 number(const char *line, const char *name)
{
	char value[32];

	attribute(line, name, value, sizeof(value));
	return strtoull(value, NULL, 10);
}

/* Hundredths from a decimal with two digits behind its point. */
static u32 hundredths(const char *line, const char *name)
{
	char value[32];
	unsigned int whole = 0, part = 0;

	attribute(line, name, value, sizeof(value));
	sscanf(value, "%u.%2u", &whole, &part);
	return whole * 100 + part;
}

/* It is the last attribute, in quotes if it has commas. */
static void name_read(const char *line, char *name)
{
	const char *at = strstr(line, ",lpar_name="), *quoted = strstr(line, ",\"lpar_name=");

	snprintf(name, HMC_NAME_SIZE, "%s", at ? at + 11 : quoted ? quoted + 12 : "");
	if (quoted && !at)
		name[strcspn(name, "\"")] = '\0';
}

static void processor_read(struct sample_processor *processor, const char *line)
{
	processor->number = (u32)number(line, "proc");
	processor->owner = (u32)number(line, "lpar_id");
	processor->partitions = number(line, "partition_cycles");
	processor->idle = number(line, "idle_cycles");
	processor->hypervisor = number(line, "hypervisor_cycles");
}

static void partition_read(struct sample_partition *partition, const char *line)
{
	char mode[16];

	partition->id = (u32)number(line, "lpar_id");
	name_read(line, partition->name);
	attribute(line, "state", partition->state, sizeof(partition->state));
	attribute(line, "curr_proc_mode", mode, sizeof(mode));
	partition->dedicated = !strcmp(mode, "ded");
	attribute(line, "curr_sharing_mode", partition->sharing_mode,
		  sizeof(partition->sharing_mode));
	partition->procs = (u32)number(line, "curr_procs");
	partition->units = hundredths(line, "curr_proc_units");
	partition->weight = (u32)number(line, "curr_uncap_weight");
	partition->entitled = number(line, "entitled_cycles");
	partition->capped = number(line, "capped_cycles");
	partition->uncapped = number(line, "uncapped_cycles");
	partition->idle = number(line, "idle_cycles");
	partition->donated = number(line, "donated_cycles");
	partition->dispatches = number(line, "dispatches");
	partition->dispersions = number(line, "dispersions");
}

static void line_read(struct sample *sample, const char *line)
{
	char type[16];

	attribute(line, "resource_type", type, sizeof(type));
	if (!strcmp(type, "sys")) {
		sample->timebase = number(line, "time_cycles");
		sample->timebase_hz = number(line, "cycles_per_second");
	} else if (!strcmp(type, "pool")) {
		sample->pool_units = hundredths(line, "configurable_pool_proc_units");
		sample->pool_free = hundredths(line, "curr_avail_pool_proc_units");
	} else if (!strcmp(type, "proc") && sample->processors < SAMPLE_PROCESSORS_MAX) {
		processor_read(&sample->processor[sample->processors++], line);
	} else if (!strcmp(type, "lpar") && sample->partitions < HMC_LPAR_ID_MAX) {
		partition_read(&sample->partition[sample->partitions++], line);
	}
}

const char *sample_take(struct sample *sample, struct client *client, bool raw)
{
	const char *line;

	memset(sample, 0, sizeof(*sample));
	if (client_send(client, "stats", NULL))
		return "the management daemon has gone";
	while ((line = client_line(client, ANSWER_MS))) {
		if (!strcmp(line, "ok"))
			return sample->timebase_hz ? NULL : "the management daemon says no time";
		if (!strncmp(line, "error ", 6))
			return line + 6;
		line_read(sample, line);
		if (raw)
			puts(line);
	}
	return "the management daemon does not answer";
}
