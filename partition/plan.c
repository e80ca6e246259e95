// SPDX-License-Identifier: Apache-2.0
#include <libfdt.h>
#include <string.h>
#include "hmc/plan.h"
#include "partition/plan.h"
#include "partition/plan_adapter.h"
#include "partition/plan_property.h"

_Static_assert((int)PLAN_SHARE_IDLE_ALWAYS == (int)SHARING_SHARE_IDLE_ALWAYS &&
		       (int)PLAN_UNCAP == (int)SHARING_UNCAP &&
		       (int)PLAN_KEEP_IDLE == (int)SHARING_KEEP_IDLE &&
		       (int)PLAN_SHARE_IDLE_ACTIVE == (int)SHARING_SHARE_IDLE_ACTIVE,
	       "the modes are the plan's");

/* With version 17 of the format the size of every part of the blob is known and checkable. */
#define FDT_VERSION_NEEDED 17

/* The file whose index is in PROPERTY of NODE. */
static bool file_get(const struct plan *plan, int node, const char *property, const void **data,
		     size_t *size)
{
	u32 index;
	int length;
	int file;

	if (!plan_number(plan->fdt, node, property, 0, 2 * PLAN_IMAGES_MAX - 1, &index))
		return false;
	file = plan_numbered_node(plan->fdt, plan->files, PLAN_NODE_FILE, index);
	if (file < 0)
		return false;
	*data = fdt_getprop(plan->fdt, file, PLAN_PROP_DATA, &length);
	if (*data == NULL || length < 1)
		return false;
	*size = (size_t)length;
	return true;
}

/* Reads the image NODE. Returns NULL or what is wrong with it. */
static const char *image_read(const struct plan *plan, int node, struct plan_image *image)
{
	const void *fdt = plan->fdt;

	*image = (struct plan_image){0};
	image->name = plan_name(fdt, node, PLAN_PROP_IMAGE_NAME);
	if (image->name == NULL)
		return "image without a proper name";
	if (!file_get(plan, node, PLAN_PROP_KERNEL, &image->kernel, &image->kernel_size))
		return "image without a kernel";
	if (fdt_getprop(fdt, node, PLAN_PROP_INITRD, NULL) != NULL &&
	    !file_get(plan, node, PLAN_PROP_INITRD, &image->initrd, &image->initrd_size))
		return "image with an initrd that is not in the plan";
	return NULL;
}

static const char *image_get(const struct plan *plan, int lpar, struct plan_image *image)
{
	const void *fdt = plan->fdt;
	u32 index;
	int node;

	if (!plan_number(fdt, lpar, PLAN_PROP_BOOT_IMAGE, 0, PLAN_IMAGES_MAX - 1, &index))
		return "boot image missing or out of range";
	node = plan_numbered_node(fdt, plan->images, PLAN_NODE_IMAGE, index);
	return node < 0 ? "boot image not in the plan" : image_read(plan, node, image);
}

static const char *memory_get(const struct plan *plan, int node, struct plan_lpar *lpar)
{
	u32 size;

	if (!plan_number(plan->fdt, node, PLAN_PROP_DESIRED_MEM, PLAN_DESIRED_MEM_MIN,
			 PLAN_DESIRED_MEM_MAX, &size))
		return "memory size missing or out of range";
	lpar->mem = size * (u64)MiB;
	if (!IS_ALIGNED(lpar->mem, plan->lmb_size))
		return "memory size not a multiple of the LMB size";
	if (fdt_getprop(plan->fdt, node, PLAN_PROP_RMO_SIZE, NULL) == NULL)
		return NULL;
	if (!plan_number(plan->fdt, node, PLAN_PROP_RMO_SIZE, PLAN_RMO_SIZE_MIN, PLAN_RMO_SIZE_MAX,
			 &size) ||
	    !plan_rmo_size_valid(size))
		return "size of the real-mode region out of range";
	lpar->rmo_size = size * (u64)MiB;
	return lpar->rmo_size <= lpar->mem ? NULL : "real-mode region larger than the memory";
}

/* Three numbers MIN <= desired <= max within limits. */
static bool numbers_get(const void *fdt, int node, const char *const property[3], u32 lowest,
			u32 highest, u32 *min, u32 *desired, u32 *max)
{
	return plan_number(fdt, node, property[2], lowest, highest, max) &&
	       plan_number(fdt, node, property[1], lowest, *max, desired) &&
	       plan_number(fdt, node, property[0], lowest, *desired, min);
}

static const char *units_get(const struct plan *plan, int node, struct lpar_procs *procs)
{
	static const char *const property[] = {PLAN_PROP_MIN_UNITS, PLAN_PROP_DESIRED_UNITS,
					       PLAN_PROP_MAX_UNITS};
	bool shared = procs->sharing_mode < SHARING_KEEP_IDLE;
	u32 max_weight = procs->sharing_mode == SHARING_UNCAP ? PLAN_UNCAP_WEIGHT_MAX : 0;

	if (!numbers_get(plan->fdt, node, property, shared ? PLAN_UNITS_MIN : 0,
			 shared ? PLAN_UNITS_MAX : 0, &procs->min_units, &procs->desired_units,
			 &procs->max_units))
		return "processing units missing or out of range";
	if (shared &&
	    (!plan_units_fit(procs->min_units, procs->min_procs, plan->min_units) ||
	     !plan_units_fit(procs->desired_units, procs->desired_procs, plan->min_units) ||
	     !plan_units_fit(procs->max_units, procs->max_procs, plan->min_units)))
		return "processing units do not fit the number of processors";
	if (!plan_number(plan->fdt, node, PLAN_PROP_UNCAP_WEIGHT, 0, max_weight,
			 &procs->uncap_weight))
		return "weight missing or out of range";
	return NULL;
}

static const char *procs_get(const struct plan *plan, int node, struct lpar_procs *procs)
{
	static const char *const property[] = {PLAN_PROP_MIN_PROCS, PLAN_PROP_DESIRED_PROCS,
					       PLAN_PROP_MAX_PROCS};
	const char *mode = plan_string(plan->fdt, node, PLAN_PROP_SHARING_MODE);

	if (mode == NULL || plan_sharing_find(mode) == PLAN_SHARING_MODES)
		return "sharing mode missing or unknown";
	procs->sharing_mode = (enum sharing_mode)plan_sharing_find(mode);
	if (!numbers_get(plan->fdt, node, property, PLAN_PROCS_MIN, PLAN_PROCS_MAX,
			 &procs->min_procs, &procs->desired_procs, &procs->max_procs))
		return "number of processors missing or out of range";
	return units_get(plan, node, procs);
}

static const char *boot_get(const struct plan *plan, int node, struct plan_lpar *lpar)
{
	const char *mode = plan_string(plan->fdt, node, PLAN_PROP_BOOT_MODE);

	if (mode == NULL)
		return "boot mode missing";
	lpar->open_firmware = strcmp(mode, PLAN_BOOT_MODE_OF) == 0;
	if (!lpar->open_firmware && strcmp(mode, PLAN_BOOT_MODE_FDT) != 0)
		return "boot mode neither of nor fdt";
	lpar->boot_args = plan_string(plan->fdt, node, PLAN_PROP_BOOT_ARGS);
	if (lpar->boot_args == NULL || !plan_boot_args_valid(lpar->boot_args))
		return "boot arguments missing, too long or not printable";
	return NULL;
}

/* What a profile says. */
static const char *profile_get(const struct plan *plan, int node, struct plan_lpar *lpar)
{
	const char *reason = procs_get(plan, node, &lpar->procs);

	if (reason == NULL)
		reason = memory_get(plan, node, lpar);
	if (reason == NULL)
		reason = boot_get(plan, node, lpar);
	return reason == NULL ? plan_adapters_get(plan->fdt, node, lpar) : reason;
}

/* Reads the partition NODE. Returns NULL or what is wrong with it. */
static const char *lpar_get(const struct plan *plan, int node, struct plan_lpar *lpar)
{
	const char *reason;

	*lpar = (struct plan_lpar){0};
	lpar->name = plan_name(plan->fdt, node, PLAN_PROP_LPAR_NAME);
	if (lpar->name == NULL)
		return "partition without a proper name";
	if (!plan_number(plan->fdt, node, PLAN_PROP_LPAR_ID, PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX,
			 &lpar->id))
		return "partition ID missing or out of range";
	reason = profile_get(plan, node, lpar);
	return reason == NULL ? image_get(plan, node, &lpar->image) : reason;
}

static const char *lpars_check(const struct plan *plan)
{
	struct {
		const char *name;
		u32 id;
	} seen[PLAN_LPARS_MAX];
	struct plan_lpar lpar;
	const char *reason;
	size_t count = 0;
	int cursor = 0;
	int result;

	while ((result = plan_next_lpar(plan, &cursor, &lpar, &reason)) > 0) {
		if (count == PLAN_LPARS_MAX)
			return "too many partitions";
		for (size_t i = 0; i < count; i++)
			if (seen[i].id == lpar.id || strcmp(seen[i].name, lpar.name) == 0)
				return "two partitions with the same name or ID";
		seen[count].name = lpar.name;
		seen[count].id = lpar.id;
		count++;
	}
	return result < 0 ? reason : NULL;
}

static const char *system_get(struct plan *plan)
{
	const void *fdt = plan->fdt;
	u32 number;

	if (fdt_node_check_compatible(fdt, 0, PLAN_COMPATIBLE) != 0)
		return "not a system plan";
	if (!plan_number(fdt, 0, PLAN_PROP_VERSION, PLAN_VERSION, PLAN_VERSION, &number))
		return "made for another version of the hypervisor";
	plan->system_name = plan_name(fdt, 0, PLAN_PROP_SYSTEM_NAME);
	if (plan->system_name == NULL)
		return "system name missing or malformed";
	if (!plan_number(fdt, 0, PLAN_PROP_MEM_REGION_SIZE, PLAN_MEM_REGION_SIZE_MIN,
			 PLAN_MEM_REGION_SIZE_MAX, &number) ||
	    !plan_mem_region_size_valid(number))
		return "LMB size missing or out of range";
	plan->lmb_size = number * (u64)MiB;
	if (!plan_number(fdt, 0, PLAN_PROP_MIN_UNITS_PER_VP, PLAN_MIN_UNITS_PER_VP_MIN,
			 PLAN_MIN_UNITS_PER_VP_MAX, &plan->min_units))
		return "least processing units per processor missing or out of range";
	plan->partitions = fdt_subnode_offset(fdt, 0, PLAN_NODE_PARTITIONS);
	plan->images = fdt_subnode_offset(fdt, 0, PLAN_NODE_IMAGES);
	plan->files = fdt_subnode_offset(fdt, 0, PLAN_NODE_FILES);
	if (plan->partitions < 0 || plan->images < 0 || plan->files < 0)
		return "no partitions, images or files";
	return NULL;
}

/* May @blob be read with libfdt? */
static bool is_tree(const void *blob, size_t size)
{
	return IS_ALIGNED((uintptr_t)blob, 8) && size >= sizeof(struct fdt_header) &&
	       fdt_check_header(blob) == 0 && fdt_version(blob) >= FDT_VERSION_NEEDED &&
	       fdt_check_full(blob, size) == 0;
}

int plan_open(struct plan *plan, const void *blob, size_t size, const char **reason)
{
	plan->fdt = blob;
	if (!is_tree(blob, size))
		*reason = "not a flat device tree, cut off or damaged";
	else
		*reason = system_get(plan);
	if (*reason == NULL)
		*reason = lpars_check(plan);
	return *reason == NULL ? 0 : -1;
}

u64 plan_lmb_size(const struct plan *plan)
{
	return plan->lmb_size;
}

u32 plan_min_units(const struct plan *plan)
{
	return plan->min_units;
}

/* The next node below PARENT, or a negative number. */
static int next_node(const struct plan *plan, int parent, int cursor)
{
	return cursor == 0 ? fdt_first_subnode(plan->fdt, parent)
			   : fdt_next_subnode(plan->fdt, cursor);
}

int plan_next_lpar(const struct plan *plan, int *cursor, struct plan_lpar *out, const char **reason)
{
	int node = next_node(plan, plan->partitions, *cursor);

	if (node < 0)
		return 0;
	*cursor = node;
	*reason = lpar_get(plan, node, out);
	return *reason == NULL ? 1 : -1;
}

int plan_next_image(const struct plan *plan, int *cursor, struct plan_image *out,
		    const char **reason)
{
	int node = next_node(plan, plan->images, *cursor);

	if (node < 0)
		return 0;
	*cursor = node;
	*reason = image_read(plan, node, out);
	return *reason == NULL ? 1 : -1;
}

const char *plan_read_profile(const void *blob, size_t size, u64 lmb_size, u32 min_units,
			      struct plan_lpar *out)
{
	const struct plan plan = {.fdt = blob, .lmb_size = lmb_size, .min_units = min_units};
	const char *reason;

	*out = (struct plan_lpar){0};
	if (!is_tree(blob, size))
		return "the profile is not a flat device tree, cut off or damaged";
	reason = profile_get(&plan, 0, out);
	if (reason != NULL)
		return reason;
	out->image.name = plan_name(blob, 0, PLAN_PROP_BOOT_IMAGE_NAME);
	return out->image.name == NULL ? "boot image missing or not a proper name" : NULL;
}
