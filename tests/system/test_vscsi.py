# SPDX-License-Identifier: Apache-2.0
"""Disks that partitions serve one another: what clients find on them, and what they notice when a server ends, or another client."""

import hashlib
import re

import pytest

from libvscsi import SIZE, Storage, Writer, storage_plan

ROUNDS = 10  # of every failure, one after the other


@pytest.fixture(name="storage")
def make_storage(keep):
    """The machine."""
    return keep(lambda: Storage(storage_plan(), smp=2, mem="3G"))


def test_maps(storage):
    """Who has what, as the server and the management console say."""
    text = storage.shell("vios1", ". /bin/disks.sh; lsmap -all")
    assert text.count("SVSA") == 2 and text.count("Available") == 4
    storage.shell("vios1", "rmvdev -vtd vtscsi1 && ! lsmap -all | grep vtscsi1")
    storage.shell("vios1", "mkvdev -vdev $(wait_for_lun 2) -vadapter vhost0 -dev vtscsi1 && lsmap -all | grep vtscsi1")
    for wrong in ("mkvdev -vdev none -vadapter vhost0", "mkvdev -vdev sda -vadapter vhost7", "rmvdev -vtd none",
                  "mkbdsp -sp ram many -bd x", "mkbdsp -sp tape 1M -bd x", "mkbdsp -sp ram 1M -bd sda/x"):  # fmt: skip
        storage.shell("vios1", f"! {wrong} && [ $({wrong} 2>&1 | wc -l) = 1 ]")
    lines = storage.manage("lshwres", "-r", "virtualio", "--rsubtype", "scsi", "--level", "lpar", "-F",
                           "lpar_name,slot_num,adapter_type,remote_lpar_id,remote_slot_num").splitlines()  # fmt: skip
    assert "c1,2,client,2,2" in lines and "vios1,3,server,5,2" in lines


def test_verify(storage):
    """Data comes back as it was written: sequential and random, small and large, one at a time and many; memory and file."""
    memory, file = storage.disks("c1")
    storage.fio(memory, rw="write", bs="1M", iodepth=4)
    storage.fio(file, rw="write", bs="256k", iodepth=1)
    for disk in (memory, file):
        storage.fio(disk, rw="randwrite", bs="4k", iodepth=64, size="4M")
        storage.fio(disk, rw="randrw", bsrange="4k-1M", iodepth=16)


@pytest.mark.stress
@pytest.mark.parametrize("depth", [1, 4, 16, 64])
@pytest.mark.parametrize("size", ["4k", "64k", "256k", "1M"])
@pytest.mark.parametrize("kind", ["write", "randwrite", "randrw"])
def test_verify_all(storage, kind, size, depth):
    """The same in every combination."""
    for disk in (*storage.disks("c1"), storage.disks("c1", 3)[0]):
        storage.fio(disk, rw=kind, bs=size, iodepth=depth)


def test_file_system(storage):
    """What both paths and e2fsck say of a file system."""
    one, other = storage.disks("c1")[1], storage.disks("c1", 3)[1]
    storage.shell("c1", f"mke2fs -q -t ext4 {one} && mkdir -p /m && mount -t ext4 {one} /m")
    storage.shell("c1", "for i in 1 2 3 4 5 6; do head -c 3000001 /dev/urandom >/m/$i; done; (cd /m && md5sum [1-6]) >/sums")
    storage.shell("c1", f"umount /m && e2fsck -fn {other} && mount -t ext4 -o ro {other} /m")
    storage.shell("c1", "(cd /m && md5sum -c /sums) && umount /m")


def test_file(storage):
    """A client that is up gets a copy of a file as a further disk, and what it writes is in the server's file."""
    storage.shell("vios1", "head -c 8388608 /dev/urandom >/tmp/f && mkbdsp -sp file -copy /tmp/f -bd f")
    storage.shell("vios1", "mkvdev -vdev f -vadapter vhost0 -dev vf && ! rmbdsp -bd f")
    storage.shell("c1", "disk=/dev/$(wait_for_lun 2); dd if=$disk iflag=direct bs=1M of=/tmp/f")
    sums = [storage.shell(name, "md5sum /tmp/f") for name in ("vios1", "c1")]
    storage.shell("c1", "head -c 8388608 /dev/urandom >/tmp/f && dd if=/tmp/f of=$disk oflag=direct bs=64k && md5sum $disk /tmp/f")
    sums += [storage.shell("c1", "md5sum $disk"), storage.shell("vios1", "md5sum /var/vios/f")]
    sums = [re.search("^[0-9a-f]{32} ", text, re.MULTILINE)[0] for text in sums]
    assert sums[0] == sums[1] != sums[2] == sums[3]
    storage.shell("c1", "for device in /sys/bus/scsi/devices/*:2; do echo 1 >$device/delete; done; rm /tmp/f")
    storage.shell("vios1", "rmvdev -vtd vf && rmbdsp -bd f && ! ls /var/vios/f && rm /tmp/f")


def fill(storage, name, disk):
    """Fills DISK of partition NAME with text that is nowhere else; returns the checksum."""
    line, size = f"{name} {disk} is nobody else's and nowhere else", SIZE * 2**20
    storage.shell(name, f'yes "{line}" | head -c {size} | dd of={disk} bs=1M conv=fsync')
    return hashlib.md5((f"{line}\n".encode() * (size // len(line)))[:size]).hexdigest()


def make_sums(storage):
    """Of lp1's programs, in a file on the same disk."""
    storage.shell("lp1", "find /usr/bin /usr/sbin -type f -exec md5sum {} + >/root/sums && sync")


def check_sums(storage):
    """They are the same, and the file is there."""
    storage.shell("lp1", "md5sum -c --quiet /root/sums")


def test_root(storage):
    """lp1's root is on a disk of store's: it writes, reboots, and finds what it wrote. Nobody has or disturbs another's disks."""
    storage.log_in("lp1")
    sums = [fill(storage, "c1", disk) for disk in storage.disks("c1")] + [fill(storage, "lp1", storage.disks("lp1")[1])]
    make_sums(storage)
    storage.send("lp1", "reboot\n")
    storage.log_in("lp1")
    check_sums(storage)
    for name, disk, expected in zip(("c1", "c1", "lp1"), storage.disks("c1") + storage.disks("lp1")[1:], sums):
        assert expected in storage.shell(name, f"echo 3 >/proc/sys/vm/drop_caches; md5sum {disk}"), (name, disk)


def goes_on(storage, writer):
    """WRITER of c1 does, and nothing that its server acknowledged is lost."""
    writer.more()
    writer.stop()
    writer.check(writer.disk, storage.disks("c1", 3)[0])


def comes_back(storage, label, end):
    """END ends the server under load."""
    writer = Writer(storage, storage.disks("c1")[0], label)
    end("vios1")
    with writer.alone():
        storage.activate("vios1")
    goes_on(storage, writer)


def server_killed(storage, label):
    """The server ends at once, and comes back."""
    comes_back(storage, label, storage.kill)


def server_shut_down(storage, label):
    """The same when its operating system is told to."""
    comes_back(storage, label, lambda name: storage.end("osshutdown", name))


def server_rebooted(storage, label):
    """The same when it reboots by itself."""
    writer = Writer(storage, storage.disks("c1")[0], label)
    storage.send("vios1", "reboot\n")
    storage.wait_up("vios1")
    goes_on(storage, writer)


def client_killed(storage, label):
    """The client ends under load: its server serves its next life, which finds what it wrote."""
    writer = Writer(storage, storage.disks("c1")[0], label)
    storage.kill("c1")
    storage.activate("c1")
    writer.check(storage.disks("c1")[0], storage.disks("c1", 3)[0])
    storage.fio(storage.disks("c1")[0], rw="randwrite", bs="64k", iodepth=16, size="8M")


def both_killed(storage, label):
    """Server and client end together, and come back together."""
    writer = Writer(storage, storage.disks("c1")[0], label)
    storage.kill("vios1", "c1")
    storage.activate("vios1", "c1")
    writer.check(storage.disks("c1")[0], storage.disks("c1", 3)[0])


def path_killed(storage, label):
    """Two servers for one disk: each ends in turn under load, and what writes does not notice."""
    paths = [storage.disks("c1")[0], storage.disks("c1", 3)[0]]
    table = " ".join(f"round-robin 0 1 1 {path} 1" for path in paths)
    storage.shell("c1", "modprobe dm_multipath && DM_DISABLE_UDEV=1 dmsetup create mp "
                        f"--table '0 {SIZE * 2048} multipath 1 queue_if_no_path 0 2 1 {table}'")  # fmt: skip
    writer = Writer(storage, "/dev/mapper/mp", label)
    for server, path, group in (("vios1", paths[0], 2), ("vios2", paths[1], 1)):
        storage.kill(server)
        writer.more()
        with writer.alone():
            storage.activate(server)
        storage.shell("c1", f"dmsetup message mp 0 reinstate_path {path} && dmsetup message mp 0 switch_group {group}")
        writer.more()
    writer.stop()
    assert not writer.counts("failed")
    writer.check("/dev/mapper/mp", *paths)
    storage.shell("c1", "DM_DISABLE_UDEV=1 dmsetup remove mp")


FAILURES = [server_killed, server_shut_down, server_rebooted, client_killed, both_killed, path_killed]


@pytest.mark.stress
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_failure(storage, number, failure):
    """Each, so many times; those who stay never complain of anything but their disks."""
    failure(storage, f"{failure.__name__}{number}")
    storage.check_logs("store", "vios1", "vios2", "c1")


def test_server_dies(storage):
    """One of them, once."""
    server_killed(storage, "once")


def start_again(storage, name):
    """A partition with its root on a disk, whatever has become of it."""
    storage.kill(name)
    storage.manage("chsysstate", "-r", "lpar", "-o", "on", "-n", name)
    storage.log_in(name)


@pytest.mark.stress
def test_root_dies(storage):
    """A client whose root went away with its server has what it had when it starts again."""
    start_again(storage, "lp1")
    make_sums(storage)
    storage.kill("vios1")
    storage.activate("vios1")
    start_again(storage, "lp1")
    check_sums(storage)
