// SPDX-License-Identifier: Apache-2.0
// hmc: the management console's command line, for one command, as a shell, and as a login shell.
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmc/complete.h"
#include "tools/hmc/shell.h"

static const char usage_text[] =
	"usage: hmc [--dir RUN] [COMMAND [ARGUMENT...]]\n"
	"       hmc [--dir RUN] -c TEXT | --ssh\n"
	"Runs one command of the management console, or, without one, what is typed. \"hmc help\"\n"
	"lists the commands, \"hmc COMMAND --help\" says how one is used.\n"
	"  --dir RUN   the managed system in the directory RUN; otherwise that of OPENLPAR_DIR, or\n"
	"              one of those that run, which a command's -m SYSTEM selects\n"
	"  -c TEXT     runs the commands in TEXT: hmc is the shell of a login\n"
	"  --ssh       runs what the client of sshd wants (SSH_ORIGINAL_COMMAND), for ForceCommand\n"
	"A login can do nothing else, and has only the files below its own directory.\n";

struct invocation {
	struct hmc hmc;
	const char *text; /* of -c, or NULL */
	const char *line; /* of --complete, or NULL */
};

static void options_read(int argc, char *argv[], struct invocation *invocation)
{
	static const struct option table[] = {{"dir", required_argument, NULL, 'd'},
					      {"ssh", no_argument, NULL, 's'},
					      {"complete", required_argument, NULL, 'l'},
					      {"help", no_argument, NULL, 'h'},
					      {0}};
	int option;

	while ((option = getopt_long(argc, argv, "+c:", table, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage_text, stdout);
			exit(0);
		}
		if (option == '?')
			exit(2);
		if (option == 'd')
			invocation->hmc.dir = optarg;
		else if (option == 'l')
			invocation->line = optarg;
		else
			invocation->hmc.restricted = true;
		if (option == 'c')
			invocation->text = optarg;
		else if (option == 's')
			invocation->text = getenv("SSH_ORIGINAL_COMMAND");
	}
	if (invocation->hmc.restricted && optind != argc) {
		fprintf(stderr, "hmc: \"%s\" is not an option\n", argv[optind]);
		exit(2);
	}
}

/* What could come next in a line whose first word is hmc, for tools/hmc/completion.bash. */
static int complete(const struct hmc *hmc, const char *line)
{
	struct choices choices;

	complete_line(hmc, line, &choices);
	for (size_t i = 0; i < choices.count; i++)
		puts(choices.text[i]);
	complete_free(&choices);
	return choices.files ? 1 : 0;
}

int main(int argc, char *argv[])
{
	struct invocation invocation = {0};

	invocation.hmc.dir = getenv("OPENLPAR_DIR");
	if (invocation.hmc.dir && !*invocation.hmc.dir)
		invocation.hmc.dir = NULL;
	invocation.hmc.restricted = *argv[0] == '-';
	options_read(argc, argv, &invocation);
	if (invocation.line)
		return complete(&invocation.hmc, invocation.line);
	if (invocation.text)
		return shell_text(&invocation.hmc, invocation.text);
	if (optind == argc)
		return shell_run(&invocation.hmc);
	return shell_command(&invocation.hmc, argc - optind, argv + optind);
}
