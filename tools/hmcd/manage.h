/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hypervisor is asked to do with partitions and images, by threads (call.h). Functions
 * return 0, or -1 and in *@text why not, for people: a phrase without full stop, good until the
 * next call of the same thread.
 */
#ifndef TOOLS_HMCD_MANAGE_H
#define TOOLS_HMCD_MANAGE_H

#include "hmc/message.h"
#include "tools/hmcd/session.h"
#include "types.h"

int manage_system(struct hmc_system_reply *system, const char **text);

/* HMC_STATE_REMOVED: there is no such partition. */
int manage_describe(u32 lpar_id, struct hmc_partition *partition, const char **text);

int manage_define(u32 lpar_id, const char *name, const char **text);
int manage_remove(u32 lpar_id, const char **text);

/* Activates with a profile of @size bytes (blob_lpar_build()). */
int manage_activate(u32 lpar_id, const void *profile, size_t size, enum hmc_boot_mode mode,
		    const char **text);
int manage_action(u32 lpar_id, enum hmc_action_type action, const char **text);

/* No partition has this one's console any longer. */
int manage_take_console(u32 lpar_id, const char **text);
int manage_power(enum hmc_power_action action, const char **text);

/* The partition's first Ethernet adapter in @slot or behind it; false: none, or no answer. */
bool manage_eth(u32 lpar_id, u32 slot, struct hmc_eth_reply *eth);

/* The image at @index; false: there are not so many, or no answer. */
bool manage_image(u32 index, struct hmc_images_reply *image);

/*
 * Sends a boot image: @kernel_size bytes and then @initrd_size from the descriptors (the last -1:
 * none), through @memory (memory_open()) unless that is -1. @session, unless NULL, is told how far
 * it has come.
 */
int manage_image_put(const char *name, int kernel, u64 kernel_size, int initrd, u64 initrd_size,
		     u32 crc, int memory, struct session *session, const char **text);
int manage_image_remove(const char *name, const char **text);

#endif
