/* SPDX-License-Identifier: Apache-2.0 */
/* Boot images: files RUN/images/NAME.kernel and NAME.initrd, and the hypervisor's copies. */
#ifndef TOOLS_HMCD_IMAGE_H
#define TOOLS_HMCD_IMAGE_H

#include "tools/hmcd/session.h"
#include "types.h"

struct image_path {
	char text[RUNDIR_MAX + 96];
};

/* The path of a file of it: @part is "kernel" or "initrd". */
struct image_path image_path(const struct rundir *run, const char *name, const char *part);

/* Has the hypervisor an image of that name? */
bool image_is_there(const char *name);

/*
 * Sends it to the hypervisor from its files. @session, unless NULL, is told how far it has come.
 * Returns 0, or -1 and in *@text why not.
 */
int image_send(const struct rundir *run, const char *name, struct session *session,
	       const char **text);

#endif
