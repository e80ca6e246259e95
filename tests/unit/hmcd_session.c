// SPDX-License-Identifier: Apache-2.0
// A program that keeps what a command says to it.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/hmcd_session.h"

static char output[4096], errors[4096];

static void text_add(char *text, size_t size, const char *format, va_list arguments)
{
	size_t used = strlen(text);

	vsnprintf(text + used, size - used, format, arguments);
}

void session_print(struct session *session, const char *format, ...)
{
	va_list arguments;

	(void)session;
	va_start(arguments, format);
	text_add(output, sizeof(output), format, arguments);
	va_end(arguments);
}

int session_error(struct session *session, const char *number, const char *format, ...)
{
	size_t used = strlen(errors);
	va_list arguments;

	(void)session;
	snprintf(errors + used, sizeof(errors) - used, "%s ", number);
	va_start(arguments, format);
	text_add(errors, sizeof(errors), format, arguments);
	va_end(arguments);
	used = strlen(errors);
	snprintf(errors + used, sizeof(errors) - used, "\n");
	return 1;
}

const char *session_output(void)
{
	return output;
}

const char *session_errors(void)
{
	return errors;
}

void session_forget(void)
{
	*output = 0;
	*errors = 0;
}

void options_give(struct options *options, const char *name, const char *value)
{
	options->given[options->count].name = name;
	options->given[options->count++].value = value;
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
