// SPDX-License-Identifier: Apache-2.0
// A line cut into commands and their words.
#include <stdlib.h>
#include <string.h>

#include "tools/hmc/word.h"

static const char refused_text[] =
	"this is not a shell: | & < > ( ) ` and $ have to be quoted with ' or \\";
static const char open_text[] = "a quotation mark is missing";

/* Copies what stands within "…" and moves both on. Returns what is wrong, or NULL. */
static const char *double_quoted(const char **from, char **to)
{
	while (**from && **from != '"') {
		if (**from == '$' || **from == '`')
			return refused_text;
		if (**from == '\\' && (*from)[1] == '\n') {
			*from += 2; /* as if the line went on */
			continue;
		}
		if (**from == '\\' && (*from)[1] && strchr("\"\\$`", (*from)[1]))
			++*from;
		*(*to)++ = *(*from)++;
	}
	return **from ? NULL : open_text;
}

static const char *single_quoted(const char **from, char **to)
{
	while (**from && **from != '\'')
		*(*to)++ = *(*from)++;
	return **from ? NULL : open_text;
}

/* One word, NUL-terminated. */
static const char *word_take(const char **from, char **to)
{
	const char *problem = NULL;

	while (!problem && **from && !strchr(" \t\n;", **from)) {
		char first = *(*from)++;

		if (first == '\'' || first == '"') {
			problem = first == '"' ? double_quoted(from, to) : single_quoted(from, to);
			if (**from)
				++*from;
		} else if (strchr("&|", first) && **from == first) {
			--*from;
			break;
		} else if (strchr("|&<>()`$", first)) {
			problem = refused_text;
		} else if (first == '\\' && **from == '\n') {
			++*from;
		} else if (first == '\\' && **from) {
			*(*to)++ = *(*from)++;
		} else {
			*(*to)++ = first;
		}
	}
	*(*to)++ = 0;
	return problem;
}

static enum word_joint joint_take(const char **line)
{
	if (!strncmp(*line, "&&", 2) || !strncmp(*line, "||", 2)) {
		*line += 2;
		return (*line)[-1] == '&' ? WORD_AND : WORD_OR;
	}
	if (!**line)
		return WORD_END;
	++*line;
	return WORD_THEN;
}

static void blanks_skip(const char **line)
{
	while (**line == ' ' || **line == '\t' || (**line == '\\' && (*line)[1] == '\n'))
		*line += **line == '\\' ? 2 : 1;
	if (**line == '#')
		*line += strcspn(*line, "\n");
}

int words_take(const char **line, struct words *words, enum word_joint *joint, bool unfinished,
	       const char **problem)
{
	size_t size = 2 * strlen(*line) + 2;
	char *to;

	*problem = NULL;
	words->count = 0;
	words->text = to = malloc(size);
	words->word = calloc(size + 1, sizeof(*words->word));
	if (!to || !words->word) {
		*problem = "there is no memory left";
		words_free(words);
		return -1;
	}
	for (;;) {
		bool another;

		blanks_skip(line);
		another = **line && !strchr("\n;", **line) && strncmp(*line, "&&", 2) &&
			  strncmp(*line, "||", 2);
		if (!another &&
		    !(unfinished && !**line && (!words->count || strchr(" \t", (*line)[-1]))))
			break;
		words->word[words->count++] = to;
		*problem = word_take(line, &to);
		if (!another || (*problem == open_text && unfinished)) {
			*problem = NULL;
			break;
		}
		if (*problem) {
			words_free(words);
			return -1;
		}
		if (unfinished && !**line)
			break;
	}
	*joint = joint_take(line);
	return 0;
}

void words_free(struct words *words)
{
	free(words->text);
	free(words->word);
	*words = (struct words){0};
}
