// SPDX-License-Identifier: Apache-2.0
// The configuration into a system plan and back: nothing is lost on the way.
// SOURCES: tools/hmcd/configuration.c tools/hmcd/rundir.c tools/hmcd/profile.c
// SOURCES: tools/hmcd/lpar.c tools/hmcd/store.c tools/hmcd/listing.c tools/hmcd/adapters.c
// SOURCES: tools/openlpar-plan/attribute.c tools/openlpar-plan/config.c
// SOURCES: tools/openlpar-plan/problem.c tools/openlpar-plan/procs.c
// SOURCES: tools/openlpar-plan/record.c tools/openlpar-plan/adapter.c
// SOURCES: tools/openlpar-plan/blob.c tools/openlpar-plan/file.c tests/unit/hmcd_session.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/plan_text.h"
#include "tools/hmcd/configuration.h"
#include "tools/hmcd/image.h"
#include "tools/hmcd/profile.h"
#include "tools/openlpar-plan/blob.h"

static struct rundir run;
static struct store *store;

struct image_path image_path(const struct rundir *of, const char *name, const char *part)
{
	struct image_path path;

	snprintf(path.text, sizeof(path.text), "%s/images/%s.%s", of->path, name, part);
	return path;
}

static void file_make(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static int run_make(void **state)
{
	(void)state;
	strcpy(run.path, "/tmp/test_hmcd.XXXXXX");
	assert_non_null(mkdtemp(run.path));
	mkdir(rundir_file(&run, "images").text, 0755);
	file_make(image_path(&run, "i", "kernel").text, "kernel", 6);
	store = store_open(rundir_file(&run, "hmc.db").text);
	assert_non_null(store);
	return 0;
}

static int run_remove(void **state)
{
	char command[RUNDIR_MAX + 16];

	(void)state;
	store_close(store);
	snprintf(command, sizeof(command), "rm -r %s", run.path);
	return system(command);
}

/* What deploysysplan does with @text. */
static void text_deploy(const char *text)
{
	static struct config config;
	struct problems problems = {0};
	struct files files = {.count = 0};
	char *copy = strdup(text);
	void *blob = NULL;
	size_t size;

	if (config_parse(&config, copy, strlen(copy), &problems) &&
	    files_open(&files, &config, "", &problems))
		blob = blob_build(&config, &files, &size, &problems);
	if (!blob)
		fail_msg("%s\n%s", text, problems_text(&problems));
	file_make(rundir_file(&run, "plan.dtb").text, blob, size);
	assert_int_equal(configuration_replace(store, &run, "plan.dtb"), 0);
	files_close(&files);
	free(blob);
	free(copy);
}

/* What mksysplan writes, or (@start) what the machine starts from; for free(). */
static char *text_write(bool start)
{
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);

	assert_true(configuration_write(store, &run, file, start));
	fclose(file);
	return text;
}

/* The records of @text but the system and the images. */
static const char *records(const char *text)
{
	return strstr(text, "\nlpar ") + 1;
}

static const char partitions[] =
	"lpar lpar_id=1,name=one,profile_name=normal,default_profile=large,min_mem=64,"
	"desired_mem=128,max_mem=512,proc_mode=shared,min_proc_units=0.10,desired_proc_units=0.20,"
	"max_proc_units=4.00,min_procs=1,desired_procs=2,max_procs=4,sharing_mode=uncap,"
	"uncap_weight=7,boot_image=i,boot_args=\"a,b\",auto_start=0,max_virtual_slots=20,"
	"virtual_serial_adapters=\"0/server/1/any//any/1,5/server/0/3//0/0\","
	"virtual_scsi_adapters=none,"
	"virtual_eth_adapters=2/0/7//0/0/ETHERNET0//all/none,boot_mode=fdt\n"
	"prof lpar_name=one,name=\"a, b\",min_mem=64,desired_mem=64,max_mem=64,proc_mode=shared,"
	"min_proc_units=0.10,desired_proc_units=0.10,max_proc_units=0.10,min_procs=1,"
	"desired_procs=1,max_procs=1,sharing_mode=cap,boot_image=i,auto_start=0,"
	"max_virtual_slots=10,virtual_serial_adapters=0/server/1/any//any/1,"
	"virtual_scsi_adapters=none,virtual_eth_adapters=none,boot_mode=of\n"
	"prof lpar_name=one,name=large,min_mem=128,desired_mem=1024,max_mem=4096,proc_mode=ded,"
	"min_procs=1,desired_procs=2,max_procs=8,sharing_mode=keep_idle_procs,boot_image=i,"
	"rmo_size=64,auto_start=1,max_virtual_slots=10,"
	"virtual_serial_adapters=0/server/1/any//any/1,"
	"virtual_scsi_adapters=3/client/3//4/1,virtual_eth_adapters=none,boot_mode=of\n"
	"lpar lpar_id=3,name=three,profile_name=default,min_mem=64,desired_mem=64,max_mem=80,"
	"proc_mode=shared,min_proc_units=0.10,desired_proc_units=0.10,max_proc_units=0.10,"
	"min_procs=1,desired_procs=1,max_procs=1,sharing_mode=uncap,uncap_weight=128,"
	"boot_image=i,auto_start=1,max_virtual_slots=10,"
	"virtual_serial_adapters=0/server/1/any//any/1,virtual_scsi_adapters=none,"
	"virtual_eth_adapters=none,boot_mode=of\n";

static void partitions_deploy(void)
{
	char *text;

	assert_true(asprintf(&text, "sys name=s\nimage name=i,kernel=%s\n%s",
			     image_path(&run, "i", "kernel").text, partitions) > 0);
	text_deploy(text);
	free(text);
}

static void assert_profiles(const char *name, const char *default_profile, const char *curr_profile)
{
	char text[PLAN_NAME_MAX + 1];

	assert_true(store_value(store, text, sizeof(text),
				"SELECT default_profile FROM lpar WHERE name = ?", "s", name));
	assert_string_equal(text, default_profile);
	assert_true(store_value(store, text, sizeof(text),
				"SELECT curr_profile FROM lpar WHERE name = ?", "s", name));
	assert_string_equal(text, curr_profile);
}

static void what_was_deployed_is_written(void **state)
{
	char *once, *twice;

	(void)state;
	partitions_deploy();
	assert_profiles("one", "large", "normal");
	assert_profiles("three", "default", "default");
	once = text_write(false);
	assert_string_equal(records(once), partitions);
	text_deploy(once);
	twice = text_write(false);
	assert_string_equal(twice, once);
	free(once);
	free(twice);
}

static void the_machine_starts_with_default_profiles(void **state)
{
	char *text;

	(void)state;
	partitions_deploy();
	text = text_write(true);
	assert_non_null(strstr(text, "name=one,profile_name=large,min_mem=128,"));
	assert_null(strstr(text, "default_profile"));
	assert_null(strstr(text, "\nprof "));
	free(text);
}

static void a_profile_that_is_gone_does_not_take_its_partition_along(void **state)
{
	char *text;

	(void)state;
	partitions_deploy();
	assert_int_equal(store_change(store, "DELETE FROM profile WHERE name = 'normal'", ""), 0);
	text = text_write(false);
	assert_non_null(strstr(text, "lpar_id=1,name=one,profile_name=large,min_mem=128,"));
	assert_non_null(strstr(text, "prof lpar_name=one,name=\"a, b\","));
	text_deploy(text);
	assert_profiles("one", "large", "large");
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, run_make, run_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_deployed_is_written),
		TEST(the_machine_starts_with_default_profiles),
		TEST(a_profile_that_is_gone_does_not_take_its_partition_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
