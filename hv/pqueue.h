/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A priority queue: the entry with the smallest key first. A pairing heap of nodes that live in
 * what they stand for, so that nothing is ever allocated: an insertion takes constant time, a
 * removal O(log n) on average over many. Keys are compared as numbers modulo 2^64 (timebases,
 * virtual times), and so is their order; any two of them less than half the range apart. No lock:
 * the owner's.
 */
#ifndef HV_PQUEUE_H
#define HV_PQUEUE_H

#include "types.h"

struct pqueue_node {
	u64 key;
	u64 order; /* the owner's, set before the insertion: of equal keys the lesser comes first */
	struct pqueue_node *child;   /* the first of its children */
	struct pqueue_node *sibling; /* the next child of the same parent */
	struct pqueue_node *prev; /* the sibling before it, or the parent; NULL: the first of all */
	bool queued;
};

struct pqueue {
	struct pqueue_node *first; /* NULL: empty */
};

/* @node is in no queue. Of equal keys and orders any may come first. */
void pqueue_insert(struct pqueue *queue, struct pqueue_node *node, u64 key);

/* @node is in @queue. */
void pqueue_remove(struct pqueue *queue, struct pqueue_node *node);

/* The same for the first of @queue, which is not empty. */
void pqueue_remove_first(struct pqueue *queue);

#endif
