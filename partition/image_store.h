/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot images that the machine has: those of the system plan, and those that came over the
 * management channel, which are in LMBs or pages of the hypervisor's. One that is removed or
 * replaced stays for the partitions that were started from it. Everything here is called while the
 * machine starts, or as work (hv/work.h).
 */
#ifndef PARTITION_IMAGE_STORE_H
#define PARTITION_IMAGE_STORE_H

#include "hmc/message.h"
#include "partition/plan.h"
#include "types.h"

struct stored_image {
	char name[HMC_NAME_SIZE];
	struct plan_image image; /* its name is the one above */
	u32 crc;		 /* of all its bytes; 0 if it came with the plan */
	bool planned;

	void *memory;	     /* NULL if it came with the plan */
	u32 first_lmb, lmbs; /* 0 LMBs: pages */
	u32 shift;	     /* of those */
	bool gone;	     /* only kept for those that were started from it */
	struct stored_image *next;
};

/* Image of the plan, which stays. Returns false (logged) without memory for its name. */
bool image_store_add_planned(const struct plan_image *image);

/* The image with this name, or with this place among all, or NULL; and how many there are. */
const struct stored_image *image_store_find(const char *name);
const struct stored_image *image_store_at(u32 index);
u32 image_store_count(void);

/* How many partitions are active that were started from it. */
u32 image_store_users(const struct stored_image *image);

/*
 * Begins to receive an image, number @upload: @name is proper. The one that is being received under
 * another number is dropped. Returns NULL, or why that cannot be, a phrase for people.
 */
const char *image_store_begin(u32 upload, const char *name, u64 kernel_size, u64 initrd_size,
			      u32 crc);

/*
 * @n bytes that begin at @offset. What has been received before is skipped, and what would leave a
 * hole ignored. With the last byte the image is there. Returns NULL, or a phrase for people.
 */
const char *image_store_receive(u32 upload, u32 offset, const void *bytes, u32 n);

/*
 * All bytes of upload @upload have been written to where they belong (image_store_incoming()), by
 * somebody who does not write there any more: reads them, as work of its own. Asked again it
 * changes nothing. Returns NULL, or a phrase for people, also when what was there was not the
 * image.
 */
const char *image_store_check(u32 upload);

/* The image that upload @upload is to become; NULL: it is complete, or unknown. */
const struct plan_image *image_store_incoming(u32 upload);

/* Bytes of upload @upload received and read so far, from the first on; 0 if it is unknown. */
u32 image_store_received(u32 upload);

/* Removes the image with this name. Returns NULL, also when there is none, or why it cannot be. */
const char *image_store_remove(const char *name);

/* Frees what has gone and is not used any more. */
void image_store_reap(void);

#endif
