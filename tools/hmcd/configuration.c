// SPDX-License-Identifier: Apache-2.0
// The configuration in the store, from and into system plans.
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hmc/message.h"
#include "tools/hmcd/configuration.h"
#include "tools/hmcd/image.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"
#include "tools/openlpar-plan/adapter.h"

#define PLAN_ROOM MiB /* of a compiled plan for what is not images */

bool configuration_exists(struct store *store)
{
	char name[PLAN_NAME_MAX + 1];

	return store_value(store, name, sizeof(name),
			   "SELECT value FROM system WHERE name = 'name'", "");
}

/* The compiled plan. What openlpar-plan wrote is what it says it is, if it is a tree at all. */

static u32 cell_get(const void *fdt, int node, const char *name)
{
	int length;
	const fdt32_t *cell = fdt_getprop(fdt, node, name, &length);

	return cell && length == sizeof(*cell) ? fdt32_to_cpu(*cell) : 0;
}

/* One that is left out when it is as @otherwise. */
static u32 cell_or(const void *fdt, int node, const char *name, u32 otherwise)
{
	return fdt_getprop(fdt, node, name, NULL) ? cell_get(fdt, node, name) : otherwise;
}

static const char *string_get(const void *fdt, int node, const char *name)
{
	int length;
	const char *string = fdt_getprop(fdt, node, name, &length);

	return string && length > 0 && !string[length - 1] ? string : "";
}

/* The same of one that is left out when it is @otherwise. */
static const char *string_or(const void *fdt, int node, const char *name, const char *otherwise)
{
	return fdt_getprop(fdt, node, name, NULL) ? string_get(fdt, node, name) : otherwise;
}

/* The node below @parent that is number @index; the name before the "@" is @format's. */
static int numbered_node(const void *fdt, const char *parent, const char *format, u32 index)
{
	char name[32];

	snprintf(name, sizeof(name), format, index);
	return fdt_subnode_offset(fdt, fdt_subnode_offset(fdt, 0, parent), name);
}

static void system_fill(struct store *store, const void *fdt)
{
	static const char insert[] = "INSERT INTO system VALUES(?, ?)";
	char text[16];

	store_change(store, insert, "ss", "name", string_get(fdt, 0, PLAN_PROP_SYSTEM_NAME));
	snprintf(text, sizeof(text), "%u", cell_get(fdt, 0, PLAN_PROP_MEM_REGION_SIZE));
	store_change(store, insert, "ss", "mem_region_size", text);
	snprintf(text, sizeof(text), "%u", cell_get(fdt, 0, PLAN_PROP_MIN_UNITS_PER_VP));
	store_change(store, insert, "ss", "min_proc_units_per_virtual_proc", text);
}

static void lpar_read(const void *fdt, int node, struct config_lpar *lpar)
{
	struct config_procs *procs = &lpar->procs;
	u32 image = cell_get(fdt, node, PLAN_PROP_BOOT_IMAGE);
	int image_node = numbered_node(fdt, PLAN_NODE_IMAGES, PLAN_NODE_IMAGE, image);

	*lpar = (struct config_lpar){
		.name = string_get(fdt, node, PLAN_PROP_LPAR_NAME),
		.id = cell_get(fdt, node, PLAN_PROP_LPAR_ID),
		.profile_name = string_or(fdt, node, PLAN_PROP_PROFILE_NAME, PLAN_PROFILE_NAME),
		.desired_mem = cell_get(fdt, node, PLAN_PROP_DESIRED_MEM),
		.rmo_size = cell_get(fdt, node, PLAN_PROP_RMO_SIZE),
		.boot_image = string_get(fdt, image_node, PLAN_PROP_IMAGE_NAME),
		.boot_mode = string_get(fdt, node, PLAN_PROP_BOOT_MODE),
		.boot_args = string_get(fdt, node, PLAN_PROP_BOOT_ARGS),
		.max_virtual_slots = cell_get(fdt, node, PLAN_PROP_VIRTUAL_SLOTS),
	};
	lpar->min_mem = cell_or(fdt, node, PLAN_PROP_MIN_MEM, lpar->desired_mem);
	lpar->max_mem = cell_or(fdt, node, PLAN_PROP_MAX_MEM, lpar->desired_mem);
	lpar->default_profile = string_or(fdt, node, PLAN_PROP_DEFAULT_PROFILE, lpar->profile_name);
	procs->sharing_mode = plan_sharing_find(string_get(fdt, node, PLAN_PROP_SHARING_MODE));
	procs->dedicated = procs->sharing_mode >= PLAN_KEEP_IDLE;
	procs->min_procs = cell_get(fdt, node, PLAN_PROP_MIN_PROCS);
	procs->desired_procs = cell_get(fdt, node, PLAN_PROP_DESIRED_PROCS);
	procs->max_procs = cell_get(fdt, node, PLAN_PROP_MAX_PROCS);
	procs->min_units = cell_get(fdt, node, PLAN_PROP_MIN_UNITS);
	procs->desired_units = cell_get(fdt, node, PLAN_PROP_DESIRED_UNITS);
	procs->max_units = cell_get(fdt, node, PLAN_PROP_MAX_UNITS);
	procs->uncap_weight = cell_get(fdt, node, PLAN_PROP_UNCAP_WEIGHT);
}

static void eth_read(const void *fdt, int node, u32 lpar_id, struct plan_adapter *adapter)
{
	struct plan_eth *eth = &adapter->eth;
	const fdt32_t *vlan;
	const u8 *mac;
	u8 own[PLAN_MAC_SIZE];
	int length;

	eth->ieee = cell_get(fdt, node, PLAN_PROP_IEEE) != 0;
	eth->port_vlan_id = cell_get(fdt, node, PLAN_PROP_PORT_VLAN_ID);
	eth->trunk_priority = cell_get(fdt, node, PLAN_PROP_TRUNK_PRIORITY);
	snprintf(eth->vswitch, sizeof(eth->vswitch), "%s",
		 string_get(fdt, node, PLAN_PROP_VSWITCH));
	vlan = fdt_getprop(fdt, node, PLAN_PROP_VLAN_IDS, &length);
	for (; vlan && eth->nr_vlans < MIN((u32)length / sizeof(*vlan), PLAN_VLANS_MAX);
	     eth->nr_vlans++)
		eth->vlan[eth->nr_vlans] = (u16)fdt32_to_cpu(vlan[eth->nr_vlans]);
	/* One that was not given is not written down either. */
	adapter_mac(string_get(fdt, 0, PLAN_PROP_SYSTEM_NAME), lpar_id, adapter->slot, own);
	mac = fdt_getprop(fdt, node, PLAN_PROP_MAC, &length);
	if (mac && length == PLAN_MAC_SIZE && memcmp(mac, own, PLAN_MAC_SIZE))
		memcpy(eth->mac, mac, PLAN_MAC_SIZE);
}

static void adapter_read(const void *fdt, int node, u32 lpar_id, struct plan_adapter *adapter)
{
	const char *kind = string_get(fdt, node, PLAN_PROP_ADAPTER_TYPE);

	*adapter = (struct plan_adapter){
		.slot = cell_get(fdt, node, PLAN_PROP_SLOT),
		.required = cell_get(fdt, node, PLAN_PROP_REQUIRED) != 0,
		.supports_hmc = cell_get(fdt, node, PLAN_PROP_SUPPORTS_HMC) != 0,
		.peer = {.lpar_id = cell_get(fdt, node, PLAN_PROP_REMOTE_LPAR),
			 .slot = cell_get(fdt, node, PLAN_PROP_REMOTE_SLOT)},
	};
	while (adapter->kind < PLAN_ADAPTER_SCSI_SERVER &&
	       strcmp(kind, plan_adapter_name(adapter->kind)))
		adapter->kind++;
	if (adapter->kind == PLAN_ADAPTER_ETH)
		eth_read(fdt, node, lpar_id, adapter);
}

/* The virtual adapters of the partition @node. */
static u32 adapters_fill(const void *fdt, int node, u32 lpar_id, struct plan_adapter *adapters)
{
	u32 count = 0;
	int slot;

	fdt_for_each_subnode(slot, fdt, node)
		if (count < PLAN_VIRTUAL_SLOTS_MAX)
			adapter_read(fdt, slot, lpar_id, &adapters[count++]);
	return count;
}

static void profile_fill(struct store *store, const void *fdt, int node,
			 const struct config_lpar *lpar, bool starts)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];
	u32 count = adapters_fill(fdt, node, lpar->id, adapters);
	struct profile profile;

	profile_init(&profile, lpar->id, lpar->profile_name);
	profile_from_plan(&profile, lpar, adapters, count);
	profile_set(&profile, "auto_start", starts ? "1" : "0");
	profile_save(&profile, store);
	profile_clear(&profile);
}

/* One that has this profile and not its default one has it because it was activated with it. */
static void lpar_fill(struct store *store, const void *fdt, int node, bool starts)
{
	struct config_lpar lpar;
	bool activated;

	lpar_read(fdt, node, &lpar);
	activated = starts || strcmp(lpar.profile_name, lpar.default_profile) != 0;
	store_change(store, "INSERT INTO lpar VALUES(?, ?, ?, ?)", "isss", (s64)lpar.id, lpar.name,
		     lpar.default_profile, activated ? lpar.profile_name : "");
	profile_fill(store, fdt, node, &lpar, starts);
}

/* The partitions' other profiles. A plan that was compiled by an older program has no node. */
static void profiles_fill(struct store *store, const void *fdt)
{
	int parent = fdt_subnode_offset(fdt, 0, PLAN_NODE_PROFILES);
	struct config_lpar lpar;
	int node;

	if (parent < 0)
		return;
	fdt_for_each_subnode(node, fdt, parent) {
		lpar_read(fdt, node, &lpar);
		profile_fill(store, fdt, node, &lpar, cell_get(fdt, node, PLAN_PROP_AUTO_START));
	}
}

static bool file_is_same(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	bool same = false;
	void *there;

	if (fd < 0)
		return false;
	if (!fstat(fd, &status) && (size_t)status.st_size == size) {
		there = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		same = there != MAP_FAILED && !memcmp(there, data, size);
		if (there != MAP_FAILED)
			munmap(there, size);
	}
	close(fd);
	return same;
}

/* One that is the same is left alone, so that sync_images() sees what has changed. */
static int file_write(const char *path, const void *data, size_t size)
{
	int fd;
	const char *at = data;

	if (file_is_same(path, data, size))
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	while (fd >= 0 && size) {
		ssize_t n = write(fd, at, size);

		if (n <= 0)
			break;
		at += n;
		size -= (size_t)n;
	}
	if (fd < 0 || close(fd) || size) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* The file that @name of an image is. Returns its size, or -1 after a line on stderr. */
static s64 part_fill(const struct rundir *run, const void *fdt, int image, const char *name)
{
	const char *image_name = string_get(fdt, image, PLAN_PROP_IMAGE_NAME);
	u32 index = cell_get(fdt, image, name);
	const void *data;
	int length;

	if (!fdt_getprop(fdt, image, name, NULL))
		return 0;
	data = fdt_getprop(fdt, numbered_node(fdt, PLAN_NODE_FILES, PLAN_NODE_FILE, index),
			   PLAN_PROP_DATA, &length);
	if (!data || file_write(image_path(run, image_name, name).text, data, (size_t)length))
		return -1;
	return length;
}

static void image_fill(struct store *store, const struct rundir *run, const void *fdt, int node)
{
	s64 kernel = part_fill(run, fdt, node, PLAN_PROP_KERNEL);
	s64 initrd = part_fill(run, fdt, node, PLAN_PROP_INITRD);

	if (kernel > 0 && initrd >= 0)
		store_change(store, "INSERT INTO image VALUES(?, ?, ?, 0)", "sii",
			     string_get(fdt, node, PLAN_PROP_IMAGE_NAME), kernel, initrd);
}

static int tree_fill(struct store *store, const struct rundir *run, const void *fdt)
{
	int node;

	mkdir(rundir_file(run, "images").text, 0755);
	store_begin(store);
	store_change(store, "DELETE FROM system", "");
	store_change(store, "DELETE FROM lpar", "");
	store_change(store, "DELETE FROM image", "");
	system_fill(store, fdt);
	fdt_for_each_subnode(node, fdt, fdt_subnode_offset(fdt, 0, PLAN_NODE_PARTITIONS))
		lpar_fill(store, fdt, node, true);
	fdt_for_each_subnode(node, fdt, fdt_subnode_offset(fdt, 0, PLAN_NODE_DEFINED))
		lpar_fill(store, fdt, node, false);
	profiles_fill(store, fdt);
	fdt_for_each_subnode(node, fdt, fdt_subnode_offset(fdt, 0, PLAN_NODE_IMAGES))
		image_fill(store, run, fdt, node);
	store_event(store, "hmcd", "the configuration was read from a system plan");
	if (!store_commit(store))
		return 0;
	fprintf(stderr, "the system plan cannot be kept: %s\n", store_error(store));
	return -1;
}

int configuration_replace(struct store *store, const struct rundir *run, const char *file)
{
	int fd = open(rundir_file(run, file).text, O_RDONLY | O_CLOEXEC), result = -1;
	struct stat status;
	void *fdt;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &status) && status.st_size >= (off_t)sizeof(struct fdt_header)) {
		fdt = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (fdt != MAP_FAILED) {
			if (!fdt_check_full(fdt, (size_t)status.st_size) &&
			    !strcmp(string_get(fdt, 0, PLAN_PROP_COMPATIBLE), PLAN_COMPATIBLE))
				result = tree_fill(store, run, fdt);
			munmap(fdt, (size_t)status.st_size);
		}
	}
	close(fd);
	return result;
}

int configuration_fill(struct store *store, const struct rundir *run, const char *file)
{
	return configuration_exists(store) ? 0 : configuration_replace(store, run, file);
}

void configuration_empty(struct store *store)
{
	store_begin(store);
	store_change(store, "INSERT OR IGNORE INTO system VALUES('name', 'openlpar')", "");
	store_commit(store);
}

/* Writing. */

static const char *const plan_attributes[] = {"min_mem",
					      "desired_mem",
					      "max_mem",
					      "proc_mode",
					      "min_proc_units",
					      "desired_proc_units",
					      "max_proc_units",
					      "min_procs",
					      "desired_procs",
					      "max_procs",
					      "sharing_mode",
					      "uncap_weight",
					      "boot_image",
					      "boot_args",
					      "rmo_size",
					      "auto_start",
					      "max_virtual_slots",
					      "virtual_serial_adapters",
					      "virtual_scsi_adapters",
					      "virtual_eth_adapters"};

static void value_write(FILE *file, const char *value)
{
	const char *quote = strpbrk(value, ",\" ") || !*value ? "\"" : "";

	fprintf(file, "%s", quote);
	for (; *value; value++)
		fprintf(file, *value == '"' ? "\"\"" : "%c", *value);
	fprintf(file, "%s", quote);
}

static void pair_write(FILE *file, const char *name, const char *value)
{
	fprintf(file, ",%s=", name);
	value_write(file, value);
}

/* What a profile says. */
static void profile_write(const struct profile *profile, FILE *file)
{
	const char *mode = profile_get(profile, "boot_mode");

	for (size_t i = 0; i < ARRAY_SIZE(plan_attributes); i++) {
		const char *value = profile_get(profile, plan_attributes[i]);

		if (value && *value)
			pair_write(file, plan_attributes[i], value);
	}
	pair_write(file, "boot_mode", mode && !strcmp(mode, "fdt") ? "fdt" : "of");
	fprintf(file, "\n");
}

/*
 * A partition with the profile that it has now; for the @start of the machine the one it starts
 * with, unless it does not. In @written is then that profile's name. Returns whether there is a
 * record.
 */
static bool lpar_write(struct store *store, const struct lpar *lpar, FILE *file, bool start,
		       char written[PLAN_NAME_MAX + 1])
{
	struct profile profile;
	const char *starts;

	if (start || !*lpar->curr_profile ||
	    !profile_load(&profile, store, lpar->id, lpar->curr_profile))
		if (!profile_load(&profile, store, lpar->id, lpar->default_profile))
			return false;
	starts = profile_get(&profile, "auto_start");
	if (start && (!starts || strcmp(starts, "1"))) {
		profile_clear(&profile);
		return false;
	}
	fprintf(file, "lpar lpar_id=%u", lpar->id);
	pair_write(file, "name", lpar->name);
	pair_write(file, "profile_name", profile.name);
	if (strcmp(profile.name, lpar->default_profile))
		pair_write(file, "default_profile", lpar->default_profile);
	profile_write(&profile, file);
	strcpy(written, profile.name);
	profile_clear(&profile);
	return true;
}

struct profiles_writer {
	struct store *store;
	const struct lpar *lpar;
	FILE *file;
};

static int other_write(void *ctx, const char *const *column)
{
	const struct profiles_writer *writer = ctx;
	struct profile profile;

	if (!profile_load(&profile, writer->store, writer->lpar->id, column[0]))
		return 0;
	fprintf(writer->file, "prof lpar_name=");
	value_write(writer->file, writer->lpar->name);
	pair_write(writer->file, "name", profile.name);
	profile_write(&profile, writer->file);
	profile_clear(&profile);
	return 0;
}

/* The partition's profiles but that which was @written with it. */
static void others_write(struct store *store, const struct lpar *lpar, FILE *file,
			 const char *written)
{
	struct profiles_writer writer = {store, lpar, file};

	store_ask(store, other_write, &writer,
		  "SELECT DISTINCT name FROM profile WHERE lpar_id = ? AND name <> ? ORDER BY name",
		  "is", (s64)lpar->id, written);
}

struct writer {
	struct store *store;
	const struct rundir *run;
	FILE *file;
};

static const char images_all[] = "SELECT name, initrd_size, kernel_size FROM image ORDER BY name";
static const char images_start[] =
	"SELECT DISTINCT image.name, initrd_size, kernel_size FROM image"
	" JOIN profile AS uses ON uses.attribute = 'boot_image' AND uses.value = image.name"
	" JOIN lpar ON lpar.lpar_id = uses.lpar_id AND lpar.default_profile = uses.name"
	" JOIN profile AS starts ON starts.lpar_id = uses.lpar_id AND starts.name = uses.name"
	" AND starts.attribute = 'auto_start' AND starts.value = '1' ORDER BY image.name";

static int image_write(void *ctx, const char *const *column)
{
	const struct writer *writer = ctx;

	fprintf(writer->file, "image kernel=\"%s\"",
		image_path(writer->run, column[0], "kernel").text);
	pair_write(writer->file, "name", column[0]);
	if (strcmp(column[1], "0"))
		pair_write(writer->file, "initrd",
			   image_path(writer->run, column[0], "initrd").text);
	fprintf(writer->file, "\n");
	return 0;
}

static int size_add(void *ctx, const char *const *column)
{
	*(u64 *)ctx += strtoul(column[2], NULL, 10) + strtoul(column[1], NULL, 10);
	return 0;
}

bool configuration_write(struct store *store, const struct rundir *run, FILE *file, bool start)
{
	struct writer writer = {store, run, file};
	struct lpar lpars[HMC_LPAR_ID_MAX];
	u32 count = lpars_load(store, lpars);
	char name[PLAN_NAME_MAX + 1];
	u64 size = PLAN_ROOM;
	struct system system;

	system_load(store, &system);
	fprintf(file, "sys mem_region_size=%u", system.config.mem_region_size);
	pair_write(file, "name", system.name);
	fprintf(file, ",min_proc_units_per_virtual_proc=%u.%02u\n", system.config.min_units / 100,
		system.config.min_units % 100);
	store_ask(store, size_add, &size, images_start, "");
	if (start && size > PLAN_SIZE_MAX * MiB)
		return false;
	store_ask(store, image_write, &writer, start ? images_start : images_all, "");
	for (u32 i = 0; i < count; i++)
		if (lpar_write(store, &lpars[i], file, start, name) && !start)
			others_write(store, &lpars[i], file, name);
	return true;
}
