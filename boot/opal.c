// SPDX-License-Identifier: Apache-2.0
#include "boot/opal.h"
#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/machine.h"

/* Call numbers, as every OPAL has them. */
enum opal_token {
	OPAL_CONSOLE_WRITE = 1,
	OPAL_RTC_READ = 3,
	OPAL_CEC_POWER_DOWN = 5,
	OPAL_CEC_REBOOT = 6,
	OPAL_HANDLE_INTERRUPT = 9,
	OPAL_POLL_EVENTS = 10,
	OPAL_START_CPU = 41,
	OPAL_LPC_READ = 67,
	OPAL_LPC_WRITE = 68,
	OPAL_HANDLE_HMI = 98,
};

#define OPAL_LPC_IO 1

s64 opal_call(u64 token, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5);

struct opal {
	u64 base, entry; /* opal_call.S knows this order */
};

extern struct opal opal;
struct opal opal;

static struct lock opal_lock;
static const struct cpu *caller; /* holds the lock */

/*
 * Whoever has been in a call for a second does not come back: it has crashed there, and somebody
 * else is to stop the machine. The firmware has locks of its own, this one only keeps order.
 */
static void enter(void)
{
	u64 end = machine_timebase() + machine.timebase_hz;

	while (!lock_try(&opal_lock))
		if ((s64)(machine_timebase() - end) > 0)
			lock_drop(&opal_lock);
	__atomic_store_n(&caller, cpu_this(), __ATOMIC_RELAXED);
}

static void leave(void)
{
	__atomic_store_n(&caller, NULL, __ATOMIC_RELAXED);
	lock_drop(&opal_lock);
}

/*
 * A processor that was in a call already comes here from crash(), which has something to say: the
 * firmware knows how to be entered once more.
 */
static s64 call(enum opal_token token, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4)
{
	bool again = __atomic_load_n(&caller, __ATOMIC_RELAXED) == cpu_this();
	s64 status;

	if (!again)
		enter();
	status = opal_call(token, a0, a1, a2, a3, a4, 0);
	if (!again)
		leave();
	return status;
}

static u64 address_of(const void *pointer)
{
	return (uintptr_t)pointer;
}

void opal_init(u64 base, u64 entry)
{
	opal.base = base;
	opal.entry = entry;
}

void opal_console_write(const char *text, u64 length)
{
	while (length) {
		be64 taken = cpu_to_be64(length);
		s64 status =
			call(OPAL_CONSOLE_WRITE, 0, address_of(&taken), address_of(text), 0, 0);

		if (status == OPAL_SUCCESS) {
			text += be64_to_cpu(taken);
			length -= be64_to_cpu(taken);
		} else if (status != OPAL_BUSY && status != OPAL_BUSY_EVENT) {
			return;
		}
		call(OPAL_POLL_EVENTS, 0, 0, 0, 0, 0);
	}
}

static u32 from_bcd(u64 value)
{
	return (u32)((value >> 4 & 0xf) * 10 + (value & 0xf));
}

/* Days from 1970-01-01 to a day of the Gregorian calendar, counting years from March. */
static u64 days_since_1970(u32 year, u32 month, u32 day)
{
	u32 y = month <= 2 ? year - 1 : year;
	u32 m = (month + 9) % 12;

	return 365UL * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719468;
}

u64 opal_time_of_day(void)
{
	be32 date;
	be64 time;
	u32 ymd;
	u64 hms;
	s64 status;

	do {
		status = call(OPAL_RTC_READ, address_of(&date), address_of(&time), 0, 0, 0);
		if (status == OPAL_BUSY_EVENT)
			call(OPAL_POLL_EVENTS, 0, 0, 0, 0, 0);
	} while (status == OPAL_BUSY || status == OPAL_BUSY_EVENT);
	if (status != OPAL_SUCCESS)
		return 0;
	ymd = be32_to_cpu(date);
	hms = be64_to_cpu(time);
	return days_since_1970(from_bcd(ymd >> 24) * 100 + from_bcd(ymd >> 16), from_bcd(ymd >> 8),
			       from_bcd(ymd)) *
		       86400 +
	       from_bcd(hms >> 56) * 3600UL + from_bcd(hms >> 48) * 60UL + from_bcd(hms >> 40);
}

s64 opal_start_cpu(u32 pir, u64 entry)
{
	return call(OPAL_START_CPU, pir, entry, 0, 0, 0);
}

u8 opal_lpc_read8(u32 chip, u32 address)
{
	be32 value;

	if (call(OPAL_LPC_READ, chip, OPAL_LPC_IO, address, address_of(&value), 1) != OPAL_SUCCESS)
		return 0xff;
	return (u8)be32_to_cpu(value);
}

void opal_lpc_write8(u32 chip, u32 address, u8 value)
{
	call(OPAL_LPC_WRITE, chip, OPAL_LPC_IO, address, value, 1);
}

void opal_handle_interrupt(u32 xisr)
{
	be64 events;

	call(OPAL_HANDLE_INTERRUPT, xisr, address_of(&events), 0, 0, 0);
}

void opal_handle_hmi(void)
{
	call(OPAL_HANDLE_HMI, 0, 0, 0, 0, 0);
}

void opal_heartbeat(void)
{
	call(OPAL_POLL_EVENTS, 0, 0, 0, 0, 0);
}

static void __noreturn wait_for_the_end(void)
{
	for (;;)
		call(OPAL_POLL_EVENTS, 0, 0, 0, 0, 0);
}

void opal_power_off(void)
{
	s64 status;

	do {
		status = call(OPAL_CEC_POWER_DOWN, 0, 0, 0, 0, 0);
		call(OPAL_POLL_EVENTS, 0, 0, 0, 0, 0);
	} while (status == OPAL_BUSY || status == OPAL_BUSY_EVENT);
	wait_for_the_end();
}

void opal_reboot(void)
{
	call(OPAL_CEC_REBOOT, 0, 0, 0, 0, 0);
	wait_for_the_end();
}
