// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "adapter.h"
#include "attribute.h"
#include "config.h"
#include "procs.h"

#define SYSTEM_NAME_DEFAULT "openlpar"

static void system_add(struct config *config, const struct record *record,
		       struct problems *problems)
{
	if (config->system.line != 0) {
		problem_add(problems, record->line, record->type,
			    "the system is already described in line %u (at most one sys record)",
			    config->system.line);
		return;
	}
	config->system.line = record->line;
	attributes_set(system_attributes, &config->system, record, problems);
}

static void image_add(struct config *config, const struct record *record, struct problems *problems)
{
	struct config_image *image = &config->images[config->image_count];

	if (config->image_count == PLAN_IMAGES_MAX) {
		problem_add(problems, record->line, record->type,
			    "too many image records (at most %d)", PLAN_IMAGES_MAX);
		config->image_lost = true;
		return;
	}
	config->image_count++;
	*image = (struct config_image){.line = record->line};
	attributes_set(image_attributes, image, record, problems);
	if (image->name == NULL)
		config->image_lost = true;
}

static void lpar_add(struct config *config, const struct record *record, struct problems *problems)
{
	struct config_lpar *lpar = &config->lpars[config->lpar_count];

	if (config->lpar_count == PLAN_LPARS_MAX) {
		problem_add(problems, record->line, record->type, "too many lpar records (1 to %d)",
			    PLAN_LPARS_MAX);
		return;
	}
	config->lpar_count++;
	config_lpar_init(lpar, record->line);
	attributes_set(lpar_attributes, lpar, record, problems);
}

static void profile_add(struct config *config, const struct record *record,
			struct problems *problems)
{
	struct config_lpar *profile = &config->profiles[config->profile_count];

	if (config->profile_count == PLAN_PROFILES_MAX) {
		problem_add(problems, record->line, record->type,
			    "too many prof records (at most %d)", PLAN_PROFILES_MAX);
		return;
	}
	config->profile_count++;
	config_lpar_init(profile, record->line);
	profile->stays = true;
	attributes_set(profile_attributes, profile, record, problems);
}

static const struct record_type {
	const char *name;
	void (*add)(struct config *config, const struct record *record, struct problems *problems);
} record_types[] = {
	{"sys", system_add},
	{"image", image_add},
	{"lpar", lpar_add},
	{"prof", profile_add},
};

static void line_parse(struct config *config, char *text, unsigned int line,
		       struct problems *problems)
{
	struct record record;

	if (text[0] == '\0' || text[0] == '#')
		return;
	if (!record_parse(&record, text, line, problems)) {
		if (strcmp(record.type, "image") == 0)
			config->image_lost = true;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(record_types); i++) {
		if (strcmp(record.type, record_types[i].name) == 0) {
			record_types[i].add(config, &record, problems);
			return;
		}
	}
	problem_add(problems, line, record.type, "unknown record type (sys, image, lpar or prof)");
}

/* Cuts the blanks (and the CR of a CRLF) off both ends of a line. */
static char *line_trim(char *text)
{
	size_t length = strlen(text);

	if (length > 0 && text[length - 1] == '\r')
		length--;
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	text[length] = '\0';
	return text + strspn(text, " \t");
}

static void lines_parse(struct config *config, char *text, size_t size, struct problems *problems)
{
	char *end = text + size;
	unsigned int line = 1;

	for (; text < end; line++) {
		char *line_end = memchr(text, '\n', (size_t)(end - text));

		if (line_end == NULL)
			line_end = end;
		*line_end = '\0';
		if (strlen(text) != (size_t)(line_end - text)) {
			problem_add(problems, line, "record",
				    "NUL character (a plan is a text file)");
			return;
		}
		line_parse(config, line_trim(text), line, problems);
		text = line_end + 1;
	}
}

static void image_names_check(const struct config *config, struct problems *problems)
{
	for (size_t i = 0; i < config->image_count; i++) {
		const struct config_image *image = &config->images[i];

		for (size_t j = 0; j < i && image->name != NULL; j++) {
			const struct config_image *other = &config->images[j];

			if (other->name == NULL || strcmp(image->name, other->name) != 0)
				continue;
			problem_add(problems, image->line, "name",
				    "\"%s\" is already the name of the image in line %u "
				    "(every image has a name of its own)",
				    image->name, other->line);
			break;
		}
	}
}

static void lpar_names_check(const struct config *config, const struct config_lpar *lpar,
			     struct problems *problems)
{
	for (const struct config_lpar *other = config->lpars; other < lpar; other++) {
		if (lpar->name == NULL || other->name == NULL ||
		    strcmp(lpar->name, other->name) != 0)
			continue;
		problem_add(problems, lpar->line, "name",
			    "\"%s\" is already the name of the partition in line %u "
			    "(every partition has a name of its own)",
			    lpar->name, other->line);
		return;
	}
}

static void lpar_ids_check(const struct config *config, const struct config_lpar *lpar,
			   struct problems *problems)
{
	for (const struct config_lpar *other = config->lpars; other < lpar; other++) {
		if (lpar->id == 0 || lpar->id != other->id)
			continue;
		problem_add(problems, lpar->line, "lpar_id",
			    "%u is already the ID of the partition in line %u "
			    "(%s, every partition its own)",
			    lpar->id, other->line, attribute_range(lpar_attributes, "lpar_id"));
		return;
	}
}

/* Returns whether SIZE, if it is given, has whole regions; MIN to MAX is what it may be. */
static bool memory_region_check(const struct config_lpar *lpar, const char *attribute, u32 size,
				u32 region, u32 min, u32 max, struct problems *problems)
{
	if (region == 0 || size % region == 0)
		return true;
	problem_add(problems, lpar->line, attribute,
		    "%u is not a multiple of mem_region_size=%u (%u to %u MiB in steps of %u)",
		    size, region, MAX(min, region), max, region);
	return false;
}

static void memory_order(const struct config_lpar *lpar, u32 region, struct problems *problems)
{
	u32 desired = lpar->desired_mem;

	if (memory_region_check(lpar, "min_mem", lpar->min_mem, region, PLAN_DESIRED_MEM_MIN,
				desired, problems) &&
	    lpar->min_mem > desired)
		problem_add(problems, lpar->line, "min_mem",
			    "%u is more than desired_mem=%u (%u to %u MiB)", lpar->min_mem, desired,
			    MAX((u32)PLAN_DESIRED_MEM_MIN, region), desired);
	if (memory_region_check(lpar, "max_mem", lpar->max_mem, region, desired,
				PLAN_DESIRED_MEM_MAX, problems) &&
	    lpar->max_mem < desired)
		problem_add(problems, lpar->line, "max_mem",
			    "%u is less than desired_mem=%u (%u to %d MiB)", lpar->max_mem, desired,
			    desired, PLAN_DESIRED_MEM_MAX);
}

static void lpar_memory_complete(const struct config_system *system, struct config_lpar *lpar,
				 struct problems *problems)
{
	u32 region = system->mem_region_size;

	if (lpar->min_mem == 0)
		lpar->min_mem = lpar->desired_mem;
	if (lpar->max_mem == 0)
		lpar->max_mem = lpar->desired_mem;
	/* One that was refused, or is not whole, is not missed in what depends on it. */
	if (lpar->desired_mem != 0 &&
	    memory_region_check(lpar, "desired_mem", lpar->desired_mem, region,
				PLAN_DESIRED_MEM_MIN, PLAN_DESIRED_MEM_MAX, problems))
		memory_order(lpar, region, problems);
	if (lpar->desired_mem != 0 && lpar->rmo_size > lpar->desired_mem)
		problem_add(problems, lpar->line, "rmo_size", "%u is more than desired_mem=%u (%s)",
			    lpar->rmo_size, lpar->desired_mem,
			    attribute_range(lpar_attributes, "rmo_size"));
}

static void lpar_image_find(const struct config *config, struct config_lpar *lpar,
			    struct problems *problems)
{
	if (lpar->boot_image == NULL)
		return;
	for (size_t i = 0; i < config->image_count; i++) {
		const char *name = config->images[i].name;

		if (name != NULL && strcmp(name, lpar->boot_image) == 0) {
			lpar->image = i;
			return;
		}
	}
	if (!config->image_lost)
		problem_add(problems, lpar->line, "boot_image", "no image has the name \"%s\" (%s)",
			    lpar->boot_image, attribute_range(lpar_attributes, "boot_image"));
}

static bool lpar_id_taken(const struct config *config, u32 id)
{
	for (size_t i = 0; i < config->lpar_count; i++)
		if (config->lpars[i].id == id)
			return true;
	return false;
}

/* Gives the partitions without an ID the lowest free ones, in the order of the plan. */
static void lpar_ids_assign(struct config *config)
{
	u32 id = PLAN_LPAR_ID_MIN;

	for (size_t i = 0; i < config->lpar_count; i++) {
		if (config->lpars[i].id != 0)
			continue;
		while (lpar_id_taken(config, id))
			id++;
		config->lpars[i].id = id;
	}
}

static const struct config_lpar *profile_lpar(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->lpar_count; i++)
		if (strcmp(config->lpars[i].name, name) == 0)
			return &config->lpars[i];
	return NULL;
}

/* The profile NAME of LPAR among the first COUNT others, or its own one; NULL: there is none. */
static const struct config_lpar *profile_find(const struct config *config, size_t count,
					      const struct config_lpar *lpar, const char *name)
{
	if (strcmp(lpar->profile_name, name) == 0)
		return lpar;
	for (size_t i = 0; i < count; i++)
		if (config->profiles[i].id == lpar->id &&
		    strcmp(config->profiles[i].profile_name, name) == 0)
			return &config->profiles[i];
	return NULL;
}

/* What a profile that is good by itself says about partitions and their other profiles. */
static void profile_check(const struct config *config, struct config_lpar *profile,
			  struct problems *problems)
{
	const struct config_lpar *lpar = profile_lpar(config, profile->name), *other;

	if (lpar == NULL) {
		problem_add(problems, profile->line, "lpar_name",
			    "no partition has the name \"%s\" (%s)", profile->name,
			    attribute_range(profile_attributes, "lpar_name"));
		return;
	}
	other = profile_find(config, (size_t)(profile - config->profiles), lpar,
			     profile->profile_name);
	if (other != NULL)
		problem_add(problems, profile->line, "name",
			    "\"%s\" is already the name of the partition's profile in line %u "
			    "(every profile of a partition has a name of its own)",
			    profile->profile_name, other->line);
	profile->id = lpar->id;
	/* Only now an adapter whose other end is the partition itself can be told. */
	adapters_complete(profile, problems);
	adapters_check_names(config, profile, problems);
}

static void default_profile_check(const struct config *config, const struct config_lpar *lpar,
				  struct problems *problems)
{
	if (lpar->default_profile != NULL &&
	    profile_find(config, config->profile_count, lpar, lpar->default_profile) == NULL)
		problem_add(problems, lpar->line, "default_profile",
			    "the partition has no profile \"%s\" (%s)", lpar->default_profile,
			    attribute_range(lpar_attributes, "default_profile"));
}

/* What good records say about each other. */
static void references_check(struct config *config, struct problems *problems)
{
	for (size_t i = 0; i < config->lpar_count; i++)
		adapters_check_names(config, &config->lpars[i], problems);
	for (size_t i = 0; i < config->profile_count; i++)
		profile_check(config, &config->profiles[i], problems);
	for (size_t i = 0; i < config->lpar_count; i++)
		default_profile_check(config, &config->lpars[i], problems);
}

void config_lpar_init(struct config_lpar *lpar, unsigned int line)
{
	*lpar = (struct config_lpar){.line = line,
				     .profile_name = PLAN_PROFILE_NAME,
				     .boot_mode = PLAN_BOOT_MODE_OF,
				     .boot_args = "",
				     .max_virtual_slots = PLAN_VIRTUAL_SLOTS_DEFAULT};
	for (enum adapter_list list = 0; list < ADAPTER_LISTS; list++)
		lpar->adapters[list] = "";
	procs_init(&lpar->procs);
}

void config_lpar_complete(struct config_lpar *lpar, const struct config_system *system,
			  struct problems *problems)
{
	lpar_memory_complete(system, lpar, problems);
	procs_complete(&lpar->procs, lpar->line, system->min_units, problems);
	adapters_complete(lpar, problems);
}

bool config_parse(struct config *config, char *text, size_t size, struct problems *problems)
{
	*config = (struct config){.system = {.name = SYSTEM_NAME_DEFAULT,
					     .mem_region_size = PLAN_MEM_REGION_SIZE_DEFAULT,
					     .min_units = PLAN_MIN_UNITS_PER_VP_DEFAULT}};
	lines_parse(config, text, size, problems);
	image_names_check(config, problems);
	for (size_t i = 0; i < config->lpar_count; i++) {
		struct config_lpar *lpar = &config->lpars[i];

		lpar_names_check(config, lpar, problems);
		lpar_ids_check(config, lpar, problems);
		config_lpar_complete(lpar, &config->system, problems);
		lpar_image_find(config, lpar, problems);
	}
	for (size_t i = 0; i < config->profile_count; i++) {
		config_lpar_complete(&config->profiles[i], &config->system, problems);
		lpar_image_find(config, &config->profiles[i], problems);
	}
	if (problems->count != 0)
		return false;
	lpar_ids_assign(config);
	references_check(config, problems);
	return problems->count == 0;
}
