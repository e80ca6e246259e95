// SPDX-License-Identifier: Apache-2.0
// What of a managed system lasts.
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/store.h"

#define EVENTS_MAX  10000
#define COLUMNS_MAX 8
#define BUSY_MS	    5000

struct store {
	pthread_mutex_t lock;
	sqlite3 *db;
	bool failed; /* something in this transaction */
	bool begun;
	char error[160];
};

static const char schema[] =
	"PRAGMA journal_mode = DELETE;"
	"PRAGMA synchronous = FULL;"
	"PRAGMA foreign_keys = ON;"
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS system(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
	"CREATE TABLE IF NOT EXISTS lpar(lpar_id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL,"
	" default_profile TEXT NOT NULL DEFAULT '', curr_profile TEXT NOT NULL DEFAULT '');"
	"CREATE TABLE IF NOT EXISTS profile(lpar_id INTEGER NOT NULL"
	" REFERENCES lpar(lpar_id) ON DELETE CASCADE, name TEXT NOT NULL, attribute TEXT NOT NULL,"
	" value TEXT NOT NULL, PRIMARY KEY(lpar_id, name, attribute));"
	"CREATE TABLE IF NOT EXISTS image(name TEXT PRIMARY KEY, kernel_size INTEGER NOT NULL,"
	" initrd_size INTEGER NOT NULL, crc INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS event(number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" time INTEGER NOT NULL, user TEXT NOT NULL, text TEXT NOT NULL);"
	"COMMIT;";

static int failure_note(struct store *store)
{
	snprintf(store->error, sizeof(store->error), "%s", sqlite3_errmsg(store->db));
	store->failed = true;
	return -1;
}

static int text_run(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
									   : failure_note(store);
}

/* NULL: it failed. */
static sqlite3_stmt *statement_prepare(struct store *store, const char *sql, const char *types,
				       va_list arguments)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) {
		failure_note(store);
		return NULL;
	}
	for (int i = 1; *types; i++, types++) {
		if (*types == 'i')
			sqlite3_bind_int64(statement, i, va_arg(arguments, s64));
		else
			sqlite3_bind_text(statement, i, va_arg(arguments, const char *), -1,
					  SQLITE_TRANSIENT);
	}
	return statement;
}

struct store *store_open(const char *path)
{
	struct store *store = alloc_zeroed(sizeof(*store));

	pthread_mutex_init(&store->lock, NULL);
	if (sqlite3_open(path, &store->db) == SQLITE_OK) {
		sqlite3_busy_timeout(store->db, BUSY_MS);
		if (!text_run(store, schema)) {
			store->failed = false;
			return store;
		}
	}
	fprintf(stderr, "%s: %s\n", path, store->db ? sqlite3_errmsg(store->db) : "no memory");
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	sqlite3_close(store->db);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

void store_take(struct store *store)
{
	pthread_mutex_lock(&store->lock);
}

void store_give(struct store *store)
{
	pthread_mutex_unlock(&store->lock);
}

void store_begin(struct store *store)
{
	store->failed = false;
	store->begun = true;
	text_run(store, "BEGIN IMMEDIATE");
}

int store_commit(struct store *store)
{
	if (!store->failed && !text_run(store, "COMMIT")) {
		store->begun = false;
		return 0;
	}
	store_undo(store);
	return -1;
}

void store_undo(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->begun = false;
}

const char *store_error(struct store *store)
{
	return store->error;
}

int store_change(struct store *store, const char *sql, const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list arguments;
	int result;

	va_start(arguments, types);
	statement = statement_prepare(store, sql, types, arguments);
	va_end(arguments);
	if (!statement)
		return -1;
	result = sqlite3_step(statement) == SQLITE_DONE ? 0 : failure_note(store);
	sqlite3_finalize(statement);
	return result;
}

static int rows_give(struct store *store, sqlite3_stmt *statement,
		     int (*row)(void *ctx, const char *const *column), void *ctx)
{
	int rows = 0, step;

	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		const char *column[COLUMNS_MAX] = {NULL};

		for (int i = 0; i < MIN(sqlite3_column_count(statement), COLUMNS_MAX); i++) {
			column[i] = (const char *)sqlite3_column_text(statement, i);
			if (!column[i])
				column[i] = "";
		}
		rows++;
		if (row(ctx, column))
			return rows;
	}
	return step == SQLITE_DONE ? rows : failure_note(store);
}

int store_ask(struct store *store, int (*row)(void *ctx, const char *const *column), void *ctx,
	      const char *sql, const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list arguments;
	int rows;

	va_start(arguments, types);
	statement = statement_prepare(store, sql, types, arguments);
	va_end(arguments);
	if (!statement)
		return -1;
	rows = rows_give(store, statement, row, ctx);
	sqlite3_finalize(statement);
	return rows;
}

struct value {
	char *text;
	size_t size;
};

static int value_copy(void *ctx, const char *const *column)
{
	const struct value *value = ctx;

	snprintf(value->text, value->size, "%s", column[0]);
	return 1;
}

bool store_value(struct store *store, char *text, size_t size, const char *sql, const char *types,
		 ...)
{
	struct value value = {text, size};
	sqlite3_stmt *statement;
	va_list arguments;
	int rows;

	*text = 0;
	va_start(arguments, types);
	statement = statement_prepare(store, sql, types, arguments);
	va_end(arguments);
	if (!statement)
		return false;
	rows = rows_give(store, statement, value_copy, &value);
	sqlite3_finalize(statement);
	return rows > 0;
}

void store_event(struct store *store, const char *user, const char *format, ...)
{
	bool alone = !store->begun;
	va_list arguments;
	char text[256];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (alone)
		store_begin(store);
	store_change(store, "INSERT INTO event(time, user, text) VALUES(?, ?, ?)", "iss",
		     (s64)time(NULL), user, text);
	store_change(store, "DELETE FROM event WHERE number <= (SELECT max(number) FROM event) - ?",
		     "i", (s64)EVENTS_MAX);
	if (alone && store_commit(store))
		fprintf(stderr, "the event \"%s\" is lost: %s\n", text, store->error);
}
