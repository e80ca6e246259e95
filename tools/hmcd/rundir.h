/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run directory of one managed system, and who runs in it. Its files:
 *
 *	lock		  held (flock) by whatever of the system still lives
 *	hmcd.lock	  held by the daemon
 *	qemu.pid hmcd.pid the machine and the daemon
 *	qemu.status	  how the machine ended: "exit N" or "signal N"
 *	uart.sock	  the management UART; qmp.sock: QEMU's monitor; hmcd.sock: the daemon's
 *clients plan.dtb	  the compiled system plan hypervisor.log opal.log qemu.log hmcd.log
 *	consoles/NAME.log what each partition wrote to its console
 */
#ifndef TOOLS_HMCD_RUNDIR_H
#define TOOLS_HMCD_RUNDIR_H

#include <sys/types.h>

#include "types.h"

#define RUNDIR_MAX 96 /* so that the sockets' paths fit into struct sockaddr_un */

struct rundir {
	char path[RUNDIR_MAX + 1]; /* absolute, without symbolic links */
};

struct rundir_path {
	char text[RUNDIR_MAX + 64];
};

/*
 * Finds the directory @path, or makes it and those above it when @make. Returns 0, or -1 after a
 * line on stderr.
 */
int rundir_find(struct rundir *run, const char *path, bool make);

/* The path of the file @name (at most 62 bytes) in it: rundir_file(run, "lock").text. */
struct rundir_path rundir_file(const struct rundir *run, const char *name);

/*
 * Takes the lock @name: "lock", which is then also that of programs started from this one, or
 * "hmcd.lock" of the daemon. Returns a file descriptor, or -1: errno EWOULDBLOCK when another
 * has it.
 */
int rundir_lock(const struct rundir *run, const char *name, bool inherit);

/* Removes what an earlier system left behind, its logs too if @logs. The lock is held. */
void rundir_clean(const struct rundir *run, bool logs);

/* Removes a file that may not be there. */
void rundir_remove(const struct rundir *run, const char *name);

/* Writes @pid into the file @name. Returns 0, or -1 with errno. */
int rundir_pid_write(const struct rundir *run, const char *name, pid_t pid);

/*
 * The process that the file @name names, if it lives and has this directory in its command line;
 * 0 otherwise.
 */
pid_t rundir_pid(const struct rundir *run, const char *name);

/* How the machine ended, "exit 0" or "signal 9", for people; NULL when that is not known. */
const char *rundir_status(const struct rundir *run);

/*
 * Ends machine and daemon: SIGTERM, and SIGKILL for what is still there after @patience
 * milliseconds each.
 */
void rundir_kill(const struct rundir *run, int patience);

/* Waits up to @patience milliseconds for machine and daemon to end. Returns whether they have. */
bool rundir_wait(const struct rundir *run, int patience);

#endif
