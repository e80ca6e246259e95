// SPDX-License-Identifier: Apache-2.0
#include "hv/management.h"
#include "hv/lock.h"
#include "hv/machine.h"
#include "hv/stats.h"

/*
 * Between two time slices: as much as a fast typist and somebody who says little need, in bytes
 * each way and in time. Firmware calls for a byte take microseconds, and the others wait for the
 * lock.
 */
#define POLL_BUDGET 1024
#define POLL_US	    100
#define POLL_PIECE  16 /* with the lock held at once; what a UART takes without waiting */

/* Of console output a partition may have so much waiting; for more it gives the time to send it. */
#define CONSOLE_FREE 512
#define CONSOLE_PAID 48 /* bytes for each write, of 16 characters mostly */

void (*management_console_input)(u16 lpar_id);
void (*management_describe)(u16 lpar_id, struct hmc_partition *partition);
void (*management_request)(const struct hmc_control *request, size_t length);

static struct lock link_lock;
static struct link link;
static bool started;
static const struct link_port *real_port;
static bool seized;	  /* the hypervisor is about to stop, whoever holds which lock */
static u32 power_request; /* an enum hmc_power_action to be carried out once the reply is sent */

static int port_tx_ready(void *ctx)
{
	return started ? real_port->tx_ready(ctx) : 0;
}

static void port_tx(void *ctx, u8 byte)
{
	real_port->tx(ctx, byte);
}

static int port_rx(void *ctx)
{
	return started ? real_port->rx(ctx) : -1;
}

static const struct link_port port = {port_tx_ready, port_tx, port_rx};

static void event_describe(void *ctx __unused, u16 lpar_id, struct hmc_partition *partition)
{
	management_describe(lpar_id, partition);
}

static void event_console_input(void *ctx __unused, u16 lpar_id)
{
	management_console_input(lpar_id);
}

static u16 power_receive(const struct hmc_power *power, size_t length)
{
	if (length < sizeof(*power))
		return HMC_BAD_LENGTH;
	if (power->action != HMC_POWER_OFF && power->action != HMC_POWER_REBOOT)
		return HMC_BAD_VALUE;
	power_request = power->action;
	return HMC_OK;
}

static u16 event_request(void *ctx __unused, const struct hmc_control *request, size_t length)
{
	if (request->type == HMC_POWER)
		return power_receive((const struct hmc_power *)request, length);
	if (request->type < HMC_SYSTEM || request->type > HMC_ETH || !management_request || seized)
		return HMC_UNKNOWN;
	management_request(request, length);
	return LINK_LATER;
}

static size_t event_stats(void *ctx __unused, u32 i, struct hmc_control *message)
{
	struct hmc_reply *refusal = (struct hmc_reply *)message;

	if (!seized)
		return stats_message(i, message);
	*refusal = (struct hmc_reply){
		.control.type = HMC_STATS | HMC_REPLY,
		.status = cpu_to_be16(HMC_REFUSED),
	};
	return sizeof(*refusal);
}

static const struct link_events events = {
	.describe = event_describe,
	.console_input = event_console_input,
	.stats = event_stats,
	.request = event_request,
};

void management_init(u64 boot_id)
{
	seized = false;
	link_init(&link, &port, &events, NULL, boot_id);
}

void management_start(const struct link_port *uart)
{
	real_port = uart;
	started = uart != NULL;
}

void management_ready(void)
{
	lock_take(&link_lock);
	link_ready(&link);
	lock_drop(&link_lock);
}

int management_console_open(u16 lpar_id, struct link_console *console)
{
	int status;

	lock_take(&link_lock);
	status = link_console_open(&link, lpar_id, console);
	lock_drop(&link_lock);
	return status;
}

/* Whoever writes much sends it in his own time, not in that of all. */
int management_console_write(u16 lpar_id, const void *data, size_t n)
{
	int status;

	lock_take(&link_lock);
	status = link_console_write(&link, lpar_id, data, n);
	if (link_console_waiting(&link, lpar_id) > CONSOLE_FREE)
		link_poll(&link, CONSOLE_PAID);
	lock_drop(&link_lock);
	return status;
}

size_t management_console_read(u16 lpar_id, void *data, size_t n)
{
	size_t taken;

	lock_take(&link_lock);
	taken = link_console_read(&link, lpar_id, data, n);
	lock_drop(&link_lock);
	return taken;
}

void management_console_close(u16 lpar_id)
{
	lock_take(&link_lock);
	link_console_close(&link, lpar_id);
	lock_drop(&link_lock);
}

void management_reply(const void *reply, u32 length)
{
	lock_take(&link_lock);
	link_reply(&link, reply, length);
	lock_drop(&link_lock);
}

void management_announce(u16 lpar_id)
{
	lock_take(&link_lock);
	link_announce(&link, lpar_id);
	lock_drop(&link_lock);
}

void management_log(const char *text, size_t n)
{
	lock_take(&link_lock);
	link_log_write(&link, text, n);
	lock_drop(&link_lock);
}

static u32 poll(u32 budget)
{
	u32 moved;

	lock_take(&link_lock);
	moved = link_poll(&link, budget);
	lock_drop(&link_lock);
	return moved;
}

void management_seize(void)
{
	u64 end = machine_timebase() + machine.timebase_hz / 100;

	while (!lock_try(&link_lock) && (s64)(machine_timebase() - end) < 0)
		;
	seized = true;
	lock_drop(&link_lock);
}

void management_flush(void)
{
	u64 end = machine_timebase() + 2 * machine.timebase_hz;

	while (!link_idle(&link) && (s64)(machine_timebase() - end) < 0)
		poll(POLL_BUDGET);
}

void management_poll(void)
{
	u64 end = machine_timebase() + machine.timebase_hz / 1000000 * POLL_US;

	for (u32 i = 0; i < POLL_BUDGET / POLL_PIECE; i++)
		if (poll(POLL_PIECE) == 0 || (s64)(machine_timebase() - end) > 0)
			break;
	if (power_request == 0)
		return;
	management_flush();
	if (power_request == HMC_POWER_REBOOT)
		machine_reboot();
	machine_power_off();
}
