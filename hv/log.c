// SPDX-License-Identifier: Apache-2.0
#include "hv/log.h"
#include "hv/cpu.h"
#include "hv/machine.h"
#include "hv/management.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 256

static u64 start;
static bool early = true;
static u64 stopper;	/* the processor that stops the machine; 0: it goes on */
static u32 emergencies; /* of the stopper; the second happened while the first was told of */

static size_t put_time(char *line, size_t size)
{
	u64 ticks = machine_timebase() - start, hz = machine.timebase_hz;
	u64 seconds = hz ? ticks / hz : 0, us = hz ? ticks % hz * 1000000 / hz : 0;

	return (size_t)snprintf(line, size, "[%5lu.%06lu] ", (unsigned long)seconds,
				(unsigned long)us);
}

/* This processor, also before it is one. */
static u64 self(void)
{
	return (uintptr_t)cpu_this() | 1;
}

/* With whatever locks are held: the one that stops the machine does without them. */
void log_emergency_wait(void)
{
	u64 who;

	do
		who = __atomic_load_n(&stopper, __ATOMIC_RELAXED);
	while (who != 0 && who != self());
}

static void log_write(const char *format, va_list args)
{
	char line[LINE_SIZE];
	size_t n, room = sizeof(line) - 1;

	n = put_time(line, room);
	n += (size_t)vsnprintf(line + n, room - n, format, args);
	n = MIN(n, room - 1);
	line[n++] = '\n';
	log_emergency_wait();
	if (__atomic_load_n(&early, __ATOMIC_RELAXED))
		machine_early_write(line, n);
	if (__atomic_load_n(&emergencies, __ATOMIC_RELAXED) < 2)
		management_log(line, n);
}

void log_init(void)
{
	start = machine_timebase();
}

void log_early_end(void)
{
	__atomic_store_n(&early, false, __ATOMIC_RELAXED);
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_write(format, args);
	va_end(args);
}

void log_emergency(void)
{
	u64 nobody = 0;

	__atomic_compare_exchange_n(&stopper, &nobody, self(), false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
	log_emergency_wait();
	__atomic_store_n(&early, true, __ATOMIC_RELAXED);
	__atomic_fetch_add(&emergencies, 1, __ATOMIC_RELAXED);
	management_seize();
}

void panic(const char *format, ...)
{
	static bool panicking;
	va_list args;

	if (__atomic_load_n(&stopper, __ATOMIC_RELAXED) != self() || panicking)
		log_emergency();
	panicking = true;
	va_start(args, format);
	log_write(format, args);
	va_end(args);
	log_line("the hypervisor stops");
	if (emergencies < 2)
		management_flush();
	machine_power_off();
}
