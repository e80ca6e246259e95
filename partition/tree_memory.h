/* SPDX-License-Identifier: Apache-2.0 */
/* Memory in a partition's tree. LoPAR "Memory Node", "ibm,dynamic-reconfiguration-memory". */
#ifndef PARTITION_TREE_MEMORY_H
#define PARTITION_TREE_MEMORY_H

#include "hv/lpar.h"
#include "partition/tree_writer.h"

/*
 * Writes below the open root: memory@0, whose first range is the RMO, and a node for each LMB
 * behind it, or ("drconf") one ibm,dynamic-reconfiguration-memory node for all of those.
 * Nothing may follow but the end of the root.
 */
void tree_put_memory(struct tree_writer *writer, const struct lpar *lpar, bool drconf);

/* Replaces the LMB nodes of a finished tree by ibm,dynamic-reconfiguration-memory. */
int tree_use_drconf(void *fdt, const struct lpar *lpar);

/* The associativity list that every resource carries: the machine is one domain at all levels. */
#define TREE_ASSOCIATIVITY_LEVELS 4
void tree_put_associativity(struct tree_writer *writer);

#endif
