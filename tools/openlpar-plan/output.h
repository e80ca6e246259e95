/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output file: written completely under another name in the same folder, then renamed, so that
 * nobody ever sees a half-written plan.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "types.h"

/*
 * Puts SIZE bytes of DATA into the file PATH, which need not exist. Returns NULL, or what went
 * wrong; an older file of that name is unchanged then.
 */
const char *output_write(const char *path, const void *data, size_t size);

#endif
