// SPDX-License-Identifier: Apache-2.0
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "adapter.h"
#include "attribute.h"

#define FIELDS_MAX 10

/* The two slots in which an HMC has serial adapters of its own. */
#define STANDARD_SLOTS "0/server/1/any//any/1, 1/server/1/any//any/1"

const char *adapter_list_name(enum adapter_list list)
{
	static const char *const names[ADAPTER_LISTS] = {
		"virtual_serial_adapters", "virtual_scsi_adapters", "virtual_eth_adapters"};

	return names[list];
}

const char *adapter_list_syntax(enum adapter_list list)
{
	static const char *const syntax[ADAPTER_LISTS] = {
		"slot/client or server/[supports-hmc]/remote-lpar-id or any/[remote-lpar-name]/"
		"remote-slot or any/is-required",
		"slot/client or server/remote-lpar-id or any/[remote-lpar-name]/remote-slot or any/"
		"is-required",
		"slot/is-ieee/port-vlan-id/[additional-vlan-ids]/[trunk-priority]/is-required"
		"[/[virtual-switch][/[mac-address]]]; with additional-vlan-ids in double quotes",
	};

	return syntax[list];
}

bool adapter_list_is_empty(const char *text)
{
	return text[0] == '\0' || strcmp(text, "none") == 0;
}

const char *adapter_list_next(const char *text, char element[ADAPTER_TEXT_SIZE])
{
	size_t length = 0;
	bool quoted = false;

	for (; *text != '\0' && (quoted || *text != ','); text++) {
		if (*text == '"' && quoted && text[1] == '"')
			text++;
		else if (*text == '"') {
			quoted = !quoted;
			continue;
		}
		if (length < ADAPTER_TEXT_SIZE)
			element[length++] = *text;
	}
	element[length < ADAPTER_TEXT_SIZE && !quoted ? length : 0] = '\0';
	return *text == ',' ? text + 1 : NULL;
}

/* --- one element --- */

struct fields {
	const char *field[FIELDS_MAX]; /* those that are missing at the end: "" */
	u32 count;
	u32 max_slots;
	char *why;
};

static bool __printf(2, 3) refuse(const struct fields *fields, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fields->why, ADAPTER_TEXT_SIZE, format, args);
	va_end(args);
	return false;
}

/* TEXT is cut at its slashes. Returns false if there are more fields than there may be. */
static bool fields_cut(struct fields *fields, char *text)
{
	for (u32 i = 0; i < FIELDS_MAX; i++)
		fields->field[i] = "";
	for (char *next = text; next != NULL; fields->count++) {
		if (fields->count == FIELDS_MAX)
			return false;
		fields->field[fields->count] = strsep(&next, "/");
	}
	return true;
}

static bool number_get(const struct fields *fields, u32 index, const char *what, u32 min, u32 max,
		       u32 *number)
{
	const char *field = fields->field[index];

	return number_parse(field, min, max, number) ||
	       refuse(fields, "%s \"%.40s\" is not allowed (%u to %u)", what, field, min, max);
}

static bool flag_get(const struct fields *fields, u32 index, const char *what, bool *flag)
{
	u32 number;

	if (!number_get(fields, index, what, 0, 1, &number))
		return false;
	*flag = number != 0;
	return true;
}

static bool slot_get(const struct fields *fields, u32 first, struct plan_adapter *adapter)
{
	if (number_parse(fields->field[0], first, fields->max_slots - 1, &adapter->slot))
		return true;
	if (first == fields->max_slots)
		return refuse(fields,
			      "slot \"%.40s\" is not allowed (max_virtual_slots=%u is for "
			      "none but the console)",
			      fields->field[0], fields->max_slots);
	return refuse(fields, "slot \"%.40s\" is not allowed (%u to %u with max_virtual_slots=%u)",
		      fields->field[0], first, fields->max_slots - 1, fields->max_slots);
}

static int vlan_compare(const void *left, const void *right)
{
	return (int)*(const u16 *)left - (int)*(const u16 *)right;
}

static bool vlans_get(const struct fields *fields, struct plan_eth *eth)
{
	char text[ADAPTER_TEXT_SIZE], *next = text, *word;
	u32 vlan;

	strcpy(text, fields->field[3]);
	if (text[0] == '\0')
		return true;
	if (!eth->ieee)
		return refuse(fields,
			      "additional-vlan-ids \"%.40s\" are not allowed (is-ieee must "
			      "be 1 for them)",
			      text);
	while ((word = strsep(&next, ",")) != NULL) {
		if (eth->nr_vlans == PLAN_VLANS_MAX)
			return refuse(fields, "too many additional-vlan-ids (at most %d)",
				      PLAN_VLANS_MAX);
		if (!number_parse(word, PLAN_VLAN_MIN, PLAN_VLAN_MAX, &vlan))
			return refuse(fields,
				      "additional-vlan-id \"%.40s\" is not allowed (%d to %d)",
				      word, PLAN_VLAN_MIN, PLAN_VLAN_MAX);
		eth->vlan[eth->nr_vlans++] = (u16)vlan;
	}
	qsort(eth->vlan, eth->nr_vlans, sizeof(eth->vlan[0]), vlan_compare);
	for (u32 i = 0; i < eth->nr_vlans; i++)
		if (eth->vlan[i] == eth->port_vlan_id || (i && eth->vlan[i] == eth->vlan[i - 1]))
			return refuse(fields,
				      "VLAN %u is given more than once (each once, the "
				      "port-vlan-id included)",
				      eth->vlan[i]);
	return true;
}

/* Twelve hexadecimal digits, with or without colons. */
static bool mac_parse(const char *text, u8 mac[PLAN_MAC_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	bool colons = strchr(text, ':') != NULL;

	for (u32 i = 0; i < 2 * PLAN_MAC_SIZE; i++, text++) {
		const char *digit;

		if (colons && i > 0 && i % 2 == 0 && *text++ != ':')
			return false;
		digit = *text == '\0' ? NULL : strchr(digits, *text | ' ');
		if (digit == NULL)
			return false;
		mac[i / 2] = (u8)(mac[i / 2] << 4 | (digit - digits));
	}
	return *text == '\0' && plan_mac_valid(mac);
}

/* What an HMC can say of MAC addresses and priorities beyond this, and its only value here. */
static bool rest_check(const struct fields *fields)
{
	if (fields->field[8][0] != '\0' && strcmp(fields->field[8], "all") != 0)
		return refuse(fields, "allowed-os-mac-addresses \"%.40s\" is not allowed (all)",
			      fields->field[8]);
	if (fields->field[9][0] != '\0' && strcmp(fields->field[9], "none") != 0)
		return refuse(fields, "qos-priority \"%.40s\" is not allowed (none)",
			      fields->field[9]);
	return true;
}

static bool eth_parse(const struct fields *fields, struct plan_adapter *adapter)
{
	struct plan_eth *eth = &adapter->eth;
	const char *vswitch = fields->field[6], *mac = fields->field[7];

	if (fields->count < 6)
		return refuse(fields, "%u fields (%s)", fields->count,
			      adapter_list_syntax(ADAPTER_LIST_ETH));
	adapter->kind = PLAN_ADAPTER_ETH;
	if (!slot_get(fields, PLAN_SLOT_MIN, adapter) ||
	    !flag_get(fields, 1, "is-ieee", &eth->ieee) ||
	    !number_get(fields, 2, "port-vlan-id", PLAN_VLAN_MIN, PLAN_VLAN_MAX,
			&eth->port_vlan_id) ||
	    !vlans_get(fields, eth) ||
	    (fields->field[4][0] != '\0' &&
	     !number_get(fields, 4, "trunk-priority", 0, PLAN_TRUNK_PRIORITY_MAX,
			 &eth->trunk_priority)) ||
	    !flag_get(fields, 5, "is-required", &adapter->required))
		return false;
	if (vswitch[0] == '\0' || strcmp(vswitch, PLAN_VSWITCH_DEFAULT "(Default)") == 0)
		vswitch = PLAN_VSWITCH_DEFAULT;
	if (!plan_name_valid(vswitch))
		return refuse(fields,
			      "virtual-switch \"%.40s\" is not allowed (%d to %d printable "
			      "characters, none of %s)",
			      vswitch, PLAN_NAME_MIN, PLAN_VSWITCH_NAME_MAX, PLAN_NAME_REFUSED);
	strcpy(eth->vswitch, vswitch);
	if (mac[0] != '\0' && !mac_parse(mac, eth->mac))
		return refuse(fields,
			      "mac-address \"%.40s\" is not allowed (12 hexadecimal "
			      "digits, not that of a group, not 0)",
			      mac);
	return rest_check(fields);
}

/* The fields from INDEX on: remote-lpar-id, remote-lpar-name, remote-slot. */
static bool peer_parse(const struct fields *fields, u32 index, bool server, struct plan_peer *peer,
		       char *name)
{
	const char *lpar = fields->field[index], *slot = fields->field[index + 2];
	const char *or_any = server ? ", or any" : "; a client has one server";

	peer->lpar_id = peer->slot = PLAN_PEER_ANY;
	if (!(server && strcmp(lpar, "any") == 0) &&
	    !number_parse(lpar, PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX, &peer->lpar_id))
		return refuse(fields, "remote-lpar-id \"%.40s\" is not allowed (%d to %d%s)", lpar,
			      PLAN_LPAR_ID_MIN, PLAN_LPAR_ID_MAX, or_any);
	if (fields->field[index + 1][0] != '\0' && !plan_name_valid(fields->field[index + 1]))
		return refuse(fields,
			      "remote-lpar-name \"%.40s\" is not allowed (a partition's "
			      "name, or empty)",
			      fields->field[index + 1]);
	strcpy(name, fields->field[index + 1]);
	if (!(server && strcmp(slot, "any") == 0) &&
	    !number_parse(slot, 0, PLAN_VIRTUAL_SLOTS_MAX - 1, &peer->slot))
		return refuse(fields, "remote-slot \"%.40s\" is not allowed (0 to %d%s)", slot,
			      PLAN_VIRTUAL_SLOTS_MAX - 1, or_any);
	return true;
}

static bool role_parse(const struct fields *fields, bool *server)
{
	*server = strcmp(fields->field[1], "server") == 0;
	return *server || strcmp(fields->field[1], "client") == 0 ||
	       refuse(fields, "\"%.40s\" is not allowed (client or server)", fields->field[1]);
}

static bool serial_parse(const struct fields *fields, struct plan_adapter *adapter, char *name)
{
	bool server;

	if (fields->count != 7)
		return refuse(fields, "%u fields (%s)", fields->count,
			      adapter_list_syntax(ADAPTER_LIST_SERIAL));
	if (!slot_get(fields, 0, adapter) || !role_parse(fields, &server) ||
	    (fields->field[2][0] != '\0' &&
	     !flag_get(fields, 2, "supports-hmc", &adapter->supports_hmc)) ||
	    !peer_parse(fields, 3, server, &adapter->peer, name) ||
	    !flag_get(fields, 6, "is-required", &adapter->required))
		return false;
	adapter->kind = server ? PLAN_ADAPTER_SERIAL_SERVER : PLAN_ADAPTER_SERIAL_CLIENT;
	if (server && adapter->peer.slot != PLAN_SLOT_CONSOLE &&
	    adapter->peer.slot != PLAN_PEER_ANY)
		return refuse(fields,
			      "remote-slot %u is not allowed (%d, the other partition's "
			      "console, or any)",
			      adapter->peer.slot, PLAN_SLOT_CONSOLE);
	return adapter->slot >= PLAN_SLOT_MIN || adapter_is_standard(adapter) ||
	       refuse(fields, "slot %u is the console's (%d to %u, or " STANDARD_SLOTS ")",
		      adapter->slot, PLAN_SLOT_MIN, fields->max_slots - 1);
}

static bool scsi_parse(const struct fields *fields, struct plan_adapter *adapter, char *name)
{
	bool server;

	if (fields->count != 6)
		return refuse(fields, "%u fields (%s)", fields->count,
			      adapter_list_syntax(ADAPTER_LIST_SCSI));
	if (!slot_get(fields, PLAN_SLOT_MIN, adapter) || !role_parse(fields, &server) ||
	    !peer_parse(fields, 2, server, &adapter->peer, name) ||
	    !flag_get(fields, 5, "is-required", &adapter->required))
		return false;
	adapter->kind = server ? PLAN_ADAPTER_SCSI_SERVER : PLAN_ADAPTER_SCSI_CLIENT;
	return true;
}

bool adapter_is_standard(const struct plan_adapter *adapter)
{
	return adapter->slot < PLAN_SLOT_MIN && adapter->kind == PLAN_ADAPTER_SERIAL_SERVER &&
	       adapter->supports_hmc && adapter->required &&
	       adapter->peer.lpar_id == PLAN_PEER_ANY && adapter->peer.slot == PLAN_PEER_ANY;
}

bool adapter_parse(enum adapter_list list, const char *element, u32 max_slots,
		   struct plan_adapter *adapter, char *name, char *why)
{
	struct fields fields = {.max_slots = max_slots, .why = why};
	char text[ADAPTER_TEXT_SIZE];

	*adapter = (struct plan_adapter){0};
	name[0] = '\0';
	strcpy(text, element);
	if (!fields_cut(&fields, text) || element[0] == '\0')
		return refuse(&fields, "not an adapter (%s)", adapter_list_syntax(list));
	if (list == ADAPTER_LIST_ETH)
		return eth_parse(&fields, adapter);
	return list == ADAPTER_LIST_SERIAL ? serial_parse(&fields, adapter, name)
					   : scsi_parse(&fields, adapter, name);
}

/* --- all of a partition --- */

static void list_check(const struct config_lpar *lpar, enum adapter_list list,
		       enum adapter_list *taken, struct problems *problems)
{
	char element[ADAPTER_TEXT_SIZE], why[ADAPTER_TEXT_SIZE], name[PLAN_NAME_MAX + 1];
	const char *attribute = adapter_list_name(list), *next = lpar->adapters[list];
	struct plan_adapter adapter;

	while (next != NULL) {
		next = adapter_list_next(next, element);
		if (!adapter_parse(list, element, lpar->max_virtual_slots, &adapter, name, why))
			problem_add(problems, lpar->line, attribute, "\"%.60s\": %s", element, why);
		else if (taken[adapter.slot] != ADAPTER_LISTS)
			problem_add(problems, lpar->line, attribute,
				    "\"%.60s\": there is another adapter of %s in slot %u (each in "
				    "a slot of its own)",
				    element, adapter_list_name(taken[adapter.slot]), adapter.slot);
		else if (lpar->id != 0 && plan_adapter_is_serial(adapter.kind) &&
			 adapter.peer.lpar_id == lpar->id)
			problem_add(problems, lpar->line, attribute,
				    "\"%.60s\": the other end is this partition (another one, or "
				    "any)",
				    element);
		else
			taken[adapter.slot] = list;
	}
}

void adapters_complete(struct config_lpar *lpar, struct problems *problems)
{
	enum adapter_list taken[PLAN_VIRTUAL_SLOTS_MAX];
	enum adapter_list list;

	for (u32 slot = 0; slot < PLAN_VIRTUAL_SLOTS_MAX; slot++)
		taken[slot] = ADAPTER_LISTS;
	for (list = 0; list < ADAPTER_LISTS && lpar->max_virtual_slots != CONFIG_UNSET; list++)
		if (!adapter_list_is_empty(lpar->adapters[list]))
			list_check(lpar, list, taken, problems);
}

static const char *lpar_name(const struct config *config, u32 id)
{
	for (size_t i = 0; i < config->lpar_count; i++)
		if (config->lpars[i].id == id)
			return config->lpars[i].name;
	return NULL;
}

void adapters_check_names(const struct config *config, const struct config_lpar *lpar,
			  struct problems *problems)
{
	char element[ADAPTER_TEXT_SIZE], why[ADAPTER_TEXT_SIZE], name[PLAN_NAME_MAX + 1];
	struct plan_adapter adapter;

	for (enum adapter_list list = 0; list < ADAPTER_LISTS; list++) {
		const char *next = lpar->adapters[list], *other;

		while (next != NULL && !adapter_list_is_empty(next)) {
			next = adapter_list_next(next, element);
			adapter_parse(list, element, lpar->max_virtual_slots, &adapter, name, why);
			other = lpar_name(config, adapter.peer.lpar_id);
			if (name[0] != '\0' && other != NULL && strcmp(name, other) != 0)
				problem_add(problems, lpar->line, adapter_list_name(list),
					    "\"%.60s\": the partition with ID %u has another name "
					    "(%s, or empty)",
					    element, adapter.peer.lpar_id, other);
		}
	}
}

static int slot_compare(const void *left, const void *right)
{
	const struct plan_adapter *a = left, *b = right;

	return (int)a->slot - (int)b->slot;
}

u32 adapters_read(const struct config_lpar *lpar,
		  struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX])
{
	char element[ADAPTER_TEXT_SIZE], why[ADAPTER_TEXT_SIZE], name[PLAN_NAME_MAX + 1];
	u32 count = 0;

	for (enum adapter_list list = 0; list < ADAPTER_LISTS; list++) {
		const char *next = lpar->adapters[list];

		if (adapter_list_is_empty(next))
			continue;
		while (next != NULL && count < PLAN_VIRTUAL_SLOTS_MAX) {
			next = adapter_list_next(next, element);
			count += adapter_parse(list, element, lpar->max_virtual_slots,
					       &adapters[count], name, why) &&
				 !adapter_is_standard(&adapters[count]);
		}
	}
	qsort(adapters, count, sizeof(adapters[0]), slot_compare);
	return count;
}

/* --- writing --- */

static void eth_print(FILE *file, const struct plan_eth *eth, bool required)
{
	fprintf(file, "/%d/%u/", eth->ieee, eth->port_vlan_id);
	for (u32 i = 0; i < eth->nr_vlans; i++)
		fprintf(file, "%s%u", i == 0 ? "" : ",", eth->vlan[i]);
	fprintf(file, "/%u/%d/%s/", eth->trunk_priority, required, eth->vswitch);
	for (u32 i = 0; i < PLAN_MAC_SIZE && plan_mac_valid(eth->mac); i++)
		fprintf(file, "%02X", eth->mac[i]);
	fprintf(file, "/all/none");
}

static void peer_print(FILE *file, const struct plan_peer *peer, const char *name)
{
	if (peer->lpar_id == PLAN_PEER_ANY)
		fprintf(file, "/any/%s/", name);
	else
		fprintf(file, "/%u/%s/", peer->lpar_id, name);
	if (peer->slot == PLAN_PEER_ANY)
		fprintf(file, "any");
	else
		fprintf(file, "%u", peer->slot);
}

void adapter_print(FILE *file, const struct plan_adapter *adapter, const char *name)
{
	bool server = adapter->kind == PLAN_ADAPTER_SERIAL_SERVER ||
		      adapter->kind == PLAN_ADAPTER_SCSI_SERVER;

	fprintf(file, "%u", adapter->slot);
	if (adapter->kind == PLAN_ADAPTER_ETH) {
		eth_print(file, &adapter->eth, adapter->required);
		return;
	}
	fprintf(file, "/%s", server ? "server" : "client");
	if (plan_adapter_is_serial(adapter->kind))
		fprintf(file, "/%d", adapter->supports_hmc);
	peer_print(file, &adapter->peer, name);
	fprintf(file, "/%d", adapter->required);
}

/* In which list is it? */
static enum adapter_list list_of(const struct plan_adapter *adapter)
{
	if (adapter->kind == PLAN_ADAPTER_ETH)
		return ADAPTER_LIST_ETH;
	return plan_adapter_is_serial(adapter->kind) ? ADAPTER_LIST_SERIAL : ADAPTER_LIST_SCSI;
}

char *adapter_list_print(enum adapter_list list, const struct plan_adapter *adapters,
			 const char *const *names, u32 count)
{
	static const char console[] = "0/server/1/any//any/1";
	u32 written = list == ADAPTER_LIST_SERIAL;
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);

	if (file == NULL)
		err(EXIT_FAILURE, "list of adapters");
	if (list == ADAPTER_LIST_SERIAL)
		fputs(console, file);
	for (u32 i = 0; i < count; i++) {
		const char *quote = adapters[i].eth.nr_vlans > 1 ? "\"" : "";

		if (list_of(&adapters[i]) != list)
			continue;
		fprintf(file, "%s%s", written++ ? "," : "", quote);
		adapter_print(file, &adapters[i], names == NULL ? "" : names[i]);
		fputs(quote, file);
	}
	if (written == 0)
		fputs("none", file);
	if (fclose(file) != 0)
		err(EXIT_FAILURE, "list of adapters");
	return text;
}

/* A hash of the name, which tells systems apart, by the method of Fowler, Noll and Vo. */
void adapter_mac(const char *system_name, u32 lpar_id, u32 slot, u8 mac[PLAN_MAC_SIZE])
{
	u32 hash = 2166136261U;

	for (; *system_name != '\0'; system_name++)
		hash = (hash ^ (u8)*system_name) * 16777619U;
	mac[0] = 0x02; /* administered locally */
	mac[1] = (u8)(hash >> 16);
	mac[2] = (u8)(hash >> 8);
	mac[3] = (u8)(hash ^ hash >> 24);
	mac[4] = (u8)lpar_id;
	mac[5] = (u8)slot;
}
