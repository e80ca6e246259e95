# SPDX-License-Identifier: Apache-2.0
"""Virtual SCSI beside QEMU's own: the same client, a disk in memory, on the same host, one measurement after the other."""

import contextlib
import statistics
import sys

from machine import BUILD, TOP, qemu_version

sys.path.append(str(TOP / "tests" / "system"))

from libmachine import KERNEL_6_1, Machine, Plan  # noqa: E402 pylint: disable=wrong-import-position
from pseries import Disk  # noqa: E402 pylint: disable=wrong-import-position

STORAGE = BUILD / "guest" / "initrd-storage.img"
VIOS = BUILD / "guest" / "initrd-vios.img"
SIZE = 256  # MiB
CLIENT = "client"
ROUNDS = 5
SECONDS = 2  # of each measurement, after …
WARM = 1  # … another one

# What is counted: unit, which of measure()'s, divisor, and how much of QEMU's it must be.
THROUGHPUT = ("MiB/s", 0, 1024, 0.3)
RATE = ("reads/s", 1, 1, 0.5)
# Name; kind, size and depth of fio's requests.
JOBS = (
    ("disk_write_1m", "write", "1M", 1, THROUGHPUT),
    ("disk_read_1m", "read", "1M", 1, THROUGHPUT),
    ("disk_randread_4k_depth_1", "randread", "4k", 1, RATE),
    ("disk_randread_4k_depth_32", "randread", "4k", 32, RATE),
)
FIELDS = {"read": (6, 7), "write": (47, 48)}  # of a line of fio --minimal: KiB/s, requests/s


def partitions(qemu):
    """A server and its client, with a processor each, dedicated."""
    plan = Plan()
    plan.debian("vios", KERNEL_6_1, VIOS, mem=1024, lpar_id=1, args=f"console=hvc0 vios_map=vhost0/ram{SIZE}",
                proc_mode="ded", virtual_scsi_adapters="2/server/2//2/1")  # fmt: skip
    plan.debian(CLIENT, KERNEL_6_1, STORAGE, lpar_id=2, proc_mode="ded", virtual_scsi_adapters="2/client/1//2/1")
    return Machine(plan, smp=2, mem="3G", qemu=qemu)


def measure(system, kind, size, depth):
    """KiB/s and requests/s."""
    words = system.shell(CLIENT, f"fio --rw={kind} --bs={size} --iodepth={depth} $options").split(";")
    return [float(words[field]) for field in FIELDS["write" if kind == "write" else "read"]]


def prepare(system):
    """Its client, up, with the disk. What it is told stays short: a shell moves longer lines aside."""
    system.wait_debian(CLIENT)
    system.shell(CLIENT, "dmesg -n 1; . /bin/disks.sh; wait_for_disk /dev/sda")
    system.shell(CLIENT, "options='--minimal --name=t --filename=/dev/sda'")
    system.shell(CLIENT, "options=\"$options --direct=1 --ioengine=io_uring\"")
    system.shell(CLIENT, f"options=\"$options --time_based --runtime={SECONDS} --ramp_time={WARM}\"")


def disk_figures(results, qemu):
    """
    Both, interleaved, medians. The ratio is the median of those of neighbouring measurements, as what else the host does
    changes less between two of them than in all the time.
    """
    figures = {}
    with contextlib.ExitStack() as stack:
        systems = {"ours": partitions(qemu), "peer": Disk(qemu, KERNEL_6_1, STORAGE, CLIENT, SIZE)}
        for system in systems.values():
            stack.callback(system.forget)
            stack.callback(system.stop)
            system.start()
        for system in systems.values():
            prepare(system)
        for _ in range(ROUNDS):
            for name, *job, (_, pick, _, _) in JOBS:
                for kind, system in systems.items():
                    figures.setdefault((name, kind), []).append(measure(system, *job)[pick])
    low = []
    for name, *_, (unit, _, divisor, least) in JOBS:
        pair = [figures[name, kind] for kind in systems]
        ours, peer = (round(statistics.median(side) / divisor) for side in pair)
        ratio = statistics.median(one / other for one, other in zip(*pair))
        results.add(name, unit, ours, qemu_version(qemu), False, "QEMU pseries", peer)
        results.add(f"{name}_ratio", "times", round(ratio, 2), qemu_version(qemu), False, "at least", least)
        if ratio < least:
            low.append(f"{name}: {ratio:.2f} times what QEMU pseries has, not {least}")
    if low:
        sys.exit("; ".join(low))
