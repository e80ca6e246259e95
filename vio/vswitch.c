// SPDX-License-Identifier: Apache-2.0
#include "vio/vswitch.h"
#include <string.h>

#define HASH_BITS 8

struct vswitch {
	struct gate gate;
	char name[PLAN_VSWITCH_NAME_MAX + 1]; /* "": free */
	struct vswitch_port *ports;
	struct vswitch_port *trunks;
	struct vswitch_port *hash[1 << HASH_BITS];
	u64 claims;
};

static struct vswitch vswitches[PLAN_VSWITCHES_MAX];

static struct vswitch_port **bucket(struct vswitch *vswitch, u64 mac)
{
	return &vswitch->hash[mac * 0x9e3779b97f4a7c15 >> (64 - HASH_BITS)];
}

/* The switch with this name; made if there is room. */
static struct vswitch *find(const char *name)
{
	struct vswitch *unused = NULL;

	for (u32 i = 0; i < ARRAY_SIZE(vswitches); i++) {
		if (strcmp(vswitches[i].name, name) == 0)
			return &vswitches[i];
		if (!unused && vswitches[i].name[0] == '\0')
			unused = &vswitches[i];
	}
	if (unused)
		strncpy(unused->name, name, sizeof(unused->name) - 1);
	return unused;
}

static void set_vlan(struct vswitch_port *port, u32 vlan)
{
	port->vlans[vlan / 64] |= 1UL << vlan % 64;
}

static bool vlans_shared(const struct vswitch_port *a, const struct vswitch_port *b)
{
	u64 shared = 0;

	for (u32 i = 0; i < ARRAY_SIZE(a->vlans); i++)
		shared |= a->vlans[i] & b->vlans[i];
	return shared != 0;
}

/*
 * Two adapters of one partition may have the same address, as bonds of them do. The gate is closed.
 */
static bool mac_allowed(const struct vswitch_port *port, u64 mac)
{
	if (mac == 0 || (mac & MAC_MULTICAST) || mac >> 48)
		return false;
	if (mac == port->given)
		return true;
	for (const struct vswitch_port *other = port->vswitch->ports; other; other = other->next)
		if (other->lpar_id != port->lpar_id && vlans_shared(other, port) &&
		    (other->given == mac || (other->plugged && other->mac == mac)))
			return false;
	return true;
}

/* An address that was given is found first, whoever had it before. */
static void hash_add(struct vswitch_port *port, u64 mac)
{
	struct vswitch_port **link = bucket(port->vswitch, mac);

	if (mac != port->given)
		while (*link)
			link = &(*link)->next_hash;
	port->mac = mac;
	port->next_hash = *link;
	*link = port;
}

static void hash_remove(struct vswitch_port *port)
{
	struct vswitch_port **link = bucket(port->vswitch, port->mac);

	while (*link != port)
		link = &(*link)->next_hash;
	*link = port->next_hash;
}

/* Does trunk port @a come before @b where both are? */
static bool trunk_before(const struct vswitch_port *a, const struct vswitch_port *b)
{
	if (a->claim != b->claim)
		return a->claim > b->claim;
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->id < b->id;
}

static void trunk_add(struct vswitch_port *port)
{
	struct vswitch_port **link = &port->vswitch->trunks;

	while (*link && trunk_before(*link, port))
		link = &(*link)->next_trunk;
	port->next_trunk = *link;
	*link = port;
}

static void trunk_remove(struct vswitch_port *port)
{
	struct vswitch_port **link = &port->vswitch->trunks;

	while (*link != port)
		link = &(*link)->next_trunk;
	*link = port->next_trunk;
}

static struct vswitch_port *active_trunk(const struct vswitch *vswitch, u32 vlan)
{
	struct vswitch_port *trunk = vswitch->trunks;

	while (trunk && !vswitch_member(trunk, vlan))
		trunk = trunk->next_trunk;
	return trunk;
}

/* Is @port the active trunk port of @vlan, which it is in, or would it be? */
static bool active_on(const struct vswitch_port *port, u32 vlan)
{
	const struct vswitch_port *first = active_trunk(port->vswitch, vlan);

	return !first || first == port || (!port->plugged && trunk_before(port, first));
}

bool vswitch_port_open(struct vswitch_port *port, const struct plan_eth *eth, u32 lpar_id, u32 slot)
{
	struct vswitch *vswitch = find(eth->vswitch);
	struct vswitch_port **link;

	if (!vswitch)
		return false;
	port->vswitch = vswitch;
	port->id = lpar_id << 16 | slot;
	port->lpar_id = lpar_id;
	for (u32 i = 0; i < PLAN_MAC_SIZE; i++)
		port->given = port->given << 8 | eth->mac[i];
	port->pvid = (u16)eth->port_vlan_id;
	port->aware = eth->ieee;
	port->priority = eth->trunk_priority;
	set_vlan(port, port->pvid);
	for (u32 i = 0; i < eth->nr_vlans; i++)
		set_vlan(port, eth->vlan[i]);

	gate_close(&vswitch->gate);
	for (link = &vswitch->ports; *link && (*link)->id < port->id;)
		link = &(*link)->next;
	port->next = *link;
	*link = port;
	gate_open(&vswitch->gate);
	return true;
}

void vswitch_port_close(struct vswitch_port *port)
{
	struct vswitch *vswitch = port->vswitch;
	struct vswitch_port **link;

	gate_close(&vswitch->gate);
	for (link = &vswitch->ports; *link != port;)
		link = &(*link)->next;
	*link = port->next;
	if (!vswitch->ports)
		vswitch->name[0] = '\0';
	gate_open(&vswitch->gate);
}

bool vswitch_plug(struct vswitch_port *port, u64 mac)
{
	struct vswitch *vswitch = port->vswitch;
	bool allowed;

	gate_close(&vswitch->gate);
	allowed = mac_allowed(port, mac);
	if (allowed) {
		hash_add(port, mac);
		if (port->priority)
			trunk_add(port);
		port->plugged = true;
	}
	gate_open(&vswitch->gate);
	return allowed;
}

void vswitch_unplug(struct vswitch_port *port)
{
	struct vswitch *vswitch = port->vswitch;

	gate_close(&vswitch->gate);
	if (port->plugged) {
		hash_remove(port);
		if (port->priority)
			trunk_remove(port);
		port->plugged = false;
	}
	gate_open(&vswitch->gate);
}

bool vswitch_set_mac(struct vswitch_port *port, u64 mac)
{
	struct vswitch *vswitch = port->vswitch;
	bool allowed;

	gate_close(&vswitch->gate);
	allowed = mac_allowed(port, mac);
	if (allowed && port->plugged) {
		hash_remove(port);
		hash_add(port, mac);
	}
	gate_open(&vswitch->gate);
	return allowed;
}

void vswitch_claim(struct vswitch_port *port, bool active)
{
	struct vswitch *vswitch = port->vswitch;

	gate_close(&vswitch->gate);
	if (port->plugged)
		trunk_remove(port);
	port->claim = active ? ++vswitch->claims : 0;
	if (port->plugged)
		trunk_add(port);
	gate_open(&vswitch->gate);
}

bool vswitch_active(struct vswitch_port *port)
{
	bool active = false;

	gate_enter(&port->vswitch->gate);
	for (u32 i = 0; port->priority && i < ARRAY_SIZE(port->vlans); i++)
		for (u64 left = port->vlans[i]; left && !active; left &= left - 1)
			active = active_on(port, i * 64 + (u32)__builtin_ctzl(left));
	gate_leave(&port->vswitch->gate);
	return active;
}

const char *vswitch_name(const struct vswitch_port *port)
{
	return port->vswitch->name;
}

void vswitch_enter(const struct vswitch_port *port)
{
	gate_enter(&port->vswitch->gate);
}

void vswitch_leave(const struct vswitch_port *port)
{
	gate_leave(&port->vswitch->gate);
}

bool vswitch_standby(const struct vswitch_port *port, u32 vlan)
{
	return port->priority && active_trunk(port->vswitch, vlan) != port;
}

struct vswitch_port *vswitch_owner(const struct vswitch_port *sender, u64 mac, u32 vlan)
{
	struct vswitch_port *port = *bucket(sender->vswitch, mac);

	while (port &&
	       (port->mac != mac || !vswitch_member(port, vlan) || vswitch_standby(port, vlan)))
		port = port->next_hash;
	if (!port)
		port = active_trunk(sender->vswitch, vlan);
	return port == sender ? NULL : port;
}

struct vswitch_port *vswitch_next(const struct vswitch_port *sender, u32 vlan, u32 id)
{
	struct vswitch_port *port = sender->vswitch->ports;

	while (port && (port->id < id || port == sender || !port->plugged ||
			!vswitch_member(port, vlan) || vswitch_standby(port, vlan)))
		port = port->next;
	return port;
}
