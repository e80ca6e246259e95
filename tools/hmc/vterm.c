// SPDX-License-Identifier: Apache-2.0
// mkvterm: a partition's console, on this terminal or in a pipe.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/hmc/run.h"
#include "tools/hmc/target.h"
#include "tools/hmc/vterm.h"
#include "tools/hmcd/client.h"
#include "tools/hmcd/terminal.h"

#define ANSWER_MS 30000
#define SILENCE_S 2 /* after which all has come that the end of the input brought about */

static const char usage_text[] =
	"usage: mkvterm [-m SYSTEM] {-p PARTITION | --id PARTITION-ID}\n"
	"Opens the console of a partition, beginning with the last 64 KiB of what it wrote.\n"
	"~. at the beginning of a line leaves, ~~ there is one ~. One session at a time may\n"
	"be open for a partition; rmvterm closes it.\n";

/* Returns the name of partition @id, to be freed; NULL after a message. */
static char *partition_name(const struct registry_system *system, const char *id)
{
	char filter[64];
	char *const words[] = {"lssyscfg", "-r", "lpar", "--filter", filter, "-F", "name", NULL};
	char *name, *rest;

	if (strtoul(id, &rest, 10) < 1 || strtoul(id, &rest, 10) > 65535 || *rest || *id < '0' ||
	    *id > '9') {
		fprintf(stderr, "mkvterm: --id is a partition's number, not \"%s\"\n", id);
		return NULL;
	}
	snprintf(filter, sizeof(filter), "lpar_ids=%lu", strtoul(id, NULL, 10));
	name = run_capture(system, (int)ARRAY_SIZE(words) - 1, words, true);
	if (!name)
		return NULL;
	if (name[0] && name[strcspn(name, "\n")])
		name[strcspn(name, "\n")] = 0;
	if (name[0] && !strstr(name, "No results"))
		return name;
	free(name);
	fprintf(stderr, "HSCL8012 The partition with ID %s was not found.\n", id);
	return NULL;
}

/* Whether the system is called @name: with a run directory given, only its daemon knows. */
static bool system_is(const struct registry_system *system, const char *name)
{
	char *const words[] = {"lssyscfg", "-r", "sys", "-m", (char *)name, "-F", "name", NULL};
	char *text = run_capture(system, (int)ARRAY_SIZE(words) - 1, words, true);

	free(text);
	return text;
}

/* Returns 0, or -1 after a message. */
static int attach(struct client *client, const struct registry_system *system, const char *name)
{
	const char *text;

	if (client_open(client, &system->run)) {
		fprintf(stderr, "hmc: no managed system is running in %s\n", system->run.path);
		return -1;
	}
	if (!client_send(client, "attach", name) && !client_answer(client, ANSWER_MS, &text))
		return 0;
	if (errno != EPROTO)
		fprintf(stderr, "mkvterm: %s\n", strerror(errno));
	else if (!strncmp(text, "there is no partition", 21))
		fprintf(stderr, "HSCL8012 The partition named %s was not found.\n", name);
	else if (!strncmp(text, "the console of ", 15) && strstr(text, ": partition "))
		fprintf(stderr, "HSCL8040 T%s. rmvterm takes it back.\n", text + 1);
	else if (!strncmp(text, "the console of ", 15))
		fputs("A terminal session is already open for this partition.\n"
		      "Only one open session is allowed for a partition.\n"
		      "Exiting....\n",
		      stderr);
	else
		fprintf(stderr, "mkvterm: %s\n", text);
	client_close(client);
	return -1;
}

static int console_open(const struct registry_system *system, const char *name)
{
	bool person = isatty(0);
	struct client client;
	int signal;
	bool left;

	if (attach(&client, system, name))
		return 1;
	if (person)
		fprintf(stderr, "[%s: ~. at the beginning of a line leaves]\n", name);
	left = terminal_run(&client, TERMINAL_TILDE, SILENCE_S, &signal);
	client_close(&client);
	if (!left)
		fputs("\nConnection has closed\n", stderr);
	else if (person)
		fprintf(stderr, "\n[%s: left]\n", name);
	if (signal)
		return 128 + signal;
	return left ? 0 : 1;
}

/* Returns 0; 1: all is said; -1 after a message. */
static int options_read(int argc, char *argv[], const char **name, const char **id)
{
	static const struct option table[] = {
		{"id", required_argument, NULL, 'i'}, {"help", no_argument, NULL, 'h'}, {0}};
	int option;

	optind = 0; /* from the start, also when it is not the first command */
	*name = *id = NULL;
	while ((option = getopt_long(argc, argv, "+m:p:", table, NULL)) != -1) {
		if (option == 'h')
			return fputs(usage_text, stdout) < 0 ? -1 : 1;
		if (option == '?')
			return -1;
		if (option == 'p')
			*name = optarg;
		else if (option == 'i')
			*id = optarg;
	}
	if (optind != argc)
		fprintf(stderr, "mkvterm: \"%s\" is not an option\n", argv[optind]);
	else if (!*name == !*id)
		fputs("mkvterm: one of -p and --id is needed\n", stderr);
	else if (*name && (!**name || strchr(*name, '\n')))
		fputs("mkvterm: this is not the name of a partition\n", stderr);
	else
		return 0;
	return -1;
}

int vterm_command(const struct hmc *hmc, int argc, char *argv[])
{
	const char *name, *id;
	struct registry_system *systems;
	char *found = NULL;
	int status = options_read(argc, argv, &name, &id);

	if (status)
		return status < 0;
	if (!target_find(hmc, argc, argv, &systems))
		return 1;
	if (hmc->dir && target_name(argc, argv) && !system_is(systems, target_name(argc, argv)))
		name = NULL;
	else if (id)
		name = found = partition_name(systems, id);
	status = name ? console_open(systems, name) : 1;
	free(found);
	free(systems);
	return status;
}
