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

/* Called once, before the first partition runs. */
void console_register(console_writer *writer);

/* As console_writer. Without a registered one there is room for everything, and it is lost. */
size_t console_write(struct lpar *lpar, const void *bytes, size_t length);

#endif
