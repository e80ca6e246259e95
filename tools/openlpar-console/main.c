// SPDX-License-Identifier: Apache-2.0
// openlpar-console: a partition's console, on this terminal or in a pipe.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/hmcd/client.h"
#include "tools/hmcd/rundir.h"
#include "tools/hmcd/terminal.h"

#define ANSWER_MS 10000

static const char usage_text[] =
	"usage: openlpar-console --dir RUN NAME\n"
	"Attaches to the console of the partition NAME of the managed system in the directory RUN,\n"
	"beginning with the last 64 KiB of what it wrote. On a terminal Ctrl-] leaves. Without one,\n"
	"standard input is typed until it ends, and what the partition writes is printed until the\n"
	"system stops, rmvterm takes the console, or this program is ended. One program at a time\n"
	"can attach to a console.\n";

static void options_read(int argc, char **argv, const char **dir, const char **name)
{
	static const struct option table[] = {
		{"dir", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {0}};
	int option;

	*dir = NULL;
	while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage_text, stdout);
			exit(0);
		}
		if (option != 'd')
			exit(2);
		*dir = optarg;
	}
	if (!*dir || optind != argc - 1) {
		fprintf(stderr, "openlpar-console: %s\n",
			*dir ? "the name of one partition is needed" : "--dir is missing");
		exit(2);
	}
	*name = argv[optind];
}

int main(int argc, char **argv)
{
	const char *dir, *name, *text;
	struct client client;
	struct rundir run;
	int signal;
	bool left;

	options_read(argc, argv, &dir, &name);
	if (rundir_find(&run, dir, false))
		return 1;
	if (client_open(&client, &run)) {
		fprintf(stderr, "openlpar-console: no system is running in %s\n", run.path);
		return 1;
	}
	if (client_send(&client, "attach", name) || client_answer(&client, ANSWER_MS, &text)) {
		fprintf(stderr, "openlpar-console: %s\n", errno == EPROTO ? text : strerror(errno));
		return 1;
	}
	if (isatty(0))
		fprintf(stderr, "[%s: Ctrl-] leaves]\n", name);
	left = terminal_run(&client, TERMINAL_BRACKET, 0, &signal);
	if (isatty(0) || !left)
		fprintf(stderr, "\n[%s: %s]\n", name,
			left ? "left" : "the system has stopped, or rmvterm was used");
	return 0;
}
