# SPDX-License-Identifier: Apache-2.0
"""Virtual Ethernet beside QEMU's own: the same kernels and programs, on the same host, one measurement after the other."""

import contextlib
import re
import statistics
import sys

import machine
from machine import BUILD, NS_PER_TICK, QEMU10, TOP, guest, qemu_version

sys.path.append(str(TOP / "tests" / "system"))

from libmachine import KERNEL_6_1, Machine, Plan  # noqa: E402 pylint: disable=wrong-import-position
from pseries import Pair  # noqa: E402 pylint: disable=wrong-import-position

INITRD = BUILD / "guest" / "initrd-net.img"
MTUS = (1500, 9000)
ROUNDS = 3
SECONDS = 5  # of each iperf3, after …
WARM = 2  # … others in which the stream finds its pace
PINGS = 100
ADDRESSES = {"sends": "10.0.0.1", "receives": "10.0.0.2"}
ARGS = {name: f"net_address=eth0/{address}/24" for name, address in ADDRESSES.items()}
LEAST_RATIO = 2

PORTS = (2, 8, 64)
FRAMES = 200
MOST_INSTRUCTIONS = {"eth_1500": 3000}


def partitions(qemu):
    """The two partitions of a managed system with a processor each, as each peer is an emulator with one."""
    plan = Plan()
    for name, args in ARGS.items():
        plan.debian(name, KERNEL_6_1, INITRD, args=f"console=hvc0 {args}", proc_mode="ded",
                    virtual_eth_adapters="2/0/1//0/0")  # fmt: skip
    return Machine(plan, smp=2, qemu=qemu)


def throughput(system, mtu):
    """Mbit/s of one TCP connection."""
    for name in ADDRESSES:
        system.shell(name, f"ip link set eth0 mtu {mtu}")
    command = f"iperf3 -c {ADDRESSES['receives']} -O {WARM} -t {SECONDS} -f m --connect-timeout 30000"
    text = system.shell("sends", f"{command} | grep receiver")
    return float(re.search(r"([\d.]+) Mbits/sec", text)[1])


def round_trip(system):
    """Milliseconds, the mean."""
    text = system.shell("sends", f"ping -q -c {PINGS} -i 0.02 {ADDRESSES['receives']}")
    return float(re.search(r"= [\d.]+/([\d.]+)/", text)[1])


def frame_figures(results, _):
    """From the call that sends a frame to the interrupt at its receiver, among few and many ports: instructions."""
    for ports in PORTS:
        adapters = ",".join(f"{slot}/0/1//0/0" for slot in range(2, 2 + ports))
        plan = guest("ethernet", "ethernet", procs=2, args=f"rounds=0 frames={FRAMES}",
                     max_virtual_slots=2 + ports, virtual_eth_adapters=f'"{adapters}"')  # fmt: skip
        with machine.Machine(plan, "--icount") as system:
            system.wait("ethernet", r"TEST ethernet: (PASS|FAIL)")
            output = system.log("ethernet")
        if "TEST ethernet: PASS" not in output:
            sys.exit(f"ethernet failed; its console:\n{output[-4000:]}")
        for name, ticks, frames in re.findall(r"BENCH (\w+?)(?:_of_\d+_ports)? (\d+) (\d+)", output):
            if ports == PORTS[0] or name == "eth_1500":
                limit = ("limit", MOST_INSTRUCTIONS[name]) if name in MOST_INSTRUCTIONS else ()
                results.add(f"{name}_of_{ports}_ports", "instructions", round(int(ticks) * NS_PER_TICK / int(frames)),
                            qemu_version(QEMU10), True, *limit)  # fmt: skip


def net_figures(results, qemu):
    """Throughput and round trip time of both, interleaved, medians; throughput must be LEAST_RATIO times as much."""
    with contextlib.ExitStack() as stack:
        systems = {"ours": partitions(qemu), "peer": Pair(qemu, KERNEL_6_1, INITRD, ARGS)}
        for system in systems.values():
            stack.callback(system.stop)
            system.start()
        figures = {}
        for system in systems.values():
            for name in ADDRESSES:
                system.wait_debian(name)
            system.shell("receives", "iperf3 -s -D")
        for mtu in MTUS:
            for _ in range(ROUNDS):
                for kind, system in systems.items():
                    figures.setdefault((kind, f"net_tcp_mtu_{mtu}"), []).append(throughput(system, mtu))
        for _ in range(ROUNDS):
            for kind, system in systems.items():
                figures.setdefault((kind, "net_ping"), []).append(round_trip(system))
    low = []
    for kind, name in figures:
        if kind == "peer":
            ours, peer = (statistics.median(figures[kind, name]) for kind in systems)
            unit = "us" if name == "net_ping" else "Mbit/s"
            factor = 1000 if name == "net_ping" else 1
            results.add(name, unit, round(ours * factor), qemu_version(qemu), False,
                        "QEMU pseries", round(peer * factor))  # fmt: skip
            if unit == "Mbit/s":
                results.add(f"{name}_ratio", "times", round(ours / peer, 2), qemu_version(qemu), False, "at least", LEAST_RATIO)
                if ours < LEAST_RATIO * peer:
                    low.append(f"{name}: {ours:.0f} Mbit/s, QEMU pseries {peer:.0f}")
    if low:
        sys.exit("; ".join(low))
