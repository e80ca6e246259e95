// SPDX-License-Identifier: Apache-2.0
#include "partition/activation.h"
#include "hv/cache.h"
#include "hv/cpu.h"
#include "hv/lmb.h"
#include "hv/log.h"
#include "hv/machine.h"
#include "hv/msr.h"
#include "hv/page.h"
#include "hv/pool.h"
#include "hv/vp.h"
#include "partition/partition.h"
#include "partition/tree.h"

#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLEAR_PIECE  (128 * KiB)
#define COPY_PIECE   (16 * KiB)
#define RMO_DEFAULT  (128 * MiB)
#define RMO_SMALL    (32 * MiB)
#define INITRD_ALIGN (64 * KiB)
#define TREE_ALIGN   (64 * KiB)
/* What an image may use behind its end before it looks where its tree and initrd are. */
#define IMAGE_GAP (16 * MiB)

/* --- allocation --- */

static u64 rmo_size_for(const struct plan_lpar *profile)
{
	u64 size = profile->rmo_size;

	if (!size)
		size = profile->mem >= RMO_DEFAULT ? RMO_DEFAULT : RMO_SMALL;
	return MAX(size, 1UL << lmb_shift);
}

/* The activation cannot be, for this reason. */
static int __printf(3, 4)
	refuse(struct partition *partition, enum refcode code, const char *format, ...)
{
	struct activation *activation = &partition->activation;
	va_list args;

	activation->refusal = code;
	va_start(args, format);
	vsnprintf(activation->reason, sizeof(activation->reason), format, args);
	va_end(args);
	return -1;
}

static int refuse_own_needs(struct partition *partition)
{
	return refuse(partition, REFCODE_NO_ROOM, "no memory for the hypervisor's own needs");
}

static int allocate_memory(struct partition *partition)
{
	struct lpar *lpar = &partition->lpar;
	u64 rmo_size = rmo_size_for(&partition->profile);
	struct rmo rmo = cpu_rmo(rmo_size);
	u32 count = (u32)(partition->profile.mem >> lmb_shift);
	u32 rmo_lmbs = (u32)(rmo_size >> lmb_shift);
	u32 first;

	lpar->map.lmb = calloc(count, sizeof(*lpar->map.lmb));
	if (!lpar->map.lmb)
		return refuse_own_needs(partition);
	first = lmb_alloc_run_at(lpar->id, rmo_lmbs, (u32)(rmo.align >> lmb_shift),
				 (u32)(rmo.offset >> lmb_shift), 0);
	if (first == LMB_NONE)
		return refuse(partition, REFCODE_NO_RMO,
			      "no aligned run of %lu MiB of memory is free for the RMO",
			      (unsigned long)(rmo_size / MiB));
	lpar->rmo_size = rmo_size;
	lpar->rmo_real = (u64)first << lmb_shift;
	lpar->lpcr = rmo.lpcr;
	for (; lpar->map.nr_lmbs < rmo_lmbs; lpar->map.nr_lmbs++)
		lpar->map.lmb[lpar->map.nr_lmbs] = first + lpar->map.nr_lmbs;
	for (; lpar->map.nr_lmbs < count; lpar->map.nr_lmbs++) {
		u32 lmb = lmb_alloc(lpar->id, lpar->map.nr_lmbs);

		if (lmb == LMB_NONE)
			return refuse(partition, REFCODE_NO_MEMORY,
				      "%lu MiB of memory are not free",
				      (unsigned long)(partition->profile.mem / MiB));
		lpar->map.lmb[lpar->map.nr_lmbs] = lmb;
	}
	return 0;
}

/* The number of virtual processors and what they are entitled to. */
static int claim_processors(struct partition *partition)
{
	char reason[LPAR_REASON_SIZE];

	if (pool_claim(&partition->lpar, &partition->activation.procs, reason, sizeof(reason)))
		return 0;
	partition->activation.procs = 0;
	return refuse(partition, REFCODE_NO_PROCS, "%s", reason);
}

static u32 vps_shift(const struct partition *partition)
{
	return page_shift_for(partition->activation.procs * sizeof(struct vp));
}

static int allocate_processors(struct partition *partition)
{
	struct lpar *lpar = &partition->lpar;
	u32 procs = partition->activation.procs;
	struct vp *vps = page_alloc(vps_shift(partition));

	if (!vps)
		return refuse_own_needs(partition);
	memset(vps, 0, procs * sizeof(*vps));
	for (u32 i = 0; i < procs; i++) {
		vps[i].lpar = lpar;
		vps[i].number = i;
		vps[i].state = VP_STOPPED;
		lpar->vps[i] = &vps[i];
	}
	/* Consoles may ask for one that an interrupt goes to at any time: lpar_vp(). */
	__atomic_store_n(&lpar->nr_vps, procs, __ATOMIC_RELEASE);
	pool_attach(lpar);
	return 0;
}

static int allocate_tables(struct partition *partition)
{
	struct hpt *hpt = &partition->lpar.hpt;

	hpt->shift = hpt_shift_for(partition->profile.mem);
	hpt->table = page_alloc(hpt->shift);
	partition->tree_size = 1UL << page_shift_for(tree_size(partition));
	partition->tree = page_alloc(page_shift_for(partition->tree_size));
	return hpt->table && partition->tree ? 0 : refuse_own_needs(partition);
}

/* What others have to add. */
static int open_parts(struct partition *partition)
{
	char reason[LPAR_REASON_SIZE];

	for (const struct activation_part *const *line = __start_activation_parts;
	     line < __stop_activation_parts; line++)
		if (!(*line)->open(partition, reason))
			return refuse(partition, REFCODE_NO_ADAPTER, "%s", reason);
	return 0;
}

static u64 parts_memory(const struct partition *partition)
{
	u64 bytes = 0;

	for (const struct activation_part *const *line = __start_activation_parts;
	     line < __stop_activation_parts; line++)
		bytes += (*line)->memory(partition);
	return bytes;
}

static void log_allocated(const struct partition *partition)
{
	const struct lpar *lpar = &partition->lpar;
	u64 own = sizeof(*partition) + (1UL << vps_shift(partition)) + partition->tree_size +
		  lpar->map.nr_lmbs * sizeof(*lpar->map.lmb) + parts_memory(partition);

	log_line("partition %s: %u virtual processors, %u.%02u %s, %lu MiB, RMO %lu MiB, "
		 "hypervisor memory %lu bytes, page table %lu bytes",
		 lpar->name, lpar->nr_vps, lpar->share.units / SHARE_UNITS_PER_PROC,
		 lpar->share.units % SHARE_UNITS_PER_PROC,
		 lpar_dedicated(lpar) ? "dedicated" : "shared",
		 (unsigned long)(lpar_mem_size(lpar) / MiB), (unsigned long)(lpar->rmo_size / MiB),
		 (unsigned long)own, 1UL << lpar->hpt.shift);
}

/* --- what takes long: in pieces, as many as a step has time for --- */

static u64 step_end(void)
{
	return machine_timebase() + machine.timebase_hz / 1000000 * WORK_STEP_US;
}

static bool is_over(u64 end)
{
	return (s64)(end - machine_timebase()) <= 0;
}

/* These return whether there is more. */

static bool clear_some(struct partition *partition)
{
	struct activation *activation = &partition->activation;
	struct lpar *lpar = &partition->lpar;
	u64 end = step_end();

	do {
		cache_clear(lpar_ptr(lpar, activation->cleared, CLEAR_PIECE), CLEAR_PIECE);
		activation->cleared += CLEAR_PIECE;
	} while (activation->cleared < lpar_mem_size(lpar) && !is_over(end));
	return activation->cleared < lpar_mem_size(lpar);
}

static bool load_some(struct partition *partition)
{
	u64 end = step_end();
	bool more;

	do
		more = image_copy(&partition->activation.image, &partition->lpar, COPY_PIECE);
	while (more && !is_over(end));
	return more;
}

static bool load_initrd_some(struct partition *partition)
{
	struct activation *activation = &partition->activation;
	const u8 *initrd = partition->profile.image.initrd;
	u64 size = partition->profile.image.initrd_size, end = step_end(), n;

	while (activation->initrd_copied < size && !is_over(end)) {
		n = MIN(size - activation->initrd_copied, COPY_PIECE);
		lpar_copy_out(&partition->lpar, activation->initrd_base + activation->initrd_copied,
			      initrd + activation->initrd_copied, n);
		activation->initrd_copied += n;
	}
	return activation->initrd_copied < size;
}

/* --- loading --- */

/*
 * The initrd goes below @rmo_top in the RMO if that leaves the image room to work, else to the top
 * of memory, not below @bottom.
 */
static int place_initrd(struct partition *partition, u64 rmo_top, u64 bottom)
{
	struct activation *activation = &partition->activation;
	const struct plan_image *image = &partition->profile.image;
	u64 top = rmo_top;

	if (activation->image.end + IMAGE_GAP + image->initrd_size > top)
		top = lpar_mem_size(&partition->lpar);
	activation->initrd_base = ALIGN_DOWN(top - MIN(image->initrd_size, top), INITRD_ALIGN);
	if (image->initrd_size == 0)
		return 0;
	if (activation->initrd_base < (top == rmo_top ? activation->image.end : bottom)) {
		partition_fail(partition, REFCODE_BIG_INITRD,
			       "initrd of %lu bytes does not fit behind the image",
			       (unsigned long)image->initrd_size);
		return -1;
	}
	return 0;
}

/* --- starting --- */

/* Before the memory is cleared: others may have access to it still. */
static void reset_parts(struct partition *partition)
{
	for (const struct activation_part *const *line = __start_activation_parts;
	     line < __stop_activation_parts; line++)
		(*line)->reset(partition);
}

static void reset(struct partition *partition)
{
	struct lpar *lpar = &partition->lpar;

	lpar->lpcr &= LPCR_RMLS;
	lpar->pcr = 0;
	/* An Open Firmware client instantiates RTAS in 32-bit mode; a flat tree has it in 64-bit.
	 */
	lpar->start_msr = partition->profile.open_firmware ? 0 : MSR_SF;
	hpt_clear(&lpar->hpt);
	__atomic_store_n(&lpar->tlb_stale, ~0U, __ATOMIC_RELEASE);
	ics_reset(lpar);
	nvram_prepare(&partition->nvram);
	for (lpar_reset_hook *const *hook = __start_reset_hooks; hook < __stop_reset_hooks; hook++)
		(*hook)(lpar);
}

/* The memory is clear: everything else is as at a first start, too, and the image fits. */
static int open_image(struct partition *partition)
{
	const struct plan_image *image = &partition->profile.image;
	const char *reason;

	reset(partition);
	if (image_open(&partition->lpar, image->kernel, image->kernel_size,
		       partition->lpar.rmo_size, &partition->activation.image, &reason) == 0)
		return 0;
	partition_fail(partition, REFCODE_BAD_IMAGE, "image %s: %s", image->name, reason);
	return -1;
}

/* The firmware's tree or its place in the partition could not be made: not the partition's fault.
 */
static int start_failed(struct partition *partition)
{
	partition_fail(partition, REFCODE_SMALL_RMO,
		       "no room for the firmware in the RMO of %lu MiB",
		       (unsigned long)(partition->lpar.rmo_size / MiB));
	return -1;
}

/*
 * Entered with r3 = flat tree, r4 = image, r5 = 0, in 64-bit mode. RTAS and the tree are at the top
 * of the RMO, the initrd below them or behind the RMO.
 */
static int start_fdt(struct partition *partition)
{
	struct activation *activation = &partition->activation;
	u64 rtas = partition->lpar.rmo_size - RTAS_STUB_SIZE;
	u64 tree = ALIGN_DOWN(rtas - partition->tree_size, TREE_ALIGN);
	struct vp *vp = partition->lpar.vps[0];

	if (activation->image.end + IMAGE_GAP > tree)
		return start_failed(partition);
	if (place_initrd(partition, tree, partition->lpar.rmo_size) != 0)
		return -1;
	if (rtas_instantiate(partition, rtas) != 0 ||
	    tree_build(partition, partition->tree, activation->initrd_base,
		       partition->profile.image.initrd_size) != 0 ||
	    !lpar_copy_out(&partition->lpar, tree, partition->tree, fdt_totalsize(partition->tree)))
		return start_failed(partition);
	vp_reset(vp, activation->image.entry, tree);
	vp->gpr[2] = activation->image.toc;
	vp->gpr[4] = activation->image.base;
	return 0;
}

/*
 * Where the initrd ends for a client of Open Firmware: soon behind the image. Linux takes memory
 * for RTAS and its tree from between there and the end of the RMO. 0: not in the RMO.
 */
static u64 initrd_top_of(const struct partition *partition)
{
	u64 top = ALIGN_UP(partition->activation.image.end, INITRD_ALIGN) + IMAGE_GAP +
		  ALIGN_UP(partition->profile.image.initrd_size, INITRD_ALIGN);

	return top + IMAGE_GAP <= partition->lpar.rmo_size ? top : 0;
}

/*
 * Entered by Open Firmware with r3, r4 = initrd, r5 = client interface, in 32-bit mode.
 * LoPAR "Initial Register Values", "Client Program Requirements".
 */
static int start_of(struct partition *partition)
{
	struct activation *activation = &partition->activation;
	u64 initrd_size = partition->profile.image.initrd_size;
	struct vp *vp = partition->lpar.vps[0];
	u64 r1, r5;

	if (place_initrd(partition, initrd_top_of(partition), activation->image.end) != 0)
		return -1;
	of_reset(partition);
	if (!of_claim(partition, activation->image.base,
		      activation->image.end - activation->image.base) ||
	    (initrd_size && !of_claim(partition, activation->initrd_base, initrd_size)) ||
	    tree_build(partition, partition->tree, activation->initrd_base, initrd_size) != 0 ||
	    of_start(partition, &r1, &r5) != 0)
		return start_failed(partition);
	vp_reset(vp, activation->image.entry, initrd_size ? activation->initrd_base : 0);
	vp->msr |= MSR_FP;
	vp->gpr[1] = r1;
	vp->gpr[2] = activation->image.toc;
	vp->gpr[4] = initrd_size;
	vp->gpr[5] = r5;
	return 0;
}

/* --- the steps --- */

void activation_begin(struct partition *partition)
{
	bool again = partition->activation.step != ACTIVATION_ALLOCATE;

	partition->activation = (struct activation){
		.step = again ? ACTIVATION_CLEAR : ACTIVATION_ALLOCATE,
		.procs = partition->activation.procs,
	};
}

bool activation_allocate(struct partition *partition)
{
	refcode_add(partition, REFCODE_ASSIGN, "");
	if (claim_processors(partition) != 0 || allocate_memory(partition) != 0 ||
	    allocate_processors(partition) != 0 || allocate_tables(partition) != 0 ||
	    open_parts(partition) != 0) {
		activation_release(partition);
		refcode_add(partition, partition->activation.refusal, "");
		return false;
	}
	log_allocated(partition);
	partition->activation.step = ACTIVATION_CLEAR;
	return true;
}

int activation_step(struct partition *partition)
{
	struct activation *activation = &partition->activation;
	bool open_firmware = partition->profile.open_firmware;

	switch (activation->step) {
	case ACTIVATION_ALLOCATE:
		if (activation_allocate(partition))
			return 1;
		partition_fail(partition, activation->refusal, "%s", activation->reason);
		return -1;
	case ACTIVATION_CLEAR:
		if (activation->cleared == 0) {
			refcode_add(partition, REFCODE_CLEAR, "");
			reset_parts(partition);
		}
		if (clear_some(partition))
			return 1;
		refcode_add(partition, REFCODE_LOAD, partition->profile.image.name);
		activation->step = ACTIVATION_LOAD;
		return open_image(partition) == 0 ? 1 : -1;
	case ACTIVATION_LOAD:
		if (!load_some(partition))
			activation->step = ACTIVATION_START;
		return 1;
	case ACTIVATION_START:
		activation->step = ACTIVATION_RUN;
		return (open_firmware ? start_of(partition) : start_fdt(partition)) == 0 ? 1 : -1;
	default:
		if (load_initrd_some(partition))
			return 1;
		refcode_add(partition, open_firmware ? REFCODE_ENTER_OF : REFCODE_ENTER_FDT,
			    partition->profile.image.name);
		partition_run(partition,
			      open_firmware ? PARTITION_OPEN_FIRMWARE : PARTITION_RUNNING);
		return 0;
	}
}

void activation_release(struct partition *partition)
{
	struct lpar *lpar = &partition->lpar;
	struct vp *vps;

	for (const struct activation_part *const *line = __start_activation_parts;
	     line < __stop_activation_parts; line++)
		(*line)->close(partition);
	pool_release(lpar);
	ics_reset(lpar); /* no interrupt finds a processor from here on */
	vps = lpar->nr_vps ? lpar->vps[0] : NULL;
	__atomic_store_n(&lpar->nr_vps, 0, __ATOMIC_RELEASE);
	page_free(vps, vps_shift(partition));
	page_free(lpar->hpt.table, lpar->hpt.shift);
	lpar->hpt.table = NULL;
	if (partition->tree)
		page_free(partition->tree, page_shift_for(partition->tree_size));
	partition->tree = NULL;
	for (u32 i = 0; i < lpar->map.nr_lmbs; i++)
		lmb_free(lpar->map.lmb[i]);
	lpar->map.nr_lmbs = 0;
	free(lpar->map.lmb);
	lpar->map.lmb = NULL;
	partition->activation.step = ACTIVATION_ALLOCATE;
	partition->activation.procs = 0;
}
