# SPDX-License-Identifier: Apache-2.0
"""Unmodified Debian partitions, booted both ways, together, and through their ends."""

import re

import pytest

from libmachine import ANSWER, BOOT, KERNEL_6_1, KERNEL_6_12, Plan


def check_partition(system, name, kernel, procs, ready):
    """The partition is what its plan says, and works."""
    assert re.search(rf"Linux {re.escape(kernel)}\.\S+, {procs} processors,", ready), ready
    assert system.shell(name, "uname -m").strip() == "ppc64le"
    assert name in system.shell(name, "cat /proc/device-tree/ibm,partition-name")
    assert "pSeries" in system.shell(name, "cat /proc/cpuinfo")
    interrupts = system.shell(name, "cat /proc/interrupts")
    assert "hvc_console" in interrupts
    system.shell(name, "dmesg | grep -c . >/dev/null; ! dmesg | grep -E 'BUG:|WARNING:'")


def test_open_firmware(machine):
    """Kernels 6.1 and 6.12 at once on one processor, started by Open Firmware; one restarts, panics and ends."""
    system = machine(
        Plan()
        .debian("lp1", KERNEL_6_1, procs=2)
        .debian("lp2", KERNEL_6_12)
        .guest("sum", "checksum", args="rounds=1000000 passes=1000"),
        mem="3G",
    )
    first = system.wait_debian("lp1")
    second = system.wait_debian("lp2")
    check_partition(system, "lp1", "6.1", 2, first)
    check_partition(system, "lp2", "6.12", 1, second)

    # The other computes a checksum while this one starts afresh.
    system.shell("lp2", "dd if=/dev/zero bs=64k count=64 2>/dev/null | md5sum >/tmp/a")
    sums = "dd if=/dev/zero bs=64k count=64 2>/dev/null | md5sum | cmp - /tmp/a || echo DIFFERS"
    system.shell("lp2", f"while [ ! -e /tmp/stop ]; do {sums}; done >/tmp/differs 2>&1 & true")
    system.wait_log("lp1: Running")
    system.send("lp1", "reboot -f\n")
    system.wait_log("lp1: Running")
    system.wait_debian("lp1")
    system.shell("lp2", "touch /tmp/stop; wait; ! grep . /tmp/differs")

    # A panic is that partition's alone. Linux stays as it is for who wants to look at it.
    system.shell("lp1", "echo 1 >/proc/sys/kernel/sysrq")
    system.send("lp1", "echo c >/proc/sysrq-trigger\n")
    system.wait_console("lp1", r"Kernel panic - not syncing: sysrq triggered crash")
    system.wait_log(r"lp1: operating system terminated: OS panic: sysrq triggered crash")
    system.shell("lp2", "true")

    # Power off.
    system.send("lp2", "poweroff -f\n")
    system.wait_log("lp2: Not Activated")
    system.wait_console("sum", r"checksum: round \d+", ANSWER, never="FAIL")


def test_flat_tree(machine):
    """The same kernels started with a flat tree, and one with four processors."""
    system = machine(
        Plan().debian("lp1", KERNEL_6_1, mode="fdt", procs=4).debian("lp2", KERNEL_6_12, mode="fdt", procs=2), mem="3G"
    )
    first = system.wait_debian("lp1")
    second = system.wait_debian("lp2")
    check_partition(system, "lp1", "6.1", 4, first)
    check_partition(system, "lp2", "6.12", 2, second)
    for cpu in (1, 2, 3):
        system.shell("lp1", f"echo 0 >/sys/devices/system/cpu/cpu{cpu}/online", BOOT)
    assert system.shell("lp1", "nproc").strip() == "1"
    for cpu in (1, 2, 3):
        system.shell("lp1", f"echo 1 >/sys/devices/system/cpu/cpu{cpu}/online", BOOT)
    assert system.shell("lp1", "nproc").strip() == "4"


@pytest.mark.stress
def test_reboots(machine):
    """Twenty restarts of one Debian beside another."""
    system = machine(Plan().debian("lp1").debian("lp2"), mem="3G")
    system.wait_debian("lp2")
    for _ in range(20):
        system.wait_debian("lp1")
        system.send("lp1", "reboot -f\n")
        system.wait_log("lp1: Running")
    system.wait_debian("lp1")
    system.shell("lp2", "true")
