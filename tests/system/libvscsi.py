# SPDX-License-Identifier: Apache-2.0
"""
Virtual SCSI with Linux's own drivers on both sides, on one machine for all of it:

    store ── vhost0 ── vios1 ── vhost0 ── c1: two disks, in memory and in a file
      │                  └───── vhost1 ── lp1: its root, and another one
      └───── vhost1 ── vios2 ── vhost0 ── c1: the same two disks again

The disks are in the memory of store, which stays; vios1 and vios2 pass them on, and may come and go. vios1 and lp1 have
Linux 6.12, the others 6.1: each is client and server of itself and of the other.
"""

import contextlib
import re

from libmachine import ANSWER, BOOT, KERNEL_6_1, KERNEL_6_12, TOP, Machine, Plan

VIOS = TOP / "build" / "guest" / "initrd-vios.img"
STORAGE = TOP / "build" / "guest" / "initrd-storage.img"
DISK = TOP / "build" / "guest" / "initrd-disk.img"

PATIENCE = 3 * ANSWER  # for what works a disk hard
SIZE = 32  # MiB of each disk that is no root

# What no partition may have said to itself, whatever happened to its partners.
WRONG = "BUG:|WARNING:|Oops|blocked for more than|rcu.*stall"


def adapters(*items):
    """virtual_scsi_adapters of (slot, client or server, partition, slot there)."""
    return '"' + ",".join(f"{slot}/{side}/{lpar}//{there}/1" for slot, side, lpar, there in items) + '"'


def add(plan, name, lpar_id, initrd, mem, words, *items, kernel=KERNEL_6_1, **more):
    """A partition with these adapters, whose kernel does not interrupt what is said on its console."""
    plan.debian(name, kernel=kernel, initrd=initrd, mem=mem, lpar_id=lpar_id, args=f"console=hvc0 loglevel=3 {words}",
                virtual_scsi_adapters=adapters(*items), **more)  # fmt: skip


def storage_plan():
    """Five partitions."""
    plan = Plan()
    disks = f"vhost0/root=root,vhost0/ram{SIZE}=one,vhost0/file{SIZE}=two,vhost0/ram{SIZE}=three,vhost1/one,vhost1/two"
    add(plan, "store", 1, VIOS, 512, f"vios_map={disks}", (2, "server", 2, 5), (3, "server", 3, 5))
    add(plan, "vios1", 2, VIOS, 256, "vios_map=vhost0/lun1,vhost0/lun2,vhost1/lun0,vhost1/lun3",
        (2, "server", 4, 2), (3, "server", 5, 2), (5, "client", 1, 2), kernel=KERNEL_6_12)  # fmt: skip
    add(plan, "vios2", 3, VIOS, 256, "vios_map=vhost0/lun0,vhost0/lun1", (2, "server", 4, 3), (5, "client", 1, 3))
    add(plan, "c1", 4, STORAGE, 256, "", (2, "client", 2, 2), (3, "client", 3, 2))
    add(plan, "lp1", 5, DISK, 256, "root=lun0", (2, "client", 2, 3), kernel=KERNEL_6_12)
    return plan


class Served(Machine):
    """A machine with partitions that serve others disks."""

    def shell(self, name, command, timeout=PATIENCE):
        return super().shell(name, command, timeout)

    def end(self, operation, *names):
        """The partitions end, one after the other as fast as the management console can tell them."""
        before = len(self.hypervisor_log())
        for name in names:
            self.manage("chsysstate", "-r", "lpar", "-o", *operation.split(), "-n", name)
        for name in names:
            self.cursor["hypervisor"] = before
            self.wait_log(f"{name}: Not Activated$", BOOT)

    def kill(self, *names):
        """They end without a word."""
        self.end("shutdown --immed", *names)

    def wait_up(self, name):
        """The partition is up."""
        self.wait_debian(name)

    def activate(self, *names):
        """They start again, and are up."""
        for name in names:
            self.manage("chsysstate", "-r", "lpar", "-o", "on", "-n", name)
        for name in names:
            self.wait_up(name)

    def check_logs(self, *names):
        """Nothing went wrong inside a partition that is still there."""
        for name in names:
            self.shell(name, f"! dmesg | grep -A 12 -E '{WRONG}'")

    def tails(self):
        """With what the kernels keep to themselves, where there is still somebody to ask."""
        for name in list(self.attached):
            with contextlib.suppress(Exception):
                self.shell(name, "dmesg | tail -n 30", ANSWER / 6)
        return super().tails()


class Storage(Served):
    """The machine of storage_plan(), up, and everybody with disks."""

    def start(self):
        super().start()
        for name in ("store", "vios1", "vios2", "c1"):
            self.wait_up(name)
        return self

    def wait_up(self, name):
        """The partition is up, and c1 has its four disks."""
        super().wait_up(name)
        if name == "c1":
            self.shell("c1", ". /bin/disks.sh; for disk in sda sdb sdc sdd; do wait_for_disk /dev/$disk; done", BOOT)

    def log_in(self, name):
        """A partition whose root is on a disk has come to its login; root is let in."""
        self.wait_console(name, f"^{name} login: ", BOOT)
        self.send(name, "root\n")
        self.wait_console(name, f"{name}# ")

    def disks(self, name, slot=2):
        """The disks that the client NAME has at its adapter in SLOT, by their LUNs. What they are called is chance."""
        paths = self.shell(name, f"ls -d /sys/bus/vio/devices/3000000{slot}/host*/target*/*/block/sd*")
        disks = re.findall(r"/block/(sd[a-z])$", paths, re.MULTILINE)
        assert len(disks) == 2, paths
        return [f"/dev/{disk}" for disk in disks]

    def fio(self, disk, **options):
        """Writes and reads back, with checksums."""
        words = " ".join(f"--{option}={value}" for option, value in options.items())
        self.shell("c1", f"fio --name=t --filename={disk} --direct=1 --ioengine=io_uring --verify=crc32c "
                         f"--verify_fatal=1 --minimal {words} >/dev/null")  # fmt: skip


class Writer:
    """c1 writes blocks to DISK one after the other, and puts load beside that, until it is told to stop, or dies."""

    def __init__(self, storage, disk, label):
        self.storage, self.disk, self.label = storage, disk, label
        self.begin = len(storage.console("c1"))
        storage.shell("c1", f"rm -f /tmp/stop /tmp/rest; blocks load {disk} 16M & blocks write {disk} {label} & true")
        self.more()

    def counts(self, what):
        """The numbers of the blocks that WHAT is said of."""
        text = self.storage.console("c1")[self.begin :]
        return [int(number) for number in re.findall(rf"{what} (\d+)\n", text)]

    def more(self, blocks=10):
        """Waits until so many more blocks have been acknowledged."""
        count = len(self.counts("acknowledged"))
        self.storage.wait_console("c1", rf"acknowledged {count + blocks}\n", BOOT, never="written")

    @contextlib.contextmanager
    def alone(self):
        """No load for a while, so that somebody else gets on."""
        self.storage.shell("c1", "touch /tmp/rest")
        yield
        self.storage.shell("c1", "rm /tmp/rest")

    def stop(self):
        """Returns when all is on the disk."""
        self.storage.shell("c1", "touch /tmp/stop; wait")
        self.counts("written").pop()

    def check(self, *disks):
        """All that was acknowledged is there."""
        count = self.counts("acknowledged")[-1] + 1
        assert self.counts("acknowledged") == list(range(count))
        for disk in disks or [self.disk]:
            self.storage.shell("c1", f"blocks check {disk} {self.label} {count}")
        return count
