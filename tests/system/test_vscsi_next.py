# SPDX-License-Identifier: Apache-2.0
"""The bare-metal client of tests/guest/srp.c, whose lives follow one another at once, on Linux's server driver."""

import subprocess

import pytest

from libmachine import BIN, KERNEL_6_1, KERNEL_6_12, TOP, Plan

VIOS = TOP / "build" / "guest" / "initrd-vios.img"
START = ("chsysstate", "-r", "lpar", "-o", "on", "-n", "client")


@pytest.mark.parametrize("kernel", [KERNEL_6_1, pytest.param(KERNEL_6_12, marks=pytest.mark.stress)],
                         ids=lambda kernel: kernel.name)  # fmt: skip
def test_next_life(machine, kernel):
    """What the server still does for one life is never seen in the next one, which is served."""
    plan = Plan()
    plan.debian("vios", kernel=kernel, initrd=VIOS, mem=256, lpar_id=1, args="console=hvc0 vios_map=vhost0/ram32",
                virtual_scsi_adapters="2/server/any//any/1")  # fmt: skip
    plan.guest("client", "srp", lpar_id=2, args="rounds=200", auto_start=0, virtual_scsi_adapters="2/client/1//2/1")
    system = machine(plan)
    system.wait_debian("vios")
    subprocess.run([BIN / "hmc", "--dir", system.run, *START], check=True, timeout=60)
    system.wait_test("client", 240)
