// SPDX-License-Identifier: Apache-2.0
// SOURCES: tools/openlpar-plan/attribute.c tools/openlpar-plan/config.c
// SOURCES: tools/openlpar-plan/problem.c tools/openlpar-plan/procs.c tools/openlpar-plan/record.c
// SOURCES: tools/openlpar-plan/adapter.c
/* The text of a system plan: syntax, ranges and what records say about each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/unit/plan_text.h"
#include "tools/openlpar-plan/config.h"
#include "tools/openlpar-plan/record.h"

static struct config config;

/* Parses SIZE bytes; returns all problems as text. CONFIG then points into *COPY. */
static char *bytes_parse(const char *bytes, size_t size, char **copy)
{
	struct problems problems = {0};
	bool good;

	*copy = malloc(size + 1);
	memcpy(*copy, bytes, size);
	(*copy)[size] = '\0';
	good = config_parse(&config, *copy, size, &problems);
	assert_int_equal(good, problems.count == 0);
	return problems_text(&problems);
}

static void assert_problems(const char *text, const char *expected)
{
	char *copy;
	char *problems = bytes_parse(text, strlen(text), &copy);

	if (strcmp(problems, expected) != 0)
		fail_msg("plan:\n%s\nproblems:\n%s\nexpected:\n%s", text, problems, expected);
	free(problems);
	free(copy);
}

/* The one problem of TEXT begins with START and contains RANGE; START NULL: there is none. */
static void assert_problem(const char *text, const char *start, const char *range)
{
	char *copy;
	char *problems = bytes_parse(text, strlen(text), &copy);
	char *end = strchr(problems, '\n');
	bool good = start == NULL ? problems[0] == '\0'
				  : strncmp(problems, start, strlen(start)) == 0 &&
					    strstr(problems, range) != NULL && end[1] == '\0';

	if (!good)
		fail_msg("plan:\n%s\nproblems:\n%s\nexpected: %s…%s", text, problems,
			 start == NULL ? "none" : start, start == NULL ? "" : range);
	free(problems);
	free(copy);
}

/* Parses one record; returns its pairs as "attribute|value\n…" or the problem. */
static char *record_text(const char *line)
{
	struct problems problems = {0};
	struct record record;
	char *copy = strdup(line);
	char *text;
	size_t size;
	FILE *stream;

	if (!record_parse(&record, copy, 7, &problems)) {
		assert_int_equal(problems.count, 1);
		free(copy);
		return problems_text(&problems);
	}
	assert_int_equal(problems.count, 0);
	stream = open_memstream(&text, &size);
	fprintf(stream, "%s", record.type);
	for (size_t i = 0; i < record.pair_count; i++)
		fprintf(stream, "|%s=%s", record.pairs[i].attribute, record.pairs[i].value);
	fclose(stream);
	free(copy);
	return text;
}

static void test_record(void **state)
{
	static const struct {
		const char *line;
		const char *result; /* or the beginning of the problem */
	} cases[] = {
		{"t a=1", "t|a=1"},
		{"t  \t a=1,b=2", "t|a=1|b=2"},
		{"t a=", "t|a="},
		{"t a=,b=", "t|a=|b="},
		{"t a=x=y z", "t|a=x=y z"},
		{"t a=\"\"", "t|a="},
		{"t a=\"\",b=1", "t|a=|b=1"},
		{"t a=\"x,y\",b=1", "t|a=x,y|b=1"},
		{"t \"a=x,y\",b=1", "t|a=x,y|b=1"},
		{"t b=1,\"a=x,y\"", "t|b=1|a=x,y"},
		{"t a=\"say \"\"x,y\"\"\"", "t|a=say \"x,y\""},
		{"t \"a=say \"\"x,y\"\"\"", "t|a=say \"x,y\""},
		{"t \"a=\"\"x,y\"\",\"\"z\"\"\"", "t|a=\"x,y\",\"z\""},
		{"t \"a=x=y\"", "t|a=x=y"},
		{"t a=\"\"\"\"", "t|a=\""},
		{"t", "p:7: t: no attributes"},
		{"t a", "p:7: a: no = after the attribute"},
		{"t a,b=1", "p:7: a: no = after the attribute"},
		{"t \"a\"", "p:7: a: no = after the attribute"},
		{"t a=1,", "p:7: record: attribute missing"},
		{"t a=1,,b=2", "p:7: record: attribute missing"},
		{"t ,a=1", "p:7: record: attribute missing"},
		{"t \"\"", "p:7: record: attribute missing"},
		{"t =1", "p:7: record: \"\" is not an attribute name"},
		{"t a=1, b=2", "p:7: record: \" b\" is not an attribute name"},
		{"t a =1", "p:7: record: \"a \" is not an attribute name"},
		{"t a*=1", "p:7: record: \"a*\" is not an attribute name"},
		{"t a++=1", "p:7: record: \"a++\" is not an attribute name"},
		{"t A=1", "p:7: record: \"A\" is not an attribute name"},
		{"t a=\"x", "p:7: a: closing double quote missing"},
		{"t a=\"x\"\"", "p:7: a: closing double quote missing"},
		{"t a=\"", "p:7: a: closing double quote missing"},
		{"t \"a=x", "p:7: record: closing double quote missing"},
		{"t a=x\"y\"", "p:7: a: double quote inside a value"},
		{"t a\"b=1", "p:7: a: no = after the attribute"},
		{"t a=\"x\"y", "p:7: a: text after the closing double quote"},
		{"t \"a=x\"b=1", "p:7: a: text after the closing double quote"},
		{"t a=\"x\" ,b=1", "p:7: a: text after the closing double quote"},
		{"t a=x\ty", "t|a=x\ty"},
		{"t a=x\x01y", "p:7: record: control character 0x01 in column 6"},
		{"t\x7f a=x", "p:7: record: control character 0x7f in column 2"},
		{"t a=\r", "p:7: record: control character 0x0d"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = record_text(cases[i].line);
		bool problem = strncmp(cases[i].result, "p:", 2) == 0;

		if (problem ? strncmp(text, cases[i].result, strlen(cases[i].result)) != 0
			    : strcmp(text, cases[i].result) != 0)
			fail_msg("%s: %s instead of %s", cases[i].line, text, cases[i].result);
		free(text);
	}
}

static void test_record_size(void **state)
{
	char line[512] = "t ";
	char *text;

	(void)state;
	for (int i = 0; i < RECORD_PAIRS_MAX; i++)
		snprintf(line + strlen(line), 16, "%sa%d=", i == 0 ? "" : ",", i);
	text = record_text(line);
	assert_null(strstr(text, "too many"));
	free(text);
	strcat(line, ",b=1");
	text = record_text(line);
	assert_string_equal(text, "p:7: t: too many attributes (1 to 32)\n");
	free(text);
}

static void test_defaults(void **state)
{
	const char *text = LPAR "\n" IMAGE;
	char *copy;
	char *problems = bytes_parse(text, strlen(text), &copy);

	(void)state;
	assert_string_equal(problems, "");
	assert_string_equal(config.system.name, "openlpar");
	assert_int_equal(config.system.mem_region_size, 16);
	assert_int_equal(config.lpar_count, 1);
	assert_int_equal(config.lpars[0].id, 1);
	assert_int_equal(config.lpars[0].rmo_size, 0);
	assert_string_equal(config.lpars[0].boot_mode, "of");
	assert_string_equal(config.lpars[0].boot_args, "");
	assert_null(config.images[0].initrd);
	free(problems);
	free(copy);
}

static void test_lines(void **state)
{
	(void)state;
	assert_problems("# comment\n\n   \t\n  # another\n" IMAGE LPAR "\n", "");
	assert_problems("\r\nimage name=i,kernel=k\r\n" LPAR "\r\n", "");
	assert_problems(IMAGE "  " LPAR " \t", "");
	assert_problems(IMAGE LPAR " \r\n", "");
	assert_problems(IMAGE LPAR "\r", "");
	assert_problem(IMAGE LPAR "\r\r\n", "p:2: record: control character 0x0d", "");
	assert_problems("lpar\x01 name=a\n",
			"p:1: record: control character 0x01 in column 5 (printable text)\n");
	assert_problem(IMAGE LPAR "\nvios name=v\n", "p:3: vios: unknown record type",
		       "(sys, image, lpar or prof)");
	assert_problem(IMAGE LPAR "\nLPAR name=v\n", "p:3: LPAR: unknown record type", "");
	assert_problems("", "");
	assert_problems("# x\n", "");
}

static void test_nul(void **state)
{
	static const char text[] = IMAGE "lp\0ar\n";
	char *copy;
	char *problems = bytes_parse(text, sizeof(text) - 1, &copy);

	(void)state;
	assert_string_equal(problems, "p:2: record: NUL character (a plan is a text file)\n");
	free(problems);
	free(copy);
}

/* Every numeric attribute of an lpar: in a record otherwise good, VALUE is refused or taken. */
static void lpar_value(const char *attribute, const char *value, const char *range)
{
	static const char *const others[] = {"desired_mem=256", "desired_procs=1", "boot_image=i",
					     "name=a"};
	char text[4096] = IMAGE "lpar ";
	char start[64];

	snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s=%s", attribute, value);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strncmp(others[i], attribute, strlen(attribute)) != 0)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), ",%s",
				 others[i]);
	snprintf(start, sizeof(start), "p:2: %s: ", attribute);
	assert_problem(text, range == NULL ? NULL : start, range == NULL ? "" : range);
}

static void test_ranges(void **state)
{
	static const struct {
		const char *attribute;
		const char *good[8];
		const char *bad[16];
		const char *range;
	} cases[] = {
		{"lpar_id",
		 {"1", "254", "007"},
		 {"0", "255", "", "-1", "+1", "1x", "0x1", "1.5", " 1", "1 2", "4294967297",
		  "18446744073709551617"},
		 "(1 to 254)"},
		{"desired_procs",
		 {"1", "64"},
		 {"0", "65", "", "-1", "a", "4294967297"},
		 "(1 to 64)"},
		{"desired_mem",
		 {"64", "80", "1048576"},
		 {"63", "48", "0", "1048577", "1048592", "", "256M", "4294967360"},
		 "(64 to 1048576 MiB, a multiple of the sys record's mem_region_size)"},
		{"desired_mem",
		 {"96"},
		 {"65", "100", "1048575"},
		 "is not a multiple of mem_region_size=16 (64 to 1048576 MiB in steps of 16)"},
		{"min_mem",
		 {"64", "80", "256"},
		 {"63", "0", "1048577", "", "256M", "4294967360"},
		 "(64 to 1048576 MiB, a multiple of the sys record's mem_region_size)"},
		{"min_mem",
		 {"240"},
		 {"65"},
		 "is not a multiple of mem_region_size=16 (64 to 256 MiB"},
		{"min_mem", {"256"}, {"272"}, "272 is more than desired_mem=256 (64 to 256 MiB)"},
		{"max_mem",
		 {"256", "272", "1048576"},
		 {"63", "0", "1048577", "", "-1"},
		 "(64 to 1048576 MiB, a multiple of the sys record's mem_region_size)"},
		{"max_mem",
		 {"256"},
		 {"257"},
		 "is not a multiple of mem_region_size=16 (256 to 1048576"},
		{"max_mem",
		 {"256"},
		 {"240"},
		 "240 is less than desired_mem=256 (256 to 1048576 MiB)"},
		{"rmo_size",
		 {"32", "64", "128", "256"},
		 {"0", "16", "48", "512", "", "x", "33", "257"},
		 "(32, 64, 128 or 256 MiB, at most desired_mem)"},
		{"min_procs", {"1", "01"}, {"0", "65", "", "-1", "1.0"}, "(1 to 64)"},
		{"max_procs", {"1", "64"}, {"0", "65", ""}, "(1 to 64)"},
		{"max_proc_units",
		 {"1", "1.0", "1.00", "0001", "0.1", "0.10", "0.99"},
		 {"0", "0.00", "64.01", "6400", ".3", "1.", "0.300", "1,5", "", "-1", "0x1", "1e0",
		  "0.3 ", "00001", "0.-1"},
		 "(0.01 to 64.00 in steps of 0.01)"},
		{"min_proc_units", {"0.1"}, {"0", "65", "."}, "(0.01 to 64.00 in steps of 0.01)"},
		{"desired_proc_units", {"0.1", "1"}, {"0", "65", "1.2.3"}, "(0.01 to 64.00 in"},
		{"uncap_weight", {"0", "1", "128", "255"}, {"256", "", "-1", "0.5"}, "(0 to 255)"},
		{"proc_mode", {"shared", "ded"}, {"", "dedicated", "Shared"}, "(shared or ded)"},
		{"sharing_mode",
		 {"cap", "uncap"},
		 {"", "capped", "share_idle"},
		 "(cap, uncap; with proc_mode=ded keep_idle_procs, share_idle_procs, "
		 "share_idle_procs_active, share_idle_procs_always)"},
		{"boot_mode", {"of", "fdt"}, {"", "OF", "of ", "ofx", "norm"}, "(of or fdt)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t j = 0; cases[i].good[j] != NULL; j++)
			lpar_value(cases[i].attribute, cases[i].good[j], NULL);
		for (size_t j = 0; cases[i].bad[j] != NULL; j++) {
			char value[64];

			/* a blank at the end of the line would be cut off */
			snprintf(value, sizeof(value), "\"%s\"", cases[i].bad[j]);
			lpar_value(cases[i].attribute, value, cases[i].range);
		}
	}
}

static void memory_expect(const char *attributes, u32 min, u32 desired, u32 max)
{
	char text[256];
	char *problems;
	char *copy;

	snprintf(text, sizeof(text), IMAGE "lpar name=a,desired_procs=1,boot_image=i,%s\n",
		 attributes);
	problems = bytes_parse(text, strlen(text), &copy);
	assert_string_equal(problems, "");
	assert_int_equal(config.lpars[0].min_mem, min);
	assert_int_equal(config.lpars[0].desired_mem, desired);
	assert_int_equal(config.lpars[0].max_mem, max);
	free(problems);
	free(copy);
}

static void test_memory(void **state)
{
	(void)state;
	memory_expect("desired_mem=256", 256, 256, 256);
	memory_expect("desired_mem=256,min_mem=64", 64, 256, 256);
	memory_expect("max_mem=1024,desired_mem=256", 256, 256, 1024);
	memory_expect("min_mem=128,desired_mem=256,max_mem=512", 128, 256, 512);
	assert_problem("sys mem_region_size=256\n" IMAGE
		       "lpar name=a,min_mem=128,desired_mem=512,desired_procs=1,boot_image=i",
		       "p:3: min_mem: 128 is not a multiple of mem_region_size=256",
		       "(256 to 512 MiB in steps of 256)");
	assert_problems(IMAGE "lpar name=a,min_mem=128,desired_mem=112,max_mem=96,desired_procs=1,"
			      "boot_image=i",
			"p:2: min_mem: 128 is more than desired_mem=112 (64 to 112 MiB)\n"
			"p:2: max_mem: 96 is less than desired_mem=112 (112 to 1048576 MiB)\n");
	/* what was refused is not missed in what depends on it */
	assert_problem(IMAGE "lpar name=a,min_mem=128,desired_mem=1,desired_procs=1,boot_image=i",
		       "p:2: desired_mem: \"1\" is not allowed", "(64 to");
	assert_problem(IMAGE "lpar name=a,min_mem=512,desired_mem=100,desired_procs=1,boot_image=i",
		       "p:2: desired_mem: 100 is not a multiple", "(64 to");
}

static void test_names(void **state)
{
	static const char range[] = "1 to 31 printable characters, none of ()<>*$&?|[]'\"`/, "
				    "no blank at either end)";
	static const char refused[] = "()<>*$&?|[]'`/";
	char value[8] = "\"a.b\"";

	(void)state;
	lpar_value("name", "x", NULL);
	lpar_value("name", "abcdefghijklmnopqrstuvwxyz01234", NULL);
	lpar_value("name", "\"my lpar, no. 1 #@^{}~+-_=;:%!\"", NULL);
	lpar_value("name", "", range);
	lpar_value("name", "\" x\"", range);
	lpar_value("name", "\"x \"", range);
	lpar_value("name", "abcdefghijklmnopqrstuvwxyz012345", range);
	lpar_value("name", "\"a\"\"b\"", range);
	lpar_value("name", "\xc3\xa4", range);
	for (const char *c = refused; *c != '\0'; c++) {
		value[2] = *c;
		lpar_value("name", value, range);
	}
	assert_problem(IMAGE LPAR "\nsys name=a*\n", "p:3: name: \"a*\" is not allowed", range);
	assert_problem(IMAGE LPAR "\nimage name=a/b,kernel=k\n", "p:3: name: \"a/b\"", range);
}

static void test_boot_args(void **state)
{
	char args[PLAN_BOOT_ARGS_MAX + 2];

	(void)state;
	memset(args, 'x', sizeof(args));
	args[PLAN_BOOT_ARGS_MAX] = '\0';
	lpar_value("boot_args", args, NULL);
	args[PLAN_BOOT_ARGS_MAX] = 'x';
	args[PLAN_BOOT_ARGS_MAX + 1] = '\0';
	lpar_value("boot_args", args, "xxx\"... is not allowed (0 to 2047 printable ASCII");
	lpar_value("boot_args", "", NULL);
	lpar_value("boot_args", "console=hvc0 quiet", NULL);
	lpar_value("boot_args", "\"a,b\"", NULL);
	lpar_value("boot_args", "a\xc3\xa4", "0 to 2047 printable ASCII characters");
}

static void test_system(void **state)
{
	(void)state;
	assert_problems("sys mem_region_size=128\n" IMAGE LPAR, "");
	assert_problems(IMAGE LPAR "\nsys name=s,mem_region_size=256\n", "");
	for (u32 size = 0; size <= 520; size++) {
		char text[128];
		bool good = size == 16 || size == 32 || size == 64 || size == 128 || size == 256;

		snprintf(text, sizeof(text), "sys mem_region_size=%u\n" IMAGE LPAR, size);
		assert_problem(text, good ? NULL : "p:1: mem_region_size: ",
			       "(16, 32, 64, 128 or 256 MiB)");
	}
	assert_problem("sys name=a\nsys name=b\n" IMAGE LPAR,
		       "p:2: sys: the system is already described in line 1", "at most one");
	assert_problem("sys mem_region_size=256\n" IMAGE
		       "lpar name=a,desired_mem=128,desired_procs=1,boot_image=i",
		       "p:3: desired_mem: 128 is not a multiple of mem_region_size=256",
		       "(256 to 1048576 MiB in steps of 256)");
	assert_problem(IMAGE "lpar name=a,desired_mem=64,desired_procs=1,boot_image=i,rmo_size=128",
		       "p:2: rmo_size: 128 is more than desired_mem=64",
		       "(32, 64, 128 or 256 MiB, at most desired_mem)");
	assert_problem("sys name=s,name=s\n" IMAGE LPAR, "p:1: name: given more than once",
		       "at most once");
}

/* What is taken for SYSTEM and a partition with these attributes of its processors. */
static void procs_expect(const char *system, const char *attributes, const char *expected)
{
	const struct config_procs *procs = &config.lpars[0].procs;
	char text[1024];
	char *problems;
	char *copy;

	snprintf(text, sizeof(text),
		 IMAGE "lpar name=a,desired_mem=256,boot_image=i,%s\nsys name=s%s\n", attributes,
		 system);
	problems = bytes_parse(text, strlen(text), &copy);
	assert_string_equal(problems, "");
	snprintf(text, sizeof(text), "%s %u,%u,%u %u,%u,%u %u",
		 plan_sharing_name(procs->sharing_mode), procs->min_procs, procs->desired_procs,
		 procs->max_procs, procs->min_units, procs->desired_units, procs->max_units,
		 procs->uncap_weight);
	assert_string_equal(text, expected);
	free(problems);
	free(copy);
}

static void test_procs_defaults(void **state)
{
	(void)state;
	procs_expect("", "desired_procs=1", "uncap 1,1,1 10,10,10 128");
	procs_expect("", "desired_procs=10", "uncap 1,10,10 10,100,100 128");
	procs_expect(",min_proc_units_per_virtual_proc=0.05", "desired_procs=10",
		     "uncap 1,10,10 5,50,50 128");
	procs_expect(",min_proc_units_per_virtual_proc=0.00", "desired_procs=64",
		     "uncap 1,64,64 1,1,1 128");
	procs_expect("", "desired_procs=2,desired_proc_units=1.25", "uncap 1,2,2 10,125,125 128");
	procs_expect("", "desired_procs=2,min_proc_units=0.5", "uncap 1,2,2 50,50,50 128");
	procs_expect("", "desired_procs=3,min_proc_units=1.5", "uncap 2,3,3 150,150,150 128");
	procs_expect("", "desired_procs=1,max_procs=4", "uncap 1,1,4 10,10,40 128");
	procs_expect("", "desired_procs=1,max_proc_units=2.01", "uncap 1,1,3 10,10,201 128");
	procs_expect("",
		     "sharing_mode=cap,min_procs=2,desired_procs=4,max_procs=8,"
		     "min_proc_units=0.3,desired_proc_units=2,max_proc_units=8.0",
		     "cap 2,4,8 30,200,800 0");
	procs_expect("", "proc_mode=shared,sharing_mode=uncap,desired_procs=1,uncap_weight=0",
		     "uncap 1,1,1 10,10,10 0");
	procs_expect("", "proc_mode=ded,desired_procs=2", "share_idle_procs 1,2,2 0,0,0 0");
	procs_expect("",
		     "sharing_mode=keep_idle_procs,proc_mode=ded,min_procs=2,desired_procs=2,"
		     "max_procs=64",
		     "keep_idle_procs 2,2,64 0,0,0 0");
	procs_expect("", "proc_mode=ded,sharing_mode=share_idle_procs_active,desired_procs=1",
		     "share_idle_procs_active 1,1,1 0,0,0 0");
	procs_expect("", "proc_mode=ded,sharing_mode=share_idle_procs_always,desired_procs=1",
		     "share_idle_procs_always 1,1,1 0,0,0 0");
}

static void test_procs(void **state)
{
	static const struct {
		const char *attributes;
		const char *problem;
	} cases[] = {
		{"min_procs=3,desired_procs=2",
		 "min_procs: 3 is more than desired_procs=2 (1 to 2)"},
		{"max_procs=1,desired_procs=2",
		 "max_procs: 1 is less than desired_procs=2 (2 to 64)"},
		{"desired_procs=2,desired_proc_units=0.19",
		 "desired_proc_units: 0.19 is not allowed with desired_procs=2 (0.20 to 2.00)"},
		{"desired_procs=2,desired_proc_units=2.01",
		 "desired_proc_units: 2.01 is not allowed with desired_procs=2 (0.20 to 2.00)"},
		{"desired_procs=2,min_procs=2,min_proc_units=0.1",
		 "min_proc_units: 0.10 is not allowed with min_procs=2 (0.20 to 2.00)"},
		{"desired_procs=2,max_procs=8,max_proc_units=0.75",
		 "max_proc_units: 0.75 is not allowed with max_procs=8 (0.80 to 8.00)"},
		{"desired_procs=4,desired_proc_units=0.4,min_proc_units=0.5",
		 "min_proc_units: 0.50 is more than desired_proc_units=0.40 (0.10 to 0.40)"},
		{"desired_procs=4,desired_proc_units=1.5,max_proc_units=1",
		 "max_proc_units: 1.00 is less than desired_proc_units=1.50 (1.50 to 4.00)"},
		{"desired_procs=1,sharing_mode=cap,uncap_weight=1",
		 "uncap_weight: not allowed with sharing_mode=cap (only with sharing_mode=uncap)"},
		{"desired_procs=1,proc_mode=ded,uncap_weight=1",
		 "uncap_weight: not allowed with sharing_mode=share_idle_procs (only with "
		 "sharing_mode=uncap)"},
		{"desired_procs=1,proc_mode=ded,sharing_mode=cap",
		 "sharing_mode: cap is not allowed with proc_mode=ded (keep_idle_procs, "
		 "share_idle_procs, share_idle_procs_active or share_idle_procs_always)"},
		{"desired_procs=1,sharing_mode=keep_idle_procs",
		 "sharing_mode: keep_idle_procs is not allowed with proc_mode=shared (cap or "
		 "uncap)"},
		{"desired_procs=1,proc_mode=ded,min_proc_units=0.1",
		 "min_proc_units: not allowed with proc_mode=ded (only with proc_mode=shared)"},
		{"desired_procs=1,proc_mode=ded,desired_proc_units=1.0",
		 "desired_proc_units: not allowed with proc_mode=ded (only with "
		 "proc_mode=shared)"},
		{"desired_procs=1,proc_mode=ded,max_proc_units=1.0",
		 "max_proc_units: not allowed with proc_mode=ded (only with proc_mode=shared)"},
		{"proc_mode=ded,min_procs=2,desired_procs=1",
		 "min_procs: 2 is more than desired_procs=1 (1 to 1)"},
		/* one that was refused is not missed in what depends on it */
		{"desired_procs=0,min_procs=3", "desired_procs: \"0\" is not allowed (1 to 64)"},
		{"desired_procs=1,min_procs=0,max_procs=2,max_proc_units=0.1",
		 "min_procs: \"0\" is not allowed (1 to 64)"},
		{"desired_procs=4,desired_proc_units=x,min_proc_units=2",
		 "desired_proc_units: \"x\" is not allowed (0.01 to 64.00 in steps of 0.01)"},
		{"desired_procs=1,proc_mode=x,sharing_mode=keep_idle_procs",
		 "proc_mode: \"x\" is not allowed (shared or ded)"},
	};
	char text[1024];
	char problem[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), IMAGE "lpar name=a,desired_mem=256,boot_image=i,%s\n",
			 cases[i].attributes);
		snprintf(problem, sizeof(problem), "p:2: %s\n", cases[i].problem);
		assert_problems(text, problem);
	}
}

static void test_min_units_per_vp(void **state)
{
	static const char range[] = "(0.00 to 0.10 in steps of 0.01)";

	(void)state;
	for (u32 units = 0; units <= 12; units++) {
		char text[256];
		bool good = units <= 10;

		snprintf(text, sizeof(text),
			 "sys min_proc_units_per_virtual_proc=0.%02u\n" IMAGE LPAR, units);
		assert_problem(text, good ? NULL : "p:1: min_proc_units_per_virtual_proc: ", range);
	}
	assert_problems("sys min_proc_units_per_virtual_proc=0\n" IMAGE
			"lpar name=a,desired_mem=64,boot_image=i,desired_procs=2,"
			"desired_proc_units=2.01\n",
			"p:3: desired_proc_units: 2.01 is not allowed with desired_procs=2 (0.01 "
			"to 2.00)\n");
	assert_problems("sys min_proc_units_per_virtual_proc=0.01\n" IMAGE LPAR
			",desired_proc_units=0.01\n",
			"");
	assert_problem("sys min_proc_units_per_virtual_proc=0.02\n" IMAGE LPAR
		       ",desired_proc_units=0.01\n",
		       "p:3: desired_proc_units: 0.01 is not allowed with desired_procs=1",
		       "(0.02 to 1.00)");
	assert_problem("sys min_proc_units_per_virtual_proc=1\n" IMAGE LPAR
		       ",desired_proc_units=0.01\n",
		       "p:1: min_proc_units_per_virtual_proc: \"1\" is not allowed", range);
}

static void test_attributes(void **state)
{
	(void)state;
	assert_problems("lpar lpar_id=1\nimage initrd=x\n",
			"p:1: name: missing (1 to 31 printable characters, none of "
			"()<>*$&?|[]'\"`/, no blank at either end)\n"
			"p:1: desired_mem: missing (64 to 1048576 MiB, a multiple of the sys "
			"record's mem_region_size)\n"
			"p:1: desired_procs: missing (1 to 64)\n"
			"p:1: boot_image: missing (name of an image record)\n"
			"p:2: name: missing (1 to 31 printable characters, none of "
			"()<>*$&?|[]'\"`/, no blank at either end)\n"
			"p:2: kernel: missing (path of a file that can be read and is not "
			"empty)\n");
	assert_problem(
		IMAGE LPAR ",profile=x\n",
		"p:2: profile: unknown attribute of the record type lpar",
		"(name, lpar_id, profile_name, default_profile, min_mem, desired_mem, max_mem, proc_mode, sharing_mode, min_procs, "
		"desired_procs, max_procs, min_proc_units, desired_proc_units, "
		"max_proc_units, uncap_weight, rmo_size, boot_image, boot_mode, boot_args, "
		"max_virtual_slots, virtual_serial_adapters, virtual_scsi_adapters, "
		"virtual_eth_adapters, auto_start)");
	assert_problem(IMAGE LPAR ",name=b\n", "p:2: name: given more than once", "(at most once");
	assert_problem(IMAGE LPAR ",\"name=b\"\n", "p:2: name: given more than once", "");
	assert_problem("image name=i,kernel=\n" LPAR, "p:1: kernel: \"\" is not allowed",
		       "(path of a file that can be read and is not empty)");
	assert_problem("image name=i,kernel=k,initrd=\n" LPAR, "p:1: initrd: \"\"", "path of");
}

static void test_references(void **state)
{
	(void)state;
	assert_problems(LPAR "\n" IMAGE, "");
	assert_problems(LPAR "\n",
			"p:1: boot_image: no image has the name \"i\" (name of an image record)\n");
	assert_problem(IMAGE IMAGE LPAR,
		       "p:2: name: \"i\" is already the name of the image in line 1",
		       "(every image");
	assert_problem(IMAGE LPAR "\n" LPAR,
		       "p:3: name: \"a\" is already the name of the partition in line 2",
		       "(every partition");
	assert_problem(IMAGE LPAR ",lpar_id=3\nlpar name=b,lpar_id=3,desired_mem=64,"
				  "desired_procs=2,boot_image=i\n",
		       "p:3: lpar_id: 3 is already the ID of the partition in line 2",
		       "(1 to 254, every partition its own)");
	/* an image that could not be read is not missed a second time */
	assert_problem("image name=i,kernel=\"k\n" LPAR, "p:1: kernel: closing", "");
	assert_problem("image name=*,kernel=k\n" LPAR, "p:1: name: \"*\"", "");
}

static void test_problem_order(void **state)
{
	(void)state;
	assert_problems("image name=i,kernel=k,x=1\n"
			"lpar name=a,lpar_id=0,desired_mem=64,desired_procs=0,boot_image=j\n"
			"foo bar=1\n",
			"p:1: x: unknown attribute of the record type image (name, kernel, "
			"initrd)\n"
			"p:2: lpar_id: \"0\" is not allowed (1 to 254)\n"
			"p:2: desired_procs: \"0\" is not allowed (1 to 64)\n"
			"p:2: boot_image: no image has the name \"j\" (name of an image record)\n"
			"p:3: foo: unknown record type (sys, image, lpar or prof)\n");
}

static void test_ids(void **state)
{
	static const u32 expected[] = {2, 3, 1, 5, 4, 6};
	static const char *const given[] = {"", "", ",lpar_id=1", ",lpar_id=5", "", ",lpar_id=6"};
	char text[1024] = IMAGE;
	char *problems;
	char *copy;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		sprintf(text + strlen(text),
			"lpar name=l%zu,desired_mem=64,desired_procs=1,boot_image=i%s\n", i,
			given[i]);
	problems = bytes_parse(text, strlen(text), &copy);
	assert_string_equal(problems, "");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_int_equal(config.lpars[i].id, expected[i]);
	free(problems);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),	   cmocka_unit_test(test_record_size),
		cmocka_unit_test(test_defaults),   cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nul),	   cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_memory),	   cmocka_unit_test(test_names),
		cmocka_unit_test(test_boot_args),  cmocka_unit_test(test_procs_defaults),
		cmocka_unit_test(test_procs),	   cmocka_unit_test(test_min_units_per_vp),
		cmocka_unit_test(test_system),	   cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_references), cmocka_unit_test(test_problem_order),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
