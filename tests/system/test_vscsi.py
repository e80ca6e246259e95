# SPDX-License-Identifier: Apache-2.0
"""
Virtual SCSI with Linux's own drivers on both sides, on one machine for all of it:

    store ── vhost0 ── vios1 ── vhost0 ── c1: sda, sdb
      │                  └───── vhost1 ── lp1: its root
      └───── vhost1 ── vios2 ── vhost0 ── c1: the same two disks again

The disks are in the memory of store, which stays; vios1 and vios2 pass them on, and may come and go.
"""

import subprocess

import pytest

from libmachine import ANSWER, BIN, BOOT, KERNEL_6_1, KERNEL_6_12, TOP, Machine, Plan

VIOS = TOP / "build" / "guest" / "initrd-vios.img"
STORAGE = TOP / "build" / "guest" / "initrd-storage.img"
DISK = TOP / "build" / "guest" / "initrd-disk.img"

PATIENCE = 3 * ANSWER  # for what works a disk hard
SIZE = 32  # MiB of c1's second disk


def adapters(*items):
    """virtual_scsi_adapters of (slot, client or server, partition, slot there)."""
    return '"' + ",".join(f"{slot}/{side}/{lpar}//{there}/1" for slot, side, lpar, there in items) + '"'


def add(plan, name, lpar_id, initrd, mem, words, *items, kernel=KERNEL_6_1):
    """A partition with these adapters."""
    plan.debian(name, kernel=kernel, initrd=initrd, mem=mem, lpar_id=lpar_id, args=f"console=hvc0 {words}",
                virtual_scsi_adapters=adapters(*items))  # fmt: skip


def storage_plan():
    """Five partitions."""
    plan = Plan()
    shared = f"root=root,ram{SIZE}=one,ram{SIZE}=two"
    passed = ",".join(f"vhost0/{disk.rpartition('=')[2]}" for disk in shared.split(",")[1:])
    first = ",".join(f"vhost0/{disk}" for disk in shared.split(","))
    add(plan, "store", 1, VIOS, 512, f"vios_map={first},{passed.replace('vhost0', 'vhost1')}",
        (2, "server", 2, 5), (3, "server", 3, 5))  # fmt: skip
    add(plan, "vios1", 2, VIOS, 256, "vios_map=vhost0/lun1,vhost0/lun2,vhost1/lun0",
        (2, "server", 4, 2), (3, "server", 5, 2), (5, "client", 1, 2), kernel=KERNEL_6_12)  # fmt: skip
    add(plan, "vios2", 3, VIOS, 256, "vios_map=vhost0/lun0,vhost0/lun1", (2, "server", 4, 3), (5, "client", 1, 3))
    add(plan, "c1", 4, STORAGE, 256, "", (2, "client", 2, 2), (3, "client", 3, 2))
    add(plan, "lp1", 5, DISK, 256, "root=/dev/sda", (2, "client", 2, 3))
    return plan


class Storage(Machine):
    """The machine, up, and everybody with disks."""

    def start(self):
        super().start()
        for name in ("store", "vios1", "vios2", "c1"):
            self.wait_debian(name)
            self.shell(name, "dmesg -n 1")
        self.shell("c1", ". /bin/disks.sh")
        self.find_disks()
        return self

    def find_disks(self):
        """c1 sees all four."""
        self.shell("c1", "for disk in sda sdb sdc sdd; do wait_for_disk /dev/$disk; done", BOOT)

    def disks(self, server):
        """c1's names for what it has from vios1 or vios2."""
        host = self.shell("c1", f"basename /sys/bus/vio/devices/3000000{server + 1}/host*").strip()
        names = self.shell("c1", f"ls /sys/class/scsi_host/{host}/device/target*/*/block | grep ^sd").split()
        assert len(names) == 2, names
        return names

    def shell(self, name, command, timeout=PATIENCE):
        return super().shell(name, command, timeout)

    def manage(self, *command):
        """What the management console answers."""
        done = subprocess.run([BIN / "hmc", "--dir", self.run, *command], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kill(self, name):
        """The partition ends without a word."""
        self.manage("chsysstate", "-r", "lpar", "-o", "shutdown", "--immed", "-n", name)

    def activate(self, name):
        """It starts again, and is up."""
        self.manage("chsysstate", "-r", "lpar", "-o", "on", "-n", name)
        self.wait_debian(name)
        self.shell(name, "dmesg -n 1")


@pytest.fixture(name="machines", scope="module")
def make_machines():
    """The machine there is, if any: a list."""
    machines = []
    yield machines
    for machine in machines:
        machine.stop()
        machine.forget()


@pytest.fixture(name="storage")
def make_storage(machines, request):
    """The machine; another one when a test before this one has failed on it."""
    if not machines:
        machine = Storage(storage_plan(), smp=2, mem="3G")
        request.node.machines = [machine]
        machines.append(machine)
        try:
            machine.start()
        except BaseException:
            machines.remove(machine)
            machine.stop()
            raise
    request.node.machines = list(machines)
    yield machines[0]
    if getattr(request.node, "failed", False):
        machines.pop().stop()


def fio(storage, disk, **options):
    """Writes and reads back, with checksums."""
    words = " ".join(f"--{option}={value}" for option, value in options.items())
    storage.shell("c1", f"fio --name=t --filename=/dev/{disk} --direct=1 --ioengine=io_uring --verify=crc32c "
                        f"--verify_fatal=1 --minimal {words} >/dev/null", PATIENCE)  # fmt: skip


def test_maps(storage):
    """Who has what, as the server and the management console say."""
    text = storage.shell("vios1", ". /bin/disks.sh; lsmap -all")
    assert text.count("SVSA") == 2 and text.count("Available") == 3
    storage.shell("vios1", "rmvdev -vtd vtscsi1 && ! lsmap -all | grep vtscsi1")
    storage.shell("vios1", "mkvdev -vdev $(wait_for_lun 2) -vadapter vhost0 -dev vtscsi1 && lsmap -all | grep vtscsi1")
    for wrong in ("mkvdev -vdev none -vadapter vhost0", "mkvdev -vdev sda -vadapter vhost7", "rmvdev -vtd none",
                  "mkbdsp -sp ram many -bd x", "mkbdsp -sp tape 1M -bd x", "mkbdsp -sp ram 1M -bd sda/x"):  # fmt: skip
        storage.shell("vios1", f"! {wrong} && [ $({wrong} 2>&1 | wc -l) = 1 ]")
    lines = storage.manage("lshwres", "-r", "virtualio", "--rsubtype", "scsi", "--level", "lpar", "-F",
                           "lpar_name,slot_num,adapter_type,remote_lpar_id,remote_slot_num").splitlines()  # fmt: skip
    assert "c1,2,client,2,2" in lines and "vios1,3,server,5,2" in lines


def test_verify(storage):
    """Data comes back as it was written: sequential and random, small and large, one at a time and many."""
    disk = storage.disks(1)[0]
    fio(storage, disk, rw="write", bs="1M", iodepth=4)
    fio(storage, disk, rw="randwrite", bs="4k", iodepth=64, size="8M")
    fio(storage, disk, rw="randwrite", bsrange="4k-256k", bs_unaligned=0, iodepth=16)


@pytest.mark.stress
@pytest.mark.parametrize("depth", [1, 4, 16, 64])
@pytest.mark.parametrize("size", ["4k", "64k", "256k", "1M"])
@pytest.mark.parametrize("kind", ["write", "randwrite", "randrw"])
def test_verify_all(storage, kind, size, depth):
    """The same in every combination."""
    for server in (1, 2):
        fio(storage, storage.disks(server)[0], rw=kind, bs=size, iodepth=depth)


def test_file_system(storage):
    """What both paths and e2fsck say of a file system."""
    one, other = storage.disks(1)[1], storage.disks(2)[1]
    storage.shell("c1", f"mke2fs -q -t ext4 /dev/{one} && mkdir -p /m && mount /dev/{one} /m")
    storage.shell("c1", "for i in 1 2 3 4 5 6; do head -c 3000001 /dev/urandom >/m/$i; done; (cd /m && md5sum [1-6]) >/sums")
    storage.shell("c1", f"umount /m && e2fsck -fn /dev/{other} && mount -o ro /dev/{other} /m")
    storage.shell("c1", "(cd /m && md5sum -c /sums) && umount /m")


def test_root(storage):
    """lp1's root is on a disk of store's: it writes, reboots, and finds what it wrote."""
    for step in ("echo written >/root/note; sync; reboot", "grep written /root/note && uname -r"):
        storage.wait_console("lp1", "lp1 login: ", BOOT)
        storage.send("lp1", "root\n")
        storage.wait_console("lp1", "lp1# ")
        storage.send("lp1", f"{step}; echo status=$?=\n")
        if "reboot" not in step:
            storage.wait_console("lp1", "status=0=")


# Writes blocks one after the other until each has been acknowledged; then compares.
WRITER = """write_blocks() {
 i=0
 while [ $i -lt $2 ]; do
  yes "block $i of $1" | head -c 65536 >/tmp/block
  until dd if=/tmp/block of=/dev/$1 bs=64k seek=$i conv=notrunc,fsync 2>/dev/null; do echo again; sleep 1; done
  [ $((i % 20)) != 0 ] || echo "acknowledged $i"
  i=$((i + 1))
 done
}
check_blocks() {
 echo 3 >/proc/sys/vm/drop_caches
 i=0
 while [ $i -lt $2 ]; do
  yes "block $i of $1" | head -c 65536 >/tmp/block
  dd if=/dev/$1 bs=64k skip=$i count=1 2>/dev/null | cmp - /tmp/block || return 1
  i=$((i + 1))
 done
}"""
BLOCKS = 200


@pytest.mark.stress
def test_server_dies(storage):
    """The server ends under load and comes back: nothing that it acknowledged is lost."""
    disk = storage.disks(1)[0]
    for line in WRITER.splitlines():
        storage.send("c1", line + "\n")
    storage.send("c1", f"write_blocks {disk} {BLOCKS}; echo written=$?=\n")
    storage.wait_console("c1", "^acknowledged 40$", PATIENCE)
    storage.kill("vios1")
    storage.activate("vios1")
    storage.wait_console("c1", "^written=0=$", BOOT)
    storage.shell("c1", f"check_blocks {disk} {BLOCKS}")


@pytest.mark.stress
def test_client_dies(storage):
    """A client ends under load; its server serves the next one that starts there."""
    disk = storage.disks(1)[0]
    storage.send("c1", f"fio --name=t --filename=/dev/{disk} --direct=1 --ioengine=io_uring --rw=randwrite --bs=16k "
                       "--iodepth=32 --time_based --runtime=100 --minimal >/dev/null & sleep 2; echo run''ning\n")  # fmt: skip
    storage.wait_console("c1", "^running$")
    storage.kill("c1")
    storage.activate("c1")
    storage.shell("c1", ". /bin/disks.sh")
    storage.find_disks()
    fio(storage, storage.disks(1)[0], rw="randwrite", bs="64k", iodepth=16)


@pytest.mark.stress
def test_multipath(storage):
    """Two servers for one disk: one ends under load, and the client does not notice."""
    one, other = storage.disks(1)[0], storage.disks(2)[0]
    sectors = SIZE * 2048
    storage.shell("c1", f"dmsetup create mp --table '0 {sectors} multipath 1 queue_if_no_path 0 2 1 "
                        f"round-robin 0 1 1 /dev/{one} 1 round-robin 0 1 1 /dev/{other} 1'")  # fmt: skip
    storage.send("c1", "fio --name=t --filename=/dev/mapper/mp --direct=1 --ioengine=io_uring --rw=randwrite --bs=16k "
                       "--iodepth=16 --verify=crc32c --loops=4 --minimal >/dev/null; echo fio=$?=\n")  # fmt: skip
    storage.wait_console("c1", "fio", ANSWER)
    storage.shell("vios1", "sleep 3")
    storage.kill("vios1")
    storage.wait_console("c1", "^fio=0=$", BOOT)
    assert f"{one}" not in storage.shell("c1", "dmsetup status mp").split(" A ")[-1]
    storage.activate("vios1")
    storage.shell("c1", "dmsetup remove mp")
