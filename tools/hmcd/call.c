// SPDX-License-Identifier: Apache-2.0
// How threads that run commands get something done by the main thread.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/call.h"

#define END_SEC	      3
#define STATS_REPEATS 5

struct call {
	TAILQ_ENTRY(call) link;
	void (*function)(struct hypervisor *hypervisor, void *ctx);
	void *ctx;
	bool done;
};

struct thread {
	void (*run)(void *ctx);
	void *ctx;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a call is done, a thread has ended, requests have */
	TAILQ_HEAD(call_list, call) list;
	struct hypervisor *hypervisor;
	struct event *wakeup;
	int fd;
	u32 threads;
	bool ended;
} calls;

static void calls_serve(evutil_socket_t fd, short what, void *ctx)
{
	eventfd_t count;

	(void)what;
	(void)ctx;
	eventfd_read(fd, &count);
	pthread_mutex_lock(&calls.lock);
	while (!TAILQ_EMPTY(&calls.list)) {
		struct call *call = TAILQ_FIRST(&calls.list);

		TAILQ_REMOVE(&calls.list, call, link);
		pthread_mutex_unlock(&calls.lock);
		call->function(calls.hypervisor, call->ctx);
		pthread_mutex_lock(&calls.lock);
		call->done = true;
		pthread_cond_broadcast(&calls.changed);
	}
	pthread_mutex_unlock(&calls.lock);
}

static void *thread_main(void *argument)
{
	struct thread thread = *(struct thread *)argument;

	free(argument);
	thread.run(thread.ctx);
	pthread_mutex_lock(&calls.lock);
	calls.threads--;
	pthread_cond_broadcast(&calls.changed);
	pthread_mutex_unlock(&calls.lock);
	return NULL;
}

void calls_begin(struct event_base *base, struct hypervisor *hypervisor)
{
	pthread_mutex_init(&calls.lock, NULL);
	pthread_cond_init(&calls.changed, NULL);
	TAILQ_INIT(&calls.list);
	calls.hypervisor = hypervisor;
	calls.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	calls.wakeup = event_new(base, calls.fd, EV_READ | EV_PERSIST, calls_serve, NULL);
	event_add(calls.wakeup, NULL);
}

int calls_thread(void (*run)(void *ctx), void *ctx)
{
	struct thread *thread = alloc_zeroed(sizeof(*thread));
	pthread_attr_t detached;
	pthread_t id;
	int error;

	*thread = (struct thread){run, ctx};
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&calls.lock);
	error = pthread_create(&id, &detached, thread_main, thread);
	calls.threads += !error;
	pthread_mutex_unlock(&calls.lock);
	pthread_attr_destroy(&detached);
	if (error)
		free(thread);
	return error ? -1 : 0;
}

void calls_end(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += END_SEC;
	pthread_mutex_lock(&calls.lock);
	calls.ended = true;
	pthread_cond_broadcast(&calls.changed);
	while (calls.threads && !pthread_cond_timedwait(&calls.changed, &calls.lock, &end))
		;
	pthread_mutex_unlock(&calls.lock);
	event_free(calls.wakeup);
	close(calls.fd);
}

int call_main(void (*function)(struct hypervisor *hypervisor, void *ctx), void *ctx)
{
	struct call call = {.function = function, .ctx = ctx};

	pthread_mutex_lock(&calls.lock);
	if (!calls.ended) {
		TAILQ_INSERT_TAIL(&calls.list, &call, link);
		eventfd_write(calls.fd, 1);
		while (!call.done && !calls.ended)
			pthread_cond_wait(&calls.changed, &calls.lock);
		/* When the daemon ends the main thread serves nobody any more. */
		if (!call.done)
			TAILQ_REMOVE(&calls.list, &call, link);
	}
	pthread_mutex_unlock(&calls.lock);
	return call.done ? 0 : -1;
}

/* Requests. What the main thread has of them outlives the thread that waits, if need be. */

struct batch {
	struct call_request *request[CALL_REQUESTS_MAX];
	struct part {
		struct batch *batch;
		u32 index;
	} part[CALL_REQUESTS_MAX];
	u32 count, left;
	bool done;
};

static void batch_done(void *ctx, const struct hmc_reply *reply)
{
	struct part *part = ctx;
	struct batch *batch = part->batch;
	struct call_request *request = batch->request[part->index];

	pthread_mutex_lock(&calls.lock);
	request->answered = reply;
	if (reply)
		memcpy(&request->reply, reply, sizeof(request->reply));
	if (!--batch->left) {
		batch->done = true;
		pthread_cond_broadcast(&calls.changed);
	}
	pthread_mutex_unlock(&calls.lock);
}

static void batch_send(struct hypervisor *hypervisor, void *ctx)
{
	struct batch *batch = ctx;

	if (!hypervisor->answered) {
		batch->done = true;
		return;
	}
	batch->left = batch->count;
	for (u32 i = 0; i < batch->count; i++) {
		struct call_request *request = batch->request[i];

		request_send(hypervisor->requests, request->message, request->length,
			     request->reply_size, request->patience, batch_done, &batch->part[i]);
	}
}

static void batch_forget(struct batch *batch)
{
	for (u32 i = 0; i < batch->count; i++)
		requests_forget(calls.hypervisor->requests, &batch->part[i]);
}

int call_requests(struct call_request *requests, u32 count)
{
	struct batch batch = {.count = count};
	bool answered = true;

	for (u32 i = 0; i < count; i++) {
		batch.request[i] = &requests[i];
		batch.part[i] = (struct part){&batch, i};
		requests[i].answered = false;
		memset(&requests[i].reply, 0, sizeof(requests[i].reply));
	}
	if (call_main(batch_send, &batch))
		return -1;
	pthread_mutex_lock(&calls.lock);
	while (!batch.done && !calls.ended)
		pthread_cond_wait(&calls.changed, &calls.lock);
	/* The main thread waits for this one now, see calls_end(). */
	if (!batch.done)
		batch_forget(&batch);
	pthread_mutex_unlock(&calls.lock);
	for (u32 i = 0; i < count; i++)
		answered &= requests[i].answered;
	return answered ? 0 : -1;
}

int call_request(struct call_request *request, const char **text)
{
	if (call_requests(request, 1)) {
		*text = "the hypervisor does not answer";
		return -1;
	}
	if (be16_to_cpu(request->reply.reply.status) == HMC_OK)
		return 0;
	request->reply.refusal.text[HMC_TEXT_SIZE - 1] = 0;
	*text = request->reply.refusal.text;
	if (!**text)
		*text = be16_to_cpu(request->reply.reply.status) == HMC_UNKNOWN
				? "the hypervisor does not know this request"
				: "the hypervisor refuses";
	for (char *at = request->reply.refusal.text; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return -1;
}

/* Windows. */

static void window_done(void *ctx, const struct hmc_reply *reply);

static void window_fill(struct call_window *window)
{
	u8 message[FRAME_PAYLOAD_MAX];
	size_t n;

	while (!window->over && window->flying < CALL_REQUESTS_MAX &&
	       (n = window->make(window->ctx, message, window->flying))) {
		window->flying++;
		request_send(calls.hypervisor->requests, (struct hmc_control *)message, n,
			     window->reply_size, CALL_PATIENCE, window_done, window);
	}
	if (window->flying)
		return;
	pthread_mutex_lock(&calls.lock);
	window->done = true;
	pthread_cond_broadcast(&calls.changed);
	pthread_mutex_unlock(&calls.lock);
}

static void window_done(void *ctx, const struct hmc_reply *reply)
{
	struct call_window *window = ctx;

	window->flying--;
	window->lost |= !reply;
	if (!reply || !window->take(window->ctx, (const union call_reply *)reply))
		window->over = true;
	window_fill(window);
}

static void window_start(struct hypervisor *hypervisor, void *ctx)
{
	struct call_window *window = ctx;

	window->lost = !hypervisor->answered;
	window->over = window->lost;
	window_fill(window);
}

int call_window(struct call_window *window)
{
	struct timespec pulse;
	bool done;

	if (call_main(window_start, window))
		return -1;
	do {
		window->pulse(window->ctx);
		clock_gettime(CLOCK_REALTIME, &pulse);
		pulse.tv_sec++;
		pthread_mutex_lock(&calls.lock);
		if (!window->done && !calls.ended)
			pthread_cond_timedwait(&calls.changed, &calls.lock, &pulse);
		/* As in call_requests(). */
		if (!window->done && calls.ended)
			requests_forget(calls.hypervisor->requests, window);
		done = window->done || calls.ended;
		pthread_mutex_unlock(&calls.lock);
	} while (!done);
	return window->done && !window->lost ? 0 : -1;
}

struct partition_call {
	u32 lpar_id;
	struct hmc_partition *partition;
	bool found;
};

static void partition_copy(struct hypervisor *hypervisor, void *ctx)
{
	struct partition_call *call = ctx;
	const struct console *console = hypervisor->console[call->lpar_id];

	call->found = console && hypervisor->answered;
	if (call->found)
		*call->partition = console->partition;
}

bool call_partition(u32 lpar_id, struct hmc_partition *partition)
{
	struct partition_call call = {lpar_id, partition, false};

	return !call_main(partition_copy, &call) && call.found;
}

struct partitions_call {
	struct hmc_partition *partitions;
	bool answered;
};

static void partitions_copy(struct hypervisor *hypervisor, void *ctx)
{
	struct partitions_call *call = ctx;

	call->answered = hypervisor->answered;
	for (u32 i = 0; i <= HMC_LPAR_ID_MAX; i++) {
		if (hypervisor->console[i])
			call->partitions[i] = hypervisor->console[i]->partition;
		else
			call->partitions[i].state = HMC_STATE_REMOVED;
	}
}

int call_partitions(struct hmc_partition partitions[HMC_LPAR_ID_MAX + 1])
{
	struct partitions_call call = {partitions, false};

	return !call_main(partitions_copy, &call) && call.answered ? 0 : -1;
}

static void answered_copy(struct hypervisor *hypervisor, void *ctx)
{
	*(bool *)ctx = hypervisor->answered;
}

bool call_answered(void)
{
	bool answered = false;

	return !call_main(answered_copy, &answered) && answered;
}

/* Records come before the reply, so that all is there when the thread asks for it. */
static void stats_copy(struct hypervisor *hypervisor, void *ctx)
{
	memcpy(ctx, &hypervisor->stats, sizeof(hypervisor->stats));
}

int call_stats(struct stats *stats, const char **text)
{
	for (u32 i = 0; i < STATS_REPEATS; i++) {
		struct hmc_control message = {.type = HMC_STATS};
		struct call_request request = {
			.message = &message,
			.length = sizeof(message),
			.reply_size = sizeof(struct hmc_stats_reply),
			.patience = CALL_PATIENCE,
		};

		if (call_request(&request, text))
			return -1;
		if (!call_main(stats_copy, stats) &&
		    stats_complete(stats, (const void *)&request.reply))
			return 0;
	}
	*text = "the hypervisor's answer is incomplete";
	return -1;
}
