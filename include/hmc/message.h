/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the frames (hmc/frame.h) between the hypervisor and the management daemon say.
 *
 * Channels. HMC_CHANNEL_CONTROL carries one message per frame. Every other channel carries one
 * stream of bytes each way, cut into frames of struct hmc_stream: the hypervisor's log (towards the
 * daemon only) and one console per partition.
 *
 * Control messages start with struct hmc_control. A request has an id that its sender chose, not 0;
 * the reply has the same id, the request's type with HMC_REPLY added, and a status. Requests may be
 * repeated with the same id until the reply comes: all of them ask for a state, so that doing one
 * twice is doing it once. Events have id 0; records before a reply have the id of the request. A
 * message longer than the receiver knows is read as far as it knows, a shorter one is answered with
 * HMC_BAD_LENGTH.
 *
 * Streams. A frame says where in its stream its bytes are. The receiver knows how many it has; it
 * skips what it has already and drops a frame that would leave a hole. Streams run on through
 * everything but a restart of the hypervisor (a new boot id), where all start at 0 again.
 *  - Towards the daemon the UART's own flow control is enough. The hypervisor remembers some of
 * what it has sent; a daemon that missed something asks with HMC_RESUME.
 *  - Towards the hypervisor, a console is sent no more than HMC_CREDIT allows, so that a partition
 *    that does not read never blocks the UART for others. HMC_CREDIT also says what has arrived.
 *    That something has not may mean that it is still on its way; HMC_TYPED is answered when all
 *    that was sent before it has arrived or is lost, so what is missing then is sent again.
 */
#ifndef HMC_MESSAGE_H
#define HMC_MESSAGE_H

#include "types.h"

#define HMC_CHANNEL_CONTROL 0
#define HMC_CHANNEL_LOG	    1
#define HMC_CHANNEL_CONSOLE 0x100 /* + lpar_id */

#define HMC_LPAR_ID_MAX 254 /* the least is 1 */
#define HMC_NAME_SIZE	32  /* with its terminating NUL */
#define HMC_REASON_SIZE 96  /* likewise */

/* One piece of a byte stream; on the wire as long as its data. */
struct hmc_stream {
	be32 offset; /* of data[0] in the stream, modulo 2^32 */
	u8 data[];
} __packed;

enum hmc_type {
	/* requests, daemon to hypervisor */
	HMC_HELLO = 1, /* are you there, which are you: hmc_control -> hmc_hello_reply */
	HMC_LIST,      /* hmc_control -> an HMC_PARTITION for each partition, then hmc_list_reply */
	HMC_RESUME,    /* send a stream again: hmc_resume -> hmc_resume_reply */
	HMC_TYPED,     /* what has arrived of a console's input: hmc_typed -> hmc_typed_reply */
	HMC_POWER,     /* the whole machine: hmc_power -> hmc_reply */
	HMC_STATS,     /* where processor time went: hmc_control -> records, then hmc_stats_reply */

	/* events, hypervisor to daemon */
	HMC_BOOT = 0x40, /* hmc_boot: before anything else, the hypervisor has started */
	HMC_PARTITION,	 /* hmc_partition: at creation, at every change, at HMC_LIST */
	HMC_CREDIT,	 /* hmc_credit */

	/* records before the reply to HMC_STATS */
	HMC_STATS_PROCESSOR = 0x60, /* hmc_stats_processor, one for each */
	HMC_STATS_PARTITION,	    /* hmc_stats_partition, one for each */

	HMC_REPLY = 0x80, /* added to the type of the request */
};

enum hmc_status {
	HMC_OK,
	HMC_UNKNOWN,	/* no such request in this version */
	HMC_BAD_LENGTH, /* too short for its type */
	HMC_BAD_VALUE,	/* a field is out of its range */
	HMC_REFUSED,	/* understood, but not possible now */
};

struct hmc_control {
	u8 type;
	be32 id;
} __packed;

struct hmc_reply {
	struct hmc_control control;
	be16 status;
} __packed;

/* Answered only when the hypervisor has finished starting and takes every other request. */
struct hmc_hello_reply {
	struct hmc_reply reply;
	be16 version; /* FRAME_VERSION */
	be64 boot_id; /* differs from one start of the hypervisor to the next */
} __packed;

struct hmc_list_reply {
	struct hmc_reply reply;
	be16 partitions; /* how many there are; whoever saw fewer of them asks again */
} __packed;

struct hmc_boot {
	struct hmc_control control;
	be16 version;
	be64 boot_id;
} __packed;

struct hmc_resume {
	struct hmc_control control;
	be16 channel;
	be32 offset; /* the first byte that the daemon does not have */
} __packed;

/* The stream's next frame starts at @offset: further on than asked for if older bytes are gone. */
struct hmc_resume_reply {
	struct hmc_reply reply;
	be16 channel;
	be32 offset;
} __packed;

struct hmc_typed {
	struct hmc_control control;
	be16 lpar_id;
} __packed;

struct hmc_typed_reply {
	struct hmc_reply reply;
	be16 lpar_id;
	be32 received; /* as in hmc_credit */
	be32 limit;
} __packed;

enum hmc_power_action {
	HMC_POWER_OFF = 1,
	HMC_POWER_REBOOT,
};

struct hmc_power {
	struct hmc_control control;
	u8 action; /* enum hmc_power_action */
} __packed;

/* Life of a partition, in the HMC's words. */
enum hmc_state {
	HMC_STATE_NOT_ACTIVATED,
	HMC_STATE_STARTING,
	HMC_STATE_OPEN_FIRMWARE,
	HMC_STATE_RUNNING,
	HMC_STATE_SHUTTING_DOWN,
	HMC_STATE_ERROR,
	HMC_STATE_REMOVED, /* the partition does not exist any more */
};

struct hmc_partition {
	struct hmc_control control;
	be16 lpar_id;
	u8 state;		      /* enum hmc_state */
	char name[HMC_NAME_SIZE];     /* NUL-terminated, and NUL behind that */
	char reason[HMC_REASON_SIZE]; /* likewise; of HMC_STATE_ERROR, for people */
} __packed;

/* Both are positions in the console's input stream, modulo 2^32. */
struct hmc_credit {
	struct hmc_control control;
	be16 lpar_id;
	be32 received; /* all before this byte has arrived */
	be32 limit;    /* nothing from this byte on may be sent */
} __packed;

/* How a partition has its processors: the HMC's sharing_mode. */
enum hmc_sharing_mode {
	HMC_SHARING_CAP,
	HMC_SHARING_UNCAP,
	HMC_SHARING_KEEP_IDLE_PROCS,
	HMC_SHARING_SHARE_IDLE_PROCS,
	HMC_SHARING_SHARE_IDLE_PROCS_ACTIVE,
	HMC_SHARING_SHARE_IDLE_PROCS_ALWAYS,
};

/*
 * What HMC_STATS says is the state at one time, which is in every record of it and in the reply;
 * ticks are those of the timebase. A physical processor: the three sum up to the time since it
 * started.
 */
struct hmc_stats_processor {
	struct hmc_control control;
	be64 timebase;
	be16 number;
	be16 owner;	 /* lpar_id of the partition that it is dedicated to; 0: shared pool */
	be64 partitions; /* ticks in which somebody was dispatched */
	be64 idle;	 /* nobody wanted it */
	be64 hypervisor; /* the hypervisor's own work */
} __packed;

/* A partition, with ticks since it was created. Of all partitions capped + uncapped is that part of
 * all processors' time in which somebody was dispatched. */
struct hmc_stats_partition {
	struct hmc_control control;
	be64 timebase;
	be16 lpar_id;
	u8 sharing_mode;  /* enum hmc_sharing_mode */
	u8 weight;	  /* present one; 0 also while not activated */
	be16 procs;	  /* virtual processors; 0: not activated */
	be16 units;	  /* present entitlement, hundredths of a processor */
	be64 entitled;	  /* ticks that it was entitled to while activated */
	be64 capped;	  /* used, within the entitlement or on dedicated processors */
	be64 uncapped;	  /* used beyond it */
	be64 idle;	  /* its dedicated processors waited for it */
	be64 donated;	  /* of its dedicated processors' time, used by others */
	be64 dispatches;  /* of virtual processors, a count */
	be64 dispersions; /* of these on another processor than the last time */
} __packed;

struct hmc_stats_reply {
	struct hmc_reply reply;
	be64 timebase;
	be16 processors; /* records of each kind; whoever saw fewer asks again */
	be16 partitions;
	be16 pool_procs; /* processors of the shared pool */
	be16 pool_units; /* entitlements of its partitions, hundredths of a processor */
	be64 timebase_hz;
} __packed;

#endif
