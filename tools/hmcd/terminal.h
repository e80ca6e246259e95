/* SPDX-License-Identifier: Apache-2.0 */
/* A partition's console on this terminal, or in a pipe: what programs do that have attached. */
#ifndef TOOLS_HMCD_TERMINAL_H
#define TOOLS_HMCD_TERMINAL_H

#include "tools/hmcd/client.h"
#include "types.h"

/* How a person at a terminal leaves. */
enum terminal_leave {
	TERMINAL_BRACKET, /* Ctrl-] */
	TERMINAL_TILDE,	  /* ~. at the beginning of a line; ~~ there is one ~ */
};

/*
 * Types what is read from standard input and prints what the console says, behind the attach
 * command's ok. A terminal is raw meanwhile. Signals that end the program are taken note of, in
 * *@signal, when the terminal is what it was; else that is 0. Input that is no terminal is typed
 * until it ends; then it goes on until nothing has come for @silence seconds, or with 0 for ever.
 * Returns false if the other end closed it.
 */
bool terminal_run(struct client *client, enum terminal_leave leave, u32 silence, int *signal);

#endif
