// SPDX-License-Identifier: Apache-2.0
// SOURCES: partition/plan.c tools/openlpar-plan/attribute.c tools/openlpar-plan/blob.c
// SOURCES: tools/openlpar-plan/config.c tools/openlpar-plan/file.c tools/openlpar-plan/output.c
// SOURCES: tools/openlpar-plan/problem.c tools/openlpar-plan/procs.c tools/openlpar-plan/record.c
// SOURCES: tools/openlpar-plan/adapter.c partition/plan_adapter.c partition/plan_property.c
/* The system plan from text and files to what the hypervisor reads, and what its reader refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include <libfdt.h>
#include "partition/plan.h"
#include "tests/unit/plan_text.h"
#include "tools/openlpar-plan/blob.h"
#include "tools/openlpar-plan/output.h"

static char folder[] = "/tmp/test_plan.XXXXXX";
static char plan_path[64];
static struct config config;

static int folder_make(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return -1;
	snprintf(plan_path, sizeof(plan_path), "%s/test.plan", folder);
	return 0;
}

static int folder_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void file_make(const char *name, const void *data, size_t size)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* COUNT images and COUNT partitions. */
static char *many_text(unsigned int count)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	for (unsigned int i = 0; i < count; i++) {
		fprintf(stream, "image name=i%u,kernel=kernel\n", i);
		fprintf(stream, "lpar name=l%u,desired_mem=64,desired_procs=1,boot_image=i%u\n", i,
			i);
	}
	fclose(stream);
	return text;
}

/* Compiles TEXT as a plan in the test's folder; returns the blob or NULL with the problems. */
static void *text_compile(const char *text, size_t *size, char **problem_text)
{
	struct problems problems = {0};
	struct files files = {.count = 0};
	char *copy = strdup(text);
	void *blob = NULL;

	if (config_parse(&config, copy, strlen(copy), &problems) &&
	    files_open(&files, &config, plan_path, &problems))
		blob = blob_build(&config, &files, size, &problems);
	assert_int_equal(blob == NULL, problems.count != 0);
	files_close(&files);
	*problem_text = problems_text(&problems);
	free(copy);
	return blob;
}

static void *good_compile(const char *text, size_t *size)
{
	char *problems;
	void *blob = text_compile(text, size, &problems);

	assert_string_equal(problems, "");
	free(problems);
	return blob;
}

static void assert_bytes(const void *data, size_t size, const char *expected)
{
	assert_non_null(data);
	assert_true(IS_ALIGNED((uintptr_t)data, 4));
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(data, expected, size);
}

static void procs_expect(const struct lpar_procs *procs, const struct lpar_procs *expected)
{
	assert_int_equal(procs->sharing_mode, expected->sharing_mode);
	assert_int_equal(procs->min_procs, expected->min_procs);
	assert_int_equal(procs->desired_procs, expected->desired_procs);
	assert_int_equal(procs->max_procs, expected->max_procs);
	assert_int_equal(procs->min_units, expected->min_units);
	assert_int_equal(procs->desired_units, expected->desired_units);
	assert_int_equal(procs->max_units, expected->max_units);
	assert_int_equal(procs->uncap_weight, expected->uncap_weight);
}

static void test_round_trip(void **state)
{
	const char *reason;
	struct plan_lpar lpar;
	struct plan plan;
	int cursor = 0;
	size_t size;
	void *blob;

	(void)state;
	file_make("kernel", "kernel", 6);
	file_make("other", "k", 1);
	file_make("initrd", "initrd!", 7);
	blob = good_compile(
		"sys name=Server-8286,mem_region_size=32,min_proc_units_per_virtual_proc=0.05\n"
		"lpar name=lp one,lpar_id=200,desired_mem=1048576,desired_procs=4,"
		"min_procs=2,max_procs=64,min_proc_units=0.5,desired_proc_units=1.25,"
		"max_proc_units=64.0,uncap_weight=255,"
		"boot_image=j,boot_mode=fdt,\"boot_args=a=\"\"1,2\"\" b\",rmo_size=256\n"
		"lpar name=lp2,desired_mem=64,desired_procs=1,boot_image=i,proc_mode=ded,"
		"sharing_mode=share_idle_procs_always\n"
		"image name=i,kernel=kernel\n"
		"image name=j,kernel=./other,initrd=initrd\n",
		&size);
	assert_int_equal(size, fdt_totalsize(blob));
	if (plan_open(&plan, blob, size, &reason) != 0)
		fail_msg("%s", reason);
	assert_string_equal(plan.system_name, "Server-8286");
	assert_int_equal(plan_lmb_size(&plan), 32 * MiB);

	assert_int_equal(plan_next_lpar(&plan, &cursor, &lpar, &reason), 1);
	assert_string_equal(lpar.name, "lp one");
	assert_int_equal(lpar.id, 200);
	assert_int_equal(lpar.mem, 1024 * GiB);
	assert_int_equal(lpar.rmo_size, 256 * MiB);
	assert_int_equal(plan_min_units(&plan), 5);
	procs_expect(&lpar.procs,
		     &(struct lpar_procs){SHARING_UNCAP, 2, 4, 64, 50, 125, 6400, 255});
	assert_false(lpar.open_firmware);
	assert_string_equal(lpar.boot_args, "a=\"1,2\" b");
	assert_string_equal(lpar.image.name, "j");
	assert_bytes(lpar.image.kernel, lpar.image.kernel_size, "k");
	assert_memory_equal(lpar.image.kernel, "k\0\0", 4); /* padded with zeros */
	assert_bytes(lpar.image.initrd, lpar.image.initrd_size, "initrd!");

	assert_int_equal(plan_next_lpar(&plan, &cursor, &lpar, &reason), 1);
	assert_string_equal(lpar.name, "lp2");
	assert_int_equal(lpar.id, 1);
	assert_int_equal(lpar.mem, 64 * MiB);
	assert_int_equal(lpar.rmo_size, 0);
	procs_expect(&lpar.procs,
		     &(struct lpar_procs){SHARING_SHARE_IDLE_ALWAYS, 1, 1, 1, 0, 0, 0, 0});
	assert_true(lpar.open_firmware);
	assert_string_equal(lpar.boot_args, "");
	assert_string_equal(lpar.image.name, "i");
	assert_bytes(lpar.image.kernel, lpar.image.kernel_size, "kernel");
	assert_null(lpar.image.initrd);
	assert_int_equal(lpar.image.initrd_size, 0);

	assert_int_equal(plan_next_lpar(&plan, &cursor, &lpar, &reason), 0);
	free(blob);
}

/* What only the daemon needs is in the plan, and the hypervisor's reader passes it over. */
static void test_daemons(void **state)
{
	const char *reason;
	struct plan_lpar lpar;
	struct plan plan;
	int cursor = 0, length, node;
	size_t size;
	void *blob;

	(void)state;
	file_make("kernel", "kernel", 6);
	blob = good_compile(IMAGE LPAR ",min_mem=64,max_mem=512,profile_name=p,default_profile=q\n"
				       "prof name=q,lpar_name=a,desired_mem=1024,desired_procs=8,"
				       "boot_image=i,virtual_eth_adapters=2/0/10//0/0\n",
			    &size);
	assert_int_equal(plan_open(&plan, blob, size, &reason), 0);
	assert_int_equal(plan_next_lpar(&plan, &cursor, &lpar, &reason), 1);
	assert_int_equal(lpar.mem, 256 * MiB);
	assert_int_equal(plan_next_lpar(&plan, &cursor, &lpar, &reason), 0);
	node = fdt_path_offset(blob, "/partitions/lpar@1");
	assert_string_equal(fdt_getprop(blob, node, "profile-name", &length), "p");
	assert_string_equal(fdt_getprop(blob, node, "default-profile", &length), "q");
	assert_int_equal(fdt32_ld(fdt_getprop(blob, node, "min-mem", &length)), 64);
	assert_int_equal(fdt32_ld(fdt_getprop(blob, node, "max-mem", &length)), 512);
	node = fdt_path_offset(blob, "/profiles/profile@0");
	assert_string_equal(fdt_getprop(blob, node, "profile-name", &length), "q");
	assert_int_equal(fdt32_ld(fdt_getprop(blob, node, "lpar-id", &length)), 1);
	assert_int_equal(fdt32_ld(fdt_getprop(blob, node, "desired-mem", &length)), 1024);
	assert_null(fdt_getprop(blob, node, "min-mem", &length));
	assert_true(fdt_path_offset(blob, "/profiles/profile@0/slot@2") > 0);
	free(blob);
}

static void test_round_trip_many(void **state)
{
	char *text = many_text(64);
	const char *reason;
	struct plan_lpar lpar;
	struct plan plan;
	u32 count = 0;
	int cursor = 0;
	size_t size;
	void *blob;

	(void)state;
	file_make("kernel", "kernel", 6);
	blob = good_compile(text, &size);
	assert_int_equal(plan_open(&plan, blob, size, &reason), 0);
	while (plan_next_lpar(&plan, &cursor, &lpar, &reason) == 1)
		assert_int_equal(lpar.id, ++count);
	assert_int_equal(count, 64);
	free(blob);
	free(text);
}

static void test_counts(void **state)
{
	char *text = many_text(65);
	char *problems;
	size_t size;

	(void)state;
	assert_null(text_compile(text, &size, &problems));
	assert_string_equal(problems, "p:129: image: too many image records (at most 64)\n"
				      "p:130: lpar: too many lpar records (1 to 64)\n");
	free(problems);
	free(text);
}

static void test_files_once(void **state)
{
	static char content[100000];
	size_t one;
	size_t four;

	(void)state;
	file_make("big", content, sizeof(content));
	mkdir("sub", 0755);
	assert_int_equal(symlink("../big", "sub/link"), 0);
	free(good_compile("image name=i,kernel=big\n" LPAR, &one));
	free(good_compile("image name=i,kernel=sub/../big,initrd=big\n"
			  "image name=j,kernel=sub/link\n" LPAR,
			  &four));
	assert_true(four < one + 1000);
}

static void file_refused(const char *path, const char *reason)
{
	char text[256];
	char expected[256];
	char *problems;
	size_t size;

	snprintf(text, sizeof(text), IMAGE LPAR "\nimage name=j,kernel=kernel,initrd=%s\n", path);
	snprintf(expected, sizeof(expected),
		 "p:3: initrd: \"%s%s%s\": %s (path of a file that can be read and is not empty)\n",
		 path[0] == '/' ? "" : folder, path[0] == '/' ? "" : "/", path, reason);
	assert_null(text_compile(text, &size, &problems));
	assert_string_equal(problems, expected);
	free(problems);
}

static void test_files_refused(void **state)
{
	(void)state;
	file_make("kernel", "kernel", 6);
	file_make("empty", "", 0);
	mkdir("dir", 0755);
	assert_int_equal(mkfifo("pipe", 0644), 0);
	file_refused("nothing", "No such file or directory");
	file_refused("kernel/x", "Not a directory");
	file_refused("empty", "the file is empty");
	file_refused("dir", "not a regular file");
	file_refused("pipe", "not a regular file");
	file_refused("/dev/zero", "not a regular file");
}

static void test_size_limit(void **state)
{
	static const char text[] = "image name=i,kernel=kernel,initrd=huge\n" LPAR;
	size_t overhead;
	off_t most;
	size_t size;
	char *problems;
	void *blob;

	(void)state;
	file_make("kernel", "kernel", 6);
	file_make("huge", "1234", 4);
	free(good_compile(text, &overhead));
	overhead -= 4;

	/* the tree pads to 4 bytes */
	most = (off_t)ALIGN_DOWN(128 * MiB - overhead, 4);
	assert_int_equal(truncate("huge", most), 0);
	blob = good_compile(text, &size);
	assert_in_range(size, 128 * MiB - 3, 128 * MiB);
	free(blob);

	assert_int_equal(truncate("huge", most + 1), 0);
	assert_null(text_compile(text, &size, &problems));
	assert_non_null(strstr(problems, "p:1: initrd: the compiled plan would have 128.0 MiB"));
	assert_non_null(strstr(problems, "huge 128.0 MiB (at most 128 MiB together)\n"));
	free(problems);

	assert_int_equal(truncate("huge", 3L << 40), 0);
	assert_null(text_compile(text, &size, &problems));
	assert_non_null(strstr(problems, "p:1: initrd: the compiled plan would have 3145728.0 MiB "
					 "(3298534883334 bytes): "));
	free(problems);
	unlink("huge");
}

static void test_file_shortened(void **state)
{
	struct problems problems = {0};
	struct files files = {.count = 0};
	char text[] = IMAGE LPAR;
	char *problem_text;
	size_t size;

	(void)state;
	file_make("kernel", "kernel", 6);
	assert_true(config_parse(&config, text, strlen(text), &problems));
	assert_true(files_open(&files, &config, plan_path, &problems));
	assert_int_equal(truncate("kernel", 3), 0);
	assert_null(blob_build(&config, &files, &size, &problems));
	files_close(&files);
	problem_text = problems_text(&problems);
	assert_non_null(strstr(problem_text, "p:1: kernel: "));
	assert_non_null(strstr(problem_text, "shortened while it was read"));
	free(problem_text);
}

static void test_output(void **state)
{
	struct stat status;
	mode_t mask = umask(027);

	(void)state;
	assert_null(output_write("out", "first", 5));
	assert_null(output_write("out", "second", 6));
	assert_int_equal(stat("out", &status), 0);
	assert_int_equal(status.st_size, 6);
	assert_int_equal(status.st_mode & 0777, 0640);
	umask(mask);
	assert_string_equal(output_write("no/out", "x", 1), "No such file or directory");
	assert_string_equal(output_write("/dev/null", "x", 1), "not a regular file");
}

/* A small good blob with room for changes. */
static void *blob_for_change(void)
{
	size_t size;
	void *blob;
	void *open;

	file_make("kernel", "kernel", 6);
	file_make("initrd", "initrd", 6);
	blob = good_compile("image name=i,kernel=kernel,initrd=initrd\n"
			    "lpar name=a,desired_mem=256,boot_image=i,rmo_size=128,"
			    "sharing_mode=cap,min_procs=2,desired_procs=4,max_procs=8,"
			    "min_proc_units=0.3,desired_proc_units=1.2,max_proc_units=1.6\n"
			    "lpar name=b,desired_mem=64,desired_procs=1,boot_image=i\n"
			    "lpar name=c,desired_mem=64,desired_procs=1,boot_image=i,"
			    "proc_mode=ded\n",
			    &size);
	open = malloc(size + 4096);
	assert_int_equal(fdt_open_into(blob, open, (int)size + 4096), 0);
	free(blob);
	return open;
}

static void blob_expect(void *blob, const char *reason)
{
	const char *found = NULL;
	struct plan plan;

	assert_int_equal(fdt_pack(blob), 0);
	assert_int_equal(plan_open(&plan, blob, fdt_totalsize(blob), &found),
			 reason == NULL ? 0 : -1);
	if (reason != NULL)
		assert_string_equal(found, reason);
	free(blob);
}

/* Sets (NULL: deletes) one property and expects plan_open to answer REASON. */
static void property_expect(const char *path, const char *property, const void *value, int size,
			    const char *reason)
{
	void *blob = blob_for_change();
	int node = fdt_path_offset(blob, path);

	assert_true(node >= 0);
	if (value == NULL)
		assert_int_equal(fdt_delprop(blob, node, property), 0);
	else
		assert_int_equal(fdt_setprop(blob, node, property, value, size), 0);
	blob_expect(blob, reason);
}

static void number_expect(const char *path, const char *property, u32 value, const char *reason)
{
	be32 cell = cpu_to_be32(value);

	property_expect(path, property, &cell, sizeof(cell), reason);
}

/* A number is refused below MIN, above MAX, with a wrong length and missing. */
static void range_expect(const char *path, const char *property, u32 min, u32 max,
			 const char *reason)
{
	const be32 two_cells[2] = {cpu_to_be32(min), cpu_to_be32(min)};

	number_expect(path, property, min, NULL);
	number_expect(path, property, max, NULL);
	if (min > 0)
		number_expect(path, property, min - 1, reason);
	number_expect(path, property, max + 1, reason);
	number_expect(path, property, 0xffffffff, reason);
	property_expect(path, property, two_cells, sizeof(two_cells), reason);
	property_expect(path, property, "\0\0\1", 3, reason);
	property_expect(path, property, "", 0, reason);
}

static void test_reader_numbers(void **state)
{
	static const char lpar[] = "/partitions/lpar@1";

	(void)state;
	blob_expect(blob_for_change(), NULL);
	range_expect("/", "plan-version", 3, 3, "made for another version of the hypervisor");
	range_expect("/", "mem-region-size", 16, 64, "LMB size missing or out of range");
	number_expect("/", "mem-region-size", 48, "LMB size missing or out of range");
	number_expect("/", "mem-region-size", 128, "memory size not a multiple of the LMB size");
	property_expect("/", "mem-region-size", NULL, 0, "LMB size missing or out of range");
	range_expect(lpar, "lpar-id", 1, 254, "partition ID missing or out of range");
	property_expect(lpar, "lpar-id", NULL, 0, "partition ID missing or out of range");
	number_expect(lpar, "desired-mem", 63, "memory size missing or out of range");
	number_expect(lpar, "desired-mem", 1048592, "memory size missing or out of range");
	number_expect(lpar, "desired-mem", 0x80000000, "memory size missing or out of range");
	number_expect(lpar, "desired-mem", 1048576, NULL);
	number_expect(lpar, "desired-mem", 257, "memory size not a multiple of the LMB size");
	property_expect(lpar, "desired-mem", NULL, 0, "memory size missing or out of range");
	range_expect(lpar, "rmo-size", 32, 256, "size of the real-mode region out of range");
	number_expect(lpar, "rmo-size", 96, "size of the real-mode region out of range");
	property_expect(lpar, "rmo-size", NULL, 0, NULL);
	number_expect("/partitions/lpar@2", "rmo-size", 128,
		      "real-mode region larger than the memory");
}

static void test_reader_procs(void **state)
{
	static const char a[] = "/partitions/lpar@1"; /* capped, 2, 4 and 8 processors */
	static const char b[] = "/partitions/lpar@2"; /* uncapped, 1 processor, 0.10 units */
	static const char c[] = "/partitions/lpar@3"; /* 1 dedicated processor */
	static const char procs[] = "number of processors missing or out of range";
	static const char units[] = "processing units missing or out of range";
	static const char fit[] = "processing units do not fit the number of processors";
	static const char weight[] = "weight missing or out of range";
	static const char mode[] = "sharing mode missing or unknown";
	static const char least[] = "least processing units per processor missing or out of range";
	static const char *const properties[] = {"min-procs",	       "desired-procs",
						 "max-procs",	       "min-proc-units",
						 "desired-proc-units", "max-proc-units"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		const char *reason = i < 3 ? procs : units;

		property_expect(a, properties[i], NULL, 0, reason);
		number_expect(a, properties[i], 0, reason);
		number_expect(a, properties[i], 0xffffffff, reason);
		if (i >= 3)
			number_expect(c, properties[i], 1, units);
	}
	range_expect("/", "min-proc-units-per-virtual-proc", 0, 10, least);
	property_expect("/", "min-proc-units-per-virtual-proc", NULL, 0, least);
	number_expect(a, "min-procs", 1, NULL);
	number_expect(a, "min-procs", 3, NULL);
	number_expect(a, "min-procs", 4, fit);
	number_expect(a, "min-procs", 5, procs);
	range_expect(a, "desired-procs", 2, 8, procs);
	number_expect(a, "max-procs", 3, procs);
	number_expect(a, "max-procs", 4, NULL);
	number_expect(a, "max-procs", 16, NULL);
	number_expect(a, "max-procs", 17, fit);
	number_expect(a, "max-procs", 65, procs);
	number_expect(b, "max-procs", 2, fit);
	number_expect(c, "max-procs", 64, NULL);
	number_expect(c, "max-procs", 65, procs);
	number_expect(a, "min-proc-units", 20, NULL);
	number_expect(a, "min-proc-units", 19, fit);
	number_expect(a, "min-proc-units", 121, units);
	number_expect(a, "desired-proc-units", 40, NULL);
	number_expect(a, "desired-proc-units", 39, fit);
	number_expect(a, "desired-proc-units", 161, units);
	number_expect(a, "max-proc-units", 800, NULL);
	number_expect(a, "max-proc-units", 801, fit);
	number_expect(a, "max-proc-units", 6401, units);
	number_expect(a, "max-proc-units", 119, units);
	range_expect(b, "uncap-weight", 0, 255, weight);
	property_expect(b, "uncap-weight", NULL, 0, weight);
	number_expect(a, "uncap-weight", 1, weight);
	number_expect(c, "uncap-weight", 1, weight);
	property_expect(a, "sharing-mode", "uncap", 6, NULL);
	property_expect(b, "sharing-mode", "cap", 4, weight);
	property_expect(b, "sharing-mode", "keep_idle_procs", 16, units);
	property_expect(c, "sharing-mode", "keep_idle_procs", 16, NULL);
	property_expect(c, "sharing-mode", "cap", 4, units);
	property_expect(a, "sharing-mode", "Cap", 4, mode);
	property_expect(a, "sharing-mode", "cap", 3, mode);
	property_expect(a, "sharing-mode", NULL, 0, mode);
}

static void test_reader_strings(void **state)
{
	static const char lpar[] = "/partitions/lpar@1";
	static char longest[PLAN_BOOT_ARGS_MAX + 2];

	(void)state;
	memset(longest, 'x', PLAN_BOOT_ARGS_MAX + 1);
	property_expect("/", "compatible", "openlpar,pla", 13, "not a system plan");
	property_expect("/", "compatible", NULL, 0, "not a system plan");
	property_expect("/", "system-name", "", 0, "system name missing or malformed");
	property_expect(lpar, "lpar-name", "../a", 5, "partition without a proper name");
	property_expect(lpar, "lpar-name", "", 1, "partition without a proper name");
	property_expect(lpar, "lpar-name", "ab", 2, "partition without a proper name");
	property_expect(lpar, "lpar-name", "a\0b", 4, "partition without a proper name");
	property_expect(lpar, "lpar-name", NULL, 0, "partition without a proper name");
	property_expect(lpar, "boot-mode", "off", 4, "boot mode neither of nor fdt");
	property_expect(lpar, "boot-mode", "of", 2, "boot mode missing");
	property_expect(lpar, "boot-mode", NULL, 0, "boot mode missing");
	property_expect(lpar, "boot-args", "a\n", 3,
			"boot arguments missing, too long or not printable");
	property_expect(lpar, "boot-args", NULL, 0,
			"boot arguments missing, too long or not printable");
	property_expect(lpar, "boot-args", longest, sizeof(longest),
			"boot arguments missing, too long or not printable");
	property_expect(lpar, "boot-args", longest + 1, sizeof(longest) - 1, NULL);
	property_expect("/images/image@0", "image-name", NULL, 0, "image without a proper name");
}

static void test_reader_references(void **state)
{
	static const char image[] = "/images/image@0";

	(void)state;
	number_expect("/partitions/lpar@2", "boot-image", 1, "boot image not in the plan");
	number_expect("/partitions/lpar@2", "boot-image", 64, "boot image missing or out of range");
	property_expect("/partitions/lpar@2", "boot-image", NULL, 0,
			"boot image missing or out of range");
	number_expect(image, "kernel", 2, "image without a kernel");
	number_expect(image, "kernel", 0xffffffff, "image without a kernel");
	property_expect(image, "kernel", NULL, 0, "image without a kernel");
	number_expect(image, "initrd", 2, "image with an initrd that is not in the plan");
	property_expect(image, "initrd", "", 0, "image with an initrd that is not in the plan");
	property_expect(image, "initrd", NULL, 0, NULL);
	property_expect("/files/file@0", "data", "", 0, "image without a kernel");
	property_expect("/files/file@1", "data", NULL, 0,
			"image with an initrd that is not in the plan");
}

static void test_reader_doubles(void **state)
{
	(void)state;
	number_expect("/partitions/lpar@2", "lpar-id", 1,
		      "two partitions with the same name or ID");
	property_expect("/partitions/lpar@2", "lpar-name", "a", 2,
			"two partitions with the same name or ID");
}

static void test_reader_nodes(void **state)
{
	static const char *const nodes[] = {"/partitions", "/images", "/files"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		void *blob = blob_for_change();

		assert_int_equal(fdt_del_node(blob, fdt_path_offset(blob, nodes[i])), 0);
		blob_expect(blob, "no partitions, images or files");
	}
}

/* One partition more than 64, put together from the copy of a good one. */
static void test_reader_too_many(void **state)
{
	char *text = many_text(64);
	char *name = strdup("one-too-many");
	size_t size;
	void *blob;
	void *open;
	int node, good, property;

	(void)state;
	file_make("kernel", "kernel", 6);
	blob = good_compile(text, &size);
	open = malloc(size + 4096);
	assert_int_equal(fdt_open_into(blob, open, (int)size + 4096), 0);
	node = fdt_add_subnode(open, fdt_path_offset(open, "/partitions"), "lpar@c8");
	assert_true(node > 0);
	good = fdt_path_offset(blob, "/partitions/lpar@40");
	fdt_for_each_property_offset(property, blob, good) {
		const char *property_name;
		int length;
		const void *value = fdt_getprop_by_offset(blob, property, &property_name, &length);

		assert_int_equal(fdt_setprop(open, node, property_name, value, length), 0);
	}
	assert_int_equal(fdt_setprop_string(open, node, "lpar-name", name), 0);
	assert_int_equal(fdt_setprop_u32(open, node, "lpar-id", 200), 0);
	blob_expect(open, "too many partitions");
	free(blob);
	free(name);
	free(text);
}

/* Every beginning of a blob, alone in memory of just that size, an old format, a wrong alignment.
 */
static void test_reader_damaged(void **state)
{
	static const char damaged[] = "not a flat device tree, cut off or damaged";
	void *blob = blob_for_change();
	const char *reason;
	struct plan plan;
	size_t size;

	(void)state;
	fdt_pack(blob);
	size = fdt_totalsize(blob);
	for (size_t part = 0; part < size; part++) {
		void *copy = malloc(part);

		memcpy(copy, blob, part);
		assert_int_equal(plan_open(&plan, copy, part, &reason), -1);
		assert_string_equal(reason, damaged);
		free(copy);
	}
	fdt_set_version(blob, 16);
	fdt_set_last_comp_version(blob, 16);
	assert_int_equal(plan_open(&plan, blob, size, &reason), -1);
	assert_string_equal(reason, damaged);
	fdt_set_version(blob, 17);
	assert_int_equal(plan_open(&plan, blob, size, &reason), 0);
	memmove((char *)blob + 4, blob, size);
	assert_int_equal(plan_open(&plan, (char *)blob + 4, size, &reason), -1);
	assert_string_equal(reason, damaged);
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_daemons),
		cmocka_unit_test(test_round_trip_many),
		cmocka_unit_test(test_files_once),
		cmocka_unit_test(test_files_refused),
		cmocka_unit_test(test_size_limit),
		cmocka_unit_test(test_file_shortened),
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_reader_numbers),
		cmocka_unit_test(test_reader_procs),
		cmocka_unit_test(test_reader_strings),
		cmocka_unit_test(test_reader_references),
		cmocka_unit_test(test_reader_doubles),
		cmocka_unit_test(test_reader_nodes),
		cmocka_unit_test(test_reader_too_many),
		cmocka_unit_test(test_reader_damaged),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
