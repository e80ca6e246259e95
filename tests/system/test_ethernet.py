# SPDX-License-Identifier: Apache-2.0
"""
Virtual Ethernet with Linux's own driver, on one machine for all of it:

    c1 eth0 ── ETHERNET0: VLAN 1, tags 10 and 20 ───────────── c2 eth0 (tags 20), c2 eth2 (port in VLAN 10, no tags)
    c1 eth1 ── ETHERNET0: VLAN 100, tag 110 ── br1, br2 ── inner: VLAN 100, tag 110 ── c2 eth1
    c1 eth2 ── ETHERNET0: VLAN 30 ── br2 eth2

br1 and br2 are Linux bridges with trunk adapters on both switches; br1's have the better priority.
"""

import contextlib
import re

import pytest

from libethernet import (
    INNER, PATIENCE, Capture, Traffic, iperf, mac, partition, ping, port, silent, statistic, sweep,
)  # fmt: skip
from libmachine import KERNEL_6_1, KERNEL_6_12, Machine, Plan

FIRST, SECOND = "10.1.0.1", "10.1.0.2"  # c1 and c2 in VLAN 1, without tags
TAGGED, UNTAGGED = "10.10.0.1", "10.10.0.2"  # VLAN 10
BOTH_TAGGED = ("10.20.0.1", "10.20.0.2")  # VLAN 20
BRIDGED = ("10.100.0.1", "10.100.0.2")  # VLAN 100, one on each switch
BRIDGED_TAGGED = ("10.110.0.1", "10.110.0.2")
APART = ("10.30.0.1", "10.30.0.2")


def lan_plan():
    """Four partitions."""
    plan = Plan()
    partition(plan, "c1", KERNEL_6_1, [port(2, 1, (10, 20)), port(3, 100, (110,)), port(4, 30)],
              f"net_address=eth0/{FIRST}/24,eth0.10/{TAGGED}/24,eth0.20/{BOTH_TAGGED[0]}/24,eth1/{BRIDGED[0]}/24,"
              f"eth1.110/{BRIDGED_TAGGED[0]}/24,eth2/{APART[0]}/24")  # fmt: skip
    partition(plan, "c2", KERNEL_6_12, [port(2, 1, (20,)), port(3, 100, (110,), vswitch=INNER), port(4, 10)],
              f"net_address=eth0/{SECOND}/24,eth0.20/{BOTH_TAGGED[1]}/24,eth1/{BRIDGED[1]}/24,"
              f"eth1.110/{BRIDGED_TAGGED[1]}/24,eth2/{UNTAGGED}/24")  # fmt: skip
    for priority, name, more in ((1, "br1", []), (2, "br2", [port(4, 30)])):
        ports = [port(2, 100, (110,), priority), port(3, 100, (110,), priority, INNER), *more]
        words = ["net_bridge=eth0,eth1"] + ([f"net_address=eth2/{APART[1]}/24"] if more else [])
        partition(plan, name, KERNEL_6_12 if more else KERNEL_6_1, ports, *words)
    return plan


class Lan(Machine):
    """The machine and its partitions."""

    def start(self):
        super().start()
        for name in ("c1", "c2", "br1", "br2"):
            self.wait_up(name)
        return self

    def wait_up(self, name):
        """The partition is up, with a server in it, and its kernel does not interrupt what is said on its console."""
        self.wait_debian(name)
        self.shell(name, "dmesg -n 3; iperf3 -s -D")

    def shell(self, name, command, timeout=PATIENCE):
        return super().shell(name, command, timeout)


@pytest.fixture(name="lan")
def make_lan(keep):
    """The machine."""
    return keep(lambda: Lan(lan_plan(), smp=2, mem="4G"))


@contextlib.contextmanager
def mtu(lan, value, *interfaces):
    """INTERFACES (partition, interface) have this MTU for a while."""
    for name, interface in interfaces:
        lan.shell(name, f"ip link set {interface} mtu {value}")
    yield
    for name, interface in interfaces:
        lan.shell(name, f"ip link set {interface} mtu 1500")


def test_sizes(lan):
    """Frames of all kinds of sizes, up to the limit, jumbo frames; sizes around those of the driver's buffers."""
    sweep(lan, "c1", SECOND, 0, 64)
    sweep(lan, "c2", FIRST, 65, 1472, 41)
    sweep(lan, "c1", SECOND, 455, 480)
    lan.shell("c1", f"! sweep {SECOND} 1473 1473")
    with mtu(lan, 9000, ("c1", "eth0"), ("c2", "eth0")):
        sweep(lan, "c1", SECOND, 1473, 8972, 500)
        sweep(lan, "c2", FIRST, 8972, 8972)
    with mtu(lan, 65000, ("c1", "eth0"), ("c2", "eth0")):
        for size in (16384, 32768, 64972):
            sweep(lan, "c1", SECOND, size - 40, size, 8)


@pytest.mark.stress
def test_all_sizes(lan):
    """Every size there is, both ways."""
    sweep(lan, "c1", SECOND, 0, 1472, timeout=3600)
    with mtu(lan, 9000, ("c1", "eth0"), ("c2", "eth0")):
        sweep(lan, "c1", SECOND, 1473, 8972, timeout=3600)
        sweep(lan, "c2", FIRST, 0, 8972, timeout=3600)
    with mtu(lan, 65513, ("c1", "eth0"), ("c2", "eth0")):
        sweep(lan, "c1", SECOND, 8973, 65485, 97, timeout=3600)


def test_streams(lan):
    """TCP with large send and checksums left to the switch, and without; both ways, both families, UDP."""
    features = lan.shell("c1", "ethtool -k eth0")
    for feature in ("rx-checksumming", "tx-checksumming", "tcp-segmentation-offload", "tx-tcp6-segmentation"):
        assert f"{feature}: on" in features, features
    sent, received = statistic(lan, "c1", "eth0", "tx_large_packets"), statistic(lan, "c2", "eth0", "rx_large_packets")
    iperf(lan, "c1", SECOND)
    assert statistic(lan, "c1", "eth0", "tx_large_packets") > sent
    assert statistic(lan, "c2", "eth0", "rx_large_packets") > received
    iperf(lan, "c1", SECOND, "-R")
    address = re.search(r"inet6 (fe80\S+)/", lan.shell("c2", "ip -6 address show dev eth0"))[1]
    iperf(lan, "c1", f"{address}%eth0", "-6")
    iperf(lan, "c1", SECOND, "-u -b 5M")
    for options in ("tso off", "rx off", "rx on tx on tso on"):
        lan.shell("c1", f"ethtool -K eth0 {options}")
        iperf(lan, "c1", SECOND)
    iperf(lan, "c1", BRIDGED[1])


def test_vlans(lan):
    """Tagged and untagged ports together; what is not a port's does not get there, and no tag gets anybody in."""
    for address in (SECOND, UNTAGGED, BOTH_TAGGED[1], BRIDGED_TAGGED[1]):
        ping(lan, "c1", address)
    # 10 is none of the VLANs of c2 eth0; 30 does not know tags.
    lan.shell("c2", "ip link add link eth0 name eth0.10 type vlan id 10; ip link set eth0.10 up")
    lan.shell("c2", "ip address add 10.10.0.3/24 dev eth0.10")
    lan.shell("br2", "ip link add link eth2 name eth2.10 type vlan id 10; ip link set eth2.10 up")
    lan.shell("br2", "ip address add 10.10.0.4/24 dev eth2.10")
    target = mac(lan, "c1", "eth0")
    for name, interface in (("c2", "eth0.10"), ("br2", "eth2.10")):
        lan.shell(name, f"ip neigh replace {TAGGED} lladdr {target} dev {interface}")
    with Capture(lan, "br2", "eth2") as apart, Capture(lan, "c1", "eth0", "vlan 10") as tagged:
        lan.shell("c1", f"ping -c 3 -i 0.2 -W 1 -b 10.1.0.255; ping -c 3 -i 0.2 -W 1 -I eth0 224.0.0.1; true")
        for address in (SECOND, UNTAGGED, BOTH_TAGGED[1], BRIDGED[1], BRIDGED_TAGGED[1]):
            ping(lan, "c1", address)
        ping(lan, "c1", APART[1])
        lan.shell("c2", f"! ping -c 3 -i 0.2 -W 1 -I eth0.10 {TAGGED}")
        lan.shell("br2", f"! ping -c 3 -i 0.2 -W 1 -I eth2.10 {TAGGED}")
    # With tags that are not theirs the driver was refused: what it said of that is no news to the tests after this one.
    lan.shell("c2", "ip link delete eth0.10; dmesg -c >/dev/null")
    lan.shell("br2", "ip link delete eth2.10; dmesg -c >/dev/null")
    source = mac(lan, "c1", "eth2")
    assert [line for line in apart.lines if source in line], apart.lines
    assert not [line for line in apart.lines if source not in line], apart.lines
    allowed = mac(lan, "c2", "eth2")
    assert [line for line in tagged.lines if f"{allowed} > " in line], tagged.lines
    assert not [line for line in tagged.lines if f"{allowed} > " not in line], tagged.lines


def test_strange_frames(lan):
    """Frames that no driver makes: too short, tags without an end, tags in tags, none of them in another VLAN."""
    here, there = mac(lan, "c1", "eth0"), mac(lan, "c2", "eth0")
    frames = (
        f"{there}{here}0800 14", f"{there}{here}8100 14", f"{there}{here}8100000a 16", f"{there}{here}8100fff0800 64",
        f"{there}{here}810000000800 64", f"{there}{here}8100000181000014 64", f"{there}{here}88a80014 64",
        f"{there}{here}81000014 18", f"{there}{here}ffff 1514", f"000000000000{here}0800 60", f"{there}0000000000000800 60",
    )  # fmt: skip
    with Capture(lan, "c2", "eth2") as ten, Capture(lan, "br2", "eth2") as thirty:
        for frame in frames:
            lan.shell("c1", f"inject eth0 {frame.replace(':', '')}; true")
        ping(lan, "c1", UNTAGGED)
        ping(lan, "c1", APART[1])
    for lines, allowed in ((ten.lines, here), (thirty.lines, mac(lan, "c1", "eth2"))):
        assert lines and not [line for line in lines if allowed not in line], lines
    assert not [line for line in ten.lines if there in line], ten.lines
    ping(lan, "c1", SECOND)
    lan.shell("c1", "dmesg -c >/dev/null")


def test_multicast(lan):
    """A group's frames come to those who have joined it, and to nobody else."""
    group, address = "239.1.2.3", "01:00:5e:01:02:03"
    send = f"ping -c 3 -i 0.1 -W 1 -I eth0 {group}; true"
    with Capture(lan, "c2", "eth0", f"ether dst {address}", promiscuous=False) as before:
        lan.shell("c1", send)
    lan.shell("c2", f"ip maddress add {address} dev eth0")
    with Capture(lan, "c2", "eth0", f"ether dst {address}", promiscuous=False) as joined:
        lan.shell("c1", send)
    lan.shell("c2", f"ip maddress del {address} dev eth0")
    with Capture(lan, "c2", "eth0", f"ether dst {address}", promiscuous=False) as left:
        lan.shell("c1", send)
    assert [len(capture.lines) for capture in (before, joined, left)] == [0, 3, 0]
    lan.shell("c2", "echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts")
    ping(lan, "c1", "224.0.0.1", options="-I eth0")
    lan.shell("c2", "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts")


def test_mac(lan):
    """An interface with another address is reached there, and not at the old one."""
    old, new = mac(lan, "c2", "eth0"), "02:00:00:00:00:99"
    lan.shell("c2", f"ip link set eth0 address {new}")
    lan.shell("c1", "ip neigh flush dev eth0")
    ping(lan, "c1", SECOND)
    lan.shell("c1", f"ip neigh replace {SECOND} lladdr {old} dev eth0 nud permanent")
    silent(lan, "c1", SECOND)
    lan.shell("c2", f"ip link set eth0 address {old}")
    ping(lan, "c1", SECOND)
    lan.shell("c1", f"ip neigh delete {SECOND} dev eth0")
    ping(lan, "c1", SECOND)


def up_and_down(lan, times):
    """An interface goes down and up under traffic; afterwards all is as before."""
    with Traffic(lan, "c1", SECOND) as traffic:
        lan.shell("c2", f"i=0; while [ $i -lt {times} ]; do ip link set eth0 down && ip link set eth0 up || break; i=$((i+1)); done;"
                  f" [ $i = {times} ]", PATIENCE + times)  # fmt: skip
        traffic.flows()
    ping(lan, "c1", SECOND)
    lan.shell("c2", "! dmesg | grep -E 'ibmveth.*(fail|unable|error)|BUG|WARNING|Oops'")


def test_up_and_down(lan):
    """Fifteen times."""
    up_and_down(lan, 15)


@pytest.mark.stress
def test_up_and_down_thousand(lan):
    """A thousand times."""
    up_and_down(lan, 1000)


def test_bridge(lan):
    """Two switches, joined by bridges; the second takes over when the first goes, and hands back; nothing goes in circles."""
    ping(lan, "c1", BRIDGED[1], 10)
    ping(lan, "c1", BRIDGED_TAGGED[1])
    lan.shell("c2", "echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts")
    ping(lan, "c1", "10.100.0.255", options="-b")
    lan.shell("c2", "echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_broadcasts")
    with Traffic(lan, "c1", BRIDGED[1]) as traffic:
        lan.manage("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", "br1")
        traffic.flows()
        lan.manage("chsysstate", "-r", "lpar", "-o", "on", "-n", "br1")
        lan.wait_up("br1")
        traffic.flows()
        with Capture(lan, "br1", "eth0", f"ether src {mac(lan, 'c1', 'eth1')} and icmp") as taken:
            traffic.flows()
    assert taken.lines, "the first trunk did not take back what is its own"
    assert traffic.lost < 100, f"{traffic.lost} pings lost in a row"
    iperf(lan, "c1", BRIDGED[1])
    for interface in ("eth0", "eth1"):
        lan.shell("br1", f"ip link set {interface} down")
    ping(lan, "c1", BRIDGED[1])
    for interface in ("eth0", "eth1"):
        lan.shell("br1", f"ip link set {interface} up")
    ping(lan, "c1", BRIDGED[1])


def test_reboot(lan):
    """A partition restarts while others send to it; its addresses stay, and the others notice nothing."""
    before = [mac(lan, "c2", f"eth{i}") for i in range(3)]
    lan.shell("c1", f"{{ iperf3 -c {SECOND} -u -b 1M -t 600 >/dev/null 2>&1 & }}")
    with Traffic(lan, "c1", BOTH_TAGGED[1]) as traffic:
        lan.send("c2", "reboot -f\n")
        lan.wait_up("c2")
        traffic.flows()
    lan.shell("c1", "killall iperf3; true")
    assert [mac(lan, "c2", f"eth{i}") for i in range(3)] == before
    for address in (SECOND, UNTAGGED, BRIDGED[1], BRIDGED_TAGGED[1]):
        ping(lan, "c1", address)
    iperf(lan, "c1", SECOND)
    ping(lan, "c1", APART[1])
    for name in ("c1", "c2", "br1", "br2"):
        lan.shell(name, "! dmesg | grep -E 'ibmveth.*(fail|unable|error)|BUG:|WARNING|Oops'")
