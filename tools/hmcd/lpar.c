// SPDX-License-Identifier: Apache-2.0
// Partitions and the managed system as the store has them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hmc/message.h"
#include "tools/hmcd/lpar.h"

#define COLUMNS "SELECT lpar_id, name, default_profile, curr_profile FROM lpar"

struct lpars {
	struct lpar *next;
	u32 count;
};

static int lpar_take(void *ctx, const char *const *column)
{
	struct lpars *lpars = ctx;
	struct lpar *lpar = lpars->next++;

	lpars->count++;
	lpar->id = (u32)atoi(column[0]);
	snprintf(lpar->name, sizeof(lpar->name), "%s", column[1]);
	snprintf(lpar->default_profile, sizeof(lpar->default_profile), "%s", column[2]);
	snprintf(lpar->curr_profile, sizeof(lpar->curr_profile), "%s", column[3]);
	return lpars->count == HMC_LPAR_ID_MAX;
}

static u32 system_number(struct store *store, const char *name, u32 otherwise)
{
	char text[16];

	if (!store_value(store, text, sizeof(text), "SELECT value FROM system WHERE name = ?", "s",
			 name))
		return otherwise;
	return (u32)atoi(text);
}

void system_load(struct store *store, struct system *system)
{
	if (!store_value(store, system->name, sizeof(system->name),
			 "SELECT value FROM system WHERE name = 'name'", ""))
		snprintf(system->name, sizeof(system->name), "openlpar");
	system->config = (struct config_system){
		.line = 1,
		.name = system->name,
		.mem_region_size =
			system_number(store, "mem_region_size", PLAN_MEM_REGION_SIZE_DEFAULT),
		.min_units = system_number(store, "min_proc_units_per_virtual_proc",
					   PLAN_MIN_UNITS_PER_VP_DEFAULT),
	};
}

int system_check(struct session *session, const struct options *options)
{
	const char *name = options_value(options, "m");
	struct system system;

	system_load(session->store, &system);
	if (!name || !strcmp(name, system.name))
		return 0;
	return -session_error(session, "HSCL8018", "The managed system %s was not found.", name);
}

bool lpar_load(struct store *store, u32 id, struct lpar *lpar)
{
	struct lpars lpars = {.next = lpar};

	return store_ask(store, lpar_take, &lpars, COLUMNS " WHERE lpar_id = ?", "i", (s64)id) > 0;
}

bool lpar_load_name(struct store *store, const char *name, struct lpar *lpar)
{
	struct lpars lpars = {.next = lpar};

	return store_ask(store, lpar_take, &lpars, COLUMNS " WHERE name = ?", "s", name) > 0;
}

u32 lpars_load(struct store *store, struct lpar *lpars)
{
	struct lpars taken = {.next = lpars};

	store_ask(store, lpar_take, &taken, COLUMNS " ORDER BY lpar_id", "");
	return taken.count;
}

bool number_read(const char *text, u32 min, u32 max, u32 *number)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || n < min || n > max)
		return false;
	*number = (u32)n;
	return true;
}

int lpar_find(struct session *session, const struct options *options, const char *name_option,
	      struct lpar *lpar)
{
	const char *name = options_value(options, name_option);
	const char *id = options_value(options, "id");
	u32 number;

	if (!name == !id)
		return -session_error(
			session, "HSCL8003",
			"Either -%s with a partition's name or --id with its ID is needed.",
			name_option);
	if (name)
		return lpar_load_name(session->store, name, lpar)
			       ? 0
			       : -session_error(session, "HSCL8012",
						"The partition named %s was not found.", name);
	if (!number_read(id, PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX, &number))
		return -session_error(session, "HSCL8011",
				      "%s is not a partition ID: it must be from %d to %d.", id,
				      PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX);
	return lpar_load(session->store, number, lpar)
		       ? 0
		       : -session_error(session, "HSCL8011",
					"The partition with ID %u was not found.", number);
}
