/* SPDX-License-Identifier: Apache-2.0 */
/* Memory in a partition's tree. LoPAR "Memory Node", "ibm,dynamic-reconfiguration-memory". */
#ifndef PARTITION_TREE_MEMORY_H
#define PARTITION_TREE_MEMORY_H

#include "hv/lpar.h"
#include "partition/tree_writer.h"

/*
 * Writes below the open root: memory@0, whose first range is the RMO, and a node for each LMB
 * behind it, or ("drconf") one ibm,dynamic-reconfiguration-memory node for all of those.
 */
void tree_put_memory(struct tree_writer *writer, const struct lpar *lpar, bool drconf);

/*
 * Gives a finished tree the one or the other representation of what is behind memory@0.
 * Returns 0 or a libfdt error.
 */
int tree_set_drconf(void *fdt, const struct lpar *lpar, bool drconf);

/* The associativity list that every resource carries. */
void tree_put_associativity(struct tree_writer *writer);

#endif
