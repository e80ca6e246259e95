// SPDX-License-Identifier: Apache-2.0
// Commands of the management console: which there are, and the options they are given.
#include <string.h>

#include "tools/hmcd/command.h"
#include "tools/hmcd/profile.h"

#define WORDS_MAX 128

static const struct command *const commands[] = {
	&lssyscfg_command,   &mksyscfg_command,	 &chsyscfg_command,	 &rmsyscfg_command,
	&chsysstate_command, &lsrefcode_command, &lshwres_command,	 &lslparutil_command,
	&rmvterm_command,    &lshmc_command,	 &lssvcevents_command,	 &startdump_command,
	&hmctrace_command,   &mksysplan_command, &deploysysplan_command, &mkimage_command,
	&lsimage_command,    &rmimage_command,
};

/* Options that have a value; that of -F may be missing. */
static const char *const valued[] = {"r",	 "m", "n", "o",	     "f",      "b",
				     "i",	 "p", "F", "id",     "filter", "level",
				     "rsubtype", "d", "t", "kernel", "initrd", "s"};

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

bool options_has(const struct options *options, const char *name)
{
	for (u32 i = 0; i < options->count; i++)
		if (!strcmp(options->given[i].name, name))
			return true;
	return false;
}

const char *options_value(const struct options *options, const char *name)
{
	for (u32 i = 0; i < options->count; i++)
		if (!strcmp(options->given[i].name, name))
			return options->given[i].value;
	return NULL;
}

/* Is @name one of the words of @list? */
static bool word_find(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (*list) {
		size_t word = strcspn(list, " ");

		if (word == length && !strncmp(list, name, length))
			return true;
		list += word + strspn(list + word, " ");
	}
	return false;
}

static bool option_is_valued(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(valued); i++)
		if (!strcmp(valued[i], name))
			return true;
	return false;
}

static int usage_show(struct session *session, const struct command *command)
{
	session_print(session, "%s", command->usage);
	return 0;
}

/* The word at @word is an option: takes it and its value. Returns how many words that was, or 0. */
static u32 option_take(struct session *session, const struct command *command,
		       struct options *options, const char *const *word)
{
	const char *name = *word + 1;
	const char *value = NULL;

	name += *name == '-';
	if (!word_find(command->options, name) && strcmp(name, "help")) {
		session_error(session, "HSCL8001",
			      "The option %s is not one of %s. Type %s --help for its usage.",
			      *word, command->name, command->name);
		return 0;
	}
	if (options_has(options, name)) {
		session_error(session, "HSCL8002", "The option %s is given more than once.", *word);
		return 0;
	}
	if (option_is_valued(name)) {
		value = word[1];
		if (!strcmp(name, "F") && value && *value == '-')
			value = NULL;
		if (!value && strcmp(name, "F")) {
			session_error(session, "HSCL8003", "The option %s needs a value.", *word);
			return 0;
		}
	}
	options->given[options->count].name = name;
	options->given[options->count++].value = value;
	return value ? 2 : 1;
}

/* Returns 0, or -1 after a message. */
static int options_take(struct session *session, const struct command *command,
			struct options *options, const char *const *word)
{
	u32 n;

	for (; *word; word += n) {
		if (**word != '-' || !(*word)[1]) {
			session_error(session, "HSCL8004",
				      "%s is not an option. Type %s --help for the usage of %s.",
				      *word, command->name, command->name);
			return -1;
		}
		if (options->count == COMMAND_OPTIONS_MAX) {
			session_error(session, "HSCL8004", "There are too many options.");
			return -1;
		}
		n = option_take(session, command, options, word);
		if (!n)
			return -1;
	}
	return 0;
}

/* What -F and configuration data may name, for completion. */
static int attributes_show(struct session *session)
{
	const char *name;

	for (u32 i = 0; (name = profile_attribute(i)); i++)
		session_print(session, "prof\t%s\n", name);
	return 0;
}

static int help_show(struct session *session)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		session_print(session, "%s\t%s\n", commands[i]->name, commands[i]->summary);
	return 0;
}

int command_run(struct session *session, const char *words, size_t length)
{
	struct options options = {.count = 0};
	const struct command *command;
	const char *word[WORDS_MAX + 1];
	size_t count = 0;

	if (!length || words[length - 1])
		return session_error(session, "HSCL8005", "The command is not complete.");
	for (const char *at = words; at < words + length; at += strlen(at) + 1) {
		if (count == WORDS_MAX)
			return session_error(session, "HSCL8005",
					     "The command has too many words.");
		word[count++] = at;
	}
	word[count] = NULL;
	if (!strcmp(word[0], "help") && word[1] && !strcmp(word[1], "attributes"))
		return attributes_show(session);
	if (!strcmp(word[0], "help"))
		return help_show(session);
	command = command_find(word[0]);
	if (!command)
		return session_error(session, "HSCL8006",
				     "%s is not a command. Type help for a list.", word[0]);
	session->name = command->name;
	if (options_take(session, command, &options, word + 1))
		return 1;
	if (options_has(&options, "help"))
		return usage_show(session, command);
	return command->run(session, &options);
}

bool command_help(const char *name, FILE *file)
{
	const struct command *command = command_find(name);

	for (size_t i = 0; i < ARRAY_SIZE(commands) && !strcmp(name, "help"); i++)
		fprintf(file, "%s\t%s\n", commands[i]->name, commands[i]->summary);
	if (command)
		fputs(command->usage, file);
	return command || !strcmp(name, "help");
}
