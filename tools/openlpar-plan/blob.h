/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled plan in memory: a flat device tree, described in hmc/plan.h.
 */
#ifndef BLOB_H
#define BLOB_H

#include "config.h"
#include "file.h"

/*
 * Compiles CONFIG with the content of FILES. Returns the blob, to be freed, and its size in *SIZE,
 * or NULL after adding a problem: a file that cannot be read, or a blob that is too big.
 */
void *blob_build(const struct config *config, const struct files *files, size_t *size,
		 struct problems *problems);

/*
 * The profile with which LPAR of the system SYSTEM_NAME is activated, as HMC_ACTIVATE wants it
 * (hmc/message.h). Returns it, to be freed, and its size in *SIZE.
 */
void *blob_lpar_build(const struct config_lpar *lpar, const char *system_name, size_t *size);

#endif
