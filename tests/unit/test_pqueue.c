// SPDX-License-Identifier: Apache-2.0
// SOURCES: hv/pqueue.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/pqueue.h"

#define NODES 512

static struct pqueue queue;
static struct pqueue_node node[NODES];

static int setup(void **state)
{
	(void)state;
	memset(&queue, 0, sizeof(queue));
	memset(node, 0, sizeof(node));
	return 0;
}

/* Every link has its counterpart, no child comes before its parent; returns how many there are. */
static u32 check_below(const struct pqueue_node *parent)
{
	const struct pqueue_node *prev = parent;
	u32 n = 1;

	assert_true(parent->queued);
	for (const struct pqueue_node *child = parent->child; child; child = child->sibling) {
		assert_ptr_equal(child->prev, prev);
		assert_true((s64)(child->key - parent->key) >= 0);
		n += check_below(child);
		prev = child;
	}
	return n;
}

static u32 check_all(void)
{
	if (!queue.first)
		return 0;
	assert_null(queue.first->prev);
	assert_null(queue.first->sibling);
	return check_below(queue.first);
}

/* The least key of those that are queued, as seen from @base; NODES: none is. */
static u32 least(u64 base)
{
	u32 best = NODES;

	for (u32 i = 0; i < NODES; i++)
		if (node[i].queued && (best == NODES || node[i].key - base < node[best].key - base))
			best = i;
	return best;
}

static void test_empty(void **state)
{
	(void)state;
	pqueue_insert(&queue, &node[0], 5);
	assert_ptr_equal(queue.first, &node[0]);
	assert_true(node[0].queued);
	assert_int_equal(node[0].key, 5);
	pqueue_remove(&queue, &node[0]);
	assert_null(queue.first);
	assert_false(node[0].queued);
}

/* Whatever a node was before: nothing of it counts. */
static void test_insert_sets_everything(void **state)
{
	(void)state;
	memset(node, 0xa5, sizeof(node));
	for (u32 i = 0; i < 3; i++)
		pqueue_insert(&queue, &node[i], 3 - i);
	assert_int_equal(check_all(), 3);
	assert_ptr_equal(queue.first, &node[2]);
}

static u64 shuffled_key(u32 i, u64 base)
{
	return base + (u64)i * 197 % NODES;
}

static void check_order(u64 base)
{
	for (u32 i = 0; i < NODES; i++)
		pqueue_insert(&queue, &node[i], shuffled_key(i, base));
	assert_int_equal(check_all(), NODES);
	for (u32 i = 0; i < NODES; i++) {
		struct pqueue_node *first = queue.first;

		assert_int_equal(first->key, base + i);
		pqueue_remove(&queue, first);
		assert_false(first->queued);
		assert_int_equal(check_all(), NODES - 1 - i);
	}
}

static void test_order(void **state)
{
	(void)state;
	check_order(0);
	check_order(1000);
}

static void test_order_over_the_end_of_numbers(void **state)
{
	(void)state;
	check_order(-1UL);
	check_order(-(u64)NODES / 2);
	check_order(INT64_MAX - NODES / 2);
}

static void test_equal_keys(void **state)
{
	(void)state;
	for (u32 i = 0; i < NODES; i++)
		pqueue_insert(&queue, &node[i], 7 + i % 3);
	for (u32 i = 0; i < NODES; i++) {
		assert_int_equal(queue.first->key, 7 + i / (NODES / 3 + 1));
		pqueue_remove(&queue, queue.first);
	}
	assert_null(queue.first);
}

/* First come, first served, whatever is taken out and comes back with another key meanwhile. */
static void test_order_of_equal_keys(void **state)
{
	(void)state;
	for (u32 i = 0; i < NODES; i++) {
		node[i].order = i - 5UL;
		pqueue_insert(&queue, &node[i], 3);
	}
	for (u32 i = 0; i < NODES; i += 2) {
		pqueue_remove(&queue, &node[i]);
		pqueue_insert(&queue, &node[i], 9);
		pqueue_remove(&queue, &node[i]);
		pqueue_insert(&queue, &node[i], 3);
	}
	for (u32 i = 0; i < NODES; i++) {
		assert_ptr_equal(queue.first, &node[i]);
		pqueue_remove(&queue, queue.first);
	}
}

/* A million in one row below one another, as from ascending or descending keys: no recursion. */
static void test_no_depth(void **state)
{
	const u32 many = 1 << 20;
	struct pqueue_node *all = calloc(many, sizeof(*all));

	(void)state;
	for (u32 down = 0; down < 2; down++) {
		for (u32 i = 0; i < many; i++)
			pqueue_insert(&queue, &all[i], down ? many - i : i);
		for (u32 i = 0; i < many; i++) {
			assert_ptr_equal(queue.first, &all[down ? many - 1 - i : i]);
			pqueue_remove(&queue, queue.first);
		}
	}
	assert_null(queue.first);
	free(all);
}

/* Takes each of them out of the middle once, from the same heap built anew. */
static void test_remove_anywhere(void **state)
{
	const u32 n = 64;

	(void)state;
	for (u32 out = 0; out < n; out++) {
		for (u32 i = 0; i < n; i++)
			pqueue_insert(&queue, &node[i], (u64)i * 37 % n);
		pqueue_remove(&queue, queue.first); /* node 0; makes a heap of many levels */
		if (out)
			pqueue_remove(&queue, &node[out]);
		assert_false(node[out].queued);
		assert_int_equal(check_all(), out ? n - 2 : n - 1);
		while (queue.first) {
			assert_ptr_equal(queue.first, &node[least(0)]);
			pqueue_remove(&queue, queue.first);
		}
	}
}

/* Keys that move ahead, as a clock's do, through the end of the numbers. */
static void test_random(void **state)
{
	u64 base = -200000UL;
	u32 queued = 0;

	(void)state;
	for (u32 i = 0; i < 400000; i++) {
		u32 n = (u32)rand() % NODES;

		if (node[n].queued) {
			if (rand() % 2)
				n = (u32)(queue.first - node);
			pqueue_remove(&queue, &node[n]);
			assert_false(node[n].queued);
			queued--;
		} else {
			pqueue_insert(&queue, &node[n], base + (u64)rand() % 5000);
			queued++;
		}
		if (queued == 0)
			base += 10;
		else
			base = queue.first->key;
		if (i % 64)
			continue;
		assert_int_equal(check_all(), queued);
		if (queued)
			assert_int_equal(queue.first->key, node[least(base)].key);
	}
	assert_true((s64)base > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty, setup),
		cmocka_unit_test_setup(test_insert_sets_everything, setup),
		cmocka_unit_test_setup(test_order, setup),
		cmocka_unit_test_setup(test_order_over_the_end_of_numbers, setup),
		cmocka_unit_test_setup(test_equal_keys, setup),
		cmocka_unit_test_setup(test_order_of_equal_keys, setup),
		cmocka_unit_test_setup(test_no_depth, setup),
		cmocka_unit_test_setup(test_remove_anywhere, setup),
		cmocka_unit_test_setup(test_random, setup),
	};

	srand(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
