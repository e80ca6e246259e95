/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's end of the management UART: log, consoles and control messages (hmc/message.h)
 * as channels of one line. One per machine. Every function here is called with the link's lock
 * held, which its owner keeps; none blocks, allocates, or takes more time than its arguments say.
 */
#ifndef HV_LINK_H
#define HV_LINK_H

#include "hmc/message.h"
#include "hv/frame.h"
#include "hv/stream.h"
#include "types.h"

#define LINK_LOG_SIZE	  (64 * KiB)
#define LINK_CONSOLE_TX	  (16 * KiB)
#define LINK_CONSOLE_RX	  (1 * KiB)
#define LINK_CONSOLE_KEPT (4 * KiB) /* of LINK_CONSOLE_TX: what was sent, to send it again */
#define LINK_STREAM_MAX	  512	    /* bytes of one stream in one frame */
#define LINK_REPLY_MAX	  512	    /* bytes of a reply */
#define LINK_REPLIES_SIZE (8 * KiB)
#define LINK_LATER	  0xffff /* instead of a status: link_reply() comes, or the request is lost */

/* The UART, as its driver offers it. */
struct link_port {
	int (*tx_ready)(void *ctx);	/* bytes that tx takes now without waiting, 0 or more */
	void (*tx)(void *ctx, u8 byte); /* called at most as often as tx_ready said */
	int (*rx)(void *ctx);		/* the next byte, -1 when there is none */
};

/* What the link needs to know and tells. Called with the link's lock held. */
struct link_events {
	/*
	 * Fills in state, name and reason of a partition; all of them are zero before. Asked for
	 * partitions with an open console only.
	 */
	void (*describe)(void *ctx, u16 lpar_id, struct hmc_partition *partition);
	/* There is something for link_console_read() that was not there before. */
	void (*console_input)(void *ctx, u16 lpar_id);
	/*
	 * Fills in message @i of the answer to HMC_STATS, all but its id. Asked for in order: 0 is
	 * about the time of the call, and the reply is the last. Returns its length, at most
	 * LINK_STREAM_MAX; of 0 it may also be 0: ask again when the link is polled again.
	 */
	size_t (*stats)(void *ctx, u32 i, struct hmc_control *message);
	/*
	 * A request other than HELLO, LIST, RESUME, TYPED and STATS, which the link answers. The
	 * bytes are not trusted; @length, which is that of @request, is at least that of its
	 * header. Returns the enum hmc_status for the reply, or LINK_LATER; no more than
	 * HMC_REQUESTS_MAX requests may wait for link_reply() at once.
	 */
	u16 (*request)(void *ctx, const struct hmc_control *request, size_t length);
};

/* One partition's console. Belongs to the link from open to close. */
struct link_console {
	struct stream tx, rx;
	u32 granted; /* the limit that the daemon was told last */
	u8 tx_data[LINK_CONSOLE_TX];
	u8 rx_data[LINK_CONSOLE_RX];
};

/* A set of partitions by lpar_id; 0, which is none, is the log where streams are meant. */
struct link_set {
	u64 word[(HMC_LPAR_ID_MAX + 64) / 64];
};

struct link {
	const struct link_port *port;
	const struct link_events *events;
	void *ctx; /* for both */
	u64 boot_id;
	bool ready;	    /* link_ready() was called */
	bool boot_due;	    /* HMC_BOOT was not sent yet */
	u32 list_id;	    /* of an HMC_LIST not answered yet, 0 = none */
	u32 stats_id;	    /* of an HMC_STATS not answered yet, 0 = none */
	u32 stats_next;	    /* message of the answer that is due */
	bool stats_put_off; /* until the next poll */
	u32 last_index;	    /* of the stream that sent last */
	bool replied;	    /* a reply went last: streams are next */
	u32 about_streams;  /* replies that wait and have to go before anything of a stream */
	u16 partitions;	    /* with an open console */

	struct link_console *console[HMC_LPAR_ID_MAX + 1];
	u32 closed_tx[HMC_LPAR_ID_MAX + 1]; /* where the streams of closed consoles ended */
	u32 closed_rx[HMC_LPAR_ID_MAX + 1];
	struct link_set streams;  /* have something to send */
	struct link_set announce; /* HMC_PARTITION is due */
	struct link_set credit;	  /* HMC_CREDIT is due */

	struct stream log;
	u32 log_lost;	       /* lines that the mark at log_mark counts */
	u32 log_mark;	       /* its position in the ring */
	u32 log_mark_lines;    /* newlines in it */
	struct stream replies; /* each: length (two bytes), message */

	struct frame_decoder decoder;
	u32 wire_next, wire_end; /* of the frame being sent */
	u8 wire[FRAME_WIRE_MAX(sizeof(struct hmc_stream) + LINK_STREAM_MAX)];
	u8 log_data[LINK_LOG_SIZE];
	u8 replies_data[LINK_REPLIES_SIZE];
};

/*
 * Makes @link ready for use; before this nothing may be called. @boot_id differs from one start of
 * the hypervisor to the next (the timebase does).
 */
void link_init(struct link *link, const struct link_port *port, const struct link_events *events,
	       void *ctx, u64 boot_id);

/*
 * From now on HELLO is answered: the partitions of the plan exist and requests can be served.
 * Log and consoles work before.
 */
void link_ready(struct link *link);

/*
 * Opens the console of a new partition in @console, which belongs to the link until it is closed,
 * and announces the partition. Returns 0, or -1 if @lpar_id is not 1 ... HMC_LPAR_ID_MAX or is
 * open.
 */
int link_console_open(struct link *link, u16 lpar_id, struct link_console *console);

/* Closes it and announces that the partition is gone; what was not sent yet is dropped. */
void link_console_close(struct link *link, u16 lpar_id);

/* Tells the daemon about the partition: its state, name or reason changed. */
void link_announce(struct link *link, u16 lpar_id);

/* Answers a request that was put off: @length bytes, at most LINK_REPLY_MAX. */
void link_reply(struct link *link, const void *reply, u32 length);

/*
 * Queues @n (0 ... LINK_CONSOLE_TX - LINK_CONSOLE_KEPT) bytes of console output, all or nothing.
 * Returns 0, or -1 when they do not fit now or no console is open.
 */
int link_console_write(struct link *link, u16 lpar_id, const void *data, size_t n);

/* Bytes of console output that were not sent yet; 0 when no console is open. */
u32 link_console_waiting(const struct link *link, u16 lpar_id);

/* Takes up to @n bytes of console input. Returns how many there were. */
size_t link_console_read(struct link *link, u16 lpar_id, void *data, size_t n);

/*
 * Adds @n bytes, one or more whole lines with their newlines, to the log. When the log is full its
 * oldest lines give way, and one line says how many.
 */
void link_log_write(struct link *link, const char *text, size_t n);

/*
 * Moves up to @budget bytes each way. Returns how many moved; 0 means that nothing can be done
 * until the UART has room or input.
 */
u32 link_poll(struct link *link, u32 budget);

/* Is nothing left to be sent? Poll until then before powering off. */
bool link_idle(const struct link *link);

#endif
