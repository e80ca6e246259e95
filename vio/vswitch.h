/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual 802.1Q switches: which ports there are, in which VLANs, with which addresses, and who
 * gets a frame. LoPAR "Interpartition Logical LAN (ILLAN) Option".
 *
 * A switch learns nothing: it knows the addresses that its ports are plugged in with. What belongs
 * to none of them on its VLAN goes to that VLAN's active trunk port, of which there is one at most.
 * A trunk port that is not the active one of a VLAN takes no part in it, in neither direction: so
 * bridges behind two trunk ports cannot make a loop.
 *
 * A switch has a gate. vswitch_enter() is needed for what passes frames on, as long as a port that
 * it returned is used; all else closes the gate and must not be called inside.
 */
#ifndef VIO_VSWITCH_H
#define VIO_VSWITCH_H

#include "hmc/adapter.h"
#include "types.h"
#include "vio/gate.h"

#define VLAN_IDS     4096
#define VLAN_ID_MASK 0xfff

/* Addresses are the low 48 bits of a number, first byte highest. */
#define MAC_BROADCAST 0xffffffffffffUL
#define MAC_MULTICAST (1UL << 40)

struct vswitch;

struct vswitch_port {
	struct vswitch *vswitch;
	u32 id;			   /* unique, not 0; frames for all go in this order */
	u32 lpar_id;		   /* whose */
	u64 given;		   /* the address it was given by the profile */
	u16 pvid;		   /* VLAN of frames without a tag */
	bool aware;		   /* it may see and send tags */
	u32 priority;		   /* of a trunk port, 1 the first; 0: none */
	u64 vlans[VLAN_IDS / 64];  /* which it is in, @pvid among them */
	struct vswitch_port *next; /* all of the switch, by @id */
	/* What follows changes with the gate closed. */
	bool plugged;			 /* it sends and receives */
	u64 mac;			 /* its address then */
	u64 claim;			 /* a trunk port's: last one to be made active has most */
	struct vswitch_port *next_hash;	 /* plugged ones, by address */
	struct vswitch_port *next_trunk; /* plugged trunk ports, first the one to be active */
};

/*
 * Makes @port, all zero, one of the switch that @eth names, with what @eth says, not plugged in.
 * Returns false when there are PLAN_VSWITCHES_MAX switches already. Called as work.
 */
bool vswitch_port_open(struct vswitch_port *port, const struct plan_eth *eth, u32 lpar_id,
		       u32 slot);

/* The switch forgets @port, opened and not plugged in. Called as work. */
void vswitch_port_close(struct vswitch_port *port);

/*
 * Can @port have address @mac, any number? Not if it is 0, a group's, longer than 48 bits, or that
 * of another partition's port that shares a VLAN. The one it was given it can always have; as long
 * as it is plugged in with that, nobody else gets its frames.
 */
bool vswitch_plug(struct vswitch_port *port, u64 mac);
bool vswitch_set_mac(struct vswitch_port *port, u64 mac);

/* @port neither sends nor receives any more. Afterwards nobody is at it. */
void vswitch_unplug(struct vswitch_port *port);

/* Trunk port @port is to be the active one on its VLANs; with @active false, only by priority. */
void vswitch_claim(struct vswitch_port *port, bool active);

/* Is trunk port @port, or would it be if it were plugged in, the active one of any VLAN? */
bool vswitch_active(struct vswitch_port *port);

/* Name of the switch of @port. */
const char *vswitch_name(const struct vswitch_port *port);

static inline bool vswitch_member(const struct vswitch_port *port, u32 vlan)
{
	return port->vlans[vlan / 64] >> vlan % 64 & 1;
}

/* --- inside of the gate --- */

void vswitch_enter(const struct vswitch_port *port);
void vswitch_leave(const struct vswitch_port *port);

/* Does trunk port @port stand by on @vlan? */
bool vswitch_standby(const struct vswitch_port *port, u32 vlan);

/*
 * Who gets a frame that @sender, which may send it, sends to @mac, of one adapter: that adapter,
 * the active trunk port, or NULL: nobody.
 */
struct vswitch_port *vswitch_owner(const struct vswitch_port *sender, u64 mac, u32 vlan);

/* The first port with at least this @id who gets what @sender sends to all on @vlan, or NULL. */
struct vswitch_port *vswitch_next(const struct vswitch_port *sender, u32 vlan, u32 id);

#endif
