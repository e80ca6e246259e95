// SPDX-License-Identifier: Apache-2.0
// What the ls commands say.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/listing.h"

static int asked_read(struct listing *listing)
{
	char *at = listing->asked_text, *save;

	listing->separator = ',';
	if (strchr(at, ':') && !strchr(at, ','))
		listing->separator = ':';
	for (at = strtok_r(at, ",:", &save); at; at = strtok_r(NULL, ",:", &save)) {
		if (listing->asked_count == LISTING_ASKED_MAX)
			return session_error(listing->session, "HSCL8010",
					     "-F names more than %d attributes.",
					     LISTING_ASKED_MAX);
		listing->asked[listing->asked_count++] = at;
	}
	return 0;
}

static const char *filter_find(const struct listing_filter *filters, const char *name)
{
	for (; filters->name; filters++)
		if (!strcmp(filters->name, name))
			return filters->attribute;
	return NULL;
}

/* "name=value,value,name=value"; quotes only show what belongs together. */
static int filter_read(struct listing *listing, const struct listing_filter *filters)
{
	const char *attribute = NULL;
	char *at, *save;

	for (at = strtok_r(listing->filter_text, ",\"", &save); at;
	     at = strtok_r(NULL, ",\"", &save)) {
		char *equals = strchr(at, '=');

		if (equals) {
			*equals = 0;
			attribute = filter_find(filters, at);
		}
		if (!attribute || listing->filter_count == LISTING_FILTER_MAX)
			return session_error(listing->session, "HSCL8017",
					     attribute ? "The filter has too many values at %s."
						       : "The filter name %s is not valid here.",
					     at);
		at = equals ? equals + 1 : at;
		listing->filter[listing->filter_count].attribute = attribute;
		listing->filter[listing->filter_count++].value = at;
	}
	return 0;
}

int listing_begin(struct listing *listing, struct session *session, const struct options *options,
		  const struct listing_filter *filters)
{
	const char *asked = options_value(options, "F"), *filter = options_value(options, "filter");

	*listing = (struct listing){
		.session = session,
		.values = options_has(options, "F"),
		.header = options_has(options, "header"),
		.separator = ',',
	};
	if (listing->header && !listing->values)
		return -session_error(session, "HSCL8010", "--header is only allowed with -F.");
	listing->asked_text = strdup(asked ? asked : "");
	listing->filter_text = strdup(filter ? filter : "");
	if (!asked_read(listing) && !filter_read(listing, filters))
		return 0;
	free(listing->asked_text);
	free(listing->filter_text);
	return -1;
}

void listing_add(struct listing *listing, const char *name, const char *format, ...)
{
	va_list arguments;

	if (listing->pairs == LISTING_PAIRS_MAX)
		abort();
	listing->pair[listing->pairs].name = name;
	va_start(arguments, format);
	if (vasprintf(&listing->pair[listing->pairs++].value, format, arguments) < 0)
		abort();
	va_end(arguments);
}

void listing_none(struct listing *listing, const char *name)
{
	if (listing->pairs == LISTING_PAIRS_MAX)
		abort();
	listing->pair[listing->pairs].name = name;
	listing->pair[listing->pairs++].value = NULL;
}

bool listing_wants(const struct listing *listing, const char *attribute, const char *value)
{
	bool named = false;

	for (u32 i = 0; i < listing->filter_count; i++) {
		if (strcmp(listing->filter[i].attribute, attribute))
			continue;
		if (!strcmp(listing->filter[i].value, value))
			return true;
		named = true;
	}
	return !named;
}

static const char *value_find(const struct listing *listing, const char *name)
{
	for (u32 i = 0; i < listing->pairs; i++)
		if (!strcmp(listing->pair[i].name, name))
			return listing->pair[i].value ? listing->pair[i].value : "null";
	return NULL;
}

/* A value, or with @name a pair, in quotes if need be. */
static void pair_print(const struct listing *listing, const char *name, const char *value)
{
	struct session *session = listing->session;
	bool quoted = strchr(value, listing->separator) || strchr(value, '"');

	session_print(session, "%s%s%s", quoted ? "\"" : "", name ? name : "", name ? "=" : "");
	for (; *value; value++)
		session_print(session, quoted && *value == '"' ? "\"\"" : "%c", *value);
	if (quoted)
		session_print(session, "\"");
}

static void values_print(struct listing *listing)
{
	for (u32 i = 0; i < listing->asked_count; i++) {
		const char *value = value_find(listing, listing->asked[i]);

		if (!value) {
			session_error(listing->session, "HSCL8016",
				      "The attribute %s given with -F is not valid.",
				      listing->asked[i]);
			listing->failed = true;
			return;
		}
	}
	for (u32 i = 0; i < listing->asked_count && listing->header; i++)
		session_print(listing->session, "%.*s%s", i != 0, &listing->separator,
			      listing->asked[i]);
	if (listing->header)
		session_print(listing->session, "\n");
	listing->header = false;
	for (u32 i = 0; i < listing->asked_count; i++) {
		session_print(listing->session, "%.*s", i != 0, &listing->separator);
		pair_print(listing, NULL, value_find(listing, listing->asked[i]));
	}
	session_print(listing->session, "\n");
}

static void record_print(struct listing *listing)
{
	if (listing->values && !listing->asked_count)
		for (u32 i = 0; i < listing->pairs; i++)
			listing->asked[listing->asked_count++] = listing->pair[i].name;
	if (listing->values) {
		values_print(listing);
		return;
	}
	for (u32 i = 0, printed = 0; i < listing->pairs; i++) {
		if (!listing->pair[i].value)
			continue;
		session_print(listing->session, "%s", printed++ ? "," : "");
		pair_print(listing, listing->pair[i].name, listing->pair[i].value);
	}
	session_print(listing->session, "\n");
}

void listing_record(struct listing *listing)
{
	bool wanted = !listing->failed;

	for (u32 i = 0; i < listing->pairs && wanted; i++)
		wanted = !listing->pair[i].value ||
			 listing_wants(listing, listing->pair[i].name, listing->pair[i].value);
	listing->records += wanted;
	if (wanted)
		record_print(listing);
	for (u32 i = 0; i < listing->pairs; i++)
		free(listing->pair[i].value);
	listing->pairs = 0;
}

int listing_end(struct listing *listing)
{
	if (!listing->records && !listing->failed)
		session_print(listing->session, "No results were found.\n");
	free(listing->asked_text);
	free(listing->filter_text);
	return listing->failed;
}
