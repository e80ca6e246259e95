// SPDX-License-Identifier: Apache-2.0
// openlpar-stat: where processor time goes.
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/hmcd/client.h"
#include "tools/hmcd/rundir.h"
#include "tools/openlpar-stat/sample.h"
#include "tools/openlpar-stat/table.h"

#define INTERVAL_MIN 0.1 /* seconds */
#define INTERVAL_MAX 86400.0
#define COUNT_MAX    1000000UL

static const char usage_text[] =
	"usage: openlpar-stat --dir RUN [--raw] [INTERVAL [COUNT]]\n"
	"Shows where the processor time of the managed system in the directory RUN goes: without\n"
	"INTERVAL all of it so far, in seconds; otherwise every INTERVAL seconds (0.1 to 86400) what\n"
	"it was in that time, in processors, COUNT times (1 to 1000000) or until interrupted.\n"
	"  --raw  the counters themselves, a line for the system, its pool, each processor and each\n"
	"         partition, as name=value with commas between\n";

struct options {
	const char *dir;
	bool raw;
	double interval;     /* seconds; 0: totals, once */
	unsigned long count; /* 0: until interrupted */
};

static void wrong(const char *format, ...) __printf(1, 2) __noreturn;
static void wrong(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "openlpar-stat: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
	exit(2);
}

static double interval_read(const char *text)
{
	char *end;
	double interval = strtod(text, &end);

	if (!*text || text[strspn(text, "0123456789.")] || *end || !(interval >= INTERVAL_MIN) ||
	    !(interval <= INTERVAL_MAX))
		wrong("%s: the interval must be a number of seconds from 0.1 to 86400", text);
	return interval;
}

static unsigned long count_read(const char *text)
{
	char *end;
	unsigned long count;

	errno = 0;
	count = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || count < 1 || count > COUNT_MAX)
		wrong("%s: the count must be a number from 1 to %lu", text, COUNT_MAX);
	return count;
}

static struct options options_read(int argc, char **argv)
{
	static const struct option table[] = {{"dir", required_argument, NULL, 'd'},
					      {"raw", no_argument, NULL, 'r'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	struct options options = {0};
	int option;

	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage_text, stdout);
			exit(0);
		}
		if (option == 'd')
			options.dir = optarg;
		else if (option == 'r')
			options.raw = true;
		else
			exit(2);
	}
	if (!options.dir)
		wrong("--dir is missing");
	if (optind < argc)
		options.interval = interval_read(argv[optind++]);
	if (optind < argc)
		options.count = count_read(argv[optind++]);
	if (optind < argc)
		wrong("%s: there is nothing behind the count", argv[optind]);
	return options;
}

/* Waits until *@next, and sets it to the time after. */
static void interval_wait(struct timespec *next, double interval)
{
	long seconds = (long)interval;

	next->tv_sec += seconds;
	next->tv_nsec += (long)((interval - (double)seconds) * 1e9);
	if (next->tv_nsec >= 1000000000L) {
		next->tv_sec++;
		next->tv_nsec -= 1000000000L;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL) == EINTR)
		;
}

static void sample_or_exit(struct sample *sample, struct client *client, bool raw)
{
	const char *failure = sample_take(sample, client, raw);

	if (failure) {
		fprintf(stderr, "openlpar-stat: %s\n", failure);
		exit(1);
	}
}

static void intervals_show(const struct options *options, struct client *client)
{
	static struct sample samples[2];
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	sample_or_exit(&samples[0], client, false);
	for (unsigned long i = 1;; i++) {
		struct sample *now = &samples[i % 2], *before = &samples[(i - 1) % 2];

		interval_wait(&next, options->interval);
		if (i > 1)
			puts("");
		sample_or_exit(now, client, options->raw);
		if (!options->raw)
			table_print(before, now);
		fflush(stdout);
		if (i == options->count)
			break;
	}
}

int main(int argc, char **argv)
{
	struct options options = options_read(argc, argv);
	static struct sample none, now;
	struct client client;
	struct rundir run;

	if (rundir_find(&run, options.dir, false))
		return 1;
	if (client_open(&client, &run)) {
		fprintf(stderr, "openlpar-stat: no system is running in %s\n", run.path);
		return 1;
	}
	if (options.interval > 0) {
		intervals_show(&options, &client);
	} else {
		sample_or_exit(&now, &client, options.raw);
		if (!options.raw)
			table_print(&none, &now);
	}
	client_close(&client);
	return 0;
}
