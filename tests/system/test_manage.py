# SPDX-License-Identifier: Apache-2.0
"""Partitions defined, activated, ended and removed on a real machine, by the frames that the daemon would send."""

import struct
import subprocess

import libframes
import pytest
from libframes import Refused
from libmachine import GUESTS, Plan

CYCLES = [50, pytest.param(200, marks=pytest.mark.stress)]
# One of every kind.
ADAPTERS = [
    libframes.adapter(2, "eth"),
    libframes.adapter(3, "eth", trunk_priority=1, port_vlan_id=7),
    libframes.adapter(4, "serial-server"),
    libframes.adapter(5, "scsi-client", remote_lpar_id=2, remote_slot_num=6),
    libframes.adapter(6, "scsi-server"),
]


def stripped(name, folder):
    """A test partition without its symbols: the UART is slow."""
    path = folder / f"{name}.elf"
    subprocess.run(["powerpc64-linux-gnu-strip", "-o", path, GUESTS / f"{name}.elf"], check=True)
    return path.read_bytes()


@pytest.fixture(name="hypervisor")
def machine():
    """A machine with one partition."""
    hypervisor = libframes.Hypervisor(Plan().guest("seed", "echo"))
    try:
        hypervisor.state(1, libframes.RUNNING)
        yield hypervisor
    finally:
        hypervisor.stop()


def holdings(hypervisor):
    facts = hypervisor.system()
    names = ("mem_free", "mem_assigned", "mem_hypervisor", "heap_used", "pages_used", "pool_units", "partitions")
    return {name: facts[name] for name in names}


def refused(call, *arguments, **more):
    with pytest.raises(Refused) as refusal:
        call(*arguments, **more)
    return refusal.value.reason


@pytest.mark.parametrize("cycles", CYCLES)
def test_cycles(hypervisor, cycles):
    """Whatever comes and goes many times gives back all that it had, to the byte."""
    before = None
    for cycle in range(cycles + 1):
        hypervisor.define(2, "two")
        hypervisor.activate(2, libframes.profile("image0", units=10, procs=1, adapters=ADAPTERS))
        hypervisor.state(2, libframes.RUNNING)
        hypervisor.act(2, libframes.POWER_OFF)
        hypervisor.state(2, libframes.NOT_ACTIVATED)
        hypervisor.remove(2)
        hypervisor.state(2, libframes.REMOVED)
        now = holdings(hypervisor)
        before = before or now
        assert now == before, f"cycle {cycle}"
    facts = hypervisor.system()
    parts = facts["mem_free"] + facts["mem_assigned"] + facts["mem_hypervisor"]
    assert parts == facts["mem_configurable"]


def test_image(hypervisor, tmp_path):
    """An image that comes over the channel boots; what is wrong with one is said."""
    before = holdings(hypervisor)
    image = stripped("echo", tmp_path)
    hypervisor.put_image("sent", image)
    assert hypervisor.images()["sent"][:2] == (len(image), 0)
    hypervisor.define(3, "three")
    hypervisor.activate(3, libframes.profile("sent"))
    hypervisor.console(3, "echo: ready")
    assert "partitions that were started" in refused(hypervisor.remove_image, "sent")
    hypervisor.act(3, libframes.POWER_OFF)
    hypervisor.state(3, libframes.NOT_ACTIVATED)
    hypervisor.remove(3)
    hypervisor.remove_image("sent")
    assert refused(hypervisor.put_image, "bad", image[:5000], crc=1) == "the boot image was damaged on its way"
    hypervisor.put_image("junk", b"no ELF file")
    hypervisor.define(3, "three")
    hypervisor.activate(3, libframes.profile("junk"))
    hypervisor.state(3, libframes.ERROR)
    assert "image junk" in hypervisor.describe(3)["reason"]
    assert hypervisor.describe(3)["refcode"] == 0xB2002210
    hypervisor.until("its end is complete", lambda: hypervisor.describe(3)["mem"] == 0)
    hypervisor.remove(3)
    hypervisor.remove_image("junk")
    assert holdings(hypervisor) == before


def test_refused(hypervisor):
    """What cannot be is said, and changes nothing."""
    hypervisor.define(2, "two")
    before = holdings(hypervisor)
    assert refused(hypervisor.define, 3, "seed") == "partition 1 has the name seed already"
    assert "not from 1 to 254" in refused(hypervisor.define, 255, "many")
    assert "active" in refused(hypervisor.remove, 1)
    assert "came with the system plan" in refused(hypervisor.remove_image, "image0")
    for changed, reason in (
        ({"mem": 8192}, "8192 MiB of memory are not free"),
        ({"mem": 63}, "memory size missing or out of range"),
        ({"image": "none"}, "boot image none does not exist"),
        ({"procs": 1, "units": 0, "sharing_mode": "keep_idle_procs"}, "1 dedicated processor needed, 0 of 1 are free"),
        ({"procs": 1, "units": 95}, "0.95 processing units needed, 0.90 of 1.00 left in the shared pool"),
    ):
        profile = libframes.profile(**({"image": "image0"} | changed))
        assert refused(hypervisor.activate, 2, profile) == reason
        assert holdings(hypervisor) == before
    assert refused(hypervisor.act, 2, libframes.RESTART) == "partition two is not active"
    assert refused(hypervisor.act, 2, libframes.OS_SHUTDOWN) == "partition two has no running operating system"
    assert "too short" in refused(hypervisor.ask, "DEFINE", b"x")
    assert "does not exist" in refused(hypervisor.ask, "TRACE", struct.pack(">HQ", 99, 0))
    assert any(record[1] == 3 for record in hypervisor.trace(0))


def test_debian():
    """Debian shuts down when it is told to, restarts, and dumps."""
    hypervisor = libframes.Hypervisor(Plan().debian("deb"))
    try:
        # Whoever is told to shut down before there is an init hears nothing; there is one when a shell prompts.
        ready = "OpenLPAR partition deb ready(.*\n)*deb# "
        hypervisor.console(1, ready, libframes.BOOT)
        hypervisor.act(1, libframes.OS_RESTART)
        hypervisor.console(1, "Power off requested")
        hypervisor.console(1, ready, libframes.BOOT)
        hypervisor.act(1, libframes.DUMP_RESTART)
        hypervisor.console(1, "System Reset")
        hypervisor.console(1, ready, libframes.BOOT)
        hypervisor.act(1, libframes.OS_SHUTDOWN)
        hypervisor.console(1, "reboot: Power down")
        hypervisor.state(1, libframes.NOT_ACTIVATED)
        codes = [code for _, code, _ in hypervisor.refcodes(1)]
        assert codes.count(0xD2003001) == 2 and codes[-1] == 0
        hypervisor.remove(1)
        assert hypervisor.system()["mem_assigned"] == 0
    finally:
        hypervisor.stop()
