// SPDX-License-Identifier: Apache-2.0
// Formats of the management console: options, records, -F, --header, --filter, quotes.
// SOURCES: tools/hmcd/listing.c tests/unit/hmcd_session.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/hmcd_session.h"
#include "tools/hmcd/listing.h"

static const struct listing_filter filters[] = {{"lpar_names", "name"},
						{"lpar_ids", "lpar_id"},
						{NULL, NULL}};

static void records_list(struct listing *listing)
{
	listing_add(listing, "name", "one");
	listing_add(listing, "lpar_id", "1");
	listing_add(listing, "args", "a,b");
	listing_record(listing);
	listing_add(listing, "name", "two");
	listing_add(listing, "lpar_id", "2");
	listing_none(listing, "args");
	listing_record(listing);
}

/* What the options F, header (if @header) and filter make of two records. */
static void assert_listed(const char *asked, bool header, const char *filter, int status,
			  const char *output, const char *errors)
{
	struct options options = {.count = 0};
	struct session session = {.fd = -1};
	struct listing listing;
	int result = 1;

	if (asked)
		options_give(&options, "F", *asked ? asked : NULL);
	if (header)
		options_give(&options, "header", NULL);
	if (filter)
		options_give(&options, "filter", filter);
	if (!listing_begin(&listing, &session, &options, filters)) {
		records_list(&listing);
		result = listing_end(&listing);
	}
	assert_int_equal(result, status);
	assert_string_equal(session_output(), output);
	assert_string_equal(session_errors(), errors);
	session_forget();
}

static void records_are_pairs(void **state)
{
	(void)state;
	assert_listed(NULL, false, NULL, 0, "name=one,lpar_id=1,\"args=a,b\"\nname=two,lpar_id=2\n",
		      "");
}

static void values_are_in_the_order_asked(void **state)
{
	(void)state;
	assert_listed("lpar_id,name", false, NULL, 0, "1,one\n2,two\n", "");
	assert_listed("lpar_id:name", true, NULL, 0, "lpar_id:name\n1:one\n2:two\n", "");
	assert_listed("args", false, NULL, 0, "\"a,b\"\nnull\n", "");
	assert_listed("args:name", false, NULL, 0, "a,b:one\nnull:two\n", "");
	assert_listed("", true, NULL, 0, "name,lpar_id,args\none,1,\"a,b\"\ntwo,2,null\n", "");
}

static void filters_choose(void **state)
{
	(void)state;
	assert_listed("name", false, "lpar_ids=2", 0, "two\n", "");
	assert_listed("name", false, "lpar_names=two,one", 0, "one\ntwo\n", "");
	assert_listed("name", false, "\"lpar_names=two,one\",lpar_ids=1", 0, "one\n", "");
	assert_listed("name", false, "lpar_ids=7", 0, "No results were found.\n", "");
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	assert_listed("colour", false, NULL, 1, "",
		      "HSCL8016 The attribute colour given with -F is not valid.\n");
	assert_listed(NULL, true, NULL, 1, "", "HSCL8010 --header is only allowed with -F.\n");
	assert_listed(NULL, false, "colour=red", 1, "",
		      "HSCL8017 The filter name colour is not valid here.\n");
	assert_listed(NULL, false, "red", 1, "",
		      "HSCL8017 The filter name red is not valid here.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_pairs),
		cmocka_unit_test(values_are_in_the_order_asked),
		cmocka_unit_test(filters_choose),
		cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
