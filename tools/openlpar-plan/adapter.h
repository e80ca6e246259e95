/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual adapters as people write them: lists in the HMC's syntax, one for each type.
 *
 *	virtual_serial_adapters, elements slot/client|server/[supports-hmc]/remote-lpar-id|any/
 *		[remote-lpar-name]/remote-slot|any/is-required
 *	virtual_scsi_adapters, elements slot/client|server/remote-lpar-id|any/
 *		[remote-lpar-name]/remote-slot|any/is-required
 *	virtual_eth_adapters, elements slot/is-ieee/port-vlan-id/[additional-vlan-ids]/
 *		[trunk-priority]/is-required[/[virtual-switch][/[mac-address][/[all][/[none]]]]]
 *
 * Elements are separated by commas; one that has commas itself stands in double quotes. A list
 * without elements is "none" or empty.
 */
#ifndef ADAPTER_H
#define ADAPTER_H

#include <stdio.h>
#include "config.h"

#define ADAPTER_TEXT_SIZE 512 /* of one element, with its final NUL */

/* The attribute's name. */
const char *adapter_list_name(enum adapter_list list);

/* What elements of the list look like, as told to people. */
const char *adapter_list_syntax(enum adapter_list list);

/*
 * Copies the first element of TEXT, without the quotes around it, to ELEMENT. Returns what is
 * behind it, for the next one, or NULL with the last; ELEMENT is empty if it is missing or too
 * long.
 */
const char *adapter_list_next(const char *text, char element[ADAPTER_TEXT_SIZE]);

/* Has the list no elements? */
bool adapter_list_is_empty(const char *text);

/*
 * Reads one element, for a bus of MAX_SLOTS slots. Returns false, with a message that ends with
 * the allowed values in parentheses in WHY (ADAPTER_TEXT_SIZE bytes), if it is wrong. A MAC address
 * that is not given is all 0; of NAME (PLAN_NAME_MAX + 1 bytes), the other partition's, likewise
 * the first byte.
 */
bool adapter_parse(enum adapter_list list, const char *element, u32 max_slots,
		   struct plan_adapter *adapter, char *name, char *why);

/* Is it one of those that a partition has anyway, the HMC's own? No other is in their slots. */
bool adapter_is_standard(const struct plan_adapter *adapter);

/*
 * Fills in what is not given in LPAR's lists, and adds a problem for each element that is wrong, or
 * is in the same slot as another one.
 */
void adapters_complete(struct config_lpar *lpar, struct problems *problems);

/* Adds a problem for each remote-lpar-name that is not that of CONFIG's partition with the ID. */
void adapters_check_names(const struct config *config, const struct config_lpar *lpar,
			  struct problems *problems);

/*
 * The adapters of LPAR, which is complete, in the order of their slots, without the standard ones.
 * Returns how many.
 */
u32 adapters_read(const struct config_lpar *lpar,
		  struct plan_adapter adapters[PLAN_VIRTUAL_SLOTS_MAX]);

/* Writes ADAPTER as an element that says everything; NAME of the other partition, "": not known. */
void adapter_print(FILE *file, const struct plan_adapter *adapter, const char *name);

/*
 * The same for those of the COUNT adapters that belong to the list, quoted as needed, and the one
 * that every partition has. NAMES: of the other partitions, an entry for each adapter, or NULL.
 * Returns a string for free().
 */
char *adapter_list_print(enum adapter_list list, const struct plan_adapter *adapters,
			 const char *const *names, u32 count);

/* The MAC address of an adapter that is given none, different for all in one system. */
void adapter_mac(const char *system_name, u32 lpar_id, u32 slot, u8 mac[PLAN_MAC_SIZE]);

#endif
