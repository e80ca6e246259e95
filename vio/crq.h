/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command/response queues (CRQs): messages of 16 bytes from an adapter to the one it is connected
 * with, into a queue in the receiver's memory. Which two adapters may be connected is in their
 * profiles; they are when both have registered a queue.
 * LoPAR "Reliable Command/Response Transport Option".
 *
 * Whoever is told by a transport event that its partner has gone may still be about to send to that
 * one, or to copy. So it may be connected again at once, and receive, but it reaches nobody until
 * it has done with the old one: it has taken the event from its queue and sends an initialization
 * entry, or it registers again. Other messages would be against the protocol: LoPAR "Connection
 * Establishment".
 *
 * Locks: the connection lock around registering, freeing, opening and closing in the whole
 * machine; then the gate of an adapter, which is closed while its partner changes, and inside of
 * which its partner is there and stays; then the lock of the queue that is written; below it the
 * interrupt.
 */
#ifndef VIO_CRQ_H
#define VIO_CRQ_H

#include "hv/lock.h"
#include "papr/crq.h"
#include "types.h"
#include "vio/adapter.h"
#include "vio/gate.h"

struct vp;

/* An adapter with a queue. */
struct crq {
	struct adapter adapter;
	struct plan_peer peer; /* who may be its partner */
	struct crq *next;      /* of the same partition; connection lock */
	struct gate gate;
	struct crq *partner; /* NULL: not connected; connection lock and gate, to read either */
	struct crq *target;  /* the same, or NULL until this one has done with the partner before */
	struct lock lock;    /* what follows; */
	u64 queue;	     /* I/O address */
	u64 size;	     /* bytes; 0: not registered, changes with the connection lock too */
	u64 at;		     /* offset of the next entry */
	u32 reminders;	     /* how often crq_enabled() has signaled the last entry */
	u64 event;	     /* offset of the last transport event; with the connection lock too */
	bool is_told;	     /* of a partner's end, and has not done with it; likewise */
};

static inline struct crq *crq_of(struct adapter *adapter)
{
	return container_of(adapter, struct crq, adapter);
}

/*
 * The adapter of @vp's partition with this unit address, any number, if it has a queue; else NULL:
 * H_PARAMETER.
 */
struct crq *crq_find(const struct vp *vp, u64 unit_address);

/* For adapter_type: the adapter can be found by those that want to be its partner, or no more. */
bool crq_open(struct adapter *adapter, const struct plan_adapter *plan, char *reason);
void crq_close(struct adapter *adapter);

/*
 * For adapter_type: signals the interrupt when there is something in the queue; of the same entry,
 * if interrupts were disabled in between, only so often.
 */
void crq_enabled(struct adapter *adapter, bool again);

/* For adapter_type: frees the queue because the partition ended, which the partner is told. */
void crq_reset(struct adapter *adapter);

/*
 * Registers [@queue, @queue + @size) of the adapter's window, which the caller has looked at.
 * H_SUCCESS: connected; H_CLOSED: no partner waits for it; H_RESOURCE: its only one has another
 * partner, or this one is registered already; H_NOT_FOUND: there is no such partner.
 */
s64 crq_register(struct crq *crq, u64 queue, u64 size);

/* Frees the queue, if there is one; the partner is told. */
void crq_free(struct crq *crq);

/*
 * Sends to the partner of @crq. H_SUCCESS; H_CLOSED: there is none, or @crq has not done with the
 * one before; H_DROPPED: its queue is full, or not mapped for reading and writing.
 */
s64 crq_send(struct crq *crq, u64 high, u64 low);

/*
 * Who may be or is the partner of @crq: *@lpar_id and *@slot. Returns false when it could be more
 * than one and none is connected.
 */
bool crq_partner(struct crq *crq, u32 *lpar_id, u32 *slot);

#endif
