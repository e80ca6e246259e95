// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "record.h"

#define BLANKS	   " \t"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"

struct reader {
	char *next;
	unsigned int line;
	struct problems *problems;
};

static bool text_is_clean(const char *text, unsigned int line, struct problems *problems)
{
	for (const char *c = text; *c != '\0'; c++) {
		unsigned char byte = *c;

		if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
			problem_add(problems, line, "record",
				    "control character 0x%02x in column %zu (printable text)", byte,
				    (size_t)(c - text) + 1);
			return false;
		}
	}
	return true;
}

/*
 * Reads the rest of a quoted string, of which the opening quote has been read. Two quotes stand
 * for one, as in the HMC's nested lists. Returns the string, or NULL if the closing quote is
 * missing.
 */
static char *quoted_read(struct reader *reader)
{
	char *string = reader->next;
	char *from = string;
	char *to = string;

	for (;;) {
		if (*from == '\0')
			return NULL;
		if (*from == '"') {
			from++;
			if (*from != '"')
				break;
		}
		*to++ = *from++;
	}
	*to = '\0';
	reader->next = from;
	return string;
}

static bool attribute_check(struct reader *reader, const char *attribute)
{
	const char *rest = attribute + strspn(attribute, NAME_CHARS);

	/* The HMC's attribute+=value and attribute-=value. */
	if (rest > attribute && (*rest == '+' || *rest == '-'))
		rest++;
	if (attribute[0] != '\0' && *rest == '\0')
		return true;
	problem_add(reader->problems, reader->line, "record",
		    "\"%.40s\" is not an attribute name (lower-case letters, digits and _, "
		    "with no blanks around = and commas)",
		    attribute);
	return false;
}

static bool equals_missing(struct reader *reader, const char *attribute)
{
	if (attribute[0] == '\0')
		problem_add(reader->problems, reader->line, "record",
			    "attribute missing (one comma between two pairs, none at the end)");
	else
		problem_add(reader->problems, reader->line, attribute,
			    "no = after the attribute (attribute=value; a value with commas is "
			    "written in double quotes)");
	return false;
}

static bool quote_missing(struct reader *reader, const char *attribute)
{
	problem_add(reader->problems, reader->line, attribute,
		    "closing double quote missing (a quote inside quotes is written twice)");
	return false;
}

/* "attribute=value": the whole pair in quotes. */
static bool quoted_pair_read(struct reader *reader, struct record_pair *pair)
{
	char *equals;
	char *text;

	reader->next++;
	text = quoted_read(reader);
	if (text == NULL)
		return quote_missing(reader, "record");
	equals = strchr(text, '=');
	if (equals == NULL)
		return equals_missing(reader, text);
	*equals = '\0';
	pair->attribute = text;
	pair->value = equals + 1;
	return attribute_check(reader, pair->attribute);
}

/* attribute=value or attribute="value". Leaves reader->next behind the value. */
static bool plain_pair_read(struct reader *reader, struct record_pair *pair)
{
	char *text = reader->next;
	char *end = text + strcspn(text, "=,\"");

	if (*end != '=') {
		*end = '\0';
		return equals_missing(reader, text);
	}
	*end = '\0';
	pair->attribute = text;
	if (!attribute_check(reader, pair->attribute))
		return false;
	reader->next = end + 1;
	if (*reader->next == '"') {
		reader->next++;
		pair->value = quoted_read(reader);
		return pair->value != NULL || quote_missing(reader, pair->attribute);
	}
	pair->value = reader->next;
	reader->next += strcspn(reader->next, ",\"");
	if (*reader->next == '"') {
		problem_add(reader->problems, reader->line, pair->attribute,
			    "double quote inside a value (quotes go around the whole value or "
			    "around the whole pair)");
		return false;
	}
	return true;
}

/* Reads one pair and the comma behind it, and says in *MORE whether there was one. */
static bool pair_read(struct reader *reader, struct record_pair *pair, bool *more)
{
	bool good = *reader->next == '"' ? quoted_pair_read(reader, pair)
					 : plain_pair_read(reader, pair);

	if (!good)
		return false;
	*more = *reader->next == ',';
	if (!*more && *reader->next != '\0') {
		problem_add(reader->problems, reader->line, pair->attribute,
			    "text after the closing double quote (a comma or the end of the line)");
		return false;
	}
	if (*more)
		*reader->next++ = '\0';
	return true;
}

bool record_parse(struct record *record, char *text, unsigned int line, struct problems *problems)
{
	struct reader reader = {.line = line, .problems = problems};
	bool more = true;
	char *end;

	*record = (struct record){.line = line};
	text += strspn(text, BLANKS);
	record->type = text;
	end = text + strcspn(text, BLANKS);
	reader.next = end + strspn(end, BLANKS);
	if (!text_is_clean(text, line, problems)) {
		*end = '\0';
		return false;
	}
	*end = '\0';
	if (*reader.next == '\0') {
		problem_add(problems, line, record->type,
			    "no attributes (attribute=value pairs separated by commas)");
		return false;
	}
	while (more) {
		if (record->pair_count == RECORD_PAIRS_MAX) {
			problem_add(problems, line, record->type, "too many attributes (1 to %d)",
				    RECORD_PAIRS_MAX);
			return false;
		}
		if (!pair_read(&reader, &record->pairs[record->pair_count], &more))
			return false;
		record->pair_count++;
	}
	return true;
}
