/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line that a person or a script wrote, cut into commands and their words as the shell does it:
 * '…', "…" and \ quote, # begins a remark, and commands are separated by newlines, ; && and ||.
 * There is nothing else: what the shell would do with | & < > ( ) ` and $ is refused.
 */
#ifndef TOOLS_HMC_WORD_H
#define TOOLS_HMC_WORD_H

#include "types.h"

struct words {
	int count;
	char **word; /* with a NULL behind the last */
	char *text;  /* what they are parts of */
};

/* When the next command is run. */
enum word_joint {
	WORD_END,  /* there is none */
	WORD_THEN, /* in any case */
	WORD_AND,  /* after success */
	WORD_OR,   /* after failure */
};

/*
 * Takes the next command off *@line: its words, to be freed with words_free(), none at all for an
 * empty one, and in *@joint what comes behind it. Returns 0; or -1, and in *@problem what is wrong,
 * for people. The line may end within a word with @unfinished: what is there of it is the last
 * word, which is empty behind a blank.
 */
int words_take(const char **line, struct words *words, enum word_joint *joint, bool unfinished,
	       const char **problem);

void words_free(struct words *words);

#endif
