/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's reader of the compiled system plan (include/hmc/plan.h). The plan comes from
 * outside and is not trusted: plan_open() looks at all of it before anything is used.
 */
#ifndef PARTITION_PLAN_H
#define PARTITION_PLAN_H

#include "hmc/adapter.h"
#include "hv/lpar.h"
#include "types.h"

/* A plan that plan_open() has accepted. It points into the blob. */
struct plan {
	const void *fdt;
	const char *system_name;
	u64 lmb_size;	/* bytes */
	u32 min_units;	/* for each virtual processor, hundredths */
	int partitions; /* offsets of nodes */
	int images;
	int files;
};

/* What a partition starts from. The bytes are aligned to 4 and nothing about them is checked. */
struct plan_image {
	const char *name;
	const void *kernel;
	size_t kernel_size; /* bytes, at least 1 */
	const void *initrd; /* NULL: none */
	size_t initrd_size;
};

struct plan_lpar {
	const char *name;
	u32 id;			 /* 1 to 254 */
	u64 mem;		 /* bytes, a multiple of the LMB size */
	u64 rmo_size;		 /* bytes, at most mem; 0: the hypervisor chooses */
	struct lpar_procs procs; /* minima up to maxima of 64; units fit the processors */
	bool open_firmware;	 /* false: entered through a flat device tree */
	const char *boot_args;
	struct plan_image image;
	u32 virtual_slots; /* PLAN_VIRTUAL_SLOTS_MIN to PLAN_VIRTUAL_SLOTS_MAX */
	u32 nr_adapters;   /* in them, the console not among them … */
	const void *fdt;   /* … for plan_next_adapter(): the blob, and the node there */
	int node;
};

/*
 * Checks the compiled plan BLOB, of which SIZE bytes may be read, and prepares PLAN for reading it:
 * a tree without damage, every value in its range, at most 64 partitions, no name or ID twice. The
 * blob must be aligned to 8 and stay as it is for as long as PLAN or anything read from it is used.
 * Returns 0, or -1 with the reason, a sentence for the log, in *REASON.
 */
int plan_open(struct plan *plan, const void *blob, size_t size, const char **reason);

/* The size of a logical memory block in bytes: 16, 32, 64, 128 or 256 MiB. */
u64 plan_lmb_size(const struct plan *plan);

/* The least entitlement for each virtual processor in hundredths of a processor: 0 to 10. */
u32 plan_min_units(const struct plan *plan);

/*
 * Reads the next partition into OUT; *CURSOR is 0 for the first and then belongs to this function.
 * Returns 1, 0 if there are no more, or -1 with the reason in *REASON (not after plan_open() has
 * accepted the plan).
 */
int plan_next_lpar(const struct plan *plan, int *cursor, struct plan_lpar *out,
		   const char **reason);

/*
 * Reads the next virtual adapter of LPAR, in no special order; *CURSOR as above. Each is in a slot
 * of its own below the partition's number of slots. Returns false when there are no more. What LPAR
 * was read from is still there.
 */
bool plan_next_adapter(const struct plan_lpar *lpar, int *cursor, struct plan_adapter *out);

/* Reads the next boot image in the same way. */
int plan_next_image(const struct plan *plan, int *cursor, struct plan_image *out,
		    const char **reason);

/*
 * Reads the profile BLOB, of which SIZE bytes may be read, aligned to 8 and not trusted: a flat
 * tree whose root is like a partition's node of the plan, but without a name and an ID, and with an
 * image that only has a name. Limits are those of this machine. OUT points into the blob. Returns
 * NULL, or what is wrong with it, a phrase for people.
 */
const char *plan_read_profile(const void *blob, size_t size, u64 lmb_size, u32 min_units,
			      struct plan_lpar *out);

#endif
