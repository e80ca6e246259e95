/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor as the daemon knows it: what it says, is asked, and which partitions it has. */
#ifndef TOOLS_HMCD_HYPERVISOR_H
#define TOOLS_HMCD_HYPERVISOR_H

#include <event2/event.h>

#include "hmc/message.h"
#include "tools/hmcd/console.h"
#include "tools/hmcd/request.h"
#include "tools/hmcd/rundir.h"
#include "tools/hmcd/stats.h"
#include "types.h"

struct hypervisor_events {
	void (*answered)(void *ctx); /* it answers, and all its partitions are known */
	void (*lost)(void *ctx);     /* the connection to it was lost */
};

struct hypervisor {
	const struct rundir *run;
	const struct hypervisor_events *events;
	void *ctx;
	struct event_base *base;
	struct uart *uart;
	struct requests *requests;
	struct console *console[HMC_LPAR_ID_MAX + 1]; /* by lpar_id, NULL = none */
	u64 described[HMC_LPAR_ID_MAX + 1];	      /* timebase of the last description */
	struct sink log;
	struct stats stats; /* of the last hypervisor_stats() */
	u64 boot_id;
	bool known;    /* boot_id is */
	bool answered; /* since it started and since it was connected */
	bool syncing;  /* between HMC_HELLO and the reply to HMC_LIST */
	bool released; /* since it was connected it was told that nobody has a console */
	struct event *resync;
};

/* Connects to the machine in @run. */
struct hypervisor *hypervisor_new(struct event_base *base, const struct rundir *run,
				  const struct hypervisor_events *events, void *ctx);
void hypervisor_free(struct hypervisor *hypervisor);

/* The partition of that name, or NULL. */
struct console *hypervisor_find(const struct hypervisor *hypervisor, const char *name);

/* This is said about a partition, in an event or otherwise; what is known to be newer stays. */
void hypervisor_partition(struct hypervisor *hypervisor, const struct hmc_partition *partition);

/* Asks for @action on the whole machine; see request_send() for @done. */
void hypervisor_power(struct hypervisor *hypervisor, enum hmc_power_action action,
		      request_done *done, void *ctx);

/* Asks where processor time went; see request_send() for @done. One at a time. */
void hypervisor_stats(struct hypervisor *hypervisor, request_done *done, void *ctx);

/* @ctx, of one of these before, is going away. */
void hypervisor_forget(struct hypervisor *hypervisor, const void *ctx);

#endif
