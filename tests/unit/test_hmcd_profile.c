// SPDX-License-Identifier: Apache-2.0
// Profiles and the store: defaults, what is refused, what a transaction leaves.
// SOURCES: tools/hmcd/profile.c tools/hmcd/profile_record.c
// SOURCES: tools/hmcd/lpar.c tools/hmcd/store.c tools/hmcd/listing.c
// SOURCES: tools/openlpar-plan/attribute.c tools/openlpar-plan/config.c
// SOURCES: tools/openlpar-plan/problem.c tools/openlpar-plan/procs.c
// SOURCES: tools/openlpar-plan/record.c tests/unit/hmcd_session.c tests/unit/profile_world.c
// SOURCES: tools/openlpar-plan/adapter.c tools/hmcd/adapters.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/profile_world.h"
#include "tools/hmcd/profile_record.h"

static void defaults_are_the_plans(void **state)
{
	(void)state;
	assert_int_equal(data_apply("name=p,desired_mem=512,desired_procs=2,boot_image=i"), 0);
	assert_value("min_mem", "512");
	assert_value("max_mem", "512");
	assert_value("proc_mode", "shared");
	assert_value("desired_proc_units", "0.20");
	assert_value("sharing_mode", "uncap");
	assert_value("uncap_weight", "128");
	assert_value("boot_mode", "norm");
	assert_value("auto_start", "0");
	assert_value("rmo_size", NULL);
}

static void numbers_change_by_steps(void **state)
{
	(void)state;
	data_apply(
		"name=p,desired_mem=512,max_mem=2048,desired_procs=2,max_proc_units=2,boot_image=i");
	assert_int_equal(data_apply("desired_mem+=256,desired_proc_units+=0.35"), 0);
	assert_value("desired_mem", "768");
	assert_value("desired_proc_units", "0.55");
	assert_int_equal(data_apply("desired_mem-=256"), 0);
	assert_value("desired_mem", "512");
	assert_int_equal(data_apply("desired_mem-=1024"), -1);
	assert_string_equal(session_errors(),
			    "HSCL8014 desired_mem: -=1024 cannot be done with 512.\n");
	assert_int_equal(data_apply("boot_image+=2"), -1);
	assert_value("desired_mem", "512");
}

static void modes_take_along_what_is_theirs(void **state)
{
	(void)state;
	data_apply("name=p,desired_mem=512,desired_procs=2,boot_image=i");
	assert_int_equal(data_apply("proc_mode=ded"), 0);
	assert_value("desired_proc_units", NULL);
	assert_value("uncap_weight", NULL);
	assert_value("sharing_mode", "share_idle_procs");
	assert_int_equal(data_apply("proc_mode=shared,sharing_mode=cap"), 0);
	assert_value("desired_proc_units", "0.20");
	assert_value("uncap_weight", NULL);
}

static void what_is_wrong_changes_nothing(void **state)
{
	static const struct {
		const char *data, *message;
	} wrong[] = {
		{"colour=red", "HSCL8016 The attribute colour is not valid.\n"},
		{"desired_mem=500", "P desired_mem: 500 is not a multiple of mem_region_size=16"},
		{"desired_mem=256,min_mem=512",
		 "P min_mem: 512 is more than desired_mem=256 (64 to 256 MiB)"},
		{"max_mem=256", "P max_mem: 256 is less than desired_mem=512 (512 to 1048576 MiB)"},
		{"min_mem=100", "P min_mem: 100 is not a multiple of mem_region_size=16"},
		{"min_mem=x", "P min_mem: \"x\" is not allowed (64 to 1048576 MiB"},
		{"desired_procs=65", "P desired_procs: \"65\" is not allowed (1 to 64)"},
		{"lpar_env=os400", "P lpar_env: \"os400\" is not allowed here (aixlinux)"},
		{"auto_start=2", "P auto_start: \"2\" is not allowed (0 or 1)"},
		{"boot_mode=sms", "P boot_mode: \"sms\" is not allowed (norm, of or fdt)"},
		{"boot_image=x", "HSCL8022 boot_image: there is no boot image named x"},
		{"max_virtual_slots=1", "P max_virtual_slots: \"1\" is not allowed (2 to 256)"},
	};

	(void)state;
	data_apply("name=p,desired_mem=512,desired_procs=1,boot_image=i");
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_refused(wrong[i].data, wrong[i].message);
		assert_value("desired_mem", "512");
		assert_value("boot_image", "i");
	}
}

static void a_failed_statement_undoes_all(void **state)
{
	char name[32];

	(void)state;
	store_begin(session.store);
	store_change(session.store, "INSERT INTO lpar VALUES(4, 'four', '', '')", "");
	store_change(session.store, "INSERT INTO lpar VALUES(5, 'three', '', '')", "");
	assert_int_equal(store_commit(session.store), -1);
	assert_non_null(strstr(store_error(session.store), "UNIQUE"));
	assert_false(store_value(session.store, name, sizeof(name),
				 "SELECT name FROM lpar WHERE lpar_id = ?", "i", (s64)4));
	store_close(session.store);
	session.store = store_open(store_path);
	assert_true(store_value(session.store, name, sizeof(name),
				"SELECT name FROM lpar WHERE lpar_id = ?", "i", (s64)3));
	assert_string_equal(name, "three");
}

static void a_partition_takes_its_profiles_along(void **state)
{
	struct profile profile;

	(void)state;
	data_apply("name=p,desired_mem=512,desired_procs=1,boot_image=i");
	store_begin(session.store);
	store_change(session.store, "DELETE FROM lpar WHERE lpar_id = ?", "i", (s64)3);
	assert_int_equal(store_commit(session.store), 0);
	assert_false(profile_load(&profile, session.store, 3, "p"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_make, store_drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(defaults_are_the_plans),	       TEST(numbers_change_by_steps),
		TEST(modes_take_along_what_is_theirs), TEST(what_is_wrong_changes_nothing),
		TEST(a_failed_statement_undoes_all),   TEST(a_partition_takes_its_profiles_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
