// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/log.c
/* Several processors log, and stop the machine, at once. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hv/cpu.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/management.h"

#define THREADS 3
#define LINES	300

struct machine machine;

static __thread struct cpu self;
static __thread u32 number;

static u32 lines[THREADS];	/* of each that reached the channel */
static u32 late;		/* lines of others after somebody stopped the machine */
static u32 stopper;		/* 1 + who did */
static u32 seized, powered_off; /* how often */
static u32 waiting;
static pthread_mutex_t channel = PTHREAD_MUTEX_INITIALIZER;

struct cpu *cpu_this(void)
{
	return &self;
}

u64 machine_timebase(void)
{
	return 0;
}

void machine_early_write(const char *text, u64 length)
{
	(void)text;
	(void)length;
}

void management_log(const char *text, size_t n)
{
	char expected[64];

	(void)n;
	snprintf(expected, sizeof(expected), "[    0.000000] processor %u\n", number);
	pthread_mutex_lock(&channel);
	if (!stopper && strcmp(text, expected) == 0)
		lines[number]++;
	if (stopper && stopper != number + 1)
		late++;
	pthread_mutex_unlock(&channel);
}

void management_seize(void)
{
	pthread_mutex_lock(&channel);
	seized++;
	stopper = number + 1;
	pthread_mutex_unlock(&channel);
}

void management_flush(void)
{
}

void machine_power_off(void)
{
	__atomic_fetch_add(&powered_off, 1, __ATOMIC_SEQ_CST);
	pthread_exit(NULL);
}

static void *talk(void *arg)
{
	number = (u32)(uintptr_t)arg;
	for (u32 i = 0; i < LINES; i++)
		log_line("processor %u", number);
	return NULL;
}

static void test_lines(void **state)
{
	pthread_t thread[THREADS];

	(void)state;
	for (u32 i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, talk, (void *)(uintptr_t)i);
	for (u32 i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
		assert_int_equal(lines[i], LINES);
	}
}

static void *stop(void *arg)
{
	number = (u32)(uintptr_t)arg;
	/* All of them together. */
	__atomic_fetch_add(&waiting, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST) < THREADS)
		;
	if (number == 0)
		log_emergency(); /* as crash() does */
	panic("processor %u", number);
}

/* One of them stops it; the others say nothing any more, and nothing makes them come back. */
static void test_panics(void **state)
{
	pthread_t thread[THREADS];

	(void)state;
	for (u32 i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, stop, (void *)(uintptr_t)i);
	while (!__atomic_load_n(&powered_off, __ATOMIC_SEQ_CST))
		;
	pthread_join(thread[stopper - 1], NULL);
	/* What they might have had to say they would have said by now, but for the wait. */
	for (u32 i = 0; i < THREADS; i++)
		if (stopper != i + 1)
			assert_int_not_equal(pthread_tryjoin_np(thread[i], NULL), 0);
	assert_int_equal(powered_off, 1);
	assert_int_equal(seized, 1);
	assert_int_equal(late, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_panics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
