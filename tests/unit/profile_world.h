/* SPDX-License-Identifier: Apache-2.0 */
/* A store with a partition, whose profile p is changed as mksyscfg and chsyscfg do. */
#ifndef TESTS_UNIT_PROFILE_WORLD_H
#define TESTS_UNIT_PROFILE_WORLD_H

#include "tests/unit/hmcd_session.h"

extern struct session session; /* its store is there during a test */
extern char store_path[64];

/* Around every test: the machine sys with image i, partition 3 (three), and no profile yet. */
int store_make(void **state);
int store_drop(void **state);

/*
 * Applies configuration data to the profile p of partition 3, as it is in the store. Returns -1,
 * with nothing changed, when it is refused; session_errors() says why.
 */
int data_apply(const char *data);

/* Attribute of that profile: @expected, or not there if that is NULL. */
void assert_value(const char *attribute, const char *expected);

/* @data is refused with a message that begins so. */
void assert_refused(const char *data, const char *message);

#endif
