/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime of the test partitions. A test defines test_name and main(); it has passed when
 * main() returns. The last line it prints is "TEST name: PASS" or "TEST name: FAIL reason".
 */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include "types.h"

extern const char test_name[];
extern u8 image_start[], image_end[];

/* The device tree this partition was entered with (libfdt). */
extern const void *guest_tree;

/* This partition's number ("ibm,partition-no"). */
extern u32 guest_id;

/* Ends the test: prints the FAIL line and powers the partition off. */
void test_fail(const char *file, int line, const char *format, ...) __printf(3, 4) __noreturn;

/* Ends the test as failed unless @condition; the rest is a printf format that says what was. */
#define check(condition, ...)                                       \
	do {                                                        \
		if (!(condition))                                   \
			test_fail(__FILE__, __LINE__, __VA_ARGS__); \
	} while (0)

/* The number after "@name=" in the boot arguments, or @otherwise. */
u64 guest_argument(const char *name, u64 otherwise);

/* Bytes of memory this partition has, and of its first memory node (the real-mode area). */
u64 guest_memory_size(void);
u64 guest_rmo_size(void);

/*
 * The largest run of memory below @limit that neither image, tree, initrd nor RTAS is in; 64 KiB
 * aligned.
 */
struct guest_run {
	u64 base, end;
};
struct guest_run guest_free_memory(u64 limit);

/* A pointer to logical address @address below the image, where C has no objects. */
static inline void *guest_low_memory(u64 address)
{
	void *pointer;

	__asm__("" : "=r"(pointer) : "0"(address));
	return pointer;
}

/* A repeatable stream of numbers. */
struct random {
	u64 state;
};
u64 random_next(struct random *random);

#endif
