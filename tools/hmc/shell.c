// SPDX-License-Identifier: Apache-2.0
// The commands, and a few words of the shell's own, line by line.
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define _FUNCTION_DEF /* no names of before there were prototypes */
#include <readline/history.h>
#include <readline/readline.h>

#include "tools/hmc/complete.h"
#include "tools/hmc/run.h"
#include "tools/hmc/shell.h"
#include "tools/hmc/word.h"

#define HISTORY_MAX 1000
#define PROMPT	    "hmc> "
#define BAD_STATUS  2 /* of a line that is none */

const char *const shell_words[] = {"exit", "help", "history", "logout", "mkvterm", "quit", NULL};

static const char help_text[] = "mkvterm\topens the console of a partition\n"
				"help\tlists the commands; COMMAND --help says how one is used\n"
				"history\tlists what was typed before\n"
				"exit, logout, quit\tleaves\n";

struct shell {
	const struct hmc *hmc;
	int status;
	bool leave;
};

static const struct hmc *completing;
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	interrupted = number;
}

static void history_print(void)
{
	HIST_ENTRY **entries = history_list();

	for (int i = 0; entries && entries[i]; i++)
		printf("%5d  %s\n", i + history_base, entries[i]->line);
}

static void exit_run(struct shell *shell, int argc, char *const argv[])
{
	char *rest;

	shell->leave = true;
	if (argc == 1)
		return;
	shell->status = (int)(strtoul(argv[1], &rest, 10) & 0xff);
	if (*rest || !*argv[1] || argc > 2) {
		fprintf(stderr, "%s: an exit status from 0 to 255 is all that can be given\n",
			argv[0]);
		shell->status = BAD_STATUS;
		shell->leave = false;
	}
}

static void words_run(struct shell *shell, int argc, char *argv[])
{
	const char *name = argv[0];

	if (!strcmp(name, "exit") || !strcmp(name, "logout") || !strcmp(name, "quit")) {
		exit_run(shell, argc, argv);
		return;
	}
	if (!strcmp(name, "history")) {
		history_print();
		shell->status = 0;
		return;
	}
	if (!strcmp(name, "help") && argc == 1)
		fputs(help_text, stdout);
	shell->status = run_command(shell->hmc, argc, argv);
}

/* Runs the commands of @line. */
static void line_run(struct shell *shell, const char *line)
{
	enum word_joint joint = WORD_THEN;

	while (joint != WORD_END && !shell->leave) {
		bool wanted = joint == WORD_THEN || (joint == WORD_AND) == (shell->status == 0);
		const char *problem;
		struct words words;

		if (words_take(&line, &words, &joint, false, &problem)) {
			fprintf(stderr, "hmc: %s\n", problem);
			shell->status = BAD_STATUS;
			return;
		}
		if (wanted && words.count)
			words_run(shell, words.count, words.word);
		words_free(&words);
		fflush(stdout);
	}
}

/* What an interrupt leaves of a line that is being typed: nothing. */
static int signal_seen(void)
{
	if (!interrupted)
		return 0;
	interrupted = 0;
	rl_crlf();
	rl_on_new_line();
	rl_replace_line("", 0);
	rl_redisplay();
	return 0;
}

static char **matches_find(const char *text, int start, int end)
{
	size_t length = 0, i;
	struct choices choices;
	char **matches, *line = strndup(rl_line_buffer, (size_t)end);

	(void)text;
	(void)start;
	rl_attempted_completion_over = 1;
	if (!line)
		return NULL;
	complete_line(completing, line, &choices);
	free(line);
	rl_attempted_completion_over = !choices.files || completing->restricted;
	matches = choices.count ? calloc(choices.count + 2, sizeof(*matches)) : NULL;
	if (!matches) {
		complete_free(&choices);
		return NULL;
	}
	/* What readline wants first is what all of them begin with. */
	length = strlen(choices.text[0]);
	for (i = 1; i < choices.count; i++)
		while (strncmp(choices.text[0], choices.text[i], length))
			length--;
	matches[0] = strndup(choices.text[0], length);
	for (i = 0; choices.count > 1 && i < choices.count; i++)
		matches[i + 1] = strdup(choices.text[i]);
	complete_free(&choices);
	return matches;
}

/* The file that keeps the history; its directories are made. Returns NULL if there is no place. */
static const char *history_file(void)
{
	const char *file = getenv("OPENLPAR_HISTORY"), *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	static char path[PATH_MAX];

	if (file && *file)
		return file;
	if (!(state && *state) && !(home && *home))
		return NULL;
	if (snprintf(path, sizeof(path), "%s%s/openlpar/hmc_history",
		     state && *state ? state : home,
		     state && *state ? "" : "/.local/state") >= (int)sizeof(path))
		return NULL;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0700) && errno != EEXIST)
			return NULL;
		*slash = '/';
	}
	return path;
}

static void history_keep(const char *line, const char *file)
{
	const HIST_ENTRY *last =
		history_length ? history_get(history_base + history_length - 1) : NULL;

	if (!line[strspn(line, " \t")] || (last && !strcmp(last->line, line)))
		return;
	add_history(line);
	if (file && append_history(1, file) == ENOENT && !write_history(file))
		chmod(file, 0600);
}

static void terminal_run(struct shell *shell)
{
	const struct sigaction action = {.sa_handler = interrupt};
	const char *file = history_file();
	char *line;

	completing = shell->hmc;
	sigaction(SIGINT, &action, NULL);
	rl_readline_name = "hmc";
	rl_attempted_completion_function = matches_find;
	rl_basic_word_break_characters = " \t\n\"'" COMPLETE_BREAKS;
	rl_signal_event_hook = signal_seen;
	using_history();
	stifle_history(HISTORY_MAX);
	if (file)
		read_history(file);
	while (!shell->leave && (line = readline(PROMPT))) {
		history_keep(line, file);
		line_run(shell, line);
		interrupted = 0;
		free(line);
	}
	if (!shell->leave)
		fputs("exit\n", stdout);
	if (file)
		history_truncate_file(file, HISTORY_MAX);
}

int shell_command(const struct hmc *hmc, int argc, char *argv[])
{
	struct shell shell = {.hmc = hmc};

	words_run(&shell, argc, argv);
	return shell.status;
}

int shell_text(const struct hmc *hmc, const char *text)
{
	struct shell shell = {.hmc = hmc};

	line_run(&shell, text);
	return shell.status;
}

int shell_run(const struct hmc *hmc)
{
	struct shell shell = {.hmc = hmc};
	char *line = NULL;
	size_t size = 0;

	if (isatty(0)) {
		terminal_run(&shell);
		return shell.status;
	}
	while (!shell.leave && getline(&line, &size, stdin) >= 0)
		line_run(&shell, line);
	free(line);
	return shell.status;
}
