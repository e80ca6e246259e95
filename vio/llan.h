/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logical LAN adapter: a port of a virtual switch, with a partition's receive buffers behind
 * it. LoPAR "Interpartition Logical LAN (ILLAN) Option".
 *
 * Receive buffers are in pools by size. A pool is a list that goes through the buffers themselves,
 * in the word behind the handle; the hypervisor keeps where it begins. What the partition does to
 * that word can only lead to another place in its own window.
 *
 * Locks: @config around changes that the partition makes, then the switch's gate; @lock around the
 * receive side, inside the gate, and under it the adapter's interrupt.
 */
#ifndef VIO_LLAN_H
#define VIO_LLAN_H

#include "hv/lock.h"
#include "papr/llan.h"
#include "types.h"
#include "vio/adapter.h"
#include "vio/checksum.h"
#include "vio/mcast_filter.h"
#include "vio/packet.h"
#include "vio/vswitch.h"

/* What has gone through a port since activation. Frames in count as the receiver's, out … */
struct llan_stats {
	u64 out_frames, out_bytes; /* … as the sender's: what it sent and a switch took; atomic */
	u64 in_frames, in_bytes;   /* these and what follows: @lock */
	u64 in_groups;		   /* of them to a group or all */
	u64 in_large;		   /* of them with LLAN_LARGE */
	u64 no_buffer;		   /* dropped: no buffer that is large enough */
	u64 unmapped;		   /* … its queue or buffer is not mapped */
	u64 unknown;		   /* of those sent, dropped: nobody has the address; atomic */
	u64 refused; /* … standby trunk, port not registered, not its address; atomic */
	u64 invalid; /* … H_PARAMETER: VLAN, descriptors, memory, protocol; atomic */
};

struct llan_pool {
	u32 size; /* of a buffer, bytes */
	u32 first;
};

struct llan {
	struct adapter adapter;
	struct vswitch_port port;
	struct lock config;
	u64 attributes; /* LLAN_ATTR_… it has enabled; change only while not registered */
	struct lock lock;
	bool registered;		    /* @config too */
	u32 buffer_list, queue, queue_size; /* I/O addresses, bytes */
	u32 queue_at;			    /* where the next entry goes */
	u8 valid;			    /* LLAN_ENTRY_VALID or 0 */
	u32 nr_pools;
	struct llan_pool pool[LLAN_POOLS_MAX]; /* by size */
	struct mcast_filter filter;
	struct llan_stats stats;
	u64 dropped; /* no_buffer since it was registered */
};

static inline struct llan *llan_of_port(struct vswitch_port *port)
{
	return container_of(port, struct llan, port);
}

extern const struct adapter_type llan_type;

/* The adapter that a partition's call is about, by its unit address in R4, or NULL. */
struct llan *llan_find(const struct vp *vp);

/* As H_FREE_LOGICAL_LAN: afterwards nobody writes into the partition's memory. Takes all locks. */
void llan_unregister(struct llan *llan);

static inline void llan_count(u64 *counter, u64 n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/* --- the receive side (vio/llan_receive.c) --- */

/* No buffers, @queue_at the start of the queue; @lock is held. */
void llan_receive_reset(struct llan *llan);

/* H_ADD_LOGICAL_LAN_BUFFER and H_FREE_LOGICAL_LAN_BUFFER; @lock is held, it is registered. */
s64 llan_add_buffer(struct llan *llan, u64 descriptor);
s64 llan_return_buffer(struct llan *llan, u64 size);

/* Tells the partition the state of @llan's queue in its buffer list; @lock is held. */
void llan_write_queue_descriptor(struct llan *llan);

/* A message for one receiver: the beginning of the copy, and what is left of the packet. */
struct llan_message {
	const u8 *head;
	u32 head_length;
	u32 rest, rest_length; /* in @packet, for packet_copy() */
	u8 control;	       /* LLAN_LARGE, LLAN_OFFLOAD */
	u16 mss;	       /* told to the receiver beside LLAN_LARGE */
	/*
	 * Unless NULL: where in the head to put the checksum of what @sum is, and the first
	 * @sum_rest bytes of the rest.
	 */
	u8 *checksum;
	struct checksum sum;
	u32 sum_rest;
};

enum llan_result {
	LLAN_DELIVERED,
	LLAN_DROPPED,
	LLAN_UNWANTED, /* a group's frame that the receiver filters out */
	LLAN_SENDER,   /* the sender's memory is not mapped */
};

/* Delivers @message of @packet. Inside of the gate, through which @llan was found. */
enum llan_result llan_receive(struct llan *llan, const struct packet *packet,
			      struct llan_message *message);

/* --- sending to one receiver (vio/llan_forward.c) --- */

/* What the sender said about the frame. */
struct llan_order {
	struct packet *packet;
	u32 vlan;
	u8 control; /* LLAN_LARGE, LLAN_OFFLOAD */
	u16 mss;    /* 0: none */
};

/*
 * Sends the frame to @to as what that can take: with or without tag, checksum, in segments. From
 * segment *@segment on, while *@budget is more than 0, from which it takes what it spends;
 * *@segment is 0 when all is done. *@dropped becomes true when a message was. Returns false when
 * the sender's memory is not mapped. Inside of the gate, through which @to was found.
 */
bool llan_forward(struct llan *to, const struct llan_order *order, u32 *segment, s64 *budget,
		  bool *dropped);

#endif
