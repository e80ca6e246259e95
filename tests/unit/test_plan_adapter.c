// SPDX-License-Identifier: Apache-2.0
// SOURCES: tools/openlpar-plan/attribute.c tools/openlpar-plan/config.c
// SOURCES: tools/openlpar-plan/problem.c tools/openlpar-plan/procs.c tools/openlpar-plan/record.c
// SOURCES: tools/openlpar-plan/adapter.c tools/openlpar-plan/blob.c tools/openlpar-plan/file.c
// SOURCES: partition/plan.c partition/plan_adapter.c partition/plan_property.c
// Virtual adapters in plans: what people may write, and what the hypervisor reads of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#include "partition/plan.h"
#include "tests/unit/plan_text.h"
#include "tools/openlpar-plan/adapter.h"
#include "tools/openlpar-plan/attribute.h"
#include "tools/openlpar-plan/blob.h"

#define ETH    "virtual_eth_adapters"
#define SCSI   "virtual_scsi_adapters"
#define SERIAL "virtual_serial_adapters"

/* What is wrong with a partition that has these attributes too, and is number 7. */
static char *problems_of(const char *attributes)
{
	struct problems problems = {0};
	struct config config;
	char *text;

	assert_true(asprintf(&text, IMAGE LPAR ",lpar_id=7,%s\n", attributes) > 0);
	config_parse(&config, text, strlen(text), &problems);
	free(text);
	return problems_text(&problems);
}

/* The one problem says this; NULL: there is none. */
static void expect(const char *attributes, const char *message)
{
	char *problems = problems_of(attributes);

	if (message == NULL
		    ? problems[0] != '\0'
		    : strstr(problems, message) == NULL || strchr(problems, '\n')[1] != '\0')
		fail_msg("%s\nproblems:\n%s\nexpected: %s", attributes, problems,
			 message == NULL ? "none" : message);
	free(problems);
}

static void what_is_right(void **state __unused)
{
	expect("max_virtual_slots=2", NULL);
	expect("max_virtual_slots=256," ETH "=255/0/4094//0/0", NULL);
	expect(ETH "=none," SCSI "=none," SERIAL "=none", NULL);
	expect(ETH "=2/0/1//0/0", NULL);
	expect(ETH "=2/0/1///1", NULL);
	expect(ETH "=2/1/1//15/1/ETHERNET0(Default)//all/none", NULL);
	expect(ETH "=\"\"\"2/1/1/2,3,4/1/1/Some Switch/02:aa:BB:00:00:01/all/none\"\",3/0/9//0/0\"",
	       NULL);
	expect("\"" ETH "=\"\"2/1/1/20,10/1/1\"\",9/0/9//0/0\"", NULL);
	expect(ETH "=\"\"\"2/1/1/2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21/0/0\"\"\"",
	       NULL);
	expect(SCSI "=\"2/client/1/a/3/1,3/server/any//any/0,4/server/9/vios/2/0\"", NULL);
	expect(SERIAL "=\"0/server/1/any//any/1,1/server/1/any//any/1,5/server//any//any/0\"",
	       NULL);
	expect(SERIAL "=\"5/server/0/8/b/0/0,6/client/1/2//4/1\"", NULL);
	/* The other end may be oneself here. */
	expect(SCSI "=\"2/client/7/a/3/1,3/server/7/a/2/0\"", NULL);
}

static void numbers_of_slots(void **state __unused)
{
	expect("max_virtual_slots=1", "max_virtual_slots: \"1\" is not allowed (2 to 256)");
	expect("max_virtual_slots=257", "(2 to 256)");
	/* Whether adapters fit is not known then. */
	expect("max_virtual_slots=x," ETH "=300/0/1//0/0", "(2 to 256)");
	expect(ETH "=10/0/1//0/0", ETH ": \"10/0/1//0/0\": slot \"10\" is not allowed (2 to 9 with "
				       "max_virtual_slots=10)");
	expect(ETH "=1/0/1//0/0", "slot \"1\" is not allowed (2 to 9");
	expect(SCSI "=-2/server/any//any/0", "slot \"-2\" is not allowed (2 to 9");
	expect("max_virtual_slots=2," ETH "=2/0/1//0/0",
	       "slot \"2\" is not allowed (max_virtual_slots=2 is for none but the console)");
	expect(ETH "=\"2/0/1//0/0,2/0/2//0/0\"",
	       ETH ": \"2/0/2//0/0\": there is another adapter of " ETH
		   " in slot 2 (each in a slot of its own)");
	expect(ETH "=3/0/1//0/0," SERIAL "=3/server/0/any//any/0",
	       ETH ": \"3/0/1//0/0\": there is another adapter of " SERIAL " in slot 3");
}

static void ethernet_fields(void **state __unused)
{
	expect(ETH "=2", ETH ": \"2\": 1 fields (slot/is-ieee/port-vlan-id/");
	expect(ETH "=2/0/1//0", "5 fields (slot/is-ieee");
	expect(ETH "=2/0/1//0/0/s/020000000001/all/none/x", "not an adapter (slot/is-ieee/");
	expect(ETH "=\"2/0/1//0/0,\"", "\"\": not an adapter");
	expect(ETH "=2/2/1//0/0", "is-ieee \"2\" is not allowed (0 to 1)");
	expect(ETH "=2/0/0//0/0", "port-vlan-id \"0\" is not allowed (1 to 4094)");
	expect(ETH "=2/0/4095//0/0", "port-vlan-id \"4095\" is not allowed (1 to 4094)");
	expect(ETH "=2/0/1//16/0", "trunk-priority \"16\" is not allowed (0 to 15)");
	expect(ETH "=2/0/1//0/", "is-required \"\" is not allowed (0 to 1)");
	expect(ETH "=2/0/1/5/0/0", "additional-vlan-ids \"5\" are not allowed (is-ieee must be 1");
	expect(ETH "=2/1/1/4095/0/0", "additional-vlan-id \"4095\" is not allowed (1 to 4094)");
	expect(ETH "=\"\"\"2/1/1/2,,3/0/0\"\"\"", "additional-vlan-id \"\" is not allowed");
	expect(ETH "=\"\"\"2/1/5/4,5/0/0\"\"\"", "VLAN 5 is given more than once");
	expect(ETH "=\"\"\"2/1/5/4,3,4/0/0\"\"\"", "VLAN 4 is given more than once");
	expect(ETH "=\"\"\"2/1/1/2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22/0/0\"\"\"",
	       "too many additional-vlan-ids (at most 20)");
	expect(ETH "=2/0/1//0/0/a*b", "virtual-switch \"a*b\" is not allowed (1 to 31 printable");
	expect(ETH "=2/0/1//0/0/12345678901234567890123456789012", "virtual-switch");
	for (u32 i = 0; i < 7; i++) {
		static const char *const mac[] = {"0",
						  "02000000000",
						  "0200000000011",
						  "02000000000g",
						  "03000000000a",
						  "000000000000",
						  "02:00:00:00:01"};
		char text[80];

		snprintf(text, sizeof(text), ETH "=2/0/1//0/0//%s", mac[i]);
		expect(text, "mac-address");
	}
	expect(ETH "=2/0/1//0/0///some", "allowed-os-mac-addresses \"some\" is not allowed (all)");
	expect(ETH "=2/0/1//0/0///all/7", "qos-priority \"7\" is not allowed (none)");
}

static void serial_fields(void **state __unused)
{
	expect(SERIAL "=5/server/0/any//any", SERIAL ": \"5/server/0/any//any\": 6 fields (slot/");
	expect(SERIAL "=5/host/0/any//any/0", "\"host\" is not allowed (client or server)");
	expect(SERIAL "=5/server/2/any//any/0", "supports-hmc \"2\" is not allowed (0 to 1)");
	expect(SERIAL "=5/server/0/255//any/0",
	       "remote-lpar-id \"255\" is not allowed (1 to 254, or any)");
	expect(SERIAL "=5/server/0///any/0", "remote-lpar-id \"\" is not allowed");
	expect(SERIAL "=5/server/0/any/a?b/any/0", "remote-lpar-name \"a?b\" is not allowed");
	expect(SERIAL "=5/server/0/any//256/0",
	       "remote-slot \"256\" is not allowed (0 to 255, or any)");
	expect(SERIAL "=5/server/0/any//3/0", "remote-slot 3 is not allowed (0, the other "
					      "partition's console, or any)");
	expect(SERIAL "=5/client/0/any//3/0",
	       "remote-lpar-id \"any\" is not allowed (1 to 254; a client has one server)");
	expect(SERIAL "=5/client/0/2//any/0", "remote-slot \"any\" is not allowed (0 to 255; a");
	expect(SERIAL "=5/server/0/7//0/0", "the other end is this partition");
	expect(SERIAL "=0/server/0/any//any/1",
	       "slot 0 is the console's (2 to 9, or 0/server/1/any//any/1, 1/server/1/any//any/1)");
	expect(SERIAL "=1/client/1/2//3/1", "slot 1 is the console's");
}

static void scsi_fields(void **state __unused)
{
	expect(SCSI "=2/client/1//3", SCSI ": \"2/client/1//3\": 5 fields (slot/client or server/");
	expect(SCSI "=2/client/any//3/1", "remote-lpar-id \"any\" is not allowed");
	expect(SCSI "=2/client/1//any/1", "remote-slot \"any\" is not allowed");
	expect(SCSI "=2/server/0//3/1", "remote-lpar-id \"0\" is not allowed");
	expect(SCSI "=2/client/1//3/yes", "is-required \"yes\" is not allowed (0 to 1)");
}

static void names_of_the_other_end(void **state __unused)
{
	expect(SCSI "=2/client/7/b/3/1\nlpar name=b,desired_mem=64,desired_procs=1,boot_image=i",
	       SCSI ": \"2/client/7/b/3/1\": the partition with ID 7 has another name (a, or "
		    "empty)");
	/* IDs that nobody was given explicitly. */
	expect(SCSI "=2/client/1/b/3/1\nlpar name=b,desired_mem=64,desired_procs=1,boot_image=i",
	       NULL);
	expect(SCSI "=2/client/1/c/3/1\nlpar name=b,desired_mem=64,desired_procs=1,boot_image=i",
	       "the partition with ID 1 has another name (b, or empty)");
	expect(SCSI "=2/client/3/later/3/1", NULL);
}

static void long_and_odd_text(void **state __unused)
{
	char text[3000];

	for (size_t length = 500; length < 530; length++) {
		size_t used = (size_t)snprintf(text, sizeof(text), ETH "=\"2/0/1//0/0/");

		memset(text + used, 'x', length);
		strcpy(text + used + length, "\"");
		free(problems_of(text));
	}
	free(problems_of(ETH "=\"\"\"2/0/1//0/0\""));
	free(problems_of(ETH "=\"\"\"\"\"\"\"\""));
	expect(ETH "=///////////////////////", "not an adapter");
	expect(ETH "=,", "record");
}

/* --- what the hypervisor reads --- */

static void *compile(char *text, const char *folder, size_t *size)
{
	struct problems problems = {0};
	struct config config;
	struct files files;
	char path[64];
	void *blob;

	snprintf(path, sizeof(path), "%s/p", folder);
	if (!config_parse(&config, text, strlen(text), &problems) ||
	    !files_open(&files, &config, path, &problems))
		fail_msg("%s", problems_text(&problems));
	blob = blob_build(&config, &files, size, &problems);
	files_close(&files);
	assert_non_null(blob);
	return blob;
}

static void *compiled_good(size_t *size)
{
	char folder[] = "/tmp/test_plan_adapter.XXXXXX", path[64];
	char *text = strdup("sys name=sys\n" IMAGE LPAR ",max_virtual_slots=40," ETH
			    "=\"\"\"30/1/5/7,6/2/1/B/0a0b0c0d0e0f\"\",3/0/1//0/0\"," SERIAL
			    "=\"0/server/1/any//any/1,4/server/1/any//any/1\"," SCSI
			    "=\"5/client/2//9/0\"\n");
	void *blob;
	FILE *file;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/kernel", folder);
	file = fopen(path, "w");
	fputs("kernel", file);
	fclose(file);
	blob = compile(text, folder, size);
	unlink(path);
	rmdir(folder);
	free(text);
	return blob;
}

static void the_hypervisor_reads_what_was_written(void **state __unused)
{
	size_t size;
	void *blob = compiled_good(&size);
	struct plan_adapter adapter;
	const char *reason = NULL;
	struct plan_lpar lpar;
	int cursor = 0, slot = 0;
	struct plan plan;

	if (plan_open(&plan, blob, size, &reason) != 0)
		fail_msg("%s", reason);
	assert_int_equal(plan_next_lpar(&plan, &cursor, &lpar, &reason), 1);
	assert_int_equal(lpar.virtual_slots, 40);
	assert_int_equal(lpar.nr_adapters, 4);
	assert_true(plan_next_adapter(&lpar, &slot, &adapter));
	assert_int_equal(adapter.kind, PLAN_ADAPTER_ETH);
	assert_int_equal(adapter.slot, 3);
	assert_false(adapter.required);
	assert_false(adapter.eth.ieee);
	assert_int_equal(adapter.eth.port_vlan_id, 1);
	assert_int_equal(adapter.eth.trunk_priority, 0);
	assert_string_equal(adapter.eth.vswitch, "ETHERNET0");
	assert_memory_equal(adapter.eth.mac, "\x02\x58\x9f\xd5\x01\x03", 6);
	assert_true(plan_next_adapter(&lpar, &slot, &adapter));
	assert_int_equal(adapter.kind, PLAN_ADAPTER_SERIAL_SERVER);
	assert_int_equal(adapter.slot, 4);
	assert_true(adapter.supports_hmc);
	assert_int_equal(adapter.peer.lpar_id, PLAN_PEER_ANY);
	assert_int_equal(adapter.peer.slot, PLAN_PEER_ANY);
	assert_true(plan_next_adapter(&lpar, &slot, &adapter));
	assert_int_equal(adapter.kind, PLAN_ADAPTER_SCSI_CLIENT);
	assert_int_equal(adapter.peer.lpar_id, 2);
	assert_int_equal(adapter.peer.slot, 9);
	assert_true(plan_next_adapter(&lpar, &slot, &adapter));
	assert_int_equal(adapter.slot, 30);
	assert_true(adapter.required);
	assert_true(adapter.eth.ieee);
	assert_int_equal(adapter.eth.nr_vlans, 2);
	assert_int_equal(adapter.eth.vlan[0], 6);
	assert_int_equal(adapter.eth.vlan[1], 7);
	assert_int_equal(adapter.eth.trunk_priority, 2);
	assert_string_equal(adapter.eth.vswitch, "B");
	assert_memory_equal(adapter.eth.mac, "\x0a\x0b\x0c\x0d\x0e\x0f", 6);
	assert_false(plan_next_adapter(&lpar, &slot, &adapter));
	free(blob);
}

/* The same with @property of adapter @slot (0: of the partition) changed; SIZE -1: gone. */
static void change(u32 slot, const char *property, const void *value, int size, const char *reason)
{
	size_t blob_size;
	void *blob = compiled_good(&blob_size);
	char path[64] = "/partitions/lpar@1";
	const char *found = NULL;
	struct plan plan;
	int node;

	blob = realloc(blob, blob_size + 256);
	assert_int_equal(fdt_open_into(blob, blob, (int)blob_size + 256), 0);
	if (slot != 0)
		snprintf(path, sizeof(path), "/partitions/lpar@1/slot@%x", slot);
	node = fdt_path_offset(blob, path);
	if (size < 0)
		fdt_delprop(blob, node, property);
	else
		assert_int_equal(fdt_setprop(blob, node, property, value, size), 0);
	plan_open(&plan, blob, fdt_totalsize(blob), &found);
	if (reason == NULL ? found != NULL : found == NULL || strcmp(found, reason) != 0)
		fail_msg("%s of slot %u: %s, not %s", property, slot, found ? found : "good",
			 reason ? reason : "good");
	free(blob);
}

static void number(u32 slot, const char *property, u32 value, const char *reason)
{
	const be32 cell = cpu_to_be32(value);

	change(slot, property, &cell, sizeof(cell), reason);
}

/* Only MIN to MAX are good, and it must be there. */
static void range(u32 slot, const char *property, u32 min, u32 max, const char *reason)
{
	number(slot, property, min, NULL);
	number(slot, property, max, NULL);
	if (min != 0)
		number(slot, property, min - 1, reason);
	number(slot, property, max + 1, reason);
	number(slot, property, 0xffffffff, reason);
	change(slot, property, "\0\0\0\0\1", 5, reason);
	change(slot, property, NULL, 0, reason);
	change(slot, property, NULL, -1, reason);
}

static void the_reader_believes_nothing(void **state __unused)
{
	static const char eth[] = "virtual Ethernet adapter with a number missing or out of range";
	static const char vlans[] = "virtual Ethernet adapter with wrong additional VLANs";
	static const char vswitch[] = "virtual Ethernet adapter without a proper virtual switch";
	static const char mac[] = "virtual Ethernet adapter without a proper MAC address";
	static const char peer[] = "virtual adapter whose other end cannot be";
	static const char slot[] = "virtual adapter without a slot that can be";
	static const char kind[] = "virtual adapter of no known kind";

	number(0, PLAN_PROP_VIRTUAL_SLOTS, 31, NULL);
	number(0, PLAN_PROP_VIRTUAL_SLOTS, 30, slot);
	number(0, PLAN_PROP_VIRTUAL_SLOTS, 256, NULL);
	number(0, PLAN_PROP_VIRTUAL_SLOTS, 257, "number of virtual slots missing or out of range");
	change(0, PLAN_PROP_VIRTUAL_SLOTS, NULL, -1,
	       "number of virtual slots missing or out of range");
	number(0, PLAN_PROP_VIRTUAL_SLOTS, 1, "number of virtual slots missing or out of range");
	range(3, PLAN_PROP_SLOT, 2, 39, slot);
	number(3, PLAN_PROP_SLOT, 4, "two virtual adapters in the same slot");
	range(3, PLAN_PROP_REQUIRED, 0, 1, "virtual adapter neither required nor not");
	range(4, PLAN_PROP_SUPPORTS_HMC, 0, 1,
	      "serial adapter that neither supports an HMC nor not");
	range(3, PLAN_PROP_IEEE, 0, 1, eth);
	range(3, PLAN_PROP_PORT_VLAN_ID, 1, 4094, eth);
	range(3, PLAN_PROP_TRUNK_PRIORITY, 0, 15, eth);
	range(4, PLAN_PROP_REMOTE_LPAR, 1, 254, peer);
	range(4, PLAN_PROP_REMOTE_SLOT, 0, 255, peer);
	number(4, PLAN_PROP_REMOTE_LPAR, PLAN_PEER_ANY, NULL);
	number(4, PLAN_PROP_REMOTE_SLOT, PLAN_PEER_ANY, NULL);
	change(3, PLAN_PROP_ADAPTER_TYPE, "console", 8, kind);
	change(3, PLAN_PROP_ADAPTER_TYPE, "et", 3, kind);
	change(3, PLAN_PROP_ADAPTER_TYPE, "eth", 3, kind);
	change(3, PLAN_PROP_ADAPTER_TYPE, NULL, -1, kind);
	change(3, PLAN_PROP_VSWITCH, "a/b", 4, vswitch);
	change(3, PLAN_PROP_VSWITCH, "abcdefghijklmnopqrstuvwxyz123456", 33, vswitch);
	change(3, PLAN_PROP_VSWITCH, NULL, -1, vswitch);
	change(3, PLAN_PROP_MAC, "\0\0\0\0\0\0", 6, mac);
	change(3, PLAN_PROP_MAC, "\1\0\0\0\0\1", 6, mac);
	change(3, PLAN_PROP_MAC, "\2\0\0\0\0\1\0", 7, mac);
	change(3, PLAN_PROP_MAC, NULL, -1, mac);
	change(3, PLAN_PROP_VLAN_IDS, "\0\0\0\7", 4, vlans); /* not 802.1Q */
	number(30, PLAN_PROP_IEEE, 0, vlans);
	change(30, PLAN_PROP_VLAN_IDS, "\0\0\0\7\0\0\0\6", 8, vlans);
	change(30, PLAN_PROP_VLAN_IDS, "\0\0\0\7\0\0\0\7", 8, vlans);
	change(30, PLAN_PROP_VLAN_IDS, "\0\0\0\5", 4, vlans); /* the port's own */
	change(30, PLAN_PROP_VLAN_IDS, "\0\0\0\0", 4, vlans);
	change(30, PLAN_PROP_VLAN_IDS, "\0\0\x0f\xff", 4, vlans);
	change(30, PLAN_PROP_VLAN_IDS, "\0\0\0\6\0", 5, vlans);
	change(30, PLAN_PROP_VLAN_IDS, "\0\0\0\6", 4, NULL);
	change(30, PLAN_PROP_VLAN_IDS, NULL, -1, NULL);
}

static void too_many_vlans(void **state __unused)
{
	be32 vlan[PLAN_VLANS_MAX + 1];

	for (u32 i = 0; i <= PLAN_VLANS_MAX; i++)
		vlan[i] = cpu_to_be32(100 + i);
	change(30, PLAN_PROP_VLAN_IDS, vlan, sizeof(vlan) - 4, NULL);
	change(30, PLAN_PROP_VLAN_IDS, vlan, sizeof(vlan),
	       "virtual Ethernet adapter with wrong additional VLANs");
}

static void addresses_are_unique(void **state __unused)
{
	u8 one[PLAN_MAC_SIZE], other[PLAN_MAC_SIZE];

	adapter_mac("sys", 1, 2, one);
	assert_true(plan_mac_valid(one));
	adapter_mac("sys", 2, 1, other);
	assert_memory_not_equal(one, other, PLAN_MAC_SIZE);
	adapter_mac("sys2", 1, 2, other);
	assert_memory_not_equal(one, other, PLAN_MAC_SIZE);
	adapter_mac("sys", 1, 2, other);
	assert_memory_equal(one, other, PLAN_MAC_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right),
		cmocka_unit_test(numbers_of_slots),
		cmocka_unit_test(ethernet_fields),
		cmocka_unit_test(serial_fields),
		cmocka_unit_test(scsi_fields),
		cmocka_unit_test(names_of_the_other_end),
		cmocka_unit_test(long_and_odd_text),
		cmocka_unit_test(the_hypervisor_reads_what_was_written),
		cmocka_unit_test(the_reader_believes_nothing),
		cmocka_unit_test(too_many_vlans),
		cmocka_unit_test(addresses_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
