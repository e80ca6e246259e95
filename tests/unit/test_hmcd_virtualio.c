// SPDX-License-Identifier: Apache-2.0
// Virtual adapters in profiles, and what lshwres says of them.
// SOURCES: tools/hmcd/profile.c tools/hmcd/profile_record.c tools/hmcd/adapters.c
// SOURCES: tools/hmcd/virtualio.c tools/hmcd/lpar.c tools/hmcd/store.c tools/hmcd/listing.c
// SOURCES: tools/openlpar-plan/attribute.c tools/openlpar-plan/config.c
// SOURCES: tools/openlpar-plan/problem.c tools/openlpar-plan/procs.c
// SOURCES: tools/openlpar-plan/record.c tools/openlpar-plan/adapter.c tests/unit/hmcd_session.c
// SOURCES: tests/unit/profile_world.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/profile_world.h"
#include "tools/hmcd/virtualio.h"

/* Partition 3 has a profile, and there is another one. */
static int setup(void **state)
{
	store_make(state);
	store_begin(session.store);
	store_change(session.store, "INSERT INTO lpar VALUES(4, 'vios', 'q', '')", "");
	assert_int_equal(store_commit(session.store), 0);
	assert_int_equal(data_apply("name=p,desired_mem=512,desired_procs=1,boot_image=i"), 0);
	return 0;
}

static void a_profile_has_a_console(void **state)
{
	(void)state;
	assert_value("max_virtual_slots", "10");
	assert_value("virtual_serial_adapters", "0/server/1/any//any/1");
	assert_value("virtual_scsi_adapters", "none");
	assert_value("virtual_eth_adapters", "none");
	/* What an HMC lists of its own. */
	assert_int_equal(data_apply("\"virtual_serial_adapters=0/server/1/any//any/1,"
				    "1/server/1/any//any/1,5/server/0/4/vios/0/0\""),
			 0);
	assert_value("virtual_serial_adapters", "0/server/1/any//any/1,5/server/0/4//0/0");
}

static void lists_are_kept_in_full(void **state)
{
	(void)state;
	assert_int_equal(data_apply("\"virtual_eth_adapters=4/0/7//0/1,"
				    "\"\"2/1/1/30,20/3/0/ETHERNET1/0A:0b:0c:0d:0e:0f\"\"\""),
			 0);
	assert_value("virtual_eth_adapters", "\"2/1/1/20,30/3/0/ETHERNET1/0A0B0C0D0E0F/all/none\","
					     "4/0/7//0/1/ETHERNET0//all/none");
	assert_int_equal(data_apply("virtual_eth_adapters=none"), 0);
	assert_value("virtual_eth_adapters", "none");
}

static void lists_grow_and_shrink(void **state)
{
	(void)state;
	assert_int_equal(data_apply("virtual_eth_adapters+=2/0/1//0/0"), 0);
	assert_int_equal(
		data_apply("virtual_eth_adapters+=3/0/1//0/0,virtual_scsi_adapters+=4/client/"
			   "4/vios/9/1,max_virtual_slots+=5"),
		0);
	assert_value("virtual_eth_adapters",
		     "2/0/1//0/0/ETHERNET0//all/none,3/0/1//0/0/ETHERNET0//all/none");
	assert_value("virtual_scsi_adapters", "4/client/4//9/1");
	assert_value("max_virtual_slots", "15");
	assert_int_equal(data_apply("virtual_eth_adapters-=2/0/1//0/0"), 0);
	assert_value("virtual_eth_adapters", "3/0/1//0/0/ETHERNET0//all/none");
	assert_refused("virtual_eth_adapters-=2/0/1//0/0",
		       "HSCL8014 virtual_eth_adapters: there is no adapter in the slot of "
		       "\"2/0/1//0/0\"");
	assert_refused("virtual_scsi_adapters+=3/client/4//9/1",
		       "P virtual_eth_adapters: \"3/0/1//0/0/ETHERNET0//all/none\": there is "
		       "another adapter of virtual_scsi_adapters in slot 3");
	assert_int_equal(data_apply("virtual_eth_adapters-=3"), 0);
	assert_value("virtual_eth_adapters", "none");
}

static void names_are_those_of_the_ids(void **state)
{
	(void)state;
	assert_refused("virtual_scsi_adapters=4/client/4/vio/9/1",
		       "HSCL8014 virtual_scsi_adapters: \"4/client/4/vio/9/1\": the name of the "
		       "partition with ID 4 is vios");
	assert_refused("virtual_scsi_adapters=4/server/any/vios/any/1",
		       "HSCL8014 virtual_scsi_adapters: \"4/server/any/vios/any/1\": any partition "
		       "has no name");
	/* One that is still to be made may have any. */
	assert_int_equal(data_apply("virtual_scsi_adapters=4/client/9/later/2/1"), 0);
	assert_refused("virtual_serial_adapters=5/server/0/3//any/0",
		       "P virtual_serial_adapters: \"5/server/0/3//any/0\": the other end is this "
		       "partition");
}

/* What lshwres would list of partition 3. */
static void assert_listed(virtualio_lpar *list, const char *expected)
{
	static const struct listing_filter filters[] = {{NULL, NULL}};
	struct lpar lpar = {.id = 3, .name = "three"};
	struct listing listing = {0};
	struct lpar_names names;
	struct options options = {0};
	struct profile profile;
	struct system system;

	session_forget();
	system_load(session.store, &system);
	lpar_names_load(&names, session.store);
	assert_true(profile_load(&profile, session.store, 3, "p"));
	assert_int_equal(listing_begin(&listing, &session, &options, filters), 0);
	list(&(struct virtualio){
		.listing = &listing,
		.store = session.store,
		.system = &system,
		.names = &names,
		.lpar = &lpar,
		.profile = &profile,
		.active = true,
	});
	assert_int_equal(listing_end(&listing), 0);
	profile_clear(&profile);
	assert_string_equal(session_output(), expected);
}

static void what_is_listed(void **state)
{
	(void)state;
	assert_int_equal(data_apply("\"virtual_eth_adapters=4/0/7//0/1,"
				    "\"\"2/1/1/30,20/3/0/B/0A0b0c0d0e0f\"\"\","
				    "virtual_scsi_adapters=5/client/4//9/1,"
				    "virtual_serial_adapters=6/server/0/any//any/0"),
			 0);
	assert_listed(virtualio_slots, "slot_num=0,lpar_name=three,lpar_id=3,config=serial,"
				       "is_required=1\n"
				       "slot_num=2,lpar_name=three,lpar_id=3,config=ethernet,"
				       "is_required=0\n"
				       "slot_num=4,lpar_name=three,lpar_id=3,config=ethernet,"
				       "is_required=1\n"
				       "slot_num=5,lpar_name=three,lpar_id=3,config=scsi,"
				       "is_required=1\n"
				       "slot_num=6,lpar_name=three,lpar_id=3,config=serial,"
				       "is_required=0\n");
	assert_listed(virtualio_max_slots, "lpar_name=three,lpar_id=3,curr_max_virtual_slots=10,"
					   "pend_max_virtual_slots=10\n");
	assert_listed(virtualio_serial,
		      "lpar_name=three,lpar_id=3,slot_num=0,state=1,is_required=1,"
		      "adapter_type=server,supports_hmc=1,remote_lpar_id=any,"
		      "remote_lpar_name=,remote_slot_num=any\n"
		      "lpar_name=three,lpar_id=3,slot_num=6,state=1,is_required=0,"
		      "adapter_type=server,supports_hmc=0,remote_lpar_id=any,"
		      "remote_lpar_name=,remote_slot_num=any\n");
	assert_listed(virtualio_scsi, "lpar_name=three,lpar_id=3,slot_num=5,state=1,is_required=1,"
				      "adapter_type=client,remote_lpar_id=4,remote_lpar_name=vios,"
				      "remote_slot_num=9\n");
	assert_listed(virtualio_eth,
		      "lpar_name=three,lpar_id=3,slot_num=2,state=1,is_required=0,is_trunk=1,"
		      "trunk_priority=3,ieee_virtual_eth=1,port_vlan_id=1,\"addl_vlan_ids=20,30\","
		      "vswitch=B,mac_addr=0A0B0C0D0E0F,allowed_os_mac_addrs=all,"
		      "qos_priority=none\n"
		      "lpar_name=three,lpar_id=3,slot_num=4,state=1,is_required=1,is_trunk=0,"
		      "ieee_virtual_eth=0,port_vlan_id=7,addl_vlan_ids=,"
		      "vswitch=ETHERNET0,mac_addr=02589FD50304,allowed_os_mac_addrs=all,"
		      "qos_priority=none\n");
	assert_listed(virtualio_eth_system, "max_vlans_per_port=20,mac_prefix=02589FD5\n");
	assert_listed(virtualio_vswitches,
		      "vswitch=ETHERNET0,switch_mode=VEB,allowed_lpar_ids=all,vlan_ids=7\n"
		      "vswitch=B,switch_mode=VEB,allowed_lpar_ids=all,\"vlan_ids=1,20,30\"\n");
}

static void profiles_name_the_other_partition(void **state)
{
	struct lpar_names names;
	struct profile profile;
	char *text;

	(void)state;
	assert_int_equal(data_apply("\"virtual_scsi_adapters=5/client/4//9/1,6/server/any//any/0,"
				    "7/client/77//1/0\""),
			 0);
	lpar_names_load(&names, session.store);
	assert_true(profile_load(&profile, session.store, 3, "p"));
	text = adapters_text(&profile, ADAPTER_LIST_SCSI, &names);
	assert_string_equal(text, "5/client/4/vios/9/1,6/server/any//any/0,7/client/77//1/0");
	free(text);
	profile_clear(&profile);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, store_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_profile_has_a_console), TEST(lists_are_kept_in_full),
		TEST(lists_grow_and_shrink),   TEST(names_are_those_of_the_ids),
		TEST(what_is_listed),	       TEST(profiles_name_the_other_partition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
