/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the management console, as the daemon runs them: each in a thread of its own, which
 * may wait (see call.h). What belongs to the configuration is only touched while the thread has
 * the store, store_take(), so that two administrators at once are one after the other.
 *
 * A file cmd_NAME.c has the commands of one noun, each with a struct command, which is in the table
 * of command.c.
 */
#ifndef TOOLS_HMCD_COMMAND_H
#define TOOLS_HMCD_COMMAND_H

#include "tools/hmcd/rundir.h"
#include "tools/hmcd/session.h"
#include "types.h"

#define COMMAND_OPTIONS_MAX 32

/* What was given: options by their names without dashes. */
struct options {
	struct {
		const char *name;
		const char *value; /* NULL: given without one */
	} given[COMMAND_OPTIONS_MAX];
	u32 count;
};

/* Was the option @name given? */
bool options_has(const struct options *options, const char *name);

/* The value of the option @name, or NULL. */
const char *options_value(const struct options *options, const char *name);

struct command {
	const char *name;
	const char *summary; /* what it does, in a few words */
	const char *usage;   /* its forms, one per line, without "usage:" */
	const char *options; /* all that it knows, by their names, with blanks between */
	/* Returns the exit status: 0, or 1 after a message. */
	int (*run)(struct session *session, const struct options *options);
};

/*
 * Runs a command whose words, each with a NUL behind it, are the @length bytes at @words. Returns
 * the exit status.
 */
int command_run(struct session *session, const char *words, size_t length);

/* Prints how the command @name is used, or for "help" which there are. False: there is none. */
bool command_help(const char *name, FILE *file);

extern const struct command lssyscfg_command;
extern const struct command mksyscfg_command;
extern const struct command chsyscfg_command;
extern const struct command rmsyscfg_command;
extern const struct command chsysstate_command;
extern const struct command lsrefcode_command;
extern const struct command lshwres_command;
extern const struct command lslparutil_command;
extern const struct command lshmc_command;
extern const struct command lssvcevents_command;
extern const struct command startdump_command;
extern const struct command hmctrace_command;
extern const struct command mksysplan_command;
extern const struct command deploysysplan_command;
extern const struct command mkimage_command;
extern const struct command lsimage_command;
extern const struct command rmimage_command;
extern const struct command rmvterm_command;

#endif
