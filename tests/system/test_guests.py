# SPDX-License-Identifier: Apache-2.0
"""The bare-metal test partitions of tests/guest."""

import re
import zlib

import pytest

from libmachine import BOOT, Plan


@pytest.mark.parametrize(
    "test, more",
    [
        ("exceptions", {}),
        ("memory", {"mem": 128, "rmo_size": 32}),
        ("memory", {"mem": 256, "rmo_size": 256}),
        ("hcalls", {"args": "rounds=200"}),
        ("interrupts", {}),
        ("interrupts", {"procs": 4}),
        ("tce", {"virtual_eth_adapters": "5/0/1//0/0"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(f"{k}={v}" for k, v in value.items()),
)
def test_guest(machine, test, more):
    """A partition that tests one thing, beside one that only computes: both must be content."""
    system = machine(Plan().guest("guest", test, **more).guest("neighbour", "checksum", args="rounds=10"))
    system.wait_test("guest", 240)
    system.wait_test("neighbour", BOOT)


@pytest.mark.stress
@pytest.mark.parametrize("seed", range(1, 5))
def test_hostile_calls(machine, seed):
    """Millions of hostile calls from two partitions at once."""
    system = machine(
        Plan()
        .guest("left", "hcalls", args=f"rounds=3000 seed={seed}")
        .guest("right", "hcalls", args=f"rounds=3000 seed={seed}000")
        .guest("neighbour", "checksum", args="rounds=1000")
    )
    for name in ("left", "right", "neighbour"):
        system.wait_test(name, 600)


@pytest.mark.parametrize("smp, lmb", [(1, 256), (2, 64)])
def test_guest_memory_in_large_blocks(machine, smp, lmb):
    """The same with other logical memory blocks, and with a second processor."""
    system = machine(Plan(lmb=lmb).guest("guest", "memory", mem=512, args="rounds=2000"), smp=smp, mem="4G")
    system.wait_test("guest", 240)


@pytest.mark.parametrize("smp", [1, 2])
def test_areas(machine, smp):
    """Virtual processor areas: counts, wait times, trace log; what is kept of registers and SLB beside one that marks all."""
    plan = Plan()
    for i in range(smp):
        plan.guest(f"marks{i}", "keep", desired_proc_units=0.1, args="fill=1")
    plan.guest("hog", "hog", procs=smp, desired_proc_units=0.1 * smp)
    plan.guest("areas", "vpa", procs=2, desired_proc_units=0.2)
    plan.guest("keep", "keep", desired_proc_units=0.1)
    plan.guest("capped", "vpa", procs=2, desired_proc_units=0.2, sharing_mode="cap", args="capped=1")
    system = machine(plan, smp=smp)
    for name in ("areas", "keep", "capped"):
        system.wait_test(name, 240)


@pytest.mark.parametrize("mode", ["keep_idle_procs", "share_idle_procs_always"])
def test_areas_of_dedicated_processors(machine, mode):
    """The same with processors of its own, and the cycles of them that it donates."""
    lends = " donates=1" if mode.endswith("always") else ""
    system = machine(
        Plan()
        .guest("areas", "vpa", procs=2, proc_mode="ded", sharing_mode=mode, args=f"dedicated=1{lends}")
        .guest("hog", "hog", desired_proc_units=0.1),
        smp=3,
    )
    system.wait_test("areas", 240)


def test_registers(machine):
    """Two partitions fill every register they can write, and keep them over 100,000 switches."""
    names = ("left", "right")
    plan = Plan()
    for name in names:
        plan.guest(name, "registers", args="switches=100000")
    system = machine(plan)
    for name in names:
        system.wait_test(name, 400)
        count = re.search(r"registers: (\d+) switches in (\d+) calls, (\d+) by", system.console(name))
        assert int(count[1]) >= 100000
        assert int(count[3]) >= 100, "hardly any wait was ended by a time slice"


def test_leak(machine):
    """What a partition leaves in the processor, even in the time base, does not reach another."""
    system = machine(
        Plan()
        .guest("left", "leak", args="fill=1")
        .guest("thief", "leak", args="fill=1 timebase=20")
        .guest("right", "leak", procs=2)
    )
    system.wait_test("right", 240)


def test_reboot(machine):
    """A partition starts itself afresh; its memory is clear, its non-volatile memory kept."""
    system = machine(
        Plan().guest("again", "reboot", procs=2, args="rounds=5").guest("neighbour", "checksum", args="rounds=20")
    )
    system.wait_test("again", 240)
    assert len(re.findall(r"^reboot: started (\d+) times$", system.console("again"), re.M)) == 6
    system.wait_test("neighbour", BOOT)
    system.wait_log("again: Not Activated")


def test_flood(machine):
    """1 MiB of console output and a neighbour that does the same: no character is lost or changed."""
    counts = {"left": 16384, "right": 2048}
    plan = Plan()
    for name, count in counts.items():
        plan.guest(name, "flood", args=f"lines={count}")
    system = machine(plan)
    for name, count in counts.items():
        system.wait_test(name, 300)
        lines = re.findall(r"^(flood ([0-9a-f]{8}) [a-z]{39}) ([0-9a-f]{8})$", system.console(name), re.M)
        assert [int(line[1], 16) for line in lines] == list(range(count))
        assert all(zlib.crc32(line[0].encode()) == int(line[2], 16) for line in lines)


def test_console_input(machine):
    """What is typed arrives, with an interrupt, and comes back; more than fits at once waits."""
    system = machine(Plan().guest("echo", "echo").guest("neighbour", "checksum", args="rounds=1000000"))
    system.wait_console("echo", "echo: ready")
    system.send("echo", "first\r")
    system.wait_console("echo", "first")
    text = "".join(f"{n:05d}." for n in range(2000))
    for start in range(0, len(text), 500):
        system.send("echo", text[start : start + 500])
    system.send("echo", "\rquit\r")
    system.wait_test("echo", BOOT)
    assert text in system.console("echo").replace("\n", "")
    assert re.search(r"echo: \d+ characters, [1-9]\d* interrupts", system.console("echo"))
