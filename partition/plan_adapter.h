/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual adapters in the compiled plan. */
#ifndef PARTITION_PLAN_ADAPTER_H
#define PARTITION_PLAN_ADAPTER_H

#include "partition/plan.h"

/*
 * Looks at all adapters of the partition NODE, not trusted, and fills in what plan_next_adapter()
 * needs. Returns NULL, or what is wrong.
 */
const char *plan_adapters_get(const void *fdt, int node, struct plan_lpar *lpar);

#endif
