/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console of a partition's firmware. The virtual terminal behind it belongs to vio/, which this
 * directory does not include, so it registers here.
 */
#ifndef PARTITION_CONSOLE_H
#define PARTITION_CONSOLE_H

#include "types.h"

struct lpar;

/*
 * Sends @length @bytes to the first virtual terminal of @lpar. Returns how many of them, counted
 * from the first, there was room for. Called without any lock, on any processor.
 */
typedef size_t console_writer(struct lpar *lpar, const void *bytes, size_t length);

/*
 * Takes up to @length bytes that people have typed at the same terminal to @bytes. Returns how
 * many there were. Called without any lock, on any processor.
 */
typedef size_t console_reader(struct lpar *lpar, void *bytes, size_t length);

/* Who has the first terminal of a partition. Called as work, lpar_id is that of a partition. */
struct console_people {
	/*
	 * People have it from now on. Returns false, with a phrase about who else has it in @text,
	 * of @size bytes, when that is a partition.
	 */
	bool (*open)(u32 lpar_id, char *text, size_t size);
	/* They do not have it any longer; also if there is no such partition. */
	void (*close)(u32 lpar_id);
	/* No partition has it any longer. */
	void (*take)(u32 lpar_id);
};

/* Called once each, before the first partition runs. */
void console_register(console_writer *writer);
void console_register_reader(console_reader *reader);
void console_register_people(const struct console_people *people);

/* As console_writer. Without a registered one there is room for everything, and it is lost. */
size_t console_write(struct lpar *lpar, const void *bytes, size_t length);

/* As console_reader. Without a registered one nobody types. */
size_t console_read(struct lpar *lpar, void *bytes, size_t length);

/* As in struct console_people. Without a registered one people have every console. */
bool console_open(u32 lpar_id, char *text, size_t size);
void console_close(u32 lpar_id);
void console_take(u32 lpar_id);

#endif
