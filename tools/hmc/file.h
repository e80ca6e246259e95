/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that commands read and write. "-" is standard input or output. In a restricted login only
 * files below the current directory are open to them, none that begin with a dot on the way, and
 * none through symbolic links: neither what else is on the machine, nor what decides who may log in
 * and what is run then.
 */
#ifndef TOOLS_HMC_FILE_H
#define TOOLS_HMC_FILE_H

#include "tools/hmc/hmc.h"
#include "types.h"

/* Opens @path for reading; standard input is put into a file first. Returns -1 with errno. */
int file_read(const struct hmc *hmc, const char *path);

/* The file @path has @length bytes of @data afterwards. Returns 0, or -1 with errno. */
int file_write(const struct hmc *hmc, const char *path, const char *data, size_t length);

#endif
