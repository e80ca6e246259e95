# SPDX-License-Identifier: Apache-2.0
"""What concerns the whole machine: images that are none, its processors, its end, two machines at once."""

import os
import re
import struct
import time

from libmachine import BOOT, GUESTS, Plan

PASSING = {"args": "rounds=3"}


def elf_of(memory, machine=21):
    """A big-endian ELF64 image with one segment of MEMORY bytes, all of it bss but one instruction."""
    header = struct.pack(
        ">16sHHIQQQIHHHHHH", b"\x7fELF\x02\x02\x01", 2, machine, 1, 0x10000, 64, 0, 2, 64, 56, 1, 0, 0, 0
    )
    segment = struct.pack(">IIQQQQQQ", 1, 7, 120, 0x10000, 0x10000, 4, memory, 0x1000)
    return header + segment + b"\x48\0\0\0"


def test_bad_images(machine, tmp_path):
    """A partition whose image is none ends in Error, with the reason; its neighbours do not notice."""
    good = (GUESTS / "checksum.elf").read_bytes()
    images = {
        "garbage": os.urandom(100000),
        "text": b"This is not a kernel.\n" * 100,
        "truncated": good[:0x3000],
        "header": good[:100],
        "toobig": elf_of(1 << 32),
        "rmosized": elf_of(64 << 20),
        "wrong": elf_of(4096, machine=62),
    }
    plan = Plan()
    plan.guest("before", "checksum", **PASSING)
    for name, content in images.items():
        path = tmp_path / name
        path.write_bytes(content)
        plan.lpar(name, path)
    plan.guest("behind", "checksum", **PASSING)
    system = machine(plan)
    system.wait_test("before")
    system.wait_test("behind")
    for name in images:
        system.cursor["hypervisor"] = 0
        system.wait_log(rf"{name}: Error: \S+.*$")


def test_second_processor(machine):
    """Two processors run partitions, one with interrupts between its own, one with exceptions."""
    system = machine(Plan().guest("one", "interrupts", procs=2).guest("two", "exceptions"), smp=2)
    system.wait_log(r"2 processor\(s\) run partitions")
    system.wait_test("one", BOOT)
    system.wait_test("two", BOOT)


def goes_on(system, name, pattern="(?!)"):
    """Waits until NAME writes PATTERN, or has passed. False: it is lost, which only the log says."""
    seen, deadline = len(system.console(name)), time.monotonic() + BOOT
    while f"{name}: Error" not in system.hypervisor_log():
        console = system.console(name)
        if "TEST checksum: PASS" in console or re.search(pattern, console[seen:], re.MULTILINE):
            return True
        assert "FAIL" not in console and time.monotonic() < deadline, f"{name} does not go on after a system reset"
        time.sleep(0.02)
    return False


def test_system_reset(machine):
    """The reset button, many times: the hypervisor and the partitions go on.

    One that was hit while it could not recover (MSR[RI] = 0, or between a call and its answer) may end, with that reason.
    """
    names = ("one", "two")
    plan = Plan()
    for name in names:
        plan.guest(name, "checksum", args="rounds=250")
    system = machine(plan)
    for _ in range(25):
        for name in names:
            # A second reset before the first instruction of the first one's handler would be fatal.
            goes_on(system, name, r"^checksum: round \d+ \w+\n")
        system.qmp(("inject-nmi",))
    system.wait_log("system reset while virtual processor")
    for name in names:
        if not goes_on(system, name):
            system.cursor["hypervisor"] = 0
            system.wait_log(rf"{name}: Error: .* lost to a system reset")


def test_two_machines(machine):
    """Two run directories do not know of each other."""
    first = machine(Plan().guest("one", "checksum", args="rounds=100"))
    second = machine(Plan().guest("one", "hcalls", args="rounds=10"))
    second.wait_test("one", BOOT)
    second.stop()
    first.wait_test("one", BOOT)


def test_instruction_count(machine):
    """Time that counts instructions (QEMU 10): the same partitions work."""
    system = machine(Plan().guest("one", "hcalls", args="rounds=20").guest("two", "interrupts"), icount=True)
    system.wait_test("one", 240)
    system.wait_test("two", 240)


def test_null_call(machine):
    """What the two cheapest calls may cost, in instructions, and which no change may quietly raise."""
    system = machine(Plan().guest("one", "nullcall"), icount=True)
    system.wait_test("one", 240)
    costs = dict(re.findall(r"^BENCH (\w+) (\d+) 500$", system.console("one"), re.M))
    for name in ("null_hcall_unknown", "null_hcall_prod_self"):
        assert int(costs[name]) * 1000 / 512 / 500 <= 150, f"{name}: {costs[name]} ticks for 500 calls"


def test_power_off(machine):
    """openlpar-down ends the machine through the hypervisor: QEMU's own status is 0."""
    system = machine(Plan().guest("one", "checksum", args="rounds=1000000"))
    system.wait_console("one", "checksum: round 3")
    system.stop()
    assert (system.run / "qemu.status").read_text() == "exit 0\n"
    assert "one: " in system.hypervisor_log()
