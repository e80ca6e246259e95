// SPDX-License-Identifier: Apache-2.0
// A command of the management console in a thread of its own.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmcd/alloc.h"
#include "tools/hmcd/call.h"
#include "tools/hmcd/command.h"
#include "tools/hmcd/job.h"
#include "tools/hmcd/sync.h"

struct job {
	int fd;
	const struct rundir *run;
	struct store *store;
	bool restarted;
	size_t n, length;
	char words[];
};

static void job_run(void *ctx)
{
	struct session session;
	struct job *job = ctx;
	int status = 1;

	session_begin(&session, job->fd, job->run, job->store);
	if (!session_read(&session, job->words + job->n, job->length - job->n))
		status = command_run(&session, job->words, job->length);
	session_end(&session, status);
	free(job);
}

int job_start(int fd, const char *data, size_t n, size_t length, const struct rundir *run,
	      struct store *store)
{
	struct job *job = alloc_zeroed(sizeof(*job) + length);

	*job = (struct job){.fd = fd, .run = run, .store = store, .n = n, .length = length};
	memcpy(job->words, data, n);
	fcntl(fd, F_SETFL, 0);
	if (!calls_thread(job_run, job))
		return 0;
	free(job);
	return -1;
}

static void sync_run(void *ctx)
{
	struct job *job = ctx;

	sync_all(job->store, job->run, job->restarted);
	free(job);
}

void job_sync(const struct rundir *run, struct store *store, bool restarted)
{
	struct job *job = alloc_zeroed(sizeof(*job));

	*job = (struct job){.run = run, .store = store, .restarted = restarted};
	if (calls_thread(sync_run, job))
		free(job);
}
