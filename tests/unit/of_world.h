/* SPDX-License-Identifier: Apache-2.0 */
/* A partition that has just been started through Open Firmware, and its client. */
#ifndef TESTS_UNIT_OF_WORLD_H
#define TESTS_UNIT_OF_WORLD_H

#include "hv/vp.h"
#include "partition/partition.h"

#define WORLD_VPS    4
#define WORLD_LMB    (64 * KiB)
#define WORLD_LMBS   96
#define WORLD_MEM    (WORLD_LMBS * WORLD_LMB)
#define WORLD_RMO    (64 * WORLD_LMB)
#define WORLD_IMAGE  (16 * WORLD_LMB) /* claimed, one LMB */
#define WORLD_INITRD (32 * WORLD_LMB) /* claimed, one LMB */

/* The partition "lp1", started; vp 0 runs, the others are stopped. */
extern struct partition partition;
extern struct vp vps[WORLD_VPS];

/* What the fakes saw since world_reset(). */
extern struct world {
	u32 fails, reboots, traces, refreshes, syncs;
	char reason[128]; /* of the last failure */
	char traced[9];	  /* the last service that was refused */
	u64 r1, r5;	  /* what of_start() said */
	int start;	  /* … and returned */
	char output[512]; /* of the console */
	u32 output_size, output_room;
	const char *input; /* for the console */
	u64 timebase;
} world;

/* Starts everything afresh. */
void world_reset(void);

/* … but for the contents of memory, and much faster. */
void world_restart(void);

/* Makes the hypervisor call behind the stub; returns what it leaves in R3. */
s64 world_hcall(u64 buffer);

/* Makes the call as the stub does: again and again while it is told to. */
s64 world_stub(u64 buffer);

/* Copies to and from the partition's memory. Room for arguments: see WORLD_PUT(). */
void world_write(u32 address, const void *from, u32 size);
void world_read(u32 address, void *to, u32 size);
u32 world_get(u32 address);

/* Puts bytes somewhere in the client's memory until the next world_call(); returns where. */
u32 world_put(const void *from, u32 size);
u32 world_string(const char *string);

/*
 * Calls @service. Returns its first result, or OF_NOT_FOUND when the call fails; all of them go to
 * @rets when it is not NULL.
 */
u32 world_call(const char *service, u32 nargs, u32 nret, const u32 *args, u32 *rets);

/* … with one result, and the arguments written out. */
#define WORLD_CALL(service, ...)                                                            \
	({                                                                                  \
		const u32 world_args[] = {__VA_ARGS__};                                     \
		world_call(service, sizeof(world_args) / sizeof(u32), 1, world_args, NULL); \
	})

#define WORLD_BUFFER 0x8000 /* of arguments */
#define WORLD_DATA   0x9000 /* for results; a page */

/* A test's set-up for cmocka: world_reset(), and the start must have gone well. */
int world_setup(void **state);

/* Services, as a client calls them. */
u32 client_finddevice(const char *path);
u32 client_getprop(u32 node, const char *name, void *value, u32 size);
u32 client_getprop_cell(u32 node, const char *name); /* OF_NOT_FOUND unless it is one cell */
u32 client_setprop(u32 node, const char *name, const void *value, u32 size);
u32 client_claim(u32 base, u32 size, u32 align);
bool client_release(u32 base, u32 size);

#endif
