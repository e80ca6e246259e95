# SPDX-License-Identifier: Apache-2.0
"""
The bare-metal clients of tests/guest/srp.c on Linux's server driver: the lives of one follow one another at once, another
one sends it what is wrong.
"""

import subprocess

import pytest

from libmachine import BIN, KERNEL_6_1, KERNEL_6_12, TOP, Plan

VIOS = TOP / "build" / "guest" / "initrd-vios.img"


def on(system, name):
    """Starts it."""
    subprocess.run([BIN / "hmc", "--dir", system.run, "chsysstate", "-r", "lpar", "-o", "on", "-n", name],
                   check=True, timeout=60)  # fmt: skip


@pytest.mark.parametrize("kernel", [KERNEL_6_1, pytest.param(KERNEL_6_12, marks=pytest.mark.stress)],
                         ids=lambda kernel: kernel.name)  # fmt: skip
def test_next_life(machine, kernel):
    """What the server still does for one life is never seen in the next one, and every one is served."""
    plan = Plan()
    plan.debian("vios", kernel=kernel, initrd=VIOS, lpar_id=1, args="console=hvc0 vios_map=vhost0/ram32,vhost1/ram32",
                virtual_scsi_adapters='"2/server/any//any/1,3/server/3//2/1"')  # fmt: skip
    plan.guest("client", "srp", lpar_id=2, args="rounds=150", auto_start=0, virtual_scsi_adapters="2/client/1//2/1")
    plan.guest("hostile", "srp", lpar_id=3, args="hostile=1 rounds=100", auto_start=0,
               virtual_scsi_adapters="2/client/1//3/1")  # fmt: skip
    system = machine(plan)
    system.wait_debian("vios")
    for name in ("client", "hostile"):
        on(system, name)
    system.wait_test("client", 240)
    system.wait_test("hostile", 240)
