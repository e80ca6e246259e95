/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration a plan file describes: a system, its images and its logical partitions.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "hmc/plan.h"
#include "problem.h"

#define CONFIG_UNSET (~0U) /* a number that is not given */

/* Strings point into the text the configuration was parsed from. Sizes are in MiB. */
struct config_system {
	unsigned int line; /* 0: no sys record */
	const char *name;
	u32 mem_region_size; /* 0: a wrong one was given */
	u32 min_units;	     /* for each virtual processor, hundredths; CONFIG_UNSET: a wrong one */
};

struct config_image {
	unsigned int line;
	const char *name;
	const char *kernel;
	const char *initrd; /* NULL: none */
	size_t kernel_file; /* indices of the files, set by files_open() */
	size_t initrd_file;
};

/* Units are hundredths of a processor. Before the defaults are filled in: CONFIG_UNSET. */
struct config_procs {
	bool dedicated;
	enum plan_sharing sharing_mode; /* PLAN_SHARING_MODES: not given */
	u32 min_procs, desired_procs, max_procs;
	u32 min_units, desired_units, max_units;
	u32 uncap_weight;
	bool mode_refused, number_refused; /* a wrong one was given */
};

/* The lists of virtual adapters (adapter.h). */
enum adapter_list {
	ADAPTER_LIST_SERIAL,
	ADAPTER_LIST_SCSI,
	ADAPTER_LIST_ETH,
	ADAPTER_LISTS, /* how many; none of them */
};

/* A partition with one profile, or another profile of the partition of that name. */
struct config_lpar {
	unsigned int line;
	const char *name;
	u32 id;
	const char *profile_name;
	const char *default_profile;	   /* NULL: this one */
	u32 min_mem, desired_mem, max_mem; /* 0: not given, before the defaults are filled in */
	struct config_procs procs;
	u32 rmo_size; /* 0: the hypervisor chooses */
	const char *boot_image;
	const char *boot_mode;
	const char *boot_args;
	u32 max_virtual_slots;		     /* CONFIG_UNSET: a wrong one was given */
	const char *adapters[ADAPTER_LISTS]; /* as they were written */
	bool stays;			     /* does not start by itself */
	size_t image;			     /* index of the image record that boot_image names */
};

struct config {
	struct config_system system;
	struct config_image images[PLAN_IMAGES_MAX];
	size_t image_count;
	struct config_lpar lpars[PLAN_LPARS_MAX];
	size_t lpar_count;
	struct config_lpar profiles[PLAN_PROFILES_MAX];
	size_t profile_count;
	bool image_lost; /* an image record whose name is not known: references are not judged */
};

/* The partition that is described in LINE, with nothing given yet. */
void config_lpar_init(struct config_lpar *lpar, unsigned int line);

/*
 * Completes LPAR with the defaults for a machine that is SYSTEM, and adds a problem for each
 * attribute that does not go with the others.
 */
void config_lpar_complete(struct config_lpar *lpar, const struct config_system *system,
			  struct problems *problems);

/*
 * Reads the plan TEXT (SIZE bytes and a final NUL; changed, and kept by CONFIG) and completes it
 * with the defaults. Returns whether CONFIG is fit to be compiled; every reason why it is not has
 * been added to PROBLEMS.
 */
bool config_parse(struct config *config, char *text, size_t size, struct problems *problems);

#endif
