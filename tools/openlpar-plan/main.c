// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "blob.h"
#include "output.h"

#define PROGRAM	   "openlpar-plan"
#define EXIT_USAGE 2

/* A plan of 64 partitions with the longest arguments has 150 KiB. */
#define TEXT_MAX MiB

static const char usage[] =
	"Usage: " PROGRAM " -o OUT PLAN\n"
	"       " PROGRAM " -n PLAN\n"
	"\n"
	"Compiles the system plan PLAN, a text file that describes logical partitions and their\n"
	"boot images, into the one file OUT from which the OpenLPAR hypervisor starts.\n"
	"\n"
	"  -o, --output OUT  write the compiled plan to OUT; OUT is left alone if PLAN has errors\n"
	"  -n, --check       only check PLAN and the files it names\n"
	"  -h, --help        show this help\n"
	"\n"
	"Records in PLAN, one per line, # begins a comment line:\n"
	"  sys name=NAME,mem_region_size=16|32|64|128|256\n"
	"      [,min_proc_units_per_virtual_proc=UNITS]\n"
	"  image name=NAME,kernel=PATH[,initrd=PATH]\n"
	"  lpar name=NAME[,lpar_id=ID],desired_mem=MIB,desired_procs=N,boot_image=NAME\n"
	"       [,boot_mode=of|fdt][,boot_args=\"ARGUMENTS\"][,rmo_size=32|64|128|256]\n"
	"       [,min_mem=MIB][,max_mem=MIB]\n"
	"       [,min_procs=N][,max_procs=N][,proc_mode=shared][,min_proc_units=UNITS]\n"
	"       [,desired_proc_units=UNITS][,max_proc_units=UNITS][,sharing_mode=cap|uncap]\n"
	"       [,uncap_weight=0-255], or ...,proc_mode=ded[,sharing_mode=keep_idle_procs|\n"
	"       share_idle_procs|share_idle_procs_active|share_idle_procs_always]\n"
	"       and for the management console ...[,profile_name=NAME][,default_profile=NAME]\n"
	"  prof name=NAME,lpar_name=NAME,..., another profile, with what else an lpar may have\n"
	"A relative PATH counts from the folder of PLAN.\n"
	"\n"
	"Exit status: 0 if PLAN is good, 1 if it has errors or a file cannot be read or written,\n"
	"2 if the command is wrong.\n";

struct request {
	const char *plan;
	const char *output; /* NULL: check only */
};

static bool request_parse(struct request *request, int argc, char **argv)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"check", no_argument, NULL, 'n'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	bool check = false;
	int option;

	while ((option = getopt_long(argc, argv, "o:nh", options, NULL)) != -1) {
		if (option == 'o') {
			request->output = optarg;
		} else if (option == 'n') {
			check = true;
		} else if (option == 'h') {
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		} else {
			return false;
		}
	}
	if (argc - optind != 1) {
		fprintf(stderr, "%s: exactly one PLAN is needed\n", PROGRAM);
		return false;
	}
	if (check == (request->output != NULL)) {
		fprintf(stderr, "%s: either -o OUT or -n is needed\n", PROGRAM);
		return false;
	}
	request->plan = argv[optind];
	return true;
}

/* Reads all of FD, but at most SIZE bytes, into BUFFER. Returns how much that was, or -1. */
static ssize_t stream_read(int fd, char *buffer, size_t size)
{
	size_t done = 0;
	ssize_t got;

	do {
		got = read(fd, buffer + done, size - done);
		if (got < 0)
			return -1;
		done += (size_t)got;
	} while (got > 0 && done < size);
	return (ssize_t)done;
}

/* Returns the content of the plan with a final NUL, or NULL after a message. */
static char *text_read(const char *path, size_t *size)
{
	char *text = malloc(TEXT_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = text == NULL || fd < 0 ? -1 : stream_read(fd, text, TEXT_MAX + 1);

	if (got < 0)
		fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
	else if ((size_t)got > TEXT_MAX)
		fprintf(stderr, "%s: too long for a plan (at most 1 MiB of text)\n", path);
	if (fd >= 0)
		close(fd);
	if (got < 0 || (size_t)got > TEXT_MAX) {
		free(text);
		return NULL;
	}
	text[got] = '\0';
	*size = (size_t)got;
	return text;
}

static bool same_file(const char *path, const struct stat *status)
{
	struct stat other;

	return stat(path, &other) == 0 && other.st_dev == status->st_dev &&
	       other.st_ino == status->st_ino;
}

/* Would writing the output destroy the plan or a file it names? */
static bool output_is_input(const struct request *request, const struct files *files)
{
	struct stat status;

	if (stat(request->output, &status) != 0)
		return false;
	if (same_file(request->plan, &status))
		return true;
	for (size_t i = 0; i < files->count; i++)
		if (same_file(files->entries[i].path, &status))
			return true;
	return false;
}

static bool blob_write(const struct request *request, const struct files *files, const void *blob,
		       size_t size)
{
	const char *reason = "the plan itself or one of its files";

	if (!output_is_input(request, files))
		reason = output_write(request->output, blob, size);
	if (reason != NULL)
		fprintf(stderr, "%s: cannot be written: %s\n", request->output, reason);
	return reason == NULL;
}

static bool plan_compile(const struct request *request, char *text, size_t text_size)
{
	static struct config config;
	struct problems problems = {0};
	struct files files = {.count = 0};
	void *blob = NULL;
	bool good = false;
	size_t size;

	if (config_parse(&config, text, text_size, &problems) &&
	    files_open(&files, &config, request->plan, &problems))
		blob = blob_build(&config, &files, &size, &problems);
	problems_print(&problems, request->plan, stderr);
	if (blob != NULL)
		good = request->output == NULL || blob_write(request, &files, blob, size);
	free(blob);
	files_close(&files);
	problems_clear(&problems);
	return good;
}

int main(int argc, char **argv)
{
	struct request request = {0};
	size_t size;
	char *text;
	bool good;

	if (!request_parse(&request, argc, argv)) {
		fprintf(stderr, "Try '%s --help'.\n", PROGRAM);
		return EXIT_USAGE;
	}
	text = text_read(request.plan, &size);
	if (text == NULL)
		return EXIT_FAILURE;
	good = plan_compile(&request, text, size);
	free(text);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
