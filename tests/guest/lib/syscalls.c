// SPDX-License-Identifier: Apache-2.0
/* What newlib asks of the system below it. */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/guest/lib/console.h"
#include "tests/guest/lib/rtas.h"

#define HEAP_SIZE (64 * KiB)

int write(int file, const void *text, size_t length)
{
	(void)file;
	console_write(text, length);
	return length;
}

int read(int file, void *text, size_t length)
{
	(void)file, (void)text, (void)length;
	return 0;
}

int close(int file)
{
	(void)file;
	return 0;
}

off_t lseek(int file, off_t offset, int whence)
{
	(void)file, (void)offset, (void)whence;
	return 0;
}

int fstat(int file, struct stat *status)
{
	(void)file;
	status->st_mode = S_IFCHR;
	return 0;
}

int isatty(int file)
{
	(void)file;
	return 1;
}

void *sbrk(ptrdiff_t more)
{
	static char heap[HEAP_SIZE];
	static size_t used;
	void *at = &heap[used];

	if (used + more > HEAP_SIZE) {
		errno = ENOMEM;
		return (void *)-1;
	}
	used += more;
	return at;
}

pid_t getpid(void)
{
	return 1;
}

int kill(pid_t pid, int signal)
{
	(void)pid, (void)signal;
	rtas_power_off();
}

void _exit(int status)
{
	(void)status;
	rtas_power_off();
}
