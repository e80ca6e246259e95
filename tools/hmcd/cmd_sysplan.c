// SPDX-License-Identifier: Apache-2.0
// mksysplan, deploysysplan: the configuration as a system plan.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/configuration.h"
#include "tools/hmcd/image.h"
#include "tools/hmcd/lpar.h"
#include "tools/hmcd/sync.h"

#define TEXT_MAX MiB

static const char make_usage[] =
	"usage: mksysplan [-m SYSTEM] -f FILE\n"
	"\n"
	"Writes the configuration as a system plan: the partitions, each with the profile that it\n"
	"was activated with last or else its default profile, their other profiles, and the boot\n"
	"images.\n"
	"\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -f FILE      the plan\n";

static const char deploy_usage[] =
	"usage: deploysysplan [-m SYSTEM] -f FILE\n"
	"\n"
	"Makes the configuration what a system plan says, on a system on which no partition is\n"
	"active. Paths in the plan that do not begin with / count from the run directory.\n"
	"Partitions with auto_start=1 start with the machine, or by chsysstate.\n"
	"\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -f FILE      the plan\n";

static int mksysplan_run(struct session *session, const struct options *options)
{
	const char *path = options_value(options, "f");
	size_t length = 0;
	char *text;
	FILE *file;
	int result;

	if (!path)
		return session_error(session, "HSCL8003", "The option -f is needed.");
	file = open_memstream(&text, &length);
	if (!file)
		abort();
	store_take(session->store);
	result = system_check(session, options);
	if (!result)
		configuration_write(session->store, session->run, file, false);
	store_give(session->store);
	fclose(file);
	if (!result)
		result = session_write(session, path, text, length);
	free(text);
	return result ? 1 : 0;
}

/* Puts the plan into RUN/deploy.plan. Returns 0, or -1 after a message. */
static int plan_save(struct session *session, const char *text)
{
	FILE *file = fopen(rundir_file(session->run, "deploy.plan").text, "we");
	bool good = file && fputs(text, file) >= 0;

	if (file && !fclose(file) && good)
		return 0;
	return -session_error(session, "HSCL8009", "%s cannot be written: %s.",
			      rundir_file(session->run, "deploy.plan").text, strerror(errno));
}

static void compiler_exec(const struct rundir *run, int errors)
{
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 32);

	program[n < 0 ? 0 : n] = 0;
	if (strrchr(program, '/'))
		strcpy(strrchr(program, '/') + 1, "openlpar-plan");
	dup2(errors, 2);
	execl(program, program, "-o", rundir_file(run, "deploy.dtb").text,
	      rundir_file(run, "deploy.plan").text, (char *)NULL);
	dprintf(2, "%s: %s\n", program, strerror(errno));
	_exit(127);
}

/* Compiles RUN/deploy.plan. What is wrong with it is said. Returns 0, or -1 after a message. */
static int plan_compile(struct session *session, const char *path)
{
	size_t length = strlen(rundir_file(session->run, "deploy.plan").text);
	char line[1024];
	int ends[2], status = -1;
	FILE *errors;
	pid_t pid;

	if (pipe(ends) || (pid = fork()) < 0)
		return -session_error(session, "HSCL8026",
				      "The plan's compiler cannot be started.");
	if (!pid)
		compiler_exec(session->run, ends[1]);
	close(ends[1]);
	errors = fdopen(ends[0], "r");
	while (fgets(line, sizeof(line), errors)) {
		bool named = !strncmp(line, rundir_file(session->run, "deploy.plan").text, length);

		line[strcspn(line, "\n")] = 0;
		session_error(session, "HSCL8026", "%s%s", named ? path : "",
			      named ? line + length : line);
	}
	fclose(errors);
	waitpid(pid, &status, 0);
	if (!status)
		return 0;
	return -session_error(session, "HSCL8026", "The plan %s was not deployed.", path);
}

/* Returns 0, or -1 after a message: somebody is active. */
static int lpars_check(struct session *session)
{
	struct hmc_partition now[HMC_LPAR_ID_MAX + 1];

	if (call_partitions(now))
		return 0;
	for (u32 id = 1; id <= HMC_LPAR_ID_MAX; id++)
		if (now[id].state != HMC_STATE_REMOVED &&
		    now[id].state != HMC_STATE_NOT_ACTIVATED && now[id].state != HMC_STATE_ERROR)
			return -session_error(
				session, "HSCL8027",
				"A plan cannot be deployed while the partition %.*s is "
				"in the state %s.",
				HMC_NAME_SIZE - 1, now[id].name, console_state_name(now[id].state));
	return 0;
}

static int plan_deploy(struct session *session, const char *path)
{
	const char *text;

	if (lpars_check(session) || plan_compile(session, path))
		return 1;
	if (configuration_replace(session->store, session->run, "deploy.dtb"))
		return session_error(session, "HSCL8020", "The plan cannot be kept: %s.",
				     store_error(session->store));
	store_event(session->store, session->user, "a system plan was deployed");
	if (!sync_partitions(session->store, &text))
		return 0;
	return session_error(
		session, "HSCL8021",
		"The plan is kept, but the hypervisor does not have all partitions: %s.", text);
}

static int deploysysplan_run(struct session *session, const struct options *options)
{
	time_t began = time(NULL);
	const char *path = options_value(options, "f");
	char *text;
	int result;

	if (!path)
		return session_error(session, "HSCL8003", "The option -f is needed.");
	text = session_text(session, path, TEXT_MAX);
	if (!text)
		return 1;
	store_take(session->store);
	result = system_check(session, options) || plan_save(session, text) ||
		 plan_deploy(session, path);
	rundir_remove(session->run, "deploy.plan");
	rundir_remove(session->run, "deploy.dtb");
	store_give(session->store);
	free(text);
	if (!result)
		sync_images(session->store, session->run, session, began);
	return result;
}

const struct command mksysplan_command = {
	.name = "mksysplan",
	.summary = "save the configuration as a system plan",
	.usage = make_usage,
	.options = "m f",
	.run = mksysplan_run,
};

const struct command deploysysplan_command = {
	.name = "deploysysplan",
	.summary = "make the configuration what a system plan says",
	.usage = deploy_usage,
	.options = "m f",
	.run = deploysysplan_run,
};
