/* SPDX-License-Identifier: Apache-2.0 */
/* The emulated machine: which QEMU, and its command line. */
#ifndef TOOLS_OPENLPAR_UP_MACHINE_H
#define TOOLS_OPENLPAR_UP_MACHINE_H

#include "tools/hmcd/rundir.h"
#include "tools/openlpar-up/options.h"

#define MACHINE_WORDS 48

/*
 * The QEMU that options->qemu names, or the one that fits: for --icount that of the build in
 * @build (the directory above build/bin), if it is there. NULL after a line on stderr.
 */
const char *machine_qemu(const struct options *options, const char *build);

/*
 * Writes the words that start @qemu into @words, at most MACHINE_WORDS with the NULL at their end.
 * @kernel is the hypervisor's image.
 */
void machine_command(char *words[MACHINE_WORDS], const struct options *options,
		     const struct rundir *run, const char *qemu, const char *kernel);

#endif
