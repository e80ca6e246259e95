/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ls commands say: records of attributes, in the HMC's format. Without -F a record is a
 * line "name=value,name=value"; a pair whose value has a comma stands in double quotes, in which
 * those of the value are doubled. With -F it is the values of the attributes asked for, separated
 * as these were, by "," or ":"; --header has their names first. --filter chooses records.
 */
#ifndef TOOLS_HMCD_LISTING_H
#define TOOLS_HMCD_LISTING_H

#include "tools/hmcd/command.h"
#include "types.h"

#define LISTING_PAIRS_MAX  64
#define LISTING_ASKED_MAX  64
#define LISTING_FILTER_MAX 64

/* What a name that --filter knows chooses by. */
struct listing_filter {
	const char *name;      /* "lpar_ids" */
	const char *attribute; /* "lpar_id" */
};

struct listing {
	struct session *session;
	char *asked_text, *filter_text;
	const char *asked[LISTING_ASKED_MAX]; /* of -F */
	u32 asked_count;
	bool values; /* -F was given */
	char separator;
	bool header; /* --header, and it was not printed yet */
	struct {
		const char *attribute, *value;
	} filter[LISTING_FILTER_MAX];
	u32 filter_count;
	u32 records; /* that were printed */
	bool failed;
	struct {
		const char *name;
		char *value; /* NULL: none */
	} pair[LISTING_PAIRS_MAX];
	u32 pairs;
};

/*
 * Reads -F, --header and --filter, whose names are @filters up to one without a name. Returns 0,
 * or -1 after a message; listing_end() is needed in the first case only.
 */
int listing_begin(struct listing *listing, struct session *session, const struct options *options,
		  const struct listing_filter *filters);

/* Adds an attribute to the record; @name must last. */
void listing_add(struct listing *listing, const char *name, const char *format, ...) __printf(3, 4);

/* The record might have the attribute @name, but has not: with -F it is "null". */
void listing_none(struct listing *listing, const char *name);

/* Ends the record: prints it, if the filter wants it. */
void listing_record(struct listing *listing);

/* Ends all. Returns the exit status. */
int listing_end(struct listing *listing);

/* Does the filter want records with this @value of @attribute? One that is not named: yes. */
bool listing_wants(const struct listing *listing, const char *attribute, const char *value);

#endif
