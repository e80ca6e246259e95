// SPDX-License-Identifier: Apache-2.0
#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include "problem.h"

#define ATTRIBUTE_SHOWN 40

static int problem_compare(const void *left, const void *right)
{
	const struct problem *a = left;
	const struct problem *b = right;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Makes room for one more entry; the list grows by doubling, at every power of two. */
static struct problem *problem_next(struct problems *problems)
{
	size_t count = problems->count;

	if (count == 0 || IS_POW2(count)) {
		size_t room = count == 0 ? 1 : 2 * count;

		problems->entries = reallocarray(problems->entries, room, sizeof(struct problem));
		if (problems->entries == NULL)
			err(EXIT_FAILURE, "problem list");
	}
	problems->count++;
	return &problems->entries[count];
}

void problem_add(struct problems *problems, unsigned int line, const char *attribute,
		 const char *format, ...)
{
	struct problem *problem = problem_next(problems);
	size_t length;
	FILE *stream;
	va_list args;

	problem->line = line;
	problem->order = problems->count;
	stream = open_memstream(&problem->text, &length);
	if (stream == NULL)
		err(EXIT_FAILURE, "problem text");
	fprintf(stream, "%.*s: ", ATTRIBUTE_SHOWN, attribute);
	va_start(args, format);
	vfprintf(stream, format, args);
	va_end(args);
	if (fclose(stream) != 0)
		err(EXIT_FAILURE, "problem text");
}

void problems_print(struct problems *problems, const char *path, FILE *stream)
{
	if (problems->count == 0)
		return;
	qsort(problems->entries, problems->count, sizeof(struct problem), problem_compare);
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->entries[i];

		if (problem->line == 0)
			fprintf(stream, "%s: %s\n", path, problem->text);
		else
			fprintf(stream, "%s:%u: %s\n", path, problem->line, problem->text);
	}
}

void problems_clear(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		free(problems->entries[i].text);
	free(problems->entries);
	*problems = (struct problems){0};
}
