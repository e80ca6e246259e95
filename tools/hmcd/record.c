// SPDX-License-Identifier: Apache-2.0
// Configuration data of mksyscfg and chsyscfg.
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/lpar.h"
#include "tools/hmcd/record.h"
#include "tools/hmcd/sync.h"

#define TEXT_MAX MiB

const char *record_value(const struct record *record, const char *attribute)
{
	for (size_t i = 0; i < record->pair_count; i++)
		if (!strcmp(record->pairs[i].attribute, attribute))
			return record->pairs[i].value;
	return NULL;
}

int problems_tell(struct session *session, struct problems *problems)
{
	size_t count = problems->count;

	for (size_t i = 0; i < count; i++)
		session_error(session, "HSCL8014", "%s.", problems->entries[i].text);
	problems_clear(problems);
	return count ? -1 : 0;
}

/* An attribute twice would leave one of its values unsaid. */
static int record_check(struct session *session, const struct record *record)
{
	for (size_t i = 0; i < record->pair_count; i++)
		if (record_value(record, record->pairs[i].attribute) != record->pairs[i].value)
			return session_error(session, "HSCL8014",
					     "%s: given more than once (at most once in a record).",
					     record->pairs[i].attribute);
	return 0;
}

/* One record, whose text is @line. */
static int line_take(struct session *session, const char *line, unsigned int number,
		     int (*take)(struct session *session, const struct record *record))
{
	struct problems problems = {0};
	struct record record;
	char *text;
	int result = -1;

	if (asprintf(&text, "record %s", line) < 0)
		abort();
	record_parse(&record, text, number, &problems);
	if (!problems_tell(session, &problems) && !record_check(session, &record))
		result = take(session, &record);
	free(text);
	return result;
}

static int text_take(struct session *session, char *text,
		     int (*take)(struct session *session, const struct record *record))
{
	unsigned int number = 1;
	char *line;

	for (; (line = strsep(&text, "\n")); number++) {
		line[strcspn(line, "\r")] = 0;
		line += strspn(line, " \t");
		if (*line && *line != '#' && line_take(session, line, number, take)) {
			session_error(session, "HSCL8015",
				      "Nothing was changed, because of line %u of the file.",
				      number);
			return -1;
		}
	}
	return 0;
}

int records_take(struct session *session, const struct options *options,
		 int (*take)(struct session *session, const struct record *record))
{
	const char *data = options_value(options, "i"), *path = options_value(options, "f");
	char *text = NULL;
	int result;

	if (!data == !path)
		return session_error(
			session, "HSCL8003",
			"Either -i with configuration data or -f with a file is needed.");
	if (path && !(text = session_text(session, path, TEXT_MAX)))
		return 1;
	store_take(session->store);
	store_begin(session->store);
	result = system_check(session, options);
	if (!result)
		result = data ? line_take(session, data, 1, take) : text_take(session, text, take);
	if (result)
		store_undo(session->store);
	else
		result = sync_commit(session);
	store_give(session->store);
	free(text);
	return result ? 1 : 0;
}
