/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How threads that run commands get something done by the main thread, which alone has the UART
 * and all that belongs to it. Each call waits for its end.
 */
#ifndef TOOLS_HMCD_CALL_H
#define TOOLS_HMCD_CALL_H

#include "hmc/frame.h"
#include "hmc/message.h"
#include "tools/hmcd/hypervisor.h"
#include "types.h"

/* Before the first thread: main thread only. */
void calls_begin(struct event_base *base, struct hypervisor *hypervisor);

/*
 * Starts a thread that runs @run(@ctx), which frees what it has. Returns 0, or -1. Main thread
 * only, also of the next one.
 */
int calls_thread(void (*run)(void *ctx), void *ctx);

/* The daemon ends: from now on no call succeeds. Waits for the threads, a few seconds at most. */
void calls_end(void);

/* Runs @function(@hypervisor, @ctx) in the main thread. Returns 0, or -1: the daemon ends. */
int call_main(void (*function)(struct hypervisor *hypervisor, void *ctx), void *ctx);

/* A reply, with zeros behind what came. */
union call_reply {
	struct hmc_reply reply;
	struct hmc_refusal refusal;
	struct hmc_describe_reply describe;
	struct hmc_system_reply system;
	struct hmc_upload_reply upload;
	struct hmc_image_put_reply image_put;
	struct hmc_refcodes_reply refcodes;
	struct hmc_images_reply images;
	struct hmc_trace_reply trace;
	struct hmc_eth_reply eth;
	u8 bytes[FRAME_PAYLOAD_MAX];
};

/* One request and what came of it. */
struct call_request {
	struct hmc_control *message; /* with its type */
	size_t length;
	size_t reply_size; /* the least that a reply of HMC_OK must have */
	u32 patience;	   /* milliseconds */
	bool answered;	   /* reply is one */
	union call_reply reply;
};

#define CALL_REQUESTS_MAX 6
#define CALL_PATIENCE	  30000 /* milliseconds; a busy machine is slow */

/*
 * Sends @count requests, at most CALL_REQUESTS_MAX, and waits for the end of all of them. Returns
 * 0, or -1 if one of them was not answered.
 */
int call_requests(struct call_request *requests, u32 count);

/* The only one, answered with HMC_OK: 0. Otherwise -1, and in *@text why, for people. */
int call_request(struct call_request *request, const char **text);

/*
 * Many requests, several of which are always under way. @make and @take run in the main thread:
 * @make puts the next message into its buffer and returns its length, or 0 if there is none to be
 * sent before another reply comes; @flying are under way. @take gets a reply and returns whether to
 * go on. @pulse runs in the waiting thread now and then.
 */
struct call_window {
	size_t (*make)(void *ctx, u8 message[FRAME_PAYLOAD_MAX], u32 flying);
	bool (*take)(void *ctx, const union call_reply *reply);
	void (*pulse)(void *ctx);
	void *ctx;
	size_t reply_size;
	/* the caller's are those before */
	u32 flying;
	bool over, lost, done;
};

/* Runs it to its end. Returns 0, or -1: a request was not answered. */
int call_window(struct call_window *window);

/* What the hypervisor said last about a partition; false: there is none with that ID. */
bool call_partition(u32 lpar_id, struct hmc_partition *partition);

/* All of them: those that there are not are HMC_STATE_REMOVED. Returns 0, or -1: no answer. */
int call_partitions(struct hmc_partition partitions[HMC_LPAR_ID_MAX + 1]);

/* Does the hypervisor answer? */
bool call_answered(void);

/*
 * What the hypervisor says about where processor time went, complete. Returns 0, or -1 and in
 * *@text why not.
 */
int call_stats(struct stats *stats, const char **text);

#endif
