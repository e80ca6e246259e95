// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "attribute.h"
#include "config.h"

#define TEXT_OF(x) #x
#define TEXT(x)	   TEXT_OF(x)

#define RANGE(min, max) TEXT(min) " to " TEXT(max)

#define NAME_RANGE                          \
	RANGE(PLAN_NAME_MIN, PLAN_NAME_MAX) \
	" printable characters, none of " PLAN_NAME_REFUSED ", no blank at either end"

#define MEM_RANGE                                         \
	RANGE(PLAN_DESIRED_MEM_MIN, PLAN_DESIRED_MEM_MAX) \
	" MiB, a multiple of the sys record's mem_region_size"

#define DEFAULT_PROFILE_RANGE "the profile_name, or the name of a prof record of this partition"

#define PROCS_RANGE RANGE(PLAN_PROCS_MIN, PLAN_PROCS_MAX)

#define SHARING_MODES                                                        \
	"cap, uncap; with proc_mode=ded keep_idle_procs, share_idle_procs, " \
	"share_idle_procs_active, share_idle_procs_always"

/* Numbers of the preprocessor cannot be printed as units. */
#define UNITS_RANGE "0.01 to 64.00 in steps of 0.01"
_Static_assert(PLAN_UNITS_MIN == 1 && PLAN_UNITS_MAX == 6400, UNITS_RANGE);
#define MIN_UNITS_PER_VP_RANGE "0.00 to 0.10 in steps of 0.01"
_Static_assert(PLAN_MIN_UNITS_PER_VP_MIN == 0 && PLAN_MIN_UNITS_PER_VP_MAX == 10,
	       MIN_UNITS_PER_VP_RANGE);

bool number_parse(const char *value, u32 min, u32 max, u32 *number)
{
	u64 sum = 0;

	if (value[0] == '\0')
		return false;
	for (; *value != '\0'; value++) {
		if (*value < '0' || *value > '9')
			return false;
		sum = 10 * sum + (u64)(*value - '0');
		if (sum > max)
			return false;
	}
	if (sum < min)
		return false;
	*number = (u32)sum;
	return true;
}

/* Processing units: decimal, at most two digits behind the point. UNITS: hundredths. */
static bool units_parse(const char *value, u32 min, u32 max, u32 *units)
{
	const char *point = strchr(value, '.');
	char digits[8] = "";
	size_t whole = point == NULL ? strlen(value) : (size_t)(point - value);
	size_t part = point == NULL ? 0 : strlen(point + 1);

	if (whole < 1 || whole > 4 || part > 2 || (point != NULL && part < 1))
		return false;
	memcpy(digits, value, whole);
	memcpy(digits + whole, "00", 2);
	memcpy(digits + whole, value + whole + 1, part);
	return number_parse(digits, min, max, units);
}

static bool name_parse(const char *value, const char **name)
{
	if (!plan_name_valid(value))
		return false;
	*name = value;
	return true;
}

static bool path_parse(const char *value, const char **path)
{
	if (value[0] == '\0')
		return false;
	*path = value;
	return true;
}

static bool system_set_name(void *object, const char *value)
{
	struct config_system *system = object;

	return name_parse(value, &system->name);
}

static bool system_set_mem_region_size(void *object, const char *value)
{
	struct config_system *system = object;
	u32 size;

	if (!number_parse(value, PLAN_MEM_REGION_SIZE_MIN, PLAN_MEM_REGION_SIZE_MAX, &size) ||
	    !plan_mem_region_size_valid(size)) {
		system->mem_region_size = 0;
		return false;
	}
	system->mem_region_size = size;
	return true;
}

static bool system_set_min_units(void *object, const char *value)
{
	struct config_system *system = object;

	if (units_parse(value, PLAN_MIN_UNITS_PER_VP_MIN, PLAN_MIN_UNITS_PER_VP_MAX,
			&system->min_units))
		return true;
	system->min_units = CONFIG_UNSET;
	return false;
}

static bool image_set_name(void *object, const char *value)
{
	struct config_image *image = object;

	return name_parse(value, &image->name);
}

static bool image_set_kernel(void *object, const char *value)
{
	struct config_image *image = object;

	return path_parse(value, &image->kernel);
}

static bool image_set_initrd(void *object, const char *value)
{
	struct config_image *image = object;

	return path_parse(value, &image->initrd);
}

static bool lpar_set_name(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	return name_parse(value, &lpar->name);
}

static bool lpar_set_profile_name(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	return name_parse(value, &lpar->profile_name);
}

static bool lpar_set_default_profile(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	return name_parse(value, &lpar->default_profile);
}

static bool lpar_set_id(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	return number_parse(value, PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX, &lpar->id);
}

static bool mem_parse(const char *value, u32 *mem)
{
	return number_parse(value, PLAN_DESIRED_MEM_MIN, PLAN_DESIRED_MEM_MAX, mem);
}

static bool lpar_set_min_mem(void *object, const char *value)
{
	return mem_parse(value, &((struct config_lpar *)object)->min_mem);
}

static bool lpar_set_desired_mem(void *object, const char *value)
{
	return mem_parse(value, &((struct config_lpar *)object)->desired_mem);
}

static bool lpar_set_max_mem(void *object, const char *value)
{
	return mem_parse(value, &((struct config_lpar *)object)->max_mem);
}

static bool procs_parse(struct config_procs *procs, const char *value, u32 *number)
{
	bool good = number_parse(value, PLAN_PROCS_MIN, PLAN_PROCS_MAX, number);

	procs->number_refused |= !good;
	return good;
}

static bool proc_units_parse(struct config_procs *procs, const char *value, u32 *units)
{
	bool good = units_parse(value, PLAN_UNITS_MIN, PLAN_UNITS_MAX, units);

	procs->number_refused |= !good;
	return good;
}

static bool lpar_set_proc_mode(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	procs->dedicated = strcmp(value, "ded") == 0;
	procs->mode_refused |= !procs->dedicated && strcmp(value, "shared") != 0;
	return !procs->mode_refused;
}

static bool lpar_set_sharing_mode(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	procs->sharing_mode = plan_sharing_find(value);
	procs->mode_refused |= procs->sharing_mode == PLAN_SHARING_MODES;
	return procs->sharing_mode != PLAN_SHARING_MODES;
}

static bool lpar_set_uncap_weight(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	return number_parse(value, 0, PLAN_UNCAP_WEIGHT_MAX, &procs->uncap_weight);
}

static bool lpar_set_min_procs(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	return procs_parse(procs, value, &procs->min_procs);
}

static bool lpar_set_desired_procs(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	return procs_parse(procs, value, &procs->desired_procs);
}

static bool lpar_set_max_procs(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	return procs_parse(procs, value, &procs->max_procs);
}

static bool lpar_set_min_proc_units(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	return proc_units_parse(procs, value, &procs->min_units);
}

static bool lpar_set_desired_proc_units(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	return proc_units_parse(procs, value, &procs->desired_units);
}

static bool lpar_set_max_proc_units(void *object, const char *value)
{
	struct config_procs *procs = &((struct config_lpar *)object)->procs;

	return proc_units_parse(procs, value, &procs->max_units);
}

static bool lpar_set_rmo_size(void *object, const char *value)
{
	struct config_lpar *lpar = object;
	u32 size;

	if (!number_parse(value, PLAN_RMO_SIZE_MIN, PLAN_RMO_SIZE_MAX, &size) ||
	    !plan_rmo_size_valid(size))
		return false;
	lpar->rmo_size = size;
	return true;
}

static bool lpar_set_boot_image(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	return name_parse(value, &lpar->boot_image);
}

static bool lpar_set_boot_mode(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	if (strcmp(value, PLAN_BOOT_MODE_OF) != 0 && strcmp(value, PLAN_BOOT_MODE_FDT) != 0)
		return false;
	lpar->boot_mode = value;
	return true;
}

static bool lpar_set_boot_args(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	if (!plan_boot_args_valid(value))
		return false;
	lpar->boot_args = value;
	return true;
}

static bool lpar_set_max_virtual_slots(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	if (number_parse(value, PLAN_VIRTUAL_SLOTS_MIN, PLAN_VIRTUAL_SLOTS_MAX,
			 &lpar->max_virtual_slots))
		return true;
	lpar->max_virtual_slots = CONFIG_UNSET;
	return false;
}

/* What these lists say is judged when all of them are known. */

static bool lpar_set_serial_adapters(void *object, const char *value)
{
	((struct config_lpar *)object)->adapters[ADAPTER_LIST_SERIAL] = value;
	return true;
}

static bool lpar_set_scsi_adapters(void *object, const char *value)
{
	((struct config_lpar *)object)->adapters[ADAPTER_LIST_SCSI] = value;
	return true;
}

static bool lpar_set_eth_adapters(void *object, const char *value)
{
	((struct config_lpar *)object)->adapters[ADAPTER_LIST_ETH] = value;
	return true;
}

static bool lpar_set_auto_start(void *object, const char *value)
{
	struct config_lpar *lpar = object;

	lpar->stays = strcmp(value, "0") == 0;
	return lpar->stays || strcmp(value, "1") == 0;
}

const struct attribute system_attributes[] = {
	{"name", NAME_RANGE, false, system_set_name},
	{"mem_region_size", "16, 32, 64, 128 or 256 MiB", false, system_set_mem_region_size},
	{"min_proc_units_per_virtual_proc", MIN_UNITS_PER_VP_RANGE, false, system_set_min_units},
	{NULL, NULL, false, NULL},
};

const struct attribute image_attributes[] = {
	{"name", NAME_RANGE, true, image_set_name},
	{"kernel", "path of a file that can be read and is not empty", true, image_set_kernel},
	{"initrd", "path of a file that can be read and is not empty", false, image_set_initrd},
	{NULL, NULL, false, NULL},
};

/* What a profile says, the partition's first one and others, and the end. */
#define PROFILE_ATTRIBUTES                                                                       \
	{"min_mem", MEM_RANGE, false, lpar_set_min_mem},                                         \
		{"desired_mem", MEM_RANGE, true, lpar_set_desired_mem},                          \
		{"max_mem", MEM_RANGE, false, lpar_set_max_mem},                                 \
		{"proc_mode", "shared or ded", false, lpar_set_proc_mode},                       \
		{"sharing_mode", SHARING_MODES, false, lpar_set_sharing_mode},                   \
		{"min_procs", PROCS_RANGE, false, lpar_set_min_procs},                           \
		{"desired_procs", PROCS_RANGE, true, lpar_set_desired_procs},                    \
		{"max_procs", PROCS_RANGE, false, lpar_set_max_procs},                           \
		{"min_proc_units", UNITS_RANGE, false, lpar_set_min_proc_units},                 \
		{"desired_proc_units", UNITS_RANGE, false, lpar_set_desired_proc_units},         \
		{"max_proc_units", UNITS_RANGE, false, lpar_set_max_proc_units},                 \
		{"uncap_weight", RANGE(0, PLAN_UNCAP_WEIGHT_MAX), false, lpar_set_uncap_weight}, \
		{"rmo_size", "32, 64, 128 or 256 MiB, at most desired_mem", false,               \
		 lpar_set_rmo_size},                                                             \
		{"boot_image", "name of an image record", true, lpar_set_boot_image},            \
		{"boot_mode", PLAN_BOOT_MODE_OF " or " PLAN_BOOT_MODE_FDT, false,                \
		 lpar_set_boot_mode},                                                            \
		{"boot_args", RANGE(0, PLAN_BOOT_ARGS_MAX) " printable ASCII characters", false, \
		 lpar_set_boot_args},                                                            \
		{"max_virtual_slots", RANGE(PLAN_VIRTUAL_SLOTS_MIN, PLAN_VIRTUAL_SLOTS_MAX),     \
		 false, lpar_set_max_virtual_slots},                                             \
		{"virtual_serial_adapters", "a list of adapters", false,                         \
		 lpar_set_serial_adapters},                                                      \
		{"virtual_scsi_adapters", "a list of adapters", false, lpar_set_scsi_adapters},  \
		{"virtual_eth_adapters", "a list of adapters", false, lpar_set_eth_adapters},    \
		{"auto_start", "0 or 1", false, lpar_set_auto_start},                            \
	{                                                                                        \
		NULL, NULL, false, NULL                                                          \
	}

const struct attribute lpar_attributes[] = {
	{"name", NAME_RANGE, true, lpar_set_name},
	{"lpar_id", RANGE(PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX), false, lpar_set_id},
	{"profile_name", NAME_RANGE, false, lpar_set_profile_name},
	{"default_profile", DEFAULT_PROFILE_RANGE, false, lpar_set_default_profile},
	PROFILE_ATTRIBUTES,
};

const struct attribute profile_attributes[] = {
	{"name", NAME_RANGE, true, lpar_set_profile_name},
	{"lpar_name", "name of an lpar record", true, lpar_set_name},
	PROFILE_ATTRIBUTES,
};

static const struct attribute *attribute_find(const struct attribute *attributes, const char *name)
{
	for (; attributes->name != NULL; attributes++)
		if (strcmp(attributes->name, name) == 0)
			return attributes;
	return NULL;
}

static const struct record_pair *pair_find(const struct record *record, const char *attribute)
{
	for (size_t i = 0; i < record->pair_count; i++)
		if (strcmp(record->pairs[i].attribute, attribute) == 0)
			return &record->pairs[i];
	return NULL;
}

static void unknown_add(const struct attribute *attributes, const struct record *record,
			const char *name, struct problems *problems)
{
	char known[512] = "";
	size_t used = 0;

	for (; attributes->name != NULL; attributes++)
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s",
					 used == 0 ? "" : ", ", attributes->name);
	problem_add(problems, record->line, name, "unknown attribute of the record type %s (%s)",
		    record->type, known);
}

void attributes_set(const struct attribute *attributes, void *object, const struct record *record,
		    struct problems *problems)
{
	for (size_t i = 0; i < record->pair_count; i++) {
		const struct record_pair *pair = &record->pairs[i];
		const struct attribute *attribute = attribute_find(attributes, pair->attribute);

		if (attribute == NULL)
			unknown_add(attributes, record, pair->attribute, problems);
		else if (pair_find(record, pair->attribute) != pair)
			problem_add(problems, record->line, attribute->name,
				    "given more than once (at most once in a record)");
		else if (!attribute->set(object, pair->value))
			problem_add(problems, record->line, attribute->name,
				    "\"%.60s\"%s is not allowed (%s)", pair->value,
				    strlen(pair->value) > 60 ? "..." : "", attribute->range);
	}
	for (; attributes->name != NULL; attributes++)
		if (attributes->required && pair_find(record, attributes->name) == NULL)
			problem_add(problems, record->line, attributes->name, "missing (%s)",
				    attributes->range);
}

const char *attribute_range(const struct attribute *attributes, const char *name)
{
	return attribute_find(attributes, name)->range;
}
