// SPDX-License-Identifier: Apache-2.0
#include "partition/console.h"

static console_writer *console;
static console_reader *keyboard;
static const struct console_people *holders;

void console_register(console_writer *writer)
{
	console = writer;
}

void console_register_reader(console_reader *reader)
{
	keyboard = reader;
}

void console_register_people(const struct console_people *people)
{
	holders = people;
}

size_t console_write(struct lpar *lpar, const void *bytes, size_t length)
{
	return console ? console(lpar, bytes, length) : length;
}

size_t console_read(struct lpar *lpar, void *bytes, size_t length)
{
	return keyboard ? keyboard(lpar, bytes, length) : 0;
}

bool console_open(u32 lpar_id, char *text, size_t size)
{
	return !holders || holders->open(lpar_id, text, size);
}

void console_close(u32 lpar_id)
{
	if (holders)
		holders->close(lpar_id);
}

void console_take(u32 lpar_id)
{
	if (holders)
		holders->take(lpar_id);
}
