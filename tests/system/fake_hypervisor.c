// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/link.c hv/stream.c hv/frame.c
// A machine that is none: what openlpar-up starts as QEMU in test_hmcd.py. It has the hypervisor's
// end of the management UART (hv/link.c) behind the socket that a real QEMU would have, and
// partitions whose consoles answer a few words:
//
//	echo alive-$((6*7))	alive-42
//	flood			FLOOD bytes of which each can be predicted
//	sum			reads SUM bytes and says their checksum
//	restart			the hypervisor starts afresh
//	die			the machine ends with status 3
//
// Told by its environment: FAKE_DEAF (never answers), FAKE_DIE (ends at once), FAKE_DAMAGE=N (one
// byte in N is wrong, each way), FAKE_NAMES=A,B,... ("mute" says nothing to what is typed, "broken"
// is in state Error, the console of "served" is another partition's until it is taken; ";" stands
// for a comma). Who has consoles is said in the log.
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hv/link.h"

#define FLOOD	   1000000
#define SUM	   50000
#define PARTITIONS 8
#define FIFO	   16
#define HZ	   512000000UL

struct partition {
	char name[HMC_NAME_SIZE];
	struct link_console console;
	char line[64];
	size_t length;
	bool taken; /* from the other partition */
	u32 flood;  /* bytes to go */
	u32 sum_left, sum;
};

static struct link link_up;
static struct partition partition[PARTITIONS + 1];
static int partitions;
static int listener, daemon_fd = -1;
static u8 received[4096];
static ssize_t received_length, received_next;
static u8 sent[FIFO];
static size_t sent_length;
static long damage;
static bool power_off;

static u8 damaged(u8 byte)
{
	return damage && rand() % damage == 0 ? (u8)(byte ^ 1 << rand() % 8) : byte;
}

/* The UART: a full transmitter is emptied into the socket, or nowhere. */
static void uart_flush(void)
{
	for (size_t done = 0; done < sent_length && daemon_fd >= 0;) {
		ssize_t n = send(daemon_fd, sent + done, sent_length - done, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	sent_length = 0;
}

static int uart_tx_ready(void *ctx)
{
	(void)ctx;
	if (sent_length == FIFO)
		uart_flush();
	return (int)(FIFO - sent_length);
}

static void uart_tx(void *ctx, u8 byte)
{
	(void)ctx;
	sent[sent_length++] = damaged(byte);
}

static int uart_rx(void *ctx)
{
	(void)ctx;
	return received_next < received_length ? damaged(received[received_next++]) : -1;
}

static void describe(void *ctx, u16 lpar_id, struct hmc_partition *message)
{
	(void)ctx;
	message->state = HMC_STATE_RUNNING;
	snprintf(message->name, sizeof(message->name), "%s", partition[lpar_id].name);
	if (!strcmp(partition[lpar_id].name, "broken")) {
		message->state = HMC_STATE_ERROR;
		snprintf(message->reason, sizeof(message->reason), "its image is\tgarbage");
	}
}

static void log_printf(const char *format, ...) __printf(1, 2);
static void log_printf(const char *format, ...)
{
	char line[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	link_log_write(&link_up, line, strlen(line));
}

/* Two processors, the second dedicated to partition 1. From one picture to the next, a second. */
static size_t stats(void *ctx, u32 i, struct hmc_control *message)
{
	static u64 seconds;
	struct hmc_stats_processor *processor = (void *)message;
	struct hmc_stats_partition *record = (void *)message;
	struct hmc_stats_reply *reply = (void *)message;

	(void)ctx;
	seconds += i == 0;
	if (i < 2) {
		*processor = (struct hmc_stats_processor){
			.control.type = HMC_STATS_PROCESSOR,
			.timebase = cpu_to_be64(seconds * HZ),
			.number = cpu_to_be16((u16)i),
			.owner = cpu_to_be16((u16)i),
			.partitions = cpu_to_be64(seconds * HZ * 3 / 4),
			.idle = cpu_to_be64(seconds * HZ / 5),
			.hypervisor = cpu_to_be64(seconds * HZ / 20),
		};
		return sizeof(*processor);
	}
	i -= 1;
	if (i <= (u32)partitions) {
		*record = (struct hmc_stats_partition){
			.control.type = HMC_STATS_PARTITION,
			.timebase = cpu_to_be64(seconds * HZ),
			.lpar_id = cpu_to_be16((u16)i),
			.sharing_mode =
				i == 1 ? HMC_SHARING_SHARE_IDLE_PROCS_ACTIVE : HMC_SHARING_UNCAP,
			.weight = i == 1 ? 0 : 128,
			.procs = cpu_to_be16((u16)i),
			.units = cpu_to_be16(i == 1 ? 100 : 25),
			.entitled = cpu_to_be64(seconds * HZ / (i == 1 ? 1 : 4)),
			.capped = cpu_to_be64(seconds * HZ / 4),
			.uncapped = cpu_to_be64(i == 1 ? 0 : seconds * HZ / 8),
			.idle = cpu_to_be64(i == 1 ? seconds * HZ / 4 : 0),
			.donated = cpu_to_be64(i == 1 ? seconds * HZ / 2 : 0),
			.dispatches = cpu_to_be64(seconds * 100 * i),
			.dispersions = cpu_to_be64(seconds * 10 * i),
		};
		return sizeof(*record);
	}
	*reply = (struct hmc_stats_reply){
		.reply.control.type = HMC_STATS | HMC_REPLY,
		.timebase = cpu_to_be64(seconds * HZ),
		.processors = cpu_to_be16(2),
		.partitions = cpu_to_be16((u16)partitions),
		.pool_procs = cpu_to_be16(1),
		.pool_units = cpu_to_be16(25),
		.timebase_hz = cpu_to_be64(HZ),
	};
	return sizeof(*reply);
}

static u16 vterm_refuse(const struct hmc_control *message)
{
	struct hmc_refusal refusal = {
		.reply.control = {message->type | HMC_REPLY, message->id},
		.reply.status = cpu_to_be16(HMC_REFUSED),
		.text = "partition other has it",
	};

	link_reply(&link_up, &refusal, sizeof(refusal));
	return LINK_LATER;
}

static u16 vterm_request(const struct hmc_control *message, size_t length)
{
	static const char *const done[] = {"", "open", "closed", "taken"};
	const struct hmc_vterm *vterm = (const void *)message;
	u16 id = be16_to_cpu(vterm->lpar_id);

	if (length < sizeof(*vterm))
		return HMC_BAD_LENGTH;
	if (id > partitions || vterm->action < HMC_VTERM_OPEN || vterm->action > HMC_VTERM_TAKE)
		return HMC_BAD_VALUE;
	if (vterm->action == HMC_VTERM_TAKE)
		partition[id].taken = true;
	if (vterm->action == HMC_VTERM_OPEN && !strcmp(partition[id].name, "served") &&
	    !partition[id].taken)
		return vterm_refuse(message);
	log_printf("console %u %s\n", (unsigned int)id, done[vterm->action]);
	return HMC_OK;
}

static u16 request(void *ctx, const struct hmc_control *message, size_t length)
{
	const struct hmc_power *power = (const void *)message;

	(void)ctx;
	if (message->type == HMC_VTERM)
		return vterm_request(message, length);
	if (message->type != HMC_POWER)
		return HMC_UNKNOWN;
	if (length < sizeof(*power))
		return HMC_BAD_LENGTH;
	log_printf("power request %u\n", power->action);
	power_off = true;
	return HMC_OK;
}

static void say(u16 id, const char *text)
{
	if (link_console_write(&link_up, id, text, strlen(text)))
		abort();
}

static void hypervisor_start(void);

static void line_done(u16 id)
{
	struct partition *p = &partition[id];

	if (!strcmp(p->line, "echo alive-$((6*7))"))
		say(id, "alive-42\r\n");
	else if (!strcmp(p->line, "flood"))
		p->flood = FLOOD;
	else if (!strcmp(p->line, "sum"))
		p->sum_left = SUM;
	else if (!strcmp(p->line, "restart"))
		hypervisor_start();
	else if (!strcmp(p->line, "die"))
		exit(3);
	else if (*p->line)
		say(id, "what?\r\n");
	say(id, "# ");
}

static void type(u16 id, char byte)
{
	struct partition *p = &partition[id];
	char echo[2] = {byte, 0};
	char text[64];

	if (!strcmp(p->name, "mute"))
		return;
	if (p->sum_left) {
		p->sum = p->sum * 31 + (u8)byte;
		if (!--p->sum_left) {
			snprintf(text, sizeof(text), "sum %u\r\n# ", p->sum);
			say(id, text);
		}
		return;
	}
	say(id, byte == '\n' || byte == '\r' ? "\r\n" : echo);
	if (byte == '\n' || byte == '\r') {
		p->line[p->length] = 0;
		p->length = 0;
		line_done(id);
	} else if (p->length < sizeof(p->line) - 1) {
		p->line[p->length++] = byte;
	}
}

static void console_input(void *ctx, u16 lpar_id)
{
	(void)ctx;
	(void)lpar_id;
}

static bool partition_work(u16 id)
{
	struct partition *p = &partition[id];
	char byte;
	u8 piece[FIFO];
	bool worked = false;

	while (p->flood) {
		for (u32 i = 0; i < FIFO; i++)
			piece[i] = (u8)('a' + (FLOOD - p->flood + i) % 26);
		if (link_console_write(&link_up, id, piece, sizeof(piece)))
			break;
		p->flood -= FIFO;
		worked = true;
		if (!p->flood)
			say(id, "\r\n# ");
	}
	/* A slow reader, whose room for output is enough for what it answers. */
	if (!p->flood && stream_used(&p->console.tx) < 1000 &&
	    link_console_read(&link_up, id, &byte, 1)) {
		type(id, byte);
		worked = true;
	}
	return worked;
}

static void hypervisor_start(void)
{
	static const struct link_port port = {uart_tx_ready, uart_tx, uart_rx};
	static const struct link_events events = {describe, console_input, stats, request};
	static u64 boot_id = 100;

	link_init(&link_up, &port, &events, NULL, boot_id++);
	log_printf("OpenLPAR that is none, start %u\n", (unsigned int)(boot_id - 100));
	for (int i = 1; i <= partitions; i++) {
		link_console_open(&link_up, (u16)i, &partition[i].console);
		partition[i].length = 0;
		partition[i].flood = 0;
		partition[i].sum_left = 0;
		say((u16)i, "Linux that is none\r\n# ");
	}
	if (!getenv("FAKE_DEAF"))
		link_ready(&link_up);
}

static void socket_listen(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1)) {
		perror(path);
		exit(1);
	}
}

static void socket_poll(int timeout)
{
	struct pollfd fds[] = {{daemon_fd < 0 ? listener : daemon_fd, POLLIN, 0}};

	/* Like a UART's, the receiver takes no more before what it has was read. */
	if (received_next < received_length || poll(fds, 1, timeout) <= 0)
		return;
	if (daemon_fd < 0) {
		daemon_fd = accept(listener, NULL, NULL);
		return;
	}
	received_next = 0;
	received_length = read(daemon_fd, received, sizeof(received));
	if (received_length > 0)
		return;
	close(daemon_fd);
	daemon_fd = -1;
}

static void names_read(void)
{
	const char *given = getenv("FAKE_NAMES");
	char *names = strdup(given ? given : "lp1,lp2");

	for (char *name = strtok(names, ","); name && partitions < PARTITIONS;
	     name = strtok(NULL, ",")) {
		snprintf(partition[++partitions].name, HMC_NAME_SIZE, "%s", name);
		for (char *at = partition[partitions].name; (at = strchr(at, ';'));)
			*at = ',';
	}
	free(names);
}

/* A value in a list of options: up to a comma, but two of them are one. */
static char *option_path(const char *option)
{
	static char path[sizeof(((struct sockaddr_un *)0)->sun_path)];

	for (size_t i = 0; i < sizeof(path) - 1 && *option; i++, option++) {
		if (*option == ',' && *++option != ',')
			break;
		path[i] = *option;
	}
	return path;
}

int main(int argc, char **argv)
{
	const char *path = NULL;
	bool worked = true;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--version"))
			return puts("QEMU emulator version 10.0.2") < 0;
		if (!strncmp(argv[i], "socket,id=hmc,path=", 19))
			path = option_path(argv[i] + 19);
	}
	if (getenv("FAKE_DIE")) {
		fprintf(stderr, "qemu-that-is-none: no such machine\n");
		return 1;
	}
	if (!path)
		return 2;
	damage = getenv("FAKE_DAMAGE") ? atol(getenv("FAKE_DAMAGE")) : 0;
	names_read();
	socket_listen(path);
	hypervisor_start();
	while (!power_off || !link_idle(&link_up)) {
		socket_poll(worked ? 0 : 10);
		worked = link_poll(&link_up, 256) > 0;
		if (!worked)
			uart_flush();
		for (int i = 1; i <= partitions; i++)
			worked |= partition_work((u16)i);
	}
	uart_flush();
	return 0;
}
