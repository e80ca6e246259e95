// SPDX-License-Identifier: Apache-2.0
// SOURCES: vio/vswitch.c
// Virtual switches: who gets a frame, addresses, trunk ports; at last against a model that looks at
// every port.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vio/vswitch.h"

#define PORTS 80

static struct vswitch_port ports[PORTS];

static struct plan_eth eth_of(u32 i, u32 pvid, u32 priority)
{
	struct plan_eth eth = {.port_vlan_id = pvid,
			       .trunk_priority = priority,
			       .vswitch = PLAN_VSWITCH_DEFAULT,
			       .mac = {2, 0, 0, 0, (u8)(i >> 8), (u8)i}};

	return eth;
}

/* Port @i, of a partition of its own. */
static struct vswitch_port *port_open(u32 i, const struct plan_eth *eth)
{
	assert_true(vswitch_port_open(&ports[i], eth, i + 1, 2));
	return &ports[i];
}

static struct vswitch_port *port_plug(u32 i, const struct plan_eth *eth)
{
	struct vswitch_port *port = port_open(i, eth);

	assert_true(vswitch_plug(port, port->given));
	return port;
}

static struct vswitch_port *plain(u32 i, u32 pvid)
{
	struct plan_eth eth = eth_of(i, pvid, 0);

	return port_plug(i, &eth);
}

static struct vswitch_port *trunk(u32 i, u32 pvid, u32 priority)
{
	struct plan_eth eth = eth_of(i, pvid, priority);

	return port_plug(i, &eth);
}

static int setup(void **state)
{
	(void)state;
	for (u32 i = 0; i < PORTS; i++)
		if (ports[i].vswitch) {
			vswitch_unplug(&ports[i]);
			vswitch_port_close(&ports[i]);
		}
	memset(ports, 0, sizeof(ports));
	return 0;
}

static struct vswitch_port *owner(const struct vswitch_port *sender, u64 mac, u32 vlan)
{
	struct vswitch_port *port;

	vswitch_enter(sender);
	port = vswitch_owner(sender, mac, vlan);
	vswitch_leave(sender);
	return port;
}

static void test_owner(void **state)
{
	struct vswitch_port *a = plain(0, 1), *b = plain(1, 1), *c = plain(2, 2);

	(void)state;
	assert_ptr_equal(owner(a, b->given, 1), b);
	assert_ptr_equal(owner(b, a->given, 1), a);
	assert_null(owner(a, a->given, 1)); /* not to oneself */
	assert_null(owner(a, c->given, 1)); /* another VLAN */
	assert_null(owner(a, 0x020000001234, 1));
	vswitch_unplug(b);
	vswitch_unplug(b);
	assert_null(owner(a, b->given, 1));
}

static void test_addresses(void **state)
{
	static const u64 bad[] = {0, MAC_BROADCAST, MAC_MULTICAST, 0x030203040506, 1UL << 48};
	struct vswitch_port *a = plain(0, 1), *b = plain(1, 1), *c = plain(2, 2);

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(vswitch_set_mac(a, bad[i]));
	assert_false(vswitch_set_mac(a, b->given));
	assert_true(vswitch_set_mac(a, c->given)); /* no VLAN in common */
	assert_null(owner(b, a->given, 1));
	assert_ptr_equal(owner(b, c->given, 1), a);
	assert_true(vswitch_set_mac(b, a->given ^ 0x10000));
	assert_false(vswitch_set_mac(a, a->given ^ 0x10000));
	vswitch_unplug(b);
	assert_false(vswitch_set_mac(a, b->given)); /* it may come back */
	assert_true(vswitch_set_mac(a, a->given ^ 0x10000));
	assert_true(vswitch_plug(b, b->given));
	assert_ptr_equal(owner(b, a->given ^ 0x10000, 1), a);
}

/* Whoever took an address while its partition was off loses it. */
static void test_given_address_wins(void **state)
{
	struct plan_eth eth = eth_of(1, 1, 0);
	struct vswitch_port *a = plain(0, 1), *c = plain(2, 1), *b;

	(void)state;
	assert_true(vswitch_set_mac(a, 0x020000000001));
	assert_ptr_equal(owner(c, 0x020000000001, 1), a);
	b = port_plug(1, &eth);
	assert_int_equal(b->given, 0x020000000001);
	assert_ptr_equal(owner(c, 0x020000000001, 1), b);
	vswitch_unplug(b);
	assert_ptr_equal(owner(c, 0x020000000001, 1), a);
}

static void test_trunks(void **state)
{
	struct vswitch_port *a = plain(0, 1), *x, *y, *z;

	(void)state;
	assert_null(owner(a, 0x029999999999, 1));
	x = trunk(1, 1, 3);
	assert_ptr_equal(owner(a, 0x029999999999, 1), x);
	assert_null(owner(a, 0x029999999999, 2));
	y = trunk(2, 1, 1);
	z = trunk(3, 1, 2);
	assert_ptr_equal(owner(a, 0x029999999999, 1), y);
	assert_ptr_equal(owner(a, x->given, 1), y); /* that of one standing by is not its own */
	assert_true(vswitch_standby(x, 1) && vswitch_standby(z, 1) && !vswitch_standby(y, 1));
	assert_false(vswitch_standby(a, 1));
	assert_null(owner(y, 0x029999999999, 1)); /* from outside, for outside */
	vswitch_unplug(y);
	assert_ptr_equal(owner(a, 0x029999999999, 1), z);
	vswitch_unplug(z);
	assert_ptr_equal(owner(a, 0x029999999999, 1), x);
	assert_true(vswitch_plug(y, y->given));
	assert_ptr_equal(owner(a, 0x029999999999, 1), y);
	vswitch_claim(x, true);
	assert_ptr_equal(owner(a, 0x029999999999, 1), x);
	assert_true(vswitch_active(x) && !vswitch_active(y) && !vswitch_active(a));
	vswitch_claim(y, true);
	assert_ptr_equal(owner(a, 0x029999999999, 1), y);
	vswitch_claim(y, false);
	assert_ptr_equal(owner(a, 0x029999999999, 1), x);
}

/* One trunk port may be active on one VLAN, another one on another. */
static void test_trunk_vlans(void **state)
{
	struct plan_eth eth = eth_of(1, 1, 1);
	struct vswitch_port *a = plain(0, 1), *b = plain(2, 2), *x, *y;

	(void)state;
	eth.ieee = true;
	x = port_plug(1, &eth);
	eth = eth_of(3, 7, 2);
	eth.ieee = true;
	eth.nr_vlans = 2;
	eth.vlan[0] = 1, eth.vlan[1] = 2;
	y = port_plug(3, &eth);
	assert_ptr_equal(owner(a, 0x029999999999, 1), x);
	assert_ptr_equal(owner(b, 0x029999999999, 2), y);
	assert_true(vswitch_active(x) && vswitch_active(y));
	vswitch_unplug(x);
	assert_ptr_equal(owner(a, 0x029999999999, 1), y);
	assert_true(vswitch_active(x)); /* it would be */
}

static void test_flood(void **state)
{
	struct vswitch_port *a = plain(0, 1), *b = plain(1, 1), *c = plain(3, 1), *x, *y;

	(void)state;
	plain(2, 2);
	x = trunk(4, 1, 1);
	y = trunk(5, 1, 2);
	assert_ptr_equal(vswitch_next(a, 1, 0), b);
	assert_ptr_equal(vswitch_next(a, 1, b->id + 1), c);
	assert_ptr_equal(vswitch_next(a, 1, c->id + 1), x);
	assert_null(vswitch_next(a, 1, x->id + 1));
	assert_ptr_equal(vswitch_next(b, 1, 0), a);
	assert_ptr_equal(vswitch_next(x, 1, c->id + 1), NULL);
	vswitch_unplug(c);
	vswitch_unplug(x);
	assert_ptr_equal(vswitch_next(a, 1, b->id + 1), y);
}

static void test_switches(void **state)
{
	struct plan_eth eth;
	u32 i;

	(void)state;
	for (i = 0; i < PLAN_VSWITCHES_MAX; i++) {
		eth = eth_of(0, 1, 0);
		snprintf(eth.vswitch, sizeof(eth.vswitch), "SWITCH%u", (unsigned int)i);
		port_plug(i, &eth); /* all with the same address */
		assert_string_equal(vswitch_name(&ports[i]), eth.vswitch);
		assert_null(owner(&ports[i], 0x020000000000, 1));
	}
	strcpy(eth.vswitch, "ANOTHER");
	assert_false(vswitch_port_open(&ports[i], &eth, 70, 2));
	assert_null(ports[i].vswitch);
	vswitch_unplug(&ports[3]);
	vswitch_port_close(&ports[3]);
	ports[3] = (struct vswitch_port){0};
	port_plug(i, &eth);
}

/* --- the model --- */

static u32 number(void)
{
	static u64 state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (u32)(state >> 33);
}

/* The best plugged trunk port on @vlan. */
static struct vswitch_port *model_trunk(u32 vlan)
{
	struct vswitch_port *best = NULL;

	for (u32 i = 0; i < PORTS; i++) {
		struct vswitch_port *port = &ports[i];

		if (!port->plugged || !port->priority || !vswitch_member(port, vlan))
			continue;
		if (!best || port->claim > best->claim ||
		    (port->claim == best->claim && port->priority < best->priority))
			best = port;
	}
	return best;
}

static bool model_takes_part(const struct vswitch_port *port, u32 vlan)
{
	return port->plugged && vswitch_member(port, vlan) &&
	       (!port->priority || port == model_trunk(vlan));
}

/* With two that have the address, either may be right; the first given one is. */
static void model_check_owner(const struct vswitch_port *sender, u64 mac, u32 vlan)
{
	struct vswitch_port *found = owner(sender, mac, vlan);
	bool known = false, given = false;

	for (u32 i = 0; i < PORTS; i++)
		if (ports[i].plugged && ports[i].mac == mac && model_takes_part(&ports[i], vlan)) {
			known = true;
			given |= ports[i].given == mac;
		}
	if (!known) {
		struct vswitch_port *expected = model_trunk(vlan);

		assert_ptr_equal(found, expected == sender ? NULL : expected);
	} else if (found) {
		assert_true(found->mac == mac && model_takes_part(found, vlan));
		assert_true(!given || found->given == mac);
	} else {
		assert_true(sender->mac == mac);
	}
}

static void model_check_flood(const struct vswitch_port *sender, u32 vlan)
{
	struct vswitch_port *port = vswitch_next(sender, vlan, 0);

	for (u32 i = 0; i < PORTS; i++) {
		if (&ports[i] == sender || !model_takes_part(&ports[i], vlan))
			continue;
		assert_ptr_equal(port, &ports[i]);
		port = vswitch_next(sender, vlan, port->id + 1);
	}
	assert_null(port);
}

static void model_step(void)
{
	struct vswitch_port *port = &ports[number() % PORTS];
	u64 mac = 0x020000000000 | number() % PORTS;

	switch (number() % 6) {
	case 0:
		vswitch_unplug(port);
		break;
	case 1:
		vswitch_set_mac(port, mac);
		break;
	case 2:
		if (port->priority)
			vswitch_claim(port, number() % 2);
		break;
	default:
		if (!port->plugged)
			vswitch_plug(port, number() % 2 ? port->given : mac);
		break;
	}
}

static void test_model(void **state)
{
	(void)state;
	for (u32 i = 0; i < PORTS; i++) {
		struct plan_eth eth = eth_of(i, 1 + number() % 4, i % 5 ? 0 : 1 + i % 15);

		eth.ieee = number() % 2;
		for (u32 vlan = 5; eth.ieee && vlan < 9; vlan++)
			if (number() % 2)
				eth.vlan[eth.nr_vlans++] = (u16)vlan;
		if (eth.trunk_priority)
			eth.trunk_priority = 1 + i / 5 % 15;
		port_open(i, &eth);
	}
	for (u32 i = 0; i < 20000; i++) {
		const struct vswitch_port *sender = &ports[number() % PORTS];
		u32 vlan = 1 + number() % 8;

		model_step();
		model_check_owner(sender, 0x020000000000 | number() % (PORTS + 4), vlan);
		if (i % 16 == 0)
			model_check_flood(sender, vlan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_owner, setup),
		cmocka_unit_test_setup(test_addresses, setup),
		cmocka_unit_test_setup(test_given_address_wins, setup),
		cmocka_unit_test_setup(test_trunks, setup),
		cmocka_unit_test_setup(test_trunk_vlans, setup),
		cmocka_unit_test_setup(test_flood, setup),
		cmocka_unit_test_setup(test_switches, setup),
		cmocka_unit_test_setup(test_model, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
