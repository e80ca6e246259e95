/* SPDX-License-Identifier: Apache-2.0 */
/* A link under test (hv/link.h), with a wire that the test reads and writes. */
#ifndef TESTS_UNIT_LINK_WIRE_H
#define TESTS_UNIT_LINK_WIRE_H

#include "hv/link.h"

#define WIRE_SIZE (256 * KiB)
#define CONSOLES  3
#define BOOT_ID	  0x1122334455667788UL

extern struct link *const l;
extern struct link_console console[CONSOLES + 1];
extern const struct link_port port;
extern const struct link_events events;

/* The wire: what the link sends and is sent. */
extern u8 out[WIRE_SIZE], in[WIRE_SIZE];
extern size_t out_length, in_length, in_next;
extern int uart_room; /* bytes that the UART takes until the test makes more room */

/* What the callbacks saw, and what the next request is answered. */
extern u32 inputs[CONSOLES + 1];
extern u32 requests;
extern u32 pictures; /* that HMC_STATS has taken */
extern u32 put_off;  /* how often it cannot before */
extern u16 request_status;

/* The last of each kind of frame that drain() went over, and a count. */
struct seen {
	u32 frames, boots, hellos, partitions, credits, lists, resumes, typeds, others;
	u32 stats_processors, stats_partitions, stats_replies;
	struct hmc_boot boot;
	struct hmc_hello_reply hello;
	struct hmc_partition partition;
	struct hmc_credit credit;
	struct hmc_list_reply list;
	struct hmc_resume_reply resume;
	struct hmc_typed_reply typed;
	struct hmc_reply other; /* the beginning of one of other_length bytes */
	u32 other_length;
	struct hmc_stats_processor stats_processor;
	struct hmc_stats_partition stats_partition;
	struct hmc_stats_reply stats_reply;
	u32 stream_frames[CONSOLES + 1]; /* 0 is the log */
	u32 stream_offset[CONSOLES + 1]; /* of the next byte, from the last frame */
	size_t text_length[CONSOLES + 1];
	char text[CONSOLES + 1][WIRE_SIZE];
	int order[4096]; /* channel of each frame; for control frames -type */
};

extern struct seen seen;

/* For every test: a link that is ready, with CONSOLES consoles, and has said so. */
int setup(void **state);

/* Decodes what the link has put on the wire so far. */
void drain(void);

/* Lets the link work until nothing moves, with all the room it wants. */
void settle(void);

/* Clears seen. */
void forget(void);

void send_frame(u16 channel, const void *a, size_t na, const void *b, size_t nb);
void send_control(u8 type, u32 id);
void send_resume(u16 channel, u32 offset);
void send_input(u16 lpar_id, u32 offset, const void *data, size_t n);

/* Console output and log lines that must be taken. */
void put(u16 lpar_id, const char *text);
void log_put(const char *text);

/* Fills a console until it takes no more; returns how many bytes it took. */
u32 fill(u16 lpar_id);

/* All that was seen of a stream; 0 is the log. */
void assert_text(u32 index, const char *expected);

/* The last credit seen. */
void assert_credit(u16 lpar_id, u32 received, u32 limit);

#endif
