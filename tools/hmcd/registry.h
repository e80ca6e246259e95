/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The managed systems that run on this machine for this user: a directory in which each daemon
 * links its run directory under the name of its system. It is OPENLPAR_REGISTRY, or "openlpar" in
 * XDG_RUNTIME_DIR, in /run/user/UID if that exists, or in /tmp/openlpar-UID.
 */
#ifndef TOOLS_HMCD_REGISTRY_H
#define TOOLS_HMCD_REGISTRY_H

#include "tools/hmcd/rundir.h"
#include "types.h"

#define REGISTRY_NAME_SIZE 64 /* of a system, with its NUL */

struct registry_system {
	char name[REGISTRY_NAME_SIZE];
	struct rundir run;
};

/*
 * The system in @run is called @name from now on, whatever it was called before. Returns 0, or -1
 * with errno: EEXIST, another one of that name is running; EINVAL, no file can be called @name.
 */
int registry_add(const struct rundir *run, const char *name);

/* The system in @run does not run any more. */
void registry_remove(const struct rundir *run);

/*
 * All systems whose daemon takes connections, sorted by name, to be freed. Returns how many, or -1
 * with errno.
 */
int registry_list(struct registry_system **systems);

#endif
