# SPDX-License-Identifier: Apache-2.0
"""Partitions on virtual switches, and what is asked of their real network drivers."""

import re
import time

from libmachine import BOOT, INITRD_NET, Plan

# Nothing ever takes as long on a network; a busy host may.
PATIENCE = 120
OUTER, INNER = "ETHERNET0", "inner"


def port(slot, pvid, vlans=(), trunk=0, vswitch=OUTER):
    """One adapter in the HMC's words; one with VLANS knows tags."""
    return f"{slot}/{int(bool(vlans))}/{pvid}/{','.join(map(str, vlans))}/{trunk}/0/{vswitch}"


def adapters(*ports):
    """The value of virtual_eth_adapters, quoted for a record: a list, and what has commas in it quoted inside."""
    inside = ",".join(f'"{text}"' if "," in text else text for text in ports)
    return '"' + inside.replace('"', '""') + '"'


def partition(plan, name, kernel, ports, *words, **more):
    """A Debian partition with these adapters; WORDS say what its init does with them (tools/guest-net/etc/network)."""
    args = " ".join(("console=hvc0", *words))
    return plan.debian(name, kernel, INITRD_NET, args=args, virtual_eth_adapters=adapters(*ports), **more)


def sweep(system, name, address, first, last, step=1, timeout=PATIENCE):
    """Pings of every size, whose answers must be the same byte for byte."""
    output = system.shell(name, f"sweep {address} {first} {last} {step}", timeout)
    assert re.search(r"sweep: [1-9]\d* good, 0 bad", output), output


def ping(system, name, address, count=3, options=""):
    """
    All of them are answered, each once and in turn. Without -w, ping waits for the last answer no longer than for two others
    (100 ms at least, however large -W is); with it, it goes on until so many were answered, and who was lost is missing.
    """
    output = system.shell(name, f"ping -c {count} -i 0.1 -w {PATIENCE // 2} {options} {address}")
    answered = [int(number) for number in re.findall(r"icmp_seq=(\d+) ttl", output)]
    assert answered == list(range(1, count + 1)) and "DUP" not in output and "wrong" not in output, output


def silent(system, name, address, options=""):
    """Nobody answers there."""
    system.shell(name, f"! ping -c 3 -i 0.2 -W 1 {options} {address}")


def iperf(system, name, address, options=""):
    """Mbit/s that arrived of one stream of two seconds from NAME; there is a server at ADDRESS."""
    deadline = time.monotonic() + PATIENCE
    while True:
        output = system.shell(name, f"iperf3 -c {address} -t 2 -f m --connect-timeout 30000 {options} 2>&1; true")
        # The server may not have let go yet of the client before this one.
        if "the server is busy" not in output or time.monotonic() > deadline:
            break
    rate = re.search(r"([\d.]+) Mbits/sec.*receiver", output)
    assert rate and float(rate[1]) > 0, output
    return float(rate[1])


def statistic(system, name, interface, counter):
    """One of the driver's own counters."""
    return int(re.search(rf"\b{counter}: (\d+)", system.shell(name, f"ethtool -S {interface}"))[1])


def mac(system, name, interface):
    """The address of an interface."""
    return re.search(r"(\w\w:){5}\w\w", system.shell(name, f"cat /sys/class/net/{interface}/address"))[0]


class Capture:
    """What an interface receives while a `with` lasts: tcpdump's lines, in `lines` afterwards."""

    def __init__(self, system, name, interface, expression="", promiscuous=True):
        self.system, self.name, self.interface = system, name, interface
        self.options = f"-i {interface} {'' if promiscuous else '-p'} -Q in {expression}"
        self.lines = []

    def __enter__(self):
        self.system.shell(self.name, f"{{ tcpdump -Z root -lnne {self.options} >/tmp/frames 2>/tmp/tcpdump & }}")
        self.system.shell(self.name, "until grep -q listening /tmp/tcpdump; do kill -0 $! || break; sleep 0.1; done")
        return self

    def __exit__(self, *_):
        self.system.shell(self.name, "kill $!; wait")
        # At its end tcpdump writes an empty line.
        self.lines = [line for line in self.system.shell(self.name, "cat /tmp/frames").splitlines() if " > " in line]


class Traffic:
    """Pings ten times a second from NAME while a `with` lasts; how many were lost in a row is in `lost`."""

    def __init__(self, system, name, address):
        self.system, self.name, self.address = system, name, address
        self.answered, self.lost = 0, 0

    def __enter__(self):
        self.system.shell(self.name, f"{{ ping -i 0.1 {self.address} >/tmp/traffic 2>&1 & }}")
        self.flows()
        return self

    def flows(self, timeout=BOOT):
        """Waits for three answers from now on."""
        self.system.shell(self.name, "answers() { grep -c 'bytes from' /tmp/traffic; }")
        self.system.shell(self.name, "n=$(($(answers)+3)); until [ $(answers) -ge $n ]; do sleep 0.1; done", timeout)

    def __exit__(self, kind, *_):
        self.system.shell(self.name, "kill $!; wait")
        output = self.system.shell(self.name, "cat /tmp/traffic")
        assert kind or "DUP" not in output, output
        numbers = [int(number) for number in re.findall(r"icmp_seq=(\d+) ttl", output)]
        self.answered = len(numbers)
        self.lost = max((b - a - 1 for a, b in zip(numbers, numbers[1:])), default=0)
