// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/plan.c tools/openlpar-plan/attribute.c tools/openlpar-plan/blob.c
// SOURCES: tools/openlpar-plan/config.c tools/openlpar-plan/file.c tools/openlpar-plan/problem.c
// SOURCES: tools/openlpar-plan/procs.c tools/openlpar-plan/record.c
// SOURCES: tools/openlpar-plan/adapter.c partition/plan_adapter.c partition/plan_property.c
/*
 * The system plan. The first byte says what the rest is:
 *	t	the text of a plan: whatever the compiler accepts, the hypervisor's reader must too
 *	b	a compiled plan
 *	p	changes of a good compiled plan: three bytes each, offset (big-endian) and new value
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "partition/plan.h"
#include "tools/openlpar-plan/blob.h"

static const char good_plan[] =
	"sys name=s,mem_region_size=32,min_proc_units_per_virtual_proc=0.05\n"
	"image name=i,kernel=k,initrd=k\n"
	"image name=j,kernel=k\n"
	"lpar name=a,desired_mem=64,desired_procs=1,boot_image=i,boot_args=x,"
	"max_virtual_slots=20,virtual_eth_adapters=\"2/0/1//0/0,\"\"3/1/5/6,7/1/1/B\"\"\","
	"virtual_serial_adapters=4/server/0/any//any/0,virtual_scsi_adapters=5/client/2//6/1\n"
	"lpar name=b,desired_mem=96,desired_procs=2,boot_image=j,boot_mode=fdt,rmo_size=64,"
	"min_procs=2,max_procs=9,desired_proc_units=1.25,max_proc_units=8.0,sharing_mode=cap\n"
	"lpar name=c,desired_mem=64,desired_procs=3,boot_image=j,proc_mode=ded\n";

static volatile u8 sink; /* keeps the reads from being optimized away */

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void must(bool condition)
{
	if (!condition)
		abort();
}

static u8 sum(const void *data, size_t size)
{
	u8 total = 0;

	for (size_t i = 0; i < size; i++)
		total += ((const u8 *)data)[i];
	return total;
}

static void procs_check(const struct lpar_procs *procs, u32 least)
{
	must(procs->sharing_mode <= SHARING_SHARE_IDLE_ALWAYS);
	must(procs->min_procs >= 1 && procs->min_procs <= procs->desired_procs);
	must(procs->desired_procs <= procs->max_procs && procs->max_procs <= LPAR_MAX_VPS);
	must(procs->min_units <= procs->desired_units && procs->desired_units <= procs->max_units);
	if (procs->sharing_mode >= SHARING_KEEP_IDLE) {
		must(procs->max_units == 0 && procs->uncap_weight == 0);
	} else {
		must(procs->min_units >= procs->min_procs * least);
		must(procs->desired_units >= procs->desired_procs * least);
		must(procs->desired_units <= procs->desired_procs * SHARE_UNITS_PER_PROC);
		must(procs->uncap_weight <= SHARE_WEIGHT_MAX);
	}
}

static void adapters_check(const struct plan_lpar *lpar)
{
	u64 taken[PLAN_VIRTUAL_SLOTS_MAX / 64] = {0};
	struct plan_adapter adapter;
	int cursor = 0;
	u32 count = 0;

	must(lpar->virtual_slots <= PLAN_VIRTUAL_SLOTS_MAX);
	for (; plan_next_adapter(lpar, &cursor, &adapter); count++) {
		must(adapter.kind > PLAN_ADAPTER_CONSOLE && adapter.kind < PLAN_ADAPTER_KINDS);
		must(adapter.slot >= PLAN_SLOT_MIN && adapter.slot < lpar->virtual_slots);
		must(!(taken[adapter.slot / 64] & BIT(adapter.slot % 64)));
		taken[adapter.slot / 64] |= BIT(adapter.slot % 64);
		if (adapter.kind != PLAN_ADAPTER_ETH)
			continue;
		must(plan_mac_valid(adapter.eth.mac) && plan_name_valid(adapter.eth.vswitch));
		must(adapter.eth.nr_vlans <= PLAN_VLANS_MAX);
		must(adapter.eth.port_vlan_id - 1 < PLAN_VLAN_MAX);
	}
	must(count == lpar->nr_adapters);
}

/* Reads everything the reader hands out. Returns the number of partitions, -1 for a bad plan. */
static int blob_read(const void *blob, size_t size)
{
	const char *reason = NULL;
	struct plan_lpar lpar;
	struct plan plan;
	int cursor = 0;
	int count = 0;
	int result;

	if (plan_open(&plan, blob, size, &reason) != 0) {
		must(reason != NULL);
		return -1;
	}
	must(IS_POW2(plan_lmb_size(&plan)));
	while ((result = plan_next_lpar(&plan, &cursor, &lpar, &reason)) > 0) {
		procs_check(&lpar.procs, plan_min_units(&plan));
		adapters_check(&lpar);
		must(lpar.mem % plan_lmb_size(&plan) == 0 && lpar.rmo_size <= lpar.mem);
		sink = sum(lpar.image.kernel, lpar.image.kernel_size);
		sink = sum(lpar.image.initrd, lpar.image.initrd_size);
		sink = sum(lpar.name, strlen(lpar.name)) +
		       sum(lpar.boot_args, strlen(lpar.boot_args));
		count++;
	}
	must(result == 0);
	return count;
}

/* The one file that stands for all files of a plan. */
static struct files *files_fake(void)
{
	static struct files files;

	if (files.count == 0) {
		files.entries[0] = (struct file){.fd = memfd_create("file", 0), .size = 5};
		must(write(files.entries[0].fd, "12345", 5) == 5);
		files.count = 1;
	}
	return &files;
}

/* The partitions that the hypervisor sees. */
static int starting_count(const struct config *config)
{
	int count = 0;

	for (size_t i = 0; i < config->lpar_count; i++)
		count += !config->lpars[i].stays;
	return count;
}

/* Returns the blob, or NULL if the plan is bad. */
static void *text_compile(const u8 *data, size_t size, size_t *blob_size)
{
	static struct config config;
	struct problems problems = {0};
	char *text = malloc(size + 1);
	void *blob = NULL;

	memcpy(text, data, size);
	text[size] = '\0';
	if (config_parse(&config, text, size, &problems)) {
		for (size_t i = 0; i < config.image_count; i++) {
			config.images[i].kernel_file = 0;
			config.images[i].initrd_file = 0;
		}
		blob = blob_build(&config, files_fake(), blob_size, &problems);
		must(blob != NULL && problems.count == 0);
		must(blob_read(blob, *blob_size) == starting_count(&config));
	} else {
		must(problems.count > 0);
	}
	problems_clear(&problems);
	free(text);
	return blob;
}

static void blob_change(const u8 *data, size_t size)
{
	size_t blob_size;
	u8 *blob = text_compile((const u8 *)good_plan, sizeof(good_plan) - 1, &blob_size);

	must(blob != NULL);
	blob = realloc(blob, blob_size); /* so that a byte too far is seen */
	for (; size >= 3; data += 3, size -= 3)
		blob[(size_t)(data[0] << 8 | data[1]) % blob_size] = data[2];
	blob_read(blob, blob_size);
	free(blob);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	size_t blob_size;
	void *copy;

	if (size == 0)
		return 0;
	switch (data[0]) {
	case 't':
		free(text_compile(data + 1, size - 1, &blob_size));
		break;
	case 'b':
		copy = malloc(size - 1);
		memcpy(copy, data + 1, size - 1);
		blob_read(copy, size - 1);
		free(copy);
		break;
	case 'p':
		blob_change(data + 1, size - 1);
		break;
	}
	return 0;
}
