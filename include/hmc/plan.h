/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled system plan: one flat device tree that openlpar-plan writes and the hypervisor
 * reads (QEMU passes it as the initrd). Property names, numeric limits and the rule for names,
 * shared by both sides. Numbers are plain decimal so that messages can quote them.
 *
 *	/ {
 *		compatible = "openlpar,plan"; plan-version = <3>;
 *		system-name = "…"; mem-region-size = <MiB>;
 *		min-proc-units-per-virtual-proc = <units>;
 *		partitions { lpar@ID { lpar-name = "…"; lpar-id = <ID>; desired-mem = <MiB>;
 *			min-mem = <MiB>; max-mem = <MiB>; absent: desired-mem; the daemon's;
 *			min-procs = <N>; desired-procs = <N>; max-procs = <N>;
 *			min-proc-units = <units>; desired-proc-units = <units>;
 *			max-proc-units = <units>; all three 0: dedicated processors;
 *			sharing-mode = "…"; uncap-weight = <N>, 0 unless uncapped;
 *			boot-image = <index>; boot-mode = "of" or "fdt"; boot-args = "…";
 *			rmo-size = <MiB>, absent: the hypervisor chooses;
 *			max-virtual-slots = <N>;
 *			slot@SLOT { virtual-slot-num = <SLOT>; adapter-type = "…"; is-required =
 *<0|1>; eth: ieee-virtual-eth = <0|1>; port-vlan-id = <N>; addl-vlan-ids = <N …>, ascending,
 *absent: none; trunk-priority = <N>, 0: none; vswitch = "…"; mac-addr = [6 bytes]; serial:
 *supports-hmc = <0|1>; serial and scsi: remote-lpar-id = <ID>; remote-slot-num = <SLOT>,
 *				PLAN_PEER_ANY: any; }; … }; … };
 *		each with profile-name = "…", absent: "default"; default-profile = "…", absent:
 *			profile-name; the daemon's;
 *		defined { lpar@ID …, those that do not start by themselves; the daemon's };
 *		profiles { profile@INDEX { lpar-id = <ID>; auto-start = <0|1>; and what else a
 *			partition has; }; … }; the daemon's;
 *		images { image@INDEX { image-name = "…"; kernel = <file index>;
 *			initrd = <file index>, absent: none; }; … };
 *		files { file@INDEX { data = [bytes, aligned to 4]; }; … };
 *	};
 *
 * Units are hundredths of a processor. The numbers after "@" are lower-case hexadecimal.
 */
#ifndef HMC_PLAN_H
#define HMC_PLAN_H

#include <string.h>
#include "hmc/adapter.h"
#include "types.h"

#define PLAN_COMPATIBLE "openlpar,plan"
#define PLAN_VERSION	3

#define PLAN_PROP_COMPATIBLE	   "compatible"
#define PLAN_PROP_VERSION	   "plan-version"
#define PLAN_PROP_SYSTEM_NAME	   "system-name"
#define PLAN_PROP_MEM_REGION_SIZE  "mem-region-size"
#define PLAN_PROP_MIN_UNITS_PER_VP "min-proc-units-per-virtual-proc"

#define PLAN_NODE_PARTITIONS	  "partitions"
#define PLAN_NODE_DEFINED	  "defined"
#define PLAN_NODE_LPAR		  "lpar@%x"
#define PLAN_NODE_PROFILES	  "profiles"
#define PLAN_NODE_PROFILE	  "profile@%x"
#define PLAN_PROP_PROFILE_NAME	  "profile-name"
#define PLAN_PROP_DEFAULT_PROFILE "default-profile"
#define PLAN_PROP_AUTO_START	  "auto-start"
#define PLAN_PROP_LPAR_NAME	  "lpar-name"
#define PLAN_PROP_LPAR_ID	  "lpar-id"
#define PLAN_PROP_MIN_MEM	  "min-mem"
#define PLAN_PROP_DESIRED_MEM	  "desired-mem"
#define PLAN_PROP_MAX_MEM	  "max-mem"
#define PLAN_PROP_SHARING_MODE	  "sharing-mode"
#define PLAN_PROP_MIN_PROCS	  "min-procs"
#define PLAN_PROP_DESIRED_PROCS	  "desired-procs"
#define PLAN_PROP_MAX_PROCS	  "max-procs"
#define PLAN_PROP_MIN_UNITS	  "min-proc-units"
#define PLAN_PROP_DESIRED_UNITS	  "desired-proc-units"
#define PLAN_PROP_MAX_UNITS	  "max-proc-units"
#define PLAN_PROP_UNCAP_WEIGHT	  "uncap-weight"
#define PLAN_PROP_RMO_SIZE	  "rmo-size"
#define PLAN_PROP_BOOT_IMAGE	  "boot-image"
#define PLAN_PROP_BOOT_IMAGE_NAME "boot-image-name" /* in a profile, hmc/message.h */
#define PLAN_PROP_BOOT_MODE	  "boot-mode"
#define PLAN_PROP_BOOT_ARGS	  "boot-args"

#define PLAN_PROP_VIRTUAL_SLOTS	 "max-virtual-slots"
#define PLAN_NODE_SLOT		 "slot@%x"
#define PLAN_PROP_SLOT		 "virtual-slot-num"
#define PLAN_PROP_ADAPTER_TYPE	 "adapter-type"
#define PLAN_PROP_REQUIRED	 "is-required"
#define PLAN_PROP_IEEE		 "ieee-virtual-eth"
#define PLAN_PROP_PORT_VLAN_ID	 "port-vlan-id"
#define PLAN_PROP_VLAN_IDS	 "addl-vlan-ids"
#define PLAN_PROP_TRUNK_PRIORITY "trunk-priority"
#define PLAN_PROP_VSWITCH	 "vswitch"
#define PLAN_PROP_MAC		 "mac-addr"
#define PLAN_PROP_SUPPORTS_HMC	 "supports-hmc"
#define PLAN_PROP_REMOTE_LPAR	 "remote-lpar-id"
#define PLAN_PROP_REMOTE_SLOT	 "remote-slot-num"

#define PLAN_NODE_IMAGES     "images"
#define PLAN_NODE_IMAGE	     "image@%x"
#define PLAN_PROP_IMAGE_NAME "image-name"
#define PLAN_PROP_KERNEL     "kernel"
#define PLAN_PROP_INITRD     "initrd"

#define PLAN_NODE_FILES "files"
#define PLAN_NODE_FILE	"file@%x"
#define PLAN_PROP_DATA	"data"

#define PLAN_BOOT_MODE_OF  "of"
#define PLAN_BOOT_MODE_FDT "fdt"

/* The HMC's sharing_mode: two for shared processors, four for dedicated ones. */
enum plan_sharing {
	PLAN_CAP,
	PLAN_UNCAP,
	PLAN_KEEP_IDLE,
	PLAN_SHARE_IDLE,
	PLAN_SHARE_IDLE_ACTIVE,
	PLAN_SHARE_IDLE_ALWAYS,
	PLAN_SHARING_MODES, /* how many; none of them */
};

/* The whole compiled plan, MiB: what fits below skiboot when it is the initrd of a powernv machine.
 */
#define PLAN_SIZE_MAX	128
#define PLAN_LPARS_MAX	64
#define PLAN_IMAGES_MAX 64
/* Besides the one that every partition has. */
#define PLAN_PROFILES_MAX 512
/* What a partition's profile is called unless it is said otherwise. */
#define PLAN_PROFILE_NAME "default"

#define PLAN_NAME_MIN 1
#define PLAN_NAME_MAX 31
/* The HMC's forbidden characters, and "/" because console log files carry the name. */
#define PLAN_NAME_REFUSED "()<>*$&?|[]'\"`/"

/* A Linux command line of the powerpc architecture has room for 2048 bytes with its final NUL. */
#define PLAN_BOOT_ARGS_MAX 2047

#define PLAN_LPAR_ID_MIN	      1
#define PLAN_LPAR_ID_MAX	      254
#define PLAN_DESIRED_MEM_MIN	      64      /* MiB */
#define PLAN_DESIRED_MEM_MAX	      1048576 /* MiB */
#define PLAN_PROCS_MIN		      1
#define PLAN_PROCS_MAX		      64
#define PLAN_UNITS_PER_PROC	      100
#define PLAN_UNITS_MIN		      1
#define PLAN_UNITS_MAX		      6400 /* for each of the processors 1.00 */
#define PLAN_MIN_UNITS_PER_VP_MIN     0	   /* no rule */
#define PLAN_MIN_UNITS_PER_VP_MAX     10
#define PLAN_MIN_UNITS_PER_VP_DEFAULT 10
#define PLAN_UNCAP_WEIGHT_MAX	      255
#define PLAN_UNCAP_WEIGHT_DEFAULT     128
#define PLAN_MEM_REGION_SIZE_MIN      16  /* MiB, a power of two */
#define PLAN_MEM_REGION_SIZE_MAX      256 /* MiB */
#define PLAN_MEM_REGION_SIZE_DEFAULT  16  /* MiB */
#define PLAN_RMO_SIZE_MIN	      32  /* MiB, a power of two */
#define PLAN_RMO_SIZE_MAX	      256 /* MiB */

/* Is NAME fit to name a system, an image or a partition (the HMC's rule for partition names)? */
static inline bool plan_name_valid(const char *name)
{
	size_t length = strlen(name);

	if (length < PLAN_NAME_MIN || length > PLAN_NAME_MAX)
		return false;
	if (name[0] == ' ' || name[length - 1] == ' ')
		return false;
	for (; *name != '\0'; name++)
		if (*name < ' ' || *name > '~' || strchr(PLAN_NAME_REFUSED, *name) != NULL)
			return false;
	return true;
}

/* Is ARGS fit to be a partition's boot arguments: printable ASCII, short enough for Linux? */
static inline bool plan_boot_args_valid(const char *args)
{
	if (strlen(args) > PLAN_BOOT_ARGS_MAX)
		return false;
	for (; *args != '\0'; args++)
		if (*args < ' ' || *args > '~')
			return false;
	return true;
}

static inline const char *plan_sharing_name(enum plan_sharing mode)
{
	static const char *const names[PLAN_SHARING_MODES] = {
		"cap",
		"uncap",
		"keep_idle_procs",
		"share_idle_procs",
		"share_idle_procs_active",
		"share_idle_procs_always",
	};

	return names[mode];
}

/* The mode with this NAME, or PLAN_SHARING_MODES. */
static inline enum plan_sharing plan_sharing_find(const char *name)
{
	u32 mode = 0;

	while (mode < PLAN_SHARING_MODES &&
	       strcmp(name, plan_sharing_name((enum plan_sharing)mode)) != 0)
		mode++;
	return (enum plan_sharing)mode;
}

/* What PLAN_PROP_ADAPTER_TYPE says of this kind. */
static inline const char *plan_adapter_name(enum plan_adapter_kind kind)
{
	static const char *const names[PLAN_ADAPTER_KINDS] = {
		"console", "eth", "serial-client", "serial-server", "scsi-client", "scsi-server",
	};

	return names[kind];
}

static inline bool plan_adapter_is_serial(enum plan_adapter_kind kind)
{
	return kind == PLAN_ADAPTER_SERIAL_CLIENT || kind == PLAN_ADAPTER_SERIAL_SERVER;
}

/* May an adapter have this MAC address: an individual one, not all 0? */
static inline bool plan_mac_valid(const u8 mac[PLAN_MAC_SIZE])
{
	static const u8 none[PLAN_MAC_SIZE];

	return (mac[0] & 1) == 0 && memcmp(mac, none, PLAN_MAC_SIZE) != 0;
}

/* Are UNITS an entitlement for PROCS virtual processors, when each needs LEAST or more? */
static inline bool plan_units_fit(u32 units, u32 procs, u32 least)
{
	return units >= procs * least && units <= procs * PLAN_UNITS_PER_PROC;
}

/* Is SIZE (MiB) a size an LMB may have: 16, 32, 64, 128 or 256? */
static inline bool plan_mem_region_size_valid(u32 size)
{
	return IS_POW2(size) && size >= PLAN_MEM_REGION_SIZE_MIN &&
	       size <= PLAN_MEM_REGION_SIZE_MAX;
}

/* Is SIZE (MiB) a size a real-mode region may have: 32, 64, 128 or 256? */
static inline bool plan_rmo_size_valid(u32 size)
{
	return IS_POW2(size) && size >= PLAN_RMO_SIZE_MIN && size <= PLAN_RMO_SIZE_MAX;
}

#endif
