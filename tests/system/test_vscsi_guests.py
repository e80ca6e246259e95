# SPDX-License-Identifier: Apache-2.0
"""The bare-metal partition of tests/guest/crq.c: hostile clients and servers, beside others that are not."""

import pytest

from libmachine import Plan

PAIR = "2/server/{0}//3/1,3/client/{0}//2/1"  # both ends in one partition


def add(plan, name, lpar_id, foreign, **more):
    """A partition with a pair of its own and FOREIGN, an adapter whose other end is somebody else's."""
    plan.guest(name, "crq", lpar_id=lpar_id, virtual_scsi_adapters=f'"{PAIR.format(lpar_id)},{foreign}"', **more)


@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("procs", [1, 2])
def test_hostile_partition(machine, side, procs):
    """Hostile calls, on two processors at once: messages and copies are right afterwards, and all the time elsewhere."""
    other = "server" if side == "client" else "client"
    plan = Plan()
    add(plan, "hostile", 1, f"4/{side}/2//4/1", procs=procs, args="hostile=1 rounds=20")
    add(plan, "neighbour", 2, f"4/{other}/1//4/1", args="rounds=100")
    system = machine(plan, smp=procs)
    system.wait_test("hostile", 240)
    system.wait_test("neighbour", 240)
