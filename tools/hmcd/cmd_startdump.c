// SPDX-License-Identifier: Apache-2.0
// startdump: logs, traces and the configuration in one file.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/hmcd/lpar.h"
#include "tools/hmcd/trace.h"

static const char usage[] =
	"usage: startdump [-m SYSTEM] -t resource\n"
	"\n"
	"Collects the logs, the consoles, the hypervisor's trace records, the configuration and\n"
	"what the machine has into RUN/dumps/NAME.tar, and prints that name.\n"
	"\n"
	"  -m SYSTEM    the managed system's name\n"
	"  -t TYPE      resource: of the running system\n";

/* All trace records that the hypervisor still has, as hmctrace has them. */
static void traces_write(FILE *file)
{
	u32 processors = 1;
	const char *text;

	for (u32 i = 0; i < processors; i++) {
		struct call_request request;
		const struct hmc_trace_reply *reply = &request.reply.trace;
		u64 position = 0;
		u32 count;

		do {
			if (trace_read(&request, i, position, &text)) {
				fprintf(file, "processor %u: %s\n", i, text);
				return;
			}
			count = MIN((u32)be16_to_cpu(reply->count), (u32)HMC_TRACE_PER_REPLY);
			for (u32 j = 0; j < count; j++)
				fprintf(file,
					"%" PRIu64 " cpu=%u lpar=%u vp=%u type=%u a=0x%" PRIx64
					" b=0x%" PRIx64 "\n",
					(uint64_t)be64_to_cpu(reply->record[j].timebase), i,
					be16_to_cpu(reply->record[j].lpar_id),
					be16_to_cpu(reply->record[j].vp),
					be32_to_cpu(reply->record[j].type),
					(uint64_t)be64_to_cpu(reply->record[j].a),
					(uint64_t)be64_to_cpu(reply->record[j].b));
			position = be64_to_cpu(reply->position) + count;
			processors = be16_to_cpu(reply->processors);
		} while (count && position < be64_to_cpu(reply->next));
	}
}

static int traces_save(struct session *session, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -session_error(session, "HSCL8009", "The file %s cannot be written: %s.",
				      path, strerror(errno));
	traces_write(file);
	return fclose(file)
		       ? -session_error(session, "HSCL8009", "The file %s cannot be written: %s.",
					path, strerror(errno))
		       : 0;
}

/* Runs tar on what is there. Logs grow while it reads them, which it says by exit status 1. */
static int tar_run(struct session *session, const char *name, const char *archive)
{
	char hmc[128], trace[128];
	int status = -1;
	pid_t pid;

	snprintf(hmc, sizeof(hmc), "dumps/%s.db", name);
	snprintf(trace, sizeof(trace), "dumps/%s.trace", name);
	pid = fork();
	if (!pid) {
		if (!chdir(session->run->path))
			execlp("tar", "tar", "--warning=none", "--ignore-failed-read", "-cf",
			       archive, "hypervisor.log", "opal.log", "qemu.log", "hmcd.log",
			       "consoles", hmc, trace, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 1)
		return 0;
	return -session_error(session, "HSCL8028", "The dump %s cannot be made.", archive);
}

static int dump_make(struct session *session, const char *name)
{
	struct rundir_path db, trace, archive;
	char file[128];
	int result;

	snprintf(file, sizeof(file), "dumps/%s.db", name);
	db = rundir_file(session->run, file);
	snprintf(file, sizeof(file), "dumps/%s.trace", name);
	trace = rundir_file(session->run, file);
	snprintf(file, sizeof(file), "dumps/%s.tar", name);
	archive = rundir_file(session->run, file);
	mkdir(rundir_file(session->run, "dumps").text, 0755);
	session_progress(session, "collecting");
	store_take(session->store);
	result = store_change(session->store, "VACUUM INTO ?", "s", db.text);
	store_give(session->store);
	if (result)
		session_error(session, "HSCL8020", "The configuration cannot be copied: %s.",
			      store_error(session->store));
	if (!result)
		result = traces_save(session, trace.text);
	if (!result)
		result = tar_run(session, name, archive.text);
	unlink(db.text);
	unlink(trace.text);
	session_progress(session, "%s", "");
	if (!result)
		session_print(session, "%s\n", archive.text);
	return result ? 1 : 0;
}

static int startdump_run(struct session *session, const struct options *options)
{
	const char *type = options_value(options, "t");
	struct timespec now;
	char name[96], stamp[32];
	struct tm split;
	int result;

	if (!type || strcmp(type, "resource"))
		return session_error(session, "HSCL8003", "The option -t must be resource.");
	store_take(session->store);
	result = system_check(session, options);
	store_give(session->store);
	if (result)
		return 1;
	clock_gettime(CLOCK_REALTIME, &now);
	strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", localtime_r(&now.tv_sec, &split));
	snprintf(name, sizeof(name), "RSCDUMP.%s.%09ld", stamp, now.tv_nsec);
	return dump_make(session, name);
}

const struct command startdump_command = {
	.name = "startdump",
	.summary = "collect logs, traces and the configuration in a file",
	.usage = usage,
	.options = "m t",
	.run = startdump_run,
};
