// SPDX-License-Identifier: Apache-2.0
/*
 * A Linux program: a process on each of PROCESSES processors opens and closes a file descriptor
 * again and again, for half a second. With one table of descriptors for all of them they
 * contend for its spin lock; with one each they do not.
 *
 * BENCH apart|contended, pairs of calls, nanoseconds
 *
 * It has no C library, as the machine that builds it may have none for this processor.
 */
#include <linux/mman.h>
#include <linux/sched.h>
#include <asm/unistd.h>

#define PROCESSES      4
#define TICKS	       256000000UL /* of the time base: half a second */
#define TICKS_PER_US   512
#define PAGE	       65536
#define SIGCHLD	       17
#define PROT_READWRITE 3

static unsigned long *pairs; /* of each process; a cache line is sixteen of them */

static long syscall(long number, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm__("r0") = number;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;
	register long r7 __asm__("r7") = e;
	register long r8 __asm__("r8") = f;

	/* The summary overflow bit says that R3 is an error number. */
	__asm__ volatile("sc; bns 1f; neg 3, 3; 1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
			 :
			 : "r9", "r10", "r11", "r12", "ctr", "xer", "cr0", "memory");
	return r3;
}

static unsigned long mftb(void)
{
	unsigned long tb;

	__asm__ volatile("mftb %0" : "=r"(tb));
	return tb;
}

static void hammer(int process, unsigned long end)
{
	unsigned long mask = 1UL << process, done = 0;

	syscall(__NR_sched_setaffinity, 0, sizeof(mask), (long)&mask, 0, 0, 0);
	for (; mftb() < end; done++)
		syscall(__NR_close, syscall(__NR_dup, 0, 0, 0, 0, 0, 0), 0, 0, 0, 0, 0);
	pairs[16 * process] = done;
}

static void number_write(unsigned long number)
{
	char text[20], *next = text + sizeof(text);

	do {
		*--next = '0' + number % 10;
		number /= 10;
	} while (number);
	syscall(__NR_write, 1, (long)next, text + sizeof(text) - next, 0, 0, 0);
}

static void run(const char *name, long length, long flags)
{
	unsigned long begin = mftb(), total = 0;

	for (int i = 1; i < PROCESSES; i++) {
		if (syscall(__NR_clone, flags | SIGCHLD, 0, 0, 0, 0, 0) == 0) {
			hammer(i, begin + TICKS);
			syscall(__NR_exit, 0, 0, 0, 0, 0, 0);
		}
	}
	hammer(0, begin + TICKS);
	while (syscall(__NR_wait4, -1, 0, 0, 0, 0, 0) > 0)
		;
	begin = mftb() - begin;
	for (int i = 0; i < PROCESSES; i++)
		total += pairs[16 * i];
	syscall(__NR_write, 1, (long)name, length, 0, 0, 0);
	number_write(total);
	syscall(__NR_write, 1, (long)" ", 1, 0, 0, 0);
	number_write(begin * 1000 / TICKS_PER_US);
	syscall(__NR_write, 1, (long)"\n", 1, 0, 0, 0);
}

void _start(void)
{
	pairs = (unsigned long *)syscall(__NR_mmap, 0, PAGE, PROT_READWRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	run("BENCH apart ", 12, 0);
	run("BENCH contended ", 16, CLONE_FILES);
	syscall(__NR_exit, 0, 0, 0, 0, 0, 0);
}
