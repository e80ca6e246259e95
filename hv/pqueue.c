// SPDX-License-Identifier: Apache-2.0
#include "hv/pqueue.h"

static bool precedes(const struct pqueue_node *a, const struct pqueue_node *b)
{
	s64 difference = (s64)(a->key - b->key);

	return difference < 0 || (difference == 0 && (s64)(a->order - b->order) < 0);
}

/* @b, which has no siblings, comes below @a. */
static void adopt(struct pqueue_node *a, struct pqueue_node *b)
{
	b->sibling = a->child;
	if (b->sibling)
		b->sibling->prev = b;
	b->prev = a;
	a->child = b;
}

/* Neither has siblings; what is returned has none and nobody before it. */
static struct pqueue_node *join(struct pqueue_node *a, struct pqueue_node *b)
{
	if (precedes(b, a)) {
		struct pqueue_node *first = b;

		b = a;
		a = first;
	}
	adopt(a, b);
	a->sibling = a->prev = NULL;
	return a;
}

/* Makes one heap of @first and its siblings, of which there may be none: in pairs, then all. */
static struct pqueue_node *join_siblings(struct pqueue_node *first)
{
	struct pqueue_node *pairs = NULL, *all = NULL;

	if (!first || !first->sibling) {
		if (first)
			first->prev = NULL;
		return first;
	}
	while (first) {
		struct pqueue_node *second = first->sibling;
		struct pqueue_node *next = second ? second->sibling : NULL;

		if (second)
			first = join(first, second);
		first->sibling = pairs;
		pairs = first;
		first = next;
	}
	while (pairs) {
		struct pqueue_node *next = pairs->sibling;

		pairs->sibling = pairs->prev = NULL;
		all = all ? join(all, pairs) : pairs;
		pairs = next;
	}
	return all;
}

void pqueue_insert(struct pqueue *queue, struct pqueue_node *node, u64 key)
{
	struct pqueue_node *first = queue->first;

	node->key = key;
	node->child = NULL;
	node->queued = true;
	if (first && !precedes(node, first)) {
		adopt(first, node);
		return;
	}
	node->sibling = node->prev = NULL;
	if (first)
		adopt(node, first);
	queue->first = node;
}

void pqueue_remove_first(struct pqueue *queue)
{
	struct pqueue_node *node = queue->first;

	queue->first = join_siblings(node->child);
	node->queued = false;
}

static void remove_below(struct pqueue *queue, struct pqueue_node *node)
{
	struct pqueue_node *rest = join_siblings(node->child);

	if (node->prev->child == node)
		node->prev->child = node->sibling;
	else
		node->prev->sibling = node->sibling;
	if (node->sibling)
		node->sibling->prev = node->prev;
	if (rest)
		queue->first = join(queue->first, rest);
	node->queued = false;
}

void pqueue_remove(struct pqueue *queue, struct pqueue_node *node)
{
	if (queue->first == node)
		pqueue_remove_first(queue);
	else
		remove_below(queue, node);
}
