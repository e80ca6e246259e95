/* SPDX-License-Identifier: Apache-2.0 */
/* What could come next in a line that is being typed. */
#ifndef TOOLS_HMC_COMPLETE_H
#define TOOLS_HMC_COMPLETE_H

#include "tools/hmc/hmc.h"
#include "types.h"

/* Behind these a piece of a word begins, which is completed by itself: "-F name,sta". */
#define COMPLETE_BREAKS ",:="

struct choices {
	char **text;
	size_t count;
	bool files; /* names of files, too */
};

/*
 * Finds what the last piece of @line, which ends where the person is, could become: sorted, to be
 * freed with complete_free().
 */
void complete_line(const struct hmc *hmc, const char *line, struct choices *choices);

void complete_free(struct choices *choices);

#endif
