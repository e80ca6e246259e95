/* SPDX-License-Identifier: Apache-2.0 */
/* The partition's virtual terminal. printf() comes out here. */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include "types.h"

extern u64 console_unit; /* unit address of the vterm */

/* Finds the terminal in the tree. */
void console_init(void);

/* Writes all of @text, waiting while the terminal is busy. */
void console_write(const char *text, size_t length);

/* Reads what has come, at most 16 bytes. Returns how many. */
size_t console_read(char text[16]);

#endif
