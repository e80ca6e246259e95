# SPDX-License-Identifier: Apache-2.0
"""A spin lock that all processors of an over-committed Linux partition want: with H_CONFER, and without."""

import pathlib
import statistics
import subprocess
import sys
import tempfile

from machine import BUILD, TOP, Machine, qemu_version
from race import Runner, race

LOADS = ("apart", "contended")  # of tests/bench/contend.c
LAPS = 7
KERNELS = (BUILD / "guest" / "vmlinux-6.1", BUILD / "guest" / "vmlinux-6.12")
PROCS = 4  # of the partition, on one processor; tests/bench/contend.c has as many processes
PROMISE = b"\0hcall-splpar\0"  # in the kernel's table of what "ibm,hypertas-functions" may promise
SILENCE = b"\0hcall-absent\0"
COMPILE = ("powerpc64-linux-gnu-gcc", "-mlittle-endian", "-mabi=elfv2", "-mcpu=power8", "-O2", "-ffreestanding",
           "-fno-stack-protector", "-nostdlib", "-static")


def initrd_with_load(folder):
    """An initramfs that runs tests/bench/contend.c."""
    program = folder / "files" / "bin" / "contend"
    program.parent.mkdir(parents=True)
    subprocess.run([*COMPILE, "-o", program, TOP / "tests" / "bench" / "contend.c"], check=True)
    image = folder / "initrd.img"
    subprocess.run([TOP / "tools" / "mkinitrd", image, BUILD / "guest" / "bin", TOP / "tests" / "bench" / "linux",
                    folder / "files"], check=True)
    return image


def deaf_kernel(folder, kernel):
    """A copy of KERNEL that does not find what promises H_CONFER, as if it were not in the device tree."""
    image = kernel.read_bytes()
    if image.count(PROMISE) != 1:
        sys.exit(f"{kernel}: {PROMISE.strip(bytes(1)).decode()} is not there once")
    copy = folder / kernel.name
    copy.write_bytes(image.replace(PROMISE, SILENCE))
    return copy


def partition(kernel, initrd):
    """
    Records of a partition with more processors than the machine. Whoever believes to have processors of his own idles
    by spinning, unless told not to.
    """
    return (
        f"image name=linux,kernel={kernel},initrd={initrd}\n"
        f"lpar name=lp1,desired_mem=512,proc_mode=shared,desired_procs={PROCS},desired_proc_units=1.00,"
        'boot_image=linux,boot_mode=of,boot_args="console=hvc0 quiet cpuidle.off=1 bench=contend"\n'
    )


def lock_figures(results, qemu):
    """
    Pairs of calls in a second of the emulator's processor time, without and with contention. Instructions are not
    counted: where processors spin the emulator steps aside at every turn, and that takes for ever.
    """
    version = qemu_version(qemu)
    with tempfile.TemporaryDirectory(prefix="openlpar-bench-") as folder:
        folder = pathlib.Path(folder)
        initrd = initrd_with_load(folder)
        for kernel in KERNELS:
            deaf = partition(deaf_kernel(folder, kernel), initrd)
            with Machine(partition(kernel, initrd), "--qemu", qemu) as own, Machine(deaf, "--qemu", qemu) as peer:
                runners = [
                    Runner(machine, lambda machine=machine: machine.log("lp1"), LOADS) for machine in (own, peer)
                ]
                laps = race(runners, LAPS)
            name = kernel.name.removeprefix("vmlinux-")
            for load in LOADS:
                with_it, without = (
                    round(1e9 / statistics.median(lap[load].emulator for lap in own_laps)) for own_laps in zip(*laps)
                )
                results.add(f"lock_{load}_{name}", "pairs/s", with_it, version, False, "without H_CONFER", without)
                results.add(f"lock_{load}_{name}_ratio", "times", round(with_it / without, 2), version)
