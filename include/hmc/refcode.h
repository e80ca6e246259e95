/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference codes: how far a partition has come, and what went wrong. One line each: name, number,
 * what it means to people, what to do about it (empty for progress). docs/refcodes.md is made of
 * this. The first byte is that of the codes of POWER systems for the same thing: C2 and D2 for the
 * start and the end of a partition, CA for its firmware's progress, B2 for what stopped it.
 */
#ifndef HMC_REFCODE_H
#define HMC_REFCODE_H

#include "types.h"

#define REFCODE_LIST(CODE)                                                                        \
	CODE(NONE, 0x00000000, "not activated, nothing to report", "")                            \
	CODE(ASSIGN, 0xc2001000, "processors and memory are being assigned", "")                  \
	CODE(CLEAR, 0xc2003000, "memory is being cleared", "")                                    \
	CODE(LOAD, 0xc2004000, "the boot image is being loaded", "")                              \
	CODE(ENTER_FDT, 0xc2008000, "the boot image was started with a flat device tree", "")     \
	CODE(ENTER_OF, 0xca00e140, "Open Firmware has started the boot image", "")                \
	CODE(CAS, 0xca260203, "the operating system and the firmware agree on what both can", "") \
	CODE(RUNNING, 0xca00e1ff, "the operating system has taken over from Open Firmware", "")   \
	CODE(OS_POWER_OFF, 0xd2001000, "the operating system powers off", "")                     \
	CODE(OS_RESTART, 0xd2001001, "the operating system restarts", "")                         \
	CODE(POWER_OFF, 0xd2002000, "powered off by the management console", "")                  \
	CODE(RESTART, 0xd2002001, "restarted by the management console", "")                      \
	CODE(EPOW, 0xd2003000, "the operating system was told to shut down", "")                  \
	CODE(EPOW_READ, 0xd2003001, "the operating system has read that it is to shut down", "")  \
	CODE(DUMP, 0xd2004000, "the operating system was given a system reset", "")               \
	CODE(NO_PROCS, 0xb2001110, "not enough processors or processing units",                   \
	     "Lower the profile's processors, or stop partitions that have them.")                \
	CODE(NO_MEMORY, 0xb2001120, "not enough memory",                                          \
	     "Lower the profile's memory, or stop partitions that have it.")                      \
	CODE(NO_RMO, 0xb2001121, "no run of memory for the real-mode region",                     \
	     "Give the profile a smaller rmo_size, or stop partitions.")                          \
	CODE(NO_ROOM, 0xb2001130, "no memory for the hypervisor's own needs",                     \
	     "Stop partitions, or remove boot images.")                                           \
	CODE(NO_ADAPTER, 0xb2001140, "a virtual adapter cannot be had",                           \
	     "See the message, and change the profile's virtual adapters.")                       \
	CODE(BAD_IMAGE, 0xb2002210, "the boot image cannot be loaded",                            \
	     "Replace the boot image: it has to be an ELF file for POWER.")                       \
	CODE(BIG_INITRD, 0xb2002220, "the initrd does not fit behind the boot image",             \
	     "Give the profile more memory.")                                                     \
	CODE(SMALL_RMO, 0xb2002230, "no room for the firmware in the real-mode region",           \
	     "Give the profile a larger rmo_size.")                                               \
	CODE(OF_FATAL, 0xb2003210, "the client of Open Firmware gave up",                         \
	     "See the partition's console.")                                                      \
	CODE(FATAL, 0xb2003000, "the hypervisor ended the partition",                             \
	     "See the reason that lssyscfg shows, and the hypervisor's log.")                     \
	CODE(OS_TERMINATED, 0xb2003110, "the operating system gave up",                           \
	     "See the partition's console.")

enum refcode {
#define REFCODE_ENUM(name, number, meaning, action) REFCODE_##name = (int)number,
	REFCODE_LIST(REFCODE_ENUM)
#undef REFCODE_ENUM
};

/* What CODE means, or NULL. */
static inline const char *refcode_meaning(u32 code)
{
	switch (code) {
#define REFCODE_CASE(name, number, meaning, action) \
	case number:                                \
		return meaning;
		REFCODE_LIST(REFCODE_CASE)
#undef REFCODE_CASE
	default:
		return NULL;
	}
}

/* What to do about CODE, NULL if it is not known, empty for mere progress. */
static inline const char *refcode_action(u32 code)
{
	switch (code) {
#define REFCODE_CASE(name, number, meaning, action) \
	case number:                                \
		return action;
		REFCODE_LIST(REFCODE_CASE)
#undef REFCODE_CASE
	default:
		return NULL;
	}
}

#endif
