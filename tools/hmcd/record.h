/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration data as -i and -f of mksyscfg and chsyscfg give it: records of attributes. */
#ifndef TOOLS_HMCD_RECORD_H
#define TOOLS_HMCD_RECORD_H

#include "tools/hmcd/command.h"
#include "tools/openlpar-plan/record.h"

/*
 * Runs @take for each record of -i (one) or of the file of -f (one per line; empty lines and those
 * with # are skipped), inside one transaction of the store, which is taken for it. When all have
 * returned 0 the changes are kept, otherwise nothing is. Returns the exit status.
 */
int records_take(struct session *session, const struct options *options,
		 int (*take)(struct session *session, const struct record *record));

/* The value of @attribute in @record, or NULL. */
const char *record_value(const struct record *record, const char *attribute);

/* A line on standard error for each of the problems, which are forgotten. Returns -1 for some. */
int problems_tell(struct session *session, struct problems *problems);

#endif
