/* SPDX-License-Identifier: Apache-2.0 */
/* A program that keeps what a command says to it. */
#ifndef TESTS_HMCD_SESSION_H
#define TESTS_HMCD_SESSION_H

#include "tools/hmcd/command.h"

/* What session_print() and session_error() got since session_forget(). */
const char *session_output(void);
const char *session_errors(void);
void session_forget(void);

void options_give(struct options *options, const char *name, const char *value);

#endif
