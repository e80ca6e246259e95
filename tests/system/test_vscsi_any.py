# SPDX-License-Identifier: Apache-2.0
"""
A virtual SCSI server for any client, with Linux's own drivers on both sides: whoever is next gets its disk and finds on
it what the one before wrote. The server's driver never registers again when a client ends: it waits for the next one.
"""

import pytest

from libmachine import BOOT, Plan
from libvscsi import STORAGE, VIOS, Served, add

pytestmark = pytest.mark.stress

LOAD = ("fio --name=t --filename=/dev/sda --direct=1 --ioengine=io_uring --rw=randwrite --bs=64k --iodepth=32 "
        "--offset=16M --time_based --runtime=600 --minimal")  # fmt: skip


class Turns(Served):
    """One server, which is up, and two clients of its only adapter, which are not."""

    def start(self):
        super().start()
        self.wait_up("vios")
        return self

    def find_disk(self, name):
        """NAME is up and has the disk."""
        self.shell(name, ". /bin/disks.sh; wait_for_disk /dev/sda", BOOT)

    def write(self, name, text):
        """It says so at the disk's beginning."""
        self.shell(name, f"echo {text} | dd of=/dev/sda conv=sync,fsync bs=4k 2>/dev/null")

    def read(self, name, text):
        """It finds that."""
        self.shell(name, f"dd if=/dev/sda iflag=direct bs=4k count=1 2>/dev/null | grep -w {text}")

    def load(self, name):
        """It writes, as much as it can at once."""
        self.send(name, f"({LOAD} >/dev/null 2>&1 &) ; sleep 2; echo load''ed\n")
        self.wait_console(name, "^loaded$")


@pytest.fixture(name="turns")
def make_turns(request):
    """The machine."""
    plan = Plan()
    add(plan, "vios", 1, VIOS, 256, "vios_map=vhost0/ram32", (2, "server", "any", "any"))
    for number, name in enumerate(("c1", "c2")):
        add(plan, name, 2 + number, STORAGE, 256, "", (2, "client", 1, 2), auto_start=0)
    machine = Turns(plan, smp=2, mem="2G")
    request.node.machines = [machine]
    try:
        yield machine.start()
    finally:
        machine.stop()
    machine.forget()


def test_turns(turns):
    """Clients end under load: the other one, its own next life, and one that was refused before are served."""
    turns.activate("c1")
    turns.find_disk("c1")
    turns.write("c1", "one")
    turns.load("c1")
    turns.kill("c1")
    turns.activate("c2")
    turns.find_disk("c2")
    turns.read("c2", "one")
    turns.activate("c1")  # is refused as long as there is c2
    turns.shell("c1", "! [ -e /sys/class/scsi_host/host0 ]")
    turns.write("c2", "two")
    turns.load("c2")
    turns.kill("c2")
    turns.shell("c1", "echo 30000002 >/sys/bus/vio/drivers/ibmvscsi/bind")
    turns.find_disk("c1")
    turns.read("c1", "two")


def test_resets(turns):
    """A client registers again at once, so that the server's driver has not read of the end before."""
    turns.activate("c1")
    turns.find_disk("c1")
    for number in range(20):
        turns.shell("c1", "echo adapter >/sys/class/scsi_host/host0/host_reset")
        turns.write("c1", f"life{number}")
        turns.read("c1", f"life{number}")


def test_waiting(turns):
    """Both wait for the server, which serves one; the other one registers again when that has gone."""
    turns.kill("vios")
    for name in ("c1", "c2"):
        turns.activate(name)
    turns.activate("vios")
    turns.shell("vios", "until lsmap -all | grep -q Available; do sleep 1; done")
    scan = "echo '0 0 -' >/sys/class/scsi_host/host0/scan; [ -b /dev/sda ]"
    turns.shell("c1", f"i=0; until {scan} || [ $i = 10 ]; do sleep 1; i=$((i + 1)); done")
    turns.send("c1", "[ -b /dev/sda ]; echo has''=$?=\n")
    has = turns.wait_console("c1", "^has=([01])=").group(1) == "0"
    first, second = ("c1", "c2") if has else ("c2", "c1")
    turns.find_disk(first)
    turns.shell(second, f"! {{ {scan}; }}")
    turns.write(first, "first")
    turns.kill(first)
    turns.shell(second, "echo adapter >/sys/class/scsi_host/host0/host_reset")
    turns.find_disk(second)
    turns.read(second, "first")
