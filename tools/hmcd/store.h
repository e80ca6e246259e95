/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a managed system lasts: its configuration and the log of events, in RUN/hmc.db. A change
 * is in the file, and so survives whatever happens, when store_commit() has returned.
 *
 *	system(name, value)	name, mem_region_size (MiB), min_proc_units_per_virtual_proc
 *				(hundredths); there are none before the first plan
 *	lpar(lpar_id, name, default_profile, curr_profile)
 *	profile(lpar_id, name, attribute, value)	a row for each attribute
 *	image(name, kernel_size, initrd_size, crc)	files RUN/images/NAME.kernel, NAME.initrd
 *	event(number, time, user, text)	time in seconds
 */
#ifndef TOOLS_HMCD_STORE_H
#define TOOLS_HMCD_STORE_H

#include "types.h"

struct store;

/* Opens or makes the file @path. NULL after a line on stderr. */
struct store *store_open(const char *path);
void store_close(struct store *store);

/* Has the store for this thread alone until store_give(). */
void store_take(struct store *store);
void store_give(struct store *store);

/*
 * Everything below: by the thread that has the store. Changes between store_begin() and
 * store_commit() are done together, or not at all: commit returns 0, or -1 and has undone them.
 */
void store_begin(struct store *store);
int store_commit(struct store *store);
void store_undo(struct store *store);

/* What went wrong last, for people. */
const char *store_error(struct store *store);

/*
 * A statement. @types has a letter for each of its parameters: 'i' a s64, 's' a string. Returns 0,
 * or -1; a failed one makes the commit fail too.
 */
int store_change(struct store *store, const char *sql, const char *types, ...);

/*
 * A question. @row is called for each row with its columns as strings, "" for none, and ends the
 * question when it returns other than 0. Returns how many rows there were, or -1.
 */
int store_ask(struct store *store, int (*row)(void *ctx, const char *const *column), void *ctx,
	      const char *sql, const char *types, ...);

/*
 * The first column of the first row, as a string of at most @size - 1 bytes. Returns whether there
 * was a row; @text is empty otherwise.
 */
bool store_value(struct store *store, char *text, size_t size, const char *sql, const char *types,
		 ...);

/* Adds to the log of events; in a transaction of its own unless one has begun. */
void store_event(struct store *store, const char *user, const char *format, ...) __printf(3, 4);

#endif
