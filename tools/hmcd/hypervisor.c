// SPDX-License-Identifier: Apache-2.0
// The hypervisor as the daemon knows it.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/hypervisor.h"

#define RESYNC_MS      100
#define POWER_PATIENCE 10000
#define STATS_PATIENCE 10000

/* Streams that have lost something. */

static struct sink *channel_sink(struct hypervisor *hypervisor, u16 channel)
{
	u32 lpar_id = (u32)channel - HMC_CHANNEL_CONSOLE;

	if (channel == HMC_CHANNEL_LOG)
		return &hypervisor->log;
	if (lpar_id > HMC_LPAR_ID_MAX || !hypervisor->console[lpar_id])
		return NULL;
	return &hypervisor->console[lpar_id]->output;
}

static void resume_done(void *ctx, const struct hmc_reply *reply)
{
	const struct hmc_resume_reply *resumed = (const void *)reply;
	struct hypervisor *hypervisor = ctx;
	struct sink *sink;

	if (!reply || be16_to_cpu(reply->status) != HMC_OK)
		return;
	sink = channel_sink(hypervisor, be16_to_cpu(resumed->channel));
	if (sink)
		sink_resume(sink, be32_to_cpu(resumed->offset));
}

static void stream_resume(struct hypervisor *hypervisor, u16 channel)
{
	struct sink *sink = channel_sink(hypervisor, channel);
	struct hmc_resume resume = {
		.control.type = HMC_RESUME,
		.channel = cpu_to_be16(channel),
		.offset = cpu_to_be32(sink->expected),
	};

	if (sink->resuming)
		return;
	sink->resuming = true;
	request_send(hypervisor->requests, &resume.control, sizeof(resume),
		     sizeof(struct hmc_resume_reply), 0, resume_done, hypervisor);
}

/*
 * Getting into step, after connecting, a start of the hypervisor, or damage: who is there, what
 * partitions are there, and all streams from where they ended here.
 */

static void console_drop(struct hypervisor *hypervisor, u32 lpar_id)
{
	struct console *console = hypervisor->console[lpar_id];

	hypervisor->console[lpar_id] = NULL;
	if (console)
		console_free(console);
}

static void hypervisor_restarted(struct hypervisor *hypervisor, u64 boot_id)
{
	if (hypervisor->known)
		fprintf(stderr, "the hypervisor has started afresh\n");
	hypervisor->boot_id = boot_id;
	hypervisor->known = true;
	hypervisor->log.expected = 0;
	hypervisor->log.resuming = false;
	memset(hypervisor->described, 0, sizeof(hypervisor->described));
	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		if (hypervisor->console[i])
			console_restart(hypervisor->console[i]);
}

static void list_done(void *ctx, const struct hmc_reply *reply);

static void list_ask(struct hypervisor *hypervisor)
{
	struct hmc_control list = {.type = HMC_LIST};

	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		if (hypervisor->console[i])
			hypervisor->console[i]->listed = false;
	request_send(hypervisor->requests, &list, sizeof(list), sizeof(struct hmc_list_reply), 0,
		     list_done, hypervisor);
}

/* Drops partitions that are not there any more. False if some that are have not been seen. */
static bool list_check(struct hypervisor *hypervisor, u32 partitions)
{
	u32 seen = 0;

	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		seen += hypervisor->console[i] && hypervisor->console[i]->listed;
	if (seen != partitions)
		return false;
	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		if (hypervisor->console[i] && !hypervisor->console[i]->listed)
			console_drop(hypervisor, i);
	return true;
}

static void list_done(void *ctx, const struct hmc_reply *reply)
{
	const struct hmc_list_reply *list = (const void *)reply;
	struct hypervisor *hypervisor = ctx;

	if (!reply || be16_to_cpu(reply->status) != HMC_OK) {
		hypervisor->syncing = false;
		return;
	}
	if (!list_check(hypervisor, be16_to_cpu(list->partitions))) {
		list_ask(hypervisor);
		return;
	}
	hypervisor->syncing = false;
	for (u16 i = 1; i <= HMC_LPAR_ID_MAX; i++) {
		if (!hypervisor->console[i])
			continue;
		stream_resume(hypervisor, (u16)(HMC_CHANNEL_CONSOLE + i));
		console_ask(hypervisor->console[i]);
		console_tell(hypervisor->console[i]);
	}
	if (!hypervisor->answered) {
		hypervisor->answered = true;
		hypervisor->events->answered(hypervisor->ctx);
	}
}

/* What a daemon before this one has told is not so any more. */
static void release_done(void *ctx, const struct hmc_reply *reply)
{
	struct hypervisor *hypervisor = ctx;

	if (!reply) {
		hypervisor->syncing = false;
		return;
	}
	hypervisor->released = true;
	list_ask(hypervisor);
}

static void release_ask(struct hypervisor *hypervisor)
{
	struct hmc_vterm vterm = {.control.type = HMC_VTERM, .action = HMC_VTERM_CLOSE};

	request_send(hypervisor->requests, &vterm.control, sizeof(vterm), sizeof(struct hmc_reply),
		     0, release_done, hypervisor);
}

static void hello_done(void *ctx, const struct hmc_reply *reply)
{
	const struct hmc_hello_reply *hello = (const void *)reply;
	struct hypervisor *hypervisor = ctx;
	u64 boot_id;

	if (!reply || be16_to_cpu(reply->status) != HMC_OK) {
		hypervisor->syncing = false;
		return;
	}
	boot_id = be64_to_cpu(hello->boot_id);
	if (!hypervisor->known || boot_id != hypervisor->boot_id)
		hypervisor_restarted(hypervisor, boot_id);
	stream_resume(hypervisor, HMC_CHANNEL_LOG);
	if (hypervisor->released)
		list_ask(hypervisor);
	else
		release_ask(hypervisor);
}

static void sync_start(struct hypervisor *hypervisor)
{
	struct hmc_control hello = {.type = HMC_HELLO};

	hypervisor->syncing = true;
	request_send(hypervisor->requests, &hello, sizeof(hello), sizeof(struct hmc_hello_reply), 0,
		     hello_done, hypervisor);
}

static void resync_later(struct hypervisor *hypervisor)
{
	const struct timeval pause = {0, RESYNC_MS * 1000};

	if (!evtimer_pending(hypervisor->resync, NULL))
		event_add(hypervisor->resync, &pause);
}

static void resync(evutil_socket_t fd, short what, void *ctx)
{
	struct hypervisor *hypervisor = ctx;

	(void)fd;
	(void)what;
	if (hypervisor->syncing)
		resync_later(hypervisor);
	else if (uart_is_connected(hypervisor->uart))
		sync_start(hypervisor);
}

/* Events. */

static void boot_receive(struct hypervisor *hypervisor, const u8 *payload, size_t length)
{
	const struct hmc_boot *boot = (const void *)payload;

	if (length < sizeof(*boot))
		return;
	hypervisor->answered = false;
	requests_cancel(hypervisor->requests);
	hypervisor_restarted(hypervisor, be64_to_cpu(boot->boot_id));
	sync_start(hypervisor);
}

/* Gives the partition a name that can be a file's and is nobody else's, or none. */
static void partition_name(struct hypervisor *hypervisor, struct console *console, const char *name)
{
	const struct console *same = hypervisor_find(hypervisor, name);

	if (!strcmp(console->name, name))
		return;
	if (!console_name_is_good(name) || same) {
		if (strcmp(console->refused, name))
			fprintf(stderr, "partition %u: its name %s; its console is not kept\n",
				console->lpar_id,
				same ? "is another's too" : "cannot be the name of a file");
		snprintf(console->refused, sizeof(console->refused), "%s", name);
		name = "";
	}
	if (console_name(console, hypervisor->run, name))
		fprintf(stderr, "partition %u: consoles/%s.log: %s; its console is not kept\n",
			console->lpar_id, name, strerror(errno));
}

static void reason_copy(char *to, const char *from)
{
	snprintf(to, HMC_REASON_SIZE, "%.*s", HMC_REASON_SIZE - 1, from);
	for (; *to; to++)
		if (*to < ' ' || *to > '~')
			*to = '?';
}

static void partition_receive(struct hypervisor *hypervisor, const u8 *payload, size_t length)
{
	const struct hmc_partition *partition = (const void *)payload;
	struct console *console;
	char name[HMC_NAME_SIZE];
	u16 lpar_id;

	if (length < sizeof(*partition))
		return;
	lpar_id = be16_to_cpu(partition->lpar_id);
	if (!lpar_id || lpar_id > HMC_LPAR_ID_MAX)
		return;
	if (be64_to_cpu(partition->timebase) < hypervisor->described[lpar_id])
		return;
	hypervisor->described[lpar_id] = be64_to_cpu(partition->timebase);
	if (partition->state == HMC_STATE_REMOVED) {
		console_drop(hypervisor, lpar_id);
		return;
	}
	console = hypervisor->console[lpar_id];
	if (!console) {
		console = console_new(hypervisor->base, hypervisor->uart, hypervisor->requests,
				      lpar_id);
		hypervisor->console[lpar_id] = console;
	}
	snprintf(name, sizeof(name), "%.*s", HMC_NAME_SIZE - 1, partition->name);
	partition_name(hypervisor, console, name);
	console->listed = true;
	console->state = partition->state;
	console->partition = *partition;
	reason_copy(console->reason, partition->reason);
}

void hypervisor_partition(struct hypervisor *hypervisor, const struct hmc_partition *partition)
{
	partition_receive(hypervisor, (const u8 *)partition, sizeof(*partition));
}

static void credit_receive(struct hypervisor *hypervisor, const u8 *payload, size_t length)
{
	const struct hmc_credit *credit = (const void *)payload;
	u16 lpar_id;

	if (length < sizeof(*credit))
		return;
	lpar_id = be16_to_cpu(credit->lpar_id);
	if (lpar_id <= HMC_LPAR_ID_MAX && hypervisor->console[lpar_id])
		console_credit(hypervisor->console[lpar_id], be32_to_cpu(credit->received),
			       be32_to_cpu(credit->limit));
}

static void control_receive(struct hypervisor *hypervisor, const u8 *payload, size_t length)
{
	u8 type = length ? payload[0] : 0;

	if (type & HMC_REPLY)
		requests_reply(hypervisor->requests, payload, length);
	else if (type == HMC_BOOT)
		boot_receive(hypervisor, payload, length);
	else if (type == HMC_PARTITION)
		partition_receive(hypervisor, payload, length);
	else if (type == HMC_CREDIT)
		credit_receive(hypervisor, payload, length);
	else if (type == HMC_STATS_PROCESSOR || type == HMC_STATS_PARTITION)
		stats_record(&hypervisor->stats, payload, length);
}

static void frame_receive(void *ctx, u16 channel, const u8 *payload, size_t length)
{
	struct hypervisor *hypervisor = ctx;
	struct sink *sink = channel_sink(hypervisor, channel);
	bool in_place;

	if (channel == HMC_CHANNEL_CONTROL) {
		control_receive(hypervisor, payload, length);
		return;
	}
	if (!sink)
		return;
	if (channel == HMC_CHANNEL_LOG)
		in_place = sink_receive(sink, payload, length);
	else
		in_place = console_output(hypervisor->console[channel - HMC_CHANNEL_CONSOLE],
					  payload, length);
	if (!in_place)
		stream_resume(hypervisor, channel);
}

static void uart_damaged(void *ctx)
{
	resync_later(ctx);
}

static void uart_connected(void *ctx)
{
	/* A hypervisor that gets stuck while it starts never answers HELLO: this is to tell why. */
	stream_resume(ctx, HMC_CHANNEL_LOG);
	sync_start(ctx);
}

static void uart_disconnected(void *ctx)
{
	struct hypervisor *hypervisor = ctx;

	hypervisor->answered = false;
	requests_cancel(hypervisor->requests);
	hypervisor->log.resuming = false;
	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		if (hypervisor->console[i])
			console_lost(hypervisor->console[i]);
	hypervisor->released = false;
	hypervisor->events->lost(hypervisor->ctx);
}

struct hypervisor *hypervisor_new(struct event_base *base, const struct rundir *run,
				  const struct hypervisor_events *events, void *ctx)
{
	static const struct uart_events uart_events = {
		.connected = uart_connected,
		.disconnected = uart_disconnected,
		.frame = frame_receive,
		.damaged = uart_damaged,
	};
	struct hypervisor *hypervisor = alloc_zeroed(sizeof(*hypervisor));

	hypervisor->run = run;
	hypervisor->events = events;
	hypervisor->ctx = ctx;
	hypervisor->base = base;
	hypervisor->resync = evtimer_new(base, resync, hypervisor);
	sink_init(&hypervisor->log);
	if (sink_open(&hypervisor->log, rundir_file(run, "hypervisor.log").text))
		fprintf(stderr, "%s: %s; it is not kept\n", rundir_file(run, "hypervisor.log").text,
			strerror(errno));
	hypervisor->uart =
		uart_new(base, rundir_file(run, "uart.sock").text, &uart_events, hypervisor);
	hypervisor->requests = requests_new(base, hypervisor->uart);
	return hypervisor;
}

void hypervisor_free(struct hypervisor *hypervisor)
{
	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		console_drop(hypervisor, i);
	requests_free(hypervisor->requests);
	uart_free(hypervisor->uart);
	sink_open(&hypervisor->log, NULL);
	event_free(hypervisor->resync);
	free(hypervisor);
}

struct console *hypervisor_find(const struct hypervisor *hypervisor, const char *name)
{
	for (u32 i = 1; i <= HMC_LPAR_ID_MAX; i++)
		if (hypervisor->console[i] && *name && !strcmp(hypervisor->console[i]->name, name))
			return hypervisor->console[i];
	return NULL;
}

void hypervisor_power(struct hypervisor *hypervisor, enum hmc_power_action action,
		      request_done *done, void *ctx)
{
	struct hmc_power power = {.control.type = HMC_POWER, .action = (u8)action};

	request_send(hypervisor->requests, &power.control, sizeof(power), sizeof(struct hmc_reply),
		     POWER_PATIENCE, done, ctx);
}

void hypervisor_stats(struct hypervisor *hypervisor, request_done *done, void *ctx)
{
	struct hmc_control control = {.type = HMC_STATS};

	request_send(hypervisor->requests, &control, sizeof(control),
		     sizeof(struct hmc_stats_reply), STATS_PATIENCE, done, ctx);
}

void hypervisor_forget(struct hypervisor *hypervisor, const void *ctx)
{
	requests_forget(hypervisor->requests, ctx);
}
