/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The special-purpose registers this partition can write, found by trying all of them: whatever
 * can be written must be the partition's own.
 */
#ifndef GUEST_SPR_TABLE_H
#define GUEST_SPR_TABLE_H

#include "types.h"

#define SPR_TABLE_MAX 128

struct spr_entry {
	u16 number;
	u64 mask; /* bits that can be 0 and 1 */
	u64 set;  /* bits that must stay 1 */
};

extern struct spr_entry spr_table[SPR_TABLE_MAX];
extern u32 spr_count;

/* Fills the table. Needs the runtime's exception vectors. */
void spr_scan(void);

/* Reads and writes any SPR by number. */
u64 spr_read(u32 number);
void spr_write(u32 number, u64 value);

#endif
