// SPDX-License-Identifier: Apache-2.0
// lshwres: processors, memory and virtual adapters.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/call.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/manage.h"
#include "tools/hmcd/profile.h"
#include "tools/hmcd/virtualio.h"

static const char usage[] =
	"usage: lshwres -r proc [-m SYSTEM] --level sys|pool|lpar [OPTION...]\n"
	"       lshwres -r mem [-m SYSTEM] --level sys|lpar [OPTION...]\n"
	"       lshwres -r virtualio [-m SYSTEM] --rsubtype serial|eth|scsi|slot\n"
	"               --level sys|lpar|slot|stat [OPTION...]\n"
	"       lshwres -r virtualio [-m SYSTEM] --rsubtype vswitch [OPTION...]\n"
	"\n"
	"  -r TYPE      proc: processors; mem: memory in MiB; virtualio: virtual adapters\n"
	"  --rsubtype   which adapters (eth, also of the system), slots, or virtual switches\n"
	"  --level      of the system, the shared pool, each partition, each slot; stat: what\n"
	"               went through each Ethernet adapter of an active partition\n"
	"  -m SYSTEM    the managed system's name\n"
	"  --filter \"lpar_names=NAME[,NAME...],lpar_ids=ID...\"  only these partitions\n"
	"  -F [ATTRIBUTE,...]  the values of these attributes, or of all\n"
	"  --header     their names first\n"
	"\n"
	"curr_ is what a partition has or had last by its profile, run_ what it has now.\n";

/* What the lists are made of. */
struct hardware {
	struct session *session;
	struct hmc_system_reply system;
	struct system managed;
	struct lpar_names names;
	struct listing listing;
	/* of one partition */
	const struct lpar *lpar;
	struct profile profile;
	struct hmc_partition now;
	bool active;
};

static void units_add(struct listing *listing, const char *name, u32 units)
{
	listing_add(listing, name, "%u.%02u", units / 100, units % 100);
}

static void bytes_add(struct listing *listing, const char *name, be64 bytes)
{
	listing_add(listing, name, "%" PRIu64, (uint64_t)(be64_to_cpu(bytes) / MiB));
}

/* An attribute of the partition's profile by another name. */
static void profile_add(struct hardware *hardware, const char *name, const char *attribute)
{
	const char *value = profile_get(&hardware->profile, attribute);

	if (value)
		listing_add(&hardware->listing, name, "%s", value);
	else
		listing_none(&hardware->listing, name);
}

static void lpar_begin(struct hardware *hardware)
{
	listing_add(&hardware->listing, "lpar_name", "%s", hardware->lpar->name);
	listing_add(&hardware->listing, "lpar_id", "%u", hardware->lpar->id);
}

static void proc_system(struct hardware *hardware)
{
	const struct hmc_system_reply *system = &hardware->system;
	u32 free = be16_to_cpu(system->pool_units_free);

	units_add(&hardware->listing, "configurable_sys_proc_units",
		  be16_to_cpu(system->procs) * 100U);
	units_add(&hardware->listing, "curr_avail_sys_proc_units", free);
	units_add(&hardware->listing, "pend_avail_sys_proc_units", free);
	units_add(&hardware->listing, "installed_sys_proc_units",
		  be16_to_cpu(system->procs) * 100U);
	units_add(&hardware->listing, "deconfig_sys_proc_units", 0);
	units_add(&hardware->listing, "min_proc_units_per_virtual_proc",
		  be16_to_cpu(system->min_units_per_vp));
	listing_add(&hardware->listing, "max_virtual_procs_per_lpar", "%u",
		    be16_to_cpu(system->lpar_procs_max));
	listing_record(&hardware->listing);
}

static void proc_pool(struct hardware *hardware)
{
	const struct hmc_system_reply *system = &hardware->system;

	units_add(&hardware->listing, "configurable_pool_proc_units",
		  be16_to_cpu(system->pool_procs) * 100U);
	units_add(&hardware->listing, "curr_avail_pool_proc_units",
		  be16_to_cpu(system->pool_units_free));
	units_add(&hardware->listing, "pend_avail_pool_proc_units",
		  be16_to_cpu(system->pool_units_free));
	listing_record(&hardware->listing);
}

static void proc_lpar(struct hardware *hardware)
{
	const struct hmc_partition *now = &hardware->now;
	bool active = hardware->active;

	lpar_begin(hardware);
	profile_add(hardware, "curr_proc_mode", "proc_mode");
	profile_add(hardware, "curr_min_proc_units", "min_proc_units");
	profile_add(hardware, "curr_proc_units", "desired_proc_units");
	profile_add(hardware, "curr_max_proc_units", "max_proc_units");
	profile_add(hardware, "curr_min_procs", "min_procs");
	profile_add(hardware, "curr_procs", "desired_procs");
	profile_add(hardware, "curr_max_procs", "max_procs");
	profile_add(hardware, "curr_sharing_mode", "sharing_mode");
	profile_add(hardware, "curr_uncap_weight", "uncap_weight");
	units_add(&hardware->listing, "run_proc_units", active ? be16_to_cpu(now->units) : 0);
	listing_add(&hardware->listing, "run_procs", "%u", active ? be16_to_cpu(now->procs) : 0);
	listing_add(&hardware->listing, "run_uncap_weight", "%u", active ? now->weight : 0);
	listing_record(&hardware->listing);
}

static void mem_system(struct hardware *hardware)
{
	const struct hmc_system_reply *system = &hardware->system;

	bytes_add(&hardware->listing, "configurable_sys_mem", system->mem_configurable);
	bytes_add(&hardware->listing, "curr_avail_sys_mem", system->mem_free);
	bytes_add(&hardware->listing, "pend_avail_sys_mem", system->mem_free);
	bytes_add(&hardware->listing, "installed_sys_mem", system->mem_installed);
	listing_add(&hardware->listing, "deconfig_sys_mem", "0");
	bytes_add(&hardware->listing, "sys_firmware_mem", system->mem_hypervisor);
	bytes_add(&hardware->listing, "mem_region_size", system->lmb_size);
	listing_record(&hardware->listing);
}

static void mem_lpar(struct hardware *hardware)
{
	lpar_begin(hardware);
	profile_add(hardware, "curr_min_mem", "min_mem");
	profile_add(hardware, "curr_mem", "desired_mem");
	profile_add(hardware, "curr_max_mem", "max_mem");
	bytes_add(&hardware->listing, "run_mem",
		  hardware->active ? hardware->now.mem : cpu_to_be64(0));
	bytes_add(&hardware->listing, "rmo_size",
		  hardware->active ? hardware->now.rmo_size : cpu_to_be64(0));
	listing_record(&hardware->listing);
}

static const struct level {
	const char *type, *subtype, *level;
	void (*system)(struct hardware *hardware); /* once */
	void (*lpar)(struct hardware *hardware);   /* for each partition */
	virtualio_lpar *virtual_system, *virtual;  /* likewise, of virtual I/O */
} levels[] = {
	{"proc", "", "sys", proc_system, NULL, NULL, NULL},
	{"proc", "", "pool", proc_pool, NULL, NULL, NULL},
	{"proc", "", "lpar", NULL, proc_lpar, NULL, NULL},
	{"mem", "", "sys", mem_system, NULL, NULL, NULL},
	{"mem", "", "lpar", NULL, mem_lpar, NULL, NULL},
	{"virtualio", "slot", "slot", NULL, NULL, NULL, virtualio_slots},
	{"virtualio", "slot", "lpar", NULL, NULL, NULL, virtualio_max_slots},
	{"virtualio", "serial", "lpar", NULL, NULL, NULL, virtualio_serial},
	{"virtualio", "scsi", "lpar", NULL, NULL, NULL, virtualio_scsi},
	{"virtualio", "eth", "lpar", NULL, NULL, NULL, virtualio_eth},
	{"virtualio", "eth", "stat", NULL, NULL, NULL, virtualio_eth_stat},
	{"virtualio", "eth", "sys", NULL, NULL, virtualio_eth_system, NULL},
	{"virtualio", "vswitch", "sys", NULL, NULL, virtualio_vswitches, NULL},
};

static const struct level *level_find(const struct options *options)
{
	const char *type = options_value(options, "r");
	const char *subtype = options_value(options, "rsubtype");
	const char *level = options_value(options, "level");

	/* An HMC has no levels of these. */
	if (subtype && !strcmp(subtype, "vswitch") && !level)
		level = "sys";
	for (size_t i = 0; i < ARRAY_SIZE(levels) && type && level; i++)
		if (!strcmp(levels[i].type, type) && !strcmp(levels[i].level, level) &&
		    !strcmp(levels[i].subtype, subtype ? subtype : ""))
			return &levels[i];
	return NULL;
}

static void lpars_list(struct hardware *hardware, const struct level *level)
{
	struct lpar lpars[HMC_LPAR_ID_MAX];
	u32 count = lpars_load(hardware->session->store, lpars);

	for (u32 i = 0; i < count; i++) {
		const char *profile = lpars[i].curr_profile;
		const char *text;

		hardware->lpar = &lpars[i];
		hardware->active = !manage_describe(lpars[i].id, &hardware->now, &text) &&
				   hardware->now.state != HMC_STATE_NOT_ACTIVATED &&
				   hardware->now.state != HMC_STATE_ERROR &&
				   hardware->now.state != HMC_STATE_REMOVED;
		profile_load(&hardware->profile, hardware->session->store, lpars[i].id,
			     *profile ? profile : lpars[i].default_profile);
		if (level->lpar)
			level->lpar(hardware);
		else
			level->virtual(&(struct virtualio){
				.listing = &hardware->listing,
				.store = hardware->session->store,
				.system = &hardware->managed,
				.names = &hardware->names,
				.lpar = &lpars[i],
				.profile = &hardware->profile,
				.active = hardware->active,
			});
		profile_clear(&hardware->profile);
	}
}

static void virtual_system_list(struct hardware *hardware, const struct level *level)
{
	system_load(hardware->session->store, &hardware->managed);
	lpar_names_load(&hardware->names, hardware->session->store);
	if (level->virtual_system)
		level->virtual_system(&(struct virtualio){
			.listing = &hardware->listing,
			.store = hardware->session->store,
			.system = &hardware->managed,
			.names = &hardware->names,
		});
}

static int lshwres_run(struct session *session, const struct options *options)
{
	static const struct listing_filter filters[] = {
		{"lpar_names", "lpar_name"}, {"lpar_ids", "lpar_id"}, {NULL, NULL}};
	const struct level *level = level_find(options);
	struct hardware hardware = {.session = session};
	const char *text;
	int result = 1;

	if (!level)
		return session_error(session, "HSCL8003",
				     "-r, --rsubtype and --level do not go together: type "
				     "lshwres --help.");
	store_take(session->store);
	if (!system_check(session, options)) {
		if (level->system && manage_system(&hardware.system, &text)) {
			session_error(session, "HSCL0237",
				      "The managed system does not answer: %s.", text);
		} else if (!listing_begin(&hardware.listing, session, options, filters)) {
			if (level->system)
				level->system(&hardware);
			virtual_system_list(&hardware, level);
			if (level->lpar || level->virtual)
				lpars_list(&hardware, level);
			result = listing_end(&hardware.listing);
		}
	}
	store_give(session->store);
	return result;
}

const struct command lshwres_command = {
	.name = "lshwres",
	.summary = "list processors, memory and virtual adapters",
	.usage = usage,
	.options = "r rsubtype level m filter F header",
	.run = lshwres_run,
};
