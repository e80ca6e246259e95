# SPDX-License-Identifier: Apache-2.0
"""The bare-metal partition of tests/guest/ethernet.c, which is hostile to its adapters, beside one that is not."""

import pytest

from libmachine import Plan


@pytest.mark.parametrize("procs", [1, 2])
def test_hostile_partition(machine, procs):
    """Every length, hostile calls, races between two processors: frames arrive as before, and nobody else notices."""
    adapters = ",".join(f"{slot}/0/1///1" for slot in (2, 3))
    plan = Plan().guest(
        "hostile", "ethernet", procs=procs, args="rounds=8000", virtual_eth_adapters=f'"{adapters}"'
    )
    plan.guest("neighbour", "ethernet", args="rounds=0", virtual_eth_adapters=f'"{adapters.replace("0/1/", "0/2/")}"')
    system = machine(plan, smp=procs)
    system.wait_test("hostile", 240)
    system.wait_test("neighbour", 240)
