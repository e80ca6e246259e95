// SPDX-License-Identifier: Apache-2.0
#include "partition/image_store.h"
#include "hv/frame.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/page.h"
#include "hv/real.h"
#include "hv/work.h"
#include "partition/partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INITRD_ALIGN 8

static struct stored_image *images; /* those that have gone among them */

/* The one that is coming, or came last. */
static struct {
	u32 upload;		    /* 0: none */
	struct stored_image *image; /* NULL: it is complete */
	u32 size, received;	    /* bytes */
	u32 crc;		    /* of what was received */
	bool placed;		    /* it comes through memory: received is what was read of it */
	bool damaged;		    /* it has gone */
} incoming;

#define DAMAGED	    "the boot image was damaged on its way"
#define UNKNOWN	    "the transfer of this boot image was not begun, or another one was"
#define CHECK_BYTES (32 * KiB) /* between two looks at the clock */

/* --- memory --- */

static bool allocate(struct stored_image *image, u64 size)
{
	u64 lmb_size = 1UL << lmb_shift;

	if (size <= lmb_size / 2) {
		image->shift = page_shift_for(MAX(size, PAGE_MIN_SIZE));
		image->memory = page_alloc(image->shift);
		return image->memory != NULL;
	}
	image->lmbs = (u32)((size + lmb_size - 1) >> lmb_shift);
	image->first_lmb = lmb_alloc_run(LMB_HYPERVISOR, image->lmbs, 1, 0);
	if (image->first_lmb == LMB_NONE)
		return false;
	image->memory = real_ptr((u64)image->first_lmb << lmb_shift);
	return true;
}

static void destroy(struct stored_image *image)
{
	if (image->memory && !image->lmbs)
		page_free(image->memory, image->shift);
	for (u32 i = 0; image->memory && i < image->lmbs; i++)
		lmb_free(image->first_lmb + i);
	free(image);
}

/* --- the list --- */

static struct stored_image *find(const char *name)
{
	struct stored_image *image = images;

	while (image && (image->gone || strcmp(image->name, name) != 0))
		image = image->next;
	return image;
}

/* Takes the place of one with the same name. */
static void add(struct stored_image *image)
{
	struct stored_image *old = find(image->name);
	struct stored_image **end = &images;

	if (old)
		old->gone = true;
	while (*end)
		end = &(*end)->next;
	image->next = NULL;
	*end = image;
	image_store_reap();
}

static struct stored_image *create(const char *name)
{
	struct stored_image *image = calloc(1, sizeof(*image));

	if (!image)
		return NULL;
	snprintf(image->name, sizeof(image->name), "%s", name);
	image->image.name = image->name;
	return image;
}

bool image_store_add_planned(const struct plan_image *planned)
{
	struct stored_image *image = create(planned->name);

	if (!image) {
		log_line("no memory for the name of image %s", planned->name);
		return false;
	}
	image->image = *planned;
	image->image.name = image->name;
	image->planned = true;
	add(image);
	return true;
}

const struct stored_image *image_store_find(const char *name)
{
	return find(name);
}

const struct stored_image *image_store_at(u32 index)
{
	const struct stored_image *image = images;

	for (; image; image = image->next)
		if (!image->gone && index-- == 0)
			break;
	return image;
}

u32 image_store_count(void)
{
	u32 count = 0;

	for (const struct stored_image *image = images; image; image = image->next)
		count += !image->gone;
	return count;
}

static bool uses(const struct partition *partition, const struct stored_image *image)
{
	return partition && partition_has_resources(partition) &&
	       partition->profile.image.kernel == image->image.kernel;
}

u32 image_store_users(const struct stored_image *image)
{
	u32 users = 0;

	for (u32 id = 1; id <= LPAR_MAX_ID; id++)
		users += uses(partition_find(id), image);
	return users;
}

void image_store_reap(void)
{
	struct stored_image **place = &images;

	while (*place) {
		struct stored_image *image = *place;

		if (image->gone && image_store_users(image) == 0) {
			*place = image->next;
			destroy(image);
		} else {
			place = &image->next;
		}
	}
}

const char *image_store_remove(const char *name)
{
	struct stored_image *image = find(name);

	if (!image)
		return NULL;
	if (image->planned)
		return "the boot image came with the system plan and stays until the system is "
		       "powered off";
	if (image_store_users(image) != 0)
		return "partitions that were started from the boot image are active";
	image->gone = true;
	image_store_reap();
	return NULL;
}

/* --- receiving --- */

static void drop_incoming(void)
{
	if (incoming.image)
		destroy(incoming.image);
	memset(&incoming, 0, sizeof(incoming));
}

const char *image_store_begin(u32 upload, const char *name, u64 kernel_size, u64 initrd_size,
			      u32 crc)
{
	u64 initrd_at = ALIGN_UP(kernel_size, (u64)INITRD_ALIGN);
	struct stored_image *image;

	if (upload == incoming.upload)
		return incoming.damaged ? DAMAGED : NULL;
	drop_incoming();
	image = create(name);
	if (!image)
		return "the hypervisor has no memory for another boot image";
	if (!allocate(image, initrd_at + initrd_size)) {
		destroy(image);
		return "not enough free memory in one piece for the boot image";
	}
	image->crc = crc;
	image->image.kernel = image->memory;
	image->image.kernel_size = kernel_size;
	image->image.initrd = initrd_size ? (u8 *)image->memory + initrd_at : NULL;
	image->image.initrd_size = initrd_size;
	incoming.upload = upload;
	incoming.image = image;
	incoming.size = (u32)(kernel_size + initrd_size);
	return NULL;
}

/* Puts @n bytes, which are the next ones, where they belong. */
static void store(const u8 *bytes, u32 n)
{
	const struct plan_image *image = &incoming.image->image;
	u32 kernel_size = (u32)image->kernel_size;
	u8 *to = incoming.image->memory;
	u32 kernel_part = MIN(n, kernel_size - MIN(incoming.received, kernel_size));

	memcpy(to + incoming.received, bytes, kernel_part);
	if (n > kernel_part) {
		to += ALIGN_UP(kernel_size, INITRD_ALIGN) + incoming.received + kernel_part -
		      kernel_size;
		memcpy(to, bytes + kernel_part, n - kernel_part);
	}
	incoming.crc = frame_crc(incoming.crc, bytes, n);
	incoming.received += n;
}

/* All has been received. Its number stays, so that whoever asks again hears the same. */
static const char *complete(void)
{
	struct stored_image *image = incoming.image;

	if (incoming.crc != image->crc) {
		destroy(image);
		incoming.image = NULL;
		incoming.damaged = true;
		incoming.received = 0;
		return DAMAGED;
	}
	incoming.image = NULL;
	log_line("boot image %s: kernel of %lu bytes, initrd of %lu bytes", image->name,
		 (unsigned long)image->image.kernel_size, (unsigned long)image->image.initrd_size);
	add(image);
	return NULL;
}

const char *image_store_receive(u32 upload, u32 offset, const void *bytes, u32 n)
{
	const u8 *byte = bytes;
	u32 skip = incoming.received - offset;

	if (upload == 0 || upload != incoming.upload)
		return UNKNOWN;
	if (incoming.damaged)
		return DAMAGED;
	if (offset > incoming.size || n > incoming.size - offset)
		return "more bytes than the boot image was said to have";
	if (!incoming.image || incoming.placed || offset > incoming.received || skip >= n)
		return NULL;
	store(byte + skip, n - skip);
	return incoming.received == incoming.size ? complete() : NULL;
}

/* Reads some of what was placed. */
static void check(const struct plan_image *image)
{
	bool kernel = incoming.received < image->kernel_size;
	u32 end = kernel ? (u32)image->kernel_size : incoming.size;
	u32 n = MIN(end - incoming.received, (u32)CHECK_BYTES);
	const u8 *at =
		kernel ? (const u8 *)image->kernel + incoming.received
		       : (const u8 *)image->initrd + (incoming.received - image->kernel_size);

	incoming.crc = frame_crc(incoming.crc, at, n);
	incoming.received += n;
}

static bool check_step(struct work *work __unused)
{
	u64 end = machine_timebase() + machine.timebase_hz / 1000000 * WORK_STEP_US;

	while (incoming.image && incoming.placed && (s64)(end - machine_timebase()) > 0) {
		check(&incoming.image->image);
		if (incoming.received == incoming.size)
			complete();
	}
	return incoming.image && incoming.placed;
}

const char *image_store_check(u32 upload)
{
	static struct work work = {.step = check_step};

	if (upload == 0 || upload != incoming.upload)
		return UNKNOWN;
	if (incoming.damaged)
		return DAMAGED;
	if (!incoming.image || incoming.placed)
		return NULL;
	incoming.placed = true;
	incoming.received = 0;
	incoming.crc = 0;
	work_add(&work);
	return NULL;
}

const struct plan_image *image_store_incoming(u32 upload)
{
	return upload == incoming.upload && incoming.image ? &incoming.image->image : NULL;
}

u32 image_store_received(u32 upload)
{
	return upload == incoming.upload ? incoming.received : 0;
}
