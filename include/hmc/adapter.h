/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual adapters as a profile has them: what the host programs read from people and write into
 * plans, and what the hypervisor reads there. Names and limits are the HMC's.
 */
#ifndef HMC_ADAPTER_H
#define HMC_ADAPTER_H

#include "types.h"

/*
 * Slots of a partition: 0 to max_virtual_slots - 1. The first ones are not for profiles: 0 is the
 * partition's console, 1 stays empty (on an HMC both are its own).
 */
#define PLAN_SLOT_CONSOLE	   0
#define PLAN_SLOT_MIN		   2
#define PLAN_VIRTUAL_SLOTS_MIN	   2
#define PLAN_VIRTUAL_SLOTS_MAX	   256
#define PLAN_VIRTUAL_SLOTS_DEFAULT 10

enum plan_adapter_kind {
	PLAN_ADAPTER_CONSOLE, /* in slot 0 of every partition; no profile names it */
	PLAN_ADAPTER_ETH,
	PLAN_ADAPTER_SERIAL_CLIENT,
	PLAN_ADAPTER_SERIAL_SERVER,
	PLAN_ADAPTER_SCSI_CLIENT,
	PLAN_ADAPTER_SCSI_SERVER,
	PLAN_ADAPTER_KINDS, /* how many; none of them */
};

#define PLAN_VLAN_MIN		1
#define PLAN_VLAN_MAX		4094
#define PLAN_VLANS_MAX		20 /* beside the port's own */
#define PLAN_TRUNK_PRIORITY_MAX 15
#define PLAN_MAC_SIZE		6
#define PLAN_VSWITCH_NAME_MAX	31 /* and as a name of anything else: plan_name_valid() */
#define PLAN_VSWITCHES_MAX	16
#define PLAN_VSWITCH_DEFAULT	"ETHERNET0"

/* PLAN_ADAPTER_ETH: a port of a virtual switch. */
struct plan_eth {
	bool ieee;		  /* 802.1Q: the partition may have the additional VLANs, in tags */
	u32 port_vlan_id;	  /* PLAN_VLAN_MIN to PLAN_VLAN_MAX, of frames without a tag */
	u32 nr_vlans;		  /* additional ones, at most PLAN_VLANS_MAX, 0 unless @ieee … */
	u16 vlan[PLAN_VLANS_MAX]; /* … ascending, none of them @port_vlan_id */
	u32 trunk_priority; /* 1, the first, to PLAN_TRUNK_PRIORITY_MAX; 0: no trunk adapter */
	char vswitch[PLAN_VSWITCH_NAME_MAX + 1];
	u8 mac[PLAN_MAC_SIZE]; /* an individual address, never all 0 where the hypervisor reads it
				*/
};

/* Who the other end of a serial or SCSI adapter may be. */
#define PLAN_PEER_ANY 0xffffu
struct plan_peer {
	u32 lpar_id; /* 1 to 254, or PLAN_PEER_ANY */
	u32 slot;    /* 0 to PLAN_VIRTUAL_SLOTS_MAX - 1, or PLAN_PEER_ANY */
};

struct plan_adapter {
	enum plan_adapter_kind kind;
	u32 slot;      /* below the partition's max_virtual_slots */
	bool required; /* the HMC's is-required: it cannot be taken from the running partition */
	bool supports_hmc;     /* serial adapters */
	struct plan_peer peer; /* serial and SCSI adapters */
	struct plan_eth eth;
};

#endif
