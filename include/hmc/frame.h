/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames on the management UART, the same in both directions: asynchronous framing as HDLC does it
 * (RFC 1662), around
 *
 *	u8 version, be16 channel, 0 ... FRAME_PAYLOAD_MAX bytes of payload, be32 CRC
 *
 * FRAME_FLAG stands before and behind every frame and nowhere else; between them FRAME_FLAG and
 * FRAME_ESCAPE are sent as FRAME_ESCAPE and the byte ^ FRAME_FLIP. The CRC is CRC-32 (IEEE 802.3:
 * reflected 0xedb88320, starting value and final exclusive-or all ones) over everything before it.
 * A receiver that sees anything else drops what it has and goes on at the next flag.
 */
#ifndef HMC_FRAME_H
#define HMC_FRAME_H

#define FRAME_FLAG   0x7e
#define FRAME_ESCAPE 0x7d
#define FRAME_FLIP   0x20

/* Counts up when the meaning of a byte in a frame or message changes. */
#define FRAME_VERSION 1

#define FRAME_PAYLOAD_MAX 1024
#define FRAME_HEADER	  3
#define FRAME_TRAILER	  4
#define FRAME_BODY_MAX	  (FRAME_HEADER + FRAME_PAYLOAD_MAX + FRAME_TRAILER)

/* Bytes that a frame with @n bytes of payload takes at most on the wire. */
#define FRAME_WIRE_MAX(n) (2 * (FRAME_HEADER + (n) + FRAME_TRAILER) + 2)

#endif
