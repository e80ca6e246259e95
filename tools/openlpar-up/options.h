/* SPDX-License-Identifier: Apache-2.0 */
/* What the person who starts a managed system wants. */
#ifndef TOOLS_OPENLPAR_UP_OPTIONS_H
#define TOOLS_OPENLPAR_UP_OPTIONS_H

#include "types.h"

#define SMP_CHIP 12 /* processors that fit on one chip; more are on two, half on each */

struct options {
	const char *dir;
	const char *machine;
	u32 smp;
	u32 mem;	  /* MiB */
	const char *plan; /* NULL = a machine without partitions */
	const char *qemu; /* NULL = the one that fits */
	bool icount;
};

/* Reads the command line. Ends the program with one line on stderr and status 2 if it is wrong. */
void options_read(struct options *options, int argc, char **argv);

#endif
