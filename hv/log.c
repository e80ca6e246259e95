// SPDX-License-Identifier: Apache-2.0
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/management.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 256

static u64 start;
static bool early = true;
static u32 emergencies; /* the second one happened while the first was told of */

static size_t put_time(char *line, size_t size)
{
	u64 ticks = machine_timebase() - start, hz = machine.timebase_hz;
	u64 seconds = hz ? ticks / hz : 0, us = hz ? ticks % hz * 1000000 / hz : 0;

	return (size_t)snprintf(line, size, "[%5lu.%06lu] ", (unsigned long)seconds,
				(unsigned long)us);
}

static void log_write(const char *format, va_list args)
{
	char line[LINE_SIZE];
	size_t n, room = sizeof(line) - 1;

	n = put_time(line, room);
	n += (size_t)vsnprintf(line + n, room - n, format, args);
	n = MIN(n, room - 1);
	line[n++] = '\n';
	if (early)
		machine_early_write(line, n);
	if (emergencies < 2)
		management_log(line, n);
}

void log_init(void)
{
	start = machine_timebase();
}

void log_early_end(void)
{
	early = false;
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
	early = true;
	emergencies++;
	management_seize();
}

void panic(const char *format, ...)
{
	static bool panicking;
	va_list args;

	if (panicking || !emergencies)
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
