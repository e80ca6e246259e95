// SPDX-License-Identifier: Apache-2.0
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/management.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 256

static u64 start;
static bool early = true;

static void log_write(const char *format, va_list args)
{
	char line[LINE_SIZE];
	u64 us = machine.timebase_hz
			 ? (machine_timebase() - start) / (machine.timebase_hz / 1000000)
			 : 0;
	size_t n, room = sizeof(line) - 1;

	n = (size_t)snprintf(line, room, "[%5lu.%06lu] ", (unsigned long)(us / 1000000),
			     (unsigned long)(us % 1000000));
	n += (size_t)vsnprintf(line + n, room - n, format, args);
	n = MIN(n, room - 1);
	line[n++] = '\n';
	if (early)
		machine_early_write(line, n);
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

void panic(const char *format, ...)
{
	va_list args;

	early = true;
	va_start(args, format);
	log_write(format, args);
	va_end(args);
	log_line("the hypervisor stops");
	management_flush();
	machine_power_off();
}
