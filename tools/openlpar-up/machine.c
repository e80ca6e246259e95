// SPDX-License-Identifier: Apache-2.0
// The emulated machine: which QEMU, and its command line.
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/openlpar-up/machine.h"

#define QEMU_NAME	  "qemu-system-ppc64"
#define ICOUNT_QEMU_MAJOR 10

/* Words of a command line that is being put together. */
struct words {
	char **word;
	size_t used;
};

static void word_add(struct words *words, const char *format, ...) __printf(2, 3);
static void word_add(struct words *words, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (words->used + 1 >= MACHINE_WORDS ||
	    vasprintf(&words->word[words->used++], format, arguments) < 0)
		abort();
	va_end(arguments);
	words->word[words->used] = NULL;
}

/* A path as QEMU wants it in a list of options: with each comma twice. */
static struct rundir_path option_path(const struct rundir *run, const char *name)
{
	struct rundir_path plain = rundir_file(run, name), doubled;
	size_t used = 0;

	for (const char *at = plain.text; *at && used < sizeof(doubled.text) - 2; at++) {
		if (*at == ',')
			doubled.text[used++] = ',';
		doubled.text[used++] = *at;
	}
	doubled.text[used] = 0;
	return doubled;
}

/* The major version that "@qemu --version" says, or 0. */
static int qemu_version(const char *qemu)
{
	char line[128] = "";
	const char *version;
	int ends[2];
	FILE *output;
	pid_t pid;

	if (pipe(ends) || (pid = fork()) < 0)
		return 0;
	if (!pid) {
		dup2(ends[1], 1);
		close(ends[0]);
		execlp(qemu, qemu, "--version", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	output = fdopen(ends[0], "r");
	if (!fgets(line, sizeof(line), output))
		*line = 0;
	fclose(output);
	waitpid(pid, NULL, 0);
	version = strstr(line, "version ");
	return version ? atoi(version + strlen("version ")) : 0;
}

const char *machine_qemu(const struct options *options, const char *build)
{
	static char path[PATH_MAX];
	const char *qemu = QEMU_NAME;
	int version;

	if (options->qemu && strchr(options->qemu, '/')) {
		/* The daemon is going to start it from elsewhere. */
		if (!realpath(options->qemu, path) || access(path, X_OK)) {
			fprintf(stderr, "openlpar-up: --qemu %s: %s\n", options->qemu,
				strerror(errno));
			return NULL;
		}
		qemu = path;
	} else if (options->qemu) {
		qemu = options->qemu;
	} else if (options->icount) {
		snprintf(path, sizeof(path), "%s/qemu10/bin/%s", build, QEMU_NAME);
		if (!access(path, X_OK))
			qemu = path;
	}
	if (!options->icount)
		return qemu;
	version = qemu_version(qemu);
	if (version >= ICOUNT_QEMU_MAJOR)
		return qemu;
	fprintf(stderr, "openlpar-up: --icount needs QEMU %d or later; %s ", ICOUNT_QEMU_MAJOR,
		qemu);
	fprintf(stderr, version ? "is QEMU %d\n" : "does not say that it is one\n", version);
	return NULL;
}

void machine_command(char *word[MACHINE_WORDS], const struct options *options,
		     const struct rundir *run, const char *qemu, const char *kernel)
{
	struct words words = {word, 0};

	word_add(&words, "%s", qemu);
	word_add(&words, "-M");
	word_add(&words, "%s,memory-backend=memory", options->machine);
	word_add(&words, "-m");
	word_add(&words, "%uM", options->mem);
	/* The daemon puts boot images there, see tools/hmcd/memory.h. */
	word_add(&words, "-object");
	word_add(&words, "memory-backend-memfd,id=memory,size=%uM,share=on", options->mem);
	word_add(&words, "-smp");
	if (options->smp > SMP_CHIP)
		word_add(&words, "%u,sockets=2,cores=%u,threads=1", options->smp, options->smp / 2);
	else
		word_add(&words, "%u", options->smp);
	if (options->icount) {
		word_add(&words, "-icount");
		word_add(&words, "shift=0");
	}
	word_add(&words, "-nodefaults");
	word_add(&words, "-display");
	word_add(&words, "none");
	word_add(&words, "-kernel");
	word_add(&words, "%s", kernel);
	if (options->plan) {
		word_add(&words, "-initrd");
		word_add(&words, "%s", rundir_file(run, "plan.dtb").text);
	}
	/* The first UART is the hypervisor's; skiboot's console is the last one. */
	word_add(&words, "-chardev");
	word_add(&words, "socket,id=hmc,path=%s,server=on,wait=off",
		 option_path(run, "uart.sock").text);
	word_add(&words, "-serial");
	word_add(&words, "chardev:hmc");
	word_add(&words, "-serial");
	word_add(&words, "file:%s", rundir_file(run, "opal.log").text);
	/* Without a BMC there is no power off. */
	word_add(&words, "-device");
	word_add(&words, "ipmi-bmc-sim,id=bmc0");
	word_add(&words, "-device");
	word_add(&words, "isa-ipmi-bt,bmc=bmc0,irq=10");
	word_add(&words, "-qmp");
	word_add(&words, "unix:%s,server=on,wait=off", option_path(run, "qmp.sock").text);
}
