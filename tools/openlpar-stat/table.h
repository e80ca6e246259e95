/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that people read. */
#ifndef TOOLS_OPENLPAR_STAT_TABLE_H
#define TOOLS_OPENLPAR_STAT_TABLE_H

#include "tools/openlpar-stat/sample.h"

/*
 * Prints what happened from @before to @now; all from the start if @before is empty or of an
 * earlier start of the machine.
 */
void table_print(const struct sample *before, const struct sample *now);

#endif
