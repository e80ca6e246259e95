/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles as configuration data describes and changes them. The thread has the store. */
#ifndef TOOLS_HMCD_PROFILE_RECORD_H
#define TOOLS_HMCD_PROFILE_RECORD_H

#include "tools/hmcd/lpar.h"
#include "tools/hmcd/profile.h"
#include "tools/hmcd/record.h"

/*
 * Applies the attributes of @record, also "+=" and "-=" of numbers, but those of the list @own (up
 * to NULL), which are somebody else's; then judges @profile and saves it. Returns 0, or -1 after a
 * message.
 */
int profile_record(struct session *session, struct profile *profile, const char *lpar_name,
		   const struct record *record, const char *const *own);

/* The partition that lpar_name or lpar_id of @record says. Returns 0, or -1 after a message. */
int record_lpar(struct session *session, const struct record *record, struct lpar *lpar);

#endif
