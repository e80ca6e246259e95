/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the system plan share. */
#ifndef TESTS_PLAN_TEXT_H
#define TESTS_PLAN_TEXT_H

#include <stdio.h>
#include "tools/openlpar-plan/problem.h"

#define IMAGE "image name=i,kernel=kernel\n"
#define LPAR  "lpar name=a,desired_mem=256,desired_procs=1,boot_image=i"

/* All problems as they are printed for a plan file "p". They are forgotten. */
static inline char *problems_text(struct problems *problems)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	problems_print(problems, "p", stream);
	fclose(stream);
	problems_clear(problems);
	return text;
}

#endif
