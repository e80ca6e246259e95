// SPDX-License-Identifier: Apache-2.0
// What could come next in a line that is being typed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmc/complete.h"
#include "tools/hmc/run.h"
#include "tools/hmc/shell.h"
#include "tools/hmc/target.h"
#include "tools/hmc/word.h"

#define WORDS_MAX 64

/* The command that is being typed. */
struct request {
	const struct registry_system *system;
	struct words words;
	const char *word, *piece; /* the last word, and what is completed of it */
	const char *before;	  /* the word before */
	struct choices *choices;
};

static void choice_add(struct request *request, const char *text, size_t length)
{
	struct choices *choices = request->choices;
	size_t given = strlen(request->piece);
	char **more;

	if (!length || length < given || strncmp(text, request->piece, given))
		return;
	for (size_t i = 0; i < choices->count; i++)
		if (strlen(choices->text[i]) == length && !strncmp(choices->text[i], text, length))
			return;
	more = reallocarray(choices->text, choices->count + 1, sizeof(*more));
	if (!more)
		return;
	choices->text = more;
	more[choices->count] = strndup(text, length);
	if (more[choices->count])
		choices->count++;
}

static int choice_compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The value of an option of the command. */
static const char *option_value(const struct request *request, const char *option)
{
	for (int i = 1; i + 1 < request->words.count; i++)
		if (!strcmp(request->words.word[i], option))
			return request->words.word[i + 1];
	return NULL;
}

static char *capture(const struct request *request, const char *first, const char *second,
		     const char *third, const char *fourth, const char *fifth)
{
	const char *const words[] = {first, second, third, fourth, fifth, NULL};
	int count = 0;

	if (!request->system)
		return NULL;
	while (words[count])
		count++;
	return run_capture(request->system, count, (char *const *)words, false);
}

/* The first word of each line. */
static void lines_add(struct request *request, char *text)
{
	for (char *line = text; line && *line; line += *line == '\n') {
		choice_add(request, line, strcspn(line, "\t\n"));
		line += strcspn(line, "\n");
	}
	free(text);
}

static void resources_add(struct request *request, const char *type, const char *attribute)
{
	lines_add(request, capture(request, "lssyscfg", "-r", type, "-F", attribute));
}

static void systems_add(struct request *request)
{
	struct registry_system *systems;
	int count = registry_list(&systems);

	for (int i = 0; i < count; i++)
		choice_add(request, systems[i].name, strlen(systems[i].name));
	free(systems);
}

/* The names in the first record of a list: name=value, and "name=value" with commas in it. */
static void attributes_add(struct request *request, char *text)
{
	const char *at = text, *end = text ? text + strcspn(text, "\n") : NULL;

	while (at && at < end) {
		bool quoted = *at == '"';
		const char *name = at + quoted;
		size_t length = strcspn(name, "=,\n");

		if (name[length] == '=')
			choice_add(request, name, length);
		at = name + length;
		while (quoted && at < end && (at[0] != '"' || at[1] == '"'))
			at += at[0] == '"' ? 2 : 1;
		at += strcspn(at, ",\n");
		at += *at == ',';
	}
	free(text);
}

/* What a list of the same kind has, without what says which of it is wanted. */
static void attributes_find(struct request *request)
{
	char *words[WORDS_MAX + 1] = {request->words.word[0]};
	const char *type = option_value(request, "-r");
	int count = 1;

	if (strncmp(words[0], "ls", 2)) {
		if (type)
			attributes_add(request,
				       capture(request, "lssyscfg", "-r", type, NULL, NULL));
		return;
	}
	for (int i = 1; i + 1 < request->words.count && count < WORDS_MAX; i++) {
		char *word = request->words.word[i];

		if (!strcmp(word, "-F") || !strcmp(word, "--filter"))
			i++;
		else if (strcmp(word, "--header"))
			words[count++] = word;
	}
	if (request->system)
		attributes_add(request, run_capture(request->system, count, words, false));
}

/* Names of what there is, behind "lpar_names=" and the like. */
static void values_find(struct request *request)
{
	static const struct {
		const char *name, *type, *attribute;
	} table[] = {
		{"lpar_names", "lpar", "name"},	   {"lpar_name", "lpar", "name"},
		{"lpar_ids", "lpar", "lpar_id"},   {"lpar_id", "lpar", "lpar_id"},
		{"profile_names", "prof", "name"}, {"profile_name", "prof", "name"},
		{"name", "lpar", "name"},
	};
	const char *equals = strrchr(request->word, '=');
	const char *name = equals;

	while (name > request->word && !strchr(",\"'", name[-1]))
		name--;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strlen(table[i].name) == (size_t)(equals - name) &&
		    !strncmp(table[i].name, name, strlen(table[i].name)))
			resources_add(request, table[i].type, table[i].attribute);
}

/* The forms of the command, to be freed; NULL: not known. */
static char *usage_read(const struct request *request)
{
	char *usage = capture(request, request->words.word[0], "--help", NULL, NULL, NULL);
	char *end = usage ? strstr(usage, "\n\n") : NULL;

	if (end)
		*end = 0;
	return usage;
}

/* The names in the usage that can stand behind --filter. */
static void filters_find(struct request *request)
{
	char *usage = usage_read(request);
	const char *at = usage ? strstr(usage, "--filter ") : NULL;

	at = at ? at + strlen("--filter ") : "";
	for (at += *at == '"'; *at && !strchr(" \n\"", *at); at += *at != 0) {
		size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz_");

		if (at[length] == '=')
			choice_add(request, at, length);
		at += length;
	}
	free(usage);
}

/* The options in the usage, or the choices a|b|c behind one of them. */
static void usage_find(struct request *request, const char *option)
{
	char *usage = usage_read(request);
	static const char separators[] = " \t\n[](){}";
	const char *before = NULL;
	char *rest, *word;

	for (word = usage ? strtok_r(usage, separators, &rest) : NULL; word;
	     word = strtok_r(NULL, separators, &rest)) {
		bool wanted = option ? before && !strcmp(before, option) : *word == '-';

		before = word;
		for (char *choice = word; wanted && *choice; choice += *choice == '|') {
			size_t length = strcspn(choice, "|");
			bool is_name = *choice < 'A' || *choice > 'Z';

			if (is_name && (option || (*choice == '-' && length > 1)))
				choice_add(request, choice, length);
			choice += length;
		}
	}
	free(usage);
}

static void names_find(struct request *request)
{
	const char *type = option_value(request, "-r");

	resources_add(request, type && strcmp(type, "sys") ? type : "lpar", "name");
}

/* NAME=VALUE,NAME=VALUE or just names. */
static void pairs_find(struct request *request)
{
	if (strchr(request->word, '=') && request->piece[-1] != ',')
		values_find(request);
	else if (!strcmp(request->before, "--filter"))
		filters_find(request);
	else
		attributes_find(request);
}

static void value_find(struct request *request)
{
	const char *before = request->before;

	if (!strcmp(before, "-m"))
		systems_add(request);
	else if (!strcmp(before, "-p"))
		resources_add(request, "lpar", "name");
	else if (!strcmp(before, "--id"))
		resources_add(request, "lpar", "lpar_id");
	else if (!strcmp(before, "-n"))
		names_find(request);
	else if (!strcmp(before, "-f") && !strcmp(request->words.word[0], "chsysstate"))
		resources_add(request, "prof", "name");
	else if (!strcmp(before, "-f"))
		request->choices->files = true;
	else if (!strcmp(before, "-F") || !strcmp(before, "-i") || !strcmp(before, "--filter"))
		pairs_find(request);
	else
		usage_find(request, before);
}

static void commands_add(struct request *request)
{
	for (size_t i = 0; shell_words[i]; i++)
		choice_add(request, shell_words[i], strlen(shell_words[i]));
	lines_add(request, capture(request, "help", NULL, NULL, NULL, NULL));
}

/* Cuts the last command off @line. Returns whether there is one. */
static bool request_read(struct request *request, const char *line)
{
	enum word_joint joint;
	const char *problem;

	do {
		words_free(&request->words);
		if (words_take(&line, &request->words, &joint, true, &problem))
			return false;
	} while (joint != WORD_END);
	if (!request->words.count || request->words.count > WORDS_MAX)
		return false;
	request->word = request->words.word[request->words.count - 1];
	request->piece = request->word + strlen(request->word);
	while (request->piece > request->word && !strchr(COMPLETE_BREAKS, request->piece[-1]))
		request->piece--;
	request->before =
		request->words.count > 1 ? request->words.word[request->words.count - 2] : NULL;
	return true;
}

/* The system that the command is for; without one there is less to choose from. */
static struct registry_system *system_find(const struct hmc *hmc, const struct words *words)
{
	const char *name = target_name(words->count, words->word);
	struct registry_system *systems = NULL;
	int count;

	if (hmc->dir) {
		systems = calloc(1, sizeof(*systems));
		if (systems && !rundir_find(&systems->run, hmc->dir, false))
			return systems;
		free(systems);
		return NULL;
	}
	count = registry_list(&systems);
	for (int i = 0; i < count; i++)
		if (!name || !strcmp(systems[i].name, name)) {
			systems[0] = systems[i];
			return systems;
		}
	free(systems);
	return NULL;
}

void complete_line(const struct hmc *hmc, const char *line, struct choices *choices)
{
	struct request request = {.choices = choices};
	struct registry_system *system;

	*choices = (struct choices){0};
	if (request_read(&request, line)) {
		request.system = system = system_find(hmc, &request.words);
		if (request.words.count == 1)
			commands_add(&request);
		else if (*request.word == '-')
			usage_find(&request, NULL);
		else if (*request.before == '-')
			value_find(&request);
		if (!choices->count && !choices->files && request.words.count > 1 && !*request.word)
			usage_find(&request, NULL);
		free(system);
	}
	words_free(&request.words);
	if (choices->count)
		qsort(choices->text, choices->count, sizeof(*choices->text), choice_compare);
}

void complete_free(struct choices *choices)
{
	for (size_t i = 0; i < choices->count; i++)
		free(choices->text[i]);
	free(choices->text);
}
