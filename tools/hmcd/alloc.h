/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for things that live long. Without it the daemon cannot go on, so it does not. */
#ifndef TOOLS_HMCD_ALLOC_H
#define TOOLS_HMCD_ALLOC_H

#include <stdio.h>
#include <stdlib.h>

static inline void *alloc_zeroed(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory) {
		fprintf(stderr, "out of memory\n");
		abort();
	}
	return memory;
}

#endif
