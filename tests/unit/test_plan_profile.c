// SPDX-License-Identifier: Apache-2.0
// SOURCES: tools/openlpar-plan/attribute.c tools/openlpar-plan/config.c
// SOURCES: tools/openlpar-plan/problem.c tools/openlpar-plan/procs.c tools/openlpar-plan/record.c
// SOURCES: tools/openlpar-plan/adapter.c
/* Further profiles in the text of a system plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/unit/plan_text.h"
#include "tools/openlpar-plan/config.h"

#define PROF "prof name=p,lpar_name=a,desired_mem=128,desired_procs=1,boot_image=i"

static struct config config;

/* CONFIG then points into *COPY. */
static void assert_problems(const char *text, const char *expected, char **copy)
{
	struct problems problems = {0};
	char *found;

	*copy = strdup(text);
	config_parse(&config, *copy, strlen(text), &problems);
	found = problems_text(&problems);
	if (strcmp(found, expected) != 0)
		fail_msg("plan:\n%s\nproblems:\n%s\nexpected:\n%s", text, found, expected);
	free(found);
}

static void problems_expect(const char *text, const char *expected)
{
	char *copy;

	assert_problems(text, expected, &copy);
	free(copy);
}

static void test_profile(void **state)
{
	const struct config_lpar *profile = &config.profiles[0];
	char *copy;

	(void)state;
	/* the order of the records does not matter */
	assert_problems(PROF ",min_mem=64,max_mem=1024,proc_mode=ded\n" IMAGE LPAR
			     ",lpar_id=7,profile_name=q,default_profile=p\n",
			"", &copy);
	assert_int_equal(config.lpar_count, 1);
	assert_string_equal(config.lpars[0].profile_name, "q");
	assert_string_equal(config.lpars[0].default_profile, "p");
	assert_int_equal(config.profile_count, 1);
	assert_string_equal(profile->profile_name, "p");
	assert_int_equal(profile->id, 7);
	assert_int_equal(profile->min_mem, 64);
	assert_int_equal(profile->desired_mem, 128);
	assert_int_equal(profile->max_mem, 1024);
	assert_true(profile->procs.dedicated);
	assert_true(profile->stays);
	free(copy);
}

static void test_defaults(void **state)
{
	char *copy;

	(void)state;
	assert_problems(IMAGE LPAR "\n", "", &copy);
	assert_string_equal(config.lpars[0].profile_name, "default");
	assert_null(config.lpars[0].default_profile);
	assert_int_equal(config.profile_count, 0);
	free(copy);
}

static void test_refused(void **state)
{
	static const struct {
		const char *records;
		const char *problems;
	} cases[] = {
		{"prof name=p,lpar_name=b,desired_mem=64,desired_procs=1,boot_image=i",
		 "p:3: lpar_name: no partition has the name \"b\" (name of an lpar record)\n"},
		{"prof name=default,lpar_name=a,desired_mem=64,desired_procs=1,boot_image=i",
		 "p:3: name: \"default\" is already the name of the partition's profile in line 2 "
		 "(every profile of a partition has a name of its own)\n"},
		{PROF "\n" PROF,
		 "p:4: name: \"p\" is already the name of the partition's profile in line 3 "
		 "(every profile of a partition has a name of its own)\n"},
		{"prof name=p,lpar_name=a,desired_mem=100,desired_procs=1,boot_image=j",
		 "p:3: desired_mem: 100 is not a multiple of mem_region_size=16 (64 to 1048576 MiB "
		 "in steps of 16)\n"
		 "p:3: boot_image: no image has the name \"j\" (name of an image record)\n"},
		{"prof name=p*,lpar_name=a,desired_mem=64,desired_procs=1,boot_image=i",
		 "p:3: name: \"p*\" is not allowed (1 to 31 printable characters, none of "
		 "()<>*$&?|[]'\"`/, no blank at either end)\n"},
		{PROF ",virtual_serial_adapters=4/server/0/1//0/0",
		 "p:3: virtual_serial_adapters: \"4/server/0/1//0/0\": the other end is this "
		 "partition (another one, or any)\n"},
		{PROF ",virtual_scsi_adapters=4/client/1/b/5/0",
		 "p:3: virtual_scsi_adapters: \"4/client/1/b/5/0\": the partition with ID 1 has "
		 "another name (a, or empty)\n"},
		{PROF "\nlpar name=b,default_profile=p,desired_mem=64,desired_procs=1,boot_image=i",
		 "p:4: default_profile: the partition has no profile \"p\" (the profile_name, or "
		 "the name of a prof record of this partition)\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[1024];

		snprintf(text, sizeof(text), IMAGE LPAR "\n%s\n", cases[i].records);
		problems_expect(text, cases[i].problems);
	}
	problems_expect("prof desired_mem=64\n",
			"p:1: name: missing (1 to 31 printable characters, none of "
			"()<>*$&?|[]'\"`/, no blank at either end)\n"
			"p:1: lpar_name: missing (name of an lpar record)\n"
			"p:1: desired_procs: missing (1 to 64)\n"
			"p:1: boot_image: missing (name of an image record)\n");
}

/* One profile name in two partitions is good. */
static void test_same_name(void **state)
{
	(void)state;
	problems_expect(IMAGE LPAR "\n" PROF "\n"
				   "lpar name=b,desired_mem=64,desired_procs=1,boot_image=i\n"
				   "prof name=p,lpar_name=b,desired_mem=64,desired_procs=1,"
				   "boot_image=i\n",
			"");
}

static void test_count(void **state)
{
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	fprintf(stream, IMAGE LPAR "\n");
	for (int i = 0; i <= PLAN_PROFILES_MAX; i++)
		fprintf(stream,
			"prof name=p%d,lpar_name=a,desired_mem=64,desired_procs=1,boot_image=i\n",
			i);
	fclose(stream);
	problems_expect(text, "p:515: prof: too many prof records (at most 512)\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profile), cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_same_name),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
