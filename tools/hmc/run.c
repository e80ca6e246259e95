// SPDX-License-Identifier: Apache-2.0
// One command, run to its end.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/hmc/file.h"
#include "tools/hmc/run.h"
#include "tools/hmc/target.h"
#include "tools/hmc/vterm.h"
#include "tools/hmcd/client.h"

/* Where what a command says goes. */
struct output {
	const struct hmc *hmc;
	bool terminal; /* progress is shown */
	bool progress; /* and is on the terminal's last line */
};

struct capture {
	FILE *text;
	bool loud;
};

static void progress_clear(struct output *output)
{
	if (output->progress)
		fputs("\r\033[K", stderr);
	output->progress = false;
}

static void output_print(void *ctx, const char *data, size_t length)
{
	progress_clear(ctx);
	fwrite(data, 1, length, stdout);
}

static void error_print(void *ctx, const char *data, size_t length)
{
	progress_clear(ctx);
	fflush(stdout);
	fwrite(data, 1, length, stderr);
}

static void progress_print(void *ctx, const char *text)
{
	struct output *output = ctx;

	if (!output->terminal)
		return;
	progress_clear(output);
	fflush(stdout);
	fputs(text, stderr);
	fflush(stderr);
	output->progress = *text;
}

static int answer_file(void *ctx, const char *path)
{
	const struct output *output = ctx;

	return file_read(output->hmc, path);
}

static int answer_write(void *ctx, const char *path, const char *data, size_t length)
{
	const struct output *output = ctx;

	return file_write(output->hmc, path, data, length);
}

static void capture_output(void *ctx, const char *data, size_t length)
{
	const struct capture *capture = ctx;

	fwrite(data, 1, length, capture->text);
}

static void capture_error(void *ctx, const char *data, size_t length)
{
	const struct capture *capture = ctx;

	if (capture->loud)
		fwrite(data, 1, length, stderr);
}

static void capture_progress(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static int capture_file(void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	errno = EACCES;
	return -1;
}

static int capture_write(void *ctx, const char *path, const char *data, size_t length)
{
	(void)data;
	(void)length;
	return capture_file(ctx, path);
}

/* Why there is no exit status. */
static int failure_print(const struct registry_system *system, int error)
{
	if (error == EINTR) {
		fputs("hmc: interrupted; what the command has begun is still done\n", stderr);
		return RUN_INTERRUPTED;
	}
	if (error == EMSGSIZE)
		fprintf(stderr, "hmc: the command is too long, at most %d bytes are allowed\n",
			(int)CLIENT_ARGUMENTS_MAX);
	else
		fprintf(stderr,
			"hmc: the management daemon of %s has gone: what the command changed "
			"cannot be told\n",
			system->run.path);
	return 1;
}

static int system_run(const struct hmc *hmc, const struct registry_system *system, int argc,
		      char *argv[])
{
	static const struct client_answers answers = {
		output_print, error_print, progress_print, answer_file, answer_write,
	};
	struct output output = {.hmc = hmc, .terminal = isatty(2)};
	struct client client;
	int status, error;

	if (client_open(&client, &system->run)) {
		fprintf(stderr, "hmc: no managed system is running in %s\n", system->run.path);
		return 1;
	}
	status = client_command(&client, argc, argv, &answers, &output);
	error = errno;
	client_close(&client);
	progress_clear(&output);
	if (fflush(stdout) && status == 0) {
		fprintf(stderr, "hmc: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return status < 0 ? failure_print(system, error) : status;
}

/* The names of the attributes stand above those of the first system only. */
static int header_remove(int argc, char *argv[])
{
	int count = 0;

	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--header"))
			argv[count++] = argv[i];
	argv[count] = NULL;
	return count;
}

int run_command(const struct hmc *hmc, int argc, char *argv[])
{
	struct registry_system *systems;
	int count, status = 0;

	if (!strcmp(argv[0], "mkvterm"))
		return vterm_command(hmc, argc, argv);
	count = target_find(hmc, argc, argv, &systems);
	if (!count)
		return 1;
	for (int i = 0; i < count; i++) {
		int result = system_run(hmc, &systems[i], argc, argv);

		status = status ? status : result;
		argc = header_remove(argc, argv);
	}
	free(systems);
	return status;
}

char *run_capture(const struct registry_system *system, int argc, char *const argv[], bool loud)
{
	static const struct client_answers answers = {
		capture_output, capture_error, capture_progress, capture_file, capture_write,
	};
	struct capture capture = {.loud = loud};
	struct client client;
	char *text = NULL;
	size_t size;
	int status;

	if (client_open(&client, &system->run))
		return NULL;
	capture.text = open_memstream(&text, &size);
	status = client_command(&client, argc, argv, &answers, &capture);
	fclose(capture.text);
	client_close(&client);
	if (status == 0)
		return text;
	free(text);
	return NULL;
}
