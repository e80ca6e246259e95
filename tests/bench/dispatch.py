# SPDX-License-Identifier: Apache-2.0
"""What sharing costs, and how well it keeps its promises: entitlement, weights, switches, growth."""

import collections
import itertools
import math
import re
import subprocess

from machine import BUILD, NS_PER_TICK, QEMU10, TICKS, Machine, guest, qemu_version

UNCHECKED = "sys min_proc_units_per_virtual_proc=0.00\n"
WEIGHTS = (64, 128, 192)
EVERY = 2  # seconds between lines on the consoles, which cost everybody something
QUIET = 2  # of such seconds, until all that was written at the start has gone out over the UART

# Entitlements in hundredths. Capped partitions are given the whole processor, uncapped ones a part of it.
CAPPED = {2: [70, 30], 3: [50, 30, 20], 10: [5, 6, 7, 8, 9, 11, 12, 13, 14, 15], 32: [3] * 31 + [7]}
UNCAPPED = {2: [30, 20], 3: [10, 10, 10], 10: [3] * 5 + [7] * 5, 32: [1] * 32}

PAIR = ("ping", "pong")
WORK = 3000  # instructions between two waits
TIMED = "work=100000 dec=20000"  # when it is measured by the clock: waits that end neither too early nor too late
TIMES = 5
SWITCHES = {  # what is in use, and the most instructions that a switch may cost
    "fp": ("fp=1 vmx=1", 1500),
    "none": ("fp=0 vmx=0", 900),
}
WHERE = 25  # functions shown
TRACE_BYTES = 10_000_000
HFLAGS_HV = 2  # QEMU's, in its log

CROWDS = {"wakeup": "dec=200", "pick_next": "confer=1"}
CROWD_SIZES = (2, 16, 64, 254)
CROWD_PARTITIONS = 4  # at most, so that as many switches as possible are from one to another whatever the size


def share_plan(units, capped):
    """A partition that never cedes for each of UNITS; and what it is to receive of the processor."""
    weights = [WEIGHTS[i % len(WEIGHTS)] for i in range(len(units))]
    left = 0 if capped else (100 - sum(units)) / sum(weights)
    plan, expected = UNCHECKED, {}
    for i, (unit, weight) in enumerate(zip(units, weights)):
        mode = {"sharing_mode": "cap"} if capped else {"sharing_mode": "uncap", "uncap_weight": weight}
        plan += guest(f"p{i}", "hog", args=f"every={EVERY}", desired_proc_units=f"{unit / 100:.2f}", **mode)
        expected[f"p{i}"] = (unit + left * weight) / 100
    return plan, expected


def share_figures(results):
    """The largest error of any partition's share in one second, in thousandths of what it is to receive."""
    for capped, table in ((True, CAPPED), (False, UNCAPPED)):
        for number, units in table.items():
            plan, expected = share_plan(units, capped)
            with Machine(plan, "--icount", "--mem", "4G") as machine:
                second = machine.second(list(expected), QUIET, EVERY)
            received = {name: second[name][0] / TICKS for name in expected}
            error = max(abs(received[name] / expected[name] - 1) for name in expected)
            name = f"share_error_{'capped' if capped else 'uncapped'}_{number}"
            results.add(name, "per mille", round(error * 1000, 2), qemu_version(QEMU10), True,
                        "all together received", round(sum(received.values()), 4))


def switch_machine(args):
    """Two partitions, each of which waits while the other works."""
    return "".join(guest(name, "pingpong", args=args, desired_proc_units="0.50") for name in PAIR)


def switch_cost(second):
    """Ticks from the last instruction of one before H_CEDE to the first of the other behind its own, in a SECOND."""
    (_, waits, own), (_, other_waits, other_own) = (second[name] for name in PAIR)
    # Else they did not take turns: this computer was busy with others.
    if waits + other_waits == 0 or abs(waits - other_waits) > waits / 20:
        return math.inf
    return (TICKS - own - other_own) / (waits + other_waits)


def switch_figures(results, qemu):
    for name, (args, limit) in SWITCHES.items():
        with Machine(switch_machine(f"work={WORK} {args}"), "--icount") as machine:
            cost = switch_cost(machine.second(PAIR))
            results.add(f"switch_{name}", "instructions", round(cost * NS_PER_TICK), qemu_version(QEMU10), True,
                        "limit", limit)
            where = trace(machine)
        for function, instructions in where.most_common(WHERE):
            print(f"    {function:40} {instructions:6}")
        with Machine(switch_machine(f"{TIMED} {args}"), "--qemu", qemu) as machine:
            # Whoever else is on this computer makes it longer, nobody shorter.
            cost = min(map(switch_cost, machine.seconds(PAIR, TIMES)))
        if math.isfinite(cost):
            results.add(f"switch_{name}_time", "ns", round(cost * NS_PER_TICK), qemu_version(qemu))
        else:
            print(f"switch_{name}_time: they did not take turns in any second; this computer is too busy")


def trace(machine):
    """Instructions of the hypervisor in one switch, by function: a Counter."""
    path = machine.dir / "trace"
    machine.monitor("one-insn-per-tb on", f"logfile {path}", "log exec,nochain")
    while not path.exists() or path.stat().st_size < TRACE_BYTES:
        machine.check_patience("ping", "trace")
    machine.monitor("log none", "one-insn-per-tb off")
    lines = re.finditer(r"^Trace \d+: \S+ \[\w+/(\w+)/(\w+)/", path.read_text(), re.MULTILINE)
    steps = [(int(line[1], 16), int(line[2], 16) & HFLAGS_HV) for line in lines]
    visits = [[pc for pc, _ in group] for hv, group in itertools.groupby(steps, key=lambda step: step[1]) if hv]
    # The first and the last are not whole; the others are alike but for what happens now and then.
    visits = visits[1:-1]
    usual = collections.Counter(map(len, visits)).most_common(1)[0][0]
    visit = next(visit for visit in visits if len(visit) == usual)
    names = functions(sorted(set(visit)))
    return collections.Counter(names[pc] for pc in visit)


def functions(addresses):
    """The function that each of ADDRESSES in the hypervisor comes from, inlined ones too, and its file."""
    command = ["powerpc64-linux-gnu-addr2line", "-f", "-s", "-e", BUILD / "openlpar.debug"]
    text = "".join(f"{pc:#x}\n" for pc in addresses)
    lines = subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {pc: f"{name} ({place.split(':')[0]})" for pc, name, place in zip(addresses, lines[::2], lines[1::2])}


def crowd_plan(number, args):
    """NUMBER virtual processors on one processor."""
    partitions = min(number, CROWD_PARTITIONS)
    plan, names = UNCHECKED, []
    for i in range(partitions):
        procs = number // partitions + (i < number % partitions)
        names.append(f"p{i}")
        units = f"{100 // partitions / 100:.2f}"
        plan += guest(names[-1], "pingpong", procs=procs, args=f"work={WORK} {args}", desired_proc_units=units)
    return plan, names


def crowd_figures(results):
    """A wait and the next one's dispatch, when few or many take turns; WORK instructions in between are theirs."""
    for what, args in CROWDS.items():
        for number in CROWD_SIZES:
            plan, names = crowd_plan(number, args)
            with Machine(plan, "--icount") as machine:
                second = machine.second(names)
            waits = sum(waits for _, waits, _ in second.values())
            results.add(f"{what}_{number}", "instructions", round(1e9 / waits - WORK), qemu_version(QEMU10), True)
