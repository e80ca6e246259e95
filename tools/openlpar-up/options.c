// SPDX-License-Identifier: Apache-2.0
// What the person who starts a managed system wants.
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/openlpar-up/options.h"

#define SMP_MAX 16
#define MEM_MIN 1024 /* MiB; skiboot puts itself at 768 MiB */
#define MEM_MAX (1024 * 1024)

static const char usage_text[] =
	"usage: openlpar-up --dir RUN [option...]\n"
	"Starts a managed system in the background; RUN gets its logs, consoles and sockets.\n"
	"  --dir RUN          directory of this system, made if it is not there\n"
	"  --plan FILE        system plan: which partitions there are (none without it)\n"
	"  --machine powernv8 the machine to emulate\n"
	"  --smp N            processors, 1 to 12, 14 or 16 (1)\n"
	"  --mem SIZE         memory, 1G to 1024G, in M or G (2G)\n"
	"  --qemu PATH        the emulator (qemu-system-ppc64)\n"
	"  --icount           time counts instructions; needs QEMU 10\n"
	"Returns 0 when the hypervisor answers.\n";

static void wrong(const char *format, ...) __printf(1, 2) __noreturn;
static void wrong(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "openlpar-up: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
	exit(2);
}

/* A decimal number without sign, and what stands behind it. */
static unsigned long number_read(const char *text, const char **rest)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || errno)
		end = (char *)text;
	*rest = end;
	return number;
}

static u32 smp_read(const char *text)
{
	const char *rest;
	unsigned long number = number_read(text, &rest);

	if (rest == text || *rest || number < 1 || number > SMP_MAX)
		wrong("--smp %s: must be a number from 1 to %d", text, SMP_MAX);
	if (number > SMP_CHIP && number % 2)
		wrong("--smp %s: an odd number must be %d at most", text, SMP_CHIP - 1);
	return (u32)number;
}

static u32 mem_read(const char *text)
{
	const char *rest;
	unsigned long number = number_read(text, &rest);
	unsigned long unit = !strcmp(rest, "G") ? 1024 : !strcmp(rest, "M") ? 1 : 0;

	if (rest == text || !unit || number > MEM_MAX || number * unit < MEM_MIN ||
	    number * unit > MEM_MAX)
		wrong("--mem %s: must be a number with M or G, from 1G to 1024G", text);
	return (u32)(number * unit);
}

void options_read(struct options *options, int argc, char **argv)
{
	static const struct option table[] = {
		{"dir", required_argument, NULL, 'd'},
		{"machine", required_argument, NULL, 'M'},
		{"smp", required_argument, NULL, 's'},
		{"mem", required_argument, NULL, 'm'},
		{"plan", required_argument, NULL, 'p'},
		{"qemu", required_argument, NULL, 'q'},
		{"icount", no_argument, NULL, 'i'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	*options = (struct options){.machine = "powernv8", .smp = 1, .mem = 2048};
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		switch (option) {
		case 'd':
			options->dir = optarg;
			break;
		case 'M':
			options->machine = optarg;
			break;
		case 's':
			options->smp = smp_read(optarg);
			break;
		case 'm':
			options->mem = mem_read(optarg);
			break;
		case 'p':
			options->plan = optarg;
			break;
		case 'q':
			options->qemu = optarg;
			break;
		case 'i':
			options->icount = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(0);
		default: /* getopt_long() has said why */
			exit(2);
		}
	}
	if (optind < argc)
		wrong("%s: is not an option", argv[optind]);
	if (!options->dir)
		wrong("--dir is missing");
	if (strcmp(options->machine, "powernv8"))
		wrong("--machine %s: the hypervisor runs on powernv8 only", options->machine);
}
