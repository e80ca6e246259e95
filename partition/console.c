// SPDX-License-Identifier: Apache-2.0
#include "partition/console.h"

static console_writer *console;
static console_reader *keyboard;

void console_register(console_writer *writer)
{
	console = writer;
}

void console_register_reader(console_reader *reader)
{
	keyboard = reader;
}

size_t console_write(struct lpar *lpar, const void *bytes, size_t length)
{
	return console ? console(lpar, bytes, length) : length;
}

size_t console_read(struct lpar *lpar, void *bytes, size_t length)
{
	return keyboard ? keyboard(lpar, bytes, length) : 0;
}
