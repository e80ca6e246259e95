# SPDX-License-Identifier: Apache-2.0
"""Partitions that end and start again while all of their processors are in calls, beside one that computes."""

import re

import pytest

from libmachine import Plan

ROUNDS = 12


@pytest.mark.parametrize("smp", [1, 4])
def test_cycles(machine, smp):
    """All processors of a partition end it at once, again and again; the neighbour goes on, nothing is left behind."""
    plan = Plan(min_proc_units_per_virtual_proc=0.05)
    for name, procs in (("one", 1), ("two", 2), ("four", 4)):
        plan.guest(name, "cycle", procs=procs, desired_proc_units=0.2, args=f"rounds={ROUNDS}")
    system = machine(plan.guest("neighbour", "hog", procs=2, desired_proc_units=0.2), smp=smp)
    for name in ("one", "two", "four"):
        system.wait_test(name, 240)
        starts = re.findall(r"TEST cycle: start", system.console(name))
        assert len(starts) == ROUNDS + 1
    assert "Error" not in system.hypervisor_log()
