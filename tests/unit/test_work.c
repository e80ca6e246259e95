// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/work.c
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/work.h"

#define JOBS 4

struct job {
	struct work work;
	u32 left;	    /* steps */
	struct work *other; /* to be added in each step */
	bool ends_itself;   /* frees itself with its last step */
};

static struct job job[JOBS];
static char done[64]; /* which did a step, as letters */

static bool step(struct work *work)
{
	struct job *j = container_of(work, struct job, work);

	strcat(done, (char[]){(char)('a' + (j - job)), '\0'});
	if (j->other)
		work_add(j->other);
	return j->left && --j->left;
}

static int setup(void **state)
{
	(void)state;
	while (work_step())
		;
	memset(job, 0, sizeof(job));
	for (u32 i = 0; i < JOBS; i++)
		job[i].work.step = step;
	done[0] = '\0';
	return 0;
}

static void run(u32 steps)
{
	while (steps--)
		work_step();
}

static void test_nothing_to_do(void **state)
{
	(void)state;
	assert_false(work_step());
	assert_false(work_step());
}

static void test_in_turn(void **state)
{
	(void)state;
	job[0].left = 3;
	job[1].left = 1;
	job[2].left = 2;
	for (u32 i = 0; i < 3; i++)
		work_add(&job[i].work);
	for (u32 i = 0; i < 5; i++)
		assert_true(work_step());
	assert_false(work_step());
	assert_string_equal(done, "abcaca");
	assert_false(work_step());
	assert_string_equal(done, "abcaca");
}

static void test_added_twice(void **state)
{
	(void)state;
	work_add(&job[0].work);
	work_add(&job[1].work);
	work_add(&job[0].work);
	work_add(&job[1].work);
	run(6);
	assert_string_equal(done, "ab");
	/* Once done it can be added anew. */
	work_add(&job[0].work);
	run(2);
	assert_string_equal(done, "aba");
}

/* Work that adds itself: done once more, and not twice if it says that there is more. */
static void test_adds_itself(void **state)
{
	(void)state;
	job[0].left = 3;
	job[0].other = &job[0].work;
	work_add(&job[0].work);
	work_add(&job[1].work);
	run(4);
	assert_string_equal(done, "abaa");
	job[0].other = NULL;
	run(4);
	assert_string_equal(done, "abaaa");
}

static void test_adds_another(void **state)
{
	(void)state;
	job[0].left = 2;
	job[0].other = &job[1].work;
	work_add(&job[0].work);
	work_add(&job[2].work);
	run(8);
	assert_string_equal(done, "acbab");
}

static bool free_itself(struct work *work)
{
	struct job *j = container_of(work, struct job, work);

	strcat(done, "f");
	free(j);
	return false;
}

/* Nobody looks at work that is done: it may be gone. */
static void test_frees_itself(void **state)
{
	struct job *j = calloc(1, sizeof(*j));

	(void)state;
	j->work.step = free_itself;
	work_add(&j->work);
	work_add(&job[0].work);
	run(3);
	assert_string_equal(done, "fa");
}

#define ADDERS 3
#define TIMES  20000

static u64 asked[JOBS], served[JOBS];
static u32 adders;

static bool serve(struct work *work)
{
	u32 i = (u32)(container_of(work, struct job, work) - job);

	served[i] = __atomic_load_n(&asked[i], __ATOMIC_SEQ_CST);
	return false;
}

static void *add(void *arg)
{
	u32 i = (u32)(uintptr_t)arg;

	for (u32 n = 0; n < TIMES; n++) {
		__atomic_fetch_add(&asked[(i + n) % JOBS], 1, __ATOMIC_SEQ_CST);
		work_add(&job[(i + n) % JOBS].work);
	}
	__atomic_fetch_sub(&adders, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Whatever is asked for while the work is being done is served by one more step. */
static void test_many_add(void **state)
{
	pthread_t thread[ADDERS];

	(void)state;
	for (u32 i = 0; i < JOBS; i++)
		job[i].work.step = serve;
	adders = ADDERS;
	for (u32 i = 0; i < ADDERS; i++)
		pthread_create(&thread[i], NULL, add, (void *)(uintptr_t)i);
	while (__atomic_load_n(&adders, __ATOMIC_SEQ_CST))
		work_step();
	while (work_step())
		;
	for (u32 i = 0; i < ADDERS; i++)
		pthread_join(thread[i], NULL);
	for (u32 i = 0; i < JOBS; i++)
		assert_int_equal(served[i], asked[i]);
}

static u32 told;

static void count(void)
{
	told++;
}

/* Somebody is told of what is new, and of nothing else. */
static void test_tells(void **state)
{
	(void)state;
	told = 0;
	work_added = count;
	job[0].left = 3;
	work_add(&job[0].work);
	work_add(&job[0].work);
	assert_int_equal(told, 1);
	work_add(&job[1].work);
	assert_int_equal(told, 2);
	run(4);
	assert_int_equal(told, 2);
	work_added = NULL;
}

static bool look;

static bool step_and_look(struct work *work)
{
	(void)work;
	look = work_pending();
	/* As another processor would. */
	assert_false(work_step());
	return false;
}

/* While somebody is at a step there is nothing to do for others. */
static void test_one_at_a_time(void **state)
{
	(void)state;
	assert_false(work_pending());
	job[0].work.step = step_and_look;
	work_add(&job[0].work);
	work_add(&job[1].work);
	assert_true(work_pending());
	look = true;
	assert_true(work_step());
	assert_false(look);
	assert_string_equal(done, "");
	assert_true(work_pending());
	assert_false(work_step());
	assert_string_equal(done, "b");
	assert_false(work_pending());
}

static u32 inside, steps;

static bool step_alone(struct work *work)
{
	(void)work;
	assert_int_equal(__atomic_fetch_add(&inside, 1, __ATOMIC_SEQ_CST), 0);
	steps++; /* nobody else's at the same time, or the sanitizer says so */
	__atomic_fetch_sub(&inside, 1, __ATOMIC_SEQ_CST);
	return steps % 3 != 0;
}

static void *step_and_add(void *arg)
{
	u32 i = (u32)(uintptr_t)arg;

	for (u32 n = 0; n < TIMES; n++) {
		work_add(&job[(i + n) % JOBS].work);
		work_step();
	}
	return NULL;
}

static void test_many_step(void **state)
{
	pthread_t thread[ADDERS];

	(void)state;
	steps = 0;
	for (u32 i = 0; i < JOBS; i++)
		job[i].work.step = step_alone;
	for (u32 i = 0; i < ADDERS; i++)
		pthread_create(&thread[i], NULL, step_and_add, (void *)(uintptr_t)i);
	for (u32 i = 0; i < ADDERS; i++)
		pthread_join(thread[i], NULL);
	assert_true(steps > JOBS);
	while (work_step())
		;
	assert_false(work_pending());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_to_do, setup),
		cmocka_unit_test_setup(test_in_turn, setup),
		cmocka_unit_test_setup(test_added_twice, setup),
		cmocka_unit_test_setup(test_adds_itself, setup),
		cmocka_unit_test_setup(test_adds_another, setup),
		cmocka_unit_test_setup(test_frees_itself, setup),
		cmocka_unit_test_setup(test_many_add, setup),
		cmocka_unit_test_setup(test_tells, setup),
		cmocka_unit_test_setup(test_one_at_a_time, setup),
		cmocka_unit_test_setup(test_many_step, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
