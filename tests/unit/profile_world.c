// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/profile_world.h"
#include "tools/hmcd/profile_record.h"

struct session session = {.fd = -1};
char store_path[64];

/* --- what profiles use of tools/hmcd/record.c --- */

int problems_tell(struct session *to, struct problems *problems)
{
	size_t count = problems->count;

	for (size_t i = 0; i < count; i++)
		session_error(to, "P", "%s", problems->entries[i].text);
	problems_clear(problems);
	return count ? -1 : 0;
}

const char *record_value(const struct record *record, const char *attribute)
{
	for (size_t i = 0; i < record->pair_count; i++)
		if (!strcmp(record->pairs[i].attribute, attribute))
			return record->pairs[i].value;
	return NULL;
}

/* --- the store --- */

int store_make(void **state)
{
	(void)state;
	snprintf(store_path, sizeof(store_path), "/tmp/test_hmcd.XXXXXX");
	close(mkstemp(store_path));
	session.store = store_open(store_path);
	assert_non_null(session.store);
	store_begin(session.store);
	store_change(session.store, "INSERT INTO system VALUES('name', 'sys')", "");
	store_change(session.store, "INSERT INTO image VALUES('i', 1, 0, 0)", "");
	store_change(session.store, "INSERT INTO lpar VALUES(3, 'three', 'p', '')", "");
	assert_int_equal(store_commit(session.store), 0);
	return 0;
}

int store_drop(void **state)
{
	(void)state;
	store_close(session.store);
	unlink(store_path);
	session_forget();
	return 0;
}

/* --- the profile --- */

int data_apply(const char *data)
{
	static const char *const own[] = {"name", NULL};
	struct problems problems = {0};
	struct profile profile;
	struct record record;
	char text[1024];
	int result;

	session_forget();
	snprintf(text, sizeof(text), "record %s", data);
	assert_true(record_parse(&record, text, 1, &problems));
	store_begin(session.store);
	profile_load(&profile, session.store, 3, "p");
	result = profile_record(&session, &profile, "three", &record, own);
	profile_clear(&profile);
	if (result)
		store_undo(session.store);
	else
		assert_int_equal(store_commit(session.store), 0);
	return result;
}

void assert_value(const char *attribute, const char *expected)
{
	struct profile profile;
	const char *value;

	assert_true(profile_load(&profile, session.store, 3, "p"));
	value = profile_get(&profile, attribute);
	if (expected)
		assert_string_equal(value, expected);
	else
		assert_null(value);
	profile_clear(&profile);
}

void assert_refused(const char *data, const char *message)
{
	assert_int_equal(data_apply(data), -1);
	if (strncmp(session_errors(), message, strlen(message)) != 0)
		assert_string_equal(session_errors(), message);
}
