// SPDX-License-Identifier: Apache-2.0
#include <err.h>
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include "adapter.h"
#include "attribute.h"
#include "blob.h"

/* Upper bounds of what a tree and its nodes take besides names, arguments and file content. */
#define TREE_BYTES  2048
#define LPAR_BYTES  1024
#define SLOT_BYTES  512
#define IMAGE_BYTES 128
#define FILE_BYTES  64

static size_t lpar_bound(const struct config_lpar *lpar)
{
	return LPAR_BYTES + 3 * PLAN_NAME_MAX + strlen(lpar->boot_args) +
	       lpar->max_virtual_slots * SLOT_BYTES;
}

static size_t blob_bound(const struct config *config, const struct files *files)
{
	size_t bound = TREE_BYTES + PLAN_NAME_MAX;

	for (size_t i = 0; i < config->lpar_count; i++)
		bound += lpar_bound(&config->lpars[i]);
	for (size_t i = 0; i < config->profile_count; i++)
		bound += lpar_bound(&config->profiles[i]);
	for (size_t i = 0; i < config->image_count; i++)
		bound += IMAGE_BYTES + PLAN_NAME_MAX;
	for (size_t i = 0; i < files->count; i++)
		bound += FILE_BYTES + files->entries[i].size;
	return bound;
}

/* The buffer has room for everything and the values are checked: an error is one of this program.
 */
static void must(int error)
{
	if (error != 0)
		errx(EXIT_FAILURE, "libfdt refuses the plan: %s", fdt_strerror(error));
}

static void node_begin(void *fdt, const char *format, u32 number)
{
	char name[32];

	snprintf(name, sizeof(name), format, number);
	must(fdt_begin_node(fdt, name));
}

static void procs_put(void *fdt, const struct config_procs *procs)
{
	must(fdt_property_string(fdt, PLAN_PROP_SHARING_MODE,
				 plan_sharing_name(procs->sharing_mode)));
	must(fdt_property_u32(fdt, PLAN_PROP_MIN_PROCS, procs->min_procs));
	must(fdt_property_u32(fdt, PLAN_PROP_DESIRED_PROCS, procs->desired_procs));
	must(fdt_property_u32(fdt, PLAN_PROP_MAX_PROCS, procs->max_procs));
	must(fdt_property_u32(fdt, PLAN_PROP_MIN_UNITS, procs->min_units));
	must(fdt_property_u32(fdt, PLAN_PROP_DESIRED_UNITS, procs->desired_units));
	must(fdt_property_u32(fdt, PLAN_PROP_MAX_UNITS, procs->max_units));
	must(fdt_property_u32(fdt, PLAN_PROP_UNCAP_WEIGHT, procs->uncap_weight));
}

static void eth_put(void *fdt, const struct plan_eth *eth, const u8 mac[PLAN_MAC_SIZE])
{
	fdt32_t vlan[PLAN_VLANS_MAX];

	must(fdt_property_u32(fdt, PLAN_PROP_IEEE, eth->ieee));
	must(fdt_property_u32(fdt, PLAN_PROP_PORT_VLAN_ID, eth->port_vlan_id));
	for (u32 i = 0; i < eth->nr_vlans; i++)
		vlan[i] = cpu_to_fdt32(eth->vlan[i]);
	if (eth->nr_vlans != 0)
		must(fdt_property(fdt, PLAN_PROP_VLAN_IDS, vlan,
				  (int)(eth->nr_vlans * sizeof(vlan[0]))));
	must(fdt_property_u32(fdt, PLAN_PROP_TRUNK_PRIORITY, eth->trunk_priority));
	must(fdt_property_string(fdt, PLAN_PROP_VSWITCH, eth->vswitch));
	must(fdt_property(fdt, PLAN_PROP_MAC, mac, PLAN_MAC_SIZE));
}

static void adapter_put(void *fdt, const struct plan_adapter *adapter, u32 lpar_id,
			const char *system_name)
{
	const struct plan_eth *eth = &adapter->eth;
	u8 mac[PLAN_MAC_SIZE];

	node_begin(fdt, PLAN_NODE_SLOT, adapter->slot);
	must(fdt_property_u32(fdt, PLAN_PROP_SLOT, adapter->slot));
	must(fdt_property_string(fdt, PLAN_PROP_ADAPTER_TYPE, plan_adapter_name(adapter->kind)));
	must(fdt_property_u32(fdt, PLAN_PROP_REQUIRED, adapter->required));
	if (adapter->kind == PLAN_ADAPTER_ETH) {
		adapter_mac(system_name, lpar_id, adapter->slot, mac);
		eth_put(fdt, eth, plan_mac_valid(eth->mac) ? eth->mac : mac);
	} else {
		must(fdt_property_u32(fdt, PLAN_PROP_REMOTE_LPAR, adapter->peer.lpar_id));
		must(fdt_property_u32(fdt, PLAN_PROP_REMOTE_SLOT, adapter->peer.slot));
	}
	if (plan_adapter_is_serial(adapter->kind))
		must(fdt_property_u32(fdt, PLAN_PROP_SUPPORTS_HMC, adapter->supports_hmc));
	must(fdt_end_node(fdt));
}

/* What a partition has whether it comes with a plan or is activated later. */
static void lpar_put(void *fdt, const struct config_lpar *lpar, const char *system_name)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];
	u32 count = adapters_read(lpar, adapters);

	must(fdt_property_u32(fdt, PLAN_PROP_DESIRED_MEM, lpar->desired_mem));
	procs_put(fdt, &lpar->procs);
	if (lpar->rmo_size != 0)
		must(fdt_property_u32(fdt, PLAN_PROP_RMO_SIZE, lpar->rmo_size));
	must(fdt_property_string(fdt, PLAN_PROP_BOOT_MODE, lpar->boot_mode));
	must(fdt_property_string(fdt, PLAN_PROP_BOOT_ARGS, lpar->boot_args));
	must(fdt_property_u32(fdt, PLAN_PROP_VIRTUAL_SLOTS, lpar->max_virtual_slots));
	for (u32 i = 0; i < count; i++)
		adapter_put(fdt, &adapters[i], lpar->id, system_name);
}

/* The same in a plan, with what the daemon keeps. */
static void planned_put(void *fdt, const struct config *config, const struct config_lpar *lpar)
{
	must(fdt_property_u32(fdt, PLAN_PROP_LPAR_ID, lpar->id));
	must(fdt_property_u32(fdt, PLAN_PROP_BOOT_IMAGE, (u32)lpar->image));
	if (strcmp(lpar->profile_name, PLAN_PROFILE_NAME) != 0)
		must(fdt_property_string(fdt, PLAN_PROP_PROFILE_NAME, lpar->profile_name));
	if (lpar->default_profile != NULL)
		must(fdt_property_string(fdt, PLAN_PROP_DEFAULT_PROFILE, lpar->default_profile));
	if (lpar->min_mem != lpar->desired_mem)
		must(fdt_property_u32(fdt, PLAN_PROP_MIN_MEM, lpar->min_mem));
	if (lpar->max_mem != lpar->desired_mem)
		must(fdt_property_u32(fdt, PLAN_PROP_MAX_MEM, lpar->max_mem));
	lpar_put(fdt, lpar, config->system.name);
}

/* The node NAME has those partitions that STAY, or those that do not. */
static void lpars_put(void *fdt, const struct config *config, const char *name, bool stay)
{
	must(fdt_begin_node(fdt, name));
	for (size_t i = 0; i < config->lpar_count; i++) {
		const struct config_lpar *lpar = &config->lpars[i];

		if (lpar->stays != stay)
			continue;
		node_begin(fdt, PLAN_NODE_LPAR, lpar->id);
		must(fdt_property_string(fdt, PLAN_PROP_LPAR_NAME, lpar->name));
		planned_put(fdt, config, lpar);
		must(fdt_end_node(fdt));
	}
	must(fdt_end_node(fdt));
}

/* The partitions' other profiles. */
static void profiles_put(void *fdt, const struct config *config)
{
	must(fdt_begin_node(fdt, PLAN_NODE_PROFILES));
	for (size_t i = 0; i < config->profile_count; i++) {
		const struct config_lpar *profile = &config->profiles[i];

		node_begin(fdt, PLAN_NODE_PROFILE, (u32)i);
		must(fdt_property_u32(fdt, PLAN_PROP_AUTO_START, !profile->stays));
		planned_put(fdt, config, profile);
		must(fdt_end_node(fdt));
	}
	must(fdt_end_node(fdt));
}

static void images_put(void *fdt, const struct config *config)
{
	must(fdt_begin_node(fdt, PLAN_NODE_IMAGES));
	for (size_t i = 0; i < config->image_count; i++) {
		const struct config_image *image = &config->images[i];

		node_begin(fdt, PLAN_NODE_IMAGE, (u32)i);
		must(fdt_property_string(fdt, PLAN_PROP_IMAGE_NAME, image->name));
		must(fdt_property_u32(fdt, PLAN_PROP_KERNEL, (u32)image->kernel_file));
		if (image->initrd != NULL)
			must(fdt_property_u32(fdt, PLAN_PROP_INITRD, (u32)image->initrd_file));
		must(fdt_end_node(fdt));
	}
	must(fdt_end_node(fdt));
}

static bool files_put(void *fdt, const struct files *files, struct problems *problems)
{
	bool good = true;

	must(fdt_begin_node(fdt, PLAN_NODE_FILES));
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->entries[i];
		void *data;

		node_begin(fdt, PLAN_NODE_FILE, (u32)i);
		must(fdt_property_placeholder(fdt, PLAN_PROP_DATA, (int)file->size, &data));
		if (!file_read(file, data)) {
			problem_add(problems, file->line, file->attribute, "\"%s\": %s (%s)",
				    file->path,
				    errno == 0 ? "shortened while it was read" : strerror(errno),
				    attribute_range(image_attributes, file->attribute));
			good = false;
		}
		must(fdt_end_node(fdt));
	}
	must(fdt_end_node(fdt));
	return good;
}

void *blob_lpar_build(const struct config_lpar *lpar, const char *system_name, size_t *size)
{
	size_t bound = TREE_BYTES + lpar_bound(lpar);
	void *fdt = malloc(bound);

	if (fdt == NULL)
		err(EXIT_FAILURE, "profile of %zu bytes", bound);
	must(fdt_create(fdt, (int)bound));
	must(fdt_finish_reservemap(fdt));
	must(fdt_begin_node(fdt, ""));
	must(fdt_property_string(fdt, PLAN_PROP_BOOT_IMAGE_NAME, lpar->boot_image));
	lpar_put(fdt, lpar, system_name);
	must(fdt_end_node(fdt));
	must(fdt_finish(fdt));
	*size = fdt_totalsize(fdt);
	return fdt;
}

void *blob_build(const struct config *config, const struct files *files, size_t *size,
		 struct problems *problems)
{
	size_t bound = blob_bound(config, files);
	void *fdt = malloc(bound);
	bool good;

	if (fdt == NULL)
		err(EXIT_FAILURE, "compiled plan of %zu bytes", bound);
	must(fdt_create(fdt, (int)bound));
	must(fdt_finish_reservemap(fdt));
	must(fdt_begin_node(fdt, ""));
	must(fdt_property_string(fdt, PLAN_PROP_COMPATIBLE, PLAN_COMPATIBLE));
	must(fdt_property_u32(fdt, PLAN_PROP_VERSION, PLAN_VERSION));
	must(fdt_property_string(fdt, PLAN_PROP_SYSTEM_NAME, config->system.name));
	must(fdt_property_u32(fdt, PLAN_PROP_MEM_REGION_SIZE, config->system.mem_region_size));
	must(fdt_property_u32(fdt, PLAN_PROP_MIN_UNITS_PER_VP, config->system.min_units));
	lpars_put(fdt, config, PLAN_NODE_PARTITIONS, false);
	lpars_put(fdt, config, PLAN_NODE_DEFINED, true);
	profiles_put(fdt, config);
	images_put(fdt, config);
	good = files_put(fdt, files, problems);
	must(fdt_end_node(fdt));
	must(fdt_finish(fdt));
	*size = fdt_totalsize(fdt);
	if (good && *size > PLAN_SIZE_MAX * MiB) {
		files_refuse_size(files, *size, problems);
		good = false;
	}
	if (good)
		return fdt;
	free(fdt);
	return NULL;
}
