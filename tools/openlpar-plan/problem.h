/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a plan file: problems are collected while the file is read and printed
 * together, in the order of its lines.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdio.h>
#include "types.h"

struct problem {
	unsigned int line; /* 0: the file as a whole */
	size_t order;
	char *text;
};

struct problems {
	struct problem *entries;
	size_t count;
};

/*
 * Adds "ATTRIBUTE: FORMAT…" about line LINE (counted from 1; 0: the whole file). The message ends
 * with the allowed range in parentheses. Of a long ATTRIBUTE only the beginning is shown.
 */
void problem_add(struct problems *problems, unsigned int line, const char *attribute,
		 const char *format, ...) __printf(4, 5);

/* Prints every problem as one line "PATH:LINE: ATTRIBUTE: message". */
void problems_print(struct problems *problems, const char *path, FILE *stream);

/* Forgets all problems; the list can be used again. */
void problems_clear(struct problems *problems);

#endif
