/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and structures of the logical LAN. LoPAR "Interpartition Logical LAN (ILLAN) Option".
 * Bits of LoPAR's tables count from the most significant one of the doubleword.
 */
#ifndef PAPR_LLAN_H
#define PAPR_LLAN_H

#include "types.h"

/* Buffer descriptor: a doubleword in a register. LoPAR "Buffer Descriptor". */
#define LLAN_DESC_VALID		(1UL << 63)
#define LLAN_DESC_TOGGLE	(1UL << 62) /* of the receive queue's, in the buffer list */
#define LLAN_DESC_CONTROL_SHIFT 56
#define LLAN_DESC_LENGTH(desc)	((u32)((desc) >> 32) & 0xffffff)
#define LLAN_DESC_ADDRESS(desc) ((u32)(desc))

/* In the control byte of a message's first descriptor, and of its receive queue entry. */
#define LLAN_LARGE	   0x04
#define LLAN_NO_CHECKSUM   0x02
#define LLAN_CHECKSUM_GOOD 0x01
#define LLAN_OFFLOAD	   (LLAN_NO_CHECKSUM | LLAN_CHECKSUM_GOOD)
/* Of receive queue entries only. */
#define LLAN_ENTRY_VALID   0x80 /* on even rounds; on odd ones its absence */
#define LLAN_ENTRY_MESSAGE 0x40 /* there is a message in the buffer */

#define LLAN_SEND_BUFFERS 6

/* Buffer list: one page. LoPAR "Buffer List". */
#define LLAN_LIST_SIZE	  4096
#define LLAN_LIST_QUEUE	  0 /* descriptor of the receive queue */
#define LLAN_LIST_FILTER  8 /* descriptor of the multicast filter */
#define LLAN_LIST_DROPPED (LLAN_LIST_SIZE - 8)
#define LLAN_POOLS_MAX	  254

/* Receive queue entry. LoPAR "Receive Queue Entry". */
struct llan_entry {
	u8 control;
	u8 reserved;
	be16 offset; /* of the message in the buffer, bytes */
	be32 length;
	be64 handle;
};

/* Receive buffer. LoPAR "Receive Buffers". */
#define LLAN_BUFFER_MIN	    16
#define LLAN_BUFFER_ALIGN   4
#define LLAN_BUFFER_MESSAGE 8  /* earliest place of the message */
#define LLAN_BUFFER_MSS	    8  /* of a large one; its message is … */
#define LLAN_BUFFER_LARGE   16 /* … here or later */

/* H_MULTICAST_CTRL, flags and result in R4. */
#define LLAN_MCAST_MODIFY_ENABLE 0x80000
#define LLAN_MCAST_MODIFY_FILTER 0x40000
#define LLAN_MCAST_ENABLE	 0x20000
#define LLAN_MCAST_FILTER	 0x10000
#define LLAN_MCAST_TABLE	 0x3
#define LLAN_MCAST_TABLE_ADD	 0x1
#define LLAN_MCAST_TABLE_REMOVE	 0x2
#define LLAN_MCAST_TABLE_CLEAR	 0x3
#define LLAN_MCAST_FLAGS	 0xf0003

/* ILLAN attributes. LoPAR "H_ILLAN_ATTRIBUTES". */
#define LLAN_ATTR_LARGE		 0x10000 /* large send and receive enabled */
#define LLAN_ATTR_LARGE_SEND	 0x8000	 /* … can be enabled */
#define LLAN_ATTR_PADDED	 0x2000	 /* checksum offload works for padded packets */
#define LLAN_ATTR_SIZE_CONTROL	 0x1000	 /* only buffers of the smallest sufficient size */
#define LLAN_ATTR_PRIORITY	 0xf00	 /* of a trunk adapter */
#define LLAN_ATTR_PRIORITY_SHIFT 8
#define LLAN_ATTR_TCP6		 0x4
#define LLAN_ATTR_TCP4		 0x2
#define LLAN_ATTR_ACTIVE	 0x1 /* trunk adapter */

/* Least MSS that H_SEND_LOGICAL_LAN takes from those who enabled large send. */
#define LLAN_MSS_MIN 16

/* Subfunctions of H_VIOCTL. */
#define VIOCTL_LLAN_NR_VLANS  0x3
#define VIOCTL_LLAN_VLANS     0x4
#define VIOCTL_LLAN_SWITCH_ID 0x5

#endif
