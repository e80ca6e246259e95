// SPDX-License-Identifier: Apache-2.0
// SOURCES: boot/malloc_lock.c
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hv/cpu.h"

#define THREADS 4
#define TIMES	50000

struct _reent;

void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);

static __thread struct cpu self;
static u64 sum; /* guarded by the lock */
static u32 inside;

struct cpu *cpu_this(void)
{
	return &self;
}

static void test_nests(void **state)
{
	(void)state;
	for (u32 i = 0; i < 3; i++)
		__malloc_lock(NULL);
	for (u32 i = 0; i < 3; i++)
		__malloc_unlock(NULL);
	/* And again, from the beginning. */
	__malloc_lock(NULL);
	__malloc_unlock(NULL);
}

static void enter(u32 levels)
{
	__malloc_lock(NULL);
	if (levels > 1)
		enter(levels - 1);
	assert_int_equal(__atomic_fetch_add(&inside, 1, __ATOMIC_RELAXED), 0);
	sum++;
	__atomic_fetch_sub(&inside, 1, __ATOMIC_RELAXED);
	__malloc_unlock(NULL);
}

static void *run(void *arg)
{
	(void)arg;
	for (u32 i = 0; i < TIMES; i++)
		enter(i % 3 + 1);
	return NULL;
}

static void test_many(void **state)
{
	u64 expected = 0;
	pthread_t thread[THREADS];

	(void)state;
	for (u32 i = 0; i < TIMES; i++)
		expected += i % 3 + 1;
	for (u32 i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, run, NULL);
	for (u32 i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(sum, THREADS * expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nests),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
