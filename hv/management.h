/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management channel of this machine: the one link (hv/link.h) with the lock that it asks for.
 * Every function may be called on any processor, with no lock held except as said.
 */
#ifndef HV_MANAGEMENT_H
#define HV_MANAGEMENT_H

#include "hv/link.h"
#include "types.h"

/* What partitions and their consoles do about it; they register themselves. */
extern void (*management_console_input)(u16 lpar_id);
extern void (*management_describe)(u16 lpar_id, struct hmc_partition *partition);

/*
 * Takes a request about partitions, of @length bytes that are not trusted, to be answered soon with
 * management_reply(); without room for it, it is lost. The channel's lock is held. NULL: nobody
 * answers such requests.
 */
extern void (*management_request)(const struct hmc_control *request, size_t length);

/* From here on the log and consoles are collected; see link_init() for @boot_id. */
void management_init(u64 boot_id);

/* From here on they are sent over @port. */
void management_start(const struct link_port *port);

/* The partitions of the plan exist: requests are answered. */
void management_ready(void);

/* See the functions of the same name in hv/link.h. */
int management_console_open(u16 lpar_id, struct link_console *console);
int management_console_write(u16 lpar_id, const void *data, size_t n);
size_t management_console_read(u16 lpar_id, void *data, size_t n);
void management_console_close(u16 lpar_id);
void management_announce(u16 lpar_id);
void management_reply(const void *reply, u32 length);
void management_log(const char *text, size_t n);

/* Moves what waits, both ways, as much as belongs between two time slices: 0.1 ms. */
void management_poll(void);

/* Sends all that waits, for as long as the other side takes it, two seconds at most. */
void management_flush(void);

/*
 * For a hypervisor that is about to stop: takes the channel away from whoever is in it, which may
 * be the interrupted caller itself.
 */
void management_seize(void);

#endif
