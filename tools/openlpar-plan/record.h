/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record of a plan file: a type and attribute=value pairs in the syntax of the HMC's
 * configuration data (the -i argument and the -f files of mksyscfg).
 */
#ifndef RECORD_H
#define RECORD_H

#include "problem.h"

#define RECORD_PAIRS_MAX 32

struct record_pair {
	const char *attribute;
	const char *value;
};

struct record {
	unsigned int line;
	const char *type;
	size_t pair_count;
	struct record_pair pairs[RECORD_PAIRS_MAX];
};

/*
 * Takes the line TEXT (no line end, number LINE) apart. TEXT is changed: the strings in RECORD
 * point into it, with quotes removed. Returns false after adding the problem if the syntax is
 * wrong; RECORD's type is set even then.
 */
bool record_parse(struct record *record, char *text, unsigned int line, struct problems *problems);

#endif
