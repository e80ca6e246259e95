/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processors of a partition: what is taken for attributes that are not given, and what the
 * attributes say about each other.
 */
#ifndef PROCS_H
#define PROCS_H

#include "config.h"

/* Nothing is given yet. */
void procs_init(struct config_procs *procs);

/*
 * Fills in the defaults of PROCS, the record in line LINE, and adds a problem for each attribute
 * that does not go with the others. Every virtual processor needs MIN_UNITS hundredths of a
 * processor, CONFIG_UNSET: not known. Numbers are left alone when one of them was refused.
 */
void procs_complete(struct config_procs *procs, unsigned int line, u32 min_units,
		    struct problems *problems);

#endif
