/* SPDX-License-Identifier: Apache-2.0 */
/* The management console of a machine of tests/unit/life_world.h: what it asks, what it is
 * answered. */
#ifndef TESTS_UNIT_CONSOLE_WORLD_H
#define TESTS_UNIT_CONSOLE_WORLD_H

#include "hmc/message.h"
#include "types.h"

#define CONSOLE_TEXT(reply) (((const struct hmc_refusal *)(reply))->text)

/* The last answer, its length, and how many there have been since console_reset(). */
extern struct console_seen {
	u8 bytes[1024];
	u32 length, count;
} console_seen;

/* Before each test, after world_setup() and, from the second on, before it too: no partition but
 * those of the world, no boot image. */
void console_reset(void);

/* Sends a message as it is, on the wire. */
void console_post(const void *message, u32 length);

/* Lets the machine work until there is nothing left to answer. */
void console_settle(void);

/*
 * Asks: @message of @length bytes begins with an hmc_control, which is filled in. Returns the
 * status, which must come within a few steps.
 */
u16 console_ask(u8 type, void *message, u32 length);

/* A profile that can be activated, but for @changed = @value; its length. @blob: 4 KiB. */
u32 console_profile(u8 *blob, const char *changed, u32 value);

/* The usual requests. */
u16 console_define(u16 lpar_id, const char *name);
u16 console_remove_lpar(u16 lpar_id);
u16 console_act(u16 lpar_id, u8 action, u64 token);
u16 console_vterm(u16 lpar_id, u8 action);
u16 console_send(u32 upload, u32 size, u32 offset, const void *bytes, u32 n);
u16 console_start(u16 lpar_id, const char *changed, u32 value, u64 token);
u16 console_put(u32 upload, const char *name, u32 kernel_size, u32 initrd_size, u32 crc);
u16 console_data(u32 upload, u32 offset, const void *bytes, u32 n);

/* The world's image under this name. */
void console_put_image(const char *name);

#endif
