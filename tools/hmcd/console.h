/* SPDX-License-Identifier: Apache-2.0 */
/* A partition as the daemon knows it, and its console. */
#ifndef TOOLS_HMCD_CONSOLE_H
#define TOOLS_HMCD_CONSOLE_H

#include <event2/buffer.h>
#include <event2/event.h>

#include "hmc/message.h"
#include "tools/hmcd/request.h"
#include "tools/hmcd/rundir.h"
#include "tools/hmcd/sink.h"
#include "tools/hmcd/uart.h"
#include "types.h"

/* Whoever has attached to a console; at most one. */
struct console_holder {
	/* It is the holder's; or @who, a phrase, has it, and the holder is not it any more. */
	void (*opened)(struct console_holder *holder, const char *who);
	void (*output)(struct console_holder *holder); /* the log has grown */
	void (*input)(struct console_holder *holder);  /* there is room for input */
	void (*closed)(struct console_holder *holder); /* the console is gone */
};

struct console {
	u16 lpar_id;
	u8 state;			/* enum hmc_state */
	char name[HMC_NAME_SIZE];	/* "" when the hypervisor's name for it was refused */
	char reason[HMC_REASON_SIZE];	/* of HMC_STATE_ERROR */
	struct hmc_partition partition; /* all that was said about it last */
	char refused[HMC_NAME_SIZE];	/* the name that was refused */
	bool listed;			/* seen since the last HMC_LIST */
	struct sink output;		/* RUN/consoles/NAME.log */
	struct console_holder *holder;	/* NULL = nobody */

	struct uart *uart;
	struct evbuffer *input; /* typed and not known to have arrived */
	u32 arrived;		/* offset in the input stream of the first byte of it */
	u32 sent;		/* offset of the first byte of it that was not sent yet */
	u32 limit;		/* offset up to which it may be sent */
	struct event *late;	/* what was sent is not known to have arrived for a while */
	struct requests *requests;
	bool told;    /* the hypervisor knows that somebody has it … */
	bool telling; /* … or is being told, or … */
	bool opening; /* … that was about having it, not about having it no longer */
	bool asking;  /* an HMC_TYPED is on its way, sent after everything before */
	u32 asked;    /* this offset */
};

struct console *console_new(struct event_base *base, struct uart *uart, struct requests *requests,
			    u16 lpar_id);
void console_free(struct console *console);

/* Is @name, which is NUL-terminated, one that can be a file's name and stand in a line? */
bool console_name_is_good(const char *name);

/* A state in the HMC's words. */
const char *console_state_name(u8 state);

/*
 * The partition has this name from now on, a good one, and its console's output goes to the file
 * of that name; "" = it is not kept. Returns 0, or -1 with errno, and then it is not kept either.
 */
int console_name(struct console *console, const struct rundir *run, const char *name);

/* A frame of output arrived. Returns whether it was in its place; see sink_receive(). */
bool console_output(struct console *console, const u8 *payload, size_t length);

/*
 * Takes bytes to be typed from @from, as many as there is room for; when there is more room,
 * the holder's input() is called. The @last ones of a holder that goes are taken in any case.
 */
void console_type(struct console *console, struct evbuffer *from, bool last);

/* The hypervisor's word about input: what has arrived, what may be sent. */
void console_credit(struct console *console, u32 received, u32 limit);

/* What was sent may be lost: find out, and send that again. */
void console_ask(struct console *console);

/*
 * Whether there is a holder has changed: the hypervisor is told. A new one may read and type when
 * opened() says so, which is never called before this returns.
 */
void console_tell(struct console *console);

/* The connection to the hypervisor was lost. */
void console_lost(struct console *console);

/* The hypervisor has started afresh: both streams begin anew, and what was typed is forgotten. */
void console_restart(struct console *console);

#endif
