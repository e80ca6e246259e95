/* SPDX-License-Identifier: Apache-2.0 */
/* Processors in a partition's tree. LoPAR "Properties of the Node of type cpu". */
#ifndef PARTITION_TREE_CPU_H
#define PARTITION_TREE_CPU_H

#include "hv/lpar.h"
#include "partition/cas.h"
#include "partition/tree_writer.h"

/*
 * Writes /cpus below the open root: one node for each virtual processor, numbered by interrupt
 * server number, with what the machine's tree says of the first processor.
 */
void tree_put_cpus(struct tree_writer *writer, const struct lpar *lpar, const struct cas *cas);

/* Makes /cpus of a finished tree agree with @cas. Returns 0 or a libfdt error. */
int tree_negotiate_cpus(void *fdt, const struct lpar *lpar, const struct cas *cas);

#endif
