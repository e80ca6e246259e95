// SPDX-License-Identifier: Apache-2.0
// The virtual adapters in profiles.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/adapters.h"
#include "tools/hmcd/lpar.h"

void lpar_names_load(struct lpar_names *names, struct store *store)
{
	struct lpar lpars[PLAN_LPAR_ID_MAX];
	u32 count = lpars_load(store, lpars);

	memset(names, 0, sizeof(*names));
	for (u32 i = 0; i < count; i++)
		strcpy(names->name[lpars[i].id], lpars[i].name);
}

const char *lpar_names_peer(const struct lpar_names *names, const struct plan_adapter *adapter)
{
	u32 id = adapter->peer.lpar_id;

	return adapter->kind != PLAN_ADAPTER_ETH && id <= PLAN_LPAR_ID_MAX ? names->name[id] : "";
}

/* Slots up to the last there can be: the profile itself may be about to be judged. */
static u32 slots_of(const struct profile *profile)
{
	const char *text = profile_get(profile, "max_virtual_slots");
	u32 slots;

	return text && number_read(text, PLAN_VIRTUAL_SLOTS_MIN, PLAN_VIRTUAL_SLOTS_MAX, &slots)
		       ? slots
		       : PLAN_VIRTUAL_SLOTS_MAX;
}

static const char *list_text(const struct profile *profile, enum adapter_list list)
{
	const char *text = profile_get(profile, adapter_list_name(list));

	return text ? text : "";
}

u32 adapters_load(const struct profile *profile,
		  struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX])
{
	struct config_lpar lpar = {.max_virtual_slots = slots_of(profile)};

	for (enum adapter_list list = 0; list < ADAPTER_LISTS; list++)
		lpar.adapters[list] = list_text(profile, list);
	return adapters_read(&lpar, adapters);
}

enum adapter_list adapter_list_find(const char *name)
{
	enum adapter_list list = 0;

	while (list < ADAPTER_LISTS && strcmp(name, adapter_list_name(list)))
		list++;
	return list;
}

char *adapters_text(const struct profile *profile, enum adapter_list list,
		    const struct lpar_names *names)
{
	struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX];
	const char *name[PLAN_VIRTUAL_SLOTS_MAX];
	u32 count = adapters_load(profile, adapters);

	for (u32 i = 0; i < count; i++)
		name[i] = lpar_names_peer(names, &adapters[i]);
	return adapter_list_print(list, adapters, name, count);
}

/* Writes @element into the list in @file, in quotes if it has to. */
static void element_write(FILE *file, const char *element)
{
	const char *quote = strchr(element, ',') ? "\"" : "";

	fprintf(file, "%s%s%s%s", ftell(file) ? "," : "", quote, element, quote);
}

/* Is the first field of the two, the slot, the same? */
static bool slot_is_same(const char *one, const char *other)
{
	size_t length = strcspn(one, "/");

	return length == strcspn(other, "/") && !strncmp(one, other, length);
}

/* Is there an adapter in the list @text in the same slot as @element? */
static bool slot_is_in(const char *text, const char *element)
{
	char other[ADAPTER_TEXT_SIZE];

	while (text && !adapter_list_is_empty(text)) {
		text = adapter_list_next(text, other);
		if (slot_is_same(other, element))
			return true;
	}
	return false;
}

static int list_shorten(struct session *session, struct profile *profile, enum adapter_list list,
			const char *old, const char *value)
{
	const char *name = adapter_list_name(list);
	char element[ADAPTER_TEXT_SIZE];
	size_t length;
	char *text;
	FILE *file;

	for (const char *next = value; next;) {
		next = adapter_list_next(next, element);
		if (!*element || !slot_is_in(old, element))
			return -session_error(session, "HSCL8014",
					      "%s: there is no adapter in the slot of \"%.60s\".",
					      name, element);
	}
	file = open_memstream(&text, &length);
	if (!file)
		abort();
	for (const char *next = old; next && !adapter_list_is_empty(next);) {
		next = adapter_list_next(next, element);
		if (!slot_is_in(value, element))
			element_write(file, element);
	}
	fclose(file);
	profile_set(profile, name, *text ? text : NULL);
	free(text);
	return 0;
}

int adapters_change(struct session *session, struct profile *profile, enum adapter_list list,
		    bool more, const char *value)
{
	const char *old = list_text(profile, list);
	char *text;

	if (adapter_list_is_empty(value))
		return 0;
	if (!more)
		return list_shorten(session, profile, list, old, value);
	if (adapter_list_is_empty(old))
		old = "";
	if (asprintf(&text, "%s%s%s", old, *old ? "," : "", value) < 0)
		abort();
	profile_set(profile, adapter_list_name(list), text);
	free(text);
	return 0;
}

static int list_names_check(struct session *session, const struct profile *profile,
			    enum adapter_list list)
{
	char element[ADAPTER_TEXT_SIZE], why[ADAPTER_TEXT_SIZE], name[PLAN_NAME_MAX + 1];
	const char *next = list_text(profile, list);
	struct plan_adapter adapter;
	struct lpar lpar;

	while (next && !adapter_list_is_empty(next)) {
		next = adapter_list_next(next, element);
		if (!adapter_parse(list, element, slots_of(profile), &adapter, name, why) || !*name)
			continue;
		if (adapter.peer.lpar_id == PLAN_PEER_ANY)
			return -session_error(session, "HSCL8014",
					      "%s: \"%.60s\": any partition has no name.",
					      adapter_list_name(list), element);
		if (lpar_load(session->store, adapter.peer.lpar_id, &lpar) &&
		    strcmp(lpar.name, name))
			return -session_error(
				session, "HSCL8014",
				"%s: \"%.60s\": the name of the partition with ID %u is %s.",
				adapter_list_name(list), element, lpar.id, lpar.name);
	}
	return 0;
}

int adapters_names_check(struct session *session, const struct profile *profile)
{
	for (enum adapter_list list = 0; list < ADAPTER_LISTS; list++)
		if (list_names_check(session, profile, list))
			return -1;
	return 0;
}
