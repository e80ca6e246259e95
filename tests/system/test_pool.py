# SPDX-License-Identifier: Apache-2.0
"""Who gets processors when there are not enough, and what becomes of dedicated ones that nobody uses."""

import re
import socket

import pytest

from libmachine import ANSWER, BOOT, Plan

PASSING = {"args": "rounds=10"}


def state_of(system, name):
    """State and reason of partition NAME, as the daemon knows them."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(ANSWER)
        client.connect(str(system.run / "hmcd.sock"))
        stream = client.makefile("rw")
        stream.write("list\n")
        stream.flush()
        while (line := stream.readline()) and line != "ok\n":
            words = line.rstrip("\n").split("\t")
            if words[1] == name:
                return words[2:]
    raise AssertionError(f"no partition {name}")


def refused(system, name, reason):
    """NAME is not activated, for a reason that the log and its state tell."""
    system.cursor["hypervisor"] = 0
    match = system.wait_log(rf"{name}: Error: ({reason})$")
    assert state_of(system, name) == ["Error", match[1]]


def test_over_commitment(machine):
    """Partitions that cannot have their minimum are refused, with the reason; the others do not notice."""
    units = {"desired_proc_units": 0.6, "min_proc_units": 0.6, **PASSING}
    system = machine(
        Plan()
        .guest("one", "checksum", **units)
        .guest("other", "checksum", **units)
        .guest("content", "checksum", desired_proc_units=0.4, min_proc_units=0.2, **PASSING)
        .guest("much", "checksum", procs=3, min_proc_units=1.01, desired_proc_units=2.5)
        .guest("more", "checksum", procs=2, min_procs=2, proc_mode="ded")
    )
    system.wait_test("content", BOOT)
    refused(system, "much", r"2\.50 processing units wanted, at least 1\.01 needed, "
                            r"\d\.\d\d of 1\.00 left in the shared pool")
    refused(system, "more", r"2 dedicated processors needed, [01] of 1 (is|are) free")
    log = system.hypervisor_log()
    late, good = ("one", "other") if "one: Error" in log else ("other", "one")
    refused(system, late, r"0\.60 processing units needed, 0\.[04]0 of 1\.00 left in the shared pool")
    system.wait_test(good, BOOT)


def test_what_is_left(machine):
    """With less than it desires a partition has no more virtual processors than that is enough for."""
    system = machine(
        Plan()
        .guest("first", "checksum", desired_proc_units=0.65, min_proc_units=0.65)
        .guest("second", "smp", procs=8, args="processors=3 rounds=2", desired_proc_units=0.8, max_procs=8)
    )
    system.wait_log(r"partition second: 3 virtual processors, 0\.35 shared")
    system.wait_test("second", 240)


@pytest.mark.parametrize("mode, processors", [("keep_idle_procs", 1), ("share_idle_procs", 2)])
def test_partition_that_ended(machine, mode, processors):
    """The dedicated processor of one that is not activated any more: kept idle, or back in the shared pool."""
    system = machine(
        Plan()
        .guest("short", "checksum", proc_mode="ded", sharing_mode=mode, args="rounds=1 passes=1")
        .guest("hog", "hog", procs=2),
        smp=2,
        icount=True,
    )
    system.wait_log(r"short: Not Activated$", 240)
    # What the hypervisor needs for the management channel is more when this computer has other work.
    assert abs(system.shares(["hog"], 1)["hog"] - processors) < 0.1
